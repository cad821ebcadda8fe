//! `GET /events` and `GET /events/{id}`.

use std::sync::Arc;

use admin_types::{Detection, Durations, EventItem, Page, TokenUsage, Touched};
use axum::Json;
use axum::extract::State;
use data_encoding::BASE64URL_NOPAD;
use uuid::Uuid;

use super::App;
use super::actor::Actor;
use super::parameters::{Id, Parameters, is_id};
use super::problem::Problem;
use crate::clock::Moment;
use crate::event::{
    Event, action_name, is_filter_text, is_filter_type, is_hex, outcome_name, surface_name, transport_name,
    value_of,
};
use crate::store::events::{Filter, Position};

pub(super) const FILTERS: [&str; 12] = [
    "from",
    "to",
    "outcome",
    "surface",
    "upstream",
    "model",
    "entity_type",
    "action",
    "caller",
    "instance",
    "status",
    "code",
];

/// Events, the newest first.
#[utoipa::path(get, operation_id = "events", path = "/events", tag = "traffic", params(
    ("cursor" = Option<String>, Query, pattern = "^[A-Za-z0-9_-]{32}$", description = "`next_cursor` of the page before"),
    ("limit" = Option<u32>, Query, minimum = 1, maximum = 500, description = "By default 100"),
    ("from" = Option<String>, Query, format = DateTime, description = "RFC 3339"),
    ("to" = Option<String>, Query, format = DateTime, description = "RFC 3339"),
    ("outcome" = Option<String>, Query, pattern = "^(forwarded|masked|blocked|routed_local|upstream_error|gateway_error|cancelled)$"), ("surface" = Option<String>, Query, pattern = "^(openai\\.(chat|responses|embeddings|completions)|anthropic\\.messages|pass_through)$"),
    ("upstream" = Option<String>, Query, pattern = "^(<redacted>|[A-Za-z0-9._:/@-]{1,128})$"), ("model" = Option<String>, Query, pattern = "^(<redacted>|[A-Za-z0-9._:/@-]{1,128})$"),
    ("entity_type" = Option<String>, Query, pattern = "^(<redacted>|[A-Z0-9_:]{1,72})$"), ("action" = Option<String>, Query, pattern = "^(allow|mask|block|route_local)$"),
    ("caller" = Option<String>, Query, pattern = "^[0-9a-f]{16}$"), ("instance" = Option<String>, Query, pattern = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"),
    ("status" = Option<u16>, Query), ("code" = Option<String>, Query, pattern = "^(<redacted>|[A-Za-z0-9._:/@-]{1,128})$"),
), responses(
    (status = 200, body = Page<EventItem>),
    (status = 400, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 401, body = admin_types::Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    _: Actor,
    parameters: Parameters,
) -> Result<Json<Page<EventItem>>, Problem> {
    let mut allowed = vec!["cursor", "limit"];
    allowed.extend(FILTERS);
    let parameters = parameters.only(&allowed)?;
    let limit = parameters.limit()?;
    let filter = filter(&parameters)?;
    let before = parameters.parsed("cursor", "Expected the next_cursor of another page.", position)?;
    // One more than asked for says whether there is another page.
    let mut events = app.store.events(&filter, before, limit + 1).await?;
    let has_more = events.len() > limit as usize;
    events.truncate(limit as usize);
    let last = events.last().filter(|_| has_more);
    let next_cursor = last.map(|event| cursor(Position::of(event)));
    Ok(Json(Page {
        items: events.iter().map(item).collect(),
        next_cursor,
    }))
}

/// One event.
#[utoipa::path(get, operation_id = "event", path = "/events/{id}", tag = "traffic", params(("id" = Uuid, Path)), responses(
    (status = 200, body = EventItem),
    (status = 400, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 401, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 404, body = admin_types::Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn one(
    State(app): State<Arc<App>>,
    _: Actor,
    parameters: Parameters,
    Id(id): Id,
) -> Result<Json<EventItem>, Problem> {
    parameters.only(&[])?;
    let event = app.store.event(id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(item(&event)))
}

/// What the parameters ask for.
pub(super) fn filter(parameters: &Parameters) -> Result<Filter, Problem> {
    const PLAIN: &str = "Expected a name as events have it.";
    let (from, to) = (parameters.time("from")?, parameters.time("to")?);
    if from.zip(to).is_some_and(|(from, to)| from >= to) {
        return Err(Problem::parameter("from", "The range ends before it begins."));
    }
    let text =
        |name: &str| parameters.parsed(name, PLAIN, |text| is_filter_text(text).then(|| text.to_owned()));
    Ok(Filter {
        from,
        to,
        outcome: parameters.parsed(
            "outcome",
            "Expected forwarded, masked, blocked, routed_local, upstream_error, gateway_error or cancelled.",
            |text| value_of(text, outcome_name),
        )?,
        surface: parameters.parsed(
            "surface",
            "Expected openai.chat, openai.responses, anthropic.messages, openai.embeddings, openai.completions or \
             pass_through.",
            |text| value_of(text, surface_name),
        )?,
        upstream: text("upstream")?,
        model: text("model")?,
        entity_type: parameters.parsed("entity_type", "Expected a type such as EMAIL.", |text| {
            is_filter_type(text).then(|| text.to_owned())
        })?,
        action: parameters.parsed("action", "Expected allow, mask, block or route_local.", |text| {
            value_of(text, action_name).map(action_name)
        })?,
        caller: parameters.parsed("caller", "Expected 16 hex digits.", |text| {
            is_hex(text, 16).then(|| text.to_owned())
        })?,
        instance: parameters.parsed("instance", "Expected a lower-case UUID.", is_id)?,
        status: parameters.number("status", "Expected an HTTP status.")?,
        code: text("code")?,
    })
}

fn cursor(position: Position) -> String {
    let mut bytes = position.at.0.to_be_bytes().to_vec();
    bytes.extend(position.id.as_bytes());
    BASE64URL_NOPAD.encode(&bytes)
}

fn position(text: &str) -> Option<Position> {
    let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
    let (at, id) = bytes.split_at_checked(8)?;
    Some(Position {
        at: Moment(i64::from_be_bytes(at.try_into().ok()?)),
        id: Uuid::from_slice(id).ok()?,
    })
}

/// As the API writes an event.
pub(super) fn item(event: &Event) -> EventItem {
    let message = &event.message;
    let durations = message.durations.unwrap_or_default();
    let usage = message.usage.unwrap_or_default();
    let detections = message.detections.iter().map(|found| Detection {
        entity_type: found.entity_type.clone(),
        action: action_name(found.action).to_owned(),
        detector: found.detector.clone(),
        count: found.count,
    });
    let touched = message.touched.iter().map(|touched| Touched {
        path: touched.path.clone(),
        entity_type: touched.entity_type.clone(),
        action: action_name(touched.action).to_owned(),
    });
    EventItem {
        event_id: event.event_id.to_string(),
        instance_id: event.instance_id.to_string(),
        occurred_at: event.occurred_at.to_text(),
        caller_id: message.caller_id.clone(),
        surface: surface_name(message.surface).to_owned(),
        upstream: message.upstream.clone(),
        model: message.model.clone(),
        transport: transport_name(message.transport).to_owned(),
        outcome: outcome_name(message.outcome).to_owned(),
        status: u16::try_from(message.status).unwrap_or_default(),
        error_code: Some(message.error_code.clone()).filter(|code| !code.is_empty()),
        durations: Durations {
            masking_us: durations.masking_us,
            upstream_first_byte_us: durations.upstream_first_byte_us,
            total_us: durations.total_us,
        },
        request_bytes: message.request_bytes,
        response_bytes: message.response_bytes,
        detections: detections.collect(),
        placeholders_issued: message.placeholders_issued,
        rehydrations: message.rehydrations,
        unresolved_placeholders: message.unresolved_placeholders,
        touched: touched.collect(),
        touched_omitted: message.touched_omitted,
        usage: TokenUsage {
            input_tokens: usage.input_tokens,
            output_tokens: usage.output_tokens,
            cached_input_tokens: usage.cached_input_tokens,
        },
        policy_revision: message.policy_revision.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_come_back() {
        let here = Position {
            at: Moment(1_790_000_000_123),
            id: Uuid::from_u128(42),
        };
        assert_eq!(position(&cursor(here)), Some(here));
        for bad in ["", "AAAA", "'; DROP TABLE events; --", &"A".repeat(64)] {
            assert_eq!(position(bad), None, "{bad}");
        }
    }
}
