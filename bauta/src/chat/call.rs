//! One request to the gateway, and the text of its answer piece by piece.

use anyhow::{Context as _, Result, bail};
use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Collected, Full};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use llm_wire::{Frame, SseDecoder};
use proxy_api::config::Api;
use serde_json::Value;

use super::api::{self, Said};
use super::provider::Provider;

/// The largest event of an answer, bytes; the gateway's own limit is no higher by default.
const EVENT_BYTES: usize = 16 << 20;
/// Of an error's text; more of it nobody reads.
const MOST_PROBLEM: usize = 2000;

/// Calls the gateway.
pub(crate) struct Caller {
    http: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    url: String,
}

/// An answer on its way.
pub(crate) struct Answer {
    api: Api,
    body: Incoming,
    events: SseDecoder,
    is_over: bool,
}

impl Caller {
    /// For the upstream `provider` behind the gateway at `gateway`.
    pub(crate) fn new(gateway: &str, provider: &Provider) -> Self {
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_webpki_roots(rustls::crypto::ring::default_provider())
            .map(|builder| builder.https_or_http().enable_http1().build())
            .expect("the provider has the protocol versions that are enabled");
        Self {
            http: Client::builder(TokioExecutor::new()).build(connector),
            url: format!("{gateway}/{}{}", provider.name, api::path(provider.api)),
        }
    }

    /// Asks; the answer has begun then.
    ///
    /// # Errors
    /// In the words of whoever refused it.
    pub(crate) async fn ask(&self, provider: &Provider, body: &Value) -> Result<Answer> {
        let api = provider.api;
        let mut request = Request::post(&self.url).header(header::CONTENT_TYPE, "application/json");
        for (name, value) in api::headers(api) {
            request = request.header(name, value);
        }
        if let Some((name, key)) = &provider.key {
            request = request.header(name, key);
        }
        let request = request.body(Full::new(Bytes::from(body.to_string())))?;
        let answer = self.http.request(request).await;
        let answer = answer.with_context(|| format!("nothing answers at {}", self.url))?;
        if answer.status() != StatusCode::OK {
            return Err(refused(answer).await);
        }
        Ok(Answer {
            api,
            body: answer.into_body(),
            events: SseDecoder::new(EVENT_BYTES),
            is_over: false,
        })
    }
}

async fn refused(answer: Response<Incoming>) -> anyhow::Error {
    let status = answer.status();
    let body = answer.into_body().collect().await;
    let body = body.map(Collected::to_bytes).unwrap_or_default();
    let told = serde_json::from_slice(&body)
        .ok()
        .and_then(|body| api::problem(&body));
    let text = told.unwrap_or_else(|| String::from_utf8_lossy(&body).trim().to_owned());
    let text: String = text.chars().take(MOST_PROBLEM).collect();
    anyhow::anyhow!("Refused with {status}: {}", crate::terminal::visible(&text))
}

impl Answer {
    /// The next piece; `None` at its end.
    ///
    /// # Errors
    /// When it breaks off, or ends in an error.
    pub(crate) async fn next(&mut self) -> Result<Option<String>> {
        loop {
            while let Some(frame) = self.events.next_frame()? {
                let Frame::Event(event) = frame else { continue };
                match api::read(self.api, event.data) {
                    Said::Text(text) => return Ok(Some(text)),
                    Said::Error(message) => bail!("the answer ended in an error: {message}"),
                    Said::End => self.is_over = true,
                    Said::Nothing => {}
                }
            }
            match self.body.frame().await {
                Some(Ok(frame)) => {
                    if let Some(piece) = frame.data_ref() {
                        self.events.push(piece);
                    }
                }
                None if self.is_over => return Ok(None),
                None | Some(Err(_)) => bail!("the answer broke off"),
            }
        }
    }
}
