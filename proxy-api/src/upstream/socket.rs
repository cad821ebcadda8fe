//! A WebSocket to one upstream: opened over its pinned client, and the frames that cross it.

use std::sync::Arc;

use data_encoding::BASE64;
use futures_util::{SinkExt as _, StreamExt as _};
use http::header::SEC_WEBSOCKET_ACCEPT;
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use super::client::{Client, UpstreamBody};
use crate::error::GatewayError;
use crate::turn::Cleared;

/// What is read or written at once; idle sockets keep so much.
const BUFFER_BYTES: usize = 8 * 1024;

/// Limits and buffers of a socket, to either side.
pub(crate) fn socket_config(most: usize) -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES)
        .max_message_size(Some(most))
        .max_frame_size(Some(most))
}

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
    stream: Box<WebSocketStream<TokioIo<Upgraded>>>,
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
        let (stream, config) = (TokioIo::new(upgraded), socket_config(most));
        let stream = WebSocketStream::from_raw_socket(stream, Role::Client, Some(config)).await;
        let stream = Box::new(stream);
        let headers = std::mem::take(response.headers_mut());
        Ok(Opened::Socket(Self { client, stream }, headers))
    }

    /// Sends one turn. It has to be cleared for this very upstream.
    pub(crate) async fn send(&mut self, cleared: Cleared) -> Result<(), Broken> {
        let (client, frame) = cleared.into_frame();
        if !Arc::ptr_eq(&client, &self.client) {
            return Err(Broken);
        }
        let text = Utf8Bytes::try_from(frame).map_err(|_| Broken)?;
        self.stream.send(Message::Text(text)).await.map_err(|_| Broken)
    }

    /// The next text frame; pings are answered meanwhile. Safe to be dropped half-way.
    pub(crate) async fn next(&mut self) -> Result<Utf8Bytes, Broken> {
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Text(text))) => return Ok(text),
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Ok(Message::Binary(_) | Message::Close(_)) | Err(_)) | None => return Err(Broken),
            }
        }
    }
}
