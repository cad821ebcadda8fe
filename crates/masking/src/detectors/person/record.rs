//! People in records whose keys are terse: vCard, LDIF and distinguished names, iCalendar, MT940. Those whose fields have
//! positions are read by the rule of records.

use super::super::names::{self, is_common_word, name_at};
use super::super::text::{char_before, line_after, starts_with_ignore_case, word_start};
use super::Span;
use super::value::{Trust, person_in};
use crate::ByteSpan;

/// What a record is read as.
#[derive(Clone, Copy)]
pub(super) enum Record {
    /// `?32JOHN DOE`
    Swift,
    /// `;CN="Doe, John"`
    Attendee,
    /// `CN=John Doe,OU=Users`
    Distinguished,
}

pub(super) const LITERALS: &[(&str, Record)] = &[
    ("?32", Record::Swift),
    ("?33", Record::Swift),
    (";cn=", Record::Attendee),
    ("cn=", Record::Distinguished),
];

/// Keys of LDIF with what they say.
const KEYS: &[(&str, Trust)] = &[
    ("cn: ", Trust::Layout),
    ("sn: ", Trust::Label),
    ("givenname: ", Trust::Label),
    ("displayname: ", Trust::Layout),
    ("gecos: ", Trust::Layout),
];
/// What the names of companies end with.
#[rustfmt::skip]
const COMPANIES: &[&str] = &[
    "GMBH", "AG", "SA", "SARL", "LTD", "INC", "BV", "KG", "UG", "EV", "SE", "LLC", "CO", "OHG", "SPA", "SRL", "NV", "PLC", "EG", "MBH", "SAS",
];
/// Longest line and part that is read.
const LONGEST: usize = 2048;
const LONGEST_PART: usize = 100;

/// Reports the people in the line `start..end` if the key of a record opens it.
pub(super) fn keyed(text: &str, start: usize, end: usize, mut push: impl FnMut(Span)) {
    let line = &text[start..end];
    if line.len() > LONGEST {
        return;
    }
    match line.as_bytes() {
        [b'c' | b's' | b'g' | b'd', ..] => {
            let key = KEYS.iter().find(|(key, _)| starts_with_ignore_case(line, key));
            if let Some((key, trust)) = key {
                report(
                    person_in(text, ByteSpan::new(start + key.len(), end), *trust),
                    &mut push,
                );
            }
        }
        [b'F', b'N', b':' | b';', ..] => {
            let value = line.find(':').map(|colon| start + colon + 1);
            let value = value.map(|from| ByteSpan::new(from, end));
            report(
                value.and_then(|value| person_in(text, value, Trust::Label)),
                &mut push,
            );
        }
        [b'N', b':' | b';', rest @ ..] if rest.first() != Some(&b' ') => {
            structured(text, start, end, &mut push);
        }
        _ => {}
    }
}

/// `N:Tilsiter;Maren;;;`
fn structured(text: &str, start: usize, end: usize, push: &mut impl FnMut(Span)) {
    let line = &text[start..end];
    let Some(colon) = line.find(':').filter(|colon| line[colon + 1..].contains(';')) else {
        return;
    };
    let parts = parts(start + colon + 1, &line[colon + 1..], ';');
    for part in parts.take(3) {
        word(text, part, push);
    }
}

/// A part that is a name and nothing else.
fn word(text: &str, part: ByteSpan, push: &mut impl FnMut(Span)) {
    report(person_in(text, part, Trust::Label), push);
}

/// Reports the people in the record that the literal at `at` opens.
pub(super) fn people(text: &str, at: ByteSpan, record: Record, push: &mut impl FnMut(Span)) {
    match record {
        Record::Swift => swift(text, at, push),
        Record::Attendee => attendee(text, at.end, push),
        Record::Distinguished => distinguished(text, at, push),
    }
}

/// Names of accounts' owners, in capitals and in two parts perhaps: `?32KATRIN OSTERWALD?33UND JENS OSTERWALD`.
fn swift(text: &str, at: ByteSpan, push: &mut impl FnMut(Span)) {
    let value = line_after(text, at.end, LONGEST_PART)
        .split('?')
        .next()
        .unwrap_or_default();
    let name = ["UND ", "U. ", "AND ", "ET "]
        .iter()
        .find_map(|word| value.strip_prefix(word))
        .unwrap_or(value);
    let start = at.end + value.len() - name.len();
    if name.trim().contains(' ') && !is_company(name) {
        report(
            person_in(text, ByteSpan::new(start, start + name.len()), Trust::Label),
            push,
        );
    }
}

/// Whether a word of the name in capitals is what the names of companies end with.
pub(in super::super) fn is_company(name: &str) -> bool {
    name.split([' ', '.']).any(|word| COMPANIES.contains(&word))
}

fn attendee(text: &str, at: usize, push: &mut impl FnMut(Span)) {
    let rest = line_after(text, at, LONGEST_PART);
    let value = match rest.strip_prefix('"') {
        Some(quoted) => quoted
            .split('"')
            .next()
            .map(|value| ByteSpan::new(at + 1, at + 1 + value.len())),
        None => rest
            .split([';', ':'])
            .next()
            .map(|value| ByteSpan::new(at, at + value.len())),
    };
    report(
        value.and_then(|value| person_in(text, value, Trust::Layout)),
        push,
    );
}

fn distinguished(text: &str, at: ByteSpan, push: &mut impl FnMut(Span)) {
    if !word_start(text, at.start) || char_before(text, at.start) == Some(';') {
        return;
    }
    let rest = line_after(text, at.end, LONGEST_PART);
    let mut escaped = false;
    let end = rest.find(|c: char| {
        let ends = matches!(c, ',' | '+' | '"' | '/' | '\'' | '>' | ';' | ')') && !escaped;
        escaped = c == '\\';
        ends
    });
    let value = ByteSpan::new(at.end, at.end + end.unwrap_or(rest.len()));
    if let Some((family, given)) = text[value.range()].split_once("\\, ") {
        let is_name = |part: &str| {
            name_at(part, 0)
                .is_some_and(|name| name.end == part.len() && !is_common_word(&part.to_lowercase()))
        };
        if is_name(family) && is_name(given) {
            push((value.start, value.end));
        }
        return;
    }
    let name =
        name_at(text, value.start).filter(|name| name.end == value.end && names::is_person(text, name));
    if let Some(name) = name {
        push((name.start, name.end));
    }
}

/// The parts of `value`, which starts at `start`, between separators.
fn parts(start: usize, value: &str, separator: char) -> impl Iterator<Item = ByteSpan> {
    let mut at = start;
    value.split(separator).map(move |part| {
        let span = ByteSpan::new(at, at + part.len());
        at = span.end + separator.len_utf8();
        span
    })
}

fn report(span: Option<ByteSpan>, push: &mut impl FnMut(Span)) {
    if let Some(span) = span {
        push((span.start, span.end));
    }
}
