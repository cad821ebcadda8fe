//! The one place where errors become answers: `application/problem+json` (RFC 9457) with a stable code.

use std::borrow::Cow;
use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};

use crate::password::PasswordError;
use crate::store::StoreError;

/// Why a request is not answered with what it asked for.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: Cow<'static, str>,
    parameter: Option<String>,
    retry_after: Option<Duration>,
}

/// Names longer than this, or with other characters, are not repeated.
const MAX_NAME: usize = 64;

impl Problem {
    pub(crate) const fn new(status: StatusCode, code: &'static str, detail: &'static str) -> Self {
        Self {
            status,
            code,
            detail: Cow::Borrowed(detail),
            parameter: None,
            retry_after: None,
        }
    }

    /// A parameter that is not as it has to be.
    pub(crate) fn parameter(name: &str, detail: impl Into<Cow<'static, str>>) -> Self {
        let is_plain = name.len() <= MAX_NAME && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        Self {
            status: StatusCode::BAD_REQUEST,
            code: "invalid_parameter",
            detail: detail.into(),
            parameter: Some(if is_plain { name } else { "(not shown)" }.to_owned()),
            retry_after: None,
        }
    }

    pub(crate) const fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthenticated",
            "There is no session, or it has ended: sign in.",
        )
    }

    pub(crate) const fn forbidden() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "Your role does not permit this.",
        )
    }

    pub(crate) const fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing here.")
    }

    pub(crate) const fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "This method is not known here.",
        )
    }

    /// One sentence for an unknown name, a wrong password and a wrong code.
    pub(crate) const fn sign_in_refused() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "sign_in_refused",
            "The name, the password or the code is not right.",
        )
    }

    /// Whoever set this up has to know what comes next; there is nobody yet whose name could be found out.
    pub(crate) const fn no_operator() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "no_operator",
            "There is no operator yet: `admin-api operator add NAME` adds the first one.",
        )
    }

    pub(crate) fn throttled(wait: Duration) -> Self {
        Self {
            retry_after: Some(wait),
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "throttled",
                "Too many attempts: wait before the next one.",
            )
        }
    }

    pub(crate) const fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "The control plane failed; its log says where.",
        )
    }

    pub(crate) const fn timeout() -> Self {
        Self::new(
            StatusCode::GATEWAY_TIMEOUT,
            "timeout",
            "The request took too long, or did not come whole.",
        )
    }

    pub(crate) const fn conflict(code: &'static str, detail: &'static str) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a request failed at the database");
        Self {
            retry_after: Some(Duration::from_secs(5)),
            ..Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "database_unavailable",
                "The database does not answer; try again.",
            )
        }
    }
}

impl From<PasswordError> for Problem {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => Self {
                retry_after: Some(Duration::from_secs(1)),
                ..Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "busy",
                    "Too many sign-ins at once; try again.",
                )
            },
            PasswordError::Length => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "password_length",
                "A password has 12 to 256 characters.",
            ),
            PasswordError::Form | PasswordError::Strength | PasswordError::Failed => {
                tracing::error!(%error, "a password cannot be checked");
                Self::internal()
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = admin_types::Problem {
            kind: "about:blank".to_owned(),
            title: self.status.canonical_reason().unwrap_or_default().to_owned(),
            status: self.status.as_u16(),
            code: self.code.to_owned(),
            detail: self.detail.into_owned(),
            parameter: self.parameter,
        };
        let text = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = Response::new(Body::from(text));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(wait) = self.retry_after {
            // Rounded up: a caller that waits for it should not be early.
            let seconds = wait.as_millis().div_ceil(1000).max(1);
            if let Ok(value) = HeaderValue::from_str(&seconds.to_string()) {
                headers.insert(RETRY_AFTER, value);
            }
        }
        response
    }
}
