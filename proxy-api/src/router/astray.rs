//! Paths that lead nowhere, most of them because of a base URL that is not quite right.

use http::{HeaderMap, Method};

use super::{NoRoute, asked_api, below, below_root};
use crate::config::Api;
use crate::error::{GatewayError, Slip};
use crate::surface::{self, kept};
use crate::upstream::Clients;

/// Why `path` is no route, and the route that was probably meant.
pub(super) fn astray(path: &str, headers: &HeaderMap, clients: &Clients) -> NoRoute {
    // `CONNECT` has no path at all.
    let segments = path.strip_prefix('/').unwrap_or_default();
    let first = segments.split('/').next().unwrap_or_default();
    let upstream = clients.by_name(first);
    let top = upstream.map_or("", |_| &path[..=first.len()]);
    let mut rest = &path[top.len()..];
    let mut versions = 0;
    while let Some(unversioned) = below(rest, "/v1") {
        rest = unversioned;
        versions += 1;
    }
    let asked = asked_api(rest, headers);
    let api = upstream.map_or(asked, |apis| apis.nearest(asked));
    let client = upstream.and_then(|apis| apis.of(api));
    let own = client.and_then(|client| below_root(client, rest));
    if let Some(why) = surface::refused(own.map_or(rest, |(_, own)| own)) {
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

/// The endpoint at `rest`, without the ids of models or of what is kept: what a caller wrote is not told.
fn endpoint(api: Api, rest: &str) -> Option<&'static str> {
    let second = rest.match_indices('/').nth(1).map(|(at, _)| at);
    let kept = second.filter(|_| kept::find(&Method::GET, rest).is_some());
    let kept = kept.and_then(|end| surface::find(api, &rest[..end]));
    let found = surface::find(api, rest).or(kept);
    found.map(|(_, endpoint)| endpoint.path)
}
