//! An audit event as it is stored: parsed at the edge, and free of anything that is not in a bounded grammar, whoever
//! sent it.

use proto::audit_v1::{Action, AuditEvent, Outcome, Surface, Transport};
use thiserror::Error;
use uuid::Uuid;

use crate::clock::Moment;

/// What stands for a text outside its grammar.
pub(crate) const REDACTED: &str = "<redacted>";

const MAX_DETECTIONS: usize = 256;
const MAX_TOUCHED: usize = 32;
const MAX_PATH: usize = 260;
/// Values of a turn, of all types together: a request has room for no more.
const MAX_VALUES: u64 = 1_000_000;
/// Tokens of a turn: no model has room for a thousandth of it.
const MAX_TOKENS: u64 = 1_000_000_000;
/// A clock that is further ahead is wrong: charts and retention go by ours then.
const MAX_AHEAD_MS: i64 = 10 * 60 * 1000;
/// 2026: no instance is older. A machine that does not know the time yet says 1970, and retention would take its events
/// at once.
const EARLIEST_MS: i64 = 1_767_225_600_000;

/// An event that cannot be stored, nor ever will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum InvalidEvent {
    #[error("an event's id is not a UUID")]
    Id,
    #[error("the event is of another instance than the token")]
    Instance,
}

/// One turn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Event {
    pub(crate) event_id: Uuid,
    pub(crate) instance_id: Uuid,
    pub(crate) occurred_at: Moment,
    /// The fields that have no column; bounded like the rest.
    pub(crate) message: AuditEvent,
}

impl Event {
    /// Takes what `instance` sent at `now`. Texts outside their grammar are replaced, numbers clamped.
    pub(crate) fn parse(mut message: AuditEvent, instance: Uuid, now: Moment) -> Result<Self, InvalidEvent> {
        let event_id = Uuid::from_slice(&message.event_id).map_err(|_| InvalidEvent::Id)?;
        let instance_id = Uuid::from_slice(&message.instance_id).map_err(|_| InvalidEvent::Id)?;
        if instance_id != instance {
            return Err(InvalidEvent::Instance);
        }
        let sent = i64::try_from(message.occurred_at_ms).unwrap_or(i64::MAX);
        let occurred_at = if (EARLIEST_MS..=now.0.saturating_add(MAX_AHEAD_MS)).contains(&sent) {
            Moment(sent)
        } else {
            now
        };
        bound(&mut message);
        Ok(Self {
            event_id,
            instance_id,
            occurred_at,
            message,
        })
    }

    pub(crate) fn outcome(&self) -> Outcome {
        self.message.outcome()
    }

    /// `|EMAIL:mask|PHONE:block|`, each once: what filters look for.
    pub(crate) fn detected(&self) -> String {
        let mut seen: Vec<(&str, &str)> = self
            .message
            .detections
            .iter()
            .map(|found| (found.entity_type.as_str(), action_name(found.action)))
            .collect();
        seen.sort_unstable();
        seen.dedup();
        let mut text = String::new();
        for (entity_type, action) in seen {
            text.push('|');
            text.push_str(entity_type);
            text.push(':');
            text.push_str(action);
        }
        if !text.is_empty() {
            text.push('|');
        }
        text
    }
}

fn bound(message: &mut AuditEvent) {
    keep(&mut message.caller_id, |text| is_hex(text, 16));
    keep(&mut message.upstream, is_upstream);
    keep(&mut message.model, is_model);
    keep(&mut message.policy_revision, |text| {
        text.is_empty() || is_hex(text, 16)
    });
    keep(&mut message.error_code, |text| {
        text.is_empty() || is_plain(text, 64)
    });
    message.status = message.status.min(999);
    message.detections.truncate(MAX_DETECTIONS);
    let mut left = MAX_VALUES;
    for found in &mut message.detections {
        keep(&mut found.entity_type, is_entity_type);
        keep(&mut found.detector, |text| is_plain(text, 64));
        found.count = found.count.min(left);
        left -= found.count;
    }
    if message.touched.len() > MAX_TOUCHED {
        let more = message.touched.len() - MAX_TOUCHED;
        message.touched.truncate(MAX_TOUCHED);
        message.touched_omitted = message.touched_omitted.saturating_add(more as u64);
    }
    for touched in &mut message.touched {
        keep(&mut touched.path, is_path);
        keep(&mut touched.entity_type, is_entity_type);
    }
    for number in [
        &mut message.placeholders_issued,
        &mut message.rehydrations,
        &mut message.unresolved_placeholders,
        &mut message.touched_omitted,
    ] {
        *number = (*number).min(MAX_VALUES);
    }
    clamp(&mut message.request_bytes);
    clamp(&mut message.response_bytes);
    if let Some(durations) = &mut message.durations {
        clamp(&mut durations.total_us);
        [&mut durations.masking_us, &mut durations.upstream_first_byte_us]
            .into_iter()
            .flatten()
            .for_each(clamp);
    }
    if let Some(usage) = &mut message.usage {
        [
            &mut usage.input_tokens,
            &mut usage.output_tokens,
            &mut usage.cached_input_tokens,
        ]
        .into_iter()
        .flatten()
        .for_each(|number| *number = (*number).min(MAX_TOKENS));
    }
}

/// A terabyte, or twelve days in microseconds: what is kept for an event and added to no sum.
fn clamp(number: &mut u64) {
    *number = (*number).min(1 << 40);
}

fn keep(text: &mut String, is_allowed: impl Fn(&str) -> bool) {
    if !is_allowed(text) {
        REDACTED.clone_into(text);
    }
}

pub(crate) fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_upstream(text: &str) -> bool {
    (1..=32).contains(&text.len())
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-'))
}

fn is_model(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b':' | b'/' | b'@' | b'-'))
}

/// `[a-z0-9_.-]`.
fn is_plain(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'.' | b'-'))
}

fn is_entity_type(text: &str) -> bool {
    (1..=72).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b'_' | b':'))
}

fn is_path(text: &str) -> bool {
    (1..=MAX_PATH).contains(&text.len())
        && text.bytes().all(|b| {
            b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'[' | b']' | b'*' | b'$' | b'/')
        })
}

/// Names as the API, filters and rollups write them; what a later release adds is `unknown` here.
pub(crate) fn surface_name(value: i32) -> &'static str {
    match Surface::try_from(value) {
        Ok(Surface::OpenaiChat) => "openai.chat",
        Ok(Surface::OpenaiResponses) => "openai.responses",
        Ok(Surface::AnthropicMessages) => "anthropic.messages",
        Ok(Surface::OpenaiEmbeddings) => "openai.embeddings",
        Ok(Surface::OpenaiCompletions) => "openai.completions",
        Ok(Surface::PassThrough) => "pass_through",
        Ok(Surface::Unspecified) | Err(_) => "unknown",
    }
}

pub(crate) fn transport_name(value: i32) -> &'static str {
    match Transport::try_from(value) {
        Ok(Transport::Json) => "json",
        Ok(Transport::Sse) => "sse",
        Ok(Transport::Websocket) => "websocket",
        Ok(Transport::Unspecified) | Err(_) => "unknown",
    }
}

pub(crate) fn outcome_name(value: i32) -> &'static str {
    match Outcome::try_from(value) {
        Ok(Outcome::Forwarded) => "forwarded",
        Ok(Outcome::Masked) => "masked",
        Ok(Outcome::Blocked) => "blocked",
        Ok(Outcome::RoutedLocal) => "routed_local",
        Ok(Outcome::UpstreamError) => "upstream_error",
        Ok(Outcome::GatewayError) => "gateway_error",
        Ok(Outcome::Cancelled) => "cancelled",
        Ok(Outcome::Unspecified) | Err(_) => "unknown",
    }
}

pub(crate) fn action_name(value: i32) -> &'static str {
    match Action::try_from(value) {
        Ok(Action::Allow) => "allow",
        Ok(Action::Mask) => "mask",
        Ok(Action::Block) => "block",
        Ok(Action::RouteLocal) => "route_local",
        Ok(Action::Unspecified) | Err(_) => "unknown",
    }
}

/// The number that has this name; none when no release knew it.
pub(crate) fn value_of(name: &str, name_of: fn(i32) -> &'static str) -> Option<i32> {
    (1..16).find(|value| name != "unknown" && name_of(*value) == name)
}

/// Whether a filter could find something by this text.
pub(crate) fn is_filter_text(text: &str) -> bool {
    text == REDACTED || is_model(text)
}

pub(crate) fn is_filter_type(text: &str) -> bool {
    text == REDACTED || is_entity_type(text)
}

#[cfg(test)]
pub(crate) mod tests;
