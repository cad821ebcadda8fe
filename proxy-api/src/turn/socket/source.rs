//! Where a turn's events come from: a stream over HTTP, or the upstream's socket.

use std::time::Duration;

use futures_util::FutureExt as _;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use llm_wire::{Frame, SseDecoder};

use crate::body::AnswerCut;
use crate::body::coding::Decoder;
use crate::turn::answer::Looked;
use crate::upstream::UpstreamSocket;
use crate::ws::Text;

/// After the terminal event, a stream gets so long to end, for its connection to be used again.
const DRAIN: Duration = Duration::from_secs(5);

/// The upstream's side of a turn.
pub(super) enum Source {
    Stream(Box<Stream>),
    Socket(UpstreamSocket),
    /// Nothing is to come.
    Spent,
}

/// What one wait brought.
pub(super) enum Pulled {
    /// [`Stream::next_event`] may have events now.
    Piece,
    Event(Text),
    /// The upstream has ended.
    Over,
}

impl Source {
    /// Waits for more. Safe to be dropped half-way.
    pub(super) async fn pull(&mut self) -> Result<Pulled, AnswerCut> {
        match self {
            Self::Stream(stream) => stream.pull().await,
            Self::Socket(socket) => socket
                .next()
                .await
                .map(Pulled::Event)
                .map_err(|_| AnswerCut::Upstream),
            Self::Spent => Ok(Pulled::Over),
        }
    }

    /// The turn has ended: the socket comes back, a stream may run out.
    pub(super) fn let_go(&mut self) -> Option<UpstreamSocket> {
        match std::mem::replace(self, Self::Spent) {
            Self::Stream(stream) => {
                run_out(stream.body);
                None
            }
            Self::Socket(socket) => Some(socket),
            Self::Spent => None,
        }
    }
}

/// Server-sent events.
pub(super) struct Stream {
    body: Incoming,
    decoder: Option<Decoder>,
    frames: SseDecoder,
    /// Its beginning has come before anybody asked for it.
    begun: bool,
    /// And its end.
    over: bool,
}

impl Stream {
    pub(super) fn new(body: Incoming, looked: Looked, event_bytes: usize) -> Self {
        let mut frames = SseDecoder::new(event_bytes);
        frames.push(&looked.decoded);
        Self {
            body,
            decoder: looked.decoder,
            frames,
            begun: true,
            over: looked.over,
        }
    }

    async fn pull(&mut self) -> Result<Pulled, AnswerCut> {
        if std::mem::take(&mut self.begun) {
            return Ok(Pulled::Piece);
        }
        if self.over {
            return Ok(Pulled::Over);
        }
        loop {
            let piece = match self.body.frame().await {
                None => return Ok(Pulled::Over),
                Some(Err(_)) => return Err(AnswerCut::Upstream),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(piece) => piece,
                    // Trailers stay here.
                    Err(_) => continue,
                },
            };
            match &mut self.decoder {
                None => self.frames.push(&piece),
                Some(decoder) => {
                    let decoded = decoder.push(&piece).map_err(|_| AnswerCut::Unreadable)?;
                    self.frames.push(&decoded);
                }
            }
            return Ok(Pulled::Piece);
        }
    }

    /// Calls `take` with each event that has come whole, until it says that it was the last.
    pub(super) fn events(
        &mut self,
        mut take: impl FnMut(Option<&str>, &str) -> Result<bool, AnswerCut>,
    ) -> Result<(), AnswerCut> {
        while let Some(frame) = self.frames.next_frame().map_err(|_| AnswerCut::Unreadable)? {
            match frame {
                Frame::Event(event) => {
                    if take(event.name, event.data)? {
                        break;
                    }
                }
                Frame::Passage(raw) if raw.starts_with(b":") => {}
                // An event, perhaps: whoever left it out would lose what it says.
                Frame::Passage(raw) => drop(std::str::from_utf8(raw).map_err(|_| AnswerCut::Unreadable)?),
            }
        }
        Ok(())
    }

    /// As [`events`](Self::events), for an event that was not ended by a blank line before the stream was.
    pub(super) fn rest(
        &mut self,
        mut take: impl FnMut(Option<&str>, &str) -> Result<bool, AnswerCut>,
    ) -> Result<(), AnswerCut> {
        if let Some(Frame::Event(event)) = self.frames.finish() {
            take(event.name, event.data)?;
        }
        Ok(())
    }
}

/// Reads a body to its end, which is near, so that its connection can be used again.
fn run_out(mut body: Incoming) {
    loop {
        match body.frame().now_or_never() {
            Some(Some(Ok(_))) => {}
            Some(None | Some(Err(_))) => return,
            None => break,
        }
    }
    tokio::spawn(async move {
        let end = async { while let Some(Ok(_)) = body.frame().await {} };
        let _ = tokio::time::timeout(DRAIN, end).await;
    });
}
