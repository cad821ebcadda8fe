//! The one error type of the data plane, and its one mapping per provider shape. Never holds a value.

use std::fmt::Write as _;

use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use http::{HeaderName, Response, StatusCode};
use serde_json::{Value, json};
use thiserror::Error;

use crate::body::{Answer, full};
use crate::config::Api;

/// Which types were found where; the part of a refusal that a caller can act on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// Entity type and how often.
    pub(crate) counts: Vec<(String, u64)>,
    /// Sanitised paths, without repetition.
    pub(crate) paths: Vec<String>,
}

/// Why the gateway answers itself instead of passing an answer on.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum GatewayError {
    #[error("There is no such route here.")]
    UnknownRoute,
    #[error("The request target must be a plain path: no absolute URL, no `//`, no percent-encoding.")]
    BadTarget,
    #[error("This route does not take that method.")]
    MethodNotAllowed { allow: &'static str },
    #[error("WebSocket is not served here; use HTTP.")]
    NoWebSocket,
    #[error("This route takes no request body.")]
    UnexpectedBody,
    #[error("Only application/json in UTF-8 is accepted.")]
    UnsupportedMediaType,
    #[error("Only the content encodings identity, gzip, br and zstd are accepted, at most two of them.")]
    UnsupportedEncoding,
    #[error("The request body does not match its content encoding.")]
    BadEncoding,
    #[error("The {what} is larger than {limit} {unit}.")]
    TooLarge {
        what: &'static str,
        limit: usize,
        unit: &'static str,
    },
    #[error("The caller stopped sending its request.")]
    RequestTimeout,
    #[error("The request body could not be read to its end.")]
    RequestCut,
    #[error("The request body cannot be inspected: {0}.")]
    Malformed(String),
    #[error("A header that has to be forwarded is not plain text.")]
    BadHeader,
    #[error("The gateway key is missing or unknown.")]
    GatewayKey,
    #[error("{}", privacy_message(.0))]
    PrivacyBlocked(Found),
    #[error(
        "This request holds content that cannot be inspected ({kind}), and policy.opaque_content blocks it."
    )]
    OpaqueBlocked { kind: &'static str },
    #[error("{}", residual_message(.0))]
    Residual(Found),
    #[error("This request may only be answered by a local model, and none is configured for this API.")]
    NoLocalRoute,
    #[error("A detector is unavailable ({detector}); nothing was sent.")]
    DetectorUnavailable { detector: &'static str },
    #[error("Too many requests are in progress.")]
    Overloaded,
    #[error("The gateway is shutting down.")]
    ShuttingDown,
    #[error("The upstream could not be reached.")]
    UpstreamUnreachable,
    #[error("The upstream's name resolves to addresses that are not allowed for it.")]
    UpstreamAddress,
    #[error("The upstream did not answer in time.")]
    UpstreamTimeout,
    #[error("The upstream answered with a redirect, which is not followed.")]
    UpstreamRedirect,
    #[error("The upstream's answer could not be read.")]
    UpstreamAnswer,
    #[error("The gateway failed while it handled this request; nothing more is known to be sent.")]
    Internal,
}

fn residual_message(found: &Found) -> String {
    let mut text = String::from(
        "The privacy gateway refused this request and sent nothing: a value that is private elsewhere in it would have \
         left in a place that must not be changed",
    );
    if !found.counts.is_empty() {
        text.push_str(": ");
        describe(found, &mut text);
    }
    text.push_str(". Remove it there, or start a new conversation.");
    text
}

fn privacy_message(found: &Found) -> String {
    let mut text = String::from("The privacy gateway refused this request and sent nothing: it holds ");
    describe(found, &mut text);
    text.push_str(
        ". Remove it from the conversation, or have the operator change the action of this type in the gateway's policy.",
    );
    text
}

/// Types, counts and places.
fn describe(found: &Found, text: &mut String) {
    for (index, (entity, count)) in found.counts.iter().enumerate() {
        let _ = write!(text, "{}{count} {entity}", if index == 0 { "" } else { ", " });
    }
    if let Some((first, more)) = found.paths.split_first() {
        let _ = write!(text, " at {first}");
        for path in more.iter().take(7) {
            let _ = write!(text, ", {path}");
        }
        if more.len() > 7 {
            let _ = write!(text, " and {} more places", more.len() - 7);
        }
    }
}

impl GatewayError {
    /// The stable code: clients and dashboards may rely on it.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::UnknownRoute => "unknown_route",
            Self::BadTarget => "bad_request_target",
            Self::MethodNotAllowed { .. } => "method_not_allowed",
            Self::NoWebSocket => "websocket_not_served",
            Self::UnexpectedBody => "unexpected_body",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::UnsupportedEncoding => "unsupported_encoding",
            Self::BadEncoding => "bad_encoding",
            Self::TooLarge { .. } => "request_too_large",
            Self::RequestTimeout => "request_timeout",
            Self::RequestCut => "request_cut",
            Self::Malformed(_) => "malformed_request",
            Self::BadHeader => "bad_header",
            Self::GatewayKey => "invalid_gateway_key",
            Self::PrivacyBlocked(_) => "privacy_blocked",
            Self::OpaqueBlocked { .. } => "opaque_content_blocked",
            Self::Residual(_) => "residual_value",
            Self::NoLocalRoute => "no_local_route",
            Self::DetectorUnavailable { .. } => "detector_unavailable",
            Self::Overloaded => "overloaded",
            Self::ShuttingDown => "shutting_down",
            Self::UpstreamUnreachable => "upstream_unreachable",
            Self::UpstreamAddress => "upstream_address_refused",
            Self::UpstreamTimeout => "upstream_timeout",
            Self::UpstreamRedirect => "upstream_redirect",
            Self::UpstreamAnswer => "upstream_answer_unreadable",
            Self::Internal => "internal_error",
        }
    }

    pub(crate) const fn status(&self) -> StatusCode {
        match self {
            Self::UnknownRoute => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::NoWebSocket => StatusCode::UPGRADE_REQUIRED,
            Self::UnsupportedMediaType | Self::UnsupportedEncoding => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::GatewayKey => StatusCode::UNAUTHORIZED,
            // 400 ends a coding agent's turn and shows the message; 403, 409 and 5xx would be retried.
            Self::PrivacyBlocked(_)
            | Self::OpaqueBlocked { .. }
            | Self::Residual(_)
            | Self::Malformed(_)
            | Self::BadHeader
            | Self::BadTarget
            | Self::UnexpectedBody
            | Self::BadEncoding
            | Self::RequestCut => StatusCode::BAD_REQUEST,
            Self::Overloaded => StatusCode::TOO_MANY_REQUESTS,
            Self::NoLocalRoute | Self::DetectorUnavailable { .. } | Self::ShuttingDown => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::UpstreamUnreachable
            | Self::UpstreamAddress
            | Self::UpstreamRedirect
            | Self::UpstreamAnswer => StatusCode::BAD_GATEWAY,
            Self::UpstreamTimeout => StatusCode::GATEWAY_TIMEOUT,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The answer in the provider's error shape.
    pub(crate) fn into_response(self, api: Api, request_id: &str) -> Response<Answer> {
        let status = self.status();
        let code = self.code();
        let message = format!("{self} (bauta: {code}, request {request_id})");
        let body = match api {
            Api::Openai => openai_body(status, code, &message),
            Api::Anthropic => anthropic_body(status, code, &message, request_id),
        };
        let mut response = Response::new(full(body.to_string()));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match &self {
            Self::MethodNotAllowed { allow } => {
                headers.insert(ALLOW, HeaderValue::from_static(allow));
            }
            Self::NoWebSocket => {
                headers.insert(http::header::CONNECTION, HeaderValue::from_static("close"));
            }
            Self::UnsupportedEncoding => {
                headers.insert(
                    http::header::ACCEPT_ENCODING,
                    HeaderValue::from_static("identity, gzip, br, zstd"),
                );
            }
            Self::Overloaded | Self::ShuttingDown => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
            }
            Self::UpstreamUnreachable | Self::NoLocalRoute | Self::UpstreamAddress => {
                // Trying again at once changes nothing about configuration or a dead host.
                headers.insert(
                    HeaderName::from_static("x-should-retry"),
                    HeaderValue::from_static("false"),
                );
            }
            _ => {}
        }
        response
    }
}

/// OpenAI: `{"error":{"message","type","param","code"}}`,
/// <https://platform.openai.com/docs/guides/error-codes>.
fn openai_body(status: StatusCode, code: &str, message: &str) -> Value {
    let kind = match status {
        StatusCode::UNAUTHORIZED => "authentication_error",
        StatusCode::TOO_MANY_REQUESTS => "rate_limit_error",
        status if status.is_server_error() => "server_error",
        _ => "invalid_request_error",
    };
    json!({"error": {"message": message, "type": kind, "param": null, "code": code}})
}

/// Anthropic: `{"type":"error","error":{"type","message"},"request_id"}`,
/// <https://docs.anthropic.com/en/api/errors>; `code` is ours.
fn anthropic_body(status: StatusCode, code: &str, message: &str, request_id: &str) -> Value {
    let kind = match status {
        StatusCode::UNAUTHORIZED => "authentication_error",
        StatusCode::NOT_FOUND => "not_found_error",
        StatusCode::PAYLOAD_TOO_LARGE => "request_too_large",
        StatusCode::TOO_MANY_REQUESTS => "rate_limit_error",
        StatusCode::GATEWAY_TIMEOUT => "timeout_error",
        StatusCode::SERVICE_UNAVAILABLE => "overloaded_error",
        status if status.is_server_error() => "api_error",
        _ => "invalid_request_error",
    };
    json!({
        "type": "error",
        "error": {"type": kind, "message": message, "code": code},
        "request_id": request_id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found() -> Found {
        Found {
            counts: vec![("API_KEY".into(), 2), ("EMAIL".into(), 1)],
            paths: (0..10).map(|n| format!("messages[].{n}")).collect(),
        }
    }

    #[test]
    fn a_refusal_says_what_where_and_what_to_do() {
        let text = GatewayError::PrivacyBlocked(found()).to_string();
        assert!(text.contains("2 API_KEY, 1 EMAIL at messages[].0, "), "{text}");
        assert!(text.contains("and 2 more places"), "{text}");
        assert!(text.contains("Remove it"), "{text}");
    }

    #[tokio::test]
    async fn both_shapes_carry_code_and_request_id() {
        use http_body_util::BodyExt as _;
        for (api, kind_at) in [(Api::Openai, "/error/type"), (Api::Anthropic, "/error/type")] {
            let response = GatewayError::PrivacyBlocked(found()).into_response(api, "req_1");
            assert_eq!(response.status(), 400);
            let bytes = response.into_body().collect().await.unwrap().to_bytes();
            let body: Value = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(body.pointer(kind_at), Some(&json!("invalid_request_error")));
            assert_eq!(body.pointer("/error/code"), Some(&json!("privacy_blocked")));
            assert!(body.to_string().contains("req_1"));
        }
    }
}
