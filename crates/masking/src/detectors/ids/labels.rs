//! Identifiers beside a word that names them: behind it, in its cell or column, or near it where a check digit proves
//! them (`(943 476 5919, NHS number)`).
//!
//! The lexicon says which words name which kinds; [`reading`] says what a kind's values look like there.

mod near;
mod reading;

use super::iban;
use super::kind::{IdKind, Reporter};
use super::value::{Value, may_begin_with_digits};
use crate::detectors::Found;
use crate::fields::{Concept, Entry, Joint, Label, Lexicon, Place};
use crate::{ByteSpan, EntityType, Score};
use reading::{Certainty, Reading, least_digits};
use std::sync::Arc;

/// No identifier has fewer letters and digits.
const MIN_CHARS: usize = 5;
/// How far before a label the word may stand that it needs.
const COMPANY_BYTES: usize = 72;
/// Most letters and digits of any but an IBAN.
const MAX_CHARS: usize = 21;

const ANY_NATIONAL_ID: &[IdKind] = &[
    IdKind::CnResidentId,
    IdKind::ItCodiceFiscale,
    IdKind::FrNir,
    IdKind::EsDni,
    IdKind::EsNie,
    IdKind::UkNino,
    IdKind::KrRrn,
    IdKind::BrCpf,
    IdKind::InAadhaar,
    IdKind::DeIdCard,
    IdKind::Labelled,
];
const ANY_TAX_ID: &[IdKind] = &[
    IdKind::CnUscc,
    IdKind::UsEin,
    IdKind::UsItin,
    IdKind::Vat,
    IdKind::BrCnpj,
    IdKind::BrCpf,
    IdKind::DeSteuerId,
    IdKind::TaxNumber,
];

/// What the values of one entry's labels may be.
struct Kinds {
    /// The most telling first.
    all: Vec<IdKind>,
    /// Every value starts with so many digits.
    least_digits: usize,
    /// No value has more letters and digits.
    most_chars: usize,
}

impl Kinds {
    fn of(entry: &Entry) -> Self {
        let named: Vec<IdKind> = entry
            .schemes
            .iter()
            .filter_map(|name| IdKind::named(name))
            .collect();
        let all = if named.is_empty() {
            usual(entry.concept).to_vec()
        } else {
            named
        };
        Self {
            least_digits: all
                .iter()
                .map(|kind| least_digits(*kind))
                .min()
                .unwrap_or_default(),
            most_chars: if all.contains(&IdKind::Iban) {
                iban::MAX_CHARS
            } else {
                MAX_CHARS
            },
            all,
        }
    }
}

/// The kinds of a concept whose words name no scheme.
const fn usual(concept: Concept) -> &'static [IdKind] {
    match concept {
        Concept::NationalId => ANY_NATIONAL_ID,
        Concept::HealthId => &[
            IdKind::DeKvnr,
            IdKind::UsMbi,
            IdKind::AuMedicare,
            IdKind::CaHealth,
            IdKind::UkNhs,
            IdKind::HealthNumber,
        ],
        Concept::TaxId => ANY_TAX_ID,
        Concept::Passport => &[IdKind::Passport],
        Concept::DriverLicense => &[IdKind::DriverLicense],
        Concept::Account => &[IdKind::Iban, IdKind::Account],
        Concept::Iban => &[IdKind::Iban],
        Concept::Card => &[IdKind::Card],
        _ => &[],
    }
}

/// Judges the values of labels that name an identifier.
pub(in crate::detectors) struct LabelledIds {
    reporter: Reporter,
    /// By the number of the lexicon's entry.
    kinds: Vec<Kinds>,
    card_code: Arc<str>,
}

impl LabelledIds {
    pub(in crate::detectors) fn new() -> Self {
        Self {
            reporter: Reporter::new(),
            kinds: Lexicon::shared().entries().iter().map(Kinds::of).collect(),
            card_code: "credit_card.code".into(),
        }
    }

    /// Reports the identifier at `place`, and the list that it may be the first of; where it ends.
    pub(in crate::detectors) fn judge(
        &self,
        text: &str,
        label: &Label,
        place: &Place,
        found: &mut Found,
    ) -> Option<usize> {
        if label.entry.concept == Concept::CardCode {
            return self.card_code(text, label, place, found);
        }
        let is_counted = text[label.phrase.range()].ends_with('#');
        if !label.entry.company.is_empty() && !is_counted && !has_company(text, label) {
            return None;
        }
        // An abbreviation in small letters is a key of a program as often as not: only the check tells.
        let is_sure =
            !label.entry.is_capital || !text[label.phrase.range()].bytes().any(|b| b.is_ascii_lowercase());
        if place.joint == Joint::Column {
            let cell = ByteSpan::new(place.at, place.close?);
            return self.report(text, label, cell.start, is_sure, Some(cell.end), found);
        }
        let first = self.report(text, label, start(text, place.at), is_sure, None, found)?;
        let mut listed = Some(first);
        while let Some(at) = listed.and_then(|end| near::next_of_list(text, end)) {
            listed = self.report(text, label, at, is_sure, None, found);
        }
        Some(first)
    }

    /// Reports the identifier shortly behind a label, other words between, or before it.
    pub(in crate::detectors) fn look_around(&self, text: &str, label: &Label, found: &mut Found) {
        let kinds = &self.kinds[usize::from(label.entry.nth)];
        if kinds.all.is_empty() || !near::has_digit_around(text, label.phrase) {
            return;
        }
        let behind = near::candidates(text, label.phrase.end)
            .find_map(|at| self.report(text, label, at, false, None, found));
        if behind.is_none() {
            self.before(text, label, kinds, found);
        }
    }

    /// The value at `at`, reported under the kind of the label that it fits best; where it ends.
    fn report(
        &self,
        text: &str,
        label: &Label,
        at: usize,
        is_beside: bool,
        end: Option<usize>,
        found: &mut Found,
    ) -> Option<usize> {
        let kinds = &self.kinds[usize::from(label.entry.nth)];
        if !text.as_bytes().get(at)?.is_ascii_alphanumeric()
            || !may_begin_with_digits(text, at, kinds.least_digits)
        {
            return None;
        }
        let value = Value::read(text, at, kinds.most_chars);
        let (kind, reading) = best(label.entry, kinds, &value, is_beside)?;
        let span = value.span(reading.chars);
        if end.is_some_and(|end| end != span.end) {
            return None;
        }
        self.reporter.push(found, kind, span, reading.certainty.score());
        Some(span.end)
    }

    /// The value before the label: `943 476 5919 (NHS number)`.
    fn before(&self, text: &str, label: &Label, kinds: &Kinds, found: &mut Found) {
        let Some(ended) = near::value_before(text, label.phrase.start) else {
            return;
        };
        let chars = |bytes: &[u8]| bytes.iter().filter(|b| b.is_ascii_alphanumeric()).count();
        let least = kinds.least_digits;
        for at in near::group_starts(text, ended).filter(|at| may_begin_with_digits(text, *at, least)) {
            if chars(&text.as_bytes()[at..ended]) < MIN_CHARS {
                break;
            }
            let value = Value::read(&text[..ended], at, kinds.most_chars);
            let fitting = best(label.entry, kinds, &value, false)
                .filter(|(_, reading)| value.span(reading.chars).end == ended);
            if let Some((kind, reading)) = fitting {
                let span = ByteSpan::new(at, ended);
                self.reporter.push(found, kind, span, reading.certainty.score());
                return;
            }
        }
    }

    /// The three or four digits that a card is checked with.
    fn card_code(&self, text: &str, label: &Label, place: &Place, found: &mut Found) -> Option<usize> {
        let digits = text.as_bytes()[place.at..]
            .iter()
            .take(5)
            .take_while(|b| b.is_ascii_digit())
            .count();
        let end = place.at + digits;
        let is_whole =
            crate::detectors::text::word_end(text, end) && place.close.is_none_or(|close| close == end);
        let is_told = !label.entry.is_doubtful && place.joint != Joint::Adjacent;
        (is_told && is_whole && (3..=4).contains(&digits)).then_some(())?;
        found.push(
            EntityType::CreditCard,
            place.at,
            end,
            Score::LIKELY,
            &self.card_code,
        );
        Some(end)
    }
}

/// Where a value starts behind the marks that forms write before it.
fn start(text: &str, at: usize) -> usize {
    let marks = text.as_bytes()[at..]
        .iter()
        .take(3)
        .take_while(|b| matches!(b, b'#' | b'(' | b'[' | b' ' | b'"'));
    at + marks.count()
}

/// The kind that is surest of the value; of equals the label's first.
fn best(entry: &Entry, kinds: &Kinds, value: &Value, is_beside: bool) -> Option<(IdKind, Reading)> {
    if value.len() < MIN_CHARS {
        return None;
    }
    let may_be_wrong = entry.is_explicit && is_beside;
    kinds
        .all
        .iter()
        .rev()
        .filter_map(|kind| Some((*kind, reading::read(*kind, value, is_beside)?)))
        .filter(|(_, reading)| may_be_wrong || reading.certainty > Certainty::Length)
        .max_by_key(|(_, reading)| reading.certainty)
}

/// Whether one of the words that the label needs stands shortly before it.
fn has_company(text: &str, label: &Label) -> bool {
    let start = label.phrase.start;
    let from = text.ceil_char_boundary(start.saturating_sub(COMPANY_BYTES));
    let letters: String = text[from..start]
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect();
    let letters = letters.to_lowercase();
    label.entry.company.iter().any(|word| letters.contains(word))
}

#[cfg(test)]
mod tests;
