//! Health, readiness and metrics; `/metrics` on the private listener only.

mod audit;
mod counted;
mod families;
mod metrics;
mod tally;
mod turn_state;

use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, Response, StatusCode};
use telemetry::metrics::PAGE_TYPE;

pub(crate) use audit::AuditMetrics;
pub(crate) use counted::Counted;
pub(crate) use metrics::Metrics;
pub(crate) use turn_state::{Operation, TurnStateMetrics};

use crate::body::{Answer, full};

const TEXT: &str = "text/plain; charset=utf-8";

/// `/health` and `/ready`, on both listeners. The gateway listens only once its detectors are loaded and its policy
/// is valid, so readiness ends with the stop signal alone.
pub(crate) fn probe(path: &str, method: &Method, stopping: bool) -> Option<Response<Answer>> {
    if !matches!(path, "/health" | "/ready") {
        return None;
    }
    if !matches!(*method, Method::GET | Method::HEAD) {
        return Some(text(StatusCode::METHOD_NOT_ALLOWED, TEXT, "only GET\n"));
    }
    Some(if path == "/ready" && stopping {
        text(StatusCode::SERVICE_UNAVAILABLE, TEXT, "stopping\n")
    } else {
        text(StatusCode::OK, TEXT, "ok\n")
    })
}

/// Everything on the private listener.
pub(crate) fn answer(path: &str, method: &Method, stopping: bool, metrics: &Metrics) -> Response<Answer> {
    if let Some(response) = probe(path, method, stopping) {
        return response;
    }
    if path != "/metrics" {
        return text(StatusCode::NOT_FOUND, TEXT, "not found\n");
    }
    if *method != Method::GET {
        return text(StatusCode::METHOD_NOT_ALLOWED, TEXT, "only GET\n");
    }
    text(StatusCode::OK, PAGE_TYPE, metrics.page())
}

fn text(status: StatusCode, kind: &'static str, body: impl Into<bytes::Bytes>) -> Response<Answer> {
    let mut response = Response::new(full(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readiness_ends_with_the_stop_signal() {
        let status = |path, stopping| probe(path, &Method::GET, stopping).map(|r| r.status().as_u16());
        assert_eq!(status("/health", true), Some(200));
        assert_eq!(status("/ready", false), Some(200));
        assert_eq!(status("/ready", true), Some(503));
        assert_eq!(status("/metrics", false), None);
    }
}
