//! Ids of spans: random ones, unless somebody has heard of a span before it is made. The tracer asks for ids on the thread
//! that makes the span, and has no other way to be told.

use std::cell::Cell;

use opentelemetry::trace::{SpanId, TraceId};
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator};

thread_local! {
    static NEXT: Cell<Ids> = const { Cell::new(Ids { trace: None, span: None }) };
}

/// Ids of the span that is made next; random ones for what is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ids {
    /// Of its trace, if that begins here.
    pub trace: Option<TraceId>,
    /// Its own.
    pub span: Option<SpanId>,
}

impl Ids {
    /// Of a span that begins a trace.
    #[must_use]
    pub fn random() -> Self {
        let random = RandomIdGenerator::default();
        Self {
            trace: Some(random.new_trace_id()),
            span: Some(random.new_span_id()),
        }
    }

    pub(super) fn choose(self) {
        NEXT.set(self);
    }
}

#[derive(Debug, Default)]
pub(super) struct Chosen(RandomIdGenerator);

impl IdGenerator for Chosen {
    fn new_trace_id(&self) -> TraceId {
        let Ids { trace, span } = NEXT.get();
        NEXT.set(Ids { trace: None, span });
        trace.unwrap_or_else(|| self.0.new_trace_id())
    }

    fn new_span_id(&self) -> SpanId {
        let Ids { trace, span } = NEXT.get();
        NEXT.set(Ids { trace, span: None });
        span.unwrap_or_else(|| self.0.new_span_id())
    }
}
