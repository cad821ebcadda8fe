//! Numbers of patients and of the insured: which letters and digits they may have, by country.
//!
//! Digits are values 0 to 9; numbers with letters come as upper-case ASCII.

use super::kind::{IdKind, Reporter};
use super::national::{digit_values, is_date, two};
use super::value::{Value, may_start};
use crate::Score;
use crate::detectors::checksum::{luhn, weighted};
use crate::detectors::{Found, Rule, Wake};

/// Letters and digits of a number that only its label tells: a patient's, a member's, a policy's.
const LABELLED: std::ops::RangeInclusive<usize> = 5..=20;
/// Letters of such a number.
const MOST_LETTERS: usize = 4;
/// The dashed form of a Medicare beneficiary identifier.
const MBI_GROUPS: [usize; 3] = [4, 3, 4];
/// Its bytes.
const DASHED: usize = 13;

/// NHS number of England, Wales and the Isle of Man, 10 digits with a modulus 11 check.
pub(super) fn uk_nhs(digits: &[u8]) -> bool {
    digits.len() == 10
        && digits[..9] != [0; 9]
        && weighted(digits, &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
}

/// Unchanging part of a German health insurance number (SGB V, § 290): a letter, eight digits, and a check over the
/// letter's place in the alphabet and the digits.
pub(super) fn de_kvnr(chars: &[u8]) -> bool {
    let Some((letter @ b'A'..=b'Z', digits)) = chars.split_first() else {
        return false;
    };
    let Some(digits) = digit_values::<9>(digits) else {
        return false;
    };
    let place = letter - b'A' + 1;
    let sum: u32 = [place / 10, place % 10]
        .iter()
        .chain(&digits[..8])
        .zip([1, 2].into_iter().cycle())
        .map(|(digit, weight)| u32::from(*digit) * weight)
        .map(|product| product / 10 + product % 10)
        .sum();
    sum % 10 == u32::from(digits[8])
}

/// Medicare beneficiary identifier of the United States, 11 characters (CMS, "Understanding the MBI format"): no check,
/// but letters and digits have their places.
pub(super) fn us_mbi(chars: &[u8]) -> bool {
    let letter = |c: u8| c.is_ascii_uppercase() && !b"SLOIBZ".contains(&c);
    let either = |c: u8| letter(c) || c.is_ascii_digit();
    let &[c1, a2, x3, n4, a5, x6, n7, a8, a9, n10, n11] = chars else {
        return false;
    };
    matches!(c1, b'1'..=b'9')
        && [a2, a5, a8, a9].into_iter().all(letter)
        && [x3, x6].into_iter().all(either)
        && [n4, n7, n10, n11].iter().all(u8::is_ascii_digit)
}

/// Australian Medicare card: eight digits, their check, the card's issue, perhaps the person's line.
pub(super) fn au_medicare(digits: &[u8]) -> bool {
    matches!(digits.len(), 10 | 11)
        && matches!(digits[0], 2..=6)
        && weighted(&digits[..8], &[1, 3, 7, 9, 1, 3, 7, 9]) % 10 == u32::from(digits[8])
        && digits[9] != 0
}

/// Health numbers of ten digits of Canada's provinces: Ontario's Luhn check, British Columbia's modulus 11.
pub(super) fn ca_digits(digits: &[u8]) -> bool {
    let british_columbia = || {
        let rest = weighted(&digits[1..9], &[2, 4, 8, 5, 10, 9, 7, 3]) % 11;
        digits[0] == 9 && 11 - rest == u32::from(digits[9])
    };
    digits.len() == 10 && digits[0] != 0 && (luhn(digits) || british_columbia())
}

/// Health insurance number of Quebec, 12 characters: four letters of the name, the day of birth (a woman's month plus
/// 50), two more digits.
pub(super) fn ca_quebec(chars: &[u8]) -> bool {
    let Some((name, digits)) = chars.split_at_checked(4) else {
        return false;
    };
    let Some(digits) = digit_values::<8>(digits) else {
        return false;
    };
    let (year, month, day) = (two(&digits, 0), two(&digits, 2), two(&digits, 4));
    let month = if month > 50 { month - 50 } else { month };
    name.iter().all(u8::is_ascii_uppercase) && is_date(1900 + year, month, day)
}

/// How much of the value behind a label that names a patient, a member or a policy is its number: nearly all digits, in
/// groups that belong together, and no date.
pub(super) fn labelled(value: &Value) -> Option<usize> {
    let n = LABELLED.clone().find(|n| value.upto(*n).is_some())?;
    let n = value.grown(n, *LABELLED.end());
    let digits = value.upto(n)?.iter().filter(|c| c.is_ascii_digit()).count();
    let is_number = digits >= 4 && n - digits <= MOST_LETTERS;
    (is_number && !value.is_date() && !value.is_literal(n)).then_some(n)
}

/// The rule for what shows itself by its form: the beneficiary identifier with its dashes, `1EG4-TE5-MK73`.
pub(super) struct HealthForms {
    reporter: Reporter,
}

impl HealthForms {
    pub(super) fn new() -> Self {
        Self {
            reporter: Reporter::new(),
        }
    }
}

impl Rule for HealthForms {
    fn on_codes(&self) -> bool {
        true
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let Wake::Code(letters) = wake else { return };
        // The letters of the second group wake the rule.
        let first = MBI_GROUPS[0] + 1;
        let Some(start) = letters.start.checked_sub(first) else {
            return;
        };
        let bytes = text.as_bytes();
        if letters.len() > 2 || bytes[letters.start - 1] != b'-' || !bytes[start].is_ascii_digit() {
            return;
        }
        let value = Value::read(text, start, MBI_GROUPS.iter().sum());
        if value.is_grouped(&MBI_GROUPS)
            && !value.has_lower(11)
            && value.whole(11).is_some_and(us_mbi)
            && may_start(text, start)
            && value.span(11).len() == DASHED
        {
            self.reporter
                .push(found, IdKind::UsMbi, value.span(11), Score::STRONG);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::ids::tests::{assert_clear, assert_found};

    fn digits(text: &str) -> Vec<u8> {
        text.bytes().map(|b| b - b'0').collect()
    }

    #[test]
    fn published_numbers_pass_and_their_neighbours_fail() {
        type Check = fn(&[u8]) -> bool;
        let cases: &[(&str, Check)] = &[
            ("9434765919", uk_nhs),
            ("2123456701", au_medicare),
            ("9698658215", ca_digits),
            ("1234567897", ca_digits),
        ];
        for &(good, check) in cases {
            let mut number = digits(good);
            assert!(check(&number), "{good}");
            number[4] = (number[4] + 1) % 10;
            assert!(!check(&number), "{good} with another fifth digit");
        }
        assert!(de_kvnr(b"A123456780") && !de_kvnr(b"A123456781") && !de_kvnr(b"1123456780"));
        assert!(us_mbi(b"1EG4TE5MK73") && !us_mbi(b"1EG4TE5MK7O") && !us_mbi(b"0EG4TE5MK73"));
        assert!(ca_quebec(b"TILM85570312") && !ca_quebec(b"TILM85630312"));
        assert!(!uk_nhs(&[0; 10]));
    }

    #[test]
    fn the_dashed_identifier_needs_no_label() {
        assert_found(&[
            ("seen: 1EG4-TE5-MK73.", "health_id.us_mbi", "1EG4-TE5-MK73"),
            ("(2A59-K88-XR21)", "health_id.us_mbi", "2A59-K88-XR21"),
        ]);
        assert_clear(&[
            "1EG4-TE5-MK733",
            "x1EG4-TE5-MK73",
            "1EG4-TE5",
            "1eg4-te5-mk73",
            "0EG4-TE5-MK73",
            "1AA1-AA1-AA",
        ]);
    }

    #[test]
    fn a_label_tells_what_no_check_does() {
        let number = |text: &str| {
            let value = Value::read(text, 0, 21);
            labelled(&value).map(|n| text[value.span(n).range()].to_owned())
        };
        for (text, expected) in [
            ("04183926", "04183926"),
            ("PT-5729183, seen", "PT-5729183"),
            ("XEH904821774", "XEH904821774"),
            ("POL-7741-2239-01", "POL-7741-2239-01"),
            ("W 2004 41882", "W 2004 41882"),
        ] {
            assert_eq!(number(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["2026-03-01", "integer", "VARCHAR(32)", "4411u32", "one", "A123"] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
