//! What this instance says of its turns to the control plane: totals since its start.

use std::sync::atomic::{AtomicU64, Ordering};

use proto::fleet_v1::Counters;

use super::Metrics;
use crate::audit::Outcome;

/// Totals of turns.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    requests: AtomicU64,
    masked: AtomicU64,
    blocked: AtomicU64,
    errors: AtomicU64,
}

impl Tally {
    pub(super) fn ended(&self, outcome: Outcome) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let kind = match outcome {
            Outcome::Masked => &self.masked,
            Outcome::Blocked => &self.blocked,
            Outcome::UpstreamError | Outcome::GatewayError => &self.errors,
            Outcome::Forwarded | Outcome::RoutedLocal | Outcome::Cancelled => return,
        };
        kind.fetch_add(1, Ordering::Relaxed);
    }
}

impl Metrics {
    /// As a report says it.
    pub(crate) fn counters(&self) -> Counters {
        let read = |total: &AtomicU64| total.load(Ordering::Relaxed);
        let tally = self.tally();
        Counters {
            requests: read(&tally.requests),
            masked: read(&tally.masked),
            blocked: read(&tally.blocked),
            errors: read(&tally.errors),
            active_streams: self.active_turns.now(),
            active_sockets: self.open_sockets.now(),
            events_dropped: self.audit.dropped.now(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_counts_once_and_for_what_it_was() {
        let metrics = Metrics::new();
        for outcome in [
            Outcome::Masked,
            Outcome::Blocked,
            Outcome::UpstreamError,
            Outcome::Cancelled,
        ] {
            metrics.turn(None, outcome);
        }
        metrics.audit.dropped.add(3);
        let counters = metrics.counters();
        assert_eq!(
            (
                counters.requests,
                counters.masked,
                counters.blocked,
                counters.errors
            ),
            (4, 1, 1, 1)
        );
        assert_eq!(counters.events_dropped, 3);
    }
}
