//! The caller's side of a socket: frames in, events out, and what cannot be read.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead as _, AsyncWrite as _, ReadBuf};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role};
use tokio_tungstenite::tungstenite::{self, Message};

use super::room::Share;
use super::{CloseReason, Text};
use crate::body::read::Pace;
use crate::budget::NoRoom;
use crate::frames::Frames;

type Io = TokioIo<Upgraded>;

/// What has happened on the wire.
#[derive(Debug)]
pub(super) enum Event {
    /// All that was said was taken.
    Flushed,
    Text(Text),
    Binary,
    /// Nothing after this can be read; what still comes is dropped.
    Unreadable(CloseReason),
    /// A ping or a pong.
    Control,
    Gone,
}

/// One caller's socket.
pub(super) struct Wire {
    frames: Frames<Io>,
    unflushed: bool,
    readable: bool,
    closing: bool,
    share: Share,
    most: usize,
    /// When the message began that is not whole yet.
    begun: Option<Instant>,
    /// What had come of the message when that was asked last.
    seen: usize,
}

impl Wire {
    pub(super) async fn new(upgraded: Upgraded, most: usize, share: Share) -> Self {
        Self {
            frames: Frames::new(TokioIo::new(upgraded), Role::Server, most).await,
            unflushed: false,
            readable: true,
            closing: false,
            share,
            most,
            begun: None,
            seen: 0,
        }
    }

    /// Whether something waits to be taken.
    pub(super) fn is_unflushed(&self) -> bool {
        self.unflushed
    }

    /// Whether more of a long message has come since this was asked last.
    pub(super) fn is_receiving(&mut self) -> bool {
        let seen = std::mem::replace(&mut self.seen, self.frames.unfinished());
        self.seen > 0 && self.seen != seen
    }

    /// Whether a message comes more slowly than callers have to send.
    pub(super) fn is_overdue(&self, pace: &Pace) -> bool {
        let now = Instant::now();
        self.begun
            .is_some_and(|begun| pace.next_by(begun, self.frames.unfinished()) <= now)
    }

    /// Queues a frame; [`next`](Self::next) writes it.
    pub(super) fn send(&mut self, message: Message) {
        self.unflushed = true;
        // What cannot be queued cannot be written: the next write tells that the caller is gone.
        let _ = self.frames.start_send(message);
    }

    pub(super) fn close(&mut self, reason: CloseReason) {
        self.closing = true;
        self.send(Message::Close(Some(CloseFrame {
            code: reason.code(),
            reason: reason.text().into(),
        })));
    }

    /// Writes and reads until something has happened. Safe to be dropped half-way.
    pub(super) async fn next(&mut self) -> Event {
        poll_fn(|context| self.poll(context)).await
    }

    /// Whether [`slimmed`](Self::slimmed) would give memory back now.
    pub(super) fn is_bloated(&self) -> bool {
        self.readable && !self.closing && !self.unflushed && self.frames.is_bloated()
    }

    /// Without the buffers of a large frame that has passed.
    pub(super) async fn slimmed(self) -> Self {
        let frames = self.frames.renewed().await;
        Self { frames, ..self }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Event> {
        if self.unflushed
            && let Poll::Ready(flushed) = self.frames.poll_flush(context)
        {
            self.unflushed = false;
            // After its own close frame, the stream says that it is closed.
            return Poll::Ready(match flushed {
                Ok(()) => Event::Flushed,
                Err(_) if self.closing => Event::Flushed,
                Err(_) => Event::Gone,
            });
        }
        if self.readable {
            let polled = self.poll_message(context);
            let unfinished = self.frames.unfinished();
            if unfinished == 0 {
                self.begun = None;
            } else {
                self.begun.get_or_insert_with(Instant::now);
            }
            let fits = self.share.hold(unfinished);
            if polled.is_pending() && unfinished > self.most.saturating_mul(2) {
                // Empty parts without end hold nothing, but cost work.
                self.readable = false;
                return Poll::Ready(Event::Unreadable(CloseReason::TooLarge));
            }
            if polled.is_pending() && !fits {
                self.readable = false;
                return Poll::Ready(Event::Unreadable(CloseReason::NoRoom));
            }
            polled
        } else {
            self.poll_rest(context)
        }
    }

    fn poll_message(&mut self, context: &mut Context<'_>) -> Poll<Event> {
        loop {
            let message = std::task::ready!(self.frames.poll_next(context));
            return Poll::Ready(match message {
                Some(Ok(Message::Text(text))) => match self.share.finish(text) {
                    Ok(text) => Event::Text(text),
                    Err(NoRoom) => {
                        self.readable = false;
                        Event::Unreadable(CloseReason::NoRoom)
                    }
                },
                Some(Ok(Message::Binary(_))) => Event::Binary,
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => Event::Control,
                // Its answer is queued already; the end follows.
                Some(Ok(Message::Close(_) | Message::Frame(_))) => continue,
                Some(Err(error)) => match unreadable(&error) {
                    Some(reason) => {
                        self.readable = false;
                        Event::Unreadable(reason)
                    }
                    None => Event::Gone,
                },
                None => Event::Gone,
            });
        }
    }

    /// Drops what a caller still sends, for it to read why it is closed.
    fn poll_rest(&mut self, context: &mut Context<'_>) -> Poll<Event> {
        let io = self.frames.io();
        if !self.unflushed && std::task::ready!(Pin::new(&mut *io).poll_shutdown(context)).is_err() {
            return Poll::Ready(Event::Gone);
        }
        let mut space = [0; 4096];
        loop {
            let mut buffer = ReadBuf::new(&mut space);
            match std::task::ready!(Pin::new(&mut *io).poll_read(context, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() => {}
                Ok(()) | Err(_) => return Poll::Ready(Event::Gone),
            }
        }
    }
}

/// Why the caller is closed; `None` when it is gone already.
fn unreadable(error: &tungstenite::Error) -> Option<CloseReason> {
    match error {
        tungstenite::Error::Capacity(_) => Some(CloseReason::TooLarge),
        tungstenite::Error::Utf8(_) => Some(CloseReason::NotUtf8),
        tungstenite::Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => None,
        tungstenite::Error::Protocol(_) => Some(CloseReason::Protocol),
        _ => None,
    }
}
