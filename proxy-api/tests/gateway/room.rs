//! Nobody takes another's room: an honest caller is served beside those who take more than they give.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use http::Response;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::{Gateway, Upstream, assistant, chat, exchange, post, whole};

/// What a test waits for is there long before, or never.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

const HEAD: &str = "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer crowd\r\n\
                    content-type: application/json\r\n";

async fn sends(gateway: &Gateway, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(gateway.data).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    stream
}

/// What is answered until the connection ends.
async fn answer(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

async fn is_served(gateway: &Gateway) {
    let answer = gateway.chat(&chat("Hello")).await;
    assert_eq!(
        (answer.status.as_u16(), answer.content().as_str()),
        (200, "Hello.")
    );
}

#[tokio::test]
async fn a_new_connection_always_gets_in() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::with(&upstream, &[("LIMITS__CONNECTIONS", "4")]).await;
    let mut slow = Vec::new();
    for _ in 0..20 {
        slow.push(sends(&gateway, "POST /v1/chat/completions HTTP/1.1\r\nx: ").await);
        slow.push(sends(&gateway, &format!("{HEAD}content-length: 1000\r\n\r\n{{")).await);
        is_served(&gateway).await;
    }
    // Those who had to go are told nothing: they asked for nothing yet.
    assert_eq!(answer(slow.swap_remove(0)).await, "");
}

#[tokio::test]
async fn a_turn_keeps_its_connection() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::with(&upstream, &[("LIMITS__CONNECTIONS", "2")]).await;
    let (mut events, body) = http_body_util::channel::Channel::new(1);
    let answer = Response::builder().header("content-type", "text/event-stream");
    upstream.answer(answer.body(http_body_util::BodyExt::boxed_unsync(body)).unwrap());
    let event = |text: &str| {
        format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n").into()
    };
    events.send_data(event("first")).await.unwrap();
    let streamed = gateway
        .open(
            post("/v1/chat/completions")
                .body(whole(chat("Hi").to_string()))
                .unwrap(),
        )
        .await;
    for _ in 0..8 {
        drop(sends(&gateway, "GET").await);
        is_served(&gateway).await;
    }
    events.send_data(event("last")).await.unwrap();
    drop(events);
    let body = http_body_util::BodyExt::collect(streamed.into_body())
        .await
        .unwrap()
        .to_bytes();
    assert!(String::from_utf8_lossy(&body).contains("last"));
}

#[tokio::test]
async fn the_ops_listener_has_room_of_its_own() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::with(&upstream, &[("LIMITS__CONNECTIONS", "2")]).await;
    let _callers = [sends(&gateway, "GET").await, sends(&gateway, "GET").await];
    let mut slow = Vec::new();
    for _ in 0..400 {
        let mut stream = TcpStream::connect(gateway.ops).await.unwrap();
        stream.write_all(b"GET /hea").await.unwrap();
        slow.push(stream);
    }
    let request = http::Request::get("/health").body(whole("")).unwrap();
    assert_eq!(exchange(gateway.ops, request).await.status(), 200);
}

#[tokio::test]
async fn a_place_is_taken_when_the_body_is_there() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::with(&upstream, &[("LIMITS__TURNS", "1")]).await;
    let _slow = [
        sends(&gateway, &format!("{HEAD}content-length: 1000\r\n\r\n{{")).await,
        sends(
            &gateway,
            &format!("{HEAD}transfer-encoding: chunked\r\n\r\n1\r\n{{\r\n"),
        )
        .await,
    ];
    is_served(&gateway).await;
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn bodies_share_one_budget_and_small_ones_have_their_part() {
    let upstream = Upstream::start().await;
    let settings = [
        ("LIMITS__BODY_BYTES", "4194304"),
        ("LIMITS__BODIES_BYTES", "8388608"),
    ];
    let gateway = Gateway::with(&upstream, &settings).await;
    // Half of it is for large bodies.
    let unfinished = sends(
        &gateway,
        &format!("{HEAD}content-length: 4000001\r\n\r\n{}", "a".repeat(4_000_000)),
    )
    .await;
    let large = chat(&"b".repeat(1_000_000)).to_string();
    for (path, coding, body) in [
        ("/v1/chat/completions", "identity", large.clone().into_bytes()),
        ("/v1/messages", "gzip", gzip(&large)),
    ] {
        // What has been sent may still be on its way into the gateway.
        let refused = async {
            loop {
                let request = post(path).header("content-encoding", coding);
                let answer = gateway.send(request.body(whole(body.clone())).unwrap()).await;
                if answer.status != 200 {
                    return answer;
                }
            }
        };
        let answer = timeout(PATIENCE, refused).await.unwrap();
        assert_eq!(answer.status, 503);
        assert_eq!(answer.header("retry-after"), Some("1"));
        assert!(answer.text().contains("limits.bodies_bytes"), "{}", answer.text());
    }
    is_served(&gateway).await;
    drop(unfinished);
    // It comes back with the connection.
    upstream.answer(assistant("Hello."));
    let served = async { while gateway.chat(&chat(&"b".repeat(1_000_000))).await.status != 200 {} };
    timeout(PATIENCE, served).await.unwrap();
}

#[tokio::test]
async fn a_body_that_decodes_to_more_than_there_is_room_for_is_refused() {
    let upstream = Upstream::start().await;
    let settings = [
        ("LIMITS__BODY_BYTES", "33554432"),
        ("LIMITS__BODIES_BYTES", "67108864"),
    ];
    let gateway = Gateway::with(&upstream, &settings).await;
    let bomb = gzip(&chat(&"a".repeat(32_000_000)).to_string());
    let bombs = (0..40).map(|_| {
        let request = post("/v1/chat/completions").header("content-encoding", "gzip");
        gateway.send(request.body(whole(bomb.clone())).unwrap())
    });
    let (answers, ()) = tokio::join!(futures_util::future::join_all(bombs), is_served(&gateway));
    for answer in answers {
        // One text of it is longer than a text may be.
        assert!([413, 503].contains(&answer.status.as_u16()), "{}", answer.text());
    }
    is_served(&gateway).await;
    assert_eq!(upstream.seen().len(), 2);
}

#[tokio::test]
async fn heads_that_two_readers_read_differently_are_refused() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let body = chat("Hello").to_string();
    let length = body.len();
    for request in [
        format!("{}content-length: {length}\n\n{body}", HEAD.replace("\r\n", "\n")),
        format!("{HEAD}x: y\ncontent-length: {length}\r\n\r\n{body}"),
        format!(
            "{HEAD}content-length: {length}\r\ntransfer-encoding: chunked\r\n\r\n{length:x}\r\n{body}\r\n0\r\n\r\n"
        ),
        format!(
            "{HEAD}transfer-encoding: chunked\r\ncontent-length: {length}\r\n\r\n{length:x}\r\n{body}\r\n0\r\n\r\n"
        ),
    ] {
        let answer = answer(sends(&gateway, &request).await).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
        assert!(answer.contains("bad_framing"), "{answer}");
    }
    assert!(upstream.seen().is_empty());
    // Ordinary ones follow one another on one connection.
    let request = format!("{HEAD}content-length: {length}\r\n\r\n{body}");
    let mut stream = sends(&gateway, &request.repeat(3)).await;
    let mut answers = String::new();
    while answers.matches("HTTP/1.1 200").count() < 3 {
        let mut piece = [0; 4096];
        let read = stream.read(&mut piece).await.unwrap();
        assert!(read > 0, "{answers}");
        answers.push_str(&String::from_utf8_lossy(&piece[..read]));
    }
}
