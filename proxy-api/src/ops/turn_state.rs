//! Metrics of turn state: handles that the store holds.

use std::sync::Arc;
use std::time::Instant;

use telemetry::metrics::{Histogram, Level, Registry, label, names};

/// How much turn state there is and how long its store takes.
#[derive(Clone)]
pub(crate) struct TurnStateMetrics {
    entries: Level,
    bytes: Level,
    claim: Histogram,
    commit: Histogram,
    release: Histogram,
}

/// What is done with a chain.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Operation {
    Claim,
    Commit,
    Release,
}

impl TurnStateMetrics {
    pub(crate) fn new(registry: &Arc<Registry>) -> Self {
        let about = "Claiming, committing or releasing a chain";
        registry.describe(names::TURN_STATE_SECONDS, about);
        let seconds = |operation| {
            let labels = vec![label("operation", operation)];
            registry.labelled_histogram(names::TURN_STATE_SECONDS, labels)
        };
        Self {
            entries: registry.level(names::TURN_STATE_ENTRIES, "Chains whose state is kept"),
            bytes: registry.level(names::TURN_STATE_BYTES, "State of chains that is kept"),
            claim: seconds("claim"),
            commit: seconds("commit"),
            release: seconds("release"),
        }
    }

    /// The store holds this much.
    pub(crate) fn holds(&self, entries: usize, bytes: usize) {
        self.entries.set(entries as u64);
        self.bytes.set(bytes as u64);
    }

    /// Measures until it is dropped.
    pub(crate) fn time(&self, operation: Operation) -> Timed {
        let seconds = match operation {
            Operation::Claim => &self.claim,
            Operation::Commit => &self.commit,
            Operation::Release => &self.release,
        };
        Timed {
            seconds: seconds.clone(),
            started: Instant::now(),
        }
    }

    /// Of a store that no page shows.
    #[cfg(test)]
    pub(crate) fn hidden() -> Self {
        Self::new(&Arc::new(Registry::new(&[])))
    }
}

/// An operation that is running.
pub(crate) struct Timed {
    seconds: Histogram,
    started: Instant,
}

impl Drop for Timed {
    fn drop(&mut self) {
        self.seconds.record(self.started.elapsed());
    }
}
