//! Quoted-printable (RFC 2045, 6.7): `=40`, and lines that a `=` at their end joins; and the encoded words of headers.

mod encoded_word;

use memchr::{memchr, memchr_iter};

use super::changes::Changes;

/// Everything in `text` that is quoted-printable.
pub(super) fn quoted_printable(text: &str) -> Changes {
    let bytes = text.as_bytes();
    let mut changes = Changes::with_room(text, memchr_iter(b'=', bytes));
    let mut at = 0;
    while let Some(found) = memchr(b'=', &bytes[at..]) {
        let start = at + found;
        // Most signs stand between blanks or before a quote.
        let next = bytes.get(start + 1).copied().unwrap_or_default();
        if !next.is_ascii_hexdigit() && !next.is_ascii_whitespace() && next != b'?' {
            at = start + 1;
            continue;
        }
        if let Some((len, said)) = encoded_word::text(&bytes[start..]) {
            changes.push(start, start + len, &said, true);
            at = start + len;
            continue;
        }
        if let Some(len) = soft_break(&bytes[start..]) {
            changes.push(start, start + len, "", true);
            at = start + len;
        } else if let Some((len, char)) = escaped(&bytes[start..]) {
            // `x=10` is also how programs assign; a letter in the code is how they do not.
            let has_letter = bytes[start + 1..start + 3].iter().any(u8::is_ascii_alphabetic);
            let tells =
                char.is_alphanumeric() && has_letter || matches!(char, '@' | '=' | ':' | '.' | '+' | '_');
            changes.push_char(start, start + len, char, tells);
            at = start + len;
        } else {
            at = start + 1;
        }
    }
    changes
}

/// Bytes of a `=` at the end of a line, blanks behind it included.
fn soft_break(bytes: &[u8]) -> Option<usize> {
    let blanks = bytes[1..]
        .iter()
        .take(8)
        .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r'))
        .count();
    (bytes.get(1 + blanks) == Some(&b'\n')).then_some(blanks + 2)
}

/// The character that `=` and two digits spell, or several of them in UTF-8, with lines joined between them.
fn escaped(bytes: &[u8]) -> Option<(usize, char)> {
    let (first, mut len) = byte(bytes)?;
    let is_small = bytes[1..3].iter().any(u8::is_ascii_lowercase);
    let count = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    };
    let mut spelled = vec![first];
    while spelled.len() < count {
        let joined = bytes
            .get(len..)
            .filter(|rest| !rest.is_empty())
            .and_then(soft_break)
            .unwrap_or(0);
        let Some((next, more)) = bytes.get(len + joined..).and_then(byte) else {
            break;
        };
        spelled.push(next);
        len += joined + more;
    }
    let char = std::str::from_utf8(&spelled)
        .ok()
        .and_then(|text| text.chars().next());
    let (len, char) = match char {
        Some(char) => (len, char),
        // Latin-1.
        None => (3, char::from(first)),
    };
    // Small letters are no code of the standard's, but mailers write them; `x=be` is how programs assign.
    let is_escape = char == '\u{1b}' && matches!(bytes.get(len), Some(b'=' | b'[' | b']'));
    let is_meant = !is_small || !char.is_ascii() && len > 3 || char.is_ascii_punctuation() || is_escape;
    let is_shown = !char.is_control() || matches!(char, '\n' | '\t' | '\r' | '\u{7}') || is_escape;
    (is_meant && is_shown).then_some((len, char))
}

/// The byte that `=` and two digits at the start of `bytes` spell, and its length.
fn byte(bytes: &[u8]) -> Option<(u8, usize)> {
    let [b'=', high, low, ..] = *bytes else {
        return None;
    };
    let digit = |digit: u8| char::from(digit).to_digit(16);
    Some((u8::try_from(digit(high)? << 4 | digit(low)?).ok()?, 3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ByteSpan;

    #[test]
    fn lines_join_and_bytes_are_read() {
        let read = |text: &str| quoted_printable(text).apply(text, 1 << 20).0.text.into_owned();
        assert_eq!(
            read("Name: J=C3=BCrgen, mail zel=\r\nda=40corp=2Ecom"),
            "Name: Jürgen, mail zelda@corp.com"
        );
        assert_eq!(read("caf=E9 =3D"), "café =");
    }

    #[test]
    fn programs_are_left_alone() {
        for text in ["a = b == c", "x=5", "if (a=='b')", "w=\u{e9}=\u{e9}"] {
            assert!(quoted_printable(text).is_empty(), "{text}");
        }
        let weak = quoted_printable("width=30 port=62");
        assert_eq!(weak.telling().collect::<Vec<ByteSpan>>(), []);
    }
}
