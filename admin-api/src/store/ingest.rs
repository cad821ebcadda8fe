//! Events and their sums, written in one transaction.

use std::collections::{HashMap, HashSet};

use prost::Message as _;
use sha2::{Digest as _, Sha256};
use sqlx::any::AnyRow;
use sqlx::{Any, Row as _, Transaction};
use uuid::Uuid;

use super::{Kind, Sql, Store, StoreError, id_of};
use crate::event::Event;
use crate::rollup::{Counts, Histogram, Latencies, MOST_A_SECOND, Minutes, Names, Rollups, Slot};

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

/// Ids that are tried for an event whose own another instance has used. The first is free, but for who knows the salt.
const OTHER_IDS: u8 = 4;

/// An event is known by its id and by whose it is: no instance can keep another's from being stored.
type Known = (Uuid, Uuid);

fn known(event: &Event) -> Known {
    (event.event_id, event.instance_id)
}

impl Store {
    /// Stores what is not there yet, and adds only that to the sums. Returns how many events were new.
    pub(crate) async fn ingest(&self, events: &[Event]) -> Result<usize, StoreError> {
        let mut own: Vec<&Event> = events.iter().collect();
        own.sort_by_key(|event| known(event));
        own.dedup_by_key(|event| known(event));
        let mut keys = self.keys.lock().await;
        let mut transaction = self.begin().await?;
        // Also the lock of all that follows: one replica after the other.
        let arrival = next_arrival(&mut transaction).await?;
        let mut fresh = HashSet::with_capacity(own.len());
        for chunk in chunks(&own) {
            insert(&mut transaction, self.kind, arrival, chunk, &mut fresh).await?;
        }
        let renamed = self.clashing(&mut transaction, arrival, &own, &mut fresh).await?;
        if fresh.is_empty() {
            transaction.rollback().await?;
            return Ok(0);
        }
        let all = own.into_iter().chain(&renamed);
        let new: Vec<&Event> = all.filter(|event| fresh.contains(&known(event))).collect();
        let names = Names::of(new.iter().copied());
        let minutes = Minutes::of(new.iter().copied(), &names);
        let admission = keys.admit(&mut transaction, minutes.days()).await?;
        let rollups = minutes.widened(&admission.surplus);
        add_total(&mut transaction, fresh.len() as i64).await?;
        add_counts(&mut transaction, self.kind, &rollups).await?;
        add_latencies(&mut transaction, self.kind, &rollups).await?;
        transaction.commit().await?;
        keys.committed(&admission);
        Ok(fresh.len())
    }

    /// Stores events under other ids whose own another instance has used, and gives them as they are stored. The same event
    /// gets the same id when it is sent again.
    async fn clashing(
        &self,
        transaction: &mut Transaction<'static, Any>,
        arrival: i64,
        events: &[&Event],
        fresh: &mut HashSet<Known>,
    ) -> Result<Vec<Event>, StoreError> {
        let is_left = |event: &Event, fresh: &HashSet<Known>| !fresh.contains(&known(event));
        let left = events.iter().filter(|event| is_left(event, fresh));
        // As they would be stored, beside the ids that they came with.
        let mut left: Vec<(Event, Uuid)> = left.map(|event| ((*event).clone(), event.event_id)).collect();
        let mut renamed = Vec::new();
        for nth in 0..OTHER_IDS {
            if left.is_empty() {
                break;
            }
            let owners = owners(transaction, self.kind, &left).await?;
            // What is its own already is there twice; what nobody has was deleted a moment ago.
            left.retain(|(event, _)| owners.get(&event.event_id) != Some(&event.instance_id));
            if left.is_empty() {
                break;
            }
            let salt = salt(transaction).await?;
            for (event, came_with) in &mut left {
                event.event_id = other_id(salt, event.instance_id, *came_with, nth);
            }
            left.sort_by_key(|(event, _)| known(event));
            let rows: Vec<&Event> = left.iter().map(|(event, _)| event).collect();
            for chunk in chunks(&rows) {
                insert(transaction, self.kind, arrival, chunk, fresh).await?;
            }
            let (stored, still): (Vec<_>, Vec<_>) =
                left.into_iter().partition(|(event, _)| !is_left(event, fresh));
            renamed.extend(stored.into_iter().map(|(event, _)| event));
            left = still;
        }
        Ok(renamed)
    }
}

/// Whose the ids are that these events would have.
async fn owners(
    transaction: &mut Transaction<'static, Any>,
    kind: Kind,
    events: &[(Event, Uuid)],
) -> Result<HashMap<Uuid, Uuid>, StoreError> {
    let mut owners = HashMap::new();
    for chunk in chunks(events) {
        let mut sql = Sql::new("SELECT event_id, instance_id FROM events WHERE event_id IN (VALUES ");
        sql.bulk(kind, chunk.len(), 1);
        for (event, _) in chunk {
            sql.value(event.event_id.as_bytes().as_slice());
        }
        sql.push(")");
        for row in sql.fetch_all(&mut **transaction).await? {
            owners.insert(id_of(&row, "event_id")?, id_of(&row, "instance_id")?);
        }
    }
    Ok(owners)
}

async fn salt(transaction: &mut Transaction<'static, Any>) -> Result<i64, StoreError> {
    let row = Sql::new("SELECT value FROM totals WHERE name = 'salt'")
        .fetch_one(&mut **transaction)
        .await?;
    Ok(row.try_get("value")?)
}

fn other_id(salt: i64, instance: Uuid, event: Uuid, nth: u8) -> Uuid {
    let digest = Sha256::new()
        .chain_update(salt.to_be_bytes())
        .chain_update(instance.as_bytes())
        .chain_update(event.as_bytes())
        .chain_update([nth])
        .finalize();
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(id).into_uuid()
}

/// The number of this transaction. Until it ends no other gets one: they commit in the order of their numbers.
async fn next_arrival(transaction: &mut Transaction<'static, Any>) -> Result<i64, StoreError> {
    let row = Sql::new("UPDATE totals SET value = value + 1 WHERE name = 'arrivals' RETURNING value")
        .fetch_optional(&mut **transaction)
        .await?
        .ok_or(StoreError::Failed("a row that another needs is missing"))?;
    Ok(row.try_get("value")?)
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
    arrival: i64,
    events: &[&Event],
    fresh: &mut HashSet<Known>,
) -> Result<(), StoreError> {
    let mut sql = Sql::new(
        "INSERT INTO events (occurred_at, event_id, instance_id, caller, surface, upstream, model, outcome, status, code, \
         detected, detail, arrival) VALUES ",
    );
    sql.bulk(kind, events.len(), 13);
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
            .value(detail_of(event))
            .value(arrival);
    }
    sql.push(" ON CONFLICT DO NOTHING RETURNING event_id, instance_id");
    for row in sql.fetch_all(&mut **transaction).await? {
        fresh.insert((id_of(&row, "event_id")?, id_of(&row, "instance_id")?));
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
    let events: Vec<&Event> = events.iter().collect();
    insert(transaction, kind, 1, &events, &mut HashSet::new())
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
