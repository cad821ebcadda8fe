//! A caller that leaves is told upstream, and a stop signal lets running turns end.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::Response;
use http_body::{Body as HttpBody, Frame};
use http_body_util::BodyExt as _;
use http_body_util::channel::Channel;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use crate::support::{Body, Gateway, Upstream, chat, event_stream, post, whole};

/// A body that never ends and tells when it is dropped.
struct Endless {
    first: Option<Bytes>,
    _dropped: oneshot::Sender<()>,
}

impl HttpBody for Endless {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match self.first.take() {
            Some(bytes) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            None => Poll::Pending,
        }
    }
}

fn endless() -> (Response<Body>, oneshot::Receiver<()>) {
    let (sender, dropped) = oneshot::channel();
    let first = Some(Bytes::from_static(b"data: {\"choices\":[]}\n\n"));
    let body = Endless {
        first,
        _dropped: sender,
    };
    let response = event_stream(body.boxed_unsync());
    (response, dropped)
}

#[tokio::test]
async fn a_caller_that_leaves_mid_stream_cancels_upstream() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let (response, dropped) = endless();
    upstream.answer(response);
    let answer = gateway
        .open(
            post("/v1/chat/completions")
                .body(whole(chat("hello").to_string()))
                .unwrap(),
        )
        .await;
    let mut body = answer.into_body();
    body.frame().await.unwrap().unwrap();
    drop(body);
    // Resolves when the upstream's connection is gone.
    assert!(dropped.await.is_err());
}

#[tokio::test]
async fn a_caller_that_leaves_before_the_answer_cancels_upstream() {
    // An upstream that reads the request and then waits for the gateway to hang up.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    let unused = Upstream::start().await;
    let gateway = Gateway::with(&unused, &[("UPSTREAMS__OPENAI__BASE_URL", &base)]).await;
    let mut caller = TcpStream::connect(gateway.data).await.unwrap();
    let body = chat("hello").to_string();
    let head = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: g\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    caller
        .write_all(format!("{head}{body}").as_bytes())
        .await
        .unwrap();
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut buffer = vec![0; 65536];
    let mut read = 0;
    while !buffer[..read].windows(2).any(|end| end == b"}]") {
        read += tokio::io::AsyncReadExt::read(&mut stream, &mut buffer[read..])
            .await
            .unwrap();
    }
    drop(caller);
    let end = tokio::io::AsyncReadExt::read(&mut stream, &mut buffer).await;
    assert!(
        matches!(end, Ok(0) | Err(_)),
        "the gateway went on without its caller"
    );
}

#[tokio::test]
async fn a_stop_lets_a_running_turn_end() {
    let upstream = Upstream::start().await;
    let mut gateway = Gateway::start(&upstream).await;
    let (mut sender, body) = Channel::<Bytes>::new(1);
    upstream.answer(event_stream(body.boxed_unsync()));
    let answer = gateway
        .open(
            post("/v1/chat/completions")
                .body(whole(chat("hello").to_string()))
                .unwrap(),
        )
        .await;
    gateway.stop();
    sender
        .send_data(Bytes::from_static(b"data: [DONE]\n\n"))
        .await
        .unwrap();
    drop(sender);
    let text = answer.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(text, "data: [DONE]\n\n");
    gateway.stopped().await;
}

#[tokio::test]
async fn the_grace_period_ends() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::with(&upstream, &[("TIMEOUTS__SHUTDOWN_SECONDS", "0")]).await;
    let (response, dropped) = endless();
    upstream.answer(response);
    let answer = gateway
        .open(
            post("/v1/chat/completions")
                .body(whole(chat("hello").to_string()))
                .unwrap(),
        )
        .await;
    gateway.stopped().await;
    assert!(answer.into_body().collect().await.is_err());
    assert!(dropped.await.is_err());
}
