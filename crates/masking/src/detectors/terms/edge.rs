//! Where a term may begin and end: at a word's edge, or, in a name that a program has put together, at a capital or a
//! digit.

use std::ops::Range;

use super::super::secret::may_start;
use super::super::text::{char_at, char_before, is_word_char};

/// What a word goes on with. Not `_`: `acme_client` names Acme.
fn is_letter(c: char) -> bool {
    c != '_' && is_word_char(c)
}

/// Whether no word goes on over either end of `place`; directly after an escape (`\n`) one starts.
pub(super) fn is_whole(text: &str, place: &Range<usize>) -> bool {
    let starts = match char_before(text, place.start) {
        Some(c) if !c.is_ascii() => !is_letter(c),
        _ => may_start(text.as_bytes(), place.start),
    };
    let first = char_at(text, place.start).is_some_and(is_letter);
    let last = char_before(text, place.end).is_some_and(is_letter);
    (!first || starts) && (!last || !char_at(text, place.end).is_some_and(is_letter))
}

/// Whether the word goes on over neither end of `place`, in names such as `getAcmeURL2`: `acme` stands there, but not in
/// `pacmen`. With `by_digits`, a letter beside a digit is an end.
pub(super) fn is_part(text: &str, place: &Range<usize>, by_digits: bool) -> bool {
    begins(text, place, by_digits) && ends(text, place, by_digits)
}

fn begins(text: &str, place: &Range<usize>, by_digits: bool) -> bool {
    let (Some(before), Some(first)) = (char_before(text, place.start), char_at(text, place.start)) else {
        return true;
    };
    if !is_letter(before) || !is_letter(first) || may_start(text.as_bytes(), place.start) && before.is_ascii()
    {
        return true;
    }
    if before.is_numeric() != first.is_numeric() {
        return by_digits;
    }
    if first.is_uppercase() {
        // `getAcme`, and `HTTPAcme`, whose last capital is the word's own.
        let second = char_at(text, place.start + first.len_utf8());
        return before.is_lowercase() || second.is_some_and(char::is_lowercase);
    }
    // `URLacme`
    let second_before = char_before(text, place.start - before.len_utf8());
    first.is_lowercase()
        && before.is_uppercase()
        && second_before.is_some_and(char::is_uppercase)
        && !text[place.clone()].contains(char::is_uppercase)
}

fn ends(text: &str, place: &Range<usize>, by_digits: bool) -> bool {
    let (Some(last), Some(after)) = (char_before(text, place.end), char_at(text, place.end)) else {
        return true;
    };
    if !is_letter(last) || !is_letter(after) {
        return true;
    }
    if last.is_numeric() != after.is_numeric() {
        return by_digits;
    }
    if after.is_uppercase() {
        // `acmeClient`, and `ACMEClient`, whose last capital is the next word's.
        let second = char_at(text, place.end + after.len_utf8());
        return last.is_lowercase() || second.is_some_and(char::is_lowercase);
    }
    // `ACMEclient`
    after.is_lowercase() && last.is_uppercase() && !text[place.clone()].contains(char::is_lowercase)
}
