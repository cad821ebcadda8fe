//! Passwords with blanks: in quotes or between tags, where quotes and tags say how far they go, and bare where a label
//! opens its line and nothing else follows.

use super::Given;
use super::extent::{Form, Value};
use crate::ByteSpan;
use crate::detectors::secret::{is_template, means_password};
use crate::detectors::text::line_after;
use crate::fields::{Concept, Joint, Place, concept_of};

/// The longest password with blanks, in bytes; longer ones are text.
const MAX_PHRASE: usize = 72;
/// Most words of one.
const MAX_WORDS: usize = 8;
/// Fewer words without any digit or mark are a label or a title: `keyboard cat`.
const MIN_PLAIN_WORDS: usize = 2;

/// Words of forms and messages, in which a password is spoken of.
#[rustfmt::skip]
const SPOKEN: &[&str] = &[
    "your", "you", "must", "should", "least", "enter", "please", "match", "matches", "characters", "wrong", "invalid",
    "incorrect", "forgot", "forgotten", "reset", "change", "current", "confirm", "repeat", "here", "cannot", "field", "required",
    "missing", "expired", "account", "login", "authentication", "example", "don't", "dont", "doesn't",
];
/// Words of any sentence.
#[rustfmt::skip]
const SENTENCE: &[&str] = &[
    "a", "an", "the", "is", "are", "was", "be", "has", "have", "at", "to", "for", "of", "and", "or", "not", "in", "with", "do",
    "does", "new", "old", "show", "hide", "from", "this", "that", "it", "will", "can", "no", "on", "by", "if", "user", "sign",
    "email", "auth", "der", "die", "das", "ein", "ist", "und", "nicht", "le", "la", "les", "de", "el", "un", "une", "est", "y",
    "et", "o", "e", "je",
];

/// The password with blanks at `place`.
pub(super) fn read(text: &str, given: &Given, place: &Place) -> Option<Value> {
    if given.kind != Concept::Password || given.is_doubtful && !given.is_constant {
        return None;
    }
    let end = match (place.close, place.joint) {
        (Some(close), _) => close,
        (None, Joint::Assigned) if given.opens_line => bare_end(text, place.at)?,
        _ => return None,
    };
    let value = text.get(place.at..end)?;
    let is_bare = place.close.is_none();
    let is_set = place.joint != Joint::Column || given.is_constant;
    is_phrase(value, is_bare, is_set).then_some(Value {
        span: ByteSpan::new(place.at, end),
        form: if is_bare { Form::Bare } else { Form::Quoted },
        is_setting: place.is_setting,
    })
}

/// Where the bare value that fills its line ends: before a comment.
fn bare_end(text: &str, at: usize) -> Option<usize> {
    let line = line_after(text, at, MAX_PHRASE + 40);
    let comment = [" #", " //", " ;", "\t"]
        .iter()
        .filter_map(|mark| line.find(mark))
        .min();
    let value = line[..comment.unwrap_or(line.len())].trim_end();
    (value.len() <= MAX_PHRASE).then_some(at + value.len())
}

fn is_phrase(value: &str, is_bare: bool, is_set: bool) -> bool {
    let words: Vec<&str> = value.split_ascii_whitespace().collect();
    let bytes = value.as_bytes();
    if !(2..=MAX_WORDS).contains(&words.len()) || value.len() > MAX_PHRASE || is_template(bytes) {
        return false;
    }
    let bare = |word: &str| {
        word.trim_matches(|c: char| c.is_ascii_punctuation())
            .to_lowercase()
    };
    let any = |of: fn(char) -> bool| value.contains(of);
    let has_digit = any(|c| c.is_ascii_digit());
    let is_spoken = words.iter().any(|word| {
        let word = bare(word);
        let is_password = means_password(word.as_bytes()) || concept_of(&word) == Some(Concept::Password);
        let is_sentence = SENTENCE.contains(&word.as_str()) || is_password;
        SPOKEN.contains(&word.as_str()) || is_sentence && (is_bare || !has_digit)
    });
    // The next setting of the same line.
    let is_list = is_bare
        && (words[1..]
            .iter()
            .any(|word| word.contains(['=', ':', '|']) || word.starts_with('-'))
            || words[0].ends_with(':')
            || !value.starts_with(char::is_alphanumeric));
    // Code: calls, operators, references and templates, and what a bare line of prose has.
    let is_code = bytes.iter().any(|b| {
        matches!(
            b,
            b'(' | b')' | b'{' | b'}' | b'<' | b'>' | b'`' | b'|' | b'[' | b']'
        )
    }) || words.iter().any(|word| {
        matches!(
            *word,
            "=" | "==" | "+" | "->" | "=>" | "||" | "&&" | "?" | ":" | "is" | "None"
        )
    }) || value.ends_with([';', ',', ':', '?'])
        || is_bare && value.contains("://");
    if is_spoken || is_code || is_list {
        return false;
    }
    let has_mark = has_digit || any(|c| "!@#$%^&*+=~".contains(c)) && !value.ends_with('!');
    if has_mark {
        return true;
    }
    // Words alone: a passphrase in small letters, where a setting's quotes enclose it.
    let is_plain = value.bytes().all(|b| b.is_ascii_lowercase() || b == b' ');
    !is_bare
        && is_set
        && is_plain
        && words.len() >= MIN_PLAIN_WORDS
        && words.iter().all(|word| word.len() > 2)
}
