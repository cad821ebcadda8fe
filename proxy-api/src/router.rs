//! Every route, and the layers that every request passes, on one screen.
//!
//! Layers, in order: head checks (target form, sizes) · route · authentication · turn limit · turn. A panic in any of them is
//! caught in `service.rs` and answered without its text.

mod astray;
mod azure;

use std::sync::Arc;

use http::request::Parts;
use http::{HeaderMap, Method, Version};
use percent_encoding::percent_decode_str;

use self::astray::astray;
use crate::config::{AZURE, Api, Limits};
use crate::error::GatewayError;
use crate::surface::kept::{self, Deed, Named};
use crate::surface::{self, Endpoint, Handling};
use crate::upstream::{Client, Clients, Target};

/// Where a request goes and what happens to it.
pub(crate) struct Route {
    pub(crate) upstream: Arc<Client>,
    pub(crate) handling: Handling,
    pub(crate) target: Target,
    /// What of the provider's keeping the path names.
    pub(crate) named: Named,
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
        .find_map(|upstream| Some((upstream, Place::find(upstream, rest, &head.method)?)));
    let Some((upstream, place)) = found else {
        return Err(astray(path, &head.headers, clients));
    };
    let fail = |error| NoRoute {
        api: upstream.api,
        error,
    };
    let query = head.uri.query().map(str::to_owned);
    let (handling, query, named) = match place.there {
        There::Endpoint(endpoint) => {
            let handling = check_method(&head.method, &endpoint, sockets).map_err(fail)?;
            (handling, query, Named::default())
        }
        There::Kept(found) => {
            let (deed, ids) = found.map_err(|allow| fail(GatewayError::MethodNotAllowed { allow }))?;
            let (query, had) = resumption(query, deed).map_err(fail)?;
            (Handling::Kept(deed), query, Named { ids, had })
        }
    };
    let target = Target {
        root: place.root,
        path: place.path,
        query,
    };
    Ok(Route {
        upstream: Arc::clone(upstream),
        handling,
        target,
        named,
    })
}

/// Whose client sends a request that is not routed.
pub(crate) fn asking(head: &Parts, clients: &Clients) -> Api {
    let (name, rest) = split(head.uri.path(), &head.headers, clients);
    let asked = asked_api(rest, &head.headers);
    clients.by_name(name).map_or(asked, |apis| apis.nearest(asked))
}

/// Takes `starting_after` out of a query. The upstream's events have other numbers than those that the caller got, and
/// what was held back before one of them is known only from the beginning: so all of the stream is asked for again.
fn resumption(query: Option<String>, deed: Deed) -> Result<(Option<String>, Option<u64>), GatewayError> {
    let Some(asked) = query.as_deref().filter(|_| deed == Deed::Read) else {
        return Ok((query, None));
    };
    let (after, others): (Vec<&str>, Vec<&str>) = asked.split('&').partition(|pair| {
        let key = pair.split('=').next().unwrap_or_default();
        percent_decode_str(key).eq(*b"starting_after")
    });
    let had = match &*after {
        [] => return Ok((query, None)),
        [pair] => pair.split_once('=').and_then(|(_, number)| number.parse().ok()),
        _ => None,
    };
    let had = had.ok_or(GatewayError::StartingAfter)?;
    let others = Some(others.join("&")).filter(|others| !others.is_empty());
    Ok((others, Some(had)))
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

/// Where an upstream has something, and what.
struct Place {
    root: String,
    path: String,
    there: There,
}

enum There {
    Endpoint(Endpoint),
    Kept(kept::Found),
}

impl Place {
    fn find(upstream: &Client, rest: &str, method: &Method) -> Option<Self> {
        let (root, rest) = below_root(upstream, rest)?;
        if let Some((path, endpoint)) = surface::find(upstream.api, rest) {
            let there = There::Endpoint(endpoint);
            return Some(Self { root, path, there });
        }
        let found = kept::find(method, rest).filter(|_| upstream.api == Api::Openai)?;
        Some(Self {
            root,
            path: rest.to_owned(),
            there: There::Kept(found),
        })
    }
}

/// What stands between the base URL of an upstream and the paths of its API, and the path below it.
fn below_root<'a>(upstream: &Client, rest: &'a str) -> Option<(String, &'a str)> {
    if upstream.is_azure {
        azure::below_root(rest, upstream.base_path())
    } else {
        Some((String::new(), below_version(rest, upstream.base_path())))
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
