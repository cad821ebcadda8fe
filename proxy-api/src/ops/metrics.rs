//! Prometheus metrics; atomics on the hot path, labels from closed lists only.

use std::fmt;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use telemetry::metrics as names;

use super::turn_state::TurnStateMetrics;
use crate::error::GatewayError;

/// A counter of this process.
type Count = Counter<u64, AtomicU64>;

/// Who was asked and how it ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Turn {
    surface: &'static str,
    outcome: &'static str,
}

/// What was found and what happened to it; types are a closed list plus the configured ones.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Detected {
    pub(crate) entity_type: String,
    pub(crate) action: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Code {
    code: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ended {
    outcome: &'static str,
}

/// All metrics of one gateway.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Turn, Count>,
    errors: Family<Code, Count>,
    detections: Family<Detected, Count>,
    masking: Histogram,
    overhead: Histogram,
    first_byte: Histogram,
    pub(crate) rehydrations: Count,
    pub(crate) unresolved: Count,
    pub(crate) memo_hits: Count,
    pub(crate) memo_misses: Count,
    pub(crate) audit_dropped: Count,
    pub(crate) continuations_dropped: Count,
    pub(crate) active_turns: Gauge,
    pub(crate) active_connections: Gauge,
    pub(crate) open_sockets: Gauge,
    socket_turns: Family<Ended, Count>,
    socket_collisions: Count,
    pub(crate) turn_state: TurnStateMetrics,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::default(),
            requests: Family::default(),
            errors: Family::default(),
            detections: Family::default(),
            masking: Histogram::new(names::WORK_BUCKETS),
            overhead: Histogram::new(names::WORK_BUCKETS),
            first_byte: Histogram::new(names::UPSTREAM_BUCKETS),
            rehydrations: Count::default(),
            unresolved: Count::default(),
            memo_hits: Count::default(),
            memo_misses: Count::default(),
            audit_dropped: Count::default(),
            continuations_dropped: Count::default(),
            active_turns: Gauge::default(),
            active_connections: Gauge::default(),
            open_sockets: Gauge::default(),
            socket_turns: Family::default(),
            socket_collisions: Count::default(),
            turn_state: TurnStateMetrics::new(),
        };
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register(
            names::REQUESTS,
            "Turns by surface and outcome",
            self.requests.clone(),
        );
        registry.register(
            names::GATEWAY_ERRORS,
            "Errors answered by the gateway itself",
            self.errors.clone(),
        );
        registry.register(
            names::DETECTIONS,
            "Detections by type and action",
            self.detections.clone(),
        );
        registry.register(
            names::MASKING_SECONDS,
            "Detecting and masking one request",
            self.masking.clone(),
        );
        registry.register(
            names::OVERHEAD_SECONDS,
            "From a request's last byte to its leaving",
            self.overhead.clone(),
        );
        registry.register(
            names::UPSTREAM_FIRST_BYTE_SECONDS,
            "From sending a request to the head of its answer",
            self.first_byte.clone(),
        );
        registry.register(
            names::REHYDRATIONS,
            "Placeholders restored",
            self.rehydrations.clone(),
        );
        registry.register(
            names::UNRESOLVED,
            "Placeholders that no map knows",
            self.unresolved.clone(),
        );
        registry.register(
            names::MEMO_HITS,
            "Texts whose detections were remembered",
            self.memo_hits.clone(),
        );
        registry.register(
            names::MEMO_MISSES,
            "Texts that were looked at",
            self.memo_misses.clone(),
        );
        registry.register(
            names::AUDIT_DROPPED,
            "Audit events lost to a full queue",
            self.audit_dropped.clone(),
        );
        registry.register(
            names::CONTINUATIONS_DROPPED,
            "Maps of chains that the shared store did not get",
            self.continuations_dropped.clone(),
        );
        registry.register(
            names::ACTIVE_TURNS,
            "Turns in progress",
            self.active_turns.clone(),
        );
        registry.register(
            names::ACTIVE_CONNECTIONS,
            "Open connections",
            self.active_connections.clone(),
        );
        self.turn_state.register(registry);
        registry.register(
            names::OPEN_SOCKETS,
            "Open WebSockets of callers",
            self.open_sockets.clone(),
        );
        registry.register(
            names::SOCKET_TURNS,
            "Turns over WebSocket by outcome",
            self.socket_turns.clone(),
        );
        registry.register(
            names::SOCKET_COLLISIONS,
            "Turns refused because another one of their chain was running",
            self.socket_collisions.clone(),
        );
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register(names::BUILD_INFO, "This build", build);
    }

    pub(crate) fn turn(&self, surface: &'static str, outcome: &'static str) {
        self.requests.get_or_create(&Turn { surface, outcome }).inc();
    }

    pub(crate) fn socket_turn(&self, outcome: &'static str) {
        self.socket_turns.get_or_create(&Ended { outcome }).inc();
    }

    /// An error event of the gateway's own.
    pub(crate) fn refused_frame(&self, code: &'static str) {
        self.error(code);
        if code == GatewayError::TurnRunning.code() {
            self.socket_collisions.inc();
        }
    }

    pub(crate) fn error(&self, code: &'static str) {
        self.errors.get_or_create(&Code { code }).inc();
    }

    pub(crate) fn detected(&self, detected: &Detected, count: u64) {
        self.detections.get_or_create(detected).inc_by(count);
    }

    pub(crate) fn masking(&self, took: Duration) {
        self.masking.observe(took.as_secs_f64());
    }

    pub(crate) fn overhead(&self, took: Duration) {
        self.overhead.observe(took.as_secs_f64());
    }

    pub(crate) fn first_byte(&self, took: Duration) {
        self.first_byte.observe(took.as_secs_f64());
    }

    /// The page in OpenMetrics text format.
    pub(crate) fn encode(&self) -> Result<String, fmt::Error> {
        let mut page = String::with_capacity(4096);
        encode(&mut page, &self.registry)?;
        Ok(page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_holds_every_name() {
        let metrics = Metrics::new();
        metrics.turn("openai.chat", "masked");
        metrics.error("privacy_blocked");
        metrics.detected(
            &Detected {
                entity_type: "EMAIL".into(),
                action: "mask",
            },
            3,
        );
        metrics.masking(Duration::from_micros(20));
        let page = metrics.encode().unwrap();
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
