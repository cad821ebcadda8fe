//! Server-sent events in, server-sent events out, restored on the way. No sockets.

use crate::Surface;
use crate::answer::{AnswerError, AnswerFacts};
use crate::response::{Inserted, ResponseCodec};
use crate::restore::{ChannelKind, Restore};
use crate::sse::{DEFAULT_EVENT_BYTES, Frame, SseDecoder, write_event};

/// One streamed answer on its way to the caller.
///
/// What is not changed goes out byte for byte and as soon as its event is complete: comments, pings, ids, line ends.
pub struct StreamCodec {
    decoder: SseDecoder,
    codec: ResponseCodec,
    /// How the stream ends its lines.
    line_end: &'static str,
    unread: Unread,
}

/// What passes without having been understood: it may hold no placeholder, over several events either.
#[derive(Default)]
struct Unread {
    /// The end of what has passed.
    tail: String,
    restored: String,
}

impl Unread {
    /// Longer than any spelling of a placeholder.
    const TAIL: usize = 512;

    fn pass(&mut self, text: &str, restore: &mut dyn Restore) -> Result<(), AnswerError> {
        let cut = self.tail.len().saturating_sub(Self::TAIL);
        self.tail.drain(..self.tail.ceil_char_boundary(cut));
        self.tail.push_str(text);
        self.restored.clear();
        restore.whole(&ChannelKind::Error, &self.tail, &mut self.restored);
        if self.restored == self.tail {
            Ok(())
        } else {
            Err(AnswerError::NoEvent)
        }
    }
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
            unread: Unread::default(),
        }
    }

    /// As [`ResponseCodec::explained`].
    #[must_use]
    pub fn explained(mut self, sentence: &'static str) -> Self {
        self.codec = self.codec.explained(sentence);
        self
    }

    /// As [`ResponseCodec::resumed`].
    #[must_use]
    pub fn resumed(mut self, had: u64) -> Self {
        self.codec = self.codec.resumed(had);
        self
    }

    /// Takes in what the upstream sent and appends what the caller gets.
    ///
    /// # Errors
    /// When an event or the number of channels is over its limit, or a placeholder stands where nothing could be
    /// restored. The stream must be cut then; what `out` holds by then is good.
    pub fn push(
        &mut self,
        chunk: &[u8],
        restore: &mut dyn Restore,
        out: &mut Vec<u8>,
    ) -> Result<(), AnswerError> {
        self.decoder.push(chunk);
        while let Some(frame) = self.decoder.next_frame()? {
            match frame {
                Frame::Passage(raw) => {
                    self.unread.pass(&String::from_utf8_lossy(raw), restore)?;
                    out.extend_from_slice(raw);
                }
                Frame::Event(event) => {
                    self.line_end = event.line_end();
                    let advanced = self.codec.advance(event.name, event.data, restore)?;
                    if !advanced.understood {
                        self.unread.pass(event.data, restore)?;
                    }
                    write_inserted(advanced.inserted, self.line_end, out);
                    match advanced.changed {
                        _ if advanced.had => {}
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
        let mut passed = Ok(());
        match self.decoder.finish() {
            Some(Frame::Event(event)) => {
                let advanced = self.codec.advance(event.name, event.data, restore)?;
                understood = advanced.understood;
                write_inserted(advanced.inserted, self.line_end, out);
                match advanced.changed {
                    _ if advanced.had => {}
                    None => rest.extend_from_slice(event.raw),
                    Some(json) => event.write_with(json, &mut rest),
                }
                if !understood {
                    passed = self.unread.pass(event.data, restore);
                }
            }
            Some(Frame::Passage(raw)) => {
                passed = self.unread.pass(&String::from_utf8_lossy(raw), restore);
                rest.extend_from_slice(raw);
            }
            None => {}
        }
        let held = self.codec.drain(restore);
        if understood && !held.is_empty() {
            // Only its blank line was missing, and what is held back comes after its text.
            out.append(&mut rest);
            complete_event(out, self.line_end);
        }
        write_inserted(held, self.line_end, out);
        passed?;
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
