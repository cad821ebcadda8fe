//! Browsers: which pages may call, and what their requests are told. <https://fetch.spec.whatwg.org/#http-cors-protocol>

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderName, HeaderValue,
    ORIGIN, VARY,
};
use http::request::Parts;
use http::{Method, Response, StatusCode};

use crate::body::{Answer, full};
use crate::config::Origin;
use crate::error::GatewayError;

/// So long a browser asks no second time; changed origins take effect after it.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");
/// Each route says itself which of them it takes.
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, DELETE");
const VARY_PREFLIGHT: HeaderValue =
    HeaderValue::from_static("Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
const TRUE: HeaderValue = HeaderValue::from_static("true");
const ANY: HeaderValue = HeaderValue::from_static("*");

/// The pages that may call.
#[derive(Debug, Default)]
pub(crate) struct Cors {
    origins: Vec<Origin>,
}

/// What a page may do.
#[derive(Debug, PartialEq, Eq)]
enum Allowed {
    /// Named: also with credentials of the browser.
    Named(HeaderValue),
    /// As any other page.
    Any,
    Nothing,
}

impl Cors {
    pub(crate) fn new(origins: &[Origin]) -> Self {
        Self {
            origins: origins.to_vec(),
        }
    }

    fn allowed(&self, headers: &HeaderMap) -> Allowed {
        let mut sent = headers.get_all(ORIGIN).iter();
        let (Some(origin), None) = (sent.next(), sent.next()) else {
            return Allowed::Nothing;
        };
        let is_named =
            |named: &Origin| matches!(named, Origin::One(named) if origin.as_bytes() == named.as_bytes());
        if self.origins.iter().any(is_named) {
            Allowed::Named(origin.clone())
        } else if self.origins.contains(&Origin::Any) {
            Allowed::Any
        } else {
            Allowed::Nothing
        }
    }

    /// The answer to a browser that asks whether a page may send a request; `None` for any other request.
    pub(crate) fn preflight(&self, head: &Parts) -> Option<Result<Response<Answer>, GatewayError>> {
        let asks = head.method == Method::OPTIONS
            && head.headers.contains_key(ORIGIN)
            && head.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
        asks.then(|| {
            let allowed = self.allowed(&head.headers);
            if allowed == Allowed::Nothing {
                return Err(GatewayError::OriginNotAllowed);
            }
            let mut response = Response::new(full(bytes::Bytes::new()));
            *response.status_mut() = StatusCode::NO_CONTENT;
            let headers = response.headers_mut();
            allow(headers, allowed);
            headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
            // Those that the gateway does not know stay here anyway.
            for names in head.headers.get_all(ACCESS_CONTROL_REQUEST_HEADERS) {
                headers.append(ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
            }
            headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
            headers.insert(VARY, VARY_PREFLIGHT);
            Ok(response)
        })
    }

    /// A page that may not call opens no socket: browsers ask nobody before they open one.
    ///
    /// # Errors
    /// When the request is of such a page.
    pub(crate) fn check_socket(&self, headers: &HeaderMap) -> Result<(), GatewayError> {
        if headers.contains_key(ORIGIN) && self.allowed(headers) == Allowed::Nothing {
            return Err(GatewayError::OriginNotAllowed);
        }
        Ok(())
    }

    /// Lets a page that may call read an answer and its headers.
    pub(crate) fn tell(&self, request: &HeaderMap, answer: &mut HeaderMap) {
        if self.origins.is_empty() {
            return;
        }
        if !answer.contains_key(VARY) {
            answer.insert(VARY, HeaderValue::from_static("Origin"));
        }
        let allowed = self.allowed(request);
        if allowed == Allowed::Nothing || answer.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN) {
            return;
        }
        // What an answer holds was chosen for the caller, all of it.
        let names: Vec<&str> = answer.keys().map(HeaderName::as_str).collect();
        if let Ok(names) = HeaderValue::from_str(&names.join(", ")) {
            answer.insert(ACCESS_CONTROL_EXPOSE_HEADERS, names);
        }
        allow(answer, allowed);
    }
}

/// Credentials are a browser's cookies and certificates; keys in headers are none, and any allowed page may send them.
fn allow(headers: &mut HeaderMap, allowed: Allowed) {
    match allowed {
        Allowed::Named(origin) => {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, TRUE);
        }
        Allowed::Any => {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
        }
        Allowed::Nothing => {}
    }
}
