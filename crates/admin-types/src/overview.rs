//! Sums, mixes and series.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// `GET /overview`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Overview {
    /// Where the window begins, in whole minutes.
    pub from: String,
    /// Where it ends.
    pub to: String,
    /// Of the window.
    pub totals: Totals,
    /// Of the window as long right before.
    pub previous: Totals,
    /// Percentiles of durations.
    pub latency_us: Latencies,
    /// Turns by `surface`, `upstream`, `model` and `outcome`, values by `entity_type` and `action`; the largest first.
    pub mixes: BTreeMap<String, Vec<Mix>>,
    /// The same of the window before.
    pub previous_mixes: BTreeMap<String, Vec<Mix>>,
}

/// Sums of a window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Totals {
    /// Turns.
    pub requests: u64,
    /// Turns in which something was masked.
    pub masked: u64,
    /// Turns that were refused for what they held.
    pub blocked: u64,
    /// Turns that failed.
    pub errors: u64,
    /// Values that were masked.
    pub values_masked: u64,
    /// Tokens of requests.
    pub input_tokens: u64,
    /// Tokens of answers.
    pub output_tokens: u64,
}

/// Percentiles of durations in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Latencies {
    /// What masking added.
    pub added: Percentiles,
    /// The whole turn.
    pub total: Percentiles,
}

/// None without a turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Percentiles {
    /// Half of them took no longer.
    pub p50: Option<u64>,
    /// 95 of 100 took no longer.
    pub p95: Option<u64>,
    /// 99 of 100 took no longer.
    pub p99: Option<u64>,
}

/// A part of a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mix {
    /// Which; `other` for all that are not shown.
    pub key: String,
    /// How many.
    pub count: u64,
}

/// `GET /series`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Series {
    /// As it was asked for.
    pub metric: String,
    /// How long a bucket is.
    pub bucket_seconds: u64,
    /// One for each bucket in which something happened, in order.
    pub points: Vec<Point>,
    /// Buckets from here on are still running.
    pub complete_until: String,
}

/// One bucket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Point {
    /// When it begins.
    pub t: String,
    /// By key; the key is `all` for a series that is not split.
    pub values: BTreeMap<String, u64>,
}

/// `GET /detectors`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Detectors {
    /// The largest first.
    pub items: Vec<DetectorItem>,
    /// Always none: all that fit are there.
    pub next_cursor: Option<String>,
    /// Placeholders of answers that no value belongs to.
    pub unresolved_placeholders: u64,
    /// How long a bucket of `points` is.
    pub bucket_seconds: u64,
    /// Values by detector over time.
    pub points: Vec<Point>,
    /// Values by entity type over time.
    pub types: Vec<Point>,
    /// Values by action over time.
    pub actions: Vec<Point>,
    /// Buckets from here on are still running.
    pub complete_until: String,
    /// Set when filters made it read events, and there were too many.
    pub partial: Option<Partial>,
}

/// What a detector found of a type, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DetectorItem {
    /// `EMAIL`, `PERSON`, ...
    pub entity_type: String,
    /// `allow`, `mask`, `block` or `route_local`.
    pub action: String,
    /// Name of the detector.
    pub detector: String,
    /// Values.
    pub count: u64,
    /// Of all values, in thousandths.
    pub permille: u64,
}

/// Who asked, and how much.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CallerItem {
    /// Keyed hash of who asked.
    pub caller_id: String,
    /// Sums of the window.
    pub totals: Totals,
    /// Values that were found.
    pub detections: u64,
    /// When the newest minute, hour or day begins in which it asked: short windows tell it to the minute.
    pub last_seen: String,
    /// Its turns over the window, in equal parts of it.
    pub activity: Vec<u64>,
}

/// `GET /dashboard`: all that the console's first screen shows, in one answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Dashboard {
    /// The time at the control plane.
    pub now: String,
    /// Totals, percentiles and mixes, also by `caller` and `instance`; `blocked_caller` counts refused turns by caller.
    pub overview: Overview,
    /// Percentiles of the window before.
    pub previous_latency_us: Latencies,
    /// How long a bucket is.
    pub bucket_seconds: u64,
    /// Buckets from here on are still running.
    pub complete_until: String,
    /// Turns by outcome over time.
    pub outcomes: Vec<Point>,
    /// Sums over time.
    pub totals: Vec<TotalsPoint>,
    /// Percentiles over time.
    pub latencies: Vec<LatencyPoint>,
    /// Values by entity type and action, the largest first.
    pub found: Vec<Found>,
    /// The same of the window before.
    pub previous_found: Vec<Found>,
    /// The newest turns of the window that were refused.
    pub blocked: Vec<crate::EventItem>,
    /// There is an event at all, of whatever time.
    pub has_events: bool,
    /// Set when filters made it read events, and there were too many.
    pub partial: Option<Partial>,
}

/// What filters ask for is read from events, and only so many are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Partial {
    /// Numbers are complete from here on.
    pub since: String,
    /// How many events were read.
    pub events: u64,
}

/// Sums of one bucket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TotalsPoint {
    /// When it begins.
    pub t: String,
    /// Its sums.
    pub totals: Totals,
}

/// Percentiles of one bucket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LatencyPoint {
    /// When it begins.
    pub t: String,
    /// Microseconds.
    pub latency_us: Latencies,
}

/// Values of a type, and what became of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Found {
    /// `EMAIL`, `PERSON`, ...
    pub entity_type: String,
    /// `allow`, `mask`, `block` or `route_local`.
    pub action: String,
    /// Values.
    pub count: u64,
}
