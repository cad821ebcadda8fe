//! Traces for an OpenTelemetry collector: a span for each request of an operator and each batch that was stored. They say
//! which route and how it ended, and nothing of parameters, operators or events.

use std::time::{Duration, SystemTime};

use configuration::Telemetry;
use http::{Method, StatusCode};
use opentelemetry::trace::{Span as _, SpanBuilder, SpanKind, Status};
use opentelemetry::{Context, KeyValue};
use telemetry::{Collector, Ids, InvalidCollector, Sender, Spans};
use uuid::Uuid;

/// Makes the spans; none where nothing is traced.
#[derive(Clone, Debug, Default)]
pub(crate) struct Traces(Option<Spans>);

impl Traces {
    /// To be called where a runtime is.
    pub(crate) fn start(config: &Telemetry, instance: Uuid) -> Result<Self, InvalidCollector> {
        let Some(collector) = &config.otlp_endpoint else {
            return Ok(Self::default());
        };
        let sender = Sender {
            service: "bauta-admin",
            version: env!("CARGO_PKG_VERSION"),
            instance: instance.to_string(),
        };
        let collector = Collector {
            address: &collector.to_string(),
            sample_ratio: config.sample_ratio,
        };
        Spans::start(collector, &sender).map(|spans| Self(Some(spans)))
    }

    /// A request was answered; `route` is the template of its path, not the path.
    pub(crate) fn request(
        &self,
        method: &Method,
        route: Option<&str>,
        status: StatusCode,
        took: Duration,
        end: SystemTime,
    ) {
        let mut attributes = vec![
            KeyValue::new("http.request.method", known(method)),
            KeyValue::new("http.response.status_code", i64::from(status.as_u16())),
        ];
        let mut name = known(method).to_owned();
        if let Some(route) = route {
            attributes.push(KeyValue::new("http.route", route.to_owned()));
            name = format!("{name} {route}");
        }
        self.span(
            SpanBuilder::from_name(name).with_kind(SpanKind::Server),
            attributes,
            !status.is_server_error(),
            took,
            end,
        );
    }

    /// A transaction of events ended.
    pub(crate) fn stored(&self, events: usize, is_stored: bool, took: Duration, end: SystemTime) {
        let events = i64::try_from(events).unwrap_or(i64::MAX);
        self.span(
            SpanBuilder::from_name("store events").with_kind(SpanKind::Consumer),
            vec![KeyValue::new("bauta.events", events)],
            is_stored,
            took,
            end,
        );
    }

    fn span(
        &self,
        span: SpanBuilder,
        attributes: Vec<KeyValue>,
        is_good: bool,
        took: Duration,
        end: SystemTime,
    ) {
        let Some(spans) = &self.0 else { return };
        let start = end.checked_sub(took).unwrap_or(end);
        let span = span.with_start_time(start).with_attributes(attributes);
        // Nobody's context is taken.
        let mut span = spans.make(span, &Context::new(), Ids::default());
        if !is_good {
            span.set_status(Status::error(""));
        }
        span.end_with_timestamp(end);
    }

    /// Sends what is left; waits for the collector, some seconds at most.
    pub(crate) async fn end(self) {
        if let Some(spans) = self.0 {
            // It blocks.
            let _ = tokio::task::spawn_blocking(move || spans.end()).await;
        }
    }
}

/// A method may be any word that a caller likes.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "_OTHER",
    }
}
