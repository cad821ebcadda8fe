//! What the values of each kind look like beside a label.

use std::ops::RangeInclusive;

use super::super::bank;
use super::super::card;
use super::super::health;
use super::super::kind::IdKind;
use super::super::national::{americas, asia, europe};
use super::super::value::Value;
use super::super::{iban, vat};
use crate::Score;

/// What says that a value is of a kind.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Certainty {
    /// Only its length, beside a word that leaves no doubt.
    Length,
    /// Its form; the kind has no checksum.
    Form,
    /// Its checksum.
    Check,
}

impl Certainty {
    pub(super) const fn score(self) -> Score {
        match self {
            Self::Length => Score::POSSIBLE,
            Self::Form => Score::LIKELY,
            Self::Check => Score::STRONG,
        }
    }
}

/// A value that fits a kind.
#[derive(Clone, Copy)]
pub(super) struct Reading {
    /// How many letters and digits it has.
    pub(super) chars: usize,
    pub(super) certainty: Certainty,
}

const fn checked(chars: usize) -> Reading {
    Reading {
        chars,
        certainty: Certainty::Check,
    }
}

const fn formed(chars: usize) -> Reading {
    Reading {
        chars,
        certainty: Certainty::Form,
    }
}

const fn long_enough(chars: usize) -> Reading {
    Reading {
        chars,
        certainty: Certainty::Length,
    }
}

/// With how many digits at least every value of the kind starts.
pub(super) const fn least_digits(kind: IdKind) -> usize {
    match kind {
        IdKind::TwBusiness => 8,
        IdKind::UsRouting | IdKind::CaSin => 9,
        IdKind::UkNhs | IdKind::AuMedicare => 10,
        IdKind::BrCpf | IdKind::PlPesel => 11,
        IdKind::Card | IdKind::InAadhaar | IdKind::JpMyNumber => 12,
        IdKind::KrRrn | IdKind::ChAhv => 13,
        _ => 0,
    }
}

/// What of `value` is an identifier of that kind, from its first character on. `is_beside`: nothing but `:`, `is`,
/// `number` and the like stands between it and its label.
pub(super) fn read(kind: IdKind, value: &Value, is_beside: bool) -> Option<Reading> {
    match kind {
        IdKind::Card => card_number(value),
        IdKind::Iban => coded(value, iban::length(value.first_two()?)?, iban::is_iban),
        IdKind::Account => bank::account(value).map(formed),
        IdKind::UsRouting => digits::<9>(value, americas::us_routing),
        IdKind::UkSortCode => bank::sort_code(value).map(formed),
        IdKind::BankCard => bank::card(value).map(formed),
        IdKind::Labelled => labelled(value, 6..=18),
        IdKind::UsSsn => ssn(value, americas::us_ssn),
        IdKind::UsItin => ssn(value, americas::us_itin),
        IdKind::CaSin => digits::<9>(value, americas::ca_sin),
        IdKind::BrCpf => digits::<11>(value, americas::br_cpf),
        IdKind::CnResidentId => resident_id(value),
        IdKind::TwNationalId => coded(value, 10, asia::tw_national_id),
        IdKind::InPan => coded(value, 10, asia::in_pan)
            .filter(|_| !value.has_lower(10))
            .map(|_| formed(10)),
        IdKind::TwBusiness => digits::<8>(value, asia::tw_business),
        IdKind::InAadhaar => digits::<12>(value, asia::in_aadhaar),
        IdKind::JpMyNumber => digits::<12>(value, asia::jp_my_number),
        IdKind::KrRrn => digits::<13>(value, asia::kr_rrn),
        IdKind::UkNino => {
            coded(value, 9, europe::uk_nino).or_else(|| coded(value, 9, is_nino_like).map(|_| long_enough(9)))
        }
        IdKind::UkNhs => digits::<10>(value, health::uk_nhs),
        IdKind::DeKvnr => coded(value, 10, health::de_kvnr),
        IdKind::UsMbi => coded(value, 11, health::us_mbi),
        IdKind::AuMedicare => digits::<11>(value, health::au_medicare)
            .or_else(|| digits::<10>(value, health::au_medicare))
            .filter(|reading| reading.certainty == Certainty::Check),
        IdKind::CaHealth => coded(value, 12, health::ca_quebec).or_else(|| {
            digits::<10>(value, health::ca_digits).filter(|reading| reading.certainty == Certainty::Check)
        }),
        IdKind::HealthNumber => health::labelled(value).map(formed),
        IdKind::DeSocialSecurity => coded(value, 12, europe::de_social_security),
        IdKind::ChAhv => digits::<13>(value, europe::ch_ahv),
        IdKind::PlPesel => digits::<11>(value, europe::pl_pesel),
        IdKind::DeSteuerId => digits::<11>(value, europe::de_steuer_id),
        IdKind::DeIdCard => {
            coded(value, 10, europe::de_id_card).or_else(|| coded(value, 9, europe::de_id_card))
        }
        IdKind::FrNir => nir(value),
        IdKind::EsDni => coded(value, 9, europe::es_dni),
        IdKind::EsNie => coded(value, 9, europe::es_nie),
        IdKind::ItCodiceFiscale => coded(value, 16, europe::it_codice_fiscale),
        IdKind::NlBsn => digits::<9>(value, europe::nl_bsn),
        IdKind::TaxNumber => labelled(value, 8..=15),
        IdKind::Vat => vat_number(value),
        IdKind::CnUscc => coded(value, 18, asia::cn_uscc),
        IdKind::UsEin => ein(value),
        IdKind::BrCnpj => coded(value, 14, americas::br_cnpj),
        IdKind::Passport => document(value, 7..=10, is_beside),
        IdKind::DriverLicense => document(value, 5..=18, is_beside),
        IdKind::Bitcoin
        | IdKind::Dogecoin
        | IdKind::Ethereum
        | IdKind::Litecoin
        | IdKind::Ripple
        | IdKind::Tron => None,
    }
}

/// Exactly `N` digits; sure when the check passes.
fn digits<const N: usize>(value: &Value, check: fn(&[u8]) -> bool) -> Option<Reading> {
    let digits = value.digits::<N>()?;
    Some(if check(&digits) {
        checked(N)
    } else {
        long_enough(N)
    })
}

/// Exactly `n` characters that pass the check.
fn coded(value: &Value, n: usize, check: fn(&[u8]) -> bool) -> Option<Reading> {
    value
        .upto_glued(n)
        .filter(|chars| check(chars))
        .map(|_| checked(n))
}

fn card_number(value: &Value) -> Option<Reading> {
    let (all, count) = value.leading_digits::<19>();
    [16, 19, 15, 14, 18, 17, 13, 12]
        .into_iter()
        .filter(|n| *n <= count && value.upto_glued(*n).is_some())
        .find(|n| card::card(&all[..*n]).is_some())
        .map(checked)
}

/// A national insurance number whose letters are not in use.
fn is_nino_like(chars: &[u8]) -> bool {
    chars[..2].iter().chain(&chars[8..]).all(u8::is_ascii_uppercase)
        && chars[2..8].iter().all(u8::is_ascii_digit)
}

/// Nine digits in one piece or as 3-2-4: without a checksum, the spacing has to fit.
fn ssn(value: &Value, check: fn(&[u8]) -> bool) -> Option<Reading> {
    let spaced = value.is_unbroken(9) || value.is_grouped(&[3, 2, 4]);
    (spaced && check(&value.digits::<9>()?)).then_some(formed(9))
}

fn ein(value: &Value) -> Option<Reading> {
    let spaced = value.is_unbroken(9) || value.is_grouped(&[2, 7]);
    (spaced && americas::us_ein(&value.digits::<9>()?)).then_some(formed(9))
}

/// 18 characters whose date and province exist, check or not; or 15 digits of the first generation.
fn resident_id(value: &Value) -> Option<Reading> {
    coded(value, 18, asia::cn_resident_id)
        .or_else(|| coded(value, 18, asia::cn_resident_form).map(|_| formed(18)))
        .or_else(|| asia::cn_resident_id_15(&value.digits::<15>()?).then_some(formed(15)))
}

/// A NIR, or its first 13 digits without the key.
fn nir(value: &Value) -> Option<Reading> {
    let without_key = || {
        let digits = value.digits::<13>()?;
        (matches!(digits[0], 1 | 2) && matches!(digits[3] * 10 + digits[4], 1..=12)).then_some(formed(13))
    };
    coded(value, 15, europe::fr_nir).or_else(without_key)
}

fn vat_number(value: &Value) -> Option<Reading> {
    // Without a prefix the label's language decides; these are the countries that write it so.
    const BARE: [([u8; 2], usize); 5] = [(*b"ES", 9), (*b"IT", 11), (*b"PL", 10), (*b"PT", 9), (*b"FR", 11)];
    if let Some(country) = value.first_two() {
        let lengths = vat::lengths(country).iter().map(|body| body + 2);
        let mut ending = lengths.filter_map(|n| Some((n, value.upto(n)?)));
        let fallback = ending.clone().next().map(|(n, _)| long_enough(n));
        let passed = ending.find(|(_, chars)| vat::is_vat(country, &chars[2..]));
        if let Some(reading) = passed.map(|(n, _)| checked(n)).or(fallback) {
            return Some(reading);
        }
    }
    BARE.into_iter()
        .find(|(country, n)| value.upto(*n).is_some_and(|chars| vat::is_vat(*country, chars)))
        .map(|(_, n)| formed(n))
}

/// A number of a kind that only its label tells: nearly all digits, and no date.
fn labelled(value: &Value, chars: RangeInclusive<usize>) -> Option<Reading> {
    let n = chars.clone().find(|n| value.upto(*n).is_some())?;
    let n = value.grown(n, *chars.end());
    let digits = value.upto(n)?.iter().filter(|c| c.is_ascii_digit()).count();
    (digits + 3 >= n && !value.is_date() && !value.is_literal(n)).then_some(long_enough(n))
}

/// A document's number: at least four digits, capitals where there are many letters, and no date.
fn document(value: &Value, chars: RangeInclusive<usize>, is_beside: bool) -> Option<Reading> {
    const MIN_DIGITS: usize = 4;
    let fits = |n: &usize| {
        value.upto(*n).is_some_and(|chars| {
            let digits = chars.iter().filter(|c| c.is_ascii_digit()).count();
            digits >= MIN_DIGITS && !value.is_literal(*n) && (n - digits <= 2 || !value.has_lower(*n))
        })
    };
    let n = chars.clone().find(fits).filter(|_| !value.is_date())?;
    if is_beside {
        return Some(formed(value.grown(n, *chars.end())));
    }
    // Words in between: the value has to look like one by itself.
    let chars = value.upto(n)?;
    let prefix = chars.iter().take_while(|c| c.is_ascii_uppercase()).count();
    let is_serial = prefix <= 3 && chars[prefix..].iter().all(u8::is_ascii_digit);
    let is_day = n == 8 && matches!(&chars[..2], b"19" | b"20");
    (n >= 7 && is_serial && !is_day && value.is_unbroken(n)).then_some(formed(n))
}
