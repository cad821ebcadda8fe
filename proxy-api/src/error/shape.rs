//! The one mapping of an error to each provider's shape, over HTTP and in a socket's events.

use http::header::{
    ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER,
    SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{HeaderName, Response, StatusCode};
use serde_json::{Value, json};

use super::GatewayError;
use crate::body::{Answer, full};
use crate::config::Api;
use crate::upstream::headers::X_SHOULD_RETRY;

/// An error, and the turn or request that it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) error: GatewayError,
    pub(crate) request_id: Option<String>,
}

impl From<GatewayError> for Failure {
    fn from(error: GatewayError) -> Self {
        Self {
            error,
            request_id: None,
        }
    }
}

impl Failure {
    /// In OpenAI's shape.
    pub(crate) fn body(&self) -> Value {
        let (error, code) = (&self.error, self.error.code());
        let message = match &self.request_id {
            Some(id) => format!("{error} (bauta: {code}, request {id})"),
            None => format!("{error} (bauta: {code})"),
        };
        let mut body = openai_body(error.status(), code, &message);
        match error {
            GatewayError::PreviousResponse => body["error"]["param"] = json!("previous_response_id"),
            GatewayError::OpaqueBlocked(unseen) => body["error"]["param"] = json!(unseen.path),
            _ => {}
        }
        body
    }

    /// What a caller needs to know beside it.
    pub(crate) fn headers(&self) -> HeaderMap {
        self.error.headers()
    }
}

impl GatewayError {
    /// The answer in the provider's error shape.
    pub(crate) fn into_response(self, api: Api, request_id: &str) -> Response<Answer> {
        let (status, code) = (self.status(), self.code());
        let mut headers = self.headers();
        let body = match api {
            Api::Openai => {
                let request_id = Some(request_id.to_owned());
                Failure {
                    error: self,
                    request_id,
                }
                .body()
            }
            Api::Anthropic => {
                let message = format!("{self} (bauta: {code}, request {request_id})");
                anthropic_body(status, code, &message, request_id)
            }
        };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let mut response = Response::new(full(body.to_string()));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        response
    }

    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let mut add = |name: HeaderName, value: &'static str| {
            headers.insert(name, HeaderValue::from_static(value));
        };
        match self {
            Self::MethodNotAllowed { allow } => add(ALLOW, allow),
            Self::NoWebSocket => add(CONNECTION, "close"),
            Self::UpgradeRequired => {
                add(CONNECTION, "upgrade");
                add(UPGRADE, "websocket");
            }
            Self::WebSocketVersion => add(SEC_WEBSOCKET_VERSION, "13"),
            Self::UnsupportedEncoding => add(ACCEPT_ENCODING, "identity, gzip, br, zstd"),
            Self::Framing(_) => add(CONNECTION, "close"),
            Self::Overloaded
            | Self::BodiesTooLarge
            | Self::ShuttingDown
            | Self::TooManySockets
            | Self::FrameRate
            | Self::TurnStateFull
            | Self::TurnStateUnavailable => add(RETRY_AFTER, "1"),
            Self::AuditFull => add(RETRY_AFTER, "5"),
            // Trying again at once changes nothing about configuration or a dead host.
            Self::UpstreamUnreachable | Self::NoLocalRoute | Self::UpstreamAddress => {
                add(X_SHOULD_RETRY, "false");
            }
            _ => {}
        }
        headers
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
        StatusCode::FORBIDDEN => "permission_error",
        StatusCode::NOT_FOUND => "not_found_error",
        StatusCode::PAYLOAD_TOO_LARGE => "request_too_large",
        StatusCode::TOO_MANY_REQUESTS => "rate_limit_error",
        StatusCode::GATEWAY_TIMEOUT => "timeout_error",
        StatusCode::SERVICE_UNAVAILABLE => "overloaded_error",
        // Their own number for it.
        status if status.as_u16() == 529 => "overloaded_error",
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
    use crate::error::Found;

    #[tokio::test]
    async fn both_shapes_carry_code_and_request_id() {
        use http_body_util::BodyExt as _;
        for (api, kind_at) in [(Api::Openai, "/error/type"), (Api::Anthropic, "/error/type")] {
            let response = GatewayError::PrivacyBlocked(Found::default()).into_response(api, "req_1");
            assert_eq!(response.status(), 400);
            let bytes = response.into_body().collect().await.unwrap().to_bytes();
            let body: Value = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(body.pointer(kind_at), Some(&json!("invalid_request_error")));
            assert_eq!(body.pointer("/error/code"), Some(&json!("privacy_blocked")));
            assert!(body.to_string().contains("req_1"));
        }
    }
}
