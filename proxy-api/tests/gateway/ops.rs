//! The private listener, and what of it the callers' listener shows.

use http::Request;
use http_body_util::BodyExt as _;

use crate::support::{Gateway, Upstream, chat, exchange, whole};

#[tokio::test]
async fn metrics_are_on_the_private_listener_only() {
    let upstream = Upstream::start().await;
    let gateway = Gateway::start(&upstream).await;
    gateway.chat(&chat("write to alice.miller@corp-mail.com")).await;
    let page = gateway.metrics().await;
    for line in [
        "bauta_requests_total{surface=\"openai.chat\",outcome=\"masked\"} 1",
        "bauta_detections_total{entity_type=\"EMAIL\",action=\"mask\"} 1",
        "bauta_upstream_first_byte_seconds_count 1",
        "bauta_active_turns 0",
    ] {
        assert!(page.contains(line), "{line}\n{page}");
    }
    assert!(!page.contains("alice"));
    let get = |path: &str| Request::get(path).header("host", "g").body(whole("")).unwrap();
    assert_eq!(gateway.send(get("/metrics")).await.status, 404);
    for path in ["/health", "/ready"] {
        assert_eq!(gateway.send(get(path)).await.status, 200);
        let ops = exchange(gateway.ops, get(path)).await;
        assert_eq!(ops.status(), 200);
        assert_eq!(ops.into_body().collect().await.unwrap().to_bytes(), "ok\n");
    }
    assert_eq!(exchange(gateway.ops, get("/v1/models")).await.status(), 404);
}
