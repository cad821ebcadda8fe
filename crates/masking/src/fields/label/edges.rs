//! Where a label's identifier starts and ends, and what else it may have than its phrase.

use super::words::{is_owner, push_lower, word_before};
use crate::ByteSpan;
use crate::detectors::text::{char_at, char_before, is_unspaced, starts_with_ignore_case};
use crate::fields::concept::Concept;
use crate::fields::lexicon::{Entry, Lexicon};

/// Words that belong to the label of a number, behind its phrase: `phone_number`, `Kontonummer`, `SSNs`.
#[rustfmt::skip]
pub(super) const NUMBERS: &[&str] = &[
    "numbers", "number", "nummern", "nummer", "numero", "número", "numéro", "num", "nos", "nr", "no", "n°", "nº", "n.º",
    "№", "#", "s",
    "号码", "號碼", "番号", "번호", "号", "號",
];
/// The same, where the value is no phone's.
const IDS: &[&str] = &["ids", "id"];
/// What may follow any phrase inside its identifier: `password2`, `token_prod`.
#[rustfmt::skip]
const SUFFIXES: &[&str] = &[
    "production", "prod", "development", "dev", "test", "staging", "live", "sandbox", "old", "new", "value", "string",
    "raw", "plain", "base64", "b64", "hex", "base", "confirmation", "confirm", "primary", "secondary", "text", "field",
    "input",
];
/// How far before its phrase an identifier goes; bytes.
const MAX_OWNER: usize = 48;

/// Where a label ends whose phrase ends at `at`: behind what belongs to it. `None` when the identifier goes on in
/// another way (`password_hash`, `names`).
pub(super) fn behind(text: &str, at: usize, entry: &Entry) -> Option<usize> {
    let mut end = at;
    if entry.concept.is_name() {
        end += person_end(text, end);
    }
    for nth in 0..3 {
        let Some(next) = char_at(text, end) else {
            return Some(end);
        };
        let is_joined = matches!(next, '_' | '-' | '.') && !text[end..].starts_with(". ")
            || entry.concept.is_numbered() && next == ' ';
        let from = end + usize::from(is_joined);
        let rest = &text[from..];
        let first = rest.as_bytes().first().copied().unwrap_or_default();
        if first.is_ascii() && !first.is_ascii_alphanumeric() && first != b'#' {
            break;
        }
        let digits = rest.bytes().take(3).take_while(u8::is_ascii_digit).count();
        let is_glued = from == end;
        if (1..=2).contains(&digits) && next != ' ' && ends_word(text, from + digits) {
            end = from + digits;
            continue;
        }
        let list: &[&str] = if entry.concept.is_numbered() {
            NUMBERS
        } else {
            &["s"]
        };
        let ids = if entry.concept.is_numbered() && entry.concept != Concept::Phone {
            IDS
        } else {
            &[]
        };
        let suffixes = if next == ' ' { &[] } else { SUFFIXES };
        let known = list.iter().chain(ids).chain(suffixes).find(|word| {
            word.as_bytes()[0] == first.to_ascii_lowercase()
                && starts_with_ignore_case(rest, word)
                && (!is_glued || nth == 0)
                && (word.len() > 1 || is_glued || **word == "#")
                && (**word == "#" || ends_word(text, from + word.len()))
        });
        match known {
            Some(word) => {
                end = from + word.len();
                // `No. 123`.
                end += usize::from(matches!(text.as_bytes()[end..], [b'.', b' ' | b':', ..]));
            }
            None => break,
        }
    }
    // The dot of an abbreviation.
    if matches!(
        text.as_bytes()[end..],
        [b'.', b' ' | b':' | b'#' | b'\t', ..] | [b'.']
    ) && end - at == 0
    {
        return Some(end + usize::from(text.len() > end + 1));
    }
    goes_on(text, end).then_some(end)
}

/// Bytes of what forms add to a word for a person: a number (`Mieter 1:`), the other gender (`Mieter/in:`).
fn person_end(text: &str, at: usize) -> usize {
    const GENDERS: [&str; 7] = ["/innen", "/in", "*innen", "*in", ":in", "_in", "(in)"];
    let rest = &text[at..];
    let gender = GENDERS
        .iter()
        .find(|gender| rest.starts_with(**gender) && ends_word(text, at + gender.len()))
        .map_or(0, |gender| gender.len());
    let number = rest[gender..].strip_prefix(' ').map_or(0, |number| {
        let digits = number.bytes().take(3).take_while(u8::is_ascii_digit).count();
        let is_number = (1..=2).contains(&digits) && number[digits..].starts_with([':', '：']);
        if is_number { 1 + digits } else { 0 }
    });
    gender + number
}

/// Whether a word may end at `at`: no letter follows but the next hump.
fn ends_word(text: &str, at: usize) -> bool {
    match (char_before(text, at), char_at(text, at)) {
        (_, None) => true,
        (Some(last), Some(next)) if is_unspaced(last) || is_unspaced(next) => true,
        (Some(last), Some(next)) if last.is_lowercase() && next.is_uppercase() => true,
        (_, Some(next)) => !next.is_alphanumeric(),
    }
}

/// Whether an identifier that reaches `at` ends there.
fn goes_on(text: &str, at: usize) -> bool {
    let last = char_before(text, at);
    match char_at(text, at) {
        None => true,
        Some(next) if last.is_some_and(|last| last == '#' || is_unspaced(last)) || is_unspaced(next) => true,
        Some(next) if next.is_alphanumeric() => false,
        Some(mark @ ('_' | '-' | '.')) => {
            !char_at(text, at + 1).is_some_and(|c| c.is_alphanumeric() || c == mark || c == '_')
        }
        Some(_) => true,
    }
}

/// Where the identifier starts that the phrase at `at` ends; `None` where the phrase is the end of another word
/// (`compass`, `rename`), unless what is glued before it is an owner or the word is too long to be chance.
pub(super) fn before(text: &str, at: usize, entry: &Entry) -> Option<usize> {
    let bytes = text.as_bytes();
    let first = char_at(text, at)?;
    let last = char_before(text, at);
    let is_glued = last.is_some_and(|last| {
        let is_joined =
            is_unspaced(last) || is_unspaced(first) || last.is_lowercase() && first.is_uppercase();
        last.is_alphabetic() && !is_joined
    });
    let start = at
        - bytes[at.saturating_sub(MAX_OWNER)..at]
            .iter()
            .rev()
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
            .count();
    if is_glued {
        let word = word_before(text, at)?;
        let mut letters = String::new();
        push_lower(&mut letters, &text[word.range()]);
        let is_long = entry.concept.is_credential() && !entry.is_doubtful;
        if !is_long && !is_owner(Lexicon::shared(), &letters) {
            return None;
        }
    }
    Some(start)
}

/// Whether an abbreviation stands in capitals, or as a key directly before its mark.
pub(super) fn is_abbreviation(text: &str, phrase: ByteSpan, end: usize) -> bool {
    let written = &text[phrase.range()];
    let is_upper = !written.chars().any(char::is_lowercase);
    let behind = text[end..].trim_start_matches(['"', '\'']);
    is_upper || behind.trim_start_matches(' ').starts_with([':', '='])
}
