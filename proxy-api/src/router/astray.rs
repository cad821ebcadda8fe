//! Paths that lead nowhere, most of them because of a base URL that is not quite right.

use http::{HeaderMap, Method};

use super::{NoRoute, below};
use crate::config::Api;
use crate::error::{GatewayError, Slip};
use crate::surface::{self, kept};
use crate::upstream::Clients;

/// Why `path` is no route, and the route that was probably meant.
pub(super) fn astray(path: &str, headers: &HeaderMap, clients: &Clients) -> NoRoute {
    // `CONNECT` has no path at all.
    let below_root = path.strip_prefix('/').unwrap_or_default();
    let first = below_root.split('/').next().unwrap_or_default();
    let upstream = clients.by_name(first);
    let top = upstream.map_or("", |_| &path[..=first.len()]);
    let mut rest = &path[top.len()..];
    let mut versions = 0;
    while let Some(unversioned) = below(rest, "/v1") {
        rest = unversioned;
        versions += 1;
    }
    let api = upstream.map_or_else(|| api_of(rest, headers), |upstream| upstream.api);
    if let Some(why) = surface::refused(rest) {
        let error = GatewayError::NotServed(why);
        return NoRoute { api, error };
    }
    let slip = match versions {
        0 if top.is_empty() => Some(Slip::Unversioned),
        2.. => Some(Slip::Doubled),
        _ => None,
    };
    let error = match (slip, endpoint(api, rest)) {
        (Some(slip), Some(endpoint)) => GatewayError::BaseUrl {
            route: format!("{top}/v1{endpoint}"),
            slip,
        },
        _ => GatewayError::UnknownRoute,
    };
    NoRoute { api, error }
}

/// Whose client asks for a path that names no upstream.
fn api_of(rest: &str, headers: &HeaderMap) -> Api {
    let is_messages = rest == "/messages" || rest.starts_with("/messages/");
    if is_messages || headers.contains_key("anthropic-version") {
        Api::Anthropic
    } else {
        Api::Openai
    }
}

/// The endpoint at `rest`, without the ids of models or of what is kept: what a caller wrote is not told.
fn endpoint(api: Api, rest: &str) -> Option<&'static str> {
    let has_id = surface::model_path(api, rest).is_some() || kept::find(&Method::GET, rest).is_some();
    let second = rest.match_indices('/').nth(1).map(|(at, _)| at);
    let path = second.filter(|_| has_id).map_or(rest, |end| &rest[..end]);
    let mut endpoints = surface::endpoints(api).iter();
    endpoints
        .find(|endpoint| endpoint.path == path)
        .map(|found| found.path)
}
