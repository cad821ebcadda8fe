//! How the identity provider is asked: TLS with the usual authorities, no redirects, bounded in size and time.

use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use thiserror::Error;
use tokio::time::timeout;

const MAX_BODY: usize = 1 << 20;
const PATIENCE: Duration = Duration::from_secs(10);

/// There is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the identity provider does not answer")]
pub(super) struct NoAnswer;

pub(super) struct HttpClient(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

impl HttpClient {
    pub(super) fn new() -> Self {
        // Plain HTTP is for a provider on the same machine; the configuration refuses it elsewhere.
        let connector = HttpsConnectorBuilder::new()
            .with_webpki_roots()
            .https_or_http()
            .enable_http1()
            .build();
        Self(Client::builder(TokioExecutor::new()).build(connector))
    }

    async fn answer(&self, request: HttpRequest) -> Result<HttpResponse, NoAnswer> {
        let request = request.map(|body| Full::from(Bytes::from(body)));
        let (head, body) = self.0.request(request).await.map_err(|_| NoAnswer)?.into_parts();
        let body = Limited::new(body, MAX_BODY)
            .collect()
            .await
            .map_err(|_| NoAnswer)?;
        Ok(HttpResponse::from_parts(head, body.to_bytes().to_vec()))
    }
}

impl<'c> AsyncHttpClient<'c> for HttpClient {
    type Error = NoAnswer;
    type Future = BoxFuture<'c, Result<HttpResponse, NoAnswer>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            timeout(PATIENCE, self.answer(request))
                .await
                .map_err(|_| NoAnswer)?
        })
    }
}
