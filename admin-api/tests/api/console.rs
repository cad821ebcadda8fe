//! What the console asks for in one go, and its files.

use http::StatusCode;
use serde_json::{Value, json};

use crate::plane::{Plane, event, token};

async fn filled() -> (Plane, String) {
    let plane = Plane::start().await;
    let mut blocked = event(300);
    blocked.outcome = proto::audit_v1::Outcome::Blocked.into();
    blocked.status = 403;
    blocked.error_code = "blocked_by_policy".to_owned();
    blocked.caller_id = "ffffffffffffffff".to_owned();
    blocked.detections[0].entity_type = "API_KEY".to_owned();
    blocked.detections[0].action = proto::audit_v1::Action::Block.into();
    let mut all: Vec<_> = (1..=40).map(event).collect();
    all.push(blocked);
    plane.deliver(&token(), vec![all]).await.unwrap();
    let cookie = plane.sign_in("ada").await;
    (plane, cookie)
}

fn sum(points: &Value, key: &str) -> u64 {
    let points = points.as_array().unwrap().iter();
    points.filter_map(|point| point["values"][key].as_u64()).sum()
}

#[tokio::test]
async fn the_first_screen_costs_one_request() {
    let (plane, cookie) = filled().await;
    let screen = plane.get("/dashboard", &cookie).await.json();
    assert_eq!(screen["overview"]["totals"]["requests"], 41);
    assert_eq!(sum(&screen["outcomes"], "masked"), 40);
    assert_eq!(sum(&screen["outcomes"], "blocked"), 1);
    let last = screen["totals"].as_array().unwrap().last().unwrap();
    assert!(last["totals"]["requests"].as_u64().unwrap() > 0);
    let latency = &screen["latencies"].as_array().unwrap().last().unwrap()["latency_us"];
    assert!(latency["added"]["p95"].as_u64().unwrap() > 0 && latency["total"]["p50"].as_u64().unwrap() > 0);
    assert_eq!(
        screen["found"],
        json!([
            {"entity_type": "EMAIL", "action": "mask", "count": 120},
            {"entity_type": "API_KEY", "action": "block", "count": 3},
        ])
    );
    assert_eq!(
        screen["overview"]["mixes"]["blocked_caller"],
        json!([{"key": "ffffffffffffffff", "count": 1}])
    );
    assert_eq!(screen["blocked"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&screen["has_events"], &screen["partial"]),
        (&json!(true), &Value::Null)
    );
}

#[tokio::test]
async fn filters_narrow_every_number() {
    let (plane, cookie) = filled().await;
    for (filter, requests, found) in [
        ("caller=ffffffffffffffff", 1, "API_KEY"),
        ("status=403", 1, "API_KEY"),
        ("outcome=masked", 40, "EMAIL"),
        (
            "caller=0123456789abcdef&surface=anthropic.messages&model=claude-x",
            40,
            "EMAIL",
        ),
    ] {
        let screen = plane.get(&format!("/dashboard?{filter}"), &cookie).await.json();
        assert_eq!(screen["overview"]["totals"]["requests"], requests, "{filter}");
        assert_eq!(screen["found"][0]["entity_type"], found, "{filter}");
        assert_eq!(screen["found"].as_array().unwrap().len(), 1, "{filter}");
        let detectors = plane.get(&format!("/detectors?{filter}"), &cookie).await.json();
        assert_eq!(detectors["items"].as_array().unwrap().len(), 1, "{filter}");
        assert_eq!(
            sum(&detectors["types"], found),
            detectors["items"][0]["count"].as_u64().unwrap()
        );
        let callers = plane.get(&format!("/callers?{filter}"), &cookie).await.json();
        assert_eq!(callers["items"][0]["totals"]["requests"], requests, "{filter}");
    }
    let nothing = plane
        .get("/dashboard?caller=0000000000000000", &cookie)
        .await
        .json();
    assert_eq!(nothing["overview"]["totals"]["requests"], 0);
    assert_eq!(nothing["has_events"], true);
    for path in [
        "/dashboard?color=red",
        "/dashboard?status=x",
        "/callers?outcome=odd",
    ] {
        assert_eq!(
            plane.get(path, &cookie).await.status,
            StatusCode::BAD_REQUEST,
            "{path}"
        );
    }
    assert_eq!(plane.get("/dashboard", "").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn activity_of_a_caller_adds_up() {
    let (plane, cookie) = filled().await;
    let callers = plane.get("/callers", &cookie).await.json();
    for caller in callers["items"].as_array().unwrap() {
        let activity = caller["activity"].as_array().unwrap();
        let sum: u64 = activity.iter().filter_map(Value::as_u64).sum();
        assert_eq!(
            (activity.len(), json!(sum)),
            (30, caller["totals"]["requests"].clone())
        );
    }
}

#[tokio::test]
async fn without_the_consoles_files_a_page_says_how_to_get_them() {
    let plane = Plane::start().await;
    for path in ["/", "/events"] {
        let page = plane.page(path).await;
        assert_eq!(page.status, StatusCode::OK);
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("style-src 'self'") && !policy.contains("unsafe-inline"),
            "{policy}"
        );
    }
    let missing = plane.page("/assets/console-0.js").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert_eq!(missing.headers["cache-control"], "no-cache");
}
