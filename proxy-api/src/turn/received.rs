//! A request that was read whole and decoded; nothing has looked at its content yet.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, ORIGIN};
use http::{HeaderMap, Method};
use hyper::body::{Body as _, Incoming};
use masking::Scope;
use uuid::Uuid;

use super::Request;
use super::chain::Earlier;
use super::cleared::Outbound;
use super::record::Record;
use crate::body::coding::{CodingError, decode_within};
use crate::body::read::{self, ReadError};
use crate::caller::Caller;
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::router::Route;
use crate::surface::Handling;
use crate::upstream::headers::{Outgoing, content_encodings};

/// Everything of a request that masking needs.
pub(super) struct Received {
    pub(super) gateway: Arc<Gateway>,
    pub(super) caller: Caller,
    pub(super) scope: Scope,
    pub(super) outbound: Outbound,
    /// Decoded JSON; empty where a route takes no body.
    pub(super) body: Bytes,
    /// Placeholders of the turns that this one continues.
    pub(super) earlier: Earlier,
}

impl Received {
    pub(super) async fn read(
        gateway: &Arc<Gateway>,
        caller: Caller,
        request: Request<'_>,
        route: Route,
        id: Uuid,
        record: &mut Record,
    ) -> Result<Self, GatewayError> {
        let Request { head, body, seat } = request;
        let mut outgoing = Outgoing::from_caller(
            &head.headers,
            route.upstream.held_credential(),
            gateway.callers.pass_credentials(),
        )?;
        if let Some((place, is_own)) = record.trace(&head.headers) {
            outgoing.tell_trace(place, is_own);
        }
        let body = match route.handling {
            Handling::PassThrough | Handling::Socket if !body.is_end_stream() => {
                return Err(GatewayError::UnexpectedBody);
            }
            Handling::PassThrough | Handling::Socket => Bytes::new(),
            Handling::Kept(deed) if body.is_end_stream() || deed.method() != Method::POST => {
                if !body.is_end_stream() {
                    return Err(GatewayError::UnexpectedBody);
                }
                Bytes::new()
            }
            Handling::Masked(_) | Handling::Kept(_) => {
                let _coming = seat.body();
                read_json(gateway, &head.headers, body).await?
            }
        };
        record.received(body.len());
        Ok(Self {
            scope: gateway.callers.scope(&caller, &head.headers, id),
            gateway: Arc::clone(gateway),
            caller,
            outbound: Outbound::new(route, outgoing),
            body,
            earlier: Earlier::default(),
        })
    }
}

async fn read_json(
    gateway: &Arc<Gateway>,
    headers: &HeaderMap,
    body: &mut Incoming,
) -> Result<Bytes, GatewayError> {
    check_media_type(headers)?;
    let codings: Vec<String> = content_encodings(headers)
        .ok_or(GatewayError::UnsupportedEncoding)?
        .into_iter()
        .map(str::to_owned)
        .collect();
    let limit = gateway.limits.body_bytes;
    let too_large = GatewayError::TooLarge {
        what: "request body",
        limit,
        unit: "bytes",
    };
    let encoded = read::request(body, limit, &gateway.pace(), gateway.budget.hold())
        .await
        .map_err(|error| match error {
            ReadError::TooLarge => too_large.clone(),
            ReadError::Idle => GatewayError::RequestTimeout,
            ReadError::Cut => GatewayError::RequestCut,
            ReadError::NoRoom => GatewayError::BodiesTooLarge,
        })?;
    if codings.is_empty() {
        return Ok(encoded);
    }
    let budget = Arc::clone(&gateway.budget);
    // A few compressed bytes may decode to many: never inline.
    let decoded = gateway.workers.decode(move |_: &_| {
        let names: Vec<&str> = codings.iter().map(String::as_str).collect();
        decode_within(&names, &encoded, limit, &budget)
    });
    match decoded.await? {
        Ok(decoded) => Ok(decoded),
        Err(CodingError::NoRoom) => Err(GatewayError::BodiesTooLarge),
        Err(CodingError::TooLarge) => Err(too_large),
        Err(CodingError::Unsupported) => Err(GatewayError::UnsupportedEncoding),
        Err(CodingError::Broken) => Err(GatewayError::BadEncoding),
    }
}

/// JSON in UTF-8. A body without a type is taken for JSON: what is not JSON fails to parse. Not where a web page sent it:
/// for JSON that is named a browser asks first whether the page may.
fn check_media_type(headers: &HeaderMap) -> Result<(), GatewayError> {
    let Some(value) = headers.get(CONTENT_TYPE) else {
        let is_pages = headers.contains_key(ORIGIN);
        return (!is_pages)
            .then_some(())
            .ok_or(GatewayError::UnsupportedMediaType);
    };
    let text = value.to_str().map_err(|_| GatewayError::UnsupportedMediaType)?;
    let mut parts = text.split(';').map(str::trim);
    let is_json = parts
        .next()
        .is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"));
    let is_utf8 = parts.all(|parameter| match parameter.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    });
    if is_json && is_utf8 && headers.get_all(CONTENT_TYPE).iter().count() == 1 {
        Ok(())
    } else {
        Err(GatewayError::UnsupportedMediaType)
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn only_json_in_utf8_is_read() {
        let check = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(value));
            check_media_type(&headers).is_ok()
        };
        for good in [
            "application/json",
            "Application/JSON; charset=UTF-8",
            "application/json;charset=\"utf-8\"",
        ] {
            assert!(check(good), "{good}");
        }
        for bad in [
            "multipart/form-data; boundary=x",
            "text/plain",
            "application/json; charset=utf-16",
            "application/x-ndjson",
            "application/json, text/plain",
        ] {
            assert!(!check(bad), "{bad}");
        }
        let mut untyped = HeaderMap::new();
        assert!(check_media_type(&untyped).is_ok());
        untyped.insert(ORIGIN, HeaderValue::from_static("https://page.example"));
        assert!(check_media_type(&untyped).is_err());
    }
}
