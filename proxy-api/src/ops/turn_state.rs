//! Metrics of turn state: handles that the store holds, registered with all others.

use std::time::Instant;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use telemetry::metrics as names;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Operation {
    operation: &'static str,
}

type Seconds = Family<Operation, Histogram, fn() -> Histogram>;

/// How much turn state there is and how long its store takes.
#[derive(Clone)]
pub(crate) struct TurnStateMetrics {
    entries: Gauge,
    bytes: Gauge,
    seconds: Seconds,
}

impl TurnStateMetrics {
    pub(crate) fn new() -> Self {
        Self {
            entries: Gauge::default(),
            bytes: Gauge::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(names::WORK_BUCKETS)),
        }
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            names::TURN_STATE_ENTRIES,
            "Chains whose state is kept",
            self.entries.clone(),
        );
        registry.register(
            names::TURN_STATE_BYTES,
            "State of chains that is kept",
            self.bytes.clone(),
        );
        registry.register(
            names::TURN_STATE_SECONDS,
            "Claiming, committing or releasing a chain",
            self.seconds.clone(),
        );
    }

    /// The store holds this much.
    pub(crate) fn holds(&self, entries: usize, bytes: usize) {
        self.entries.set(i64::try_from(entries).unwrap_or(i64::MAX));
        self.bytes.set(i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    /// Measures until it is dropped.
    pub(crate) fn time(&self, operation: &'static str) -> Timed {
        Timed {
            seconds: self.seconds.get_or_create_owned(&Operation { operation }),
            started: Instant::now(),
        }
    }
}

/// An operation that is running.
pub(crate) struct Timed {
    seconds: Histogram,
    started: Instant,
}

impl Drop for Timed {
    fn drop(&mut self) {
        self.seconds.observe(self.started.elapsed().as_secs_f64());
    }
}
