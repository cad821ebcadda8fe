//! Headers in both directions.

use http::Response;

use crate::support::{Gateway, Upstream, chat, post, whole};

#[tokio::test]
async fn only_listed_headers_leave_and_the_credential_does() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let request = post("/v1/chat/completions")
        .header("cookie", "session=canary-1")
        .header("x-forwarded-for", "203.0.113.9")
        .header("baggage", "user=canary-2")
        .header("x-stainless-os", "canary-3")
        .header("openai-organization", "org-1")
        .header("x-request-id", "req-of-the-caller")
        .header("accept-encoding", "deflate")
        .header("connection", "x-unknown")
        .body(whole(chat("hello").to_string()))
        .unwrap();
    gateway.send(request).await;
    let seen = upstream.only();
    assert!(!seen.everything().contains("canary"), "{}", seen.everything());
    let mut names: Vec<_> = seen.headers.keys().map(http::HeaderName::as_str).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "accept",
            "accept-encoding",
            "authorization",
            "content-length",
            "content-type",
            "host",
            "openai-organization",
            "user-agent",
            "x-request-id"
        ]
    );
    assert_eq!(seen.headers["authorization"], "Bearer sk-caller");
    assert_eq!(seen.headers["host"], upstream.address.to_string());
    assert_eq!(seen.headers["accept-encoding"], "gzip, br, zstd");
}

#[tokio::test]
async fn an_unbounded_request_id_stays() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let request = post("/v1/chat/completions")
        .header("x-request-id", "name of somebody")
        .body(whole(chat("hello").to_string()))
        .unwrap();
    assert_eq!(gateway.send(request).await.status, 200);
    assert!(!upstream.only().headers.contains_key("x-request-id"));
}

#[tokio::test]
async fn answers_keep_what_clients_need_and_nothing_that_acts_on_them() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    upstream.answer(
        Response::builder()
            .status(429)
            .header("content-type", "application/json")
            .header("retry-after", "7")
            .header("x-ratelimit-remaining-tokens", "0")
            .header("x-request-id", "req_upstream")
            .header("x-should-retry", "true")
            .header("set-cookie", "a=b")
            .header("location", "https://elsewhere.example")
            .header("alt-svc", "h3")
            .header("server", "provider")
            .body(whole(
                r#"{"error":{"message":"slow down","type":"rate_limit_error"}}"#,
            ))
            .unwrap(),
    );
    let answer = gateway.chat(&chat("hello")).await;
    assert_eq!(answer.status, 429);
    assert_eq!(answer.header("retry-after"), Some("7"));
    assert_eq!(answer.header("x-request-id"), Some("req_upstream"));
    assert_eq!(answer.header("x-should-retry"), Some("true"));
    assert!(answer.header("x-bauta-request-id").unwrap().starts_with("req_"));
    for gone in ["set-cookie", "location", "alt-svc", "server"] {
        assert_eq!(answer.header(gone), None, "{gone}");
    }
    assert_eq!(answer.json()["error"]["message"], "slow down");
}

#[tokio::test]
async fn binary_header_values_are_refused() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let request = post("/v1/chat/completions")
        .header(
            "openai-project",
            http::HeaderValue::from_bytes(b"caf\xe9").unwrap(),
        )
        .body(whole(chat("hello").to_string()))
        .unwrap();
    assert_eq!(gateway.send(request).await.code(), "bad_header");
    assert!(upstream.seen().is_empty());
}
