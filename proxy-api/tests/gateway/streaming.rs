//! Streams: restored as they arrive, cut when they are cut.

use bytes::Bytes;
use http::Response;
use http_body_util::BodyExt as _;
use http_body_util::channel::{Channel, Sender};
use serde_json::{Value, json};

use crate::support::{Body, Gateway, Upstream, chat, post, whole};

const EMAIL: &str = "alice.miller@corp-mail.com";

fn stream(body: Body) -> Response<Body> {
    Response::builder()
        .header("content-type", "text/event-stream; charset=utf-8")
        .body(body)
        .unwrap()
}

fn streaming(text: &str) -> Value {
    let mut body = chat(text);
    body["stream"] = json!(true);
    body
}

fn delta(text: &str) -> String {
    let chunk = json!({"id": "chatcmpl-1", "object": "chat.completion.chunk",
        "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": null}]});
    format!("data: {chunk}\n\n")
}

/// All text of a chat stream.
fn said(events: &str) -> String {
    events
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .filter_map(|data| serde_json::from_str::<Value>(data).ok())
        .filter_map(|chunk| {
            chunk["choices"][0]["delta"]["content"]
                .as_str()
                .map(str::to_owned)
        })
        .collect()
}

/// What the gateway makes of the value for this caller.
async fn token(upstream: &Upstream, gateway: &Gateway) -> String {
    gateway.chat(&chat(EMAIL)).await;
    let seen = upstream.seen().pop().unwrap().json();
    seen["messages"].as_array().unwrap().last().unwrap()["content"]
        .as_str()
        .unwrap()
        .to_owned()
}

async fn send(sender: &mut Sender<Bytes>, text: &str) {
    sender.send_data(Bytes::from(text.to_owned())).await.unwrap();
}

#[tokio::test]
async fn a_value_comes_back_however_it_is_cut() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let token = token(&upstream, &gateway).await;
    for size in [1, 3, 7, 64, 4096] {
        let text = format!("I wrote to {token}, twice: {token}");
        let pieces: Vec<String> = text
            .as_bytes()
            .chunks(3)
            .map(|p| delta(std::str::from_utf8(p).unwrap()))
            .collect();
        let events = format!("{}data: [DONE]\n\n", pieces.concat());
        let (mut sender, body) = Channel::<Bytes>::new(1);
        upstream.answer(stream(body.boxed_unsync()));
        let feeding = tokio::spawn(async move {
            for piece in events.as_bytes().chunks(size) {
                sender.send_data(Bytes::copy_from_slice(piece)).await.unwrap();
            }
        });
        let answer = gateway.chat(&streaming(EMAIL)).await;
        feeding.await.unwrap();
        assert_eq!(
            said(&answer.text()),
            format!("I wrote to {EMAIL}, twice: {EMAIL}"),
            "pieces of {size}"
        );
        assert!(answer.text().ends_with("data: [DONE]\n\n"));
        assert_eq!(
            answer.header("content-type"),
            Some("text/event-stream; charset=utf-8")
        );
        assert_eq!(answer.header("content-length"), None);
    }
    assert_eq!(
        upstream.seen().pop().unwrap().headers["accept-encoding"],
        "identity"
    );
}

#[tokio::test]
async fn each_event_goes_out_when_it_is_there() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let (mut sender, body) = Channel::<Bytes>::new(1);
    upstream.answer(stream(body.boxed_unsync()));
    let request = post("/v1/chat/completions")
        .body(whole(streaming("hello").to_string()))
        .unwrap();
    let mut answer = gateway.open(request).await.into_body();
    for text in ["One ", "two ", "three."] {
        send(&mut sender, &delta(text)).await;
        // The next event is not sent before this one has arrived.
        let mut got = String::new();
        while !got.ends_with("\n\n") {
            let frame = answer.frame().await.unwrap().unwrap().into_data().unwrap();
            got.push_str(std::str::from_utf8(&frame).unwrap());
        }
        assert_eq!(got, delta(text));
    }
    drop(sender);
    assert!(answer.frame().await.is_none());
}

#[tokio::test]
async fn the_tail_comes_out_when_the_upstream_closes_early() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let token = token(&upstream, &gateway).await;
    let half = format!("see {}", &token[..token.len() - 1]);
    upstream.answer(stream(whole(delta(&half))));
    let answer = gateway.chat(&streaming(EMAIL)).await;
    assert!(answer.body.is_ok(), "the upstream ended its body cleanly");
    let text = said(&answer.text());
    assert!(text == half || text == format!("see {EMAIL}"), "{text}");
}

#[tokio::test]
async fn a_cut_stays_a_cut() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    // Announces more than it sends, and closes.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    let event = delta("half an answer");
    let heads = [
        format!("content-length: {}\r\n", event.len() + 100),
        "transfer-encoding: chunked\r\n".to_owned(),
        // Neither: the end of the connection is the end of the body, and nothing says that it is whole.
        String::new(),
    ];
    let cutting = Gateway::with(&upstream, &[("UPSTREAMS__OPENAI__BASE_URL", &base)]).await;
    for head in heads {
        let chunk = if head.starts_with("transfer") {
            format!("{:x}\r\n{event}\r\n", event.len())
        } else {
            event.clone()
        };
        let answering = async {
            use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 65536];
            let mut read = 0;
            while !request[..read].windows(2).any(|end| end == b"}]") {
                read += stream.read(&mut request[read..]).await.unwrap();
            }
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n{head}\r\n{chunk}"
            );
            stream.write_all(answer.as_bytes()).await.unwrap();
            stream.shutdown().await.unwrap();
        };
        let body = streaming("hello");
        let (answer, ()) = tokio::join!(cutting.chat(&body), answering);
        assert_eq!(answer.status, 200, "{head}");
        assert!(answer.body.is_err(), "a clean end after a cut: {head}");
    }
    drop(gateway);
}

#[tokio::test]
async fn messages_events_keep_their_order_and_names() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::with(&upstream, &[("REHYDRATE__TOOLS", "[\"Read\"]")]).await;
    let request = json!({"model": "claude", "stream": true, "max_tokens": 9,
        "messages": [{"role": "user", "content": format!("open {EMAIL}")}]});
    gateway.post("/anthropic/v1/messages", &request).await;
    let seen = upstream.seen().pop().unwrap().json();
    let text = seen["messages"][0]["content"].as_str().unwrap();
    let token = text.strip_prefix("open ").unwrap();
    let (head, tail) = token.split_at(4);
    let event = |name: &str, data: Value| format!("event: {name}\ndata: {data}\n\n");
    let block = |name: &str| {
        json!({"type": "content_block_start", "index": 0,
               "content_block": {"type": "tool_use", "id": "toolu_1", "name": name, "input": {}}})
    };
    let piece = |text: &str| json!({"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": text}});
    for (tool, expected) in [("Read", EMAIL), ("WebFetch", token)] {
        let events = [
            event("ping", json!({"type": "ping"})),
            event("content_block_start", block(tool)),
            event("content_block_delta", piece(&format!("{{\"to\":\"{head}"))),
            event("content_block_delta", piece(&format!("{tail}\"}}"))),
            event(
                "content_block_stop",
                json!({"type": "content_block_stop", "index": 0}),
            ),
            event("message_stop", json!({"type": "message_stop"})),
        ];
        upstream.answer(stream(whole(events.concat())));
        let answer = gateway.post("/anthropic/v1/messages", &request).await.text();
        let names: Vec<_> = answer
            .lines()
            .filter_map(|line| line.strip_prefix("event: "))
            .collect();
        assert_eq!(names.first(), Some(&"ping"));
        assert_eq!(names.last(), Some(&"message_stop"));
        let arguments: String = answer
            .lines()
            .filter_map(|line| line.strip_prefix("data: "))
            .map(|data| serde_json::from_str::<Value>(data).unwrap())
            .filter_map(|event| event["delta"]["partial_json"].as_str().map(str::to_owned))
            .collect();
        assert_eq!(arguments, format!("{{\"to\":\"{expected}\"}}"), "{tool}");
    }
}
