//! What the world's numbering plans allow, asked of libphonenumber's metadata.
//!
//! The library checks a national number in microseconds, so its verdict is asked for whole blocks (the first four
//! digits and the length) and kept. A block counts as assigned when any of a few sample numbers in it is valid: the
//! verdict is a function of the block alone, whatever was seen before.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};

use rlibphonenumber::{NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumber};

/// Digits in an international number, country code included (E.164).
pub(super) const MAX_DIGITS: usize = 15;

/// Whether a national number is dialled with a zero before it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trunk {
    Always,
    Sometimes,
    Never,
}

/// Country calling codes whose national spellings are known: US and Canada, GB, DE, FR, CN, IN, BR, JP, KR, ES, IT,
/// NL, AU, CH, AT.
const COUNTRIES: [(i32, Trunk); 15] = [
    (1, Trunk::Never),
    (44, Trunk::Always),
    (49, Trunk::Always),
    (33, Trunk::Always),
    (86, Trunk::Sometimes),
    (91, Trunk::Sometimes),
    (55, Trunk::Sometimes),
    (81, Trunk::Always),
    (82, Trunk::Always),
    (34, Trunk::Never),
    (39, Trunk::Never),
    (31, Trunk::Always),
    (61, Trunk::Always),
    (41, Trunk::Always),
    (43, Trunk::Always),
];

const NORTH_AMERICA: usize = 0;
/// Countries in which the last digits of a number, behind a dash, are an extension.
const GERMAN: [i32; 3] = [49, 43, 41];
const LENGTHS: std::ops::RangeInclusive<usize> = 8..=11;
const BLOCK_DIGITS: usize = 4;
/// All values of a block's digits.
const BLOCKS: usize = 10_000;
/// How sample numbers go on after their block.
const SAMPLES: [[u8; 7]; 4] = [
    [2, 3, 4, 5, 6, 7, 8],
    [5, 5, 5, 0, 1, 2, 3],
    [9, 4, 6, 0, 9, 5, 8],
    [0, 0, 1, 2, 0, 0, 3],
];

const UNKNOWN: u8 = 0;
const ASSIGNED: u8 = 1;
const FREE: u8 = 2;

/// Answers about numbering plans, remembered.
#[derive(Default)]
pub(super) struct Plan {
    blocks: [OnceLock<Box<[AtomicU8]>>; COUNTRIES.len()],
}

impl Plan {
    /// Whether digits with the country code first have a length that their country uses.
    pub(super) fn is_international(digits: &[u8]) -> bool {
        (1..=3).any(|code| {
            digits.len() > code + 5
                && digits[0] != 0
                && PHONE_NUMBER_UTIL
                    .is_possible_number_with_reason(&number(value(&digits[..code]) as i32, &digits[code..]))
                    == Ok(NumberLengthType::IsPossible)
        })
    }

    /// Whether digits in a national spelling, trunk zero included, are assigned in any of the known countries.
    pub(super) fn is_national(&self, digits: &[u8]) -> bool {
        let (zero, rest) = match digits {
            [0, rest @ ..] => (true, rest),
            [1, rest @ ..] if rest.len() == 10 && self.is_north_american(rest) => return true,
            _ => (false, digits),
        };
        COUNTRIES
            .iter()
            .enumerate()
            .any(|(country, (_, trunk))| match trunk {
                Trunk::Never => self.is_assigned(country, digits),
                Trunk::Always => zero && self.is_assigned(country, rest),
                Trunk::Sometimes => self.is_assigned(country, rest),
            })
    }

    /// Whether an area code with its zero is one of Germany, Austria or Switzerland; the numbers of a switchboard are of
    /// any length there, so that a subscriber of a usual one is asked for.
    pub(super) fn is_german_area(&self, area: &[u8]) -> bool {
        const SUBSCRIBER: [u8; 10] = [5, 5, 5, 0, 1, 2, 3, 4, 5, 6];
        let Some((0, area)) = area.split_first() else {
            return false;
        };
        let mut digits = [0; MAX_DIGITS];
        digits[..area.len()].copy_from_slice(area);
        digits[area.len()..area.len() + SUBSCRIBER.len()].copy_from_slice(&SUBSCRIBER);
        let countries = COUNTRIES.iter().enumerate();
        countries
            .filter(|(_, (code, _))| GERMAN.contains(code))
            .any(|(country, _)| (9..=11).any(|length| self.is_assigned(country, &digits[..length])))
    }

    /// Whether ten digits are assigned in North America.
    pub(super) fn is_north_american(&self, digits: &[u8]) -> bool {
        digits.len() == 10 && digits[0] > 1 && digits[3] > 1 && self.is_assigned(NORTH_AMERICA, digits)
    }

    fn is_assigned(&self, country: usize, digits: &[u8]) -> bool {
        if !LENGTHS.contains(&digits.len()) {
            return false;
        }
        let blocks = self.blocks[country].get_or_init(|| {
            let count = LENGTHS.count() * BLOCKS;
            std::iter::repeat_with(|| AtomicU8::new(UNKNOWN))
                .take(count)
                .collect()
        });
        let block = &digits[..BLOCK_DIGITS];
        let verdict = &blocks[(digits.len() - LENGTHS.start()) * BLOCKS + value(block) as usize];
        if verdict.load(Ordering::Relaxed) == UNKNOWN {
            let assigned = ask(COUNTRIES[country].0, block, digits.len());
            verdict.store(if assigned { ASSIGNED } else { FREE }, Ordering::Relaxed);
        }
        verdict.load(Ordering::Relaxed) == ASSIGNED
    }
}

fn ask(code: i32, block: &[u8], length: usize) -> bool {
    SAMPLES.iter().any(|sample| {
        let mut digits = [0; MAX_DIGITS];
        digits[..BLOCK_DIGITS].copy_from_slice(block);
        digits[BLOCK_DIGITS..length].copy_from_slice(&sample[..length - BLOCK_DIGITS]);
        PHONE_NUMBER_UTIL.is_valid_number(&number(code, &digits[..length]))
    })
}

fn number(country_code: i32, national: &[u8]) -> PhoneNumber {
    let zeros = national.iter().take_while(|digit| **digit == 0).count();
    PhoneNumber {
        country_code,
        national_number: value(national),
        italian_leading_zero: (zeros > 0).then_some(true),
        number_of_leading_zeros: i32::try_from(zeros).ok().filter(|zeros| *zeros > 0),
        ..PhoneNumber::default()
    }
}

fn value(digits: &[u8]) -> u64 {
    digits
        .iter()
        .fold(0, |value, digit| value * 10 + u64::from(*digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digits(text: &str) -> Vec<u8> {
        text.bytes().map(|b| b - b'0').collect()
    }

    #[test]
    fn international_lengths() {
        for good in [
            "14155550123",
            "442079460958",
            "4915123456789",
            "8613800138000",
            "390612345678",
            "35312345678",
        ] {
            assert!(Plan::is_international(&digits(good)), "{good}");
        }
        for bad in [
            "1415555012",
            "999123456789",
            "1700000000000",
            "0123456789",
            "12345",
        ] {
            assert!(!Plan::is_international(&digits(bad)), "{bad}");
        }
    }

    #[test]
    fn national_blocks() {
        let plan = Plan::default();
        for good in [
            "4155550123",
            "14165550123",
            "02079460958",
            "07912345678",
            "0301234567",
            "015123456789",
            "0612345678",
            "13800138000",
            "01012345678",
            "9876543210",
            "11912345678",
            "0312345678",
            "01012345678",
            "612345678",
        ] {
            assert!(plan.is_national(&digits(good)), "{good}");
        }
        for bad in ["0000000000", "1700000000", "00000000", "12"] {
            assert!(!plan.is_national(&digits(bad)), "{bad}");
        }
        assert!(!plan.is_north_american(&digits("1234567890")));
        assert!(!plan.is_north_american(&digits("4150550123")));
    }

    #[test]
    fn german_area_codes() {
        let plan = Plan::default();
        for area in ["030", "0221", "089", "04321", "0171", "0316"] {
            assert!(plan.is_german_area(&digits(area)), "{area}");
        }
        for area in ["00", "010", "1", ""] {
            assert!(!plan.is_german_area(&digits(area)), "{area}");
        }
    }

    #[test]
    fn every_block_of_the_library_is_known() {
        // Example numbers that the library itself gives must lie in assigned blocks.
        let plan = Plan::default();
        for (country, (code, _)) in COUNTRIES.iter().enumerate() {
            let region = PHONE_NUMBER_UTIL.get_region_for_country_code(*code).unwrap();
            let example = PHONE_NUMBER_UTIL.get_example_number(region).unwrap();
            let national = digits(&rlibphonenumber::get_national_significant_number_owned(&example));
            if LENGTHS.contains(&national.len()) {
                assert!(plan.is_assigned(country, &national), "{code}");
            }
        }
    }
}
