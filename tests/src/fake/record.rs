//! What the fake provider remembers of each request, and the tap that keeps every byte of a connection.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use bytes::Bytes;
use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

/// How the answer to a request went; for the handshake of a socket, how the socket ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is still being written.
    Open,
    /// It was written to its end; a socket ended with a close frame.
    Sent,
    /// The provider aborted it, as scripted.
    Cut,
    /// The other side left before its end.
    Cancelled,
}

/// One received request, or one frame of a socket.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// HTTP method; `WEBSOCKET` for a frame, whose target and headers are the handshake's.
    pub method: String,
    /// Path and query as received.
    pub target: String,
    /// Headers in order of arrival, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as received.
    pub raw: Bytes,
    /// The body without its content codings.
    pub body: Bytes,
    /// All that the model reads, as JSON text: instructions, tools, and in `input` the whole conversation with what
    /// the provider remembers of it. Responses only, elsewhere empty.
    pub seen: String,
    /// The number of the TCP connection, from 1.
    pub connection: u64,
    /// How the answer went.
    pub outcome: Outcome,
}

impl Recorded {
    /// Whether it came as a frame over a socket.
    pub fn is_frame(&self) -> bool {
        self.method == "WEBSOCKET"
    }

    /// Whether it asked to open a socket.
    pub fn is_handshake(&self) -> bool {
        self.method == "GET" && self.header("upgrade").is_some()
    }

    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; `null` when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

/// Bytes received over one connection.
pub(super) type Tape = Arc<Mutex<Vec<u8>>>;

/// Which connection a request came over, and where its bytes are kept.
#[derive(Clone)]
pub(super) struct Connection {
    pub(super) number: u64,
    pub(super) tape: Option<Tape>,
}

impl Connection {
    /// Adds what the connection's bytes hold in disguise.
    pub(super) fn write_down(&self, bytes: &[u8]) {
        if let Some(tape) = &self.tape {
            tape.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .extend_from_slice(bytes);
        }
    }
}

/// A connection whose received bytes are also written to a tape.
pub(super) struct Tapped {
    pub(super) stream: TcpStream,
    pub(super) connection: Connection,
}

impl AsyncRead for Tapped {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buffer);
        let new = buffer.filled().get(before..).unwrap_or_default();
        self.connection.write_down(new);
        polled
    }
}

impl AsyncWrite for Tapped {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, data)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
