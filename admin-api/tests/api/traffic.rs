//! What operators see.

use futures_util::StreamExt as _;
use http::{Method, StatusCode};
use http_body_util::BodyExt as _;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::plane::{INSTANCE, Plane, With, event, token};

/// The names of an object's members, sorted.
fn members(value: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

async fn filled() -> (Plane, String) {
    let plane = Plane::start().await;
    let mut blocked = event(300);
    blocked.outcome = proto::audit_v1::Outcome::Blocked.into();
    blocked.error_code = "blocked_by_policy".to_owned();
    blocked.caller_id = "ffffffffffffffff".to_owned();
    let mut all: Vec<_> = (1..=250).map(event).collect();
    all.push(blocked);
    plane.deliver(&token(), vec![all]).await.unwrap();
    let cookie = plane.sign_in("ada").await;
    (plane, cookie)
}

#[tokio::test]
async fn the_overview_has_the_contracts_form() {
    let (plane, cookie) = filled().await;
    let overview = plane.get("/overview", &cookie).await.json();
    let totals = [
        "blocked",
        "errors",
        "input_tokens",
        "masked",
        "output_tokens",
        "requests",
        "values_masked",
    ];
    assert_eq!(members(&overview["totals"]), totals);
    assert_eq!(members(&overview["previous"]), totals);
    assert_eq!(
        (&overview["totals"]["requests"], &overview["totals"]["blocked"]),
        (&json!(251), &json!(1))
    );
    assert_eq!(overview["previous"]["requests"], 0);
    let p95 = overview["latency_us"]["added"]["p95"].as_f64().unwrap();
    assert!((p95 / 1500.0 - 1.0).abs() < 0.13, "{p95}");
    assert_eq!(members(&overview["latency_us"]["total"]), ["p50", "p95", "p99"]);
    assert_eq!(
        overview["mixes"]["surface"],
        json!([{"key": "anthropic.messages", "count": 251}])
    );
    assert_eq!(
        overview["mixes"]["entity_type"][0],
        json!({"key": "EMAIL", "count": 753})
    );
}

#[tokio::test]
async fn series_are_split_and_bounded() {
    let (plane, cookie) = filled().await;
    let series = plane
        .get("/series?metric=requests&by=outcome", &cookie)
        .await
        .json();
    assert_eq!(
        members(&series),
        ["bucket_seconds", "complete_until", "metric", "points"]
    );
    let values = &series["points"][0]["values"];
    assert_eq!((&values["masked"], &values["blocked"]), (&json!(250), &json!(1)));
    for metric in ["masked", "blocked", "errors", "detections", "tokens"] {
        for by in [
            "surface",
            "upstream",
            "model",
            "entity_type",
            "action",
            "caller",
            "instance",
        ] {
            let answer = plane
                .get(&format!("/series?metric={metric}&by={by}"), &cookie)
                .await;
            assert_eq!(answer.status, StatusCode::OK, "{metric} {by}: {answer:?}");
        }
    }
    for metric in ["latency_p50", "latency_p95", "latency_p99", "masking_p95"] {
        let instance = INSTANCE.to_string();
        for (by, key) in [
            ("instance", instance.as_str()),
            ("caller", "0123456789abcdef"),
            ("entity_type", "EMAIL"),
            ("action", "mask"),
        ] {
            let series = plane
                .get(&format!("/series?metric={metric}&by={by}"), &cookie)
                .await
                .json();
            let value = series["points"][0]["values"][key].as_u64();
            assert!(value.is_some_and(|value| value > 0), "{by}: {series}");
        }
    }
}

#[tokio::test]
async fn events_are_paged_filtered_and_found() {
    let (plane, cookie) = filled().await;
    let (mut seen, mut cursor) = (0, String::new());
    loop {
        let page = plane
            .get(&format!("/events?limit=100{cursor}"), &cookie)
            .await
            .json();
        seen += page["items"].as_array().unwrap().len();
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, 251);
    let blocked = plane
        .get("/events?outcome=blocked&entity_type=EMAIL&action=mask", &cookie)
        .await
        .json();
    assert_eq!(blocked["items"].as_array().unwrap().len(), 1);
    let id = Uuid::from_u128(300);
    assert_eq!(blocked["items"][0]["event_id"], id.to_string());
    let one = plane.get(&format!("/events/{id}"), &cookie).await.json();
    assert_eq!(one["error_code"], "blocked_by_policy");
    assert_eq!(
        (&one["durations"]["masking_us"], &one["transport"]),
        (&json!(1500), &json!("sse"))
    );
    let missing = plane
        .get(&format!("/events/{}", Uuid::from_u128(9999)), &cookie)
        .await;
    assert_eq!(missing.code(), "not_found");
}

#[tokio::test]
async fn events_are_exported() {
    let (plane, cookie) = filled().await;
    let lines = plane
        .get("/events/export?format=jsonl&caller=0123456789abcdef", &cookie)
        .await;
    assert_eq!(lines.text.lines().count(), 250);
    assert!(
        lines
            .text
            .lines()
            .all(|line| serde_json::from_str::<Value>(line).unwrap()["status"] == 200)
    );
    let table = plane.get("/events/export?format=csv", &cookie).await;
    assert_eq!(table.text.lines().count(), 252);
    assert_eq!(table.headers["content-type"], "text/csv; charset=utf-8");
}

#[tokio::test]
async fn callers_and_detectors_are_summed() {
    let (plane, cookie) = filled().await;
    let first = plane.get("/callers?limit=1", &cookie).await.json();
    assert_eq!(first["items"][0]["caller_id"], "0123456789abcdef");
    let next = first["next_cursor"].as_str().unwrap();
    let second = plane
        .get(&format!("/callers?limit=1&cursor={next}"), &cookie)
        .await
        .json();
    assert_eq!(second["items"][0]["caller_id"], "ffffffffffffffff");
    assert_eq!(second["next_cursor"], Value::Null);
    let detectors = plane.get("/detectors", &cookie).await.json();
    assert_eq!(
        detectors["items"],
        json!([{"entity_type": "EMAIL", "action": "mask", "detector": "email", "count": 753, "permille": 1000}])
    );
    assert_eq!(detectors["points"][0]["values"]["email"], 753);
}

#[tokio::test]
async fn the_live_stream_tells_what_is_new() {
    let plane = Plane::start().await;
    let cookie = plane.sign_in("ada").await;
    let client = Client::builder(TokioExecutor::new()).build_http();
    let request = plane.request(&Method::GET, "/live", &With::cookie(&cookie));
    let response = client.request(request).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut chunks = response.into_body().into_data_stream();
    let mut text = String::new();
    let mut until = async |part: &str, times: usize| {
        while text.matches(part).count() < times {
            let chunk = chunks.next().await.expect("the stream ends too early").unwrap();
            text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    };
    until("event: tick", 1).await;
    plane
        .deliver(&token(), vec![(1..=3).map(event).collect()])
        .await
        .unwrap();
    until("event: event", 3).await;
    until("event: tick", 3).await;
    // A stream does not outlive the plane.
    plane.running.shutdown().await;
    while chunks.next().await.is_some() {}
}
