//! Lines of a dump, whose groups of digits are bytes: the text beside them says the same.

use crate::ByteSpan;

/// How far a line reaches that is looked at, in bytes.
const REACH: usize = 128;
/// Digits of an offset.
const OFFSET: std::ops::RangeInclusive<usize> = 4..=16;

/// Whether `span` stands among the bytes of a dump's line, as `xxd` and `hexdump` write it.
pub(super) fn is_among_bytes(text: &str, span: ByteSpan) -> bool {
    let bytes = text.as_bytes();
    let floor = span.start.saturating_sub(REACH);
    let start = memchr::memrchr(b'\n', &bytes[floor..span.start]).map_or(floor, |at| floor + at + 1);
    let rest = &bytes[start..bytes.len().min(span.end + REACH)];
    let line = memchr::memchr(b'\n', rest).map_or(rest, |end| &rest[..end]);
    let digits = |from: usize| line[from..].iter().take_while(|b| b.is_ascii_hexdigit()).count();
    let mut at = digits(0);
    if !OFFSET.contains(&at) {
        return false;
    }
    at += usize::from(line.get(at) == Some(&b':'));
    let mut shown = Vec::new();
    loop {
        let blanks = line[at..].iter().take_while(|b| **b == b' ').count();
        at += blanks;
        // Two blanks part the bytes from their text, or the halves of the line.
        if blanks > 1 && start + at >= span.end {
            let beside = &line[at..];
            let beside = beside
                .strip_prefix(b"|")
                .or(beside.strip_prefix(b">"))
                .unwrap_or(beside);
            if beside.starts_with(&shown) {
                return true;
            }
        }
        let pairs = digits(at) / 2;
        if blanks == 0 || pairs == 0 {
            return false;
        }
        let pair = |pair: &[u8]| pair.iter().fold(0, |byte, digit| byte << 4 | value(*digit));
        shown.extend(line[at..at + 2 * pairs].chunks(2).map(pair).map(shows));
        at += 2 * pairs;
    }
}

fn value(digit: u8) -> u8 {
    u8::try_from(char::from(digit).to_digit(16).unwrap_or_default()).unwrap_or_default()
}

/// What a dump shows for a byte.
const fn shows(byte: u8) -> u8 {
    if byte.is_ascii_graphic() || byte == b' ' {
        byte
    } else {
        b'.'
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_dump(text: &str, digits: &str) -> bool {
        let start = text.find(digits).unwrap();
        is_among_bytes(text, ByteSpan::new(start, start + digits.len()))
    }

    #[test]
    fn bytes_are_told_by_the_text_beside_them() {
        let digits = "3538 3539 3338 3836";
        assert!(is_dump(
            "a\n00000000: 7473 3d31 3737 3531 3538 3539 3338 3836  ts=1775158593886\nb",
            digits
        ));
        let single = "31 31 31 31 31 31 31 31";
        assert!(is_dump(
            "00000000  31 31 31 31 31 31 31 31  35 35 35 35 35 35 35 35  |1111111155555555|",
            single
        ));
        for text in [
            "3538 3539 3338 3836",
            "12345678: 3538 3539 3338 3836  paid",
            "card 3538 3539 3338 3836  58593886",
        ] {
            assert!(!is_dump(text, digits), "{text}");
        }
    }
}
