//! `+` for a blank, in what a form sends: `name=Ada+Lovelace&city=London`.

use memchr::memchr;

use super::super::changes::Changes;

/// How far a word is looked through for signs of a form, in bytes.
const REACH: usize = 512;

/// The changes with the blanks of forms added. `may_be`: the text has percent escapes.
pub(super) fn add_spaces(text: &str, may_be: bool, changes: Changes) -> Changes {
    let bytes = text.as_bytes();
    let is_one_word = || !bytes.iter().any(u8::is_ascii_whitespace);
    let Some(first) = memchr(b'+', bytes) else {
        return changes;
    };
    if !(may_be || memchr(b'&', bytes).is_some() || memchr(b'?', bytes).is_some() || is_one_word()) {
        return changes;
    }
    let mut spaces = Vec::new();
    let (mut at, mut known) = (first, 0..0);
    let mut is_known_form = false;
    loop {
        if !known.contains(&at) {
            known = word_around(bytes, at);
            is_known_form = is_form(bytes, known.clone());
        }
        if is_known_form {
            spaces.push(at);
        }
        match memchr(b'+', &bytes[at + 1..]) {
            Some(next) => at += next + 1,
            None => break,
        }
    }
    changes.with_chars(&spaces, ' ')
}

fn has_escape(word: &[u8]) -> bool {
    memchr::memchr_iter(b'%', word).any(|at| {
        let digits = word.get(at + 1..at + 3);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}

fn word_around(bytes: &[u8], at: usize) -> std::ops::Range<usize> {
    let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'`');
    let floor = at.saturating_sub(REACH);
    let start = bytes[floor..at].iter().rposition(ends).map_or(floor, |gap| floor + gap + 1);
    let ceiling = (at + REACH).min(bytes.len());
    let end = bytes[at..ceiling].iter().position(ends).map_or(ceiling, |gap| at + gap);
    start..end
}

/// An escape, or pairs of name and value with a sign that they are a form's: several of them, a question mark before, or
/// nothing else in the text.
fn is_form(bytes: &[u8], word: std::ops::Range<usize>) -> bool {
    let inside = &bytes[word.clone()];
    let has = |byte: u8| memchr(byte, inside).is_some();
    let is_all = word.len() == bytes.len();
    has_escape(inside) || has(b'=') && (has(b'&') || has(b'?') || is_all)
}
