//! Paths that lead nowhere, most of them because of a base URL that is not quite right.

use http::HeaderMap;

use super::{NoRoute, asked_api, below};
use crate::config::Api;
use crate::error::{GatewayError, Slip};
use crate::surface;
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
    let asked = asked_api(rest, headers);
    let api = upstream.map_or(asked, |apis| apis.nearest(asked));
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

/// The endpoint at `rest`, without a model's id: what a caller wrote is not told.
fn endpoint(api: Api, rest: &str) -> Option<&'static str> {
    surface::find(api, rest).map(|(_, endpoint)| endpoint.path)
}
