//! Gateway keys: who may call, and whose credential goes upstream.

use crate::support::{Gateway, Upstream, chat, post, whole};

/// SHA-256 of `key-of-the-laptop`.
const DIGEST: &str = "fae56b99fa8fbe08e891863f9a2115a5d8e3156124191fe65bccaa6a49cd2a71";

async fn gateway(upstream: &Upstream) -> Gateway {
    Gateway::with(
        upstream,
        &[
            ("SERVER__AUTH", "gateway_keys"),
            ("GATEWAY_KEYS__LAPTOP", DIGEST),
            ("UPSTREAMS__OPENAI__API_KEY", "sk-held-by-the-gateway"),
            ("UPSTREAMS__ANTHROPIC__API_KEY", "sk-ant-held"),
        ],
    )
    .await
}

#[tokio::test]
async fn without_a_known_key_nothing_leaves() {
    let upstream = Upstream::start().await;
    let gateway = gateway(&upstream).await;
    for (path, kind) in [
        ("/v1/chat/completions", "authentication_error"),
        ("/v1/messages", "authentication_error"),
    ] {
        let answer = gateway.post(path, &chat("hello")).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (401, "invalid_gateway_key")
        );
        assert_eq!(answer.json()["error"]["type"], kind);
    }
    let models = http::Request::get("/v1/models")
        .header("host", "g")
        .body(whole(""))
        .unwrap();
    assert_eq!(gateway.send(models).await.status, 401);
    assert!(upstream.seen().is_empty());
}

#[tokio::test]
async fn the_gateways_credential_replaces_the_callers() {
    let upstream = Upstream::start().await;
    let gateway = gateway(&upstream).await;
    let mut request = post("/v1/chat/completions")
        .header("openai-organization", "org-of-the-caller")
        .body(whole(chat("hello").to_string()))
        .unwrap();
    request
        .headers_mut()
        .insert("authorization", "Bearer key-of-the-laptop".parse().unwrap());
    assert_eq!(gateway.send(request).await.status, 200);
    let mut request = post("/v1/messages")
        .body(whole(chat("hello").to_string()))
        .unwrap();
    request.headers_mut().remove("authorization");
    request
        .headers_mut()
        .insert("x-api-key", "key-of-the-laptop".parse().unwrap());
    assert_eq!(gateway.send(request).await.status, 200);
    let seen = upstream.seen();
    assert_eq!(seen[0].headers["authorization"], "Bearer sk-held-by-the-gateway");
    assert!(!seen[0].headers.contains_key("openai-organization"));
    assert_eq!(seen[1].headers["x-api-key"], "sk-ant-held");
    assert!(!seen[1].headers.contains_key("authorization"));
    for seen in seen {
        assert!(!seen.everything().contains("key-of-the-laptop"));
    }
}
