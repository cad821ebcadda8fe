//! People in records whose keys are terse or whose fields have positions: vCard, LDIF and distinguished names, iCalendar,
//! HL7 v2, X12, EDIFACT, MT940.

use super::super::names::{self, is_common_word, name_at};
use super::super::text::{char_before, line_after, starts_with_ignore_case, word_start};
use super::Span;
use super::value::{Trust, person_in};
use crate::ByteSpan;

/// What a record is read as.
#[derive(Clone, Copy)]
pub(super) enum Record {
    /// `NM1*IL*1*DOE*JOHN*M`
    X12,
    /// `NAD+BY+++DOE:JOHN`, `CTA+IC+:JOHN DOE`
    Edifact,
    /// `?32JOHN DOE`
    Swift,
    /// `;CN="Doe, John"`
    Attendee,
    /// `CN=John Doe,OU=Users`
    Distinguished,
}

pub(super) const LITERALS: &[(&str, Record)] = &[
    ("nm1*", Record::X12),
    ("nad+", Record::Edifact),
    ("cta+", Record::Edifact),
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
/// Fields of HL7 segments that hold people, by their numbers.
const SEGMENTS: &[(&str, &[usize])] = &[
    ("PID|", &[5, 6, 9]),
    ("NK1|", &[2]),
    ("PV1|", &[7, 8, 9, 17, 52]),
    ("PD1|", &[4]),
    ("GT1|", &[3, 4]),
    ("IN1|", &[16]),
    ("IN2|", &[2, 22]),
    ("MRG|", &[7]),
    ("STF|", &[3]),
    ("OBR|", &[10, 16, 28, 32]),
    ("ORC|", &[10, 11, 12]),
    ("DG1|", &[16]),
    ("PR1|", &[8, 11, 12]),
    ("ROL|", &[4]),
    ("TXA|", &[5, 9, 10, 11]),
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
        [b'A'..=b'Z', b'A'..=b'Z', b'A'..=b'Z' | b'0'..=b'9', b'|', ..] => {
            segment(text, start, end, &mut push);
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

/// The fields of an HL7 segment that hold people: `Tilsiter^Maren`, `0148^Tilsiter^Maren`.
fn segment(text: &str, start: usize, end: usize, push: &mut impl FnMut(Span)) {
    let line = &text[start..end];
    let Some((_, wanted)) = SEGMENTS.iter().find(|(name, _)| line.starts_with(name)) else {
        return;
    };
    for (nth, field) in parts(start, line, '|').enumerate() {
        if !wanted.contains(&nth) {
            continue;
        }
        for repeated in parts(field.start, &text[field.range()], '~') {
            let components = parts(repeated.start, &text[repeated.range()], '^');
            let names = components.take(4).filter(|part| {
                !part.is_empty() && !text[part.range()].contains(|c: char| c.is_ascii_digit())
            });
            for part in names.take(3) {
                word(text, part, push);
            }
        }
    }
}

/// A part that is a name and nothing else.
fn word(text: &str, part: ByteSpan, push: &mut impl FnMut(Span)) {
    report(person_in(text, part, Trust::Label), push);
}

/// Reports the people in the record that the literal at `at` opens.
pub(super) fn people(text: &str, at: ByteSpan, record: Record, push: &mut impl FnMut(Span)) {
    match record {
        Record::X12 => x12(text, at, push),
        Record::Edifact => edifact(text, at, push),
        Record::Swift => swift(text, at, push),
        Record::Attendee => attendee(text, at.end, push),
        Record::Distinguished => distinguished(text, at, push),
    }
}

fn x12(text: &str, at: ByteSpan, push: &mut impl FnMut(Span)) {
    let rest = line_after(text, at.end, 240)
        .split('~')
        .next()
        .unwrap_or_default();
    let fields: Vec<ByteSpan> = parts(at.end, rest, '*').take(5).collect();
    // Persons are 1, companies are 2.
    if fields.get(1).is_some_and(|kind| &text[kind.range()] == "1") {
        for part in fields.into_iter().skip(2) {
            word(text, part, push);
        }
    }
}

fn edifact(text: &str, at: ByteSpan, push: &mut impl FnMut(Span)) {
    let rest = line_after(text, at.end, 300)
        .split('\'')
        .next()
        .unwrap_or_default();
    let is_contact = starts_with_ignore_case(&text[at.range()], "cta");
    let Some(field) = parts(at.end, rest, '+').nth(if is_contact { 1 } else { 3 }) else {
        return;
    };
    let names: Vec<ByteSpan> = parts(field.start, &text[field.range()], ':')
        .filter(|part| !part.is_empty())
        .take(2)
        .collect();
    if is_contact {
        report(
            names.last().and_then(|part| person_in(text, *part, Trust::Label)),
            push,
        );
        return;
    }
    let is_word =
        |part: &ByteSpan| person_in(text, *part, Trust::Label).is_some() && !text[part.range()].contains(' ');
    if names.len() == 2 && names.iter().all(is_word) {
        names.into_iter().for_each(|part| word(text, part, push));
    } else if let Some(part) = names.first() {
        report(person_in(text, *part, Trust::Layout), push);
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
    let is_company = name.split([' ', '.']).any(|word| COMPANIES.contains(&word));
    if name.trim().contains(' ') && !is_company {
        report(
            person_in(text, ByteSpan::new(start, start + name.len()), Trust::Label),
            push,
        );
    }
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
