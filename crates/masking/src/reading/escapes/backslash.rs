//! `\u0040`, `\x40`, `\100`, `\"`, `\n`: escapes of JSON, of programming languages and of shells.

use super::{Escape, bytes_escape, hex};

/// Longest name between the braces of `\N{...}`.
const MAX_NAME: usize = 40;

/// The escape at the start of `bytes`, which is a backslash; a run of them is one.
pub(super) fn read(bytes: &[u8]) -> Option<Escape> {
    let run = bytes.iter().take_while(|byte| **byte == b'\\').count();
    let rest = &bytes[run..];
    let escape = match rest.first() {
        Some(b'u') => unicode(rest),
        Some(b'U') => hex(rest.get(1..9)?)
            .and_then(char::from_u32)
            .and_then(|char| Escape::of(9, char)),
        Some(b'x') => code_point(rest).or_else(|| {
            let escape = bytes_escape(run + 3, |nth| escaped_byte(bytes, run, nth))?;
            Some(Escape {
                len: escape.len - run,
                ..escape
            })
        }),
        Some(b'0'..=b'3') if octal_byte(bytes, run, 0).is_some() => {
            let escape = bytes_escape(run + 3, |nth| octal_byte(bytes, run, nth))?;
            Some(Escape {
                len: escape.len - run,
                ..escape
            })
        }
        Some(b'0'..=b'7') => octal(rest),
        Some(b'N') => name(rest),
        Some(b'n') => Escape::of(1, '\n'),
        Some(b'r') => Escape::of(1, '\r'),
        Some(b't') => Escape::of(1, '\t'),
        // The escape character, as shells and C spell it. Others write expressions so.
        Some(b'e' | b'E') if matches!(rest.get(1), Some(b'[' | b']' | b'\\')) => Escape::of(1, '\u{1b}'),
        Some(byte) if byte.is_ascii_punctuation() => Escape::of(1, char::from(*byte)),
        _ => None,
    };
    match escape {
        Some(escape) => Some(Escape {
            len: run + escape.len,
            ..escape
        }),
        None if run > 1 => Escape::of(run, '\\'),
        None => None,
    }
}

/// The value of the n-th byte written as `\xNN`, each with as many backslashes as the first.
fn escaped_byte(bytes: &[u8], run: usize, nth: usize) -> Option<u8> {
    let spelled = bytes.get(nth * (run + 3)..(nth + 1) * (run + 3))?;
    let (slashes, rest) = spelled.split_at(run);
    let digits = rest.strip_prefix(b"x")?;
    let fits = slashes.iter().all(|byte| *byte == b'\\');
    fits.then(|| u8::try_from(hex(digits)?).ok()).flatten()
}

/// The value of the n-th byte written in three octal digits, each with as many backslashes as the first.
fn octal_byte(bytes: &[u8], run: usize, nth: usize) -> Option<u8> {
    let spelled = bytes.get(nth * (run + 3)..(nth + 1) * (run + 3))?;
    let (slashes, digits) = spelled.split_at(run);
    let fits =
        slashes.iter().all(|byte| *byte == b'\\') && digits.iter().all(|byte| matches!(byte, b'0'..=b'7'));
    let value = digits
        .iter()
        .fold(0, |value, digit| value * 8 + u32::from(digit.wrapping_sub(b'0')));
    fits.then(|| u8::try_from(value).ok()).flatten()
}

/// `x{40}`, as Perl writes it.
fn code_point(rest: &[u8]) -> Option<Escape> {
    let digits = rest.get(1..)?.strip_prefix(b"{")?;
    let count = digits
        .iter()
        .take(6)
        .take_while(|byte| byte.is_ascii_hexdigit())
        .count();
    let closed = digits.get(count) == Some(&b'}');
    let char = char::from_u32(hex(&digits[..count])?)?;
    closed.then(|| Escape::of(count + 3, char)).flatten()
}

/// `u0040`, `uuu0040`, `u{40}`, and surrogates in pairs.
fn unicode(rest: &[u8]) -> Option<Escape> {
    if let Some(escape) = code_point(rest) {
        return Some(escape);
    }
    // Java allows any number of `u`.
    let letters = rest.iter().take_while(|byte| **byte == b'u').count();
    let unit = |from: usize| u16::try_from(hex(rest.get(from..from + 4)?)?).ok();
    let high = unit(letters)?;
    if let Some(char) = char::from_u32(u32::from(high)) {
        return Escape::of(letters + 4, char);
    }
    let slashes = rest[letters + 4..]
        .iter()
        .take_while(|byte| **byte == b'\\')
        .count();
    let at = letters + 4 + slashes;
    let low = (slashes > 0 && rest.get(at) == Some(&b'u'))
        .then(|| unit(at + 1))
        .flatten()?;
    let char = char::decode_utf16([high, low]).next()?.ok()?;
    Escape::of(at + 5, char)
}

/// Two or three octal digits.
fn octal(rest: &[u8]) -> Option<Escape> {
    let count = rest
        .iter()
        .take(3)
        .take_while(|byte| matches!(byte, b'0'..=b'7'))
        .count();
    let value = rest[..count]
        .iter()
        .fold(0, |value, digit| value * 8 + u32::from(digit - b'0'));
    (count > 1)
        .then(|| Escape::of(count, char::from_u32(value)?))
        .flatten()
}

/// `N{COMMERCIAL AT}`, as Python writes it, for ASCII, and `N{U+40}` of Perl.
fn name(rest: &[u8]) -> Option<Escape> {
    let inner = rest.get(1..)?.strip_prefix(b"{")?;
    let len = inner.iter().take(MAX_NAME).position(|byte| *byte == b'}')?;
    let name = std::str::from_utf8(&inner[..len]).ok()?.to_ascii_uppercase();
    let char = match name.strip_prefix("U+") {
        Some(digits) => char::from_u32(hex(digits.as_bytes())?)?,
        None => named(&name)?,
    };
    Escape::of(len + 3, char)
}

fn named(name: &str) -> Option<char> {
    const DIGITS: [&str; 10] = [
        "ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE",
    ];
    const SIGNS: [(&str, char); 34] = [
        ("AMPERSAND", '&'),
        ("APOSTROPHE", '\''),
        ("COLON", ':'),
        ("COMMA", ','),
        ("COMMERCIAL AT", '@'),
        ("DOLLAR SIGN", '$'),
        ("EQUALS SIGN", '='),
        ("EXCLAMATION MARK", '!'),
        ("FULL STOP", '.'),
        ("HYPHEN-MINUS", '-'),
        ("LEFT PARENTHESIS", '('),
        ("LOW LINE", '_'),
        ("NUMBER SIGN", '#'),
        ("PERCENT SIGN", '%'),
        ("PLUS SIGN", '+'),
        ("QUESTION MARK", '?'),
        ("RIGHT PARENTHESIS", ')'),
        ("SEMICOLON", ';'),
        ("SOLIDUS", '/'),
        ("SPACE", ' '),
        ("ASTERISK", '*'),
        ("CIRCUMFLEX ACCENT", '^'),
        ("GRAVE ACCENT", '`'),
        ("GREATER-THAN SIGN", '>'),
        ("LEFT CURLY BRACKET", '{'),
        ("LEFT SQUARE BRACKET", '['),
        ("LESS-THAN SIGN", '<'),
        ("NO-BREAK SPACE", ' '),
        ("QUOTATION MARK", '"'),
        ("REVERSE SOLIDUS", '\\'),
        ("RIGHT CURLY BRACKET", '}'),
        ("RIGHT SQUARE BRACKET", ']'),
        ("TILDE", '~'),
        ("VERTICAL LINE", '|'),
    ];
    let letter = |prefix: &str| {
        let letter = name.strip_prefix(prefix)?.as_bytes();
        (letter.len() == 1).then(|| char::from(letter[0]))
    };
    if let Some(digit) = name.strip_prefix("DIGIT ") {
        let value = DIGITS.iter().position(|name| *name == digit)?;
        return char::from_digit(u32::try_from(value).ok()?, 10);
    }
    let sign = || {
        SIGNS
            .iter()
            .find(|(sign, _)| *sign == name)
            .map(|(_, char)| *char)
    };
    letter("LATIN SMALL LETTER ")
        .map(|char| char.to_ascii_lowercase())
        .or_else(|| letter("LATIN CAPITAL LETTER "))
        .or_else(sign)
}
