//! Words of base64, base32 and hexadecimal digits, glued to other letters or not.

use data_encoding::{BASE32_NOPAD, HEXLOWER_PERMISSIVE};

use super::Unpacked;
use super::base64::{decode, in_alphabet, is_letter, padding, quad, run_len};
use super::bytes::{may_be_text, text_of};
use super::stretch::stretch;
use super::wrapped::{self, Wrapped};
use crate::ByteSpan;
use crate::runs::next_run_of_12;

/// Base64 of fewer characters, padding included, holds no value.
const MIN_BASE64: usize = 12;
/// A longer word is hardly glued to anything.
const GLUED_BYTES: usize = 256;
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

/// Two ways of reading the same: a quote that the first one opens is closed.
fn either(one: &str, other: &str) -> String {
    let is_open = memchr::memchr_iter(b'"', one.as_bytes()).count() % 2 == 1;
    format!("{one}{}; {other}", if is_open { "\"" } else { "" })
}
