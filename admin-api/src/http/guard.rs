//! Layers that every request passes: where it comes from, what may change something, and headers of the answer.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use ipnet::IpNet;

use super::App;
use super::problem::Problem;

/// The address that a request comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source(pub(crate) IpAddr);

impl Source {
    /// What attempts are counted by: an IPv6 customer has a /64 at least.
    pub(crate) fn network(self) -> String {
        match self.0 {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        }
    }
}

/// The peer, or whom a trusted proxy says it speaks for: the last address that is not a trusted proxy's.
fn source_of(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut source = peer.to_canonical();
    if !is_trusted(&source) {
        return source;
    }
    let named = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|address| address_of(address.trim()));
    for address in named.collect::<Vec<_>>().into_iter().rev() {
        // What cannot be read ends what can be believed.
        let Some(address) = address else { break };
        source = address;
        if !is_trusted(&source) {
            break;
        }
    }
    source
}

/// Some proxies name a port too.
fn address_of(text: &str) -> Option<IpAddr> {
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    let in_brackets = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let address: IpAddr = text.parse().ok().or_else(with_port).or_else(in_brackets)?;
    Some(address.to_canonical())
}

/// Counts, and tells the layers below where the request comes from.
pub(super) async fn watch(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::from([0, 0, 0, 0]), |info| info.0.ip());
    let source = source_of(peer, request.headers(), &app.trusted_proxies);
    request.extensions_mut().insert(Source(source));
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let took = started.elapsed();
    app.metrics.request(response.status().as_u16(), took);
    let route = route.as_ref().map(MatchedPath::as_str);
    app.traces
        .request(&method, route, response.status(), took, app.clock.system_time());
    response
}

/// What changes something comes from our own pages: a browser says so, and nothing else is let through.
pub(super) async fn same_origin(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return next.run(request).await;
    }
    if is_ours(request.headers(), &app.origins) {
        return next.run(request).await;
    }
    if let Some(source) = request.extensions().get::<Source>().copied() {
        app.refused(source, "request.refuse_origin", None).await;
    }
    Problem::new(
        StatusCode::FORBIDDEN,
        "foreign_origin",
        "The request does not come from the console: its Origin is missing or another one.",
    )
    .into_response()
}

fn is_ours(headers: &HeaderMap, origins: &[String]) -> bool {
    let mut values = headers.get_all(header::ORIGIN).iter();
    let (Some(origin), None) = (values.next(), values.next()) else {
        return false;
    };
    let is_known = origins.iter().any(|known| known.as_bytes() == origin.as_bytes());
    // Browsers that are older than the header leave it out.
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    is_known && site.is_none_or(|site| site == b"same-origin")
}

/// No script but our own, no frame, no guess at types, no referrer. Wasm needs `'wasm-unsafe-eval'`.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
                      font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; \
                      frame-ancestors 'none'";

const HEADERS: [(&str, &str); 6] = [
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

pub(super) async fn headers(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    let is_asset = request.uri().path().starts_with(super::console::ASSETS);
    let mut response = next.run(request).await;
    let cache = if is_api {
        "no-store"
    } else if is_asset && response.status().is_success() {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if app.is_secure {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forwarded(text: &str) -> HeaderMap {
        HeaderMap::from_iter([(
            HeaderName::from_static("x-forwarded-for"),
            HeaderValue::from_str(text).unwrap(),
        )])
    }

    #[test]
    fn only_trusted_proxies_name_a_source() {
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let proxy: IpAddr = "10.0.0.1".parse().unwrap();
        let stranger: IpAddr = "192.0.2.7".parse().unwrap();
        for (peer, named, expected) in [
            (stranger, "198.51.100.1", "192.0.2.7"),
            (proxy, "203.0.113.9, 198.51.100.1", "198.51.100.1"),
            (proxy, "198.51.100.1, 10.1.1.1", "198.51.100.1"),
            (proxy, "nonsense, 10.1.1.1", "10.1.1.1"),
            (proxy, "", "10.0.0.1"),
            (proxy, "198.51.100.1:5555", "198.51.100.1"),
            (proxy, "[2001:db8::1]:5555", "2001:db8::1"),
            (proxy, "[2001:db8::1]", "2001:db8::1"),
        ] {
            assert_eq!(
                source_of(peer, &forwarded(named), &trusted).to_string(),
                expected,
                "{named}"
            );
        }
    }

    #[test]
    fn origins_are_compared_whole() {
        let ours = ["https://console.example".to_owned()];
        let with = |pairs: &[(&'static str, &'static str)]| -> HeaderMap {
            pairs
                .iter()
                .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
                .collect()
        };
        assert!(is_ours(&with(&[("origin", "https://console.example")]), &ours));
        for bad in [
            with(&[]),
            with(&[("origin", "null")]),
            with(&[("origin", "https://console.example.evil.example")]),
            with(&[("origin", "http://console.example")]),
            with(&[
                ("origin", "https://console.example"),
                ("sec-fetch-site", "cross-site"),
            ]),
        ] {
            assert!(!is_ours(&bad, &ours), "{bad:?}");
        }
    }

    #[test]
    fn a_customer_of_ipv6_is_one_source() {
        let network = |text: &str| Source(text.parse().unwrap()).network();
        assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }
}
