//! Names in greetings (`Dear Alice Smith,`) and signatures (`Best regards,` and a line below).

use super::super::names::{Name, name_at};
use super::super::text::{char_at, is_han, line_before, word_end, word_start};
use super::Strength::{Strong, Weak};
use super::{Span, Strength, han};
use crate::ByteSpan;

/// Words that a name follows, at a line's start.
pub(super) const GREETINGS: &[(&str, Strength)] = &[
    ("dear ", Strong),
    ("sehr geehrte ", Strong),
    ("sehr geehrter ", Strong),
    ("liebe ", Strong),
    ("lieber ", Strong),
    ("cher ", Strong),
    ("chère ", Strong),
    ("estimado ", Strong),
    ("estimada ", Strong),
    ("querido ", Strong),
    ("querida ", Strong),
    ("prezado ", Strong),
    ("prezada ", Strong),
    ("gentile ", Strong),
    ("hi ", Weak),
    ("hello ", Weak),
    ("hey ", Weak),
    ("hallo ", Weak),
    ("hola ", Weak),
    ("olá ", Weak),
    ("ciao ", Weak),
    ("bonjour ", Weak),
    ("good morning ", Weak),
    ("good afternoon ", Weak),
    ("good evening ", Weak),
    ("guten tag ", Weak),
];

/// Last words of a letter before its signature.
pub(super) const CLOSINGS: &[&str] = &[
    "regards",
    "sincerely",
    "best wishes",
    "cheers",
    "yours truly",
    "yours faithfully",
    "thanks",
    "thank you",
    "best,",
    "with love",
    "grüßen",
    "grüße",
    "cordialement",
    "bien à vous",
    "atentamente",
    "saludos",
    "atenciosamente",
    "abraços",
    "cordiali saluti",
    "mit freundlichem gruß",
    "mvh",
    "med vänlig hälsning",
    "med vennlig hilsen",
    "venlig hilsen",
    "pozdrawiam",
    "z poważaniem",
    "saludos cordiales",
    "un saludo",
    "cumprimentos",
    "met vriendelijke groet",
    "groeten",
    "уважением",
    "saygılarımla",
    "distinti saluti",
    "saluti",
    "mfg",
    "bien cordialement",
    "salutations",
    "respectfully",
    "yours,",
    "warmly,",
    "με εκτίμηση",
    "敬礼",
    "祝好",
    "商祺",
    "敬上",
];

/// How far before a closing its line may start (`Thanks and best regards`).
const CLOSING_LINE: usize = 40;
/// Most bytes of blank lines and list signs between a closing and its signature.
const MAX_BLANK: usize = 8;
const MAX_WORDS: usize = 4;

/// The name behind the greeting at `at`.
pub(super) fn after_greeting(text: &str, at: ByteSpan, strength: Strength) -> Option<Span> {
    let starts = word_start(text, at.start) && starts_sentence(line_before(text, at.start, MAX_BLANK));
    if !starts || !char_at(text, at.start).is_some_and(char::is_uppercase) {
        return None;
    }
    let name = name_at(text, at.end)?;
    let end = char_at(text, name.end);
    let punctuated = matches!(
        end,
        None | Some(',' | ':' | ';' | '!' | '\n' | '\r' | '.' | '-' | '—' | '–')
    );
    let alone = strength == Strong && punctuated && !name.is_capitals
        || end == Some(',') && ends_line(text, name.end + 1);
    let known = name.is_known && (punctuated || end == Some(' '));
    (name.words <= MAX_WORDS && (alone || known)).then_some((name.start, name.end))
}

fn starts_sentence(before: &str) -> bool {
    let before = before.trim_end_matches([' ', '\t', '>', '"', '\'', '“', '*', '`']);
    before.is_empty() || before.ends_with(['.', '!', ':', '('])
}

/// The name behind the closing at `at`, on the same line or below.
pub(super) fn after_closing(text: &str, at: ByteSpan) -> Option<Span> {
    let han_closing = text.as_bytes()[at.start] >= 0xe0;
    if !han_closing && (!word_end(text, at.end) || !opens_line(line_before(text, at.start, CLOSING_LINE))) {
        return None;
    }
    let bytes = text.as_bytes();
    let mut start = at.end + usize::from(matches!(bytes.get(at.end), Some(b',' | b'!' | b'.')));
    let blank = bytes[start..]
        .iter()
        .take(MAX_BLANK)
        .take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | b'-' | b'*' | b'>'))
        .count();
    start += blank;
    let below = bytes[at.end..start].contains(&b'\n');
    if blank == 0 {
        return None;
    }
    if char_at(text, start).is_some_and(is_han) {
        return (below || han_closing).then(|| han::whole_line(text, start))?;
    }
    let start = deputies_end(text, start);
    let name = name_at(text, start)?;
    let signs = below || bytes.get(at.end) == Some(&b',');
    (signs && is_signature(text, &name)).then_some((name.start, name.end))
}

/// Behind what says in whose place somebody signs: `i. A. Jörn Tiedemann`.
fn deputies_end(text: &str, at: usize) -> usize {
    const DEPUTIES: &[&str] = &[
        "i. A. ", "i. V. ", "i.A. ", "i.V. ", "ppa. ", "gez. ", "p.p. ", "Dr. ", "Prof. ",
    ];
    let deputy = DEPUTIES.iter().find(|deputy| text[at..].starts_with(**deputy));
    at + deputy.map_or(0, |deputy| deputy.len())
}

/// Whether only other closing words stand before: `Thanks and kind regards`.
fn opens_line(before: &str) -> bool {
    before.len() < CLOSING_LINE
        && before.split_whitespace().count() <= 3
        && !before.contains(['.', ':', ';', '=', '(', '"', '/'])
}

fn is_signature(text: &str, name: &Name) -> bool {
    let end = char_at(text, name.end);
    let ends = matches!(end, Some(',' | '(' | '|')) || ends_line(text, name.end);
    name.words <= MAX_WORDS && ends && (name.is_known || !name.is_capitals && name.end - name.start > 2)
}

fn ends_line(text: &str, at: usize) -> bool {
    let rest = text[at..].trim_start_matches([' ', '\t', '.', '*', '_']);
    rest.is_empty() || rest.starts_with(['\n', '\r', '"', '<'])
}
