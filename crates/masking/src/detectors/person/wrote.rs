//! Whom a reply quotes: `Maren Tilsiter wrote:`, `On Tue, ... Maren Tilsiter <m@...> wrote:`, `Am ... schrieb Maren
//! Tilsiter:`, `Le ... a écrit :`.

use super::super::names::{self, name_at};
use super::super::text::{char_at, char_before, is_han, line_before, word_start};
use super::{Span, han};
use crate::ByteSpan;

/// Verbs behind a name.
pub(super) const AFTER: &[&str] = &[
    " wrote:",
    " writes:",
    " a écrit",
    " escribió:",
    " ha scritto:",
    " scrive:",
    " escreveu:",
    " napisał",
    " napsal",
    " написал",
    " пишет:",
    " skrev:",
    " kirjoitti:",
    " yazdı",
    " schreef:",
    " έγραψε",
    " said:",
    " says:",
    " joined the",
    " has joined",
    " left the",
    " has left",
    " added ",
    " created group",
    " reacted ",
    " replied to",
    " hat geschrieben:",
    " est entré",
    " a rejoint",
    // Behind a name stands who it is.
    ", our ",
    ", my ",
    ", ceo",
    ", cto",
    ", cfo",
    ", aged ",
    ", born ",
    ", geb",
    ", née",
    ", né le",
    ", nacid",
    ", nata a",
    ", nato a",
    ", nascid",
    ", ur. ",
    ", d.o.b",
    ", dob",
    " (born ",
    " (* ",
    " (*",
    " (dob",
    " (geb",
    " (née",
    " hanım",
    " bey",
    " posted:",
    " commented:",
    " replied:",
    " asked:",
    " schrieb:",
    " sagte:",
    "写道",
    "寫道",
];
/// Verbs before a name.
pub(super) const BEFORE: &[&str] = &["schrieb ", "schreef ", "skrev ", "hat geschrieben "];

const WINDOW: usize = 160;

/// The name before the verb that starts at `at`, an address between them perhaps.
pub(super) fn before(text: &str, at: usize) -> Option<Span> {
    let line = line_before(text, at, WINDOW);
    let head = line.trim_end_matches([' ', ',']);
    let head = match head.as_bytes().last() {
        Some(b'>') => head.rfind('<').map_or(head, |open| &head[..open]),
        Some(b')') => head.rfind('(').map_or(head, |open| &head[..open]),
        _ => head,
    };
    let head = head.trim_end_matches([' ', ',', '"', '(', '*']);
    ends_with_name(text, at - line.len() + head.len(), head.len())
}

/// The name that ends at `end`, in the `window` bytes of the line before it.
fn ends_with_name(text: &str, end: usize, window: usize) -> Option<Span> {
    let start = end - window;
    if char_before(text, end).is_some_and(is_han) {
        let letters = text[start..end]
            .char_indices()
            .rev()
            .take(4)
            .map(|(at, _)| start + at);
        let whole = letters.filter(|at| !char_before(text, *at).is_some_and(is_han));
        return whole
            .filter(|at| han::is_name(&text[*at..end]))
            .map(|at| (at, end))
            .next();
    }
    text[start..end]
        .char_indices()
        .map(|(offset, _)| start + offset)
        .filter(|at| word_start(text, *at))
        .find_map(|at| {
            let mut name = name_at(text, at).filter(|name| name.end >= end)?;
            // `Mehmet Karadağlı Bey`: the title reads as a part of the name.
            name.end = end;
            names::is_person(text, &name).then_some((at, end))
        })
}

/// The name behind the verb at `at`, before an address or the colon.
pub(super) fn after(text: &str, at: ByteSpan) -> Option<Span> {
    let name = name_at(text, at.end).filter(|_| word_start(text, at.start))?;
    let ends = char_at(text, name.end).is_none_or(|c| matches!(c, ':' | '<' | ',' | '\n'))
        || text[name.end..].starts_with(" <");
    (ends && (names::is_person(text, &name) || name.is_known && !name.is_capitals))
        .then_some((name.start, name.end))
}
