//! Base64 in lines of one width: `base64 file`, MIME, a block scalar, a numbered or quoted view of one.

use super::Unpacked;
use super::base64::{decode, in_alphabet, padding};
use super::bytes::text_of;
use crate::ByteSpan;

/// Longest text before a line: an indentation, a line number, quote signs, a log's time, host and program.
const MAX_PREFIX: usize = 160;
/// Most bytes between the base64 of a line and its break: what closes and joins string literals.
const MAX_CLOSING: usize = 6;

/// Lines of one width; only the last may be shorter.
pub(super) struct Wrapped {
    lines: Vec<ByteSpan>,
    /// Where to read on.
    pub(super) next: usize,
}

impl Wrapped {
    /// The lines from the one on whose base64 is `first`, if more follow.
    pub(super) fn gather(bytes: &[u8], first: ByteSpan) -> Option<Self> {
        // Where no line ends, a blank may part two groups.
        let blank = |end: usize| (bytes.get(end) == Some(&b' ')).then_some(1);
        let break_at = |end: usize| Some(end + line_end(&bytes[end..]).or_else(|| blank(end))?);
        let mut next_line = break_at(first.end)?;
        let prefix = prefix_len(bytes, first.start);
        let mut lines = vec![first];
        let mut next = first.end;
        while let Some(line) = next_in(
            bytes,
            next_line,
            &bytes[first.start - prefix..first.start],
            first.len(),
        ) {
            lines.push(line);
            next = line.end;
            match break_at(line.end) {
                Some(at) if line.len() == first.len() => next_line = at,
                _ => break,
            }
        }
        (lines.len() > 1).then_some(Self { lines, next })
    }

    /// Adds the text that the lines hold, and says whether they held any.
    pub(super) fn each_text(&self, bytes: &[u8], most: usize, all: &mut Vec<Unpacked>) -> bool {
        let mut any = false;
        let mut report = |lines: &[ByteSpan]| {
            let Some((text, lines)) = text_and_lines(bytes, lines, most) else {
                return false;
            };
            let [first, .., last] = lines else {
                return false;
            };
            all.push(Unpacked {
                start: first.start,
                end: last.end + padding(&bytes[last.end..]),
                text,
                other: None,
            });
            any = true;
            true
        };
        if !report(&self.lines) && self.lines[0].len().is_multiple_of(4) {
            // Other lines of this width stand beside the encoded ones: each says by itself which kind it is.
            let is_text = |line: &ByteSpan| text_of_lines(bytes, &[*line], most).is_some();
            let tells = self.lines.iter().map(is_text).collect::<Vec<_>>();
            let mut from = 0;
            while let Some(skipped) = tells[from..].iter().position(|tells| *tells) {
                let start = from + skipped;
                let count = tells[start..].iter().take_while(|tells| **tells).count();
                from = start + count;
                // A last line too short to tell by itself.
                let until = from + usize::from(from + 1 == self.lines.len());
                if count > 1 && !report(&self.lines[start..until]) {
                    report(&self.lines[start..from]);
                }
            }
        }
        any
    }
}

/// What lines hold, without the last where it is a short word that only stands below them: then it adds nothing that
/// can be read.
fn text_and_lines<'l>(bytes: &[u8], lines: &'l [ByteSpan], most: usize) -> Option<(String, &'l [ByteSpan])> {
    let (last, others) = lines.split_last()?;
    let whole = text_of_lines(bytes, lines, most);
    if others.is_empty() || last.len() == others[0].len() || padding(&bytes[last.end..]) > 0 {
        return Some((whole?, lines));
    }
    match (whole, text_of_lines(bytes, others, most)) {
        (Some(whole), Some(text)) if !goes_on(&text, &whole) => Some((text, others)),
        (None, Some(text)) => Some((text, others)),
        (whole, _) => Some((whole?, lines)),
    }
}

/// Whether `whole` is `text` with more behind it, all of which is readable.
fn goes_on(text: &str, whole: &str) -> bool {
    // The last character may have been cut.
    let common = text.trim_end_matches('\0');
    whole
        .strip_prefix(common)
        .is_some_and(|more| !more.contains('\0'))
}

fn text_of_lines(bytes: &[u8], lines: &[ByteSpan], most: usize) -> Option<String> {
    let mut joined: Vec<u8> = lines
        .iter()
        .flat_map(|line| &bytes[line.range()])
        .copied()
        .collect();
    // Emphasis around it ends with the sign that it began with.
    let is_emphasis = lines[0].start > 0 && bytes[lines[0].start - 1] == b'_';
    while is_emphasis && joined.ends_with(b"_") {
        joined.pop();
    }
    text_of(&decode(&joined)?, most)
}

/// Whether a line may end soon behind a run, or a blank part it from the next: most words are followed by something else.
pub(super) fn may_go_on(rest: &[u8]) -> bool {
    let near = &rest[..rest.len().min(MAX_CLOSING + 4)];
    memchr::memchr2(b'\n', b'\\', near).is_some()
        || rest.first() == Some(&b' ') && rest.get(1).is_some_and(|byte| in_alphabet(*byte))
}

/// Bytes of the line break that `bytes` start with, a real or an escaped one.
fn line_break(bytes: &[u8]) -> Option<usize> {
    const BREAKS: [&[u8]; 6] = [b"\n", b"\r\n", b"\\n", b"\\r\\n", b"\\\\n", b"\\\\r\\\\n"];
    // Asked of every byte before a run, few of which begin any.
    if !matches!(bytes.first()?, b'\n' | b'\r' | b'\\') {
        return None;
    }
    BREAKS
        .iter()
        .find(|spelled| bytes.starts_with(spelled))
        .map(|spelled| spelled.len())
}

/// Bytes from the end of a line's base64 to the next line: the break and what joins string literals around it
/// (`" +`, `\\`, `\\n" +`).
fn line_end(bytes: &[u8]) -> Option<usize> {
    let first = closed_break(bytes)?;
    // An escaped break inside a literal, and the real one behind it.
    let is_escaped = bytes[..first].ends_with(b"n");
    let second = is_escaped.then(|| closed_break(&bytes[first..])).flatten();
    Some(first + second.unwrap_or(0))
}

fn closed_break(bytes: &[u8]) -> Option<usize> {
    (0..=MAX_CLOSING).find_map(|closing| {
        let rest = bytes.get(closing..)?;
        let is_closing = |byte: &u8| b"\"'`,;+\\ \t).".contains(byte);
        let closes = bytes[..closing].iter().all(is_closing);
        closes.then(|| Some(closing + line_break(rest)?)).flatten()
    })
}

/// Whether the byte at `at` is the sign of a diff: the first of its line.
fn is_sign(bytes: &[u8], at: usize) -> bool {
    matches!(bytes[at], b'+' | b'-') && (at == 0 || bytes[at - 1] == b'\n')
}

/// Bytes of signs that the run at `at` opens with and that are none of it: of a diff, or of emphasis around it.
pub(super) fn signs(bytes: &[u8], at: usize) -> usize {
    match bytes[at] {
        b'_' => bytes[at..]
            .iter()
            .take_while(|byte| **byte == b'_')
            .count()
            .min(3),
        _ => usize::from(is_sign(bytes, at)),
    }
}

/// Bytes between the start of the line and `at`, 0 where they are too many.
fn prefix_len(bytes: &[u8], at: usize) -> usize {
    let reach = at.saturating_sub(MAX_PREFIX);
    match (reach..at)
        .rev()
        .find(|before| line_break(&bytes[*before..]).is_some())
    {
        Some(before) => at - before - line_break(&bytes[before..]).unwrap_or(0),
        None if reach == 0 => at,
        None => 0,
    }
}

/// Whether two lines begin alike but for their numbers.
fn says_the_same(one: &[u8], other: &[u8]) -> bool {
    let letters = |bytes: &&u8| bytes.is_ascii_alphabetic();
    one.iter().filter(letters).eq(other.iter().filter(letters))
}

/// The base64 of the line that starts at `line`: as wide as the first, or shorter and the last.
fn next_in(bytes: &[u8], line: usize, prefix: &[u8], width: usize) -> Option<ByteSpan> {
    let white = bytes[line..]
        .iter()
        .take(MAX_PREFIX)
        .take_while(|b| matches!(b, b' ' | b'\t'))
        .count();
    let quoted = white
        + bytes[line + white..]
            .iter()
            .take(4)
            .take_while(|b| b"\"'`(+. ".contains(b))
            .count();
    // Line numbers grow by a digit at 10 and 100.
    let numbered = [prefix.len(), prefix.len() + 1];
    let runs = [numbered[0], numbered[1], white, quoted].map(|skipped| {
        let start = line + skipped;
        let before = bytes.get(line..start)?;
        // `key = ` in one line and `port = ` in the next are no prefix of a listing.
        let is_prefix = skipped <= white.max(quoted) || says_the_same(prefix, before);
        let is_sign = before.len() == 1 && is_sign(bytes, line);
        let is_joined = before.last().is_some_and(|byte| in_alphabet(*byte)) && !is_sign;
        let opens = !is_joined && !before.contains(&b'\n');
        let run = bytes[start..].iter().take(width + 1);
        let run = run.take_while(|byte| in_alphabet(**byte)).count();
        (opens && is_prefix).then_some(ByteSpan::new(start, start + run))
    });
    let runs = || runs.iter().flatten().copied();
    runs().find(|run| run.len() == width).or_else(|| {
        runs().find(|run| {
            let padding = padding(&bytes[run.end..]);
            let after = bytes.get(run.end + padding);
            let closes = |byte: &u8| !byte.is_ascii_alphanumeric() && !b" .,:;([{".contains(byte);
            // `PORT=8080` is no padding.
            let is_padded = padding > 0 && !after.is_some_and(u8::is_ascii_alphanumeric);
            let is_last = is_padded || padding == 0 && after.is_none_or(closes);
            (1..width).contains(&run.len()) && is_last
        })
    })
}
