//! A WebSocket's frames, over any stream of bytes, with buffers that do not stay large after a large frame.

mod boundary;

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::{FutureExt as _, Sink as _, SinkExt as _, Stream as _};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

use self::boundary::Boundary;

/// What is read or written at once; idle sockets keep so much.
const BUFFER_BYTES: usize = 8 * 1024;
/// Buffers that held more than this are given back.
const LARGE_BYTES: usize = 2 * BUFFER_BYTES;

/// One WebSocket, to either side.
pub(crate) struct Frames<S> {
    stream: WebSocketStream<Followed<S>>,
    role: Role,
    config: WebSocketConfig,
    /// A large message has passed, and its buffer is still there.
    is_large: bool,
    /// All whole frames that were read have been taken.
    is_drained: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Frames<S> {
    /// A message may have at most `most` bytes.
    pub(crate) async fn new(io: S, role: Role, most: usize) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(BUFFER_BYTES)
            .write_buffer_size(BUFFER_BYTES)
            .max_message_size(Some(most))
            .max_frame_size(Some(most));
        let io = Followed {
            io,
            boundary: Boundary::default(),
        };
        Self {
            stream: WebSocketStream::from_raw_socket(io, role, Some(config)).await,
            role,
            config,
            is_large: false,
            is_drained: true,
        }
    }

    pub(crate) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Message, Error>>> {
        let polled = Pin::new(&mut self.stream).poll_next(context);
        self.is_drained = polled.is_pending();
        if let Poll::Ready(Some(Ok(message))) = &polled {
            self.is_large |= message.len() > LARGE_BYTES;
        }
        polled
    }

    /// About how much of a message has come that is not whole yet, in bytes.
    pub(crate) fn unfinished(&self) -> usize {
        self.stream.get_ref().boundary.unfinished()
    }

    /// Queues a message.
    pub(crate) fn start_send(&mut self, message: Message) -> Result<(), Error> {
        self.is_large |= message.len() > LARGE_BYTES;
        Pin::new(&mut self.stream).start_send(message)
    }

    pub(crate) fn poll_flush(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    /// The bytes below the frames: for a socket whose frames are not read any more.
    pub(crate) fn io(&mut self) -> &mut (impl AsyncRead + AsyncWrite + Unpin + use<S>) {
        self.stream.get_mut()
    }

    /// Whether [`renewed`](Self::renewed) would give memory back now.
    pub(crate) fn is_bloated(&self) -> bool {
        // Nothing may be left in a buffer that goes: neither a frame, nor a part of one or of a message.
        self.is_large && self.is_drained && self.stream.get_ref().boundary.is_between_messages()
    }

    /// With new buffers, if nothing waits to be written. An open socket only: it forgets that it was being closed.
    pub(crate) async fn renewed(mut self) -> Self {
        if !self.is_bloated() || !matches!(self.stream.flush().now_or_never(), Some(Ok(()))) {
            return self;
        }
        let io = self.stream.into_inner();
        Self {
            stream: WebSocketStream::from_raw_socket(io, self.role, Some(self.config)).await,
            is_large: false,
            ..self
        }
    }
}

/// Follows what is read, to know where its messages end.
struct Followed<S> {
    io: S,
    boundary: Boundary,
}

impl<S: AsyncRead + Unpin> AsyncRead for Followed<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.io).poll_read(context, buffer);
        self.boundary.push(&buffer.filled()[before..]);
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Followed<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, data)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::io::{AsyncWriteExt as _, DuplexStream, duplex};

    use super::*;

    async fn server() -> (Frames<DuplexStream>, DuplexStream) {
        let (near, far) = duplex(1 << 20);
        (Frames::new(near, Role::Server, 1 << 20).await, far)
    }

    /// A frame as a client sends it, masked with zeros.
    fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut bytes = vec![first, 0x80 | 127];
        bytes.extend((payload.len() as u64).to_be_bytes());
        bytes.extend([0; 4]);
        bytes.extend(payload);
        bytes
    }

    async fn next(frames: &mut Frames<DuplexStream>) -> Message {
        poll_fn(|context| frames.poll_next(context))
            .await
            .unwrap()
            .unwrap()
    }

    fn is_quiet(frames: &mut Frames<DuplexStream>) -> bool {
        poll_fn(|context| frames.poll_next(context))
            .now_or_never()
            .is_none()
    }

    #[tokio::test]
    async fn a_large_frame_leaves_no_large_buffer() {
        let (mut frames, mut far) = server().await;
        far.write_all(&frame(0x81, &[b'a'; 60_000])).await.unwrap();
        assert_eq!(next(&mut frames).await.len(), 60_000);
        assert!(!frames.is_bloated(), "more may have been read");
        assert!(is_quiet(&mut frames) && frames.is_bloated());
        frames = frames.renewed().await;
        assert!(is_quiet(&mut frames) && !frames.is_bloated());
        far.write_all(&frame(0x81, b"small")).await.unwrap();
        assert_eq!(next(&mut frames).await, Message::text("small"));
        assert!(is_quiet(&mut frames) && !frames.is_bloated());
    }

    #[tokio::test]
    async fn what_has_begun_to_come_is_kept() {
        let large = frame(0x81, &[b'a'; 60_000]);
        // The rest of a frame, and the rest of a message with a ping in between.
        let begun = [
            vec![frame(0x81, b"whole")],
            vec![
                frame(0x01, b"who"),
                frame(0x89, b""),
                frame(0x00, b"l"),
                frame(0x80, b"e"),
            ],
        ];
        for rest in begun.map(|frames| frames.concat()) {
            for cut in 1..rest.len() {
                let (mut frames, mut far) = server().await;
                far.write_all(&large).await.unwrap();
                far.write_all(&rest[..cut]).await.unwrap();
                assert_eq!(next(&mut frames).await.len(), 60_000);
                while !is_quiet(&mut frames) {}
                assert!(!frames.is_bloated(), "after {cut} bytes");
                frames = frames.renewed().await;
                far.write_all(&rest[cut..]).await.unwrap();
                let mut last = next(&mut frames).await;
                while last.is_ping() {
                    last = next(&mut frames).await;
                }
                assert_eq!(last, Message::text("whole"), "after {cut} bytes");
            }
        }
    }

    #[tokio::test]
    async fn what_waits_to_be_written_is_kept() {
        let (near, far) = duplex(1024);
        let mut frames = Frames::new(near, Role::Server, 1 << 20).await;
        let text = "a".repeat(60_000);
        frames.start_send(Message::text(&*text)).unwrap();
        assert!(is_quiet(&mut frames) && frames.is_bloated());
        frames = frames.renewed().await;
        assert!(frames.is_bloated(), "it could not be written yet");
        let mut caller = Frames::new(far, Role::Client, 1 << 20).await;
        let flushed = poll_fn(|context| frames.poll_flush(context));
        let (flushed, got) = tokio::join!(flushed, next(&mut caller));
        flushed.unwrap();
        assert_eq!(got, Message::text(text));
        assert!(!frames.renewed().await.is_bloated());
    }
}
