//! Words of base64, base32 and hexadecimal digits, glued to other letters or not.

use data_encoding::{BASE32_NOPAD, HEXLOWER_PERMISSIVE};

use super::Unpacked;
use super::bytes::{may_be_text, text_of};
use super::wrapped::{self, Wrapped};
use crate::ByteSpan;
use crate::runs::next_run_of_12;

/// Base64 of fewer characters, padding included, holds no value.
const MIN_BASE64: usize = 12;
/// Signs of padding: base64 has two at most, base32 six.
const MAX_PADDING: usize = 6;
/// Fewer digits of base32 or hexadecimal hold none.
const MIN_DIGITS: usize = 16;

/// Adds every packed word that holds text.
pub(super) fn each(bytes: &[u8], most: usize, all: &mut Vec<Unpacked>) {
    short(bytes, most, all);
    let mut start = 0;
    // Lines up to here were read together already.
    let mut unwrapped = 0;
    while let Some(found) = next_run_of_12(bytes, start, is_letter) {
        start = found;
        // The letter of an escaped line break is none of the run.
        let is_escape = start > 0 && bytes[start - 1] == b'\\' && matches!(bytes[start], b'n' | b'r' | b't');
        start += usize::from(is_escape);
        let end = start + run_len(&bytes[start..]);
        if !may_be_packed(&bytes[start..end]) {
            small(bytes, ByteSpan::new(start, end), all);
            start = end;
            continue;
        }
        // The signs of a diff and of emphasis are of the alphabet: what opens with them is read without them first.
        let tries = match start {
            read if read < unwrapped || !wrapped::may_go_on(&bytes[end..]) => 0,
            _ => 1 + wrapped::signs(bytes, start),
        };
        let read = (0..tries).rev().find_map(|sign| {
            let lines = Wrapped::gather(bytes, ByteSpan::new(start + sign, end))?;
            unwrapped = unwrapped.max(lines.next);
            lines.each_text(bytes, most, all).then_some(lines.next)
        });
        if let Some(next) = read {
            start = next;
            continue;
        }
        word(bytes, ByteSpan::new(start, end), most, all);
        start = end;
    }
}

/// Words of base32 in small letters without a digit: long words, of which languages and programs have few.
fn small(bytes: &[u8], run: ByteSpan, all: &mut Vec<Unpacked>) {
    for piece in pieces(&bytes[run.range()]).filter(|piece| piece.len() >= MIN_DIGITS) {
        let (start, end) = (run.start + piece.start, run.start + piece.end);
        // Long words may be readable by half.
        let text = base32(&bytes[start..end]).and_then(|decoded| String::from_utf8(decoded).ok());
        let is_shown = |char: char| !char.is_control() || matches!(char, '\n' | '\r' | '\t');
        if let Some(text) = text.filter(|text| text.chars().all(is_shown)) {
            all.push(Unpacked {
                start,
                end: end + padding(&bytes[end..]),
                text,
                other: None,
            });
        }
    }
}

/// Words that are long enough only with their padding.
fn short(bytes: &[u8], most: usize, all: &mut Vec<Unpacked>) {
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'=', &bytes[at..]) {
        let end = at + found;
        let padding = padding(&bytes[end..]);
        at = end + padding;
        let letters = bytes[..end].iter().rev().take(MIN_BASE64);
        let length = letters.take_while(|byte| in_alphabet(**byte)).count();
        if length < MIN_BASE64 && length + padding >= MIN_BASE64 && length.is_multiple_of(4) == (padding == 0)
        {
            word(bytes, ByteSpan::new(end - length, end), most, all);
        }
    }
}

/// Whether a run has the letters that packed text has: digits, or capitals among others.
fn may_be_packed(run: &[u8]) -> bool {
    run.iter().any(u8::is_ascii_digit)
        || run.iter().any(u8::is_ascii_uppercase)
            && (run.len() >= MIN_DIGITS || run.iter().any(u8::is_ascii_lowercase))
}

/// Reads one unbroken run of the alphabet by each packing that it may be of.
fn word(bytes: &[u8], run: ByteSpan, most: usize, all: &mut Vec<Unpacked>) {
    let inside = &bytes[run.range()];
    let end = run.end + padding(&bytes[run.end..]);
    let (before, after) = dress(bytes, run.start, end);
    let mut push = |start: usize, until: usize, (text, other)| {
        all.push(Unpacked {
            start: if start == run.start { start - before } else { start },
            end: if until == end { end + after } else { until },
            text,
            other,
        });
    };
    let digits: Vec<_> = pieces(inside)
        .filter(|piece| piece.len() >= MIN_DIGITS)
        .filter_map(|piece| Some((piece, digits(&inside[piece.range()], most)?)))
        .collect();
    if !digits.is_empty() {
        for (piece, text) in digits {
            let until = run.start + piece.end;
            push(
                run.start + piece.start,
                if until == run.end { end } else { until },
                (text, None),
            );
        }
    } else if is_hash(inside) {
        // By chance some of it may be readable as something else.
    } else if let Some(text) = begins_as_text(inside)
        .then(|| decode(inside))
        .flatten()
        .and_then(|decoded| text_of(&decoded, most))
    {
        // What is glued to a packed word may happen to be readable too.
        let may_be_glued = |from: usize, to: usize| {
            // Nothing is glued before padding.
            from > 0 || end == run.end && (to < inside.len() || !inside.len().is_multiple_of(4))
        };
        let glued = (text.len() <= GLUED_BYTES)
            .then(|| stretch(inside, most))
            .flatten();
        let others = glued
            .filter(|(from, to, _)| may_be_glued(*from, *to))
            .map(|(.., (one, other))| [Some(one), other]);
        let mut others = others
            .into_iter()
            .flatten()
            .flatten()
            .filter(|other| *other != text);
        let other = match (others.next(), others.next()) {
            (Some(one), Some(other)) => Some(either(&one, &other)),
            (one, _) => one,
        };
        push(run.start, end, (text, other));
    } else if let Some((from, to, texts)) = stretch(inside, most) {
        let end = if to == inside.len() { end } else { run.start + to };
        push(run.start + from, end, texts);
    }
}

/// Whether a run is of hexadecimal digits, as hashes and addresses are.
fn is_hash(run: &[u8]) -> bool {
    let digits = run.strip_prefix(b"0x").unwrap_or(run);
    digits.len() >= MIN_DIGITS && digits.iter().all(u8::is_ascii_hexdigit)
}

/// Whether the first bytes of a run may be those of a text: most runs are identifiers and hashes.
fn begins_as_text(run: &[u8]) -> bool {
    const CHARS: usize = 32;
    let mut head = [0; CHARS / 4 * 3];
    let groups = run.len().min(CHARS) / 4;
    for nth in 0..groups {
        if let Some(bytes) = quad(run, nth * 4) {
            head[nth * 3..nth * 3 + 3].copy_from_slice(&bytes);
        }
    }
    may_be_text(&head[..groups * 3])
}

/// The letters and digits between the signs of a run: `/` and `-` are signs of base64 and of paths.
fn pieces(run: &[u8]) -> impl Iterator<Item = ByteSpan> {
    let mut start = 0;
    run.split(|byte| !byte.is_ascii_alphanumeric()).map(move |piece| {
        let span = ByteSpan::new(start, start + piece.len());
        start = span.end + 1;
        span
    })
}

/// Bytes before and behind a word that only say how it is packed: the head of a `data:` address, SQL's `X'...'`, `\x`.
fn dress(bytes: &[u8], start: usize, end: usize) -> (usize, usize) {
    let before = &bytes[..start];
    if before.ends_with(b"'") && bytes.get(end) == Some(&b'\'') {
        let letters = [b"x'", b"X'", b"b'"];
        return letters
            .iter()
            .find(|letter| before.ends_with(**letter))
            .map_or((0, 0), |_| (2, 1));
    }
    if before.ends_with(b"\\") && bytes[start] == b'x' {
        return (1, 0);
    }
    (data_address(before), 0)
}

/// Bytes of `data:text/plain;base64,` at the end of `before`.
fn data_address(before: &[u8]) -> usize {
    const LONGEST: usize = 96;
    if !before.ends_with(b";base64,") {
        return 0;
    }
    let from = before.len().saturating_sub(LONGEST);
    let found = memchr::memmem::rfind(&before[from..], b"data:").map(|at| before.len() - from - at);
    found
        .filter(|len| !before[before.len() - len..].iter().any(u8::is_ascii_whitespace))
        .unwrap_or(0)
}

/// Hexadecimal digits and base32.
pub(super) fn digits(run: &[u8], most: usize) -> Option<String> {
    let hex = run
        .strip_prefix(b"0x")
        .or_else(|| run.strip_prefix(b"x"))
        .unwrap_or(run);
    if hex.len() >= MIN_DIGITS && hex.len().is_multiple_of(2) && hex.iter().all(u8::is_ascii_hexdigit) {
        return text_of(&HEXLOWER_PERMISSIVE.decode(hex).ok()?, most);
    }
    let one_case = !(run.iter().any(u8::is_ascii_lowercase) && run.iter().any(u8::is_ascii_uppercase));
    let is_base32 = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'2'..=b'7');
    if run.len() < MIN_DIGITS || !one_case || !run.iter().all(is_base32) {
        return None;
    }
    text_of(&base32(run)?, most)
}

fn base32(run: &[u8]) -> Option<Vec<u8>> {
    let mut upper = run.to_ascii_uppercase();
    // Lengths that no whole number of bytes has lose what is over.
    while matches!(upper.len() % 8, 1 | 3 | 6) {
        upper.pop();
    }
    // The last digit may hold bits of nothing.
    let mut encoding = BASE32_NOPAD.specification();
    encoding.check_trailing_bits = false;
    encoding.encoding().ok()?.decode(&upper).ok()
}

/// The longest stretch of a run that is base64 of text, whatever stands before and behind it, and what it says if its
/// last characters belong to it or not.
fn stretch(run: &[u8], most: usize) -> Option<(usize, usize, (String, Option<String>))> {
    /// Groups of four characters that hold the least text.
    const LEAST: usize = 3;
    let mut best: Option<(usize, usize)> = None;
    for phase in 0..4_usize.min(run.len()) {
        if best == Some((0, run.len())) {
            break;
        }
        let packed = Packed(&run[phase..]);
        let groups = packed.0.len() / 4;
        let (mut group, mut floor) = (0, 0);
        while group + LEAST <= groups {
            // From the last of the least groups backwards: one that is no text is stepped over with all before it.
            let bad = (0..LEAST)
                .rev()
                .find(|nth| !quad(packed.0, (group + nth) * 4).is_some_and(is_part_of_text));
            if let Some(bad) = bad {
                group += bad + 1;
                continue;
            }
            let (from, to) = packed.text_around(group * 3, floor);
            if to - from >= LEAST * 3 {
                let (from, to) = (phase + from / 3 * 4, phase + (to * 4).div_ceil(3));
                if best.is_none_or(|(start, end)| to - from > end - start) {
                    best = Some((from, to));
                }
            }
            group = (to / 3).max(group) + 1;
            floor = to;
        }
    }
    let (from, to) = best?;
    let whole = to - (to - from) % 4;
    let text = text_of(&decode(&run[from..whole])?, most);
    let longer = (to > whole)
        .then(|| text_of(&decode(&run[from..to])?, most))
        .flatten();
    let texts = match (longer, text) {
        (Some(longer), text) => {
            let other = text.filter(|text| *text != longer);
            (longer, other)
        }
        (None, text) => (text?, None),
    };
    Some((from, if run.len() - to == 1 { run.len() } else { to }, texts))
}

/// Two ways of reading the same: a quote that the first one opens is closed.
fn either(one: &str, other: &str) -> String {
    let is_open = memchr::memchr_iter(b'"', one.as_bytes()).count() % 2 == 1;
    format!("{one}{}; {other}", if is_open { "\"" } else { "" })
}

/// A run of base64 from a phase on, by its bytes.
struct Packed<'a>(&'a [u8]);

impl Packed<'_> {
    fn byte(&self, at: usize) -> Option<u8> {
        let group = at / 3 * 4;
        if let Some(bytes) = quad(self.0, group) {
            return Some(bytes[at % 3]);
        }
        let rest = self.0.get(group..)?;
        decode(rest)?.get(at % 3).copied()
    }

    /// Bytes of the readable character at `at`.
    fn character(&self, at: usize) -> Option<usize> {
        let first = self.byte(at)?;
        let len = match first {
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => return is_readable(first).then_some(1),
        };
        let mut bytes = [first; 4];
        for (nth, byte) in bytes.iter_mut().enumerate().take(len).skip(1) {
            *byte = self.byte(at + nth)?;
        }
        let char = std::str::from_utf8(&bytes[..len]).ok()?.chars().next()?;
        (!char.is_control()).then_some(len)
    }

    /// The text that the byte `at` lies in, from `floor` on.
    fn text_around(&self, at: usize, floor: usize) -> (usize, usize) {
        let is_inner = |at: &usize| self.byte(*at).is_some_and(|byte| byte & 0xc0 == 0x80);
        let mut from = at.max(floor);
        from += (from..from + 3).take_while(is_inner).count();
        let mut to = from;
        while let Some(len) = self.character(to) {
            to += len;
        }
        let before = |from: usize| {
            let fits = |len: &usize| from >= floor + len && self.character(from - len) == Some(*len);
            (1..=4).find(fits)
        };
        while to > from
            && let Some(len) = before(from)
        {
            from -= len;
        }
        (from, to)
    }
}

/// Whether three bytes may stand in a text, with parts of characters at their ends.
fn is_part_of_text(bytes: [u8; 3]) -> bool {
    let is_inner = |byte: u8| matches!(byte, 0x80..=0xbf);
    let is_first = |byte: u8| matches!(byte, 0xc2..=0xf4);
    let follows = |before: u8, byte: u8| match is_inner(byte) {
        true => !before.is_ascii(),
        false => !is_first(before),
    };
    bytes
        .iter()
        .all(|byte| is_readable(*byte) || is_inner(*byte) || is_first(*byte))
        && follows(bytes[0], bytes[1])
        && follows(bytes[1], bytes[2])
}

/// A longer word is hardly glued to anything.
const GLUED_BYTES: usize = 256;

/// ASCII that texts are written in; NUL is half of UTF-16, terminals have sequences from ESC to BEL.
const fn is_readable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t' | 0 | 0x1b | 7)
}

/// The three bytes of four characters.
fn quad(run: &[u8], at: usize) -> Option<[u8; 3]> {
    let [a, b, c, d] = *run.get(at..at + 4)? else {
        return None;
    };
    let value = |byte: u8| u32::from(VALUES[usize::from(byte)]);
    let bits = value(a) << 18 | value(b) << 12 | value(c) << 6 | value(d);
    let [_, first, second, third] = bits.to_be_bytes();
    Some([first, second, third])
}

/// The bytes of a run in either alphabet of base64; a last character that holds no whole byte is left out.
pub(super) fn decode(run: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(run.len() / 4 * 3 + 3);
    for at in (0..run.len() / 4 * 4).step_by(4) {
        decoded.extend(quad(run, at)?);
    }
    let rest = &run[run.len() / 4 * 4..];
    if rest.len() > 1 {
        let padded: Vec<u8> = rest.iter().copied().chain([b'A', b'A']).take(4).collect();
        decoded.extend(quad(&padded, 0)?.iter().take(rest.len() - 1));
    }
    Some(decoded)
}

/// The same as [`in_alphabet`], by comparisons that are made in vectors.
const fn is_letter(byte: u8) -> bool {
    let small = (byte | 0x20).wrapping_sub(b'a') < 26;
    let digit = byte.wrapping_sub(b'0') < 10;
    small | digit | (byte == b'+') | (byte == b'/') | (byte == b'-') | (byte == b'_')
}

pub(super) fn in_alphabet(byte: u8) -> bool {
    VALUES[usize::from(byte)] < 64
}

/// By the character: its six bits in either alphabet, 64 for one of neither.
static VALUES: [u8; 256] = {
    let mut table = [64; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        table[byte] = match b {
            b'A'..=b'Z' => b - b'A',
            b'a'..=b'z' => b - b'a' + 26,
            b'0'..=b'9' => b - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => 64,
        };
        byte += 1;
    }
    table
};

pub(super) fn run_len(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .position(|byte| !in_alphabet(*byte))
        .unwrap_or(bytes.len())
}

pub(super) fn padding(rest: &[u8]) -> usize {
    rest.iter()
        .take(MAX_PADDING)
        .take_while(|byte| **byte == b'=')
        .count()
}
