//! `GET /events/export`: the same filters, streamed page by page, bounded.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::stream;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};

use super::App;
use super::actor::Actor;
use super::events::{FILTERS, filter, item};
use super::parameters::Parameters;
use super::problem::Problem;
use crate::store::StoreError;
use crate::store::events::{Filter, Position};

/// Rows of an export; a note says when there were more.
const MAX_ROWS: usize = 100_000;
const PAGE: u32 = 500;

const COLUMNS: &str = "event_id,occurred_at,instance_id,caller_id,surface,upstream,model,transport,outcome,status,\
                       error_code,masking_us,upstream_first_byte_us,total_us,request_bytes,response_bytes,detections,\
                       placeholders_issued,rehydrations,unresolved_placeholders,input_tokens,output_tokens,\
                       policy_revision\n";

#[derive(Clone, Copy)]
enum Format {
    Csv,
    JsonLines,
}

impl Format {
    fn of(name: &str) -> Option<Self> {
        match name {
            "csv" => Some(Self::Csv),
            "jsonl" => Some(Self::JsonLines),
            _ => None,
        }
    }

    const fn head(self) -> &'static str {
        match self {
            Self::Csv => COLUMNS,
            Self::JsonLines => "",
        }
    }

    const fn note(self) -> &'static str {
        match self {
            Self::Csv => "# incomplete: there are more than 100000 events; narrow the filters\n",
            Self::JsonLines => {
                "{\"note\":\"incomplete: there are more than 100000 events; narrow the filters\"}\n"
            }
        }
    }

    const fn headers(self) -> [(http::HeaderName, &'static str); 2] {
        let (kind, file) = match self {
            Self::Csv => (
                "text/csv; charset=utf-8",
                "attachment; filename=\"bauta-events.csv\"",
            ),
            Self::JsonLines => ("application/jsonl", "attachment; filename=\"bauta-events.jsonl\""),
        };
        [(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, file)]
    }
}

/// Events as a file, the newest first.
#[utoipa::path(get, path = "/events/export", tag = "traffic", params(
    ("format" = String, Query, pattern = "^(csv|jsonl)$"),
    ("from" = Option<String>, Query, format = DateTime, description = "RFC 3339"),
    ("to" = Option<String>, Query, format = DateTime, description = "RFC 3339"),
    ("outcome" = Option<String>, Query, pattern = "^(forwarded|masked|blocked|routed_local|upstream_error|gateway_error|cancelled)$"), ("surface" = Option<String>, Query, pattern = "^(openai\\.(chat|responses|embeddings|completions)|anthropic\\.messages|pass_through)$"),
    ("upstream" = Option<String>, Query, pattern = "^(<redacted>|[A-Za-z0-9._:/@-]{1,128})$"), ("model" = Option<String>, Query, pattern = "^(<redacted>|[A-Za-z0-9._:/@-]{1,128})$"),
    ("entity_type" = Option<String>, Query, pattern = "^(<redacted>|[A-Z0-9_:]{1,72})$"), ("action" = Option<String>, Query, pattern = "^(allow|mask|block|route_local)$"),
    ("caller" = Option<String>, Query, pattern = "^[0-9a-f]{16}$"), ("instance" = Option<String>, Query, pattern = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"),
    ("status" = Option<u16>, Query), ("code" = Option<String>, Query, pattern = "^(<redacted>|[A-Za-z0-9._:/@-]{1,128})$"),
), responses(
    (status = 200, content((String = "text/csv"), (String = "application/jsonl")),
        description = "At most 100000 rows; a last line says when there were more."),
    (status = 400, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 401, body = admin_types::Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn export(
    State(app): State<Arc<App>>,
    actor: Actor,
    parameters: Parameters,
) -> Result<Response, Problem> {
    const EXPECTED: &str = "Expected csv or jsonl.";
    let mut allowed = vec!["format"];
    allowed.extend(FILTERS);
    let parameters = parameters.only(&allowed)?;
    let format = parameters
        .parsed("format", EXPECTED, Format::of)?
        .ok_or_else(|| Problem::parameter("format", EXPECTED))?;
    let filter = filter(&parameters)?;
    app.logged(&actor, "events.export", None).await;
    let rows = stream::unfold(Progress::Head, move |progress| {
        let (app, filter) = (Arc::clone(&app), filter.clone());
        async move { progress.step(&app, &filter, format).await }
    });
    Ok((format.headers(), Body::from_stream(rows)).into_response())
}

/// How far an export is.
enum Progress {
    Head,
    Rows { before: Option<Position>, left: usize },
    Done,
}

type Step = Option<(Result<Bytes, StoreError>, Progress)>;

impl Progress {
    async fn step(self, app: &App, filter: &Filter, format: Format) -> Step {
        let (before, left) = match self {
            Self::Done => return None,
            Self::Head => {
                let rows = Self::Rows {
                    before: None,
                    left: MAX_ROWS,
                };
                return Some((Ok(Bytes::from_static(format.head().as_bytes())), rows));
            }
            Self::Rows { before, left } => (before, left),
        };
        let events = match app.store.events(filter, before, PAGE).await {
            Ok(events) => events,
            // The connection breaks: a file that ends early must not look complete.
            Err(error) => return Some((Err(error), Self::Done)),
        };
        let mut text = String::new();
        for event in events.iter().take(left) {
            write_row(&mut text, format, &item(event));
        }
        let next = match events.last() {
            _ if events.len() > left => {
                text.push_str(format.note());
                Self::Done
            }
            Some(last) if events.len() == PAGE as usize => Self::Rows {
                before: Some(Position::of(last)),
                left: left - events.len(),
            },
            _ => Self::Done,
        };
        Some((Ok(text.into()), next))
    }
}

fn write_row(text: &mut String, format: Format, event: &admin_types::EventItem) {
    match format {
        Format::JsonLines => text.push_str(&serde_json::to_string(event).unwrap_or_default()),
        Format::Csv => text.push_str(&csv_row(event)),
    }
    text.push('\n');
}

/// No field can hold a comma, a quote or a line break but detections, which are put in quotes; and none begins with what a
/// spreadsheet takes for a formula.
fn csv_row(event: &admin_types::EventItem) -> String {
    let optional = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    let detections: Vec<String> = event
        .detections
        .iter()
        .map(|found| {
            format!(
                "{} {} {} {}",
                found.entity_type, found.action, found.detector, found.count
            )
        })
        .collect();
    [
        event.event_id.clone(),
        event.occurred_at.clone(),
        event.instance_id.clone(),
        event.caller_id.clone(),
        event.surface.clone(),
        event.upstream.clone(),
        guarded(&event.model),
        event.transport.clone(),
        event.outcome.clone(),
        event.status.to_string(),
        event.error_code.as_deref().map(guarded).unwrap_or_default(),
        optional(event.durations.masking_us),
        optional(event.durations.upstream_first_byte_us),
        event.durations.total_us.to_string(),
        event.request_bytes.to_string(),
        event.response_bytes.to_string(),
        format!("\"{}\"", detections.join("; ")),
        event.placeholders_issued.to_string(),
        event.rehydrations.to_string(),
        event.unresolved_placeholders.to_string(),
        optional(event.usage.input_tokens),
        optional(event.usage.output_tokens),
        event.policy_revision.clone(),
    ]
    .join(",")
}

/// `@` and `-` begin a formula (OWASP, CSV injection), and a model's name may begin with them.
fn guarded(text: &str) -> String {
    if text.starts_with(['@', '-']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;
    use crate::event::tests::{NOW, sample};

    #[test]
    fn a_row_has_every_column() {
        let mut message = sample(1, 7);
        message.model = "@sum".to_owned();
        let event = Event::parse(message, uuid::Uuid::from_u128(7), NOW).unwrap();
        let row = csv_row(&item(&event));
        assert_eq!(row.split(',').count(), COLUMNS.split(',').count());
        assert!(row.contains(",'@sum,"));
    }
}
