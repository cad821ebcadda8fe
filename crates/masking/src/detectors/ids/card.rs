//! Payment card numbers: issuer ranges, lengths and the Luhn check.

use crate::detectors::checksum::{integer, luhn};

/// How much a card number needs beside its digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Card {
    /// Issuer and length are rare enough together: the bare digits are enough.
    Bare,
    /// Only where its grouping or a word shows that it is a card.
    InContext,
}

/// Judges 12 to 19 digits; `None` is no card number. Documented test numbers are card numbers.
pub(super) fn card(digits: &[u8]) -> Option<Card> {
    if !(12..=19).contains(&digits.len()) {
        return None;
    }
    let card = issuer(integer(&digits[..6]), digits.len())?;
    luhn(digits).then_some(card)
}

/// The issuer identification numbers that networks publish (ISO/IEC 7812; each network's own BIN tables).
fn issuer(prefix: u64, length: usize) -> Option<Card> {
    let (bare, in_context) = match prefix {
        // Mir.
        220_000..=220_499 => (Some(16..=16), 16..=19),
        // Mastercard, 2-series and 5-series.
        222_100..=272_099 | 510_000..=559_999 => (Some(16..=16), 16..=16),
        // Diners Club.
        300_000..=305_999 | 309_500..=309_599 | 360_000..=369_999 | 380_000..=399_999 => {
            (Some(14..=14), 14..=19)
        }
        // American Express.
        340_000..=349_999 | 370_000..=379_999 => (Some(15..=15), 15..=15),
        // JCB; its first cards had 15 digits.
        350_000..=359_999 => (Some(16..=16), 16..=19),
        180_000..=180_099 | 213_100..=213_199 => (None, 15..=15),
        // Visa.
        400_000..=499_999 => (Some(16..=16), 13..=19),
        // Maestro's documented prefixes.
        501_800..=501_899
        | 502_000..=502_099
        | 503_800..=503_899
        | 589_300..=589_399
        | 630_400..=630_499
        | 675_900..=675_999
        | 676_100..=676_399 => (Some(16..=16), 12..=19),
        // RuPay and Discover.
        508_000..=508_999 | 600_000..=609_999 | 644_000..=659_999 => (Some(16..=16), 16..=19),
        // UnionPay.
        620_000..=629_999 => (Some(16..=19), 16..=19),
        // The rest of Maestro.
        500_000..=509_999 | 560_000..=589_999 | 639_000..=639_999 | 670_000..=679_999 => (None, 12..=19),
        // RuPay's and UnionPay's newer ranges.
        810_000..=829_999 => (Some(16..=16), 16..=19),
        // Troy.
        979_200..=979_299 => (Some(16..=16), 16..=16),
        _ => return None,
    };
    if bare.is_some_and(|lengths| lengths.contains(&length)) {
        Some(Card::Bare)
    } else {
        in_context.contains(&length).then_some(Card::InContext)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(text: &str) -> Option<Card> {
        card(&text.bytes().map(|b| b - b'0').collect::<Vec<_>>())
    }

    #[test]
    fn documented_test_numbers_of_every_network_are_cards() {
        for number in [
            "4111111111111111",
            "4242424242424242",
            "5555555555554444",
            "2223003122003222",
            "378282246310005",
            "341111111111111",
            "6011111111111117",
            "30569309025904",
            "38520000023237",
            "36227206271667",
            "3530111333300000",
            "6200000000000005",
            "6205500000000000004",
            "6759649826438453",
            "2200000000000004",
            "6521111111111110",
        ] {
            assert!(judged(number) == Some(Card::Bare), "{number}");
        }
        for number in ["4222222222222", "5018000000000009"] {
            assert!(judged(number).is_some(), "{number}");
        }
    }

    #[test]
    fn a_wrong_check_issuer_or_length_is_no_card() {
        for number in [
            "4111111111111112",
            "1111111111111117",
            "9999999999999995",
            "37828224631000",
            "411111111111",
            "5555555555554444000",
            "",
        ] {
            assert!(judged(number).is_none(), "{number}");
        }
    }
}
