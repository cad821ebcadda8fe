//! `+` for a blank, in what a form sends: `name=Ada+Lovelace&city=London`.

use memchr::{memchr, memchr_iter};

/// How far a word is looked through for signs of a form, in bytes.
const REACH: usize = 512;

/// Where a `+` stands for a blank.
pub(super) fn spaces(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let mut word = 0..0;
    let mut is_form_word = false;
    memchr_iter(b'+', bytes)
        .filter(|at| {
            if !word.contains(at) {
                word = word_around(bytes, *at);
                is_form_word = is_form(bytes, word.clone());
            }
            is_form_word
        })
        .collect()
}

fn has_escape(word: &[u8]) -> bool {
    memchr_iter(b'%', word).any(|at| {
        let digits = word.get(at + 1..at + 3);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}

fn word_around(bytes: &[u8], at: usize) -> std::ops::Range<usize> {
    let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'`');
    let floor = at.saturating_sub(REACH);
    let start = bytes[floor..at]
        .iter()
        .rposition(ends)
        .map_or(floor, |gap| floor + gap + 1);
    let ceiling = (at + REACH).min(bytes.len());
    let end = bytes[at..ceiling]
        .iter()
        .position(ends)
        .map_or(ceiling, |gap| at + gap);
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
