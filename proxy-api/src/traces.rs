//! Traces for an OpenTelemetry collector: a span for each turn and its steps, made from the turn's record when it has
//! ended. They hold what audit events hold, no content; trace context is taken and given on only where that is configured.

mod context;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use http::HeaderMap;
use llm_wire::Surface;
use opentelemetry::trace::{Span as _, SpanBuilder, SpanKind, Status, TraceContextExt as _};
use opentelemetry::{Context, KeyValue};
use telemetry::{Collector, Ids, Sender, Spans};
use uuid::Uuid;

use crate::audit::{Event, Outcome};
use crate::config::{self, Api};
use crate::surface;

pub(crate) use context::Place;

/// Makes the spans.
#[derive(Clone)]
pub(crate) struct Traces {
    spans: Spans,
    rules: Arc<config::TraceContext>,
}

/// When the steps of a turn began, from its start.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Steps {
    pub(crate) received: Option<Duration>,
    pub(crate) sent: Option<Duration>,
}

impl Traces {
    /// `None` where nothing is traced. To be called where a runtime is.
    pub(crate) fn start(config: &config::Config, instance: Uuid) -> anyhow::Result<Option<Self>> {
        let Some(collector) = &config.telemetry.otlp_endpoint else {
            return Ok(None);
        };
        let sender = Sender {
            service: "bauta-proxy",
            version: env!("CARGO_PKG_VERSION"),
            instance: instance.to_string(),
        };
        let collector = Collector {
            address: &collector.to_string(),
            sample_ratio: config.telemetry.sample_ratio,
        };
        let spans = Spans::start(collector, &sender).context("telemetry.otlp_endpoint")?;
        Ok(Some(Self {
            spans,
            rules: Arc::new(config.trace_context.clone()),
        }))
    }

    /// Where a turn with these headers stands.
    pub(crate) fn place(&self, headers: &HeaderMap) -> Place {
        Place::new(&self.rules, &self.spans, headers)
    }

    /// A turn has ended `now`.
    pub(crate) fn turn(&self, event: &Event, place: &Place, steps: Steps, now: Duration) {
        let end = SystemTime::UNIX_EPOCH + now;
        let start = end.checked_sub(event.durations.total).unwrap_or(end);
        let mut attributes = vec![
            KeyValue::new("bauta.turn.id", event.event_id.to_string()),
            KeyValue::new("bauta.surface", surface::name(event.surface)),
            KeyValue::new("bauta.upstream", event.upstream.to_string()),
            KeyValue::new("bauta.outcome", event.outcome.name()),
            KeyValue::new("bauta.placeholders", number(event.placeholders_issued)),
            KeyValue::new("http.response.status_code", i64::from(event.status)),
        ];
        if let Some(code) = event.error_code {
            attributes.push(KeyValue::new("error.type", code));
        }
        let turn = SpanBuilder::from_name("turn")
            .with_kind(SpanKind::Server)
            .with_start_time(start)
            .with_attributes(attributes);
        let turn = self.spans.make(turn, &place.parent(), place.turn());
        if !turn.span_context().is_sampled() {
            return;
        }
        let context = Context::new().with_span(turn);
        if let Some(received) = steps.received {
            self.step(&context, "receive", start, start + received);
            if let Some(masking) = event.durations.masking {
                let masked = start + received + masking;
                self.step(&context, "mask", start + received, masked.min(end));
            }
        }
        if let (Some(sent), Some(surface)) = (steps.sent, event.surface) {
            let inference = inference(event, surface).with_start_time(start + sent);
            self.spans
                .make(inference, &context, place.inference())
                .end_with_timestamp(end);
        }
        let turn = context.span();
        if is_error(event.outcome) {
            turn.set_status(Status::error(event.error_code.unwrap_or_default()));
        }
        turn.end_with_timestamp(end);
    }

    fn step(&self, turn: &Context, name: &'static str, start: SystemTime, end: SystemTime) {
        let step = SpanBuilder::from_name(name)
            .with_kind(SpanKind::Internal)
            .with_start_time(start);
        self.spans
            .make(step, turn, Ids::default())
            .end_with_timestamp(end);
    }

    /// Sends what is left; waits for the collector, some seconds at most.
    pub(crate) fn end(&self) {
        self.spans.end();
    }
}

/// What the provider did, in the words of
/// <https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/>.
fn inference(event: &Event, surface: Surface) -> SpanBuilder {
    let operation = operation(surface);
    let model = event.model.as_str();
    let mut attributes = vec![
        KeyValue::new("gen_ai.operation.name", operation),
        KeyValue::new("gen_ai.provider.name", provider(surface)),
        KeyValue::new("gen_ai.request.model", model.to_owned()),
    ];
    let usage = [
        ("gen_ai.usage.input_tokens", event.usage.input_tokens),
        ("gen_ai.usage.output_tokens", event.usage.output_tokens),
    ];
    let told = usage
        .into_iter()
        .filter_map(|(name, tokens)| Some((name, tokens?)));
    attributes.extend(told.map(|(name, tokens)| KeyValue::new(name, number(tokens))));
    SpanBuilder::from_name(format!("{operation} {model}"))
        .with_kind(SpanKind::Client)
        .with_attributes(attributes)
}

fn is_error(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::UpstreamError | Outcome::GatewayError)
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

const fn operation(surface: Surface) -> &'static str {
    match surface {
        Surface::OpenAiChat | Surface::OpenAiResponses | Surface::AnthropicMessages => "chat",
        Surface::OpenAiEmbeddings => "embeddings",
        Surface::OpenAiCompletions => "text_completion",
    }
}

const fn provider(surface: Surface) -> &'static str {
    match surface::api(surface) {
        Api::Openai => "openai",
        Api::Anthropic => "anthropic",
    }
}
