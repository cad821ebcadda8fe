//! Chinese, Japanese and Korean names that fill a value.

use super::super::text::{char_at, is_han};
use super::value::Trust;
use super::{Span, han, japanese, korean};

/// Most letters of a name.
const MOST: usize = 10;

/// Whether names of these scripts open with `c`.
pub(super) fn is_letter(c: char) -> bool {
    is_han(c) || is_kana(c) || is_hangul(c)
}

pub(super) const fn is_kana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fc}' | '々')
}

pub(super) const fn is_hangul(c: char) -> bool {
    matches!(c, '\u{ac00}'..='\u{d7a3}')
}

/// The name at `at` of a value that ends at `end`; with one space in it perhaps, and without the `様` or `님` behind it.
pub(super) fn person_at(text: &str, at: usize, end: usize, trust: Trust) -> Option<Span> {
    let (mut to, mut letters, mut is_spaced) = (at, 0, false);
    while let Some(c) = char_at(text, to).filter(|_| to < end && letters <= MOST) {
        let joins = c == ' ' && !is_spaced && char_at(text, to + 1).is_some_and(is_letter);
        let is_dot = matches!(c, '·' | '・');
        if !joins && !is_letter(c) && !is_dot {
            break;
        }
        is_spaced |= joins;
        letters += usize::from(is_letter(c));
        to += c.len_utf8();
    }
    let whole = &text[at..to];
    if char_at(text, at).is_some_and(is_hangul) {
        let name = korean::without_honorific(whole);
        return korean::is_name(name, trust).then_some((at, at + name.len()));
    }
    let name = japanese::without_honorific(whole);
    let counts = han::is_name(name) || japanese::is_name(name, trust);
    (letters <= MOST && counts).then_some((at, at + name.len()))
}
