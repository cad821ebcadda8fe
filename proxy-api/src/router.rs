//! Every route, and the layers that every request passes, on one screen.
//!
//! Layers, in order: head checks (target form, sizes) · route · authentication · turn limit · turn. A panic in any of them is
//! caught in `service.rs` and answered without its text.

mod astray;
mod azure;

use std::sync::Arc;

use http::request::Parts;
use http::{HeaderMap, Method, Version};

use self::astray::astray;
use crate::config::{AZURE, Api, Limits};
use crate::error::GatewayError;
use crate::surface::{self, Endpoint, Handling};
use crate::upstream::{Client, Clients, Target};

/// Where a request goes and what happens to it.
pub(crate) struct Route {
    pub(crate) upstream: Arc<Client>,
    pub(crate) handling: Handling,
    pub(crate) target: Target,
}

/// A request that goes nowhere, and the provider's shape in which to say so.
#[derive(Debug)]
pub(crate) struct NoRoute {
    pub(crate) api: Api,
    pub(crate) error: GatewayError,
}

/// | path | upstream |
/// |---|---|
/// | `/v1/messages`, `/v1/messages/count_tokens` | `anthropic` |
/// | `/v1/models...` with an `anthropic-version` header | `anthropic` |
/// | `/v1/...` | `openai` |
/// | `/{upstream}/...`, `/{upstream}/v1/...`, `/{upstream}` + its base URL's path + `/...` | that one, at its base for the API |
/// | `/azure/openai/v1/...`, `/azure/openai/deployments/{name}/...`, `/azure/openai/...` | `azure`, as written |
/// | `/openai/deployments/{name}/...` | `azure`, where there is one |
pub(crate) fn route(
    head: &Parts,
    clients: &Clients,
    limits: &Limits,
    sockets: bool,
) -> Result<Route, NoRoute> {
    let path = head.uri.path();
    let (name, rest) = split(path, &head.headers, clients);
    let Some(apis) = clients.by_name(name) else {
        return Err(astray(path, &head.headers, clients));
    };
    let asked = asked_api(rest, &head.headers);
    let fail = |error| NoRoute {
        api: apis.nearest(asked),
        error,
    };
    check_target(head).map_err(fail)?;
    check_size(head, limits).map_err(fail)?;
    let found = apis
        .beginning_with(asked)
        .find_map(|upstream| Some((upstream, Place::find(upstream, rest)?)));
    let Some((upstream, place)) = found else {
        return Err(astray(path, &head.headers, clients));
    };
    let handling = check_method(&head.method, &place.endpoint, sockets).map_err(|error| NoRoute {
        api: upstream.api,
        error,
    })?;
    let target = Target {
        root: place.root,
        path: place.path,
        query: head.uri.query().map(str::to_owned),
    };
    Ok(Route {
        upstream: Arc::clone(upstream),
        handling,
        target,
    })
}

/// Whose client sends a request that is not routed.
pub(crate) fn asking(head: &Parts, clients: &Clients) -> Api {
    let (name, rest) = split(head.uri.path(), &head.headers, clients);
    let asked = asked_api(rest, &head.headers);
    clients.by_name(name).map_or(asked, |apis| apis.nearest(asked))
}

/// The upstream's name, and the path below it.
fn split<'a>(path: &'a str, headers: &HeaderMap, clients: &Clients) -> (&'a str, &'a str) {
    if let Some(rest) = path.strip_prefix("/v1/") {
        let is_messages = rest == "messages" || rest.starts_with("messages/");
        let is_models = rest == "models" || rest.starts_with("models/");
        let anthropic = is_messages || (is_models && headers.contains_key("anthropic-version"));
        return (if anthropic { "anthropic" } else { "openai" }, &path[3..]);
    }
    // Only Azure has these, and its SDKs begin with them where they are given a bare address.
    if path.starts_with("/openai/deployments/") && clients.by_name(AZURE).is_some() {
        return (AZURE, path);
    }
    let below = path.strip_prefix('/').unwrap_or(path);
    below.find('/').map_or((below, ""), |slash| below.split_at(slash))
}

/// Whose client asks, as far as the path and the headers say.
fn asked_api(path: &str, headers: &HeaderMap) -> Api {
    let path = below(path, "/v1").unwrap_or(path);
    let is_messages = path == "/messages" || path.starts_with("/messages/");
    if is_messages || headers.contains_key("anthropic-version") {
        Api::Anthropic
    } else {
        Api::Openai
    }
}

/// An endpoint of an upstream, and where that has it.
struct Place {
    root: String,
    path: String,
    endpoint: Endpoint,
}

impl Place {
    fn find(upstream: &Client, rest: &str) -> Option<Self> {
        let (root, rest) = if upstream.is_azure {
            azure::below_root(rest, upstream.base_path())?
        } else {
            (String::new(), below_version(rest, upstream.base_path()))
        };
        let (path, endpoint) = surface::find(upstream.api, rest)?;
        Some(Self { root, path, endpoint })
    }
}

/// Removes the path of the upstream's base URL and the version from the start of `rest`.
fn below_version<'a>(rest: &'a str, base_path: &str) -> &'a str {
    match below(rest, base_path) {
        Some(versioned) if base_path.ends_with("/v1") => versioned,
        Some(plain) => below(plain, "/v1").unwrap_or(plain),
        None => below(rest, "/v1").unwrap_or(rest),
    }
}

fn below<'a>(path: &'a str, prefix: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(prefix)?;
    (!prefix.is_empty() && rest.starts_with('/')).then_some(rest)
}

fn check_target(head: &Parts) -> Result<(), GatewayError> {
    let absolute = head.uri.authority().is_some() && head.version < Version::HTTP_2;
    let path = head.uri.path();
    if absolute || path.contains("//") || path.contains('%') || path.contains('\\') {
        return Err(GatewayError::BadTarget);
    }
    Ok(())
}

fn check_size(head: &Parts, limits: &Limits) -> Result<(), GatewayError> {
    let query = head.uri.query().map_or(0, str::len);
    // As they are sent: `name: value`, CR and LF.
    let lines = head.headers.iter();
    let headers: usize = lines
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum();
    for (what, bytes, limit) in [
        ("query string", query, limits.query_bytes),
        ("request head", headers, limits.header_bytes),
    ] {
        if bytes > limit {
            let unit = "bytes";
            return Err(GatewayError::TooLarge { what, limit, unit });
        }
    }
    Ok(())
}

/// What becomes of the request: a `GET` where others `POST` asks for a socket.
fn check_method(method: &Method, endpoint: &Endpoint, sockets: bool) -> Result<Handling, GatewayError> {
    let expected = endpoint.handling.method();
    match *method {
        ref method if *method == expected => Ok(endpoint.handling),
        Method::GET if endpoint.websocket && sockets => Ok(Handling::Socket),
        Method::GET if endpoint.websocket => Err(GatewayError::NoWebSocket),
        _ if expected == Method::GET => Err(GatewayError::MethodNotAllowed { allow: "GET" }),
        _ => Err(GatewayError::MethodNotAllowed { allow: "POST" }),
    }
}

#[cfg(test)]
mod tests;
