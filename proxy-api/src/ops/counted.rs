//! A counter that can be read: handles of the facade only take.

use telemetry::metrics::{Counter, Level};

/// How often something happened.
#[derive(Clone)]
pub(crate) struct Counted {
    shown: Counter,
    all: Level,
}

impl Counted {
    pub(super) fn new(shown: Counter) -> Self {
        Self {
            shown,
            all: Level::hidden(),
        }
    }

    /// That no page shows.
    pub(crate) fn hidden() -> Self {
        Self::new(Counter::noop())
    }

    pub(crate) fn add(&self, more: u64) {
        self.shown.increment(more);
        self.all.add(more);
    }

    pub(crate) fn now(&self) -> u64 {
        self.all.now()
    }
}
