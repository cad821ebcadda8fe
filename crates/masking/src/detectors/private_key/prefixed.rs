//! Key blocks whose lines carry something in front: line numbers, the marks of a diff, file names, times, comment signs.
//!
//! No prefix is known by name. A line is a key's when base64 ends it, and what stands before may be anything short.

use super::{MIN_CUT, MIN_LINE, is_base64, label_end};

/// Longest text before a line of the key: a log's time, host and program.
const MAX_PREFIX: usize = 160;
/// Longest rest of the line that opens the block: quotes, commas, a closing comment sign.
const MAX_REST: usize = 16;
/// Longest line that is looked at, in bytes.
const MAX_LINE: usize = 16 * 1024;
/// Most dashes and spaces between the first dashes and `BEGIN` or `END`.
const MAX_FRAME: usize = 8;
/// Most other lines in a row inside a block: headers, or what another program logged meanwhile.
const MAX_OTHERS: usize = 16;
/// Most other lines in a row where the start is missing.
const MAX_OTHERS_BACK: usize = 2;
/// Base64 this long is no word or path that happens to end a line.
const LONG_LINE: usize = 40;
/// A key's text has more different characters than a placeholder's.
const MIN_DISTINCT: u32 = 16;

/// Where the block ends whose opening line's label ends at `from`: behind its closing line, or behind its last base64.
pub(super) fn block_end(bytes: &[u8], from: usize) -> Option<usize> {
    let first = Line::at(bytes, from, MAX_REST)?;
    let mut next = first.next;
    let mut key = Key::default();
    while let Some(line) = next.and_then(|next| Line::at(bytes, next, MAX_LINE)) {
        match line.mark(bytes) {
            Some(Mark::PrivateEnd(end)) => return key.is_one().then_some(end),
            Some(_) => break,
            None if !key.read(bytes, &line, MAX_OTHERS) => break,
            None => {}
        }
        next = line.next;
    }
    key.is_one().then_some(key.end)
}

/// Where the base64 starts that ends before the closing line at `to`, when the opening line is missing.
pub(super) fn tail_start(bytes: &[u8], to: usize) -> Option<usize> {
    let closing = Line::before(bytes, to, MAX_PREFIX)?;
    let mut before = closing.break_before(bytes);
    let mut key = Key::default();
    let mut start = to;
    while let Some(line) = before.and_then(|end| Line::before(bytes, end, MAX_LINE)) {
        match line.mark(bytes) {
            // The opening line finds the block itself.
            Some(Mark::PrivateBegin) => return None,
            Some(_) => break,
            None if !key.read(bytes, &line, MAX_OTHERS_BACK) => break,
            None => {}
        }
        if key.others == 0 {
            start = key.start;
        }
        before = line.break_before(bytes);
    }
    key.is_one().then_some(start)
}

enum Mark {
    PrivateBegin,
    /// The closing line, and where it ends.
    PrivateEnd(usize),
    Other,
}

/// One line, up to a real or an escaped line break or one of HTML.
struct Line {
    start: usize,
    end: usize,
    /// Where the next line starts, if one does.
    next: Option<usize>,
}

impl Line {
    /// The line that starts at `start`, of about `most` bytes.
    fn at(bytes: &[u8], start: usize, most: usize) -> Option<Self> {
        let limit = bytes.len().min(start + most);
        let broken = memchr::memchr3_iter(b'\n', b'\\', b'<', &bytes[start..limit])
            .find_map(|at| Some((start + at, break_len(&bytes[start + at..])?)));
        match broken {
            Some((end, len)) => Some(Self {
                start,
                end,
                next: Some(end + len),
            }),
            None => (limit == bytes.len()).then_some(Self {
                start,
                end: limit,
                next: None,
            }),
        }
    }

    /// The line of at most `most` bytes that `end` ends.
    fn before(bytes: &[u8], end: usize, most: usize) -> Option<Self> {
        let limit = end.saturating_sub(most);
        let broken = memchr::memrchr3_iter(b'\n', b'\\', b'<', &bytes[limit..end])
            .find_map(|at| Some(limit + at + break_len(&bytes[limit + at..])?).filter(|start| *start <= end));
        let start = broken.or((limit == 0).then_some(0))?;
        Some(Self {
            start,
            end,
            next: None,
        })
    }

    /// Where the break before this line starts.
    fn break_before(&self, bytes: &[u8]) -> Option<usize> {
        let limit = self.start.saturating_sub(MAX_BREAK);
        (limit..self.start)
            .rev()
            .find(|at| break_len(&bytes[*at..]) == Some(self.start - at))
    }

    fn mark(&self, bytes: &[u8]) -> Option<Mark> {
        let line = &bytes[self.start..self.end];
        memchr::memmem::find_iter(line, b"----").find_map(|dashes| {
            let frame = line[dashes..]
                .iter()
                .take(MAX_FRAME)
                .take_while(|b| matches!(b, b'-' | b' '))
                .count();
            let rest = &line[dashes + frame..];
            let label = self.end - rest.len();
            if rest.starts_with(b"END ") {
                Some(label_end(bytes, label + 4).map_or(Mark::Other, Mark::PrivateEnd))
            } else if rest.starts_with(b"BEGIN ") {
                Some(label_end(bytes, label + 6).map_or(Mark::Other, |_| Mark::PrivateBegin))
            } else {
                None
            }
        })
    }

    /// The base64 that ends the line, behind which only quotes and the like stand.
    fn base64(&self, bytes: &[u8]) -> (usize, usize) {
        let mut end = self.end;
        while let [.., last] = &bytes[self.start..end] {
            let before = bytes[self.start..end - 1].last();
            let joins = *last == b'+' && matches!(before, Some(b' ' | b'"' | b'\''));
            if !joins && !is_closing(*last) {
                break;
            }
            end -= 1;
        }
        let line = &bytes[self.start..end];
        (
            end - line.iter().rev().take_while(|b| is_base64(**b)).count(),
            end,
        )
    }
}

/// What was read of a key so far.
#[derive(Default)]
struct Key {
    start: usize,
    end: usize,
    base64: usize,
    /// Base64 and prefix of the last line, in bytes.
    width: usize,
    prefix: usize,
    /// Lines in a row that were none of the key's.
    others: usize,
    /// Which characters were seen, by their ASCII code.
    seen: u128,
}

impl Key {
    /// Takes in the line; false when no line of the key can follow.
    fn read(&mut self, bytes: &[u8], line: &Line, most_others: usize) -> bool {
        // `<br>` and a real line break are one break.
        if line.start == line.end && bytes[..line.start].ends_with(b">") {
            return true;
        }
        let (start, end) = line.base64(bytes);
        let (width, prefix) = (end - start, start - line.start);
        let run = &bytes[start..end];
        let continues = self.others == 0 || width == self.width || width >= LONG_LINE;
        let is_mixed = run.iter().any(u8::is_ascii_lowercase) && run.iter().any(u8::is_ascii_uppercase);
        if width >= MIN_LINE && prefix <= MAX_PREFIX && continues && is_mixed {
            self.seen = run.iter().fold(self.seen, |seen, b| seen | 1 << (b & 0x7f));
            self.base64 += width;
            (self.start, self.end, self.width, self.prefix) = (start, end, width, prefix);
            self.others = 0;
            return true;
        }
        let is_rest = run.ends_with(b"=") || width >= MIN_LINE / 2 && run.iter().any(u8::is_ascii_digit);
        if self.others == 0 && self.base64 > 0 && is_rest && prefix.abs_diff(self.prefix) <= 1 {
            self.end = self.end.max(end);
        }
        self.others += 1;
        self.others <= most_others
    }

    /// Whether that is enough for a key: it has the characters of one, digits among them.
    const fn is_one(&self) -> bool {
        const DIGITS: u128 = 0x3ff << b'0';
        self.base64 >= MIN_CUT && self.seen.count_ones() >= MIN_DISTINCT && self.seen & DIGITS != 0
    }
}

const fn is_closing(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t'
            | b'\r'
            | b'"'
            | b'\''
            | b'`'
            | b','
            | b';'
            | b')'
            | b']'
            | b'}'
            | b'|'
            | b'*'
            | b'\\'
            | b'>'
    )
}

/// Longest line break: `<br />`.
const MAX_BREAK: usize = 6;

/// Bytes of the line break that `bytes` start with.
fn break_len(bytes: &[u8]) -> Option<usize> {
    const BREAKS: [&[u8]; 6] = [b"\n", b"\\n", b"\\r\\n", b"<br>", b"<br/>", b"<br />"];
    BREAKS
        .iter()
        .find(|spelled| {
            bytes
                .get(..spelled.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(spelled))
        })
        .map(|spelled| spelled.len())
}

#[cfg(test)]
mod tests;
