//! Base64 runs that hold text, in one line or wrapped over several.

mod wrapped;

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD};

use self::wrapped::Wrapped;
use crate::ByteSpan;

/// Base64 of fewer characters than this holds no 16 characters of text.
const MIN: usize = 22;
/// Longer base64 is a binary payload, not an encoded value.
const MAX: usize = 64 * 1024;

/// Calls `on_text` with each base64 run that decodes to printable text: its place and the text.
pub(crate) fn base64_runs(text: &str, mut on_text: impl FnMut(ByteSpan, &str)) {
    let bytes = text.as_bytes();
    let mut start = 0;
    // Lines up to here were read together already.
    let mut unwrapped = 0;
    // No run shorter than MIN matters, so a byte outside the alphabet moves the window behind itself.
    while let Some(window) = bytes.get(start..start + MIN) {
        if let Some(last) = window.iter().rposition(|byte| !in_alphabet(*byte)) {
            start += last + 1;
            continue;
        }
        // The letter of an escaped line break is none of the run.
        start +=
            usize::from(start > 0 && bytes[start - 1] == b'\\' && matches!(bytes[start], b'n' | b'r' | b't'));
        let end = start + run_len(&bytes[start..]);
        // The sign of a diff is of the alphabet: where a line opens with one, it is read without it first.
        let tries = match start {
            read if read < unwrapped => 0,
            _ => 1 + usize::from(wrapped::is_sign(bytes, start)),
        };
        let read = (0..tries).rev().find_map(|sign| {
            let wrapped = Wrapped::gather(bytes, ByteSpan::new(start + sign, end))?;
            unwrapped = unwrapped.max(wrapped.next);
            wrapped.each_text(bytes, &mut on_text).then_some(wrapped.next)
        });
        if let Some(next) = read {
            start = next;
            continue;
        }
        if let Some(decoded) = decode(&bytes[start..end]) {
            on_text(ByteSpan::new(start, end + padding(&bytes[end..])), &decoded);
        }
        start = end;
    }
}

fn in_alphabet(byte: u8) -> bool {
    ALPHABET[usize::from(byte)]
}

static ALPHABET: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        table[byte] = b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_');
        byte += 1;
    }
    table
};

fn run_len(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .position(|byte| !in_alphabet(*byte))
        .unwrap_or(bytes.len())
}

fn padding(rest: &[u8]) -> usize {
    rest.iter().take(2).take_while(|b| **b == b'=').count()
}

fn decode(run: &[u8]) -> Option<String> {
    if !(MIN..=MAX).contains(&run.len()) || run.len() % 4 == 1 {
        return None;
    }
    let codec = if run.iter().any(|b| matches!(b, b'-' | b'_')) {
        &BASE64URL_NOPAD
    } else {
        &BASE64_NOPAD
    };
    // Most runs are identifiers and hashes: the first characters already decode to something unprintable.
    let head = codec.decode(&run[..8]).ok()?;
    if head
        .iter()
        .any(|b| b.is_ascii_control() && !b.is_ascii_whitespace())
    {
        return None;
    }
    let mut decoded = codec
        .decode(run)
        .or_else(|_| codec.decode(&run[..run.len() - run.len() % 4]))
        .ok()?;
    if let Err(error) = std::str::from_utf8(&decoded) {
        // The tail of a run without its last bits may end inside a character.
        if error.error_len().is_some() {
            return None;
        }
        decoded.truncate(error.valid_up_to());
    }
    let text = String::from_utf8(decoded).ok()?;
    (!text.chars().any(|c| c.is_control() && !c.is_whitespace())).then_some(text)
}

#[cfg(test)]
mod tests;
