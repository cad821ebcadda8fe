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
    script::{Encoding, End, SseStyle},
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
        let mut steps = VecDeque::new();
        let mut left = match reply.end {
            End::Cut(bytes) | End::Stall(bytes) => bytes,
            _ => usize::MAX,
        };
        for (number, mut unit) in writes.into_iter().enumerate() {
            if matches!(reply.end, End::Hold(after) if after == number) {
                steps.push_back(Step::Hold);
            }
            unit.truncate(left);
            left -= unit.len();
            let size = if reply.chunk == 0 {
                unit.len().max(1)
            } else {
                reply.chunk
            };
            for chunk in chunks(Bytes::from(unit), size) {
                steps.push_back(Step::Write(chunk));
                if reply.pause_ms > 0 {
                    steps.push_back(Step::Pause(Duration::from_millis(reply.pause_ms)));
                }
            }
        }
        match reply.end {
            End::Cut(_) => steps.extend([Step::Flush, Step::Abort]),
            End::Stall(_) => steps.push_back(Step::Stall),
            _ => {}
        }
        Self {
            steps,
            wait: None,
            outcome: Outcome::Cancelled,
            received,
            state,
        }
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
