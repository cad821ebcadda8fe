//! Sums of windows and series.

use super::traffic::{INSTANCE, around_now, earlier, parsed, total};
use super::*;
use crate::clock::Moment;
use crate::event::Event;
use crate::event::tests::{NOW, sample};
use crate::rollup::{Count, DAY, Dimension, HOUR, Histogram, Latency};
use crate::store::rollups::Window;

pub(super) async fn sums_of_any_window_are_those_of_its_events(place: &Place) {
    let store = place.open().await;
    // Two and a half days, an event every 11 minutes.
    let batch: Vec<Event> = (0..330)
        .map(|n| earlier(n, i64::try_from(n).unwrap() * 660))
        .collect();
    let times: Vec<i64> = batch.iter().map(|event| event.occurred_at.seconds()).collect();
    store.ingest(&batch).await.unwrap();
    let now = NOW.seconds();
    for (from, to) in [
        (now - 60, now + 60),
        (now - 3 * HOUR - 300, now - HOUR - 60),
        (now - 2 * DAY - 120, now + 60),
        (now - 3 * DAY, now - DAY),
    ] {
        let window = Window::around(Moment(from * 1000), Moment(to * 1000));
        let expected = times
            .iter()
            .filter(|at| (window.from..window.to).contains(*at))
            .count();
        let counts = total(&store, window).await;
        assert_eq!(usize::try_from(counts.requests).unwrap(), expected, "{window:?}");
        let types = store.sums(&[Dimension::EntityType], window).await.unwrap();
        let found: i64 = types.iter().map(|sum| sum.counts.detections).sum();
        assert_eq!(found, counts.requests * 2);
    }
    for bucket in [300, 600, HOUR, 7200, DAY] {
        let window = Window {
            from: (now - 3 * DAY).div_euclid(bucket) * bucket,
            to: (now / bucket + 1) * bucket,
        };
        let points = store
            .count_series(Dimension::Surface, Count::Requests, window, bucket)
            .await
            .unwrap();
        let sum: i64 = points.iter().map(|(_, _, count)| count).sum();
        assert_eq!(sum, 330, "{bucket}");
        assert!(
            points
                .iter()
                .all(|(at, key, _)| at % bucket == 0 && key == "openai.chat")
        );
    }
}

pub(super) async fn percentiles_come_from_histograms(place: &Place) {
    let store = place.open().await;
    let batch: Vec<Event> = (1..=1000)
        .map(|n: u64| {
            let mut message = sample(u128::from(n), INSTANCE);
            let durations = message.durations.as_mut().unwrap();
            durations.total_us = n * 100;
            durations.masking_us = Some(n);
            parsed(message)
        })
        .collect();
    store.ingest(&batch).await.unwrap();
    for (latency, unit) in [(Latency::Total, 100.0), (Latency::Masking, 1.0)] {
        let durations = store.histogram(latency, around_now()).await.unwrap();
        let p95 = durations.percentile(0.95).unwrap() as f64;
        assert!((p95 / (950.0 * unit) - 1.0).abs() < 0.06, "{p95}");
        let series = store
            .latency_series(Dimension::Upstream, latency, around_now(), 60)
            .await
            .unwrap();
        assert_eq!(series.values().map(Histogram::total).sum::<i64>(), 1000);
    }
}
