//! Check-digit algorithms that several identifiers share. Pure; digits are values 0 to 9, not ASCII.

/// The Luhn check (ISO/IEC 7812-1): every second digit from the right doubled, the sum of digits a multiple of ten.
#[must_use]
pub(crate) fn luhn(digits: &[u8]) -> bool {
    luhn_sum(digits).is_multiple_of(10)
}

/// The sum that [`luhn`] wants to be a multiple of ten.
#[must_use]
pub(crate) fn luhn_sum(digits: &[u8]) -> u32 {
    const DOUBLED: [u8; 10] = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
    let from_right = digits.iter().rev().enumerate();
    from_right
        .map(|(n, &d)| u32::from(if n % 2 == 1 { DOUBLED[usize::from(d)] } else { d }))
        .sum()
}

/// The remainder modulo 97 of letters and digits read as ISO/IEC 7064 MOD 97-10 does (`A` is 10, `Z` is 35).
///
/// `chars` are ASCII digits and upper-case letters.
#[must_use]
pub(crate) fn mod97(chars: impl IntoIterator<Item = u8>) -> u32 {
    chars.into_iter().fold(0, |rest, char| match char {
        b'0'..=b'9' => (rest * 10 + u32::from(char - b'0')) % 97,
        _ => (rest * 100 + u32::from(char - b'A') + 10) % 97,
    })
}

/// The check value of ISO/IEC 7064 MOD 11-2 for digits without their check: 0 to 10, and 10 is written `X`.
#[must_use]
pub(crate) fn mod11_2(digits: &[u8]) -> u8 {
    let rest = digits.iter().fold(0, |rest, &d| (rest + u32::from(d)) * 2 % 11);
    ((12 - rest) % 11) as u8
}

/// The check of ISO/IEC 7064 MOD 11,10; the last digit is the check digit.
#[must_use]
pub(crate) fn mod11_10(digits: &[u8]) -> bool {
    let Some((&check, body)) = digits.split_last() else {
        return false;
    };
    let product = body.iter().fold(10, |product, &d| {
        let sum = (product + u32::from(d)) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (product + u32::from(check)) % 10 == 1
}

/// The Verhoeff check over the dihedral group of ten elements; the last digit is the check digit.
#[must_use]
pub(crate) fn verhoeff(digits: &[u8]) -> bool {
    const PERMUTED: [[u8; 10]; 8] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
        [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
        [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
        [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
        [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
        [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
        [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
    ];
    let from_right = digits.iter().rev().enumerate();
    from_right.fold(0, |state, (n, &d)| {
        dihedral(state, PERMUTED[n % 8][usize::from(d)])
    }) == 0
}

/// The product in the dihedral group of ten elements: 0 to 4 turn, 5 to 9 turn and reflect.
const fn dihedral(a: u8, b: u8) -> u8 {
    match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => (a + b - 5) % 5 + 5,
        (false, true) => (a - b) % 5 + 5,
        (false, false) => (a + 5 - b) % 5,
    }
}

/// The sum of digits times weights; digits beyond the weights do not count.
#[must_use]
pub(crate) fn weighted(digits: &[u8], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(&d, w)| u32::from(d) * w).sum()
}

/// The check digit that most modulus 11 schemes give a weighted sum: 11 minus the remainder, and 0 for 10 and 11.
#[must_use]
pub(crate) const fn mod11_check(sum: u32) -> u32 {
    match sum % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    }
}

/// The digits as one integer.
///
/// At most 19 digits, so that it fits.
#[must_use]
pub(crate) fn integer(digits: &[u8]) -> u64 {
    debug_assert!(digits.len() <= 19);
    digits.iter().fold(0, |value, &d| value * 10 + u64::from(d))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digits(text: &str) -> Vec<u8> {
        text.bytes().map(|b| b - b'0').collect()
    }

    /// Whether `check` passes for the number and fails for every change of a single digit.
    fn catches_single_errors(text: &str, check: fn(&[u8]) -> bool) {
        let good = digits(text);
        assert!(check(&good), "{text}");
        for at in 0..good.len() {
            for d in (0..10).filter(|d| *d != good[at]) {
                let mut bad = good.clone();
                bad[at] = d;
                assert!(!check(&bad), "{text} with {d} at {at}");
            }
        }
    }

    #[test]
    fn luhn_accepts_the_documented_test_cards() {
        for card in [
            "4111111111111111",
            "378282246310005",
            "6011000990139424",
            "17893729974",
        ] {
            catches_single_errors(card, luhn);
        }
    }

    #[test]
    fn mod97_of_rearranged_ibans_is_one() {
        // The examples of the SWIFT IBAN registry, country and check digits moved to the end.
        for moved in [
            "NWBK60161331926819GB29",
            "370400440532013000DE89",
            "539007547034BE68",
        ] {
            assert_eq!(mod97(moved.bytes()), 1, "{moved}");
        }
        assert_ne!(mod97("NWBK60161331926819GB28".bytes()), 1);
    }

    #[test]
    fn mod11_2_gives_the_check_of_published_numbers() {
        // GB 11643-1999, annex, and the ISNI of ISO 27729.
        assert_eq!(mod11_2(&digits("11010519491231002")), 10);
        assert_eq!(mod11_2(&digits("44052418800101001")), 4);
        assert_eq!(mod11_2(&digits("000000012281955")), 10);
    }

    #[test]
    fn mod11_10_accepts_published_numbers() {
        // The German tax office's example identification number, and ISO 7064's 0794.
        catches_single_errors("86095742719", mod11_10);
        catches_single_errors("07945", mod11_10);
        assert!(!mod11_10(&[]));
    }

    #[test]
    fn verhoeff_accepts_published_numbers_and_catches_swaps() {
        catches_single_errors("2363", verhoeff);
        catches_single_errors("1428570", verhoeff);
        let good = digits("1428570");
        for at in 1..good.len() {
            let mut bad = good.clone();
            bad.swap(at - 1, at);
            assert!(!verhoeff(&bad), "swap at {at}");
        }
    }

    #[test]
    fn sums_and_integers() {
        assert_eq!(weighted(&[1, 2, 3], &[10, 9]), 28);
        assert_eq!(integer(&digits("9999999999999999999")), 9_999_999_999_999_999_999);
    }
}
