//! Pages in browsers: refused unless their origin is configured.

use http::{Method, Request};
use http_body_util::BodyExt as _;

use crate::support::{Answer, Body, Gateway, Upstream, chat, event_stream, post, whole};

const PAGE: &str = "https://chat.example.com";
const LISTED: &str = "[\"https://chat.example.com\"]";

fn preflight(path: &str, origin: &str) -> Request<Body> {
    Request::builder()
        .method(Method::OPTIONS)
        .uri(path)
        .header("host", "gateway")
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header(
            "access-control-request-headers",
            "authorization,content-type,x-stainless-os",
        )
        .body(whole(""))
        .unwrap()
}

async fn gateway(upstream: &Upstream, origins: &str) -> Gateway {
    Gateway::with(upstream, &[("SERVER__CORS_ORIGINS", origins)]).await
}

fn of_page(path: &str, origin: &str) -> http::request::Builder {
    post(path).header("origin", origin)
}

fn allowed(answer: &Answer) -> (Option<&str>, Option<&str>) {
    (
        answer.header("access-control-allow-origin"),
        answer.header("access-control-allow-credentials"),
    )
}

#[tokio::test]
async fn without_configured_origins_preflights_are_refused_in_the_callers_protocol() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    for (path, is_anthropic) in [
        ("/v1/chat/completions", false),
        ("/v1/messages", true),
        ("/anthropic/v1/messages", true),
        ("/canary", false),
    ] {
        let answer = gateway.send(preflight(path, PAGE)).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (403, "origin_not_allowed"),
            "{path}"
        );
        assert_eq!(answer.json()["type"] == "error", is_anthropic, "{path}");
        assert!(answer.text().contains("server.cors_origins"));
        assert_eq!(allowed(&answer), (None, None));
    }
    let request = of_page("/v1/chat/completions", PAGE);
    let answer = gateway
        .send(request.body(whole(chat("hello").to_string())).unwrap())
        .await;
    // It is no browser that sends this without having asked; whoever it is reads no permission.
    assert_eq!(allowed(&answer), (None, None));
    assert_eq!(answer.header("vary"), None);
}

#[tokio::test]
async fn a_configured_page_may_ask_and_read() {
    let upstream = Upstream::start().await;
    let gateway = gateway(&upstream, LISTED).await;
    let answer = gateway.send(preflight("/v1/chat/completions", PAGE)).await;
    assert_eq!(answer.status, 204);
    assert_eq!(allowed(&answer), (Some(PAGE), Some("true")));
    assert_eq!(
        answer.header("access-control-allow-methods"),
        Some("GET, POST, DELETE")
    );
    assert_eq!(
        answer.header("access-control-allow-headers"),
        Some("authorization,content-type,x-stainless-os")
    );
    assert!(answer.header("vary").unwrap().contains("Origin"));
    assert!(upstream.seen().is_empty());

    let body = whole(chat("hello").to_string());
    let answer = gateway
        .send(of_page("/v1/chat/completions", PAGE).body(body).unwrap())
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(allowed(&answer), (Some(PAGE), Some("true")));
    assert_eq!(answer.header("vary"), Some("Origin"));
    let exposed = answer.header("access-control-expose-headers").unwrap();
    assert!(exposed.contains("x-bauta-request-id"), "{exposed}");
    assert!(!upstream.only().headers.contains_key("origin"));
    // The gateway's own refusals can be read as well.
    let answer = gateway
        .send(of_page("/v1/files", PAGE).body(whole("{}")).unwrap())
        .await;
    assert_eq!(answer.status, 404);
    assert_eq!(allowed(&answer).0, Some(PAGE));
}

#[tokio::test]
async fn a_page_reads_streams() {
    let upstream = Upstream::start().await;
    let gateway = gateway(&upstream, LISTED).await;
    upstream.answer(event_stream(whole("data: [DONE]\n\n")));
    let body = whole(r#"{"model":"m","stream":true,"messages":[{"role":"user","content":"hello"}]}"#);
    let answer = gateway
        .open(of_page("/v1/chat/completions", PAGE).body(body).unwrap())
        .await;
    assert_eq!(answer.headers()["access-control-allow-origin"], PAGE);
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let text = answer.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(text, "data: [DONE]\n\n");
}

#[tokio::test]
async fn other_pages_may_not() {
    let upstream = Upstream::start().await;
    let gateway = gateway(&upstream, LISTED).await;
    for origin in [
        "https://evil.example",
        "http://chat.example.com",
        "https://chat.example.com:444",
        "https://chat.example.com.evil.example",
        "null",
    ] {
        let answer = gateway.send(preflight("/v1/chat/completions", origin)).await;
        assert_eq!((answer.status.as_u16(), allowed(&answer)), (403, (None, None)));
        // A cache that holds this answer must not give it to a page that may.
        assert_eq!(answer.header("vary"), Some("Origin"));
    }
    let two = preflight("/v1/chat/completions", PAGE);
    let (mut head, body) = two.into_parts();
    head.headers
        .append("origin", "https://evil.example".parse().unwrap());
    assert_eq!(gateway.send(Request::from_parts(head, body)).await.status, 403);
}

#[tokio::test]
async fn with_a_star_no_page_has_credentials() {
    let upstream = Upstream::start().await;
    let gateway = gateway(&upstream, "[\"*\", \"https://chat.example.com\"]").await;
    for (origin, told) in [
        ("https://any.example", (Some("*"), None)),
        (PAGE, (Some(PAGE), Some("true"))),
    ] {
        let answer = gateway.send(preflight("/v1/messages", origin)).await;
        assert_eq!((answer.status.as_u16(), allowed(&answer)), (204, told));
        let body = whole(chat("hello").to_string());
        let answer = gateway
            .send(of_page("/v1/chat/completions", origin).body(body).unwrap())
            .await;
        assert_eq!((answer.status.as_u16(), allowed(&answer)), (200, told));
        assert_eq!(answer.header("vary"), Some("Origin"));
    }
}

#[tokio::test]
async fn what_browsers_send_without_asking_goes_nowhere() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    // A blob without a type is posted without a preflight.
    let mut untyped = of_page("/v1/chat/completions", PAGE)
        .body(whole(chat("hello").to_string()))
        .unwrap();
    untyped.headers_mut().remove("content-type");
    assert_eq!(gateway.send(untyped).await.status, 415);
    // So is a socket opened.
    let socket = || {
        Request::get("/v1/responses")
            .header("host", "gateway")
            .header("connection", "Upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
    };
    let refused = gateway
        .send(socket().header("origin", PAGE).body(whole("")).unwrap())
        .await;
    assert_eq!(
        (refused.status.as_u16(), refused.code().as_str()),
        (403, "origin_not_allowed")
    );
    assert!(upstream.seen().is_empty());
    let listed = Gateway::with(
        &upstream,
        &[
            ("SERVER__CORS_ORIGINS", LISTED),
            ("UPSTREAMS__OPENAI__WEBSOCKET", "never"),
        ],
    )
    .await;
    let opened = listed
        .open(socket().header("origin", PAGE).body(whole("")).unwrap())
        .await;
    assert_eq!(opened.status(), 101);
}
