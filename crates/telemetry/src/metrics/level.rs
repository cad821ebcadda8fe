//! A gauge that can be read too: handles of the facade only take.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use metrics::Gauge;

/// How much there is of something now.
#[derive(Clone, Debug)]
pub struct Level {
    shown: Gauge,
    now: Arc<AtomicU64>,
}

impl Level {
    pub(super) fn new(shown: Gauge) -> Self {
        Self {
            shown,
            now: Arc::default(),
        }
    }

    /// One that no page shows.
    #[must_use]
    pub fn hidden() -> Self {
        Self::new(Gauge::noop())
    }

    /// One more.
    pub fn raise(&self) {
        self.now.fetch_add(1, Ordering::Relaxed);
        self.shown.increment(1);
    }

    /// One less.
    pub fn lower(&self) {
        self.now.fetch_sub(1, Ordering::Relaxed);
        self.shown.decrement(1);
    }

    /// So many more.
    pub fn add(&self, more: u64) {
        self.now.fetch_add(more, Ordering::Relaxed);
        self.shown.increment(more as f64);
    }

    /// So much.
    pub fn set(&self, now: u64) {
        self.now.store(now, Ordering::Relaxed);
        // A gauge is a double: exact up to 2^53.
        self.shown.set(now as f64);
    }

    /// How much it is.
    #[must_use]
    pub fn now(&self) -> u64 {
        self.now.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_goes_up_and_down() {
        let level = Level::hidden();
        level.raise();
        level.raise();
        level.lower();
        assert_eq!(level.now(), 1);
        level.set(7);
        assert_eq!(level.clone().now(), 7);
    }
}
