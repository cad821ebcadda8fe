//! Events and their sums, written in one transaction.

use std::collections::{HashMap, HashSet};

use prost::Message as _;
use sqlx::any::AnyRow;
use sqlx::{Any, Row as _, Transaction};
use uuid::Uuid;

use super::{Kind, Sql, Store, StoreError, id_of};
use crate::event::Event;
use crate::rollup::{Counts, Histogram, Latencies, MOST_A_SECOND, Rollups, Slot};

/// A sum and what is added to it, up to [`MOST_A_SECOND`]: one that ran over would fail with every batch of its bucket.
macro_rules! added {
    ($first:literal $(, $column:literal)*) => {
        concat!(added!(@ $first) $(, ", ", added!(@ $column))*)
    };
    (@ $column:literal) => {
        concat!(
            $column, " = CASE WHEN rollups.", $column, " > rollups.width * 73300775185 - excluded.", $column,
            " THEN rollups.width * 73300775185 ELSE rollups.", $column, " + excluded.", $column, " END"
        )
    };
}

const ADDED: &str = added!(
    "requests",
    "masked",
    "blocked",
    "errors",
    "detections",
    "values_masked",
    "input_tokens",
    "output_tokens",
    "unresolved"
);
const _: () = assert!(MOST_A_SECOND == 73_300_775_185, "the statement has it as text");

/// Rows of a statement. A power of two: what is left is cut into smaller ones, so that few statements are prepared.
const CHUNK: usize = 512;

impl Store {
    /// Stores what is not there yet, and adds only that to the sums. Returns how many events were new.
    pub(crate) async fn ingest(&self, mut events: Vec<Event>) -> Result<usize, StoreError> {
        // In one order everywhere: two replicas that get the same events wait for each other instead of dead-locking.
        events.sort_by_key(|event| event.event_id);
        events.dedup_by_key(|event| event.event_id);
        let mut transaction = self.begin().await?;
        let mut fresh = HashSet::with_capacity(events.len());
        for chunk in chunks(&events) {
            insert(&mut transaction, self.kind, chunk, &mut fresh).await?;
        }
        if !fresh.is_empty() {
            let rollups = Rollups::of(events.iter().filter(|event| fresh.contains(&event.event_id)));
            // Also the lock of all sums: histograms are read before they are written, by one replica at a time.
            add_total(&mut transaction, fresh.len() as i64).await?;
            add_counts(&mut transaction, self.kind, &rollups).await?;
            add_latencies(&mut transaction, self.kind, &rollups).await?;
        }
        transaction.commit().await?;
        Ok(fresh.len())
    }
}

/// Whole chunks, then the rest in powers of two.
fn chunks<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        if rows.is_empty() {
            return None;
        }
        let size = if rows.len() >= CHUNK {
            CHUNK
        } else {
            1 << rows.len().ilog2()
        };
        let (chunk, rest) = rows.split_at(size);
        rows = rest;
        Some(chunk)
    })
}

async fn insert(
    transaction: &mut Transaction<'static, Any>,
    kind: Kind,
    events: &[Event],
    fresh: &mut HashSet<Uuid>,
) -> Result<(), StoreError> {
    let mut sql = Sql::new(
        "INSERT INTO events (occurred_at, event_id, instance_id, caller, surface, upstream, model, outcome, status, code, \
         detected, detail) VALUES ",
    );
    sql.bulk(kind, events.len(), 12);
    for event in events {
        let message = &event.message;
        sql.value(event.occurred_at.0)
            .value(event.event_id.as_bytes().as_slice())
            .value(event.instance_id.as_bytes().as_slice())
            .value(message.caller_id.as_str())
            .value(i64::from(message.surface))
            .value(message.upstream.as_str())
            .value(message.model.as_str())
            .value(i64::from(message.outcome))
            .value(i64::from(message.status))
            .value(message.error_code.as_str())
            .value(event.detected())
            .value(detail_of(event));
    }
    sql.push(" ON CONFLICT DO NOTHING RETURNING event_id");
    for row in sql.fetch_all(&mut **transaction).await? {
        fresh.insert(id_of(&row, "event_id")?);
    }
    Ok(())
}

/// The message without what has a column.
fn detail_of(event: &Event) -> Vec<u8> {
    let mut rest = event.message.clone();
    for bytes in [&mut rest.event_id, &mut rest.instance_id] {
        bytes.clear();
    }
    for text in [
        &mut rest.caller_id,
        &mut rest.upstream,
        &mut rest.model,
        &mut rest.error_code,
    ] {
        text.clear();
    }
    rest.occurred_at_ms = 0;
    rest.surface = 0;
    rest.outcome = 0;
    rest.status = 0;
    rest.encode_to_vec()
}

async fn add_counts(
    transaction: &mut Transaction<'static, Any>,
    kind: Kind,
    rollups: &Rollups,
) -> Result<(), StoreError> {
    let rows: Vec<(&Slot, &Counts)> = rollups.counts.iter().collect();
    for chunk in chunks(&rows) {
        let mut sql = Sql::new(
            "INSERT INTO rollups (width, dimension, bucket, key, requests, masked, blocked, errors, detections, \
             values_masked, input_tokens, output_tokens, unresolved) VALUES ",
        );
        sql.bulk(kind, chunk.len(), 13);
        for (slot, counts) in chunk {
            sql.value(slot.width)
                .value(slot.dimension as i64)
                .value(slot.bucket)
                .value(slot.key.as_str());
            for column in counts.bounded(slot.width).columns() {
                sql.value(column);
            }
        }
        sql.push(" ON CONFLICT (width, dimension, bucket, key) DO UPDATE SET ")
            .push(ADDED);
        sql.execute(&mut **transaction).await?;
    }
    Ok(())
}

async fn add_latencies(
    transaction: &mut Transaction<'static, Any>,
    kind: Kind,
    rollups: &Rollups,
) -> Result<(), StoreError> {
    let rows: Vec<(&Slot, &Latencies)> = rollups.latencies.iter().collect();
    for chunk in chunks(&rows) {
        let mut stored = stored(transaction, kind, chunk).await?;
        let mut sql =
            Sql::new("INSERT INTO latencies (width, dimension, bucket, key, total, masking) VALUES ");
        sql.bulk(kind, chunk.len(), 6);
        for (slot, latencies) in chunk {
            let mut sum = stored.remove(&place(slot)).unwrap_or_default();
            sum.add(latencies);
            sql.value(slot.width)
                .value(slot.dimension as i64)
                .value(slot.bucket)
                .value(slot.key.as_str())
                .value(sum.total.pack())
                .value(sum.masking.pack());
        }
        sql.push(
            " ON CONFLICT (width, dimension, bucket, key) DO UPDATE SET \
             total = excluded.total, masking = excluded.masking",
        );
        sql.execute(&mut **transaction).await?;
    }
    Ok(())
}

/// A slot as the database names it.
type Place = (i64, i64, i64, String);

fn place(slot: &Slot) -> Place {
    (slot.width, slot.dimension as i64, slot.bucket, slot.key.clone())
}

/// What the slots have so far.
async fn stored(
    transaction: &mut Transaction<'static, Any>,
    kind: Kind,
    slots: &[(&Slot, &Latencies)],
) -> Result<HashMap<Place, Latencies>, StoreError> {
    // CROSS: the few slots first, then each row by its key.
    let mut sql = Sql::new("SELECT l.width, l.dimension, l.bucket, l.key, l.total, l.masking FROM (VALUES ");
    sql.bulk(kind, slots.len(), 4);
    for (slot, _) in slots {
        sql.value(slot.width)
            .value(slot.dimension as i64)
            .value(slot.bucket)
            .value(slot.key.as_str());
    }
    sql.push(
        ") AS wanted CROSS JOIN latencies l WHERE l.width = wanted.column1 AND l.dimension = wanted.column2 \
         AND l.bucket = wanted.column3 AND l.key = wanted.column4",
    );
    let rows = sql.fetch_all(&mut **transaction).await?;
    let latencies = |row: &AnyRow| {
        let place = (
            row.try_get("width")?,
            row.try_get("dimension")?,
            row.try_get("bucket")?,
            row.try_get("key")?,
        );
        // A damaged one begins afresh: it would hold up every event of its bucket.
        let latencies = Latencies {
            total: Histogram::unpack(&row.try_get::<Vec<u8>, _>("total")?).unwrap_or_default(),
            masking: Histogram::unpack(&row.try_get::<Vec<u8>, _>("masking")?).unwrap_or_default(),
        };
        Ok((place, latencies))
    };
    rows.iter().map(latencies).collect()
}

pub(super) fn histogram_of(row: &AnyRow, column: &str) -> Result<Histogram, StoreError> {
    let bytes: Vec<u8> = row.try_get(column)?;
    Histogram::unpack(&bytes).map_err(|_| StoreError::Failed("it holds a histogram that is none"))
}

pub(super) async fn add_total(
    transaction: &mut Transaction<'static, Any>,
    events: i64,
) -> Result<(), StoreError> {
    let mut sql = Sql::new("UPDATE totals SET value = value + ");
    sql.bind(events).push(" WHERE name = 'events'");
    if sql.execute(&mut **transaction).await?.rows_affected() != 1 {
        return Err(StoreError::Failed("a row that another needs is missing"));
    }
    Ok(())
}

/// The first half of a batch, for tests of what breaks off there.
#[cfg(test)]
pub(super) async fn insert_for_test(
    transaction: &mut Transaction<'static, Any>,
    kind: Kind,
    events: &[Event],
) {
    insert(transaction, kind, events, &mut HashSet::new())
        .await
        .unwrap();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_powers_of_two() {
        let rows = vec![0; 1100];
        let sizes: Vec<usize> = chunks(&rows).map(<[i32]>::len).collect();
        assert_eq!(sizes, [512, 512, 64, 8, 4]);
    }
}
