//! Answers that are neither JSON nor a stream, whatever their label says: none of their bytes is passed on.

use e2e::{
    caller::Answered,
    canary::{EMAIL, LETTER},
    fake::{Encoding, End, Reply},
    gateway::Gateway,
};
use http::Method;
use http_body_util::BodyExt;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{
    sockets::{Side, assert_refused, create, open},
    support::{Outcome, Pair, Surface, error_of},
};

/// Words of the upstream.
const MARK: &str = "zqupstream";

/// Bodies that nobody can restore; each holds a placeholder or could.
fn unreadable() -> Vec<Reply> {
    let texts = [
        "<html>zqupstream {{EMAIL}}</html>",
        "zqupstream says {{EMAIL}}",
        "zqupstream: {{EMAIL}}\nid\n",
        "{\"zqupstream\":\"{{EMAIL}}\"",
        "{\"zqupstream\":\"{{EMAIL}}\"}{}",
        "{\"zqupstream\":\"{{EMAIL}}\"}\n{\"zqupstream\":\"{{EMAIL}}\"}\n",
        "{\"zqupstream\":{{EMAIL}}}",
        "[\"zqupstream {{EMAIL}}\"",
        "\"zqupstream {{EMAIL}}\"",
        ")]}'\n{\"zqupstream\":\"{{EMAIL}}\"}",
        "\u{feff}\u{feff}{\"zqupstream\":\"{{EMAIL}}\"}",
        "data: zqupstream {{EMAIL}}\n\n",
        "data: \"zqupstream {{EMAIL}}\"\n\n",
        "data: {\"zqupstream\":\"{{EMAIL}}\n\n",
        "data: {\"zqupstream\":\"{{EMAIL}}\"",
        ": zqupstream {{EMAIL}}\n\n",
        "event: zqupstream\nzqupstream {{EMAIL}}\n\n",
        "id: zqupstream {{EMAIL}}",
        "true",
    ];
    let bodies: [&[u8]; 5] = [
        b"\x89PNG\r\n\x1a\nzqupstream",
        b"\x1f\x8b\x08\0zqupstream",
        b"\xff\xfe{\0\"\0z\0\"\0:\x001\0}\0",
        b"{\"zqupstream\":\"\xff\"}",
        b"\0\0\0\0zqupstream",
    ];
    let mut replies: Vec<Reply> = texts.map(Reply::raw).to_vec();
    replies.extend(bodies.map(|bytes| Reply {
        bytes: Some(bytes.to_vec()),
        ..Reply::raw("")
    }));
    for coding in ["gzip", "br", "zstd", "deflate", "gzip, gzip, gzip"] {
        replies.push(Reply {
            headers: vec![("content-encoding".into(), coding.into())],
            ..Reply::raw("{\"zqupstream\":\"{{EMAIL}}\"}")
        });
    }
    replies.push(Reply {
        encoding: Some(Encoding::Gzip),
        ..Reply::raw("<html>zqupstream {{EMAIL}}</html>")
    });
    replies.push(Reply {
        bytes: Some(
            [
                b"{\"zqupstream\":\"".to_vec(),
                vec![b'x'; 300_000],
                b"\"}".to_vec(),
            ]
            .concat(),
        ),
        ..Reply::raw("")
    });
    replies
}

async fn pair() -> anyhow::Result<Pair> {
    Pair::with(|setup| setup.set("LIMITS__ANSWER_BYTES", "200000")).await
}

fn assert_withheld(answer: &Answered, case: &str) {
    let text = answer.text();
    for part in [MARK, "EMAIL_", EMAIL, "PNG"] {
        assert!(!text.contains(part), "{case}: {text}");
    }
    assert_eq!(answer.header("content-type"), Some("application/json"), "{case}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_cannot_be_read_is_a_502() -> Outcome {
    let pair = pair().await?;
    let mut routes: Vec<_> = Surface::ALL
        .into_iter()
        .flat_map(|surface| [false, true].map(|stream| (surface.path(), surface.ask(EMAIL, stream))))
        .collect();
    routes.push(("/v1/embeddings", json!({"model": "m", "input": EMAIL})));
    routes.push((
        "/anthropic/v1/messages/count_tokens",
        Surface::Messages.ask(EMAIL, false),
    ));
    for (at, reply) in unreadable().into_iter().enumerate() {
        for label in ["text/plain", "application/json", "text/event-stream", ""] {
            for (number, (path, body)) in routes.iter().enumerate() {
                // The head of what is labelled a stream does not wait for a whole event: in pieces, it would be cut.
                let chunk = if label == "text/event-stream" {
                    0
                } else {
                    (at + number) % 2 * 7
                };
                pair.fake.script([Reply {
                    chunk,
                    ..reply.clone().labelled(label)
                }]);
                let answer = pair.caller().post(path, body).await?;
                let case = format!("{path} {label} {:?} {:?}", reply.raw, reply.headers);
                error_of(&answer, path, 502);
                assert_eq!(
                    answer.json()["error"]["code"],
                    "upstream_answer_unreadable",
                    "{case}"
                );
                assert_withheld(&answer, &case);
            }
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_that_cannot_be_read_keeps_its_status_and_headers() -> Outcome {
    let pair = pair().await?;
    let mut replies = unreadable();
    replies.push(Reply::raw(""));
    replies.push(Reply::raw(" \r\n"));
    replies.push(Reply {
        end: End::Cut(20),
        ..Reply::raw("{\"error\":{\"message\":\"zqupstream {{EMAIL}}\"}}")
    });
    let statuses = [400, 401, 403, 404, 413, 422, 429, 500, 502, 503, 529];
    for (at, reply) in replies.into_iter().enumerate() {
        for (number, label) in ["text/html", "application/json", "text/event-stream", ""]
            .iter()
            .enumerate()
        {
            for (place, surface) in Surface::ALL.into_iter().enumerate() {
                let status = statuses[(at + number + place) % statuses.len()];
                let mut reply = Reply {
                    status: Some(status),
                    ..reply.clone().labelled(label)
                };
                for (name, value) in [
                    ("retry-after", "17"),
                    ("x-ratelimit-reset-requests", "6s"),
                    ("anthropic-ratelimit-tokens-remaining", "0"),
                    ("x-should-retry", "true"),
                    ("x-request-id", "req_theirs"),
                    ("request-id", "req_theirs"),
                ] {
                    reply.headers.push((name.into(), value.into()));
                }
                pair.fake.script([reply.clone()]);
                let body = surface.ask(EMAIL, (at + number) % 2 == 0);
                let answer = pair.caller().post(surface.path(), &body).await?;
                let case = format!("{surface:?} {status} {label} {:?}", reply.raw);
                error_of(&answer, surface.path(), status);
                assert_withheld(&answer, &case);
                for (name, value) in &reply.headers[reply.headers.len() - 6..] {
                    assert_eq!(answer.header(name), Some(value.as_str()), "{case} {name}");
                }
                assert_eq!(answer.header("cache-control"), Some("no-store"), "{case}");
                assert_eq!(answer.header("set-cookie"), None, "{case}");
            }
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_becomes_unreadable_is_cut() -> Outcome {
    let pair = pair().await?;
    let good = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"for {{EMAIL}}\"}}]}\n\n";
    pair.fake.script([Reply {
        chunk: 3,
        pause_ms: 2,
        ..Reply::raw("data: zqupstream {{EMAIL}}\n\n").labelled("text/event-stream")
    }]);
    let body = Surface::Chat.ask(EMAIL, true).to_string();
    let answer = pair
        .caller()
        .open(Method::POST, Surface::Chat.path(), body)
        .await?;
    assert!(
        answer.into_body().collect().await.is_err(),
        "not even its beginning passes"
    );
    for (rest, fails) in [
        ("data: zqupstream {{EMAIL}}\n\ndata: [DONE]\n\n", true),
        ("{\"error\":\"zqupstream {{EMAIL}}\"}\n", true),
        (
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"{{EMAIL}}",
            true,
        ),
        ("data: keep_alive\n\n: x_y\n\ndata: [DONE]\n\n", false),
    ] {
        for label in ["text/event-stream", "text/plain"] {
            let reply = Reply {
                // A write of its own: the answer has begun.
                before: ": ok\n\n".into(),
                pause_ms: 50,
                ..Reply::raw(&format!("{good}{rest}"))
            };
            pair.fake.script([reply.labelled(label)]);
            let body = Surface::Chat.ask(EMAIL, true).to_string();
            let answer = pair
                .caller()
                .open(Method::POST, Surface::Chat.path(), body)
                .await?;
            let mut body = answer.into_body();
            let (mut text, mut failed) = (String::new(), false);
            while let Some(frame) = body.frame().await {
                match frame {
                    Ok(frame) => {
                        text.push_str(&String::from_utf8_lossy(&frame.into_data().unwrap_or_default()));
                    }
                    Err(_) => {
                        failed = true;
                        break;
                    }
                }
            }
            assert_eq!(failed, fails, "{rest}: {text}");
            assert!(
                text.contains("for ") && text.contains(EMAIL),
                "what came before is not lost: {text}"
            );
            assert!(!text.contains("EMAIL_") && !text.contains(MARK), "{rest}: {text}");
        }
    }
    Ok(())
}

/// Answers one request with these bytes and closes: a body without a length ends where the connection does.
async fn bare_upstream(answer: String) -> anyhow::Result<Gateway> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let answer = answer.clone();
            tokio::spawn(async move {
                let mut seen = Vec::new();
                while !seen.ends_with(b"}") && stream.read_buf(&mut seen).await.is_ok_and(|read| read > 0) {}
                let _ = stream.write_all(answer.as_bytes()).await;
            });
        }
    });
    let fake = e2e::fake::FakeProvider::start().await?;
    Gateway::before(&fake)
        .set("UPSTREAMS__OPENAI__BASE_URL", &format!("http://{address}/v1"))
        .start()
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_without_a_length_is_whole_only_where_it_says_so() -> Outcome {
    let chunk = r#"data: {"choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":"stop"}]}"#;
    for (head, body, good) in [
        (
            "200 OK\r\ncontent-type: text/plain",
            "{\"choices\":[]}".to_owned(),
            true,
        ),
        ("200 OK", format!("{chunk}\n\ndata: [DONE]\n\n"), true),
        ("204 No Content", String::new(), true),
        ("200 OK\r\ncontent-type: application/json", String::new(), false),
        ("200 OK", String::new(), false),
        ("200 OK", "{\"choices\":[".to_owned(), false),
        ("200 OK", ": ping\n\n".to_owned(), false),
        ("429 Slow", String::new(), false),
    ] {
        let gateway = bare_upstream(format!("HTTP/1.1 {head}\r\nconnection: close\r\n\r\n{body}")).await?;
        let surface = Surface::Chat;
        let request = surface.ask("hi there", true).to_string();
        let answer = gateway
            .caller()
            .open(Method::POST, surface.path(), request)
            .await?;
        let status = answer.status();
        let whole = answer.into_body().collect().await;
        assert_eq!(
            status.is_success() && whole.is_ok(),
            good,
            "{head} {body}: {status}"
        );
        if head.starts_with("429") {
            assert_eq!(status, 429);
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_socket_nothing_unreadable_is_told() -> Outcome {
    let pair = Side::Stream
        .pair_with(|setup| setup.set("LIMITS__ANSWER_BYTES", "200000"))
        .await?;
    for reply in unreadable() {
        for label in ["text/plain", "text/event-stream"] {
            let case = format!("{label} {:?}", reply.raw);
            let mut socket = open(&pair).await?;
            pair.fake.script([reply.clone().labelled(label)]);
            let events = socket.turn(&create(LETTER, None)).await?;
            let told = json!(events).to_string();
            assert!(!told.contains(MARK) && !told.contains("EMAIL_"), "{case}: {told}");
            if reply.raw.as_deref().is_some_and(|raw| raw.starts_with('<')) {
                assert_refused(&events, 502, "upstream_answer_unreadable");
            }
            let mut socket = open(&pair).await?;
            let failing = Reply {
                status: Some(503),
                ..reply.clone().labelled(label)
            };
            pair.fake.script([failing]);
            let events = socket.turn(&create(LETTER, None)).await?;
            let told = json!(events).to_string();
            assert!(!told.contains(MARK) && !told.contains("EMAIL_"), "{case}: {told}");
            assert_eq!(events[0]["status"], 503, "{case}: {told}");
        }
    }
    Ok(())
}
