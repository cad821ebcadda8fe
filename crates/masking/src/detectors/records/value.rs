//! Whether what stands at a position is what belongs there.

use super::Holds;
use crate::ByteSpan;
use crate::detectors::date_of_birth;
use crate::detectors::names::name_at;
use crate::detectors::person::value::{Trust, person_in};
use crate::fields::{Concept, Joint, Place, concept_of};

/// What the family name may open with, where all is written in capitals.
#[rustfmt::skip]
const PARTICLES: &[&str] = &[
    "VAN", "VON", "DE", "DER", "DEN", "DEL", "DELLA", "DI", "DA", "DO", "DOS", "DU", "LA", "LE", "TEN", "TER", "ZU", "ZUM", "AL", "EL", "BEN", "BIN", "SAN", "ST",
];
const LONGEST_ADDRESS: usize = 160;
const LONGEST_ID: usize = 24;

/// Reports the value that `components` make, as far as it is one.
pub(super) fn report(
    text: &str,
    components: &[ByteSpan],
    holds: Holds,
    push: &mut impl FnMut(Holds, ByteSpan),
) {
    let Some(first) = components.first().copied() else {
        return;
    };
    let one = |span: Option<ByteSpan>, push: &mut dyn FnMut(Holds, ByteSpan)| {
        if let Some(span) = span {
            push(holds, span);
        }
    };
    match holds {
        Holds::Name => name(text, components, push),
        Holds::Party => party(text, components, push),
        Holds::Birth => one(birth(text, first), push),
        Holds::Address => one(address(text, components), push),
        Holds::Phone => {
            // The number in one, and behind codes of country and area.
            for nth in [0, 6, 11] {
                let number = components.get(nth).copied();
                one(number.filter(|span| is_phone(&text[span.range()], nth > 0)), push);
            }
        }
        Holds::NationalId => one(id(text, first, 7), push),
        Holds::HealthId => one(id(text, first, 4), push),
        Holds::Passport => one(id(text, first, 4), push),
        Holds::Account => one(id(text, first, 6), push),
        Holds::PatientId => {
            let kind = components.get(4).map_or("", |kind| &text[kind.range()]);
            let holds = match kind {
                "SS" | "NI" => Holds::NationalId,
                "PPN" => Holds::Passport,
                _ => Holds::HealthId,
            };
            if let Some(span) = id(text, first, 4) {
                push(holds, span);
            }
        }
    }
}

/// The parts of a person's name. A known first name among them proves the others.
fn name(text: &str, components: &[ByteSpan], push: &mut impl FnMut(Holds, ByteSpan)) {
    let is_word = |part: &&ByteSpan| {
        let part = &text[part.range()];
        // Documentation has the words of labels there.
        let is_label = || concept_of(&part.to_lowercase()).is_some_and(Concept::is_name);
        !part.is_empty() && part.len() < 64 && !part.contains(|c: char| c.is_ascii_digit()) && !is_label()
    };
    let parts: Vec<ByteSpan> = components
        .iter()
        .take(4)
        .filter(is_word)
        .take(3)
        .copied()
        .collect();
    let is_known =
        |part: &ByteSpan| name_at(text, part.start).is_some_and(|name| name.is_known && name.end == part.end);
    let is_proven = parts.len() > 1 && parts.iter().any(is_known);
    for part in parts {
        let is_name = |part: &ByteSpan| {
            let part = &text[part.range()];
            part.chars().count() > 1
                && part.starts_with(char::is_uppercase)
                && part
                    .chars()
                    .all(|c| c.is_alphabetic() || matches!(c, ' ' | '\'' | '-' | '.'))
        };
        let span = name_part(text, part).or_else(|| Some(part).filter(|part| is_proven && is_name(part)));
        if let Some(span) = span {
            push(Holds::Name, span);
        }
    }
}

/// A part that is a name and nothing else: `TILSITER`, `VAN HOUTEN`.
fn name_part(text: &str, part: ByteSpan) -> Option<ByteSpan> {
    let mut start = part.start;
    while let Some((word, _)) = text[start..part.end].split_once(' ')
        && PARTICLES.contains(&word)
    {
        start += word.len() + 1;
    }
    let span = person_in(text, ByteSpan::new(start, part.end), Trust::Label)?;
    Some(if start > part.start {
        ByteSpan::new(part.start, span.end)
    } else {
        span
    })
}

/// A person in one part, or in two of a word each; other parties are companies.
fn party(text: &str, components: &[ByteSpan], push: &mut impl FnMut(Holds, ByteSpan)) {
    let names: Vec<ByteSpan> = components
        .iter()
        .filter(|part| !part.is_empty())
        .take(2)
        .copied()
        .collect();
    let is_word = |part: &ByteSpan| !text[part.range()].contains(' ') && name_part(text, *part).is_some();
    if names.len() == 2 && names.iter().all(is_word) {
        name(text, &names, push);
    } else if let Some(span) = names
        .first()
        .and_then(|part| person_in(text, *part, Trust::Layout))
    {
        push(Holds::Party, span);
    }
}

/// `19850703`, `850703`, `19850703143000+0100`, and dates as people write them.
pub(super) fn birth(text: &str, span: ByteSpan) -> Option<ByteSpan> {
    let value = text[span.range()].trim_end();
    let span = ByteSpan::new(span.start, span.start + value.len());
    let digits = value.bytes().take_while(u8::is_ascii_digit).count();
    let is_compact = |year: usize| {
        let two = |at: usize| value[at..at + 2].parse::<u32>().unwrap_or_default();
        (1..=12).contains(&two(year)) && (1..=31).contains(&two(year + 2))
    };
    let has_zone = |at: usize| value.len() == at || matches!(value.as_bytes()[at], b'+' | b'-' | b'.');
    match digits {
        6 if value.len() == 6 => is_compact(2).then_some(span),
        8 | 12 | 14 if has_zone(digits) => {
            let is_year = matches!(&value[..2], "19" | "20");
            (is_year && is_compact(4)).then_some(ByteSpan::new(span.start, span.start + digits))
        }
        _ => {
            let place = Place {
                joint: Joint::Column,
                at: span.start,
                close: Some(span.end),
                is_setting: true,
            };
            date_of_birth::judge(text, &place)
        }
    }
}

/// A street, or a town, with its number, from the first to the last part before the country.
fn address(text: &str, components: &[ByteSpan]) -> Option<ByteSpan> {
    let filled = || components.iter().take(5).filter(|part| !part.is_empty());
    let span = ByteSpan::new(filled().next()?.start, filled().next_back()?.end);
    let value = &text[span.range()];
    let has_word = value
        .split(|c: char| !c.is_alphabetic())
        .any(|word| word.chars().count() > 2);
    let is_plain =
        filled().all(|part| !text[part.range()].contains(['<', '{', '$', '[', '=', '(', '"', ';']));
    (has_word && is_plain && value.contains(|c: char| c.is_ascii_digit()) && value.len() < LONGEST_ADDRESS)
        .then_some(span)
}

fn is_phone(value: &str, is_local: bool) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let least = if is_local { 5 } else { 7 };
    (least..=15).contains(&digits)
        && value
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, ' ' | '(' | ')' | '+' | '-' | '.' | '/'))
}

/// A number of at least so many digits, letters among them perhaps.
pub(super) fn id(text: &str, span: ByteSpan, least: usize) -> Option<ByteSpan> {
    let value = text[span.range()].trim();
    let digits = value.bytes().filter(u8::is_ascii_digit);
    let varies = digits.clone().any(|digit| Some(digit) != digits.clone().next());
    let is_number = value.len() <= LONGEST_ID
        && varies
        && digits.count() >= least
        && value
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'/' | b' '));
    let start = value.as_ptr() as usize - text.as_ptr() as usize;
    is_number.then_some(ByteSpan::new(start, start + value.len()))
}
