//! What this gateway counts and measures; atomics on the hot path, labels from closed lists only.

use std::sync::Arc;
use std::time::Duration;

use llm_wire::Surface;
use masking::{Action, EntityType};
use telemetry::metrics::{Counter, Histogram, Level, Registry, label, names};

use super::Counted;
use super::audit::AuditMetrics;
use super::families::{Detections, Errors, Turns};
use super::tally::Tally;
use super::turn_state::TurnStateMetrics;
use crate::audit::Outcome;
use crate::error::GatewayError;

/// Every histogram and its buckets.
const BUCKETS: [(&str, &[f64]); 4] = [
    (names::MASKING_SECONDS, &names::WORK_BUCKETS),
    (names::OVERHEAD_SECONDS, &names::WORK_BUCKETS),
    (names::UPSTREAM_FIRST_BYTE_SECONDS, &names::UPSTREAM_BUCKETS),
    (names::TURN_STATE_SECONDS, &names::WORK_BUCKETS),
];

/// All metrics of one gateway.
pub(crate) struct Metrics {
    registry: Arc<Registry>,
    turns: Turns,
    tally: Tally,
    errors: Errors,
    detections: Detections,
    masking: Histogram,
    overhead: Histogram,
    first_byte: Histogram,
    pub(crate) rehydrations: Counter,
    pub(crate) unresolved: Counter,
    pub(crate) memo_hits: Counter,
    pub(crate) memo_misses: Counter,
    pub(crate) audit: AuditMetrics,
    pub(crate) continuations_dropped: Counted,
    pub(crate) active_turns: Level,
    pub(crate) active_connections: Level,
    pub(crate) open_sockets: Level,
    socket_collisions: Counter,
    pub(crate) turn_state: TurnStateMetrics,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let registry = Arc::new(Registry::new(&BUCKETS));
        let version = vec![label("version", env!("CARGO_PKG_VERSION"))];
        registry.info(names::BUILD_INFO, "This build", version);
        let counter = |name, about| registry.counter(name, about);
        let histogram = |name, about| registry.histogram(name, about);
        let level = |name, about| registry.level(name, about);
        Self {
            turns: Turns::new(&registry),
            tally: Tally::default(),
            errors: Errors::new(&registry),
            detections: Detections::new(&registry),
            masking: histogram(names::MASKING_SECONDS, "Detecting and masking one request"),
            overhead: histogram(
                names::OVERHEAD_SECONDS,
                "From a request's last byte to its leaving",
            ),
            first_byte: histogram(
                names::UPSTREAM_FIRST_BYTE_SECONDS,
                "From sending a request to the head of its answer",
            ),
            rehydrations: counter(names::REHYDRATIONS, "Placeholders restored"),
            unresolved: counter(names::UNRESOLVED, "Placeholders that no map knows"),
            memo_hits: counter(names::MEMO_HITS, "Texts whose detections were remembered"),
            memo_misses: counter(names::MEMO_MISSES, "Texts that were looked at"),
            audit: AuditMetrics::new(&registry),
            continuations_dropped: Counted::new(counter(
                names::CONTINUATIONS_DROPPED,
                "Maps of chains that the shared store did not get",
            )),
            active_turns: level(names::ACTIVE_TURNS, "Turns in progress"),
            active_connections: level(names::ACTIVE_CONNECTIONS, "Open connections"),
            open_sockets: level(names::OPEN_SOCKETS, "Open WebSockets of callers"),
            socket_collisions: counter(
                names::SOCKET_COLLISIONS,
                "Turns refused because another one of their chain was running",
            ),
            turn_state: TurnStateMetrics::new(&registry),
            registry,
        }
    }

    pub(crate) fn turn(&self, surface: Option<Surface>, outcome: Outcome) {
        self.turns.ended(surface, outcome);
        self.tally.ended(outcome);
    }

    pub(super) fn tally(&self) -> &Tally {
        &self.tally
    }

    pub(crate) fn socket_turn(&self, outcome: Outcome) {
        self.turns.ended_on_socket(outcome);
    }

    /// An error event of the gateway's own.
    pub(crate) fn refused_frame(&self, code: &'static str) {
        self.error(code);
        if code == GatewayError::TurnRunning.code() {
            self.socket_collisions.increment(1);
        }
    }

    pub(crate) fn error(&self, code: &'static str) {
        self.errors.add(code);
    }

    pub(crate) fn detected(&self, entity: &EntityType, action: Action, count: u64) {
        self.detections.add(entity, action, count);
    }

    pub(crate) fn masking(&self, took: Duration) {
        self.masking.record(took);
    }

    pub(crate) fn overhead(&self, took: Duration) {
        self.overhead.record(took);
    }

    pub(crate) fn first_byte(&self, took: Duration) {
        self.first_byte.record(took);
    }

    /// To be called every few seconds.
    pub(crate) fn upkeep(&self) {
        self.registry.upkeep();
    }

    /// The page that Prometheus reads.
    pub(crate) fn page(&self) -> String {
        self.registry.page()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_holds_every_name() {
        let metrics = Metrics::new();
        metrics.turn(Some(Surface::OpenAiChat), Outcome::Masked);
        metrics.error("privacy_blocked");
        metrics.detected(&EntityType::Email, Action::Mask, 3);
        metrics.masking(Duration::from_micros(20));
        let page = metrics.page();
        for line in [
            "bauta_requests_total{surface=\"openai.chat\",outcome=\"masked\"} 1",
            "bauta_detections_total{entity_type=\"EMAIL\",action=\"mask\"} 3",
            "bauta_gateway_errors_total{code=\"privacy_blocked\"} 1",
            "bauta_masking_seconds_count 1",
            "bauta_build_info{version=",
        ] {
            assert!(page.contains(line), "{line}\n{page}");
        }
    }
}
