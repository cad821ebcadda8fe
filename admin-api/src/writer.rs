//! One writer for all streams: what waits is stored in one transaction, so that a commit is paid for by many batches.

use std::sync::Arc;
use std::time::Instant;

use thiserror::Error;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::event::Event;
use crate::metrics::Metrics;
use crate::store::Store;
use crate::traces::Traces;

/// Events of a transaction: larger ones gain little and make everybody wait.
const MAX_EVENTS: usize = 10_000;
/// Batches that may wait; streams stop reading beyond that.
const QUEUE: usize = 256;

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
    while let Some(first) = batches.recv().await {
        let mut events = first.events;
        let mut waiting = vec![first.done];
        while events.len() < MAX_EVENTS {
            let Ok(next) = batches.try_recv() else { break };
            events.extend(next.events);
            waiting.push(next.done);
        }
        let count = events.len();
        let started = Instant::now();
        let result = match store.ingest(&events).await {
            Ok(fresh) => {
                metrics.events_stored(fresh, count - fresh, started.elapsed());
                Ok(())
            }
            Err(error) => {
                tracing::error!(%error, batch.events = count, "a batch of events is not stored");
                metrics.write_failed();
                Err(NotStored)
            }
        };
        traces.stored(count, result.is_ok(), started.elapsed(), clock.system_time());
        for done in waiting {
            // Whoever has gone asks again.
            let _ = done.send(result);
        }
    }
}
