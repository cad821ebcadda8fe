//! How fast it is, by hand: `cargo test --release -p admin-api --test api measure -- --ignored --nocapture`.

use std::time::Instant;

use proto::audit_v1::AuditEvent;

use crate::plane::{Plane, event, settings, system_now, token};
use crate::postgres::Postgres;

const STREAMS: u128 = 4;
const BATCHES: u128 = 100;
const BATCH: u128 = 500;

/// Events of so many seconds, of 50 callers, 5 models and 3 types, with durations that differ.
fn varied(id: u128, seconds: u64) -> AuditEvent {
    let mut message = event(id);
    let number = u64::try_from(id).unwrap().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16;
    message.occurred_at_ms -= number % (seconds * 1000);
    message.caller_id = format!("{:016x}", number % 50);
    message.model = format!("model-{}", number % 5);
    message.detections[0].entity_type =
        ["EMAIL", "PERSON", "PHONE"][usize::try_from(number % 3).unwrap()].to_owned();
    let durations = message.durations.as_mut().unwrap();
    durations.total_us = 100_000 + number % 3_000_000;
    durations.masking_us = Some(200 + number % 5000);
    message
}

async fn measured(name: &str, plane: &Plane) {
    let token = token();
    let streams = (0..STREAMS).map(|stream| {
        let batches: Vec<Vec<AuditEvent>> = (0..BATCHES)
            .map(|batch| {
                let first = (stream * BATCHES + batch) * BATCH + 1;
                (first..first + BATCH).map(|id| varied(id, 10)).collect()
            })
            .collect();
        (stream, batches)
    });
    let streams: Vec<_> = streams.collect();
    let started = Instant::now();
    let deliveries = streams
        .into_iter()
        .map(|(_, batches)| plane.deliver(&token, batches));
    futures_util::future::try_join_all(deliveries).await.unwrap();
    let events = (STREAMS * BATCHES * BATCH) as f64;
    println!("{name}: {:.0} events/s", events / started.elapsed().as_secs_f64());
    // What a spool delivers after a day is spread over all its minutes.
    let late = (0..20).map(|batch| {
        let first = events as u128 + batch * BATCH + 1;
        (first..first + BATCH).map(|id| varied(id, 86_400)).collect()
    });
    let started = Instant::now();
    plane.deliver(&token, late.collect()).await.unwrap();
    println!(
        "{name}, events of a day: {:.0} events/s",
        20.0 * BATCH as f64 / started.elapsed().as_secs_f64()
    );
    let cookie = plane.sign_in("ada").await;
    for path in [
        "/overview",
        "/series?metric=requests&by=outcome",
        "/series?metric=latency_p95",
        "/events?entity_type=EMAIL",
    ] {
        for hours in [1, 24, 24 * 7] {
            let range = format!("from={}", from(hours));
            let joint = if path.contains('?') { '&' } else { '?' };
            let mut times = Vec::new();
            for _ in 0..20 {
                let started = Instant::now();
                let answer = plane.get(&format!("{path}{joint}{range}"), &cookie).await;
                assert_eq!(answer.status, 200);
                times.push(started.elapsed().as_secs_f64() * 1000.0);
            }
            times.sort_by(f64::total_cmp);
            println!(
                "{name}: {path}, {hours} h: median {:.1} ms, p95 {:.1} ms",
                times[10], times[18]
            );
        }
    }
}

fn from(hours: i64) -> String {
    let at = time::OffsetDateTime::from_unix_timestamp(crate::plane::seconds() - hours * 3600).unwrap();
    at.format(&time::format_description::well_known::Rfc3339).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures; run by hand"]
async fn measure_sqlite() {
    measured("sqlite", &Plane::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures; run by hand"]
async fn measure_postgres() {
    let server = Postgres::start();
    let plane = Plane::of(settings(&server.database("measured"), system_now)).await;
    measured("postgres", &plane).await;
    plane.running.shutdown().await;
}
