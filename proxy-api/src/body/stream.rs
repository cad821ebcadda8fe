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
    /// A piece that had come already when the one before it was given out.
    ahead: Option<Bytes>,
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
            ahead: None,
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

impl<B, T> Transformed<B, T>
where
    B: Body<Data = Bytes> + Unpin,
    T: Transform,
{
    /// The next piece, or the end; trailers stay here.
    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, AnswerCut>>> {
        if let Some(piece) = self.ahead.take() {
            return Poll::Ready(Some(Ok(piece)));
        }
        loop {
            let frame = ready!(Pin::new(&mut self.upstream).poll_frame(context));
            match frame.map(|frame| frame.map(Frame::into_data)) {
                Some(Ok(Ok(piece))) => return Poll::Ready(Some(Ok(piece))),
                Some(Ok(Err(_trailers))) => {}
                Some(Err(_)) => return Poll::Ready(Some(Err(AnswerCut::Upstream))),
                None => return Poll::Ready(None),
            }
        }
    }

    /// `out`, with the end where that is there already: the turn is over then before its last byte is given away.
    fn unless_over(&mut self, out: Bytes, context: &mut Context<'_>) -> Bytes {
        match self.poll_piece(context) {
            Poll::Pending => {}
            Poll::Ready(Some(Ok(next))) => self.ahead = Some(next),
            Poll::Ready(Some(Err(cut))) => return joined(out, self.end(Some(cut))),
            Poll::Ready(None) => return joined(out, self.end(None)),
        }
        out
    }

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
            let first = std::mem::take(&mut this.first);
            let out = this.unless_over(first, context);
            return Poll::Ready(Some(Ok(Frame::data(out))));
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
            let out = match this.poll_piece(context) {
                Poll::Ready(Some(Ok(piece))) => {
                    this.heard = Instant::now();
                    match this.transform.push(piece) {
                        (out, None) if out.is_empty() => continue,
                        (out, None) => this.unless_over(out, context),
                        (out, Some(cut)) => joined(out, this.end(Some(cut))),
                    }
                }
                Poll::Ready(Some(Err(cut))) => this.end(Some(cut)),
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
