//! Sizes and numbers that bound a request, and that the gateway answers meanwhile.

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use http_body_util::channel::Channel;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::{Gateway, Upstream, chat, event_stream, post, whole};

#[tokio::test]
async fn large_bodies_are_413_announced_or_not() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::with(&upstream, &[("LIMITS__BODY_BYTES", "2048")]).await;
    let big = chat(&"x".repeat(200_000));
    let answer = gateway.chat(&big).await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (413, "request_too_large")
    );
    let message = answer.json()["error"]["message"].to_string();
    assert!(
        message.contains("larger than 2048 bytes (limits.body_bytes)"),
        "{message}"
    );

    let (mut sender, body) = Channel::new(4);
    let sending = tokio::spawn(async move {
        for _ in 0..50 {
            if sender.send_data(Bytes::from(vec![b'x'; 1024])).await.is_err() {
                return;
            }
        }
    });
    let chunked = post("/v1/messages").body(body.boxed_unsync()).unwrap();
    let answer = gateway.send(chunked).await;
    assert_eq!(answer.status, 413);
    assert_eq!(answer.json()["error"]["type"], "request_too_large");
    sending.await.unwrap();
    assert!(upstream.seen().is_empty());
}

#[tokio::test]
async fn deep_and_long_documents_are_refused() {
    let upstream = Upstream::start().await;
    let settings = [("LIMITS__DEPTH", "16"), ("LIMITS__LEAF_BYTES", "4096")];
    let gateway = Gateway::with(&upstream, &settings).await;
    let deep = format!("{}1{}", "[".repeat(17), "]".repeat(17));
    let long = chat(&"x".repeat(5000)).to_string();
    for (body, key) in [
        (deep, "16 levels (limits.depth)"),
        (long, "4096 bytes (limits.leaf_bytes)"),
    ] {
        let request = post("/v1/chat/completions").body(whole(body)).unwrap();
        let answer = gateway.send(request).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (413, "request_too_large")
        );
        let message = answer.json()["error"]["message"].to_string();
        assert!(message.contains(key), "{message}");
    }
    assert!(upstream.seen().is_empty());
}

#[tokio::test]
async fn large_heads_are_refused() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::with(&upstream, &[("LIMITS__HEADER_BYTES", "8192")]).await;
    let mut stream = tokio::net::TcpStream::connect(gateway.data).await.unwrap();
    let head = format!(
        "GET /v1/models HTTP/1.1\r\nhost: g\r\nuser-agent: {}\r\n\r\n",
        "x".repeat(20_000)
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // The connection may be reset before the answer is read: what matters is that none but 431 comes.
    let _ = stream.read_to_end(&mut answer).await;
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 431"));
    let long = Request::get("/v1/models")
        .header("host", "g")
        .header("user-agent", "x".repeat(8200))
        .body(whole(""))
        .unwrap();
    assert_eq!(gateway.send(long).await.status, 413);
    let long = Request::get(format!("/v1/models?after={}", "x".repeat(5000)))
        .header("host", "g")
        .body(whole(""))
        .unwrap();
    assert_eq!(gateway.send(long).await.status, 413);
    assert!(upstream.seen().is_empty());
}

#[tokio::test]
async fn turns_over_the_limit_are_429() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::with(&upstream, &[("LIMITS__TURNS", "1")]).await;
    let (sender, body) = Channel::new(1);
    let open = event_stream(body.boxed_unsync());
    upstream.answer(open);
    let running = gateway
        .open(
            post("/v1/chat/completions")
                .body(whole(chat("hello").to_string()))
                .unwrap(),
        )
        .await;
    assert_eq!(running.status(), 200);
    let refused = gateway.chat(&chat("hello")).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code().as_str()),
        (429, "overloaded")
    );
    assert_eq!(refused.header("retry-after"), Some("1"));
    drop(sender);
    running.into_body().collect().await.unwrap();
    assert_eq!(gateway.chat(&chat("hello")).await.status, 200);
}

#[tokio::test]
async fn an_answer_over_the_limit_is_an_error() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::with(&upstream, &[("LIMITS__ANSWER_BYTES", "4096")]).await;
    upstream.answer(crate::support::json_answer(
        200,
        &json!({"text": "x".repeat(8192)}),
    ));
    assert_eq!(
        gateway.chat(&chat("hello")).await.code(),
        "upstream_answer_unreadable"
    );
}

#[tokio::test]
async fn an_event_over_the_limit_cuts_the_stream() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::with(&upstream, &[("LIMITS__EVENT_BYTES", "4096")]).await;
    let event = format!("data: {{\"choices\":[]}}\n\ndata: {}\n\n", "x".repeat(10_000));
    upstream.answer(
        Response::builder()
            .header("content-type", "text/event-stream")
            .body(whole(event.clone()))
            .unwrap(),
    );
    let refused = gateway.chat(&chat("hello")).await;
    assert_eq!(
        refused.code(),
        "upstream_answer_unreadable",
        "nothing has gone out yet"
    );

    let (mut sender, body) = Channel::<Bytes>::new(1);
    upstream.answer(event_stream(body.boxed_unsync()));
    let (first, large) = event.split_at(event.find("\n\n").unwrap() + 2);
    let request = post("/v1/chat/completions").body(whole(chat("hello").to_string()));
    sender.send_data(first.to_owned().into()).await.unwrap();
    let mut answer = gateway.open(request.unwrap()).await.into_body();
    assert_eq!(answer.frame().await.unwrap().unwrap().into_data().unwrap(), first);
    sender.send_data(large.to_owned().into()).await.unwrap();
    assert!(answer.collect().await.is_err());
}

#[tokio::test]
async fn a_large_body_does_not_hold_up_others() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::with(&upstream, &[("MASKING__WORKERS", "1")]).await;
    let text = "Ask bob.stone@corp-mail.com about 555-01-2345. ".repeat(20_000);
    let large = tokio::spawn({
        let request = post("/v1/chat/completions")
            .body(whole(chat(&text).to_string()))
            .unwrap();
        let address = gateway.data;
        async move { crate::support::exchange(address, request).await.status() }
    });
    let health = Request::get("/health")
        .header("host", "g")
        .body(whole(""))
        .unwrap();
    assert_eq!(gateway.send(health).await.status, 200);
    assert_eq!(large.await.unwrap(), 200);
}

#[tokio::test]
async fn a_request_that_breaks_off_reaches_nobody() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let mut stream = tokio::net::TcpStream::connect(gateway.data).await.unwrap();
    let head = "POST /v1/chat/completions HTTP/1.1\r\nhost: g\r\ncontent-length: 100\r\n\r\n{\"model\":";
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    assert!(upstream.seen().is_empty());
}
