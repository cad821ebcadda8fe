//! `[telemetry]`: traces for a collector.

use super::BaseUrl;
use super::section::section;

section! {
    /// Traces of turns, without their content, for an OpenTelemetry collector. Off without an address.
    pub struct Telemetry {
        /// Where the collector takes OTLP over gRPC: `http://127.0.0.1:4317` or `https://host:4317`. What travels there is what
        /// audit events hold; over `http://` whoever is between can read it.
        otlp_endpoint: Option<BaseUrl> = "unset",
        /// The share of turns that are traced, from 0 to 1.
        sample_ratio: f64 = "1.0",
    }
}
