//! Answers under a wrong label or none: their first bytes decide. A stream is restored as it comes, JSON whole.
//! What cannot be read at all is in `answers_unreadable`.

use e2e::{
    caller::{Answered, events},
    canary::{self, EMAIL, LETTER},
    fake::{Encoding, End, Fault, PATIENCE, Reply, SseStyle},
};
use http::Method;
use http_body_util::BodyExt;
use serde_json::{Value, json};

use crate::{
    sockets::{Side, create, open},
    support::{Outcome, Pair, Surface},
};

/// Labels that are wrong for anything; the empty one is none.
pub(crate) const LABELS: [&str; 6] = [
    "",
    "text/plain",
    "text/html; charset=utf-8",
    "application/octet-stream",
    "application/x-ndjson",
    "application/json; charset=utf-16",
];

async fn asked(pair: &Pair, surface: Surface, stream: bool) -> anyhow::Result<Answered> {
    let body = surface.ask(LETTER, stream);
    pair.caller().post(surface.path(), &body).await?.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_are_restored_under_any_label() -> Outcome {
    let pair = Pair::new().await?;
    for surface in Surface::ALL {
        for label in LABELS
            .into_iter()
            .chain(["application/json", "text/event-stream"])
        {
            for chunk in [0, 1] {
                let reply = Reply {
                    chunk,
                    ..Reply::default()
                };
                pair.fake.script([reply.labelled(label)]);
                let answer = asked(&pair, surface, true).await?;
                let case = format!("{surface:?} {label} {chunk}");
                assert_eq!(answer.header("content-type"), Some("text/event-stream"), "{case}");
                assert_eq!(surface.streamed(&answer.events()), LETTER, "{case}");
                assert!(surface.is_complete(&answer.events()), "{case}");
            }
        }
    }
    canary::assert_none_reached(&pair.fake, canary::ALL);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_are_known_however_they_begin() -> Outcome {
    let pair = Pair::new().await?;
    let surface = Surface::Chat;
    for before in [
        ": ping\n\n",
        ": keep_alive",
        ":\n",
        "\u{feff}",
        "\u{feff}: ping\n",
        "\r\n\n\r",
        "id: 7\n",
        "retry: 3000\r\n",
        "event: message\n",
        "event: ping\ndata\n\n",
        "x-version: 1_0\n\n",
    ] {
        for line_end in ["\n", "\r\n", "\r"] {
            for (chunk, encoding) in [
                (0, None),
                (1, None),
                (3, Some(Encoding::Gzip)),
                (1, Some(Encoding::Zstd)),
                (1, Some(Encoding::Br)),
            ] {
                let before = match before {
                    ": keep_alive" => format!("{before}{line_end}"),
                    before => before.to_owned(),
                };
                let reply = Reply {
                    before: before.clone(),
                    chunk,
                    encoding,
                    sse: SseStyle {
                        line_end: line_end.into(),
                        bare_colon: true,
                        ..SseStyle::default()
                    },
                    ..Reply::default()
                };
                pair.fake.script([reply.labelled("text/plain")]);
                let answer = asked(&pair, surface, true).await?;
                let case = format!("{before:?} {line_end:?} {chunk} {encoding:?}");
                assert_eq!(surface.streamed(&answer.events()), LETTER, "{case}");
                assert!(surface.is_complete(&answer.events()), "{case}");
                assert!(answer.text().starts_with(&before), "{case}: nothing is lost");
            }
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_without_a_label_come_piece_by_piece() -> Outcome {
    let pair = Pair::new().await?;
    for (label, before) in [
        ("", ""),
        ("text/plain", ": ping\n\n"),
        ("application/json", "\u{feff}\n:\n"),
    ] {
        let reply = Reply {
            end: End::Hold(if before.is_empty() { 9 } else { 1 }),
            before: before.into(),
            piece: 9,
            ..Reply::text("dear {{EMAIL}}, more, more, more, and more")
        };
        pair.fake.script([reply.labelled(label)]);
        let body = Surface::Chat.ask(EMAIL, true).to_string();
        // The provider waits: what it has sent must be here all the same.
        let answer = pair
            .caller()
            .open(Method::POST, Surface::Chat.path(), body)
            .await?;
        let mut answer = answer.into_body();
        let first = tokio::time::timeout(PATIENCE, answer.frame())
            .await?
            .expect("a frame")?;
        let first = first.into_data().unwrap_or_default();
        pair.fake.release();
        let rest = answer.collect().await?.to_bytes();
        let all = String::from_utf8([first, rest].concat())?;
        assert_eq!(
            Surface::Chat.streamed(&events(&all)),
            format!("dear {EMAIL}, more, more, more, and more")
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn json_is_restored_under_any_label() -> Outcome {
    let pair = Pair::new().await?;
    let alive = "\n".repeat(100_000);
    for surface in Surface::ALL {
        for label in LABELS
            .into_iter()
            .chain(["text/event-stream", "application/json"])
        {
            for (before, chunk, encoding) in [
                ("", 0, None),
                ("", 1, None),
                (" \t\r\n", 1, None),
                ("\u{feff}", 1, None),
                ("\u{feff}\n ", 0, Some(Encoding::Br)),
                ("", 1, Some(Encoding::Gzip)),
                (&alive, 5000, Some(Encoding::Zstd)),
                (&alive, 5000, None),
            ] {
                // Some providers stream only to those who may have it.
                for stream in [false, true] {
                    let reply = Reply {
                        before: before.into(),
                        streamed: Some(false),
                        chunk,
                        encoding,
                        ..Reply::default()
                    };
                    pair.fake.script([reply.labelled(label)]);
                    let answer = asked(&pair, surface, stream).await?;
                    let case = format!("{surface:?} {label} {} {chunk} {encoding:?}", before.len());
                    assert_eq!(answer.header("content-type"), Some("application/json"), "{case}");
                    assert_eq!(surface.said(&answer.json()), LETTER, "{case}");
                }
            }
        }
    }
    canary::assert_none_reached(&pair.fake, canary::ALL);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_without_a_text_pass_as_they_are() -> Outcome {
    let pair = Pair::new().await?;
    for (path, body) in [
        ("/v1/embeddings", json!({"model": "m", "input": EMAIL})),
        (
            "/anthropic/v1/messages/count_tokens",
            Surface::Messages.ask(EMAIL, false),
        ),
        ("/v1/responses/input_tokens", Surface::Responses.ask(EMAIL, false)),
    ] {
        let text = "{\"data\":[{\"embedding\":[0.10,-1e-7]}],\n \"input_tokens\":7,\"name\":\"a_b\"}";
        for label in ["application/json", "text/plain"] {
            pair.fake.script([Reply::raw(text).labelled(label)]);
            let answer = pair.caller().post(path, &body).await?.ok()?;
            assert_eq!(answer.text(), text, "{path} {label}");
            assert_eq!(
                answer.header("content-type"),
                Some("application/json"),
                "{path} {label}"
            );
        }
        for (status, text) in [(204, ""), (200, ""), (202, "\r\n \n")] {
            let reply = Reply {
                status: Some(status),
                ..Reply::raw(text)
            };
            pair.fake.script([reply.labelled("text/plain")]);
            let answer = pair.caller().post(path, &body).await?;
            assert_eq!(
                (answer.status.as_u16(), answer.text().as_str()),
                (status, text),
                "{path}"
            );
        }
    }
    let page = "<html>of a route without a body</html>";
    pair.fake.script([Reply::raw(page).labelled("text/html")]);
    let answer = pair.caller().fetch("/v1/models").await?.ok()?;
    assert_eq!(
        (answer.header("content-type"), answer.text().as_str()),
        (Some("text/html"), page)
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_are_restored_in_any_shape_that_can_be_read() -> Outcome {
    let pair = Pair::new().await?;
    for (label, body) in [
        ("text/html", r#"{"errors":[{"msg":"no {{EMAIL}}"}]}"#),
        ("", "\u{feff} [{\"fault\":{\"faultstring\":\"{{EMAIL}}\"}}]"),
        (
            "application/problem+json",
            r#"{"type":"about:blank","title":"{{EMAIL}}"}"#,
        ),
        (
            "text/plain",
            "event: error\ndata: {\"error\":{\"message\":\"{{EMAIL}}\"}}\n\n",
        ),
        ("text/plain", r#"{"error":"no {{EMAIL}}"}"#),
    ] {
        for surface in Surface::ALL {
            for stream in [false, true] {
                let reply = Reply {
                    status: Some(422),
                    chunk: 1,
                    ..Reply::raw(body)
                };
                pair.fake.script([reply.labelled(label)]);
                let answer = pair
                    .caller()
                    .post(surface.path(), &surface.ask(EMAIL, stream))
                    .await?;
                let plain = body.trim_start_matches('\u{feff}').replace("{{EMAIL}}", EMAIL);
                assert_eq!(
                    (answer.status.as_u16(), answer.text()),
                    (422, plain),
                    "{surface:?}"
                );
                let kind = answer.header("content-type").unwrap_or_default();
                let expected = match body.starts_with("event") {
                    true => "text/event-stream",
                    false if label.ends_with("+json") => label,
                    false => "application/json",
                };
                assert_eq!(kind, expected, "{surface:?}");
            }
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_behind_a_socket_need_no_label_either() -> Outcome {
    let pair = Side::Stream.pair().await?;
    let mut socket = open(&pair).await?;
    for (label, before) in [
        ("", ""),
        ("text/plain", ": ping\n\n"),
        ("application/json", "\u{feff}"),
        ("text/html", "\r\n"),
    ] {
        for (chunk, encoding) in [(0, None), (1, None), (1, Some(Encoding::Gzip))] {
            let reply = Reply {
                before: before.into(),
                chunk,
                encoding,
                ..Reply::text("to {{EMAIL}}")
            };
            pair.fake.script([reply.labelled(label)]);
            let events = socket.turn(&create(LETTER, None)).await?;
            let case = format!("{label} {before:?} {chunk}");
            assert_eq!(e2e::socket::said(&events), format!("to {EMAIL}"), "{case}");
            let last = events.last().map(|last| last["type"].clone());
            assert_eq!(last, Some(json!("response.completed")), "{case}");
        }
    }
    // A refusal too, whatever it is called.
    let reply = Reply {
        fault: Some(Fault {
            message: "no {{EMAIL}}".into(),
            ..Fault::default()
        }),
        status: Some(429),
        ..Reply::default()
    };
    pair.fake.script([reply.labelled("text/html")]);
    let events: Vec<Value> = socket.turn(&create(LETTER, None)).await?;
    assert_eq!(
        (&events[0]["status"], &events[0]["error"]["message"]),
        (&json!(429), &json!(format!("no {EMAIL}")))
    );
    canary::assert_none_reached(&pair.fake, canary::ALL);
    Ok(())
}
