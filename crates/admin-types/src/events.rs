//! Audit events.

use serde::{Deserialize, Serialize};

/// One turn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventItem {
    /// Id of the event.
    pub event_id: String,
    /// Of the instance that saw it.
    pub instance_id: String,
    /// When it began.
    pub occurred_at: String,
    /// Keyed hash of who asked.
    pub caller_id: String,
    /// `openai.chat`, `openai.responses`, `anthropic.messages`, ...
    pub surface: String,
    /// Name of the destination.
    pub upstream: String,
    /// Name of the model, or `<redacted>`.
    pub model: String,
    /// `json`, `sse` or `websocket`.
    pub transport: String,
    /// `forwarded`, `masked`, `blocked`, `routed_local`, `upstream_error`, `gateway_error` or `cancelled`.
    pub outcome: String,
    /// The HTTP status that the caller got.
    pub status: u16,
    /// Stable code of the gateway's error, if it answered one.
    pub error_code: Option<String>,
    /// Microseconds.
    pub durations: Durations,
    /// Bytes of the request.
    pub request_bytes: u64,
    /// Bytes of the answer.
    pub response_bytes: u64,
    /// What was found.
    pub detections: Vec<Detection>,
    /// Placeholders that were put in.
    pub placeholders_issued: u64,
    /// Values that were put back.
    pub rehydrations: u64,
    /// Placeholders of the answer that no value belongs to.
    pub unresolved_placeholders: u64,
    /// Where something was found.
    pub touched: Vec<Touched>,
    /// How many more places there were.
    pub touched_omitted: u64,
    /// Tokens as the provider reported them.
    pub usage: TokenUsage,
    /// Digest of the policy in force.
    pub policy_revision: String,
}

/// Microseconds; none where the turn did not get that far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Durations {
    /// Masking the request.
    pub masking_us: Option<u64>,
    /// Until the provider's first byte.
    pub upstream_first_byte_us: Option<u64>,
    /// All of it.
    pub total_us: u64,
}

/// How often what was found, and by whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Detection {
    /// `EMAIL`, `PERSON`, ...
    pub entity_type: String,
    /// `allow`, `mask`, `block` or `route_local`.
    pub action: String,
    /// Name of the detector.
    pub detector: String,
    /// How often.
    pub count: u64,
}

/// A place: indices as `[]`, keys outside the surface's schema as `*`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Touched {
    /// `messages[].content`.
    pub path: String,
    /// What was found there.
    pub entity_type: String,
    /// What became of it.
    pub action: String,
}

/// Tokens as the provider reported them; none where it did not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenUsage {
    /// Of the request.
    pub input_tokens: Option<u64>,
    /// Of the answer.
    pub output_tokens: Option<u64>,
    /// Of the request, those that its cache had.
    pub cached_input_tokens: Option<u64>,
}

/// A `tick` of `GET /live`: the minute that is running.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LiveTick {
    /// Now.
    pub at: String,
    /// When the minute began.
    pub minute: String,
    /// Turns of it so far.
    pub requests: u64,
    /// Those in which something was masked.
    pub masked: u64,
    /// Those that were refused for what they held.
    pub blocked: u64,
    /// Those that failed.
    pub errors: u64,
    /// Events since the last tick that are not shown one by one: there were too many.
    pub omitted: u64,
}
