//! One writer for all streams: what waits is stored in one transaction, so that a commit is paid for by many batches. A
//! large batch goes in pieces, with others between them, and an event that cannot be stored does not hold up the rest.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use thiserror::Error;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::event::Event;
use crate::metrics::Metrics;
use crate::rollup::MINUTE;
use crate::store::{Store, StoreError};
use crate::traces::Traces;

/// Events of a transaction: larger ones gain little and make everybody wait.
const MAX_EVENTS: usize = 10_000;
/// Minutes of a transaction: each has sums of its own, which cost as much as some ten events. A day has 1440.
const MAX_MINUTES: usize = 1_500;
/// Events that a batch has in a transaction before others had their turn.
const SHARE: usize = 2_048;
/// Batches that may wait; streams stop reading beyond that.
const QUEUE: usize = 256;
/// Of those, the ones that transactions are put together from.
const MAX_WAITING: usize = 64;

/// They are not stored; whoever sent them sends them again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the events are not stored")]
pub(crate) struct NotStored;

struct Batch {
    events: Vec<Event>,
    done: oneshot::Sender<Result<(), NotStored>>,
}

/// Hands events over; the writer ends once all clones are gone.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    queue: mpsc::Sender<Batch>,
}

impl Writer {
    pub(crate) fn start(
        store: Store,
        metrics: Arc<Metrics>,
        traces: Traces,
        clock: Clock,
    ) -> (Self, JoinHandle<()>) {
        let (queue, batches) = mpsc::channel(QUEUE);
        let task = tokio::spawn(run(batches, store, metrics, traces, clock));
        (Self { queue }, task)
    }

    /// Returns once they are committed.
    pub(crate) async fn write(&self, events: Vec<Event>) -> Result<(), NotStored> {
        let (done, stored) = oneshot::channel();
        self.queue
            .send(Batch { events, done })
            .await
            .map_err(|_| NotStored)?;
        stored.await.map_err(|_| NotStored)?
    }
}

async fn run(
    mut batches: mpsc::Receiver<Batch>,
    store: Store,
    metrics: Arc<Metrics>,
    traces: Traces,
    clock: Clock,
) {
    let mut waiting = Waiting::default();
    loop {
        if waiting.0.is_empty() {
            let Some(first) = batches.recv().await else { return };
            waiting.push(first);
        }
        while waiting.0.len() < MAX_WAITING
            && let Ok(next) = batches.try_recv()
        {
            waiting.push(next);
        }
        let events = waiting.piece();
        let count = events.len();
        let started = Instant::now();
        let stored = store_each(&store, &events).await;
        let took = started.elapsed();
        match &stored {
            Ok(Stored { fresh, left_out }) => {
                metrics.events_stored(*fresh, count - fresh - left_out, took);
                metrics.events_invalid(*left_out);
            }
            Err(error) => {
                tracing::error!(%error, batch.events = count, "a batch of events is not stored");
                metrics.write_failed();
            }
        }
        traces.stored(count, stored.is_ok(), took, clock.system_time());
        waiting.answer(stored.map(drop).map_err(|_| NotStored));
    }
}

/// What became of the events of a transaction.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) fresh: usize,
    pub(crate) left_out: usize,
}

/// Stores them together. Where the database takes them not for what one of them holds, by halves: one that it does not take
/// by itself either is left out, as it would be refused again and again.
pub(crate) async fn store_each(store: &Store, events: &[Event]) -> Result<Stored, StoreError> {
    let mut stored = Stored::default();
    let mut parts = vec![events];
    while let Some(part) = parts.pop() {
        match store.ingest(part).await {
            Ok(fresh) => stored.fresh += fresh,
            Err(StoreError::Rows(_)) if part.len() > 1 => {
                let (first, second) = part.split_at(part.len() / 2);
                parts.extend([second, first]);
            }
            Err(error @ StoreError::Rows(_)) => {
                let id = part.first().map(|event| event.event_id);
                tracing::error!(%error, event.id = ?id, "an event is left out: it can never be stored");
                stored.left_out += part.len();
            }
            Err(error) => return Err(error),
        }
    }
    Ok(stored)
}

/// A batch of which events are left to store.
struct Rest {
    events: std::vec::IntoIter<Event>,
    /// Some of it is in the piece that was taken last.
    is_in_piece: bool,
    done: oneshot::Sender<Result<(), NotStored>>,
}

/// Batches in the order of their turns.
#[derive(Default)]
struct Waiting(VecDeque<Rest>);

impl Waiting {
    fn push(&mut self, batch: Batch) {
        let Batch { mut events, done } = batch;
        if events.len() > SHARE {
            // Its pieces have few minutes each then.
            events.sort_by_key(|event| event.occurred_at);
        }
        self.0.push_back(Rest {
            events: events.into_iter(),
            is_in_piece: false,
            done,
        });
    }

    /// The events of the next transaction. Whoever could not have all of them in it comes after the others next time.
    fn piece(&mut self) -> Vec<Event> {
        let mut piece = Piece::default();
        for _ in 0..self.0.len() {
            let Some(mut rest) = self.0.pop_front() else { break };
            for _ in 0..SHARE {
                let Some(next) = rest.events.as_slice().first() else {
                    break;
                };
                if !piece.has_room_for(next) {
                    break;
                }
                piece.events.extend(rest.events.next());
                rest.is_in_piece = true;
            }
            self.0.push_back(rest);
        }
        // What the others leave, one by one again.
        for rest in &mut self.0 {
            while let Some(next) = rest.events.as_slice().first()
                && piece.has_room_for(next)
            {
                piece.events.extend(rest.events.next());
                rest.is_in_piece = true;
            }
        }
        let is_whole = |rest: &Rest| rest.events.as_slice().is_empty();
        self.0
            .make_contiguous()
            .sort_by_key(|rest| rest.is_in_piece && !is_whole(rest));
        piece.events
    }

    /// Tells those whose last events were in the piece, or all of them that it failed.
    fn answer(&mut self, result: Result<(), NotStored>) {
        for mut rest in std::mem::take(&mut self.0) {
            let is_over = rest.events.as_slice().is_empty() || (rest.is_in_piece && result.is_err());
            if is_over {
                // Whoever has gone asks again.
                let _ = rest.done.send(result);
            } else {
                rest.is_in_piece = false;
                self.0.push_back(rest);
            }
        }
    }
}

#[derive(Default)]
struct Piece {
    events: Vec<Event>,
    minutes: HashSet<i64>,
    last: Option<i64>,
}

impl Piece {
    /// Whether an event fits in; its minute counts then.
    fn has_room_for(&mut self, event: &Event) -> bool {
        if self.events.len() >= MAX_EVENTS {
            return false;
        }
        let minute = event.occurred_at.seconds().div_euclid(MINUTE);
        if self.last == Some(minute) {
            return true;
        }
        let has_room = self.minutes.len() < MAX_MINUTES || self.minutes.contains(&minute);
        if has_room {
            self.minutes.insert(minute);
            self.last = Some(minute);
        }
        has_room
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::event::tests::{NOW, sample};

    /// Events from `first` on, one each so many seconds.
    fn events(first: u128, count: u128, apart: u64) -> Vec<Event> {
        let event = |nth: u128| {
            let mut message = sample(first + nth, 7);
            message.occurred_at_ms = NOW.0 as u64 - u64::try_from(nth).unwrap() * apart * 1000;
            Event::parse(message, Uuid::from_u128(7), NOW).unwrap()
        };
        (0..count).map(event).collect()
    }

    fn batch(events: Vec<Event>) -> (Batch, oneshot::Receiver<Result<(), NotStored>>) {
        let (done, stored) = oneshot::channel();
        (Batch { events, done }, stored)
    }

    #[test]
    fn a_large_batch_goes_in_pieces_with_others_between() {
        let mut waiting = Waiting::default();
        let (large, mut large_done) = batch(events(1, 6000, 60));
        let (small, mut small_done) = batch(events(10_000, 500, 0));
        waiting.push(large);
        waiting.push(small);
        let first = waiting.piece();
        assert!(first.len() <= MAX_MINUTES + 500, "{}", first.len());
        waiting.answer(Ok(()));
        assert!(large_done.try_recv().is_err(), "only a piece of it is stored");
        let mut pieces = vec![first];
        if small_done.try_recv() != Ok(Ok(())) {
            pieces.push(waiting.piece());
            waiting.answer(Ok(()));
            assert_eq!(
                small_done.try_recv(),
                Ok(Ok(())),
                "it does not wait for the large one"
            );
        }
        while !waiting.0.is_empty() {
            let piece = waiting.piece();
            assert!(!piece.is_empty() && piece.len() <= MAX_EVENTS);
            pieces.push(piece);
            waiting.answer(Ok(()));
        }
        assert_eq!(large_done.try_recv(), Ok(Ok(())));
        let ids: HashSet<Uuid> = pieces.iter().flatten().map(|event| event.event_id).collect();
        assert_eq!((ids.len(), pieces.iter().map(Vec::len).sum()), (6500, 6500));
    }

    #[test]
    fn usual_batches_share_a_transaction() {
        let mut waiting = Waiting::default();
        let mut all = Vec::new();
        for nth in 0..20 {
            let (batch, done) = batch(events(nth * 1000, 500, 0));
            waiting.push(batch);
            all.push(done);
        }
        assert_eq!(waiting.piece().len(), 10_000);
        waiting.answer(Err(NotStored));
        assert!(all.iter_mut().all(|done| done.try_recv() == Ok(Err(NotStored))));
        let (alone, _done) = batch(events(1, 25_000, 0));
        waiting.push(alone);
        assert_eq!(waiting.piece().len(), MAX_EVENTS);
    }
}
