//! One capitalised word, told apart from identifiers.

use super::super::text::{char_at, is_unspaced, is_word_char};

const MAX_LETTERS: usize = 24;

/// How a word of a name is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// `J.`
    Initial,
    /// `Smith`, `McDonald`, `O'Brien`
    Title,
    /// `SMITH`
    Capitals,
}

pub(super) struct Word {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) shape: Shape,
}

/// The word of a name that starts at `start`.
pub(super) fn word_at(text: &str, start: usize) -> Option<Word> {
    char_at(text, start).filter(|c| c.is_uppercase())?;
    let (mut end, mut letters, mut upper) = (start, 0, 0);
    // Where a capital may follow without making the word an identifier.
    let mut may_rise = true;
    let mut risen = true;
    while let Some(c) = char_at(text, end) {
        if c.is_alphabetic() && !is_unspaced(c) {
            letters += 1;
            if c.is_uppercase() {
                upper += 1;
                risen &= may_rise;
                may_rise = false;
            } else {
                may_rise = may_rise_after(&text[start..end + c.len_utf8()]);
            }
            end += c.len_utf8();
        } else if is_joint(text, end, c) {
            may_rise = true;
            end += c.len_utf8();
        } else {
            break;
        }
    }
    let capitals = letters == upper;
    let shape = match (letters, text[end..].starts_with('.')) {
        (1, true) => {
            end += 1;
            Shape::Initial
        }
        (1, false) => return None,
        _ if capitals => Shape::Capitals,
        _ => Shape::Title,
    };
    let valid = letters <= MAX_LETTERS && (capitals || risen) && stands_alone(text, end, shape);
    valid.then_some(Word { start, end, shape })
}

/// McDonald, MacArthur, DeVito, LaSalle, VanDyke, FitzGerald.
fn may_rise_after(prefix: &str) -> bool {
    matches!(
        prefix,
        "Mc" | "Mac" | "De" | "Di" | "Du" | "Le" | "La" | "Van" | "Von" | "Fitz" | "St"
    )
}

/// Whether the hyphen or apostrophe at `at` joins two parts of a name; the one before a possessive s does not.
fn is_joint(text: &str, at: usize, c: char) -> bool {
    let behind = at + c.len_utf8();
    let letter = |at: usize| char_at(text, at).filter(|c| c.is_alphabetic() && !is_unspaced(*c));
    match c {
        '-' | '‐' => {
            letter(behind).is_some_and(char::is_uppercase)
                || text.as_bytes()[at - 1].is_ascii_lowercase() && letter(behind).is_some()
        }
        '\'' | '’' => match letter(behind) {
            Some('s' | 'S') => letter(behind + 1).is_some(),
            Some(_) => true,
            None => false,
        },
        _ => false,
    }
}

/// Whether nothing makes the word a part of an identifier, a path or a call.
fn stands_alone(text: &str, end: usize, shape: Shape) -> bool {
    let next = |skip: usize| char_at(text, end + skip);
    match next(0) {
        None => true,
        Some('(' | '[' | '{' | '@' | '\\' | '=' | '$') => false,
        // A type parameter, unless it is markup: `Alice</td>`, `Alice<br>`.
        Some('<') => matches!(next(1), Some('/' | 'b')),
        Some('.') if shape != Shape::Initial => !next(1).is_some_and(is_word_char),
        Some(':') => next(1) != Some(':'),
        Some(c) => shape == Shape::Initial || !is_word_char(c),
    }
}
