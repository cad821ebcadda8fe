//! The inside of one JSON string: finds its end and checks its escapes, eight bytes at a time.

use super::escape::short_escape;
use crate::error::Malformed;

/// The lowest and the highest bit of each byte: eight bytes are compared in one step.
const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// A string's closing quote, and whether the text before it holds escapes.
pub(super) struct StringEnd {
    /// Index of the closing quote.
    pub(super) quote: usize,
    pub(super) escaped: bool,
}

/// Reads from just behind an opening quote to the closing one.
///
/// `bytes` must be UTF-8; the errors give the byte at which reading stopped.
pub(super) fn string_end(
    bytes: &[u8],
    mut at: usize,
    lone_surrogates: bool,
) -> Result<StringEnd, (usize, Malformed)> {
    let mut escaped = false;
    loop {
        at = next_stop(bytes, at);
        match bytes.get(at) {
            Some(b'"') => return Ok(StringEnd { quote: at, escaped }),
            Some(b'\\') => {
                escaped = true;
                at += match escape_length(bytes, at) {
                    Err((_, Malformed::LoneSurrogate)) if lone_surrogates => 6,
                    length => length?,
                };
            }
            Some(_) => return Err((at, Malformed::ControlCharacter)),
            None => return Err((at, Malformed::UnexpectedEnd)),
        }
    }
}

/// Index of the first quote, backslash or control character at or behind `at`; the end when there is none.
pub(super) fn next_stop(bytes: &[u8], mut at: usize) -> usize {
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*chunk);
        // The lowest marked byte is exact in each of the three; only bytes above a hit can be marked wrongly.
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        let hits = (zero_bytes(word ^ (ONES * 0x22)) | zero_bytes(word ^ (ONES * 0x5c)) | control) & HIGH;
        if hits != 0 {
            return at + hits.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let tail = bytes.get(at..).unwrap_or_default();
    at + tail
        .iter()
        .position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20))
        .unwrap_or(tail.len())
}

const fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word
}

/// Length of the escape that starts at `at`; a surrogate pair is one escape.
fn escape_length(bytes: &[u8], at: usize) -> Result<usize, (usize, Malformed)> {
    match bytes.get(at + 1) {
        Some(&byte) if short_escape(byte).is_some() => Ok(2),
        Some(b'u') => match code_unit(bytes, at)? {
            0xd800..=0xdbff => {
                let pair = at + 6;
                let low = matches!(bytes.get(pair..pair + 2), Some(br"\u")) && {
                    matches!(code_unit(bytes, pair)?, 0xdc00..=0xdfff)
                };
                if low {
                    Ok(12)
                } else {
                    Err((at, Malformed::LoneSurrogate))
                }
            }
            0xdc00..=0xdfff => Err((at, Malformed::LoneSurrogate)),
            _ => Ok(6),
        },
        Some(_) => Err((at, Malformed::BadEscape)),
        None => Err((at + 1, Malformed::UnexpectedEnd)),
    }
}

/// The number of a `\uXXXX` that starts at `at`.
fn code_unit(bytes: &[u8], at: usize) -> Result<u16, (usize, Malformed)> {
    let digits = bytes
        .get(at + 2..at + 6)
        .ok_or((bytes.len(), Malformed::UnexpectedEnd))?;
    digits.iter().try_fold(0, |unit: u16, &digit| {
        let value = char::from(digit).to_digit(16).ok_or((at, Malformed::BadEscape))?;
        Ok(unit << 4 | value as u16)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(text: &str) -> Result<(usize, bool), (usize, Malformed)> {
        string_end(text.as_bytes(), 0, false).map(|found| (found.quote, found.escaped))
    }

    #[test]
    fn a_quote_is_found_at_every_distance() {
        for length in 0..40 {
            for filler in [
                "a",
                "\u{e9}",
                "\u{7f}",
                "!",
                "#",
                "[",
                "]",
                "\u{4e2d}",
                "\u{1f600}",
            ] {
                let text = filler.repeat(length);
                assert_eq!(
                    end(&format!("{text}\"xyz\\")),
                    Ok((text.len(), false)),
                    "{length} {filler}"
                );
                assert_eq!(end(&text), Err((text.len(), Malformed::UnexpectedEnd)));
                let control = format!("{text}\u{1f}{text}\"");
                assert_eq!(end(&control), Err((text.len(), Malformed::ControlCharacter)));
            }
        }
    }

    #[test]
    fn escapes_are_checked() {
        assert_eq!(end(r#"\"\\\/\b\f\n\r\t\u00e9""#), Ok((22, true)));
        assert_eq!(end(r#"\ud83d\ude00""#), Ok((12, true)));
        for (text, at, kind) in [
            (r#"\x41""#, 0, Malformed::BadEscape),
            (r#"a\u00g0""#, 1, Malformed::BadEscape),
            (r#"\u+123""#, 0, Malformed::BadEscape),
            (r#"\ud83d""#, 0, Malformed::LoneSurrogate),
            (r#"\ud83d\u0041""#, 0, Malformed::LoneSurrogate),
            (r#"\ud83d\ud83d\ude00""#, 0, Malformed::LoneSurrogate),
            (r#"\ude00\ud83d""#, 0, Malformed::LoneSurrogate),
            (r"\u12", 4, Malformed::UnexpectedEnd),
            (r"\", 1, Malformed::UnexpectedEnd),
        ] {
            assert_eq!(end(text), Err((at, kind)), "{text}");
        }
    }
}
