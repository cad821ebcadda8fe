//! `[telemetry]` of a service: traces for a collector.

use crate::{BaseUrl, ConfigError, Layers, section};

section! {
    /// Traces, without any content, for an OpenTelemetry collector. Off without an address.
    pub struct Telemetry {
        /// Where the collector takes OTLP over gRPC: `http://127.0.0.1:4317` or `https://host:4317`. What travels there is what
        /// audit events hold; over `http://` whoever is between can read it.
        otlp_endpoint: Option<BaseUrl> = "unset",
        /// The share of turns (of the control plane: of requests and stored batches) that are traced, from 0 to 1.
        sample_ratio: f64 = "1.0",
    }
}

impl Telemetry {
    /// Of the section called `section`.
    ///
    /// # Errors
    /// When it is no collector's address, or no share.
    pub fn check(&self, layers: &Layers, section: &str) -> Result<(), ConfigError> {
        if let Some(collector) = &self.otlp_endpoint
            && !matches!(collector.path(), "" | "/")
        {
            let problem = "has a path; expected http://host:port or https://host:port of a collector that speaks OTLP over gRPC";
            return Err(layers.wrong(&format!("{section}.otlp_endpoint"), problem));
        }
        layers.in_range(&format!("{section}.sample_ratio"), self.sample_ratio, 0.0, 1.0)
    }
}
