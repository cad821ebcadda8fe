//! Server-sent events in, server-sent events out, restored on the way. No sockets.

use crate::Surface;
use crate::answer::{AnswerError, AnswerFacts};
use crate::response::{Inserted, ResponseCodec};
use crate::restore::Restore;
use crate::sse::{DEFAULT_EVENT_BYTES, Frame, SseDecoder, write_event};

/// One streamed answer on its way to the caller.
///
/// What is not changed goes out byte for byte and as soon as its event is complete: comments, pings, ids, line ends.
pub struct StreamCodec {
    decoder: SseDecoder,
    codec: ResponseCodec,
    /// How the stream ends its lines.
    line_end: &'static str,
}

impl StreamCodec {
    /// For one answer of `surface`, with the default limit on the size of an event.
    #[must_use]
    pub fn new(surface: Surface) -> Self {
        Self::with_event_limit(surface, DEFAULT_EVENT_BYTES)
    }

    /// For one answer of `surface` whose events have at most `limit` bytes.
    #[must_use]
    pub fn with_event_limit(surface: Surface, limit: usize) -> Self {
        Self {
            decoder: SseDecoder::new(limit),
            codec: ResponseCodec::new(surface),
            line_end: "\n",
        }
    }

    /// As [`ResponseCodec::explained`].
    #[must_use]
    pub fn explained(mut self, sentence: &'static str) -> Self {
        self.codec = self.codec.explained(sentence);
        self
    }

    /// Takes in what the upstream sent and appends what the caller gets.
    ///
    /// # Errors
    /// When an event or the number of channels is over its limit. The stream must be cut then; what `out` holds by
    /// then is good.
    pub fn push(
        &mut self,
        chunk: &[u8],
        restore: &mut dyn Restore,
        out: &mut Vec<u8>,
    ) -> Result<(), AnswerError> {
        self.decoder.push(chunk);
        while let Some(frame) = self.decoder.next_frame()? {
            match frame {
                Frame::Passage(raw) => out.extend_from_slice(raw),
                Frame::Event(event) => {
                    self.line_end = event.line_end();
                    let advanced = self.codec.advance(event.name, event.data, restore)?;
                    write_inserted(advanced.inserted, self.line_end, out);
                    match advanced.changed {
                        None => out.extend_from_slice(event.raw),
                        Some(json) => event.write_with(json, out),
                    }
                }
            }
        }
        Ok(())
    }

    /// The upstream has ended, well or not: appends what it left of an incomplete event, and what is held back.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn finish(&mut self, restore: &mut dyn Restore, out: &mut Vec<u8>) -> Result<(), AnswerError> {
        let mut rest = Vec::new();
        let mut understood = false;
        match self.decoder.finish() {
            Some(Frame::Event(event)) => {
                let advanced = self.codec.advance(event.name, event.data, restore)?;
                understood = advanced.understood;
                write_inserted(advanced.inserted, self.line_end, out);
                match advanced.changed {
                    None => rest.extend_from_slice(event.raw),
                    Some(json) => event.write_with(json, &mut rest),
                }
            }
            Some(Frame::Passage(raw)) => rest.extend_from_slice(raw),
            None => {}
        }
        let held = self.codec.drain(restore);
        if understood && !held.is_empty() {
            // Only its blank line was missing, and what is held back comes after its text.
            out.append(&mut rest);
            complete_event(out, self.line_end);
        }
        write_inserted(held, self.line_end, out);
        out.extend_from_slice(&rest);
        Ok(())
    }

    /// What the answer has said about itself so far.
    #[must_use]
    pub fn facts(&self) -> &AnswerFacts {
        self.codec.facts()
    }
}

fn complete_event(out: &mut Vec<u8>, line_end: &str) {
    if !matches!(out.last(), Some(b'\r' | b'\n')) {
        out.extend_from_slice(line_end.as_bytes());
    }
    out.extend_from_slice(line_end.as_bytes());
}

fn write_inserted(events: &[Inserted], line_end: &str, out: &mut Vec<u8>) {
    for event in events {
        write_event(event.name.as_deref(), event.json.as_bytes(), line_end, out);
    }
}
