//! The HTTP client of one upstream: one host, kept connections, no redirects, no environment proxies.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::uri::{PathAndQuery, Uri};
use http::{HeaderValue, Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::connect::Connector;
use super::pinning::AddressRefused;
use super::side::Sides;
use super::system_role::SystemRoles;
use crate::config::{Addresses, Api, BaseUrl, Timeouts, Upstream};
use crate::error::GatewayError;
use crate::turn::Cleared;

/// Idle connections are closed before providers and load balancers usually do it themselves.
const POOL_IDLE: Duration = Duration::from_secs(50);
/// Idle connections kept for one upstream: a quarter of the turns that run at once by default, and each holds a buffer.
const POOL_SIZE: usize = 256;
/// Room for the head of an answer and one read of its body: as much as a request's head may have by default.
const READ_BUFFER_BYTES: usize = 64 * 1024;

/// Before the name of a deployment on Azure.
pub(crate) const DEPLOYMENTS: &str = "/deployments/";

/// What an upstream sends, still encoded.
pub(crate) type UpstreamBody = Incoming;

/// Where exactly a request goes at its upstream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// Between the base URL and the API's paths: on Azure down to the version or the deployment, else nothing.
    pub(crate) root: String,
    /// Below that, starting with `/`.
    pub(crate) path: String,
    /// As the caller wrote it, inspected.
    pub(crate) query: Option<String>,
}

impl Target {
    /// Whether the query of a `GET` asks for a stream.
    pub(crate) fn asks_for_stream(&self) -> bool {
        let query = self.query.as_deref().unwrap_or_default();
        query
            .split('&')
            .any(|pair| pair.eq_ignore_ascii_case("stream=true"))
    }

    /// The name that somebody gave a model on Azure.
    pub(crate) fn deployment(&self) -> Option<&str> {
        self.root.split_once(DEPLOYMENTS).map(|(_, name)| name)
    }
}

/// One API of an upstream and the only way to it.
pub(crate) struct Client {
    pub(crate) name: Arc<str>,
    pub(crate) api: Api,
    /// Whether its paths are those of Azure.
    pub(crate) is_azure: bool,
    /// Whether it checks callers' tokens.
    pub(crate) verifies_tokens: bool,
    /// Whether it speaks WebSocket.
    pub(crate) sides: Sides,
    /// Which of its models take system messages.
    pub(crate) system_roles: SystemRoles,
    base_url: BaseUrl,
    authorization: Option<(http::HeaderName, HeaderValue)>,
    http: legacy::Client<Connector, Full<Bytes>>,
    first_byte: Duration,
}

impl Client {
    pub(super) fn new(
        upstream: &Upstream,
        timeouts: &Timeouts,
        proxy: Option<&Uri>,
        tls: &rustls::ClientConfig,
    ) -> anyhow::Result<Self> {
        // What stays near needs no proxy, and must not meet one.
        let proxy = if upstream.addresses == Addresses::Private {
            None
        } else {
            proxy
        };
        let connector = Connector::new(upstream.addresses, proxy, tls, timeouts.connect());
        let http = legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(POOL_IDLE)
            .pool_max_idle_per_host(POOL_SIZE)
            .http1_max_buf_size(READ_BUFFER_BYTES)
            .build(connector);
        Ok(Self {
            name: upstream.name.as_str().into(),
            api: upstream.api,
            is_azure: upstream.is_azure,
            verifies_tokens: upstream.verifies_tokens,
            sides: Sides::new(upstream.websocket),
            system_roles: SystemRoles::default(),
            base_url: upstream.base_url.clone(),
            authorization: held_credential(upstream)?,
            http,
            first_byte: timeouts.upstream_idle(),
        })
    }

    /// The path part of the base URL: empty, or `/` and more.
    pub(crate) fn base_path(&self) -> &str {
        self.base_url.path()
    }

    /// The credential that the gateway holds for this upstream.
    pub(crate) fn held_credential(&self) -> Option<(&http::HeaderName, &HeaderValue)> {
        self.authorization.as_ref().map(|(name, value)| (name, value))
    }

    /// Sends one request and waits for the head of its answer. Dropping the future or the answer's body closes
    /// the connection, which cancels the request upstream.
    pub(crate) async fn send(cleared: Cleared) -> Result<Response<UpstreamBody>, GatewayError> {
        let (client, parts) = cleared.into_parts();
        let mut request = Request::new(Full::new(parts.body));
        *request.method_mut() = parts.method;
        *request.uri_mut() = client.uri(&parts.target)?;
        *request.headers_mut() = parts.headers;
        match tokio::time::timeout(client.first_byte, client.http.request(request)).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(client.explain(&error)),
            Err(_) => Err(GatewayError::UpstreamTimeout),
        }
    }

    /// Scheme and host come from the configuration alone.
    fn uri(&self, target: &Target) -> Result<Uri, GatewayError> {
        let base = self.base_url.path();
        let mut text = String::with_capacity(base.len() + target.root.len() + target.path.len() + 64);
        text.push_str(base);
        text.push_str(&target.root);
        text.push_str(&target.path);
        if let Some(query) = &target.query {
            text.push('?');
            text.push_str(query);
        }
        let path = PathAndQuery::try_from(text).map_err(|_| GatewayError::BadTarget)?;
        Uri::builder()
            .scheme(self.base_url.scheme().clone())
            .authority(self.base_url.authority().clone())
            .path_and_query(path)
            .build()
            .map_err(|_| GatewayError::BadTarget)
    }

    fn explain(&self, error: &legacy::Error) -> GatewayError {
        let mut cause = error.source();
        let mut timed_out = false;
        while let Some(inner) = cause {
            if inner.downcast_ref::<AddressRefused>().is_some() {
                return GatewayError::UpstreamAddress;
            }
            if let Some(io) = inner.downcast_ref::<std::io::Error>() {
                timed_out |= io.kind() == std::io::ErrorKind::TimedOut;
                // An error inside an I/O error is not in the chain of sources.
                if let Some(inner) = io.get_ref()
                    && inner.is::<AddressRefused>()
                {
                    return GatewayError::UpstreamAddress;
                }
            }
            cause = inner.source();
        }
        // The error's own text names hosts and protocol states only, but it is not ours: its kind is enough.
        tracing::debug!(
            upstream = &*self.name,
            connect = error.is_connect(),
            timed_out,
            "upstream request failed"
        );
        if timed_out {
            GatewayError::UpstreamTimeout
        } else {
            GatewayError::UpstreamUnreachable
        }
    }
}

fn held_credential(upstream: &Upstream) -> anyhow::Result<Option<(http::HeaderName, HeaderValue)>> {
    let Some(key) = &upstream.api_key else {
        return Ok(None);
    };
    let (name, text) = match upstream.api {
        Api::Openai if upstream.is_azure => (super::headers::API_KEY, key.expose_text().to_owned()),
        Api::Openai => (
            http::header::AUTHORIZATION,
            format!("Bearer {}", key.expose_text()),
        ),
        Api::Anthropic => (super::headers::X_API_KEY, key.expose_text().to_owned()),
    };
    let mut value = HeaderValue::from_str(&text).map_err(|_| {
        anyhow::anyhow!(
            "upstreams.{}.api_key holds characters that a header cannot",
            upstream.name
        )
    })?;
    value.set_sensitive(true);
    Ok(Some((name, value)))
}
