//! Refusals: shape, code, request id, and that nothing leaves.

use http::Request;
use serde_json::json;

use crate::support::{Gateway, Upstream, chat, json_answer, post, whole};

#[tokio::test]
async fn malformed_requests_are_refused_in_the_providers_shape() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    for body in [
        &b"{\"model\":"[..],
        b"",
        b"\xff\xfe",
        b"{} trailing",
        b"\xef\xbb\xbf{}",
        b"{\"a\":\"\\ud800\"}",
        b"NaN",
    ] {
        for path in ["/v1/chat/completions", "/anthropic/v1/messages"] {
            let answer = gateway.send(post(path).body(whole(body.to_vec())).unwrap()).await;
            assert_eq!(
                (answer.status.as_u16(), answer.code().as_str()),
                (400, "malformed_request"),
                "{body:?}"
            );
            let error = answer.json();
            assert_eq!(error["error"]["type"], "invalid_request_error");
            assert_eq!(error["type"] == "error", path.starts_with("/anthropic"));
            let id = answer.header("x-request-id").unwrap();
            assert!(error["error"]["message"].as_str().unwrap().contains(id));
        }
    }
    assert!(upstream.seen().is_empty());
}

#[tokio::test]
async fn other_media_types_are_refused() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let mut request = post("/v1/chat/completions")
        .body(whole(chat("hello").to_string()))
        .unwrap();
    request
        .headers_mut()
        .insert("content-type", "multipart/form-data; boundary=x".parse().unwrap());
    let answer = gateway.send(request).await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (415, "unsupported_media_type")
    );
    assert!(upstream.seen().is_empty());
}

#[tokio::test]
async fn unknown_routes_methods_and_bodies_go_nowhere() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let send = async |method: &str, path: &str, body: &'static str| {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "g")
            .body(whole(body))
            .unwrap();
        let answer = gateway.send(request).await;
        (answer.status.as_u16(), answer.code())
    };
    for (method, path, body, status, code) in [
        ("POST", "/v1/audio/speech", "{}", 404, "unknown_route"),
        ("POST", "/v1//chat/completions", "{}", 400, "bad_request_target"),
        (
            "POST",
            "/openai/v1//chat/completions",
            "{}",
            400,
            "bad_request_target",
        ),
        (
            "POST",
            "/openai/%2e%2e/v1/chat/completions",
            "{}",
            400,
            "bad_request_target",
        ),
        ("PUT", "/v1/chat/completions", "{}", 405, "method_not_allowed"),
        ("PATCH", "/v1/responses", "{}", 405, "method_not_allowed"),
        ("GET", "/v1/responses", "", 426, "websocket_upgrade_required"),
        ("GET", "/v1/models", "{}", 400, "unexpected_body"),
        (
            "POST",
            "http://api.openai.com/openai/v1/chat/completions",
            "{}",
            400,
            "bad_request_target",
        ),
    ] {
        assert_eq!(
            send(method, path, body).await,
            (status, code.to_owned()),
            "{method} {path}"
        );
    }
    assert!(upstream.seen().is_empty());
    assert_eq!(send("GET", "/v1/models", "").await.0, 200);
}

#[tokio::test]
async fn upstream_errors_pass_with_their_text_restored() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let email = "alice.miller@corp-mail.com";
    gateway.chat(&chat(email)).await;
    let seen = upstream.only();
    let text = seen.everything();
    let start = text.rfind("<EMAIL_").unwrap();
    let token = &text[start..=start + text[start..].find('>').unwrap()];
    upstream.answer(json_answer(
        400,
        &json!({"error": {"message": format!("cannot parse {token}"), "type": "invalid_request_error", "code": "x"}}),
    ));
    let answer = gateway.chat(&chat(email)).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["error"]["message"], format!("cannot parse {email}"));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let mut redirect = json_answer(307, &json!({}));
    redirect.headers_mut().insert(
        "location",
        format!("http://{}/elsewhere", upstream.address).parse().unwrap(),
    );
    upstream.answer(redirect);
    let answer = gateway.chat(&chat("hello")).await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (502, "upstream_redirect")
    );
    assert_eq!(answer.header("location"), None);
    assert_eq!(upstream.seen().len(), 1);
}

#[tokio::test]
async fn an_upstream_that_is_not_there_is_502() {
    let upstream = Upstream::start().await;
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1", gone.local_addr().unwrap());
    drop(gone);
    let gateway = Gateway::with(&upstream, &[("UPSTREAMS__OPENAI__BASE_URL", &base)]).await;
    let answer = gateway.chat(&chat("hello")).await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (502, "upstream_unreachable")
    );
}
