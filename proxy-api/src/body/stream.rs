//! An upstream's body on its way to the caller, transformed piece by piece as it arrives.

use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use super::AnswerCut;

/// What happens to the bytes; synchronous.
pub(crate) trait Transform: Send + Unpin {
    /// Takes a piece and gives what can go out now. After a cut, `end` is called and nothing more is pushed.
    fn push(&mut self, piece: Bytes) -> (Bytes, Option<AnswerCut>);

    /// The upstream has ended, well or not: gives the rest. Called once. A clean end may turn out to be a cut.
    fn end(&mut self, cut: Option<AnswerCut>) -> (Bytes, Option<AnswerCut>);
}

/// A body that passes through a [`Transform`]. Dropping it drops the upstream's body, which cancels the request there.
pub(crate) struct Transformed<B, T> {
    upstream: B,
    transform: T,
    state: State,
    idle: Duration,
    heard: Instant,
    deadline: Option<Instant>,
    timer: Pin<Box<Sleep>>,
    /// The length of what goes out, when the transform keeps it.
    exact: Option<u64>,
    /// What was transformed before.
    first: Bytes,
}

enum State {
    Open,
    Ended,
    /// Waits once before the cut: hyper drops what it has not flushed yet when a body fails.
    Cutting(AnswerCut),
    Cut(AnswerCut),
}

impl<B, T> Transformed<B, T> {
    /// `idle` bounds each wait for the upstream, `deadline` all of them.
    pub(crate) fn new(upstream: B, transform: T, idle: Duration, deadline: Option<Instant>) -> Self {
        let heard = Instant::now();
        Self {
            upstream,
            transform,
            state: State::Open,
            idle,
            heard,
            deadline,
            timer: Box::pin(sleep_until(heard + idle)),
            exact: None,
            first: Bytes::new(),
        }
    }

    /// Gives out what the transform has made of the beginning already.
    pub(crate) fn beginning_with(mut self, first: Bytes) -> Self {
        self.first = first;
        self
    }

    /// Announces the length of the body.
    pub(crate) fn with_exact_length(mut self, length: Option<u64>) -> Self {
        self.exact = length;
        self
    }

    /// The cut that time asks for, if any.
    fn poll_timer(&mut self, context: &mut Context<'_>) -> Poll<AnswerCut> {
        loop {
            let quiet_until = self.heard + self.idle;
            let wake = self
                .deadline
                .map_or(quiet_until, |deadline| deadline.min(quiet_until));
            // Set anew only when it fires or the deadline is nearer: not at every piece.
            if self.timer.deadline() > wake {
                self.timer.as_mut().reset(wake);
            }
            ready!(self.timer.as_mut().poll(context));
            let now = Instant::now();
            if self.deadline.is_some_and(|deadline| now >= deadline) {
                return Poll::Ready(AnswerCut::Deadline);
            }
            if now >= quiet_until {
                return Poll::Ready(AnswerCut::Idle);
            }
            self.timer.as_mut().reset(wake);
        }
    }
}

impl<B, T: Transform> Transformed<B, T> {
    fn end(&mut self, cut: Option<AnswerCut>) -> Bytes {
        let (rest, cut) = self.transform.end(cut);
        self.state = cut.map_or(State::Ended, State::Cutting);
        rest
    }
}

impl<B, T> Body for Transformed<B, T>
where
    B: Body<Data = Bytes> + Unpin,
    T: Transform,
{
    type Data = Bytes;
    type Error = AnswerCut;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, AnswerCut>>> {
        let this = self.get_mut();
        if !this.first.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(std::mem::take(&mut this.first)))));
        }
        loop {
            match this.state {
                State::Ended => return Poll::Ready(None),
                State::Cutting(cut) => {
                    this.state = State::Cut(cut);
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                State::Cut(cut) => return Poll::Ready(Some(Err(cut))),
                State::Open => {}
            }
            let out = match Pin::new(&mut this.upstream).poll_frame(context) {
                Poll::Ready(Some(Ok(frame))) => {
                    this.heard = Instant::now();
                    // Trailers stay here.
                    let Ok(piece) = frame.into_data() else { continue };
                    match this.transform.push(piece) {
                        // Where the upstream has said how long it is, this is the last byte: the end comes before it.
                        (out, None) if this.upstream.is_end_stream() => joined(out, this.end(None)),
                        (out, None) => out,
                        (out, Some(cut)) => joined(out, this.end(Some(cut))),
                    }
                }
                Poll::Ready(Some(Err(_))) => this.end(Some(AnswerCut::Upstream)),
                Poll::Ready(None) => this.end(None),
                Poll::Pending => {
                    let cut = ready!(this.poll_timer(context));
                    this.end(Some(cut))
                }
            };
            if !out.is_empty() {
                return Poll::Ready(Some(Ok(Frame::data(out))));
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.state, State::Ended)
    }

    fn size_hint(&self) -> SizeHint {
        self.exact.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

fn joined(first: Bytes, rest: Bytes) -> Bytes {
    if first.is_empty() {
        return rest;
    }
    [first, rest].concat().into()
}

#[cfg(test)]
mod tests;
