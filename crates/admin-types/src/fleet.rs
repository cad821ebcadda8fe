//! Instances of proxy-api.

use serde::{Deserialize, Serialize};

/// A running proxy-api, as it last reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InstanceItem {
    /// Its id.
    pub instance_id: String,
    /// Release.
    pub version: String,
    /// When it started.
    pub started_at: String,
    /// When its last report came.
    pub reported_at: String,
    /// How long it was up then.
    pub uptime_seconds: u64,
    /// No report for 30 seconds.
    pub is_stale: bool,
    /// How it is set up; none if it did not say.
    pub posture: Option<Posture>,
    /// Since its start.
    pub counters: InstanceCounters,
    /// Events that are not delivered yet.
    pub spool: Spool,
}

/// How an instance is set up, as far as it matters to whoever answers for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Posture {
    /// Digest of the policy in force.
    pub policy_revision: String,
    /// `strict`, `agent` or `unknown`.
    pub profile: String,
    /// For whom placeholders are equal: `global`, `caller`, `session` or `unknown`.
    pub key_scope: String,
    /// Callers must show a key of the gateway.
    pub requires_gateway_key: bool,
    /// Placeholders outlive the process.
    pub has_master_key: bool,
    /// Switches under `[dangerous]` that are on.
    pub dangerous_switches: u32,
    /// Kinds of credentials that providers are meant to get.
    pub provider_credentials: u32,
    /// Destinations.
    pub upstreams: u32,
    /// Rules of its own.
    pub custom_rules: u32,
    /// Chains of turns are shared by replicas.
    pub shares_turn_state: bool,
    /// Upstreams are reached through a proxy.
    pub has_egress_proxy: bool,
    /// When the spool is full: `drop_oldest`, `refuse_requests` or `unknown`.
    pub when_full: String,
    /// Events outlive the process.
    pub has_spool_directory: bool,
}

/// Since the start of the instance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InstanceCounters {
    /// Turns.
    pub requests: u64,
    /// Turns in which something was masked.
    pub masked: u64,
    /// Turns that were refused for what they held.
    pub blocked: u64,
    /// Turns that failed.
    pub errors: u64,
    /// Streams now.
    pub active_streams: u64,
    /// Sockets now.
    pub active_sockets: u64,
    /// Events that no place was left for.
    pub events_dropped: u64,
}

/// Events that are not delivered yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Spool {
    /// How many.
    pub events: u64,
    /// Their bytes.
    pub bytes: u64,
    /// How many bytes there may be.
    pub limit_bytes: u64,
    /// Age of the oldest.
    pub oldest_age_ms: u64,
}
