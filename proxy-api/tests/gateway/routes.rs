//! Upstreams with two APIs and Azure's paths: what reaches which base.

use serde_json::{Value, json};

use crate::support::{Gateway, Upstream, chat, post, whole};

const EMAIL: &str = "alice.miller@corp-mail.com";

async fn two_apis(upstream: &Upstream, settings: &[(&str, &str)]) -> Gateway {
    let (openai, anthropic) = (
        format!("http://{}/compatible/v4", upstream.address),
        format!("http://{}/claude", upstream.address),
    );
    let bases = [
        ("UPSTREAMS__BOTH__BASE_URL", openai.as_str()),
        ("UPSTREAMS__BOTH__ANTHROPIC_BASE_URL", anthropic.as_str()),
    ];
    Gateway::with(upstream, &[&bases, settings].concat()).await
}

#[tokio::test]
async fn the_path_says_which_api_is_meant() {
    let upstream = Upstream::start().await;
    let gateway = two_apis(&upstream, &[]).await;
    for (path, reached) in [
        ("/both/v1/messages?beta=true", "/claude/v1/messages?beta=true"),
        (
            "/both/v1/messages/count_tokens",
            "/claude/v1/messages/count_tokens",
        ),
        ("/both/claude/v1/messages", "/claude/v1/messages"),
        ("/both/v1/chat/completions", "/compatible/v4/chat/completions"),
        ("/both/v1/responses", "/compatible/v4/responses"),
        (
            "/both/compatible/v4/chat/completions",
            "/compatible/v4/chat/completions",
        ),
    ] {
        assert_eq!(gateway.post(path, &chat(EMAIL)).await.status, 200, "{path}");
        let seen = upstream.seen().pop().unwrap();
        assert_eq!(seen.uri, reached, "{path}");
        assert!(!seen.everything().contains(EMAIL), "{}", seen.everything());
    }
    for (version, reached) in [
        (None, "/compatible/v4/models"),
        (Some("2023-06-01"), "/claude/v1/models"),
    ] {
        let mut request = http::Request::get("/both/v1/models").header("host", "g");
        if let Some(version) = version {
            request = request.header("anthropic-version", version);
        }
        assert_eq!(gateway.send(request.body(whole("")).unwrap()).await.status, 200);
        assert_eq!(upstream.seen().pop().unwrap().uri, reached);
    }
}

#[tokio::test]
async fn each_api_is_answered_in_its_own_shape_and_with_its_own_credential() {
    let upstream = Upstream::start().await;
    let digest = "fae56b99fa8fbe08e891863f9a2115a5d8e3156124191fe65bccaa6a49cd2a71";
    let settings = [
        ("SERVER__AUTH", "gateway_keys"),
        ("GATEWAY_KEYS__LAPTOP", digest),
        ("UPSTREAMS__BOTH__API_KEY", "sk-held"),
    ];
    let gateway = two_apis(&upstream, &settings).await;
    for (path, is_anthropic) in [("/both/v1/messages", true), ("/both/v1/chat/completions", false)] {
        let refused = gateway.post(path, &json!([])).await;
        assert_eq!(refused.status, 401);
        assert_eq!(refused.json()["type"] == "error", is_anthropic, "{path}");
        let mut request = post(path).body(whole(chat("hello").to_string())).unwrap();
        let key = "Bearer key-of-the-laptop".parse().unwrap();
        request.headers_mut().insert("authorization", key);
        assert_eq!(gateway.send(request).await.status, 200);
        let headers = upstream.seen().pop().unwrap().headers;
        let held = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        let (bearer, key) = (held("authorization"), held("x-api-key"));
        if is_anthropic {
            assert_eq!((bearer, key.as_deref()), (None, Some("sk-held")));
        } else {
            assert_eq!((bearer.as_deref(), key), (Some("Bearer sk-held"), None));
        }
    }
    for (path, is_anthropic) in [("/both/v1/messages/batches", true), ("/both/v1/files", false)] {
        let unknown = gateway.post(path, &json!({})).await;
        assert_eq!(
            (unknown.status.as_u16(), unknown.json()["type"] == "error"),
            (404, is_anthropic),
            "{path}"
        );
    }
}

async fn azure(upstream: &Upstream) -> Gateway {
    let resource = format!("http://{}", upstream.address);
    Gateway::with(upstream, &[("UPSTREAMS__AZURE__BASE_URL", &resource)]).await
}

#[tokio::test]
async fn azures_paths_go_on_as_they_were_written() {
    let upstream = Upstream::start().await;
    let gateway = azure(&upstream).await;
    for (path, reached) in [
        (
            "/azure/openai/deployments/mine/chat/completions?api-version=2024-10-21",
            "/openai/deployments/mine/chat/completions?api-version=2024-10-21",
        ),
        (
            "/azure/openai/deployments/mine/embeddings?api-version=2024-10-21",
            "/openai/deployments/mine/embeddings?api-version=2024-10-21",
        ),
        (
            "/openai/deployments/mine/chat/completions?api-version=2024-10-21",
            "/openai/deployments/mine/chat/completions?api-version=2024-10-21",
        ),
        ("/azure/openai/v1/responses", "/openai/v1/responses"),
        ("/azure/v1/chat/completions", "/openai/v1/chat/completions"),
        (
            "/azure/openai/responses?api-version=preview",
            "/openai/responses?api-version=preview",
        ),
    ] {
        let mut request = post(path).body(whole(chat(EMAIL).to_string())).unwrap();
        request.headers_mut().remove("authorization");
        let key = "key-of-the-caller".parse().unwrap();
        request.headers_mut().insert("api-key", key);
        assert_eq!(gateway.send(request).await.status, 200, "{path}");
        let seen = upstream.seen().pop().unwrap();
        assert_eq!(seen.uri, reached, "{path}");
        assert_eq!(seen.headers["api-key"], "key-of-the-caller");
        assert!(!seen.everything().contains(EMAIL), "{}", seen.everything());
    }
    let before = upstream.seen().len();
    for path in [
        "/azure/openai/deployments/mine/images/generations",
        "/azure/openai/deployments/mine",
        "/azure/openai/files",
    ] {
        assert_eq!(gateway.post(path, &chat("hello")).await.status, 404, "{path}");
    }
    let private = "/azure/openai/deployments/4111-1111-1111-1111/chat/completions";
    assert_eq!(
        gateway.post(private, &chat("hello")).await.code(),
        "privacy_blocked"
    );
    assert_eq!(upstream.seen().len(), before);
}

#[tokio::test]
async fn what_azure_may_not_see_goes_to_the_local_models_own_path() {
    let (upstream, local) = (Upstream::start().await, Upstream::start().await);
    let (resource, near) = (
        format!("http://{}", upstream.address),
        format!("http://{}/v1", local.address),
    );
    let gateway = Gateway::with(
        &upstream,
        &[
            ("UPSTREAMS__AZURE__BASE_URL", &resource),
            ("UPSTREAMS__LOCAL__BASE_URL", &near),
            ("POLICY__ACTIONS__EMAIL", "route_local"),
        ],
    )
    .await;
    let path = "/azure/openai/deployments/mine/chat/completions?api-version=2024-10-21";
    assert_eq!(gateway.post(path, &chat(EMAIL)).await.status, 200);
    assert_eq!(local.only().uri.path(), "/v1/chat/completions");
    assert!(upstream.seen().is_empty());
    // No local model speaks this API.
    let answer = gateway.post("/v1/messages", &chat(EMAIL)).await;
    assert_eq!(answer.code(), "no_local_route");
}

#[tokio::test]
async fn a_held_key_is_shown_as_azure_wants_it() {
    let upstream = Upstream::start().await;
    let resource = format!("http://{}/openai/v1", upstream.address);
    let gateway = Gateway::with(
        &upstream,
        &[
            ("UPSTREAMS__AZURE__BASE_URL", &resource),
            ("UPSTREAMS__AZURE__API_KEY", "key-of-the-resource"),
            ("SERVER__AUTH", "gateway_keys"),
            (
                "GATEWAY_KEYS__LAPTOP",
                "fae56b99fa8fbe08e891863f9a2115a5d8e3156124191fe65bccaa6a49cd2a71",
            ),
        ],
    )
    .await;
    let body: Value = chat("hello");
    let mut request = post("/azure/openai/v1/chat/completions")
        .body(whole(body.to_string()))
        .unwrap();
    let headers = request.headers_mut();
    headers.remove("authorization");
    headers.insert("api-key", "key-of-the-laptop".parse().unwrap());
    assert_eq!(gateway.send(request).await.status, 200);
    let seen = upstream.only();
    assert_eq!(seen.uri, "/openai/v1/chat/completions");
    assert_eq!(seen.headers["api-key"], "key-of-the-resource");
    assert!(!seen.everything().contains("key-of-the-laptop"));
}

#[tokio::test]
async fn a_socket_is_opened_where_it_was_asked_for() {
    let upstream = Upstream::start().await;
    let gateway = azure(&upstream).await;
    let request = http::Request::get("/azure/openai/v1/responses?api-version=preview")
        .header("host", "gateway")
        .header("connection", "Upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
    // The upstream has no sockets, so the gateway serves this one over HTTP.
    let opened = gateway.open(request.body(whole("")).unwrap()).await;
    assert_eq!(opened.status(), 101);
    assert_eq!(upstream.only().uri, "/openai/v1/responses?api-version=preview");
}
