//! Which words name a number whatever is glued to it.

use super::super::health;
use super::super::kind::IdKind;
use super::super::national::{americas, asia, digit_values, europe};

/// A word that names a number whatever is glued to it, and the number.
pub(super) struct Named {
    pub(super) word: &'static str,
    pub(super) chars: usize,
    pub(super) kind: IdKind,
    pub(super) passes: fn(&[u8]) -> bool,
}

pub(super) static NAMED: &[Named] = &[
    named("ssn", 9, IdKind::UsSsn, |chars| {
        digits::<9>(chars, americas::us_ssn)
    }),
    named("ss#", 9, IdKind::UsSsn, |chars| {
        digits::<9>(chars, americas::us_ssn)
    }),
    named("itin", 9, IdKind::UsItin, |chars| {
        digits::<9>(chars, americas::us_itin)
    }),
    named("cpf", 11, IdKind::BrCpf, |chars| {
        digits::<11>(chars, americas::br_cpf)
    }),
    named("aadhaar", 12, IdKind::InAadhaar, |chars| {
        digits::<12>(chars, asia::in_aadhaar)
    }),
    named("nhs", 10, IdKind::UkNhs, |chars| {
        digits::<10>(chars, health::uk_nhs)
    }),
    named("dni", 9, IdKind::EsDni, europe::es_dni),
    named("pesel", 11, IdKind::PlPesel, |chars| {
        digits::<11>(chars, europe::pl_pesel)
    }),
    named("bsn", 9, IdKind::NlBsn, |chars| {
        digits::<9>(chars, europe::nl_bsn)
    }),
    named("idnr", 11, IdKind::DeSteuerId, |chars| {
        digits::<11>(chars, europe::de_steuer_id)
    }),
    named("steuerid", 11, IdKind::DeSteuerId, |chars| {
        digits::<11>(chars, europe::de_steuer_id)
    }),
    named("steuer-id", 11, IdKind::DeSteuerId, |chars| {
        digits::<11>(chars, europe::de_steuer_id)
    }),
];

const fn named(word: &'static str, chars: usize, kind: IdKind, passes: fn(&[u8]) -> bool) -> Named {
    Named {
        word,
        chars,
        kind,
        passes,
    }
}

pub(super) fn digits<const N: usize>(chars: &[u8], check: fn(&[u8]) -> bool) -> bool {
    digit_values::<N>(chars).is_some_and(|digits| check(&digits))
}
