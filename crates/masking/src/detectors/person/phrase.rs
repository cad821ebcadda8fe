//! Names behind phrases (`my name is Alice`).

use super::super::names::name_at;
use super::super::text::word_start;
use super::Span;
use super::Strength::{self, Strong, Weak};
use crate::ByteSpan;

/// Words that a name follows directly.
pub(super) const PHRASES: &[(&str, Strength)] = &[
    ("my name is ", Strong),
    ("mein name ist ", Strong),
    ("ich heiße ", Strong),
    ("je m'appelle ", Strong),
    ("je m’appelle ", Strong),
    ("me llamo ", Strong),
    ("mi nombre es ", Strong),
    ("meu nome é ", Strong),
    ("mi chiamo ", Strong),
    ("меня зовут ", Strong),
    ("Меня зовут ", Strong),
    ("i am ", Weak),
    ("i'm ", Weak),
    ("i’m ", Weak),
    ("call me ", Weak),
    ("this is ", Weak),
    ("je suis ", Weak),
    ("ich bin ", Weak),
];

/// The name that follows the words at `at`.
pub(super) fn after_phrase(text: &str, at: ByteSpan, strength: Strength) -> Option<Span> {
    if !word_start(text, at.start) {
        return None;
    }
    let name = name_at(text, at.end)?;
    strength.accepts(&name).then_some((name.start, name.end))
}
