//! Numbers behind a label (`phone: 4155550123`): the label allows what no form would.

use std::sync::Arc;

use super::super::number::Literal;
use super::super::text::char_at;
use super::plan::{MAX_DIGITS, Plan};
use super::{cell, extension, form};
use crate::detectors::Found;
use crate::fields::{Column, Joint, Label, Place};
use crate::{EntityType, Score};

/// Digits that a number behind a doubtful label must have, and behind any.
const HINTED: usize = 10;
const LABELLED: usize = 7;
/// So few digits are a number where a label that means nothing else is given them: an extension, a local number.
const LOCAL: usize = 6;

/// Judges the values of labels that name a phone.
pub(in crate::detectors) struct LabelledPhones {
    name: Arc<str>,
    column: Arc<str>,
    plan: Plan,
}

impl LabelledPhones {
    pub(in crate::detectors) fn new() -> Self {
        Self {
            name: "phone".into(),
            column: "phone.column".into(),
            plan: Plan::default(),
        }
    }

    /// Reports the number at `place`, if one stands there; where it ends.
    pub(in crate::detectors) fn judge(
        &self,
        text: &str,
        label: &Label,
        place: &Place,
        found: &mut Found,
    ) -> Option<usize> {
        let least = match place.joint {
            _ if label.entry.is_doubtful => HINTED,
            Joint::Column | Joint::Element => LOCAL,
            _ => LABELLED,
        };
        let bytes = text.as_bytes();
        let opens = |at: usize| matches!(bytes.get(at), Some(b'+' | b'(' | b'0'..=b'9'));
        let marks = bytes[place.at..].iter().take(4);
        let at = place.at
            + marks
                .take_while(|b| matches!(b, b'[' | b' ' | b'"' | b'\'' | b':' | b'.'))
                .count();
        let (start, end) = number_at(text, Some(at).filter(|at| opens(*at))?, least, &self.plan)?;
        let end = extension::end_with_extension(text, end);
        let name = if place.joint == Joint::Column {
            &self.column
        } else {
            &self.name
        };
        found.push(EntityType::Phone, start, end, Score::STRONG, name);
        Some(end)
    }

    /// Reports the numbers of a column whose head may mean something else: all beside a person's column, else those that
    /// are written as nothing else is. Visits of a site are mobile too, and cells have genes.
    pub(in crate::detectors) fn column(
        &self,
        text: &str,
        column: &Column,
        beside_person: bool,
        found: &mut Found,
    ) {
        for cell in &column.cells {
            let bytes = &text.as_bytes()[cell.range()];
            if cell::is_phone(bytes) && (beside_person || cell::is_formal(bytes)) {
                found.push(
                    EntityType::Phone,
                    cell.start,
                    cell.end,
                    Score::STRONG,
                    &self.column,
                );
            }
        }
    }
}

/// The shortest and the longest number that a label makes a phone number without a numbering plan's word.
const UNPLANNED: std::ops::RangeInclusive<usize> = 7..=12;
const MAX_GROUPS: usize = 8;
const MAX_GAP: usize = 3;

/// A digit group: its first byte, its end, and how many digits there are up to its end.
#[derive(Clone, Copy, Default)]
struct Part {
    start: usize,
    end: usize,
    digits: usize,
}

/// The number that starts at `start`.
pub(super) fn number_at(text: &str, start: usize, least: usize, plan: &Plan) -> Option<(usize, usize)> {
    let (mut digits, mut parts) = ([0; MAX_DIGITS + 1], [Part::default(); MAX_GROUPS]);
    let plus = text.as_bytes().get(start) == Some(&b'+');
    let count = read(text, start, &mut digits, &mut parts);
    if let Some(literal) = written(text, start + usize::from(plus)) {
        let digits = literal.digits();
        let is_planned = if plus {
            Plan::is_international(digits)
        } else {
            plan.is_national(digits)
        };
        let is_number = digits.len() >= least && (is_planned || UNPLANNED.contains(&digits.len()));
        return (is_number && form::ends_alone(text, literal.end)).then_some((start, literal.end));
    }
    let parts = &parts[..count];
    if looks_like_something_else(text, parts, digits[0]) {
        return None;
    }
    let whole = |part: &&Part| part.digits >= least && form::ends_alone(text, part.end);
    let planned = |part: &&Part| {
        let digits = &digits[..part.digits];
        if plus {
            Plan::is_international(digits)
        } else {
            plan.is_national(digits)
        }
    };
    let unplanned = |part: &&Part| UNPLANNED.contains(&part.digits);
    let ends = || parts.iter().rev().filter(whole);
    let end = ends().find(planned).or_else(|| ends().find(unplanned))?.end;
    Some((start, end))
}

/// The number at `at` that is not written digit by digit: `4.155552671e9`, `415_555_2671`.
fn written(text: &str, at: usize) -> Option<Literal> {
    let starts = text.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    starts.then(|| Literal::at(text.as_bytes(), at)).flatten()
}

/// Reads groups of digits; how many there are.
fn read(
    text: &str,
    start: usize,
    digits: &mut [u8; MAX_DIGITS + 1],
    parts: &mut [Part; MAX_GROUPS],
) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut count, mut length) = (start, 0, 0);
    while count < MAX_GROUPS {
        at += gap_length(text, at, count == 0);
        let group = bytes[at..]
            .iter()
            .take(MAX_DIGITS + 1)
            .take_while(|b| b.is_ascii_digit())
            .count();
        if group == 0 || length + group > MAX_DIGITS {
            break;
        }
        for (digit, byte) in digits[length..].iter_mut().zip(&bytes[at..at + group]) {
            *digit = byte - b'0';
        }
        length += group;
        parts[count] = Part {
            start: at,
            end: at + group,
            digits: length,
        };
        count += 1;
        at += group;
    }
    count
}

/// Bytes of what may stand before a group.
fn gap_length(text: &str, at: usize, first: bool) -> usize {
    let mut length = 0;
    for _ in 0..MAX_GAP {
        match char_at(text, at + length) {
            Some('(' | '+') => length += 1,
            Some(c @ (' ' | '\t' | '-' | '.' | ')' | '/' | '·' | '•' | '‐' | '–' | '—')) if !first =>
            {
                length += c.len_utf8();
            }
            _ => break,
        }
    }
    length
}

/// Dates, decimals and addresses of machines.
fn looks_like_something_else(text: &str, parts: &[Part], first_digit: u8) -> bool {
    let length = |part: &Part| part.end - part.start;
    let dotted = |part: &Part| {
        text[part.end..].starts_with('.') && text.as_bytes().get(part.end + 1).is_some_and(u8::is_ascii_digit)
    };
    match parts {
        [year, month, day, ..] if (length(year), length(month), length(day)) == (4, 2, 2) => {
            matches!(first_digit, 1 | 2)
        }
        [day, month, year] => (length(day), length(month), length(year)) == (2, 2, 4),
        [whole, fraction] => dotted(whole) && length(whole) == 10 && length(fraction) < 10,
        [head @ .., last] if head.len() == 3 => {
            first_digit != 0
                && head.iter().all(dotted)
                && parts.iter().all(|part| length(part) <= 3)
                && last.digits < 13
        }
        _ => false,
    }
}
