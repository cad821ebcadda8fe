//! What happens when there is no more room, and to what admin-api never takes.

use http::StatusCode;
use serde_json::json;

use super::{Place, are_all, gateway, secret, turns};
use crate::admin::{Admin, Conduct, Seen};
use crate::support::{Gateway, Upstream, chat, post, whole};

async fn refused(gateway: &Gateway) -> bool {
    gateway.chat(&chat("hello")).await.status == StatusCode::SERVICE_UNAVAILABLE
}

#[tokio::test(flavor = "multi_thread")]
async fn without_room_requests_are_refused_in_the_shape_of_their_provider() {
    let (upstream, admin, place) = (Upstream::start().await, Admin::dead(secret()).await, Place::new());
    let more = [
        ("AUDIT__WHEN_FULL", "refuse_requests"),
        ("AUDIT__SPOOL_DIR", ""),
        ("AUDIT__QUEUE", "16"),
    ];
    let gateway = gateway(&upstream, &place.settings(&admin, &more)).await;
    let mut answered = 0;
    while !refused(&gateway).await {
        answered += 1;
    }
    assert!((14..=16).contains(&answered), "{answered}");
    let upstreams = upstream.seen().len();
    let openai = gateway.chat(&chat("hello")).await;
    assert_eq!(openai.json()["error"]["code"], "audit_full");
    assert_eq!(openai.headers["retry-after"], "5");
    let body =
        json!({"model": "claude", "max_tokens": 5, "messages": [{"role": "user", "content": "hello"}]});
    let anthropic = gateway.post("/anthropic/v1/messages", &body).await;
    assert_eq!(anthropic.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(anthropic.json()["type"], "error");
    assert_eq!(
        upstream.seen().len(),
        upstreams,
        "nothing leaves that could not be accounted for"
    );
    admin.run();
    admin.has(answered).await;
    // The last answer of admin-api may still be on its way.
    while refused(&gateway).await {
        tokio::task::yield_now().await;
    }
    let page = gateway.metrics().await;
    assert!(page.contains("bauta_audit_events_dropped_total 0"), "{page}");
    gateway.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_oldest_events_make_room_and_are_counted() {
    let (upstream, admin, place) = (Upstream::start().await, Admin::dead(secret()).await, Place::new());
    let more = [("AUDIT__SPOOL_DIR", ""), ("AUDIT__QUEUE", "16")];
    let gateway = gateway(&upstream, &place.settings(&admin, &more)).await;
    turns(&gateway, 100).await;
    let page = gateway.metrics().await;
    let number = |name: &str| -> usize {
        let line = page.lines().find(|line| line.starts_with(name)).unwrap();
        line.rsplit(' ').next().unwrap().parse().unwrap()
    };
    let waiting = number("bauta_audit_spool_events ");
    assert!((14..=16).contains(&waiting), "{waiting}");
    assert_eq!(number("bauta_audit_events_dropped_total "), 100 - waiting);
    admin.run();
    admin.has(waiting).await;
    gateway.stopped().await;
    assert_eq!(admin.events(), waiting);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_invalid_event_is_not_in_the_way_of_others() {
    let (upstream, admin, place) = (Upstream::start().await, Admin::dead(secret()).await, Place::new());
    let gateway = gateway(&upstream, &place.settings(&admin, &[])).await;
    let mut done = turns(&gateway, 10).await;
    let broken = post("/v1/chat/completions").body(whole("{\"a\":")).unwrap();
    assert_eq!(gateway.send(broken).await.status, 400);
    done.extend(turns(&gateway, 10).await);
    admin.conduct(Conduct::RefuseStatus(400));
    admin.run();
    admin.has(20).await;
    assert!(admin.look(|seen: &Seen| are_all(seen, &done)));
    gateway.stopped().await;
    assert!(place.written().is_empty());
}
