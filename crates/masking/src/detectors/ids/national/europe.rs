//! National ids of the United Kingdom, Germany, France, Spain, Italy and the Netherlands.

use super::{digit_values, two};
use crate::detectors::checksum::{integer, mod11_10, weighted};

/// UK national insurance number, 9 characters (HMRC NIM39110): prefix in use, six digits, suffix `A` to `D`.
///
/// `QQ`, which HMRC keeps for examples, passes.
pub(in crate::detectors::ids) fn uk_nino(chars: &[u8]) -> bool {
    let &[first, second, ref digits @ .., suffix] = chars else {
        return false;
    };
    digits.len() == 6
        && digits.iter().all(u8::is_ascii_digit)
        && matches!(suffix, b'A'..=b'D')
        && is_nino_prefix(first, second)
}

/// Whether two letters may start a national insurance number; cheap enough for every pair of capitals.
pub(in crate::detectors::ids) const fn is_nino_prefix(first: u8, second: u8) -> bool {
    match [first, second] {
        [b'Q', b'Q'] => true,
        [b'B', b'G']
        | [b'G', b'B']
        | [b'N', b'K']
        | [b'K', b'N']
        | [b'N', b'T']
        | [b'T', b'N']
        | [b'Z', b'Z'] => false,
        [b'D' | b'F' | b'I' | b'Q' | b'U' | b'V', _]
        | [_, b'D' | b'F' | b'I' | b'O' | b'Q' | b'U' | b'V'] => false,
        _ => first.is_ascii_uppercase() && second.is_ascii_uppercase(),
    }
}

/// German tax identification number, 11 digits: one digit twice or three times among the first ten, MOD 11,10.
pub(in crate::detectors::ids) fn de_steuer_id(digits: &[u8]) -> bool {
    if digits.len() != 11 || digits[0] == 0 {
        return false;
    }
    let mut counts = [0_u8; 10];
    for &d in &digits[..10] {
        counts[usize::from(d)] += 1;
    }
    let repeated = counts.iter().filter(|n| **n > 1).count();
    repeated == 1 && counts.iter().all(|n| *n <= 3) && mod11_10(digits)
}

/// German social security number (SGB VI, § 147), 12 characters: area, day of birth, the birth name's initial, serial
/// number, check digit.
pub(in crate::detectors::ids) fn de_social_security(chars: &[u8]) -> bool {
    const WEIGHTS: [u32; 12] = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
    let (Some(head), Some(letter @ b'A'..=b'Z'), Some(tail)) =
        (chars.get(..8), chars.get(8), chars.get(9..12))
    else {
        return false;
    };
    let (Some(head), Some(tail)) = (digit_values::<8>(head), digit_values::<3>(tail)) else {
        return false;
    };
    let initial = letter - b'A' + 1;
    let middle = [initial / 10, initial % 10];
    let digits = head.iter().chain(&middle).chain(&tail[..2]);
    let sum: u32 = digits
        .zip(WEIGHTS)
        .map(|(digit, weight)| u32::from(*digit) * weight)
        .map(|product| product / 10 + product % 10)
        .sum();
    chars.len() == 12
        && matches!(two(&head, 2), 1..=31 | 51..=81)
        && matches!(two(&head, 4), 1..=12)
        && sum % 10 == u32::from(tail[2])
}

/// Swiss AHV number, 13 digits: the country's 756, and the check digit of an article number (EAN-13).
pub(in crate::detectors::ids) fn ch_ahv(digits: &[u8]) -> bool {
    digits.len() == 13
        && digits[..3] == [7, 5, 6]
        && weighted(digits, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]).is_multiple_of(10)
}

/// Polish PESEL, 11 digits: day of birth (the century in its month), serial number, check digit.
pub(in crate::detectors::ids) fn pl_pesel(digits: &[u8]) -> bool {
    digits.len() == 11
        && matches!(two(digits, 2) % 20, 1..=12)
        && matches!(two(digits, 4), 1..=31)
        && weighted(digits, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]).is_multiple_of(10)
}

/// Number of a German identity card: 9 characters as printed, or 10 with the 7-3-1 check digit (BSI TR-03110, ICAO 9303).
pub(in crate::detectors::ids) fn de_id_card(chars: &[u8]) -> bool {
    const LETTERS: &[u8] = b"CFGHJKLMNPRTVWXYZ";
    let serial_number = |chars: &[u8]| {
        (LETTERS.contains(&chars[0]) || chars[..9].iter().all(u8::is_ascii_digit))
            && chars.iter().all(|c| c.is_ascii_digit() || LETTERS.contains(c))
            && chars.iter().filter(|c| c.is_ascii_digit()).count() >= 3
    };
    match chars.len() {
        9 => serial_number(chars),
        10 => {
            let value = |c: u8| {
                u32::from(if c.is_ascii_digit() {
                    c - b'0'
                } else {
                    c - b'A' + 10
                })
            };
            let weighted = chars[..9].iter().zip([7, 3, 1].into_iter().cycle());
            serial_number(&chars[..9])
                && u32::from(chars[9].wrapping_sub(b'0'))
                    == weighted.map(|(c, w)| value(*c) * w).sum::<u32>() % 10
        }
        _ => false,
    }
}

/// French social security number (NIR), 15 characters: sex, year, month, place (`2A` and `2B` in Corsica), key.
pub(in crate::detectors::ids) fn fr_nir(chars: &[u8]) -> bool {
    if chars.len() != 15 {
        return false;
    }
    let mut plain = [0; 15];
    plain.copy_from_slice(chars);
    // INSEE: Corsican departments count as 19 and 18 in the key.
    match (plain[5], plain[6]) {
        (b'2', b'A') => plain[5..7].copy_from_slice(b"19"),
        (b'2', b'B') => plain[5..7].copy_from_slice(b"18"),
        _ => {}
    }
    let Some(digits) = digit_values::<15>(&plain) else {
        return false;
    };
    matches!(digits[0], 1..=4 | 7 | 8)
        && matches!(two(&digits, 3), 1..=12 | 20..=42 | 50..=99)
        && digits[5..7] != [0, 0]
        && integer(&digits[..13]) % 97 + integer(&digits[13..]) == 97
}

/// Spanish DNI, 9 characters: eight digits and the letter that their remainder by 23 gives.
pub(in crate::detectors::ids) fn es_dni(chars: &[u8]) -> bool {
    const LETTERS: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    let Some((&letter, number)) = chars.split_last() else {
        return false;
    };
    digit_values::<8>(number).is_some_and(|digits| LETTERS[(integer(&digits) % 23) as usize] == letter)
}

/// Spanish NIE, 9 characters: `X`, `Y` or `Z` in the place of a DNI's first digit 0, 1 or 2.
pub(in crate::detectors::ids) fn es_nie(chars: &[u8]) -> bool {
    let Some(first @ b'X'..=b'Z') = chars.first() else {
        return false;
    };
    let mut number = [0; 9];
    if chars.len() != number.len() {
        return false;
    }
    number.copy_from_slice(chars);
    number[0] = first - b'X' + b'0';
    es_dni(&number)
}

/// Italian codice fiscale of a person, 16 characters (Decreto 23/12/1976): name, birth, place, check letter. Digits that
/// letters replace to tell namesakes apart (omocodia) are read.
pub(in crate::detectors::ids) fn it_codice_fiscale(chars: &[u8]) -> bool {
    const ODD: [u8; 26] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
    ];
    const DIGIT_PLACES: [usize; 7] = [6, 7, 9, 10, 12, 13, 14];
    if chars.len() != 16 {
        return false;
    }
    let mut digits = [0; 7];
    for (digit, place) in digits.iter_mut().zip(DIGIT_PLACES) {
        let Some(value) = omocodic_digit(chars[place]) else {
            return false;
        };
        *digit = value;
    }
    let letters = [0, 1, 2, 3, 4, 5, 8, 11, 15];
    let day = two(&digits, 2);
    let shaped = letters.iter().all(|n| chars[*n].is_ascii_uppercase())
        && b"ABCDEHLMPRST".contains(&chars[8])
        && matches!(day, 1..=31 | 41..=71);
    let value = |c: u8| if c.is_ascii_digit() { c - b'0' } else { c - b'A' };
    shaped && {
        let sum: u32 = chars[..15]
            .iter()
            .enumerate()
            .map(|(n, &c)| {
                u32::from(if n % 2 == 0 {
                    ODD[usize::from(value(c))]
                } else {
                    value(c)
                })
            })
            .sum();
        chars[15] == b'A' + (sum % 26) as u8
    }
}

fn omocodic_digit(char: u8) -> Option<u8> {
    if char.is_ascii_digit() {
        return Some(char - b'0');
    }
    b"LMNPQRSTUV".iter().position(|c| *c == char).map(|n| n as u8)
}

/// Dutch citizen service number, 9 digits (or 8, the leading zero left out) that pass the eleven test.
pub(in crate::detectors::ids) fn nl_bsn(digits: &[u8]) -> bool {
    let &[ref body @ .., last] = digits else {
        return false;
    };
    let weights = match digits.len() {
        9 => &[9, 8, 7, 6, 5, 4, 3, 2][..],
        8 => &[8, 7, 6, 5, 4, 3, 2],
        _ => return false,
    };
    let sum = weighted(body, weights);
    sum > 0 && sum % 11 == u32::from(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Check = fn(&[u8]) -> bool;

    fn digits(text: &str) -> Vec<u8> {
        text.bytes().map(|b| b - b'0').collect()
    }

    #[test]
    fn published_numbers_pass_and_their_neighbours_fail() {
        let cases: &[(&str, Check)] = &[
            ("44051401359", pl_pesel),
            ("7569217076985", ch_ahv),
            ("86095742719", de_steuer_id),
            ("111222333", nl_bsn),
            ("12345672", nl_bsn),
        ];
        for &(good, check) in cases {
            let mut number = digits(good);
            assert!(check(&number), "{good}");
            let last = number.len() - 1;
            number[last] = (number[last] + 1) % 10;
            assert!(!check(&number), "{good} + 1");
        }
    }

    #[test]
    fn codes_with_letters_pass_and_their_neighbours_fail() {
        let cases: &[(&str, Check)] = &[
            ("12345678Z", es_dni),
            ("X1234567L", es_nie),
            ("Z1234567R", es_nie),
            ("RSSMRA85T10A562S", it_codice_fiscale),
            ("RSSMRA85T10A56NH", it_codice_fiscale),
            ("185057800608491", fr_nir),
            ("253072A07300245", fr_nir),
            ("T220001293", de_id_card),
            ("L01X00T471", de_id_card),
            ("65170839J003", de_social_security),
        ];
        for &(good, check) in cases {
            assert!(check(good.as_bytes()), "{good}");
            let mut bad = good.as_bytes().to_vec();
            let last = bad.len() - 1;
            bad[last] = if bad[last] == b'1' || bad[last] == b'A' {
                bad[last] + 1
            } else {
                bad[last] - 1
            };
            assert!(!check(&bad), "{good} changed");
        }
    }

    #[test]
    fn insurance_numbers_by_prefix_and_suffix() {
        for good in ["AB123456C", "QQ123456A", "JG103759D"] {
            assert!(uk_nino(good.as_bytes()), "{good}");
        }
        for bad in [
            "AB123456E",
            "DA123456A",
            "AO123456A",
            "GB123456A",
            "AB12345C",
            "A1123456C",
        ] {
            assert!(!uk_nino(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn shapes_are_asked_for_beside_the_check() {
        assert!(de_id_card(b"L01X00T47") && !de_id_card(b"ABOUT1234"));
        assert!(!it_codice_fiscale(b"RSSMRA85Z10A562S"));
        assert!(!de_steuer_id(&digits("12345678903")));
        assert!(!nl_bsn(&[0; 9]));
    }
}
