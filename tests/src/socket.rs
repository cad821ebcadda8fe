//! A caller's socket for the suites: events in and out, and how it ends.

mod handshake;
mod raw;

use anyhow::Context as _;
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use http::HeaderMap;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::protocol::{CloseFrame, Role, WebSocketConfig},
};

pub use handshake::{Handshake, Opened};
pub use raw::{Frame, RawSocket};
pub use tokio_tungstenite::tungstenite::Message;

use crate::fake::PATIENCE;

/// The largest frame and message that a test may get, in bytes.
const LARGEST: usize = 256 << 20;

/// An open socket. Dropped, it ends the TCP connection without a close frame.
pub struct Socket {
    stream: WebSocketStream<TokioIo<Upgraded>>,
    headers: HeaderMap,
}

impl Socket {
    async fn new(upgraded: Upgraded, headers: HeaderMap) -> Self {
        let config = WebSocketConfig::default()
            .max_frame_size(Some(LARGEST))
            .max_message_size(Some(LARGEST));
        let stream =
            WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Client, Some(config)).await;
        Self { stream, headers }
    }

    /// The headers of the upgrade answer.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// A header of the upgrade answer.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Sends a JSON value as a text frame.
    pub async fn send(&mut self, event: &Value) -> anyhow::Result<()> {
        self.message(Message::text(event.to_string())).await
    }

    /// Sends any message: text, binary, a ping, a pong.
    pub async fn message(&mut self, message: Message) -> anyhow::Result<()> {
        Ok(tokio::time::timeout(PATIENCE, self.stream.send(message)).await??)
    }

    /// Sends a ping and waits for its pong; events that come before it are lost.
    pub async fn ping(&mut self, payload: &str) -> anyhow::Result<()> {
        let payload = Bytes::from(payload.to_owned());
        self.message(Message::Ping(payload.clone())).await?;
        loop {
            match self.receive().await? {
                Some(Message::Pong(got)) if got == payload => return Ok(()),
                Some(Message::Close(_)) | None => anyhow::bail!("closed instead of a pong"),
                Some(_) => {}
            }
        }
    }

    /// Sends a close frame; [`Self::closed`] waits for the other one.
    pub async fn close(&mut self, code: u16, reason: &str) -> anyhow::Result<()> {
        let frame = CloseFrame {
            code: code.into(),
            reason: reason.to_owned().into(),
        };
        Ok(tokio::time::timeout(PATIENCE, self.stream.close(Some(frame))).await??)
    }

    /// The next message of any kind, pings and close frames among them; nothing once the connection has ended.
    pub async fn receive(&mut self) -> anyhow::Result<Option<Message>> {
        let next = tokio::time::timeout(PATIENCE, self.stream.next());
        // A connection that ends without a close frame is an end like any other here.
        Ok(next.await.context("nothing comes")?.and_then(Result::ok))
    }

    /// The next event.
    ///
    /// # Errors
    /// When a text frame holds no JSON, or the socket closes.
    pub async fn event(&mut self) -> anyhow::Result<Value> {
        loop {
            match self.receive().await? {
                Some(Message::Text(text)) => {
                    return serde_json::from_str(&text).with_context(|| text.to_string());
                }
                Some(Message::Ping(_) | Message::Pong(_)) => {}
                other => anyhow::bail!("{other:?} instead of an event"),
            }
        }
    }

    /// The events up to the end of a turn: its terminal event, or an error.
    pub async fn events(&mut self) -> anyhow::Result<Vec<Value>> {
        let mut events = Vec::new();
        loop {
            events.push(self.event().await?);
            if events.last().is_some_and(is_terminal) {
                return Ok(events);
            }
        }
    }

    /// Sends a request and reads the events of its turn.
    pub async fn turn(&mut self, create: &Value) -> anyhow::Result<Vec<Value>> {
        self.send(create).await?;
        self.events().await
    }

    /// Reads to the end of the connection; the code of the close frame, if one comes.
    pub async fn closed(&mut self) -> anyhow::Result<Option<u16>> {
        let mut code = None;
        while let Some(message) = self.receive().await? {
            if let Message::Close(frame) = message {
                code = Some(frame.map_or(1005, |frame| frame.code.into()));
            }
        }
        Ok(code)
    }
}

/// Whether an event ends its turn.
pub fn is_terminal(event: &Value) -> bool {
    let kind = event["type"].as_str().unwrap_or_default();
    let ends = ["completed", "failed", "incomplete", "cancelled"];
    kind == "error"
        || kind
            .strip_prefix("response.")
            .is_some_and(|end| ends.contains(&end))
}

/// What the model said in the text deltas of a turn.
pub fn said(events: &[Value]) -> String {
    let deltas = events
        .iter()
        .filter(|event| event["type"] == "response.output_text.delta");
    deltas.filter_map(|event| event["delta"].as_str()).collect()
}
