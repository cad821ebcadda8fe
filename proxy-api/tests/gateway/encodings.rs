//! Content encodings in both directions.

use std::io::Write as _;

use http::Response;

use crate::support::{Body, Gateway, Upstream, chat, post, whole};

fn encode(name: &str, data: &[u8]) -> Vec<u8> {
    match name {
        "gzip" => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(data).unwrap();
            encoder.finish().unwrap()
        }
        "br" => {
            let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, 4, 20);
            encoder.write_all(data).unwrap();
            encoder.into_inner()
        }
        _ => zstd::stream::encode_all(data, 3).unwrap(),
    }
}

fn encoded(name: &str, body: Vec<u8>) -> http::Request<Body> {
    post("/v1/chat/completions")
        .header("content-encoding", name)
        .body(whole(body))
        .unwrap()
}

#[tokio::test]
async fn requests_are_decoded_and_inspected() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let body = chat("write to alice.miller@corp-mail.com").to_string();
    for name in ["gzip", "br", "zstd"] {
        let answer = gateway.send(encoded(name, encode(name, body.as_bytes()))).await;
        assert_eq!(answer.status, 200, "{name}");
    }
    let twice = encode("zstd", &encode("gzip", body.as_bytes()));
    assert_eq!(gateway.send(encoded("gzip, zstd", twice)).await.status, 200);
    assert_eq!(upstream.seen().len(), 4);
    for seen in upstream.seen() {
        assert!(!seen.headers.contains_key("content-encoding"));
        assert!(seen.everything().contains("<EMAIL_"), "{}", seen.everything());
    }
}

#[tokio::test]
async fn what_cannot_be_decoded_is_refused() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::with(&upstream, &[("LIMITS__BODY_BYTES", "65536")]).await;
    let body = chat("hello").to_string().into_bytes();
    let bomb = encode("gzip", &vec![b' '; 1 << 20]);
    for (name, bytes, status, code) in [
        ("deflate", body.clone(), 415, "unsupported_encoding"),
        ("gzip, gzip, gzip", body.clone(), 415, "unsupported_encoding"),
        ("gzip", body.clone(), 400, "bad_encoding"),
        ("zstd", encode("zstd", &body)[..20].to_vec(), 400, "bad_encoding"),
        ("gzip", bomb.clone(), 413, "request_too_large"),
        ("gzip, zstd", encode("zstd", &bomb), 413, "request_too_large"),
    ] {
        let answer = gateway.send(encoded(name, bytes)).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (status, code),
            "{name}"
        );
    }
    assert!(upstream.seen().is_empty());
}

#[tokio::test]
async fn answers_are_decoded_and_say_so() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let json = r#"{"choices":[{"index":0,"message":{"role":"assistant","content":"Hi."}}]}"#;
    for name in ["gzip", "br", "zstd"] {
        upstream.answer(
            Response::builder()
                .header("content-type", "application/json")
                .header("content-encoding", name)
                .body(whole(encode(name, json.as_bytes())))
                .unwrap(),
        );
        let answer = gateway.chat(&chat("hello")).await;
        assert_eq!(answer.text(), json, "{name}");
        assert_eq!(answer.header("content-encoding"), None);
        assert_eq!(
            answer.header("content-length"),
            Some(json.len().to_string().as_str())
        );
    }
}

#[tokio::test]
async fn an_answer_in_an_unknown_encoding_is_an_error() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    upstream.answer(
        Response::builder()
            .header("content-type", "application/json")
            .header("content-encoding", "deflate")
            .body(whole("x"))
            .unwrap(),
    );
    let answer = gateway.chat(&chat("hello")).await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (502, "upstream_answer_unreadable")
    );
}

#[tokio::test]
async fn a_compressed_stream_is_decoded_piece_by_piece() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    let event = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}\n\ndata: [DONE]\n\n";
    upstream.answer(
        Response::builder()
            .header("content-type", "text/event-stream")
            .header("content-encoding", "gzip")
            .body(whole(encode("gzip", event.as_bytes())))
            .unwrap(),
    );
    let answer = gateway.chat(&chat("hello")).await;
    assert_eq!(answer.text(), event);
    assert_eq!(answer.header("content-encoding"), None);
}
