//! Where a turn stands in a trace that others know of (W3C Trace Context, <https://www.w3.org/TR/trace-context/>): taken from
//! its caller, told to its upstream, each only where the configuration says so. `tracestate` and `baggage` are never read:
//! they may hold anything.

use http::HeaderValue;
use http::header::HeaderMap;
use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState};
use telemetry::{Ids, Spans};

use crate::config;

const TRACEPARENT: &str = "traceparent";

/// A turn's place in a trace, known before its spans are made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place {
    /// The span of the caller that waits for the turn.
    caller: Option<SpanContext>,
    /// Of the provider's part; its trace is the turn's.
    told: Option<Told>,
}

#[derive(Clone, Copy, Debug)]
struct Told {
    trace: TraceId,
    inference: SpanId,
    is_sampled: bool,
}

impl Place {
    pub(super) fn new(rules: &config::TraceContext, spans: &Spans, headers: &HeaderMap) -> Self {
        let caller = if rules.from_callers { taken(headers) } else { None };
        let told = rules.to_upstreams.then(|| {
            let fresh = Ids::random();
            let trace = fresh.trace.unwrap_or(TraceId::INVALID);
            let (trace, is_sampled) = match &caller {
                Some(caller) => (caller.trace_id(), caller.is_sampled()),
                None => (trace, spans.samples(trace)),
            };
            Told {
                trace,
                inference: fresh.span.unwrap_or(SpanId::INVALID),
                is_sampled,
            }
        });
        Self { caller, told }
    }

    /// What the span of the turn is made below.
    pub(super) fn parent(&self) -> Context {
        match &self.caller {
            Some(caller) => Context::new().with_remote_span_context(caller.clone()),
            None => Context::new(),
        }
    }

    /// Of the span of the turn.
    pub(super) fn turn(&self) -> Ids {
        Ids {
            trace: self.told.map(|told| told.trace),
            span: None,
        }
    }

    /// Of the span of the provider's part.
    pub(super) fn inference(&self) -> Ids {
        Ids {
            trace: None,
            span: self.told.map(|told| told.inference),
        }
    }

    /// Nothing in it is a caller's.
    pub(crate) const fn is_own(&self) -> bool {
        self.caller.is_none()
    }

    /// What the upstream is told.
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        let Told {
            trace,
            inference,
            is_sampled,
        } = self.told?;
        HeaderValue::from_str(&format!("00-{trace}-{inference}-0{}", u8::from(is_sampled))).ok()
    }
}

/// Version 00 exactly: a caller that writes another is not asked what it means.
fn taken(headers: &HeaderMap) -> Option<SpanContext> {
    let mut values = headers.get_all(TRACEPARENT).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return None;
    };
    let parts: Vec<&str> = value.to_str().ok()?.split('-').collect();
    let [version, trace, span, flags] = parts[..] else {
        return None;
    };
    let is_hex = |text: &str, length| {
        text.len() == length && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    if version != "00" || !is_hex(trace, 32) || !is_hex(span, 16) || !is_hex(flags, 2) {
        return None;
    }
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?) & TraceFlags::SAMPLED;
    let context = SpanContext::new(
        TraceId::from_hex(trace).ok()?,
        SpanId::from_hex(span).ok()?,
        flags,
        true,
        TraceState::NONE,
    );
    context.is_valid().then_some(context)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: &str) -> Option<SpanContext> {
        let value = HeaderValue::from_str(value).unwrap();
        taken(&HeaderMap::from_iter([(
            http::HeaderName::from_static(TRACEPARENT),
            value,
        )]))
    }

    #[test]
    fn only_the_form_of_the_standard_is_taken() {
        let context = of("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01").unwrap();
        assert!(context.is_sampled() && context.is_remote());
        assert_eq!(context.trace_id().to_string(), "0af7651916cd43dd8448eb211c80319c");
        assert!(
            !of("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")
                .unwrap()
                .is_sampled()
        );
        for bad in [
            "",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
            "00-alice@corp.com-b7ad6b7169203331-01",
        ] {
            assert!(of(bad).is_none(), "{bad}");
        }
    }
}
