//! Pieces of templates: `${PW}`, `{{ .Values.pw }}`, `<your-key>`, `$(cat f)`, `%(pw)s`, and U+FFFC, which stands for
//! markup that nobody knows. A piece with something secret in it is none.

use std::borrow::Cow;

use super::template::{could_be_secret, is_made};
use super::words::word_at;

/// Longest piece, in bytes.
const MAX_PIECE: usize = 128;
/// With a digit and a symbol, so many letters and digits in brackets are a password.
const MIN_UNKNOWN: usize = 5;
/// Most pieces in a row before a value.
const MAX_PIECES: usize = 4;
/// What stands for unknown markup.
pub(crate) const OPAQUE: &[u8] = "\u{fffc}".as_bytes();
/// Elements of HTML that stand inside words and between values, by name.
#[rustfmt::skip]
const ELEMENTS: &[&[u8]] = &[
    b"a", b"b", b"i", b"p", b"s", b"u", b"br", b"hr", b"td", b"tr", b"th", b"li", b"ul", b"ol", b"em", b"dd", b"dt",
    b"dl", b"tt", b"div", b"pre", b"sub", b"sup", b"kbd", b"wbr", b"span", b"code", b"font", b"strong", b"table",
    b"tbody", b"thead",
];

/// Bytes of the piece that starts at `at`; 0 if none does.
pub(crate) fn piece_at(bytes: &[u8], at: usize) -> usize {
    let rest = &bytes[at..bytes.len().min(at + MAX_PIECE)];
    let is_joined = at > 0 && bytes[at - 1].is_ascii_alphanumeric();
    // Brackets alone stand inside passwords too.
    let alone = |len: usize| {
        let goes_on = bytes.get(at + len).is_some_and(u8::is_ascii_alphanumeric);
        if is_joined && goes_on { 0 } else { len }
    };
    // What is no piece with its mark is none without it.
    let is_cut = at > 0 && matches!(bytes[at - 1], b'$' | b'#' | b'%');
    match rest {
        [b'{' | b'(' | b'[', ..] if is_cut => 0,
        [b'$', b'{', ..] => braced(rest, 1),
        [b'#' | b'%', b'{', ..] => enclosed(rest, 1, b'{', b'}'),
        [b'$', b'(', ..] => enclosed(rest, 1, b'(', b')'),
        [b'$', b'[', ..] => enclosed(rest, 1, b'[', b']'),
        [b'{', b'{', ..] => enclosed(rest, 0, b'{', b'}'),
        [b'{', ..] => alone(enclosed(rest, 0, b'{', b'}')),
        [b'[', ..] => alone(enclosed(rest, 0, b'[', b']')),
        [b'<', ..] => alone(enclosed(rest, 0, b'<', b'>')),
        [b'(', b'(', ..] => alone(enclosed(rest, 0, b'(', b')')),
        [b'%', b'(', ..] => match enclosed(rest, 1, b'(', b')') {
            len @ 1.. if rest.get(len).is_some_and(u8::is_ascii_lowercase) => len + 1,
            _ => 0,
        },
        [b'%', ..] if !is_joined => percent(rest),
        [b'$', ..] if !is_joined => variable(rest),
        _ if rest.starts_with(OPAQUE) => OPAQUE.len(),
        _ => 0,
    }
}

/// Bytes of the piece at `at` that a bare value goes on with: no element of HTML, which ends one.
pub(crate) fn piece_in_value(bytes: &[u8], at: usize) -> usize {
    let len = piece_at(bytes, at);
    let is_element = at > 0 && bytes[at] == b'<' && {
        let inner = &bytes[at + 1..at + len.max(1)];
        let name = inner.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
        name == 0
            || ELEMENTS
                .iter()
                .any(|element| inner[..name].eq_ignore_ascii_case(element))
    };
    if is_element { 0 } else { len }
}

/// Where the pieces end that start at `at`, a few at most.
pub(crate) fn behind_pieces(bytes: &[u8], mut at: usize) -> usize {
    for _ in 0..MAX_PIECES {
        at += piece_at(bytes, at);
    }
    at
}

/// The value without its pieces.
pub(crate) fn without_pieces(value: &[u8]) -> Cow<'_, [u8]> {
    let opens = |b: &u8| matches!(b, b'$' | b'#' | b'%' | b'{' | b'[' | b'<' | b'(' | 0xef);
    if !value.iter().any(opens) {
        return Cow::Borrowed(value);
    }
    let mut rest = Vec::with_capacity(value.len());
    let mut at = 0;
    while at < value.len() {
        match piece_at(value, at) {
            0 => {
                rest.push(value[at]);
                at += 1;
            }
            piece => at += piece,
        }
    }
    Cow::Owned(rest)
}

/// Bytes up to the bracket that closes the one at `from`, if nothing between is secret.
fn enclosed(bytes: &[u8], from: usize, open: u8, close: u8) -> usize {
    let Some(end) = closing(bytes, from, open, close) else {
        return 0;
    };
    let inner = &bytes[from + 1..end];
    if is_name_like(inner) && !(open == b'<' && inner.is_empty()) {
        end + 1
    } else {
        0
    }
}

/// As [`enclosed`], for a variable with a default: `${PW:-hunter2}` holds a value.
fn braced(bytes: &[u8], from: usize) -> usize {
    if let Some(len) = demanded(bytes, from) {
        return len;
    }
    let len = enclosed(bytes, from, b'{', b'}');
    let is_value = len > 0 && has_default(&bytes[from + 1..len - 1]);
    if is_value { 0 } else { len }
}

/// `${PW:?message}`: a shell fails with the message where the variable is not set.
fn demanded(bytes: &[u8], from: usize) -> Option<usize> {
    let end = closing(bytes, from, b'{', b'}')?;
    let inner = &bytes[from + 1..end];
    let name = inner
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_')
        .count();
    let message = match &inner[name..] {
        [b':', b'?', message @ ..] | [b'?', message @ ..] if name > 0 => message,
        _ => return None,
    };
    let is_plain = !message.split(|b| *b == b' ').any(could_be_secret);
    is_plain.then_some(end + 1)
}

/// Whether a variable's name in braces goes on with a default that could be a secret.
pub(super) fn has_default(inner: &[u8]) -> bool {
    let name = inner
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.'))
        .count();
    let default = match &inner[name..] {
        [b':', b'-' | b'=', default @ ..] | [b':' | b'-' | b'=', default @ ..] if name > 0 => default,
        _ => &[],
    };
    could_be_secret(default)
}

fn closing(bytes: &[u8], from: usize, open: u8, close: u8) -> Option<usize> {
    // Most brackets that are never closed are seen at once.
    memchr::memchr(close, &bytes[from..])?;
    let mut depth = 0_usize;
    for (nth, byte) in bytes[from..].iter().enumerate() {
        if *byte == b'\n' {
            return None;
        }
        if *byte == open {
            depth += 1;
        } else if *byte == close {
            depth -= 1;
            if depth == 0 {
                return Some(from + nth);
            }
        }
    }
    None
}

/// `%s`, `%1$s`, `%PASSWORD%`.
fn percent(bytes: &[u8]) -> usize {
    let name = bytes[1..]
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_')
        .count();
    let is_name = name > 0 && bytes[1].is_ascii_alphabetic() && is_name_like(&bytes[1..=name]);
    if is_name && bytes.get(1 + name) == Some(&b'%') {
        return name + 2;
    }
    let ends = |at: usize| !bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
    match bytes {
        [b'%', b's' | b'd' | b'v' | b'q' | b'r' | b'x' | b'@', ..] if ends(2) => 2,
        [b'%', b'0'..=b'9', b'$', b's' | b'd' | b'@', ..] if ends(4) => 4,
        _ => 0,
    }
}

/// `$PASSWORD`, `$this->`, `$Config::`.
fn variable(bytes: &[u8]) -> usize {
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || **b == b'_';
    let name = bytes[1..].iter().take_while(is_part).count();
    let is_name = name > 0 && !bytes[1].is_ascii_digit() && is_name_like(&bytes[1..=name]);
    if is_name { name + 1 } else { 0 }
}

/// Whether text between brackets is names, words and code, and nothing that chance or a person's care made.
pub(super) fn is_name_like(inner: &[u8]) -> bool {
    let parts = |byte: &u8| byte.is_ascii_whitespace() || b".,()'\"|/:;".contains(byte);
    inner.split(parts).all(|word| {
        let any = |of: fn(&u8) -> bool| word.iter().any(of);
        let is_marked = any(u8::is_ascii_alphabetic)
            && any(u8::is_ascii_digit)
            && any(|b| b"!@#$%^&*".contains(b))
            && unknown_len(word) >= MIN_UNKNOWN;
        !is_marked && !word.split(|b| !b.is_ascii_alphanumeric()).any(is_made)
    })
}

/// Letters and digits of `word` that are part of no word of documentation.
fn unknown_len(word: &[u8]) -> usize {
    word.split(|b| !b.is_ascii_alphanumeric())
        .map(|token| {
            let (mut at, mut unknown) = (0, 0);
            while at < token.len() {
                let known = word_at(token, at).map_or(0, |(len, _)| len);
                unknown += usize::from(known == 0);
                at += known.max(1);
            }
            unknown
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_read_whole() {
        for piece in [
            "<your-key>",
            "<password1>",
            "<|endoftext|>",
            "${DB_PASSWORD}",
            "${DB_PASSWORD:-}",
            "${DB_PASSWORD:-changeme}",
            "${{ secrets.TOKEN_2 }}",
            "{{ .Values.pw1 | b64enc }}",
            "{password1}",
            "{pw1!r}",
            "#{ENV['PW']}",
            "$(cat /run/secrets/db1)",
            "$[variables.pw]",
            "%(pw)s",
            "%s",
            "%DB_PASSWORD%",
            "$DB_PASSWORD1",
            "[redacted]",
            "((db_pw1))",
            "\u{fffc}",
        ] {
            assert_eq!(piece_at(piece.as_bytes(), 0), piece.len(), "{piece}");
        }
        assert_eq!(without_pieces(b"{{a}}b4nana!Split").as_ref(), b"b4nana!Split");
        assert_eq!(without_pieces("a\u{fffc}b".as_bytes()).as_ref(), b"ab");
    }

    #[test]
    fn brackets_around_a_secret_are_no_piece() {
        for none in [
            "<PASSWORD_hunter2!>",
            "<EMAIL_q7Zr2XvT9mKc>",
            "[hunter2!Xq9]",
            "{S3cretPw99x}",
            "${DB_PASSWORD:-hunter2}",
            "${db.password:hunter2Xq}",
            "$q7Zr2XvT9mKc4LwP",
            "%shunter2",
            "%2Fa%2F",
            "<",
            "${a",
            "$1",
            "$6$salt",
        ] {
            assert_eq!(piece_at(none.as_bytes(), 0), 0, "{none}");
        }
        assert_eq!(piece_at(b"hunter{2}Xq9", 6), 0);
        assert_eq!(piece_at(b"pa$sword1", 2), 0);
        assert_eq!(piece_in_value(b"hunter2<br>Phone", 7), 0);
    }
}
