//! What one instance can send: sums that do not run over, keys that are not kept without end, rows that cannot be stored.

use std::sync::Arc;

use super::traffic::{INSTANCE, around_now, event, parsed, total};
use super::*;
use crate::clock::Clock;
use crate::event::Event;
use crate::event::tests::{NOW, sample};
use crate::metrics::Metrics;
use crate::rollup::{DAY, Dimension, MINUTE, MOST_A_SECOND, OTHER, WIDTHS};
use crate::traces::Traces;
use crate::writer::{Stored, Writer, store_each};

pub(super) async fn sums_end_where_columns_do(place: &Place) {
    let store = place.open().await;
    let largest = |id: u128| {
        let mut message = sample(id, INSTANCE);
        message.occurred_at_ms = u64::try_from(NOW.0 - i64::try_from(id).unwrap() * MINUTE * 500).unwrap();
        message.detections = vec![message.detections[0].clone(); 256];
        message
            .detections
            .iter_mut()
            .for_each(|found| found.count = u64::MAX);
        message.unresolved_placeholders = u64::MAX;
        message.usage.as_mut().unwrap().input_tokens = Some(u64::MAX);
        message.usage.as_mut().unwrap().output_tokens = Some(u64::MAX);
        parsed(message)
    };
    store
        .ingest(&(0..20).map(largest).collect::<Vec<_>>())
        .await
        .unwrap();
    // What a release without bounds may have left.
    for sql in [
        "UPDATE rollups SET detections = 9223372036854775807, input_tokens = 9223372036854775807",
        "UPDATE latencies SET total = masking",
    ] {
        Sql::new(sql).execute(&store.writes).await.unwrap();
    }
    for round in 1..4 {
        let again: Vec<Event> = (0..20).map(|id| largest(id + round * 1000)).collect();
        // Of the same minutes.
        let again: Vec<Event> = again
            .into_iter()
            .enumerate()
            .map(|(nth, mut event)| {
                event.occurred_at = largest(nth as u128).occurred_at;
                event
            })
            .collect();
        assert_eq!(store.ingest(&again).await.unwrap(), 20);
    }
    let counts = total(&store, around_now()).await;
    assert!(counts.detections >= MINUTE * MOST_A_SECOND, "{counts:?}");
    for width in WIDTHS {
        let mut sql = Sql::new(
            "SELECT MAX(detections) AS most, MAX(input_tokens) AS tokens FROM rollups WHERE width = ",
        );
        sql.bind(width);
        let row = sql.fetch_one(&store.reads).await.unwrap();
        let (most, tokens): (i64, i64) = (row.try_get("most").unwrap(), row.try_get("tokens").unwrap());
        assert_eq!((most, tokens), (width * MOST_A_SECOND, width * MOST_A_SECOND));
    }
}

pub(super) async fn damaged_histograms_begin_afresh(place: &Place) {
    let store = place.open().await;
    store.ingest(&[event(1)]).await.unwrap();
    let mut sql = Sql::new("UPDATE latencies SET total = ");
    sql.bind(vec![0xff_u8; 3]);
    sql.execute(&store.writes).await.unwrap();
    assert_eq!(store.ingest(&[event(2)]).await.unwrap(), 1);
    let latency = crate::rollup::Latency::Total;
    assert_eq!(store.histogram(latency, around_now()).await.unwrap().total(), 1);
}

pub(super) async fn made_up_keys_of_a_day_are_bounded_over_transactions(place: &Place) {
    let (store, replica) = (place.open().await, place.open().await);
    let mut nth = 0;
    for (round, minute) in [(0, 0), (1, 0), (2, 3), (3, 7), (4, 7)] {
        let batch: Vec<Event> = (0..400)
            .map(|_| {
                nth += 1;
                let mut message = sample(nth, INSTANCE);
                message.occurred_at_ms = u64::try_from(NOW.0 - minute * MINUTE * 1000).unwrap();
                message.model = format!("model-{nth}");
                message.caller_id = format!("{nth:016x}");
                parsed(message)
            })
            .collect();
        let writer = if round % 2 == 0 { &store } else { &replica };
        assert_eq!(writer.ingest(&batch).await.unwrap(), 400);
    }
    // A key that is known goes on counting for itself.
    let mut known = sample(5000, INSTANCE);
    known.model = "model-1".to_owned();
    replica.ingest(&[parsed(known)]).await.unwrap();
    let keys = async |width: i64, dimension: Dimension| -> Vec<String> {
        let mut sql = Sql::new("SELECT DISTINCT key FROM rollups WHERE width = ");
        sql.bind(width).push(" AND dimension = ").bind(dimension as i64);
        let rows = sql.fetch_all(&store.reads).await.unwrap();
        rows.iter().map(|row| row.try_get("key").unwrap()).collect()
    };
    for width in WIDTHS {
        let models = keys(width, Dimension::Model).await;
        assert_eq!(models.len(), 1001, "{width}");
        assert!(models.iter().any(|key| key == OTHER));
        assert_eq!(
            keys(width, Dimension::Caller).await.len(),
            2001,
            "a thousand is a usual number of them"
        );
    }
    let window = rollups::Window {
        from: NOW.seconds() / DAY * DAY,
        to: NOW.seconds() / DAY * DAY + DAY,
    };
    let sums = store.sums(&[Dimension::Model], window).await.unwrap();
    assert_eq!(sums.iter().map(|sum| sum.counts.requests).sum::<i64>(), 2001);
    let of = |key: &str| {
        sums.iter()
            .find(|sum| sum.key == key)
            .map(|sum| sum.counts.requests)
    };
    assert_eq!((of(OTHER), of("model-1")), (Some(1000), Some(2)));
    // Lists still find what was counted as another.
    let filter = events::Filter {
        model: Some("model-1999".to_owned()),
        ..events::Filter::default()
    };
    assert_eq!(store.events(&filter, None, 10).await.unwrap().len(), 1);
}

pub(super) async fn a_row_that_cannot_be_stored_is_left_out(place: &Place) {
    let store = place.open().await;
    let traps: &[&'static str] = match store.kind {
        Kind::Sqlite => &[
            "CREATE TRIGGER trap BEFORE INSERT ON events WHEN NEW.model = 'poison' \
                           BEGIN SELECT RAISE(ABORT, 'trap'); END",
        ],
        Kind::Postgres => &["ALTER TABLE events ADD CONSTRAINT trap CHECK (model <> 'poison')"],
    };
    for trap in traps {
        Sql::new(trap).execute(&store.writes).await.unwrap();
    }
    let mut batch: Vec<Event> = (1..=300).map(event).collect();
    for nth in [0, 120, 299] {
        batch[nth].message.model = "poison".to_owned();
    }
    let stored = store_each(&store, &batch).await.unwrap();
    assert_eq!(
        stored,
        Stored {
            fresh: 297,
            left_out: 3
        }
    );
    assert_eq!(total(&store, around_now()).await.requests, 297);
    // Through the writer the batch is acknowledged, and counted.
    let metrics = Arc::new(Metrics::new());
    let traces = Traces::start(&crate::settings::Telemetry::default(), Uuid::from_u128(1)).unwrap();
    let (writer, task) = Writer::start(store.clone(), Arc::clone(&metrics), traces, Clock::system());
    assert_eq!(writer.write(batch).await, Ok(()));
    assert!(metrics.render().contains("bauta_admin_events_invalid_total 3"));
    // A table that is missing is nobody's event's fault: nothing is acknowledged.
    Sql::new("ALTER TABLE rollups RENAME TO elsewhere")
        .execute(&store.writes)
        .await
        .unwrap();
    assert!(writer.write(vec![event(1000)]).await.is_err());
    Sql::new("ALTER TABLE elsewhere RENAME TO rollups")
        .execute(&store.writes)
        .await
        .unwrap();
    assert_eq!(writer.write(vec![event(1000)]).await, Ok(()));
    assert_eq!(store.event_count().await.unwrap(), 298);
    drop(writer);
    task.await.unwrap();
}
