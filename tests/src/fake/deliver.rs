//! How an answer gets onto the wire: event syntax, content coding, chunk sizes, pauses, cuts and stalls.

use std::{
    collections::VecDeque,
    io::{self, Write},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Body, Frame};

use super::{
    answer::{Event, Exchange},
    record::Outcome,
    script::{Encoding, End, Reply, SseStyle},
    state::{Received, State},
};

/// The text of one event in the given style; `[DONE]` and JSON alike.
pub(super) fn written(event: &Event, number: usize, style: &SseStyle) -> String {
    let end = if style.line_end.is_empty() {
        "\n"
    } else {
        &style.line_end
    };
    let colon = if style.bare_colon { ":" } else { ": " };
    let mut out = String::new();
    let mut line = |name: &str, value: &str| {
        out.push_str(name);
        out.push_str(colon);
        out.push_str(value);
        out.push_str(end);
    };
    if style.comments {
        line("", "keep-alive");
    }
    if style.ids {
        line("id", &number.to_string());
        line("retry", "3000");
    }
    if let Some(name) = &event.name {
        line("event", name);
    }
    match serde_json::from_str::<serde_json::Value>(&event.data) {
        Ok(json) if style.multi_line => {
            let pretty = serde_json::to_string_pretty(&json).unwrap_or_default();
            pretty.lines().for_each(|part| line("data", part));
        }
        _ => line("data", &event.data),
    }
    out + end
}

/// `body` in a content coding.
pub(super) fn encoded(body: &[u8], encoding: Encoding) -> io::Result<Vec<u8>> {
    match encoding {
        Encoding::Gzip => {
            let mut coder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            coder.write_all(body)?;
            coder.finish()
        }
        Encoding::Br => {
            let mut out = Vec::new();
            let mut coder = brotli::CompressorWriter::new(&mut out, 4096, 4, 20);
            coder.write_all(body)?;
            drop(coder);
            Ok(out)
        }
        Encoding::Zstd => zstd::encode_all(body, 3),
    }
}

enum Step {
    Write(Bytes),
    Pause(Duration),
    /// Lets the server write out what it holds.
    Flush,
    Hold,
    Stall,
    Abort,
}

/// A response body that follows a script.
pub(super) struct Paced {
    steps: VecDeque<Step>,
    wait: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    outcome: Outcome,
    received: Received,
    state: Arc<State>,
}

impl Paced {
    /// `writes` are the units in which an unchunked answer is written.
    pub(super) fn new(
        exchange: &Exchange,
        writes: Vec<Vec<u8>>,
        received: Received,
        state: Arc<State>,
    ) -> Self {
        let reply = &exchange.reply;
        let mut paced = Self::empty(received, state);
        let mut left = kept(reply);
        for (number, mut unit) in writes.into_iter().enumerate() {
            unit.truncate(left);
            left -= unit.len();
            paced.add(reply, number, Bytes::from(unit), reply.chunk);
        }
        paced.end(reply)
    }

    /// The events of a socket's turn, each whole; cuts and stalls count events.
    pub(super) fn frames(reply: &Reply, events: Vec<String>, received: Received, state: Arc<State>) -> Self {
        let mut paced = Self::empty(received, state);
        for (number, event) in events.into_iter().take(kept(reply)).enumerate() {
            paced.add(reply, number, Bytes::from(event), 0);
        }
        paced.end(reply)
    }

    /// Whether all is written, a last pause aside.
    pub(super) fn is_spent(&self) -> bool {
        self.steps.iter().all(|step| matches!(step, Step::Pause(_)))
    }

    /// Ends an answer that is spent.
    pub(super) fn finish(mut self) {
        self.outcome = Outcome::Sent;
    }

    fn empty(received: Received, state: Arc<State>) -> Self {
        Self {
            steps: VecDeque::new(),
            wait: None,
            outcome: Outcome::Cancelled,
            received,
            state,
        }
    }

    fn add(&mut self, reply: &Reply, number: usize, unit: Bytes, chunk: usize) {
        if matches!(reply.end, End::Hold(after) if after == number) {
            self.steps.push_back(Step::Hold);
        }
        let size = if chunk == 0 { unit.len().max(1) } else { chunk };
        for chunk in chunks(unit, size) {
            self.steps.push_back(Step::Write(chunk));
            if reply.pause_ms > 0 {
                self.steps
                    .push_back(Step::Pause(Duration::from_millis(reply.pause_ms)));
            }
        }
    }

    fn end(mut self, reply: &Reply) -> Self {
        match reply.end {
            End::Cut(_) => self.steps.extend([Step::Flush, Step::Abort]),
            End::Stall(_) => self.steps.push_back(Step::Stall),
            _ => {}
        }
        self
    }
}

/// How much of an answer is sent at all.
fn kept(reply: &Reply) -> usize {
    match reply.end {
        End::Cut(length) | End::Stall(length) => length,
        _ => usize::MAX,
    }
}

fn chunks(mut bytes: Bytes, size: usize) -> impl Iterator<Item = Bytes> {
    std::iter::from_fn(move || (!bytes.is_empty()).then(|| bytes.split_to(size.min(bytes.len()))))
}

impl Body for Paced {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        loop {
            if let Some(wait) = &mut self.wait {
                std::task::ready!(wait.as_mut().poll(cx));
                self.wait = None;
            }
            match self.steps.pop_front() {
                Some(Step::Write(bytes)) => return Poll::Ready(Some(Ok(Frame::data(bytes)))),
                Some(Step::Pause(time)) => self.wait = Some(Box::pin(pause(time))),
                Some(Step::Flush) => self.wait = Some(Box::pin(tokio::task::yield_now())),
                Some(Step::Stall) => self.wait = Some(Box::pin(std::future::pending())),
                Some(Step::Hold) => {
                    let gate = Arc::clone(&self.state.gate);
                    self.wait = Some(Box::pin(async move {
                        if let Ok(permit) = gate.acquire().await {
                            permit.forget();
                        }
                    }));
                }
                Some(Step::Abort) => {
                    self.outcome = Outcome::Cut;
                    return Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())));
                }
                None => {
                    self.outcome = Outcome::Sent;
                    return Poll::Ready(None);
                }
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a slow provider is what is imitated")]
async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}

impl Drop for Paced {
    fn drop(&mut self) {
        self.state.finished(self.received, self.outcome);
    }
}
