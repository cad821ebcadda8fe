//! A clock that jumps, an hour back and a day ahead, while everything runs.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use futures_util::StreamExt as _;
use http::{Method, StatusCode};
use http_body_util::BodyExt as _;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use proto::audit_v1::PublishRequest;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Code;

use crate::plane::{PASSWORD, Plane, With, event, seconds, standing, system_now, token};

const JUMPS: [i64; 2] = [-3600, 86_400];
const DAY: i64 = 86_400;

/// The system's clock, off by so many seconds.
fn off_by(seconds: &AtomicI64) -> SystemTime {
    let seconds = seconds.load(Ordering::SeqCst);
    let by = Duration::from_secs(seconds.unsigned_abs());
    if seconds < 0 {
        system_now() - by
    } else {
        system_now() + by
    }
}

fn text(unix: i64) -> String {
    let at = time::OffsetDateTime::from_unix_timestamp(unix).unwrap();
    at.format(&time::format_description::well_known::Rfc3339).unwrap()
}

/// How many events there are, by the sums of two days around now; each of them once.
async fn stored(plane: &Plane, cookie: &str) -> usize {
    let range = format!(
        "from={}&to={}",
        text(seconds() - DAY),
        text(seconds() + DAY + 3600)
    );
    let overview = plane.get(&format!("/overview?{range}"), cookie).await.json();
    let export = plane.get("/events/export?format=jsonl", cookie).await;
    let mut ids: Vec<String> = export
        .text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["event_id"].to_string())
        .collect();
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count, "an event is there twice");
    assert_eq!(overview["totals"]["requests"], count, "{overview}");
    count
}

static DELIVERY: AtomicI64 = AtomicI64::new(0);

#[tokio::test]
async fn events_are_neither_lost_nor_doubled() {
    let plane = Plane::with_clock(|| off_by(&DELIVERY)).await;
    let mut first = 1;
    let mut batch = || {
        first += 10;
        (first - 10..first).map(event).collect::<Vec<_>>()
    };
    let mut all = Vec::new();
    for jump in JUMPS {
        // A stream that was open before the jump.
        let (sender, batches) = mpsc::channel(4);
        let mut request = tonic::Request::new(ReceiverStream::new(batches));
        request
            .metadata_mut()
            .insert("authorization", format!("Bearer {}", token()).parse().unwrap());
        let mut client = plane.instance().await;
        let mut answers = client.publish(request).await.unwrap().into_inner();
        for sequence in 1..=2 {
            if sequence == 2 {
                DELIVERY.store(jump, Ordering::SeqCst);
            }
            let events = batch();
            all.push(events.clone());
            sender.send(PublishRequest { sequence, events }).await.unwrap();
            let answer = answers.message().await.unwrap().unwrap();
            assert_eq!(answer.sequence, sequence);
        }
        drop(sender);
        assert!(answers.message().await.unwrap().is_none());
        // By the wrong clock a token has expired, or lives too long: its events wait where they are.
        let waiting = batch();
        let refused = plane.deliver(&token(), vec![waiting.clone()]).await.unwrap_err();
        assert_eq!(refused.code(), Code::Unauthenticated, "{jump}");
        DELIVERY.store(0, Ordering::SeqCst);
        assert_eq!(plane.deliver(&token(), vec![waiting.clone()]).await.unwrap(), 1);
        all.push(waiting);
    }
    // All of them once more, by the right clock: where they were put meanwhile does not matter.
    assert_eq!(plane.deliver(&token(), all).await.unwrap(), 6);
    let cookie = plane.sign_in("ada").await;
    assert_eq!(stored(&plane, &cookie).await, 60);
    let metrics = plane.ops("/metrics").await.text;
    for counted in [
        "bauta_admin_events_stored_total 60",
        "bauta_admin_events_duplicate_total 60",
        "bauta_admin_ingest_refused_total{reason=\"expired\"} 1",
        "bauta_admin_ingest_refused_total{reason=\"too_long\"} 1",
    ] {
        assert!(metrics.contains(counted), "{counted}: {metrics}");
    }
}

static SENDERS: AtomicI64 = AtomicI64::new(0);

#[tokio::test]
async fn an_instance_without_the_time_loses_nothing() {
    let plane = Plane::with_clock(|| off_by(&SENDERS)).await;
    let at = |id, unix: i64| {
        let mut message = event(id);
        message.occurred_at_ms = u64::try_from(unix * 1000).unwrap();
        message
    };
    let now = seconds();
    let events = [at(1, 3), at(2, now - 3600), at(3, now + DAY), at(4, now)];
    plane.deliver(&token(), vec![events.to_vec()]).await.unwrap();
    let cookie = plane.sign_in("ada").await;
    assert_eq!(stored(&plane, &cookie).await, 4);
    // 1970 and tomorrow are not taken for what they say; an hour ago may be right.
    let page = plane.get("/events", &cookie).await.json();
    let times: Vec<&str> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["occurred_at"].as_str().unwrap())
        .collect();
    assert_eq!(times.last(), Some(&text(now - 3600).as_str()), "{times:?}");
    for time in &times[..3] {
        // In whole seconds: a fraction sorts before the letter behind it.
        let (time, first) = (&time[..19], text(now));
        assert!(
            *time >= first[..19] && *time < text(now + 3600)[..19],
            "{times:?}"
        );
    }
}

static SESSIONS: AtomicI64 = AtomicI64::new(0);

#[tokio::test]
async fn no_session_outlives_its_hours() {
    let plane = Plane::with_clock(|| off_by(&SESSIONS)).await;
    let jump = |seconds: i64| SESSIONS.store(seconds, Ordering::SeqCst);
    let status = async |cookie: &str| plane.get("/session", cookie).await.status;
    let before = plane.sign_in("ada").await;
    jump(DAY);
    assert_eq!(status(&before).await, StatusCode::UNAUTHORIZED);
    let ahead = plane.sign_in("ada").await;
    assert_eq!(status(&ahead).await, StatusCode::OK);
    // It would live for a day and a half.
    jump(0);
    assert_eq!(status(&ahead).await, StatusCode::UNAUTHORIZED);
    let now = plane.sign_in("ada").await;
    jump(-3600);
    assert_eq!(status(&now).await, StatusCode::UNAUTHORIZED);
    let back = plane.sign_in("ada").await;
    assert_eq!(status(&back).await, StatusCode::OK);
    // An hour later by the right clock it has been idle for too long.
    jump(0);
    assert_eq!(status(&back).await, StatusCode::UNAUTHORIZED);
}

static WATCHED: AtomicI64 = AtomicI64::new(0);

#[tokio::test]
async fn a_stream_notices_the_end_of_its_session_when_the_clock_went_back() {
    let plane = Plane::with_clock(|| off_by(&WATCHED)).await;
    let cookie = plane.sign_in("ada").await;
    let client = Client::builder(TokioExecutor::new()).build_http();
    let request = plane.request(&Method::GET, "/live", &With::cookie(&cookie));
    let response: http::Response<hyper::body::Incoming> = client.request(request).await.unwrap();
    let mut chunks = response.into_body().into_data_stream();
    plane
        .call(Method::DELETE, "/session", With::cookie(&cookie))
        .await;
    WATCHED.store(-3600, Ordering::SeqCst);
    let mut told = String::new();
    while let Some(chunk) = chunks.next().await {
        told.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
        // A session is asked for every ten seconds: so many ticks would be an hour.
        assert!(told.matches("event: tick").count() < 8, "{told}");
    }
    assert!(told.contains("event: end"), "{told}");
}

static GUESSES: AtomicI64 = AtomicI64::new(0);

/// Stands between jumps: a wait does not end in the middle of the test.
fn jumping() -> SystemTime {
    standing() + Duration::from_secs(GUESSES.load(Ordering::SeqCst).unsigned_abs())
}

#[tokio::test]
async fn guesses_of_tomorrow_lock_nobody_out_today() {
    let plane = Plane::with_clock(jumping).await;
    GUESSES.store(DAY, Ordering::SeqCst);
    for _ in 0..5 {
        plane.try_sign_in("ada", "a wrong guess").await;
    }
    let throttled = plane.try_sign_in("ada", PASSWORD).await;
    assert_eq!(throttled.code(), "throttled");
    GUESSES.store(0, Ordering::SeqCst);
    assert_eq!(
        plane.try_sign_in("ada", PASSWORD).await.json()["operator"],
        json!("ada")
    );
}
