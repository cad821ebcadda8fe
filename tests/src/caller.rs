//! A plain HTTP caller for the suites: what it sends and gets is exactly what the test says.

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::Value;

use crate::fake::PATIENCE;

/// Sends requests to one base URL.
pub struct Caller {
    client: Client<HttpConnector, Full<Bytes>>,
    base: String,
    headers: Vec<(String, String)>,
}

/// A complete answer.
#[derive(Debug)]
pub struct Answered {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body as received.
    pub body: Bytes,
}

/// One server-sent event as the caller reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The `event` field.
    pub name: Option<String>,
    /// The `data` lines, joined.
    pub data: String,
}

impl Event {
    /// The data as JSON; `null` for `[DONE]`.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.data).unwrap_or(Value::Null)
    }
}

impl Caller {
    /// A caller with both providers' credential headers, as a test would send them.
    pub fn new(base: &str) -> Self {
        let headers = [
            ("authorization", "Bearer test-credential"),
            ("anthropic-version", "2023-06-01"),
        ];
        let headers = headers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec();
        Self {
            client: Client::builder(TokioExecutor::new()).build_http(),
            base: base.to_owned(),
            headers,
        }
    }

    /// The same with another header.
    #[must_use]
    pub fn with(self, name: &str, value: &str) -> Self {
        let mut this = self.without(name);
        this.headers.push((name.to_owned(), value.to_owned()));
        this
    }

    /// The same without a header.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    /// Starts a request; the answer's body is not read yet.
    pub async fn open(
        &self,
        method: Method,
        path: &str,
        body: impl Into<Bytes>,
    ) -> anyhow::Result<http::Response<Incoming>> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request
            .header("content-type", "application/json")
            .body(Full::from(body.into()))?;
        Ok(tokio::time::timeout(PATIENCE, self.client.request(request)).await??)
    }

    /// Sends a request and reads the whole answer.
    pub async fn send(&self, method: Method, path: &str, body: impl Into<Bytes>) -> anyhow::Result<Answered> {
        let (head, body) = self.open(method, path, body).await?.into_parts();
        let body = tokio::time::timeout(PATIENCE, body.collect()).await??.to_bytes();
        Ok(Answered {
            status: head.status,
            headers: head.headers,
            body,
        })
    }

    /// `POST` of a JSON value.
    pub async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Answered> {
        self.send(Method::POST, path, body.to_string()).await
    }

    /// `GET`.
    pub async fn fetch(&self, path: &str) -> anyhow::Result<Answered> {
        self.send(Method::GET, path, Bytes::new()).await
    }
}

impl Answered {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; `null` when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The body as events.
    pub fn events(&self) -> Vec<Event> {
        events(&self.text())
    }

    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The status, or the body as the error's text: for answers that must have gone well.
    pub fn ok(self) -> anyhow::Result<Self> {
        anyhow::ensure!(self.status.is_success(), "{}: {}", self.status, self.text());
        Ok(self)
    }
}

/// Reads an event stream by the rules of the HTML standard.
pub fn events(stream: &str) -> Vec<Event> {
    let text = stream
        .trim_start_matches('\u{feff}')
        .replace("\r\n", "\n")
        .replace('\r', "\n");
    let mut events = Vec::new();
    let (mut name, mut data): (Option<String>, Vec<String>) = (None, Vec::new());
    for line in text.split('\n') {
        if line.is_empty() {
            if !data.is_empty() {
                events.push(Event {
                    name: name.take(),
                    data: data.join("\n"),
                });
            }
            (name, data) = (None, Vec::new());
            continue;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value).to_owned();
        match field {
            "event" => name = Some(value),
            "data" => data.push(value),
            _ => {}
        }
    }
    events
}
