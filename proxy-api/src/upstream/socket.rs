//! A WebSocket to one upstream: opened over its pinned client, and the frames that cross it.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Arc;

use data_encoding::BASE64;
use http::header::SEC_WEBSOCKET_ACCEPT;
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use super::client::{Client, UpstreamBody};
use crate::error::GatewayError;
use crate::frames::Frames;
use crate::turn::Cleared;

/// A late event is late by a turn or two.
const MAX_ENDED: usize = 8;

/// What an upstream says to a handshake.
pub(crate) enum Opened {
    Socket(UpstreamSocket, HeaderMap),
    /// It answers over HTTP.
    Refused(Response<UpstreamBody>),
}

/// The upstream's socket broke, or is no socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Broken;

/// A socket to an upstream. Dropping it cancels what runs there.
pub(crate) struct UpstreamSocket {
    client: Arc<Client>,
    frames: Box<Frames<TokioIo<Upgraded>>>,
    /// The last responses that have ended on it.
    ended: VecDeque<String>,
}

impl UpstreamSocket {
    /// Asks the upstream of a cleared, bodyless request for a socket whose messages have at most `most` bytes.
    pub(crate) async fn open(cleared: Cleared, most: usize) -> Result<Opened, GatewayError> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|_| GatewayError::Internal)?;
        let key = HeaderValue::from_str(&BASE64.encode(&random)).map_err(|_| GatewayError::Internal)?;
        let client = cleared.client();
        let mut response = Client::send(cleared.into_upgrade(&key)).await?;
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Ok(Opened::Refused(response));
        }
        let accept = response.headers().get(SEC_WEBSOCKET_ACCEPT);
        if accept.map(HeaderValue::as_bytes) != Some(derive_accept_key(key.as_bytes()).as_bytes()) {
            return Err(GatewayError::UpstreamAnswer);
        }
        let upgraded = hyper::upgrade::on(&mut response)
            .await
            .map_err(|_| GatewayError::UpstreamAnswer)?;
        let frames = Box::new(Frames::new(TokioIo::new(upgraded), Role::Client, most).await);
        let headers = std::mem::take(response.headers_mut());
        Ok(Opened::Socket(
            Self {
                client,
                frames,
                ended: VecDeque::new(),
            },
            headers,
        ))
    }

    /// Sends one turn. It has to be cleared for this very upstream.
    pub(crate) async fn send(mut self, cleared: Cleared) -> Result<Self, Broken> {
        let (client, frame) = cleared.into_frame();
        if !Arc::ptr_eq(&client, &self.client) {
            return Err(Broken);
        }
        let text = Utf8Bytes::try_from(frame).map_err(|_| Broken)?;
        self.frames.start_send(Message::Text(text)).map_err(|_| Broken)?;
        let flushed = poll_fn(|context| self.frames.poll_flush(context)).await;
        flushed.map_err(|_| Broken)?;
        if self.is_bloated() {
            self = self.slimmed().await;
        }
        Ok(self)
    }

    /// A response has ended: what is still said of it belongs to no turn.
    pub(crate) fn ended(&mut self, id: String) {
        self.ended.truncate(MAX_ENDED - 1);
        self.ended.push_front(id);
    }

    /// The responses that have ended.
    pub(crate) fn ended_ids(&self) -> Vec<String> {
        self.ended.iter().cloned().collect()
    }

    /// The next text frame; pings are answered meanwhile. Safe to be dropped half-way.
    pub(crate) async fn next(&mut self) -> Result<Utf8Bytes, Broken> {
        loop {
            match poll_fn(|context| self.frames.poll_next(context)).await {
                Some(Ok(Message::Text(text))) => return Ok(text),
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Ok(Message::Binary(_) | Message::Close(_)) | Err(_)) | None => return Err(Broken),
            }
        }
    }

    /// Whether [`slimmed`](Self::slimmed) would give memory back now.
    pub(crate) fn is_bloated(&self) -> bool {
        self.frames.is_bloated()
    }

    /// Without the buffers of a large frame that has passed.
    pub(crate) async fn slimmed(self) -> Self {
        let frames = Box::new(self.frames.renewed().await);
        Self { frames, ..self }
    }
}
