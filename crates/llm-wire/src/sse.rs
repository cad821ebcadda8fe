//! Server-sent events (WHATWG HTML, 9.2.6): finds events in a byte stream and keeps their bytes. Reads no JSON.
//!
//! Every byte that comes in is in exactly one [`Frame`], in order, so what nobody changes can go out as it came.

use memchr::memchr2;

use crate::answer::AnswerError;

/// The largest event, unless configured otherwise: 1 MiB.
pub const DEFAULT_EVENT_BYTES: usize = 1 << 20;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Splits a stream into frames, however it is cut into chunks.
pub struct SseDecoder {
    buffer: Vec<u8>,
    /// Where the frame in work begins in `buffer`.
    frame: usize,
    /// Where its line in work begins.
    line: usize,
    /// Up to where that line has been searched for its end.
    searched: usize,
    /// The last line ended in a CR that was the last byte there was: an LF that follows belongs to it.
    after_cr: bool,
    at_stream_start: bool,
    limit: usize,
    /// The data of an event with several data lines.
    joined: String,
}

/// A run of bytes of the stream.
#[derive(Clone, Copy)]
pub enum Frame<'a> {
    /// Comments, blank lines, events without data or that are not UTF-8: nothing to read in it.
    Passage(&'a [u8]),
    /// An event with data.
    Event(SseEvent<'a>),
}

/// An event with its bytes.
#[derive(Clone, Copy)]
pub struct SseEvent<'a> {
    /// All its lines; the blank one at the end is missing only where the stream was cut.
    pub raw: &'a [u8],
    /// The value of its last `event` field.
    pub name: Option<&'a str>,
    /// The values of its `data` fields, joined by LF.
    pub data: &'a str,
}

impl SseDecoder {
    /// Refuses events of more than `limit` bytes.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self {
            buffer: Vec::new(),
            frame: 0,
            line: 0,
            searched: 0,
            after_cr: false,
            at_stream_start: true,
            limit,
            joined: String::new(),
        }
    }

    /// Takes in a chunk; [`next_frame`](Self::next_frame) gives what it completes.
    pub fn push(&mut self, chunk: &[u8]) {
        self.buffer.drain(..self.frame);
        self.line -= self.frame;
        self.searched -= self.frame;
        self.frame = 0;
        self.buffer.extend_from_slice(chunk);
    }

    /// The next complete frame; `None` until more bytes come. Comments between events are given line by line, since
    /// they are sent to keep a connection alive.
    ///
    /// # Errors
    /// When an event is larger than the limit; the stream cannot be continued.
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, AnswerError> {
        let start = self.frame;
        let end = self.frame_end();
        if end.unwrap_or(self.buffer.len()) - start > self.limit {
            return Err(AnswerError::EventTooLarge { limit: self.limit });
        }
        let Some(end) = end else { return Ok(None) };
        self.frame = end;
        Ok(Some(self.read(start, end)))
    }

    /// The stream has ended: what is left of a frame that was not completed.
    pub fn finish(&mut self) -> Option<Frame<'_>> {
        let (start, end) = (self.frame, self.buffer.len());
        self.frame = end;
        self.next_line_at(end);
        (start < end).then(|| self.read(start, end))
    }

    /// One past the frame in work, if it is complete.
    fn frame_end(&mut self) -> Option<usize> {
        if self.at_stream_start {
            if self.buffer.len() < BOM.len() && BOM.starts_with(&self.buffer) {
                return None;
            }
            self.at_stream_start = false;
            if self.buffer.starts_with(BOM) {
                self.next_line_at(BOM.len());
                return Some(BOM.len());
            }
        }
        loop {
            if self.after_cr {
                let next = *self.buffer.get(self.line)?;
                self.after_cr = false;
                if next == b'\n' {
                    let belongs_to_a_frame_that_went_out = self.line == self.frame;
                    self.next_line_at(self.line + 1);
                    if belongs_to_a_frame_that_went_out {
                        return Some(self.line);
                    }
                }
            }
            let (content, end) = self.line_end()?;
            let first = self.buffer[self.line..content].first().copied();
            let between_events = self.line == self.frame;
            self.next_line_at(end);
            if first.is_none() || (first == Some(b':') && between_events) {
                return Some(end);
            }
        }
    }

    /// Where the content of the line in work ends, and one past its line end.
    fn line_end(&mut self) -> Option<(usize, usize)> {
        let Some(found) = memchr2(b'\r', b'\n', &self.buffer[self.searched..]) else {
            self.searched = self.buffer.len();
            return None;
        };
        let content = self.searched + found;
        self.after_cr = self.buffer[content..] == *b"\r";
        Some((content, content + line_end_len(&self.buffer[content..])))
    }

    fn next_line_at(&mut self, at: usize) {
        self.line = at;
        self.searched = at;
    }

    fn read(&mut self, start: usize, end: usize) -> Frame<'_> {
        let raw = &self.buffer[start..end];
        let Ok(text) = std::str::from_utf8(raw) else {
            return Frame::Passage(raw);
        };
        let (mut name, mut first, mut several) = (None, None, false);
        for line in Lines(text) {
            match line.field() {
                ("event", value) => name = Some(value),
                ("data", value) => {
                    several = first.is_some();
                    first = first.or(Some(value));
                }
                _ => {}
            }
        }
        let Some(first) = first else {
            return Frame::Passage(raw);
        };
        if several {
            self.joined.clear();
            for (_, value) in Lines(text)
                .map(|line| line.field())
                .filter(|(name, _)| *name == "data")
            {
                self.joined.push_str(value);
                self.joined.push('\n');
            }
            self.joined.pop();
        }
        let data = if several { &self.joined } else { first };
        Frame::Event(SseEvent { raw, name, data })
    }
}

impl SseEvent<'_> {
    /// Writes the event with other data: same fields, same order, same line ends. `data` must have as many lines as
    /// the event's own has; changes inside JSON strings add none.
    pub(crate) fn write_with(&self, data: &[u8], out: &mut Vec<u8>) {
        let mut values = data.split(|byte| *byte == b'\n');
        // An event is only made from lines that are UTF-8.
        let text = std::str::from_utf8(self.raw).unwrap_or_default();
        for line in Lines(text) {
            let (name, value) = line.field();
            if name == "data" {
                let before_value = line.content.len() - value.len();
                out.extend_from_slice(&line.content.as_bytes()[..before_value]);
                out.extend_from_slice(values.next().unwrap_or_default());
            } else {
                out.extend_from_slice(line.content.as_bytes());
            }
            out.extend_from_slice(line.end.as_bytes());
        }
    }

    /// How the event ends its lines: LF, CR or CRLF.
    pub(crate) fn line_end(&self) -> &'static str {
        let at = memchr2(b'\r', b'\n', self.raw).unwrap_or(self.raw.len());
        match &self.raw[at..] {
            [b'\r', b'\n', ..] => "\r\n",
            [b'\r', ..] => "\r",
            _ => "\n",
        }
    }
}

/// Writes an event of one data line.
pub(crate) fn write_event(name: Option<&str>, data: &[u8], line_end: &str, out: &mut Vec<u8>) {
    if let Some(name) = name {
        for part in ["event: ", name, line_end] {
            out.extend_from_slice(part.as_bytes());
        }
    }
    out.extend_from_slice(b"data: ");
    out.extend_from_slice(data);
    out.extend_from_slice(line_end.as_bytes());
    out.extend_from_slice(line_end.as_bytes());
}

struct Line<'a> {
    content: &'a str,
    /// LF, CR, CRLF, or nothing at the end of a cut stream.
    end: &'a str,
}

impl<'a> Line<'a> {
    /// Name and value; one space after the colon is not part of the value. A comment's name is empty.
    fn field(&self) -> (&'a str, &'a str) {
        match self.content.split_once(':') {
            Some((name, value)) => (name, value.strip_prefix(' ').unwrap_or(value)),
            None => (self.content, ""),
        }
    }
}

/// The lines of an event.
struct Lines<'a>(&'a str);

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        if self.0.is_empty() {
            return None;
        }
        let length = memchr2(b'\r', b'\n', self.0.as_bytes()).unwrap_or(self.0.len());
        let (content, rest) = self.0.split_at(length);
        let (end, rest) = rest.split_at(line_end_len(rest.as_bytes()));
        self.0 = rest;
        Some(Line { content, end })
    }
}

fn line_end_len(bytes: &[u8]) -> usize {
    match bytes {
        [b'\r', b'\n', ..] => 2,
        [_, ..] => 1,
        [] => 0,
    }
}
