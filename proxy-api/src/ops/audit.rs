//! Metrics of audit events on their way.

use telemetry::metrics::{Counter, Level, Registry, names};

use super::Counted;

/// What became of events.
#[derive(Clone)]
pub(crate) struct AuditMetrics {
    pub(crate) dropped: Counted,
    pub(crate) sent: Counter,
    pub(crate) refused: Counter,
    pub(crate) reconnects: Counter,
    pub(crate) streams_refused: Counter,
    pub(crate) mended: Counter,
    pub(crate) spool_events: Level,
    pub(crate) spool_bytes: Level,
}

impl AuditMetrics {
    pub(super) fn new(registry: &Registry) -> Self {
        let counter = |name, about| registry.counter(name, about);
        let dropped = counter(
            names::AUDIT_DROPPED,
            "Audit events lost to a full queue or a damaged spool",
        );
        Self {
            dropped: Counted::new(dropped),
            sent: counter(names::AUDIT_SENT, "Audit events that admin-api has stored"),
            refused: counter(names::AUDIT_REFUSED, "Audit events that admin-api does not take"),
            reconnects: counter(
                names::AUDIT_RECONNECTS,
                "Attempts to reach admin-api again after a failure",
            ),
            streams_refused: counter(
                names::AUDIT_STREAMS_REFUSED,
                "Times that admin-api did not take this instance's token",
            ),
            mended: counter(
                names::AUDIT_SPOOL_MENDED,
                "Files of the audit spool that somebody else had deleted, moved, cut or continued",
            ),
            spool_events: registry.level(names::AUDIT_SPOOL_EVENTS, "Audit events that wait for admin-api"),
            spool_bytes: registry.level(names::AUDIT_SPOOL_BYTES, "Size of the segments that they wait in"),
        }
    }

    /// That no page shows.
    #[cfg(test)]
    pub(crate) fn hidden() -> Self {
        Self::new(&Registry::new(&[]))
    }
}
