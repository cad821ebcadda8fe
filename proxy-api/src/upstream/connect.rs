//! Connections to one upstream: pinned addresses, TLS, one bound on the time of both, perhaps through a proxy.

use std::error::Error;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower::Service;

use super::pinning::PinnedResolver;
use crate::config::Addresses;

/// A model may think for minutes without a byte, and the strictest middleboxes forget a silent connection after one.
const TCP_KEEPALIVE: Duration = Duration::from_secs(30);

type BoxError = Box<dyn Error + Send + Sync>;
type Connecting<T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send>>;

/// Makes connections to one upstream.
#[derive(Clone)]
pub(super) struct Connector {
    tls: HttpsConnector<Reach>,
    timeout: Duration,
}

impl Connector {
    /// Through `proxy`, names are resolved there: `addresses` then says where the proxy itself may be.
    pub(super) fn new(
        addresses: Addresses,
        proxy: Option<&Uri>,
        tls: &rustls::ClientConfig,
        timeout: Duration,
    ) -> Self {
        let resolver = PinnedResolver::new(if proxy.is_some() {
            Addresses::Any
        } else {
            addresses
        });
        let mut tcp = HttpConnector::new_with_resolver(resolver);
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(TCP_KEEPALIVE));
        let reach = match proxy {
            None => Reach::Direct(tcp),
            Some(proxy) => Reach::Proxied(Tunnel::new(proxy.clone(), tcp)),
        };
        let tls = HttpsConnectorBuilder::new()
            .with_tls_config(tls.clone())
            .https_or_http()
            // One connection per running turn: a shared HTTP/2 connection would let one slow stream hold up others.
            .enable_http1()
            .wrap_connector(reach);
        Self { tls, timeout }
    }
}

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<TokioIo<TcpStream>>;
    type Error = BoxError;
    type Future = Connecting<Self::Response>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.tls.poll_ready(context)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = self.tls.call(uri);
        let timeout = self.timeout;
        Box::pin(async move {
            match tokio::time::timeout(timeout, connecting).await {
                Ok(connected) => connected,
                Err(_) => Err(io::Error::from(io::ErrorKind::TimedOut).into()),
            }
        })
    }
}

/// How the upstream's host is reached.
#[derive(Clone)]
enum Reach {
    Direct(HttpConnector<PinnedResolver>),
    Proxied(Tunnel<HttpConnector<PinnedResolver>>),
}

impl Service<Uri> for Reach {
    type Response = TokioIo<TcpStream>;
    type Error = BoxError;
    type Future = Connecting<Self::Response>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        match self {
            Self::Direct(tcp) => tcp.poll_ready(context).map_err(Into::into),
            Self::Proxied(tunnel) => tunnel.poll_ready(context).map_err(Into::into),
        }
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        match self {
            Self::Direct(tcp) => {
                let connecting = tcp.call(uri);
                Box::pin(async move { connecting.await.map_err(Into::into) })
            }
            Self::Proxied(tunnel) => {
                let connecting = tunnel.call(uri);
                Box::pin(async move { connecting.await.map_err(Into::into) })
            }
        }
    }
}

/// The system's roots let an organisation add its own; a bare container has none and gets Mozilla's.
pub(super) fn tls_config() -> Result<rustls::ClientConfig, rustls::Error> {
    use hyper_rustls::ConfigBuilderExt as _;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(match builder.clone().with_native_roots() {
        Ok(with_roots) => with_roots.with_no_client_auth(),
        Err(_) => builder.with_webpki_roots().with_no_client_auth(),
    })
}
