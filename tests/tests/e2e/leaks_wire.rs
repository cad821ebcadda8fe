//! Leak catalogue, around the body: 10, 12, 13, 14, 20, 21.

use std::io::Write;

use e2e::{
    canary::{self, API_KEY, EMAIL, LETTER},
    fake::{FakeProvider, PATIENCE, Reply},
    gateway::Gateway,
};
use http::Method;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{Outcome, Pair, Surface, error_of};

/// Writes bytes to the gateway and reads its answer to the end of the connection.
pub(crate) async fn raw(pair: &Pair, request: &str) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(pair.gateway.authority()).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await??;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn l10_endpoints_beside_the_main_ones() -> Outcome {
    let pair = Pair::new().await?;
    let body = Surface::Chat.ask(LETTER, false).to_string();
    for (method, path) in [
        (Method::PUT, "/v1/chat/completions"),
        (Method::PATCH, "/v1/chat/completions"),
        (Method::DELETE, "/v1/chat/completions"),
        (Method::GET, "/v1/chat/completions"),
        (Method::POST, "/v1/files"),
        (Method::POST, "/v1/batches"),
        (Method::POST, "/v1/uploads"),
        (Method::POST, "/v1/images/generations"),
        (Method::POST, "/v1/audio/speech"),
        (Method::POST, "/v1/moderations"),
        (Method::POST, "/v1/fine_tuning/jobs"),
        (Method::POST, "/v1/threads"),
        (Method::POST, "/v1/models"),
        (Method::POST, "/anthropic/v1/messages/batches"),
        (Method::POST, "/anthropic/v1/files"),
        (Method::POST, "/anthropic/v1/complete"),
        (Method::POST, "/anthropic/v1/chat/completions"),
        (Method::POST, "/openai/v1/messages"),
        (Method::POST, "/v1/chat/completions/"),
        (Method::POST, "//v1/chat/completions"),
        (Method::POST, "/v1//chat/completions"),
        (Method::POST, "/v1/../v1/chat/completions"),
        (Method::POST, "/v1/%2e%2e/files"),
        (Method::POST, "/v1/chat%2fcompletions"),
        (Method::POST, "/V1/CHAT/COMPLETIONS"),
        (Method::POST, "/unknown/v1/chat/completions"),
        (Method::POST, "/"),
    ] {
        let answer = pair.caller().send(method.clone(), path, body.clone()).await?;
        assert!(
            matches!(answer.status.as_u16(), 400 | 404 | 405),
            "{method} {path}: {}",
            answer.text()
        );
        assert!(
            answer.json()["error"]["message"].is_string(),
            "{method} {path}: {}",
            answer.text()
        );
    }
    let form = pair
        .caller()
        .with("content-type", "multipart/form-data; boundary=x");
    let answer = form
        .send(
            Method::POST,
            "/v1/chat/completions",
            format!("--x\r\n\r\n{LETTER}\r\n--x--"),
        )
        .await?;
    assert!(matches!(answer.status.as_u16(), 400 | 415), "{}", answer.text());
    assert_eq!(pair.fake.requests().len(), 0);
    // An endpoint that takes no body: what is sent to it all the same is looked at like any.
    let cancel = "/v1/responses/resp_1/cancel";
    let answer = pair.caller().send(Method::POST, cancel, body).await?;
    assert!(answer.status.is_client_error(), "{}", answer.text());
    canary::assert_none_reached(&pair.fake, &[EMAIL]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l10_a_target_cannot_choose_the_host() -> Outcome {
    let pair = Pair::new().await?;
    let other = FakeProvider::start().await?;
    let body = Surface::Chat.ask(LETTER, false).to_string();
    let host = other.address();
    let length = body.len();
    let rest = format!(
        "content-type: application/json\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    for head in [
        format!("POST http://{host}/v1/chat/completions HTTP/1.1\r\nhost: {host}\r\n"),
        format!("POST /http://{host}/v1/chat/completions HTTP/1.1\r\nhost: {host}\r\n"),
        format!("POST /v1@{host}/chat/completions HTTP/1.1\r\nhost: {host}\r\n"),
        format!("POST /{host}/v1/chat/completions HTTP/1.1\r\nhost: x\r\n"),
        format!("CONNECT {host} HTTP/1.1\r\nhost: {host}\r\n"),
    ] {
        let answer = raw(&pair, &format!("{head}{rest}")).await?;
        assert!(answer.starts_with("HTTP/1.1 4"), "{head}: {answer}");
    }
    // The host header names nobody: the request goes to the configured upstream.
    let head = format!("POST /v1/chat/completions HTTP/1.1\r\nhost: {host}\r\nx-forwarded-host: {host}\r\n");
    let answer = raw(&pair, &format!("{head}{rest}")).await?;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!((other.requests().len(), pair.fake.requests().len()), (0, 1));
    assert_eq!(
        pair.fake.requests()[0].header("host"),
        Some(pair.fake.address().to_string().as_str())
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l10_smuggled_requests_are_refused() -> Outcome {
    let pair = Pair::new().await?;
    let inner = format!(
        "POST /v1/files HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n{LETTER}",
        LETTER.len()
    );
    for headers in [
        format!(
            "content-length: {}\r\ntransfer-encoding: chunked\r\n",
            inner.len()
        ),
        "content-length: 5\r\ncontent-length: 6\r\n".to_owned(),
        "transfer-encoding: chunked, identity\r\n".to_owned(),
        "transfer-encoding: xchunked\r\n".to_owned(),
    ] {
        let head =
            format!("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n");
        let answer = raw(&pair, &format!("{head}0\r\n\r\n{inner}")).await?;
        assert!(!answer.contains("HTTP/1.1 200"), "{headers}: {answer}");
    }
    assert_eq!(pair.fake.requests().len(), 0);
    canary::assert_none_reached(&pair.fake, canary::ALL);
    Ok(())
}

fn gzip(body: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut coder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    coder.write_all(body)?;
    Ok(coder.finish()?)
}

fn br(body: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut out = Vec::new();
    brotli::CompressorWriter::new(&mut out, 4096, 1, 20).write_all(body)?;
    Ok(out)
}

#[tokio::test(flavor = "multi_thread")]
async fn l12_compressed_bodies_are_read() -> Outcome {
    let pair = Pair::new().await?;
    let body = Surface::Chat.ask(LETTER, false).to_string();
    let plain = body.as_bytes();
    let zstd = zstd::encode_all(plain, 3)?;
    for (coding, bytes) in [
        ("gzip", gzip(plain)?),
        ("br", br(plain)?),
        ("zstd", zstd.clone()),
        ("identity", plain.to_vec()),
        ("zstd, gzip", gzip(&zstd)?),
        ("GZIP", gzip(plain)?),
    ] {
        let caller = pair.caller().with("content-encoding", coding);
        let answer = caller
            .send(Method::POST, Surface::Chat.path(), bytes)
            .await?
            .ok()?;
        assert_eq!(Surface::Chat.said(&answer.json()), LETTER, "{coding}");
    }
    canary::assert_none_reached(&pair.fake, canary::ALL);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l12_other_codings_and_bombs_are_refused() -> Outcome {
    let pair = Pair::with(|setup| setup.set("LIMITS__BODY_BYTES", "1000000")).await?;
    let body = Surface::Chat.ask(LETTER, false).to_string();
    let bomb = format!("{{\"model\":\"m\",\"x\":\"{}\"}}", "a".repeat(60_000_000)).into_bytes();
    let small = gzip(body.as_bytes())?;
    for (coding, bytes, statuses) in [
        ("deflate", body.clone().into_bytes(), [415, 415]),
        ("compress", body.clone().into_bytes(), [415, 415]),
        ("x-unknown", body.clone().into_bytes(), [415, 415]),
        ("gzip", body.clone().into_bytes(), [400, 400]),
        ("zstd", b"\x28\xb5\x2f\xfd garbage".to_vec(), [400, 400]),
        ("gzip", small[..small.len() - 9].to_vec(), [400, 400]),
        ("gzip, gzip, gzip", gzip(&gzip(&small)?)?, [400, 415]),
        ("gzip", gzip(&bomb)?, [413, 413]),
        ("br", br(&bomb)?, [413, 413]),
        ("zstd", zstd::encode_all(bomb.as_slice(), 3)?, [413, 413]),
        ("gzip, gzip", gzip(&gzip(&bomb)?)?, [413, 413]),
    ] {
        let caller = pair.caller().with("content-encoding", coding);
        let answer = caller.send(Method::POST, Surface::Chat.path(), bytes).await?;
        assert!(
            statuses.contains(&answer.status.as_u16()),
            "{coding}: {} {}",
            answer.status,
            answer.text()
        );
    }
    assert_eq!(pair.fake.requests().len(), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l13_headers_leave_by_an_allow_list() -> Outcome {
    let pair = Pair::new().await?;
    let ask = Surface::Chat.ask("hi", false);
    for name in [
        "cookie",
        "x-codex-turn-metadata",
        "x-stainless-os",
        "baggage",
        "traceparent",
        "tracestate",
        "x-forwarded-for",
        "forwarded",
        "via",
        "x-real-ip",
        "referer",
        "origin",
        "x-anything",
        "from",
        "proxy-authorization",
        "te",
        "x-request-id",
        "x-client-request-id",
        "session-id",
        "idempotency-key",
        "accept-language",
        "if-none-match",
    ] {
        let value = format!("a {EMAIL}");
        pair.caller()
            .with(name, &value)
            .post(Surface::Chat.path(), &ask)
            .await?
            .ok()?;
        let request = pair.fake.requests().pop().expect("the request is forwarded");
        assert_eq!(request.header(name), None, "{name}");
    }
    for name in [
        "openai-organization",
        "openai-project",
        "openai-beta",
        "user-agent",
        "anthropic-beta",
        "originator",
    ] {
        let before = pair.fake.requests().len();
        for value in [format!("a {EMAIL}"), API_KEY.to_owned()] {
            let answer = pair
                .caller()
                .with(name, &value)
                .post(Surface::Chat.path(), &ask)
                .await?;
            error_of(&answer, Surface::Chat.path(), 400);
            assert!(!canary::occurs(&answer.body, EMAIL), "{}", answer.text());
        }
        assert_eq!(pair.fake.requests().len(), before, "{name}");
    }
    canary::assert_none_reached(&pair.fake, canary::ALL);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l13_what_providers_need_arrives_unchanged() -> Outcome {
    let pair = Pair::new().await?;
    let beta = "claude-code-20250219,context-1m-2025-08-07,interleaved-thinking-2025-05-14,\
        thinking-token-count-2026-05-13,context-management-2025-06-27,prompt-caching-scope-2026-01-05,\
        mid-conversation-system-2026-04-07,effort-2025-11-24";
    let headers = [
        ("x-api-key", API_KEY),
        ("authorization", "Bearer test-credential"),
        ("anthropic-beta", beta),
        ("anthropic-version", "2023-06-01"),
        ("user-agent", "claude-cli/2.1.197 (external, sdk-cli)"),
        ("x-request-id", "req-0123456789abcdef"),
    ];
    let caller = headers
        .iter()
        .fold(pair.caller(), |caller, (name, value)| caller.with(name, value));
    caller
        .post(
            "/anthropic/v1/messages?beta=true",
            &Surface::Messages.ask("hi", false),
        )
        .await?
        .ok()?;
    let request = pair.fake.requests().remove(0);
    for (name, value) in headers {
        assert_eq!(request.header(name), Some(value), "{name}");
    }
    assert_eq!(request.target, "/v1/messages?beta=true");
    let codings = request
        .header("accept-encoding")
        .unwrap_or_default()
        .replace(' ', "");
    assert!(
        codings
            .split(',')
            .all(|coding| ["", "identity", "gzip", "br", "zstd"].contains(&coding)),
        "{codings}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l13_codex_metadata_is_removed_from_header_and_body() -> Outcome {
    let pair = Pair::new().await?;
    let metadata = "{\"workspaces\":{\"/home/zofia/secret-project\":{}},\"installation_id\":\"325e6522\"}";
    let mut body = Surface::Responses.ask("hi", false);
    body["client_metadata"] = json!({"x-codex-turn-metadata": metadata, "turn_id": "t1"});
    pair.caller()
        .with("x-codex-turn-metadata", metadata)
        .post(Surface::Responses.path(), &body)
        .await?
        .ok()?;
    canary::assert_none_reached(&pair.fake, &["secret-project", "325e6522"]);
    assert_eq!(pair.fake.requests()[0].json()["client_metadata"]["turn_id"], "t1");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l14_query_values_are_inspected() -> Outcome {
    let pair = Pair::new().await?;
    for query in [
        format!("to={EMAIL}"),
        format!("to={}", EMAIL.replace('@', "%40")),
        format!("{EMAIL}=1"),
        format!("beta=true&key={API_KEY}"),
    ] {
        let path = format!("/anthropic/v1/messages?{query}");
        let answer = pair
            .caller()
            .post(&path, &Surface::Messages.ask("hi", false))
            .await?;
        error_of(&answer, &path, 400);
        let answer = pair.caller().fetch(&format!("/v1/models?{query}")).await?;
        assert_eq!(answer.status.as_u16(), 400, "{query}: {}", answer.text());
    }
    assert_eq!(pair.fake.requests().len(), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l20_redirects_are_not_followed() -> Outcome {
    let pair = Pair::new().await?;
    let other = FakeProvider::start().await?;
    for status in [301, 302, 303, 307, 308] {
        let location = format!("{}/v1/chat/completions", other.url());
        let headers = vec![("location".into(), location.clone())];
        pair.fake.script([Reply {
            status: Some(status),
            headers,
            ..Reply::raw("moved")
        }]);
        let answer = pair
            .caller()
            .post(Surface::Chat.path(), &Surface::Chat.ask(LETTER, false))
            .await?;
        error_of(&answer, Surface::Chat.path(), 502);
        assert_eq!(answer.header("location"), None);
        assert!(!answer.text().contains(&location), "{}", answer.text());
    }
    assert_eq!(other.requests().len(), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l20_environment_proxies_are_not_used() -> Outcome {
    let (fake, proxy) = (FakeProvider::start().await?, FakeProvider::start().await?);
    let names = [
        "HTTP_PROXY",
        "http_proxy",
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
    ];
    let setup = names.iter().fold(Gateway::before(&fake), |setup, name| {
        setup.variable(name, &proxy.url())
    });
    let gateway = setup.start().await?;
    let answer = gateway
        .caller()
        .post(Surface::Chat.path(), &Surface::Chat.ask(LETTER, false))
        .await?
        .ok()?;
    assert_eq!(Surface::Chat.said(&answer.json()), LETTER);
    assert_eq!((fake.requests().len(), proxy.wire().len()), (1, 0));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l20_answers_bring_no_cookie_and_lead_nowhere() -> Outcome {
    let pair = Pair::new().await?;
    let headers = [
        ("location", "https://elsewhere.example/"),
        ("alt-svc", "h3=\":443\""),
        ("link", "<https://elsewhere.example/>; rel=preload"),
        ("refresh", "0; url=https://elsewhere.example/"),
        ("x-anything", "y"),
    ];
    let headers = headers
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
    pair.fake.script([Reply {
        headers,
        ..Reply::default()
    }]);
    let answer = pair
        .caller()
        .post(Surface::Chat.path(), &Surface::Chat.ask("hi", false))
        .await?
        .ok()?;
    for name in [
        "set-cookie",
        "location",
        "alt-svc",
        "link",
        "refresh",
        "x-anything",
    ] {
        assert_eq!(answer.header(name), None, "{name}");
    }
    assert!(
        answer
            .header("x-request-id")
            .is_some_and(|id| id.starts_with("req_")),
        "{:?}",
        answer.headers
    );
    assert_eq!(answer.header("x-ratelimit-remaining-requests"), Some("4999"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn l20_upstreams_are_checked_at_the_start() -> Outcome {
    let fake = FakeProvider::start().await?;
    let off = |name: &str| Gateway::before(&fake).set(&format!("DANGEROUS__{name}"), "false");
    let said = off("ALLOW_INSECURE_UPSTREAMS").refused().await?;
    assert!(said.contains("allow_insecure_upstreams"), "{said}");
    let said = off("ALLOW_NONSTANDARD_HOSTS").refused().await?;
    assert!(said.contains("allow_nonstandard_hosts"), "{said}");
    Ok(())
}
