//! One turn without its content: enumerations, counts, durations, sanitised paths and bounded ids.

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use llm_wire::Surface;
use masking::{Action, EntityType};
use serde::{Serialize, Serializer};
use uuid::Uuid;

use crate::caller::CallerId;
use crate::surface;

/// Paths have no indices: a request with more different ones is not told better by more of them.
const MAX_TOUCHED: usize = 32;
/// A deeper path is one of the caller's own JSON, whose end says little; it ends in `...`.
const MAX_PATH: usize = 256;
/// As long as a model's id in a path may be.
const MAX_MODEL: usize = 128;
const REDACTED: &str = "<redacted>";

/// How a turn ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    Forwarded,
    Masked,
    Blocked,
    RoutedLocal,
    UpstreamError,
    GatewayError,
    Cancelled,
}

impl Outcome {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Forwarded => "forwarded",
            Self::Masked => "masked",
            Self::Blocked => "blocked",
            Self::RoutedLocal => "routed_local",
            Self::UpstreamError => "upstream_error",
            Self::GatewayError => "gateway_error",
            Self::Cancelled => "cancelled",
        }
    }
}

/// How the answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Transport {
    Json,
    Sse,
    Websocket,
}

/// A model's name, when it looks like one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Model(String);

impl Model {
    /// `[A-Za-z0-9._:/@-]{1,128}`, anything else is `<redacted>`. A name in which something private was found
    /// must not come here; what does is shown where [`Models`](super::Models) say so.
    pub(crate) fn bounded(name: &str) -> Self {
        let plain = (1..=MAX_MODEL).contains(&name.len())
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b':' | b'/' | b'@' | b'-'));
        if plain {
            Self(name.to_owned())
        } else {
            Self::redacted()
        }
    }

    pub(crate) fn redacted() -> Self {
        Self(REDACTED.to_owned())
    }

    /// Neither left out nor redacted.
    pub(super) fn is_a_name(&self) -> bool {
        !self.0.is_empty() && self.0 != REDACTED
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Durations of the parts of a turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Durations {
    #[serde(
        rename = "masking_us",
        serialize_with = "optional_micros",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) masking: Option<Duration>,
    #[serde(
        rename = "upstream_first_byte_us",
        serialize_with = "optional_micros",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) upstream_first_byte: Option<Duration>,
    #[serde(rename = "total_us", serialize_with = "as_micros")]
    pub(crate) total: Duration,
}

pub(super) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn as_micros<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(micros(*duration))
}

#[expect(clippy::ref_option, reason = "serde calls it with a reference to the field")]
fn optional_micros<S: Serializer>(duration: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    duration.map(micros).serialize(serializer)
}

/// How often what was found, and by whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct DetectionCount {
    #[serde(serialize_with = "as_text")]
    pub(crate) entity_type: EntityType,
    #[serde(serialize_with = "action_name")]
    pub(crate) action: Action,
    #[serde(serialize_with = "as_text")]
    pub(crate) detector: Arc<str>,
    pub(crate) count: u64,
}

fn as_text<T: Display, S: Serializer>(text: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(text)
}

fn action_name<S: Serializer>(action: &Action, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(action.name())
}

/// A place where something was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct TouchedPath {
    pub(crate) path: String,
    #[serde(serialize_with = "as_text")]
    pub(crate) entity_type: EntityType,
    #[serde(serialize_with = "action_name")]
    pub(crate) action: Action,
}

/// A bounded set of places, plus how many more there were.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Touches {
    pub(crate) paths: Vec<TouchedPath>,
    pub(crate) omitted: u64,
}

impl Touches {
    /// Whether another place would still be shown.
    pub(crate) fn has_room(&self) -> bool {
        self.paths.len() < MAX_TOUCHED
    }

    /// Adds a place once.
    pub(crate) fn add(&mut self, mut touched: TouchedPath) {
        if touched.path.len() > MAX_PATH {
            let mut end = MAX_PATH;
            while !touched.path.is_char_boundary(end) {
                end -= 1;
            }
            touched.path.truncate(end);
            touched.path.push_str("...");
        }
        if self.paths.contains(&touched) {
            return;
        }
        if self.has_room() {
            self.paths.push(touched);
        } else {
            self.omitted += 1;
        }
    }
}

/// Tokens as the provider reported them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct TokenUsage {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) input_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) output_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cached_input_tokens: Option<u64>,
}

/// The record of one turn.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Event {
    pub(crate) event_id: Uuid,
    pub(crate) instance_id: Uuid,
    pub(crate) occurred_at_ms: u64,
    pub(crate) caller_id: CallerId,
    #[serde(serialize_with = "surface_name")]
    pub(crate) surface: Option<Surface>,
    #[serde(serialize_with = "as_text")]
    pub(crate) upstream: Arc<str>,
    pub(crate) model: Model,
    pub(crate) transport: Transport,
    pub(crate) outcome: Outcome,
    pub(crate) status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error_code: Option<&'static str>,
    pub(crate) durations: Durations,
    pub(crate) request_bytes: u64,
    pub(crate) response_bytes: u64,
    pub(crate) detections: Vec<DetectionCount>,
    pub(crate) placeholders_issued: u64,
    pub(crate) rehydrations: u64,
    pub(crate) unresolved_placeholders: u64,
    pub(crate) touched: Vec<TouchedPath>,
    pub(crate) touched_omitted: u64,
    pub(crate) usage: TokenUsage,
    #[serde(serialize_with = "as_text")]
    pub(crate) policy_revision: Arc<str>,
}

#[expect(clippy::ref_option, reason = "serde calls it with a reference to the field")]
fn surface_name<S: Serializer>(surface: &Option<Surface>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(surface::name(*surface))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn touched(path: &str) -> TouchedPath {
        TouchedPath {
            path: path.to_owned(),
            entity_type: EntityType::Email,
            action: Action::Mask,
        }
    }

    #[test]
    fn models_are_bounded() {
        assert_eq!(
            Model::bounded("meta-llama/llama-4:free").as_str(),
            "meta-llama/llama-4:free"
        );
        for bad in ["", "Alice Smith", "模型", &"m".repeat(129)] {
            assert_eq!(Model::bounded(bad).as_str(), "<redacted>");
        }
    }

    #[test]
    fn touched_places_are_bounded() {
        let mut touches = Touches::default();
        for n in 0..40 {
            touches.add(touched(&format!("messages[].{n}")));
            touches.add(touched(&format!("messages[].{n}")));
        }
        assert_eq!((touches.paths.len(), touches.omitted), (MAX_TOUCHED, 16));
        let mut long = Touches::default();
        long.add(touched(&"[]".repeat(1000)));
        assert!(long.paths[0].path.len() <= MAX_PATH + 3);
    }
}
