//! National and tax ids of China, Taiwan, India, Japan and South Korea.

use super::{digit_values, is_date, two};
use crate::detectors::checksum::{mod11_2, mod11_check, verhoeff, weighted};

/// Chinese resident id, 18 characters (GB 11643-1999): province, birth date, and the MOD 11-2 check, which may be `X`.
pub(in crate::detectors::ids) fn cn_resident_id(chars: &[u8]) -> bool {
    let Some(body) = resident_id_body(chars) else {
        return false;
    };
    match mod11_2(&body) {
        10 => chars[17] == b'X',
        check => chars[17] == b'0' + check,
    }
}

/// A Chinese resident id by its form alone: province and birth date exist, the check is not looked at.
pub(in crate::detectors::ids) fn cn_resident_form(chars: &[u8]) -> bool {
    resident_id_body(chars).is_some() && (chars[17].is_ascii_digit() || chars[17] == b'X')
}

fn resident_id_body(chars: &[u8]) -> Option<[u8; 17]> {
    let body: [u8; 17] = digit_values(chars.get(..17).filter(|_| chars.len() == 18)?)?;
    let century = two(&body, 6);
    let year = century * 100 + two(&body, 8);
    (is_cn_province(two(&body, 0))
        && matches!(century, 18..=20)
        && is_date(year, two(&body, 10), two(&body, 12)))
    .then_some(body)
}

/// Chinese resident id of the first generation, 15 digits without a check.
pub(in crate::detectors::ids) fn cn_resident_id_15(digits: &[u8]) -> bool {
    digits.len() == 15
        && is_cn_province(two(digits, 0))
        && is_date(1900 + two(digits, 6), two(digits, 8), two(digits, 10))
}

/// Province-level codes of GB/T 2260.
const fn is_cn_province(code: u32) -> bool {
    matches!(code, 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83 | 91)
}

/// Chinese unified social credit code, 18 characters (GB 32100-2015): kind, region, organisation, MOD 31-3 check.
pub(in crate::detectors::ids) fn cn_uscc(chars: &[u8]) -> bool {
    const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
    let mut values = [0; 18];
    if chars.len() != 18 || !chars[2..8].iter().all(u8::is_ascii_digit) {
        return false;
    }
    for (value, char) in values.iter_mut().zip(chars) {
        let Some(place) = ALPHABET.iter().position(|c| c == char) else {
            return false;
        };
        *value = place as u8;
    }
    let region = u32::from(values[2]) * 10 + u32::from(values[3]);
    matches!(chars[0], b'1'..=b'9' | b'A' | b'N' | b'Y')
        && matches!(chars[1], b'1'..=b'5' | b'9')
        && (is_cn_province(region) || region == 10)
        && (weighted(&values[..17], &WEIGHTS) + u32::from(values[17])).is_multiple_of(31)
}

/// Taiwanese national id: a letter for the place of registration, nine digits, the last a check.
pub(in crate::detectors::ids) fn tw_national_id(chars: &[u8]) -> bool {
    /// The letters in the order of their numbers, which start with 10.
    const LETTERS: &[u8; 26] = b"ABCDEFGHJKLMNPQRSTUVXYWZIO";
    let [letter, digits @ ..] = chars else {
        return false;
    };
    let (Some(place), Some(digits)) = (
        LETTERS.iter().position(|l| l == letter),
        digit_values::<9>(digits),
    ) else {
        return false;
    };
    let number = place as u32 + 10;
    let sum = number / 10 + number % 10 * 9 + weighted(&digits, &[8, 7, 6, 5, 4, 3, 2, 1, 1]);
    matches!(digits[0], 1 | 2 | 8 | 9) && sum.is_multiple_of(10)
}

/// Taiwanese business number, eight digits: the digits of the weighted digits add up to a multiple of five.
pub(in crate::detectors::ids) fn tw_business(digits: &[u8]) -> bool {
    const WEIGHTS: [u32; 8] = [1, 2, 1, 2, 1, 2, 4, 1];
    let products = digits
        .iter()
        .zip(WEIGHTS)
        .map(|(digit, weight)| u32::from(*digit) * weight);
    let sum: u32 = products.map(|product| product / 10 + product % 10).sum();
    // A seventh digit of 7 weighs 28: its ten may count as one or as nothing.
    digits.len() == 8 && (sum.is_multiple_of(5) || digits[6] == 7 && (sum + 1).is_multiple_of(5))
}

/// Indian permanent account number: five letters, the fourth for the kind of holder, four digits, a letter.
pub(in crate::detectors::ids) fn in_pan(chars: &[u8]) -> bool {
    let is_letter = |at: &usize| chars[*at].is_ascii_uppercase();
    chars.len() == 10
        && [0, 1, 2, 3, 4, 9].iter().all(is_letter)
        && chars[5..9].iter().all(u8::is_ascii_digit)
        && b"ABCEFGHJKLPT".contains(&chars[3])
}

/// Indian Aadhaar, 12 digits with a Verhoeff check; none starts with 0 or 1.
pub(in crate::detectors::ids) fn in_aadhaar(digits: &[u8]) -> bool {
    digits.len() == 12 && digits[0] >= 2 && verhoeff(digits)
}

/// Japanese individual number ("My Number"), 12 digits with a modulus 11 check.
pub(in crate::detectors::ids) fn jp_my_number(digits: &[u8]) -> bool {
    if digits.len() != 12 || digits[..11] == [0; 11] {
        return false;
    }
    let sum = weighted(digits, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
    u32::from(digits[11]) == mod11_check(sum)
}

/// South Korean resident registration number, 13 digits: birth date, and sex with century. Numbers assigned since
/// October 2020 carry no check digit, so none is asked for.
pub(in crate::detectors::ids) fn kr_rrn(digits: &[u8]) -> bool {
    if digits.len() != 13 {
        return false;
    }
    let century = match digits[6] {
        0 | 9 => 1800,
        1 | 2 | 5 | 6 => 1900,
        _ => 2000,
    };
    is_date(century + two(digits, 0), two(digits, 2), two(digits, 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digits(text: &str) -> Vec<u8> {
        text.bytes().map(|b| b - b'0').collect()
    }

    #[test]
    fn resident_ids_by_date_province_and_check() {
        for good in ["11010519491231002X", "440524188001010014", "110101199003078515"] {
            assert!(cn_resident_id(good.as_bytes()), "{good}");
        }
        // Wrong check, no such day, no such province, too short.
        for bad in [
            "110105194912310021",
            "110105194902300021",
            "990105194912310021",
            "11010519491231002",
        ] {
            assert!(!cn_resident_id(bad.as_bytes()), "{bad}");
        }
        assert!(cn_resident_form(b"110105194912310021") && !cn_resident_form(b"11010519491231002A"));
        assert!(
            cn_resident_id_15(&digits("110105491231002")) && !cn_resident_id_15(&digits("110105491331002"))
        );
    }

    #[test]
    fn credit_codes_by_region_and_check() {
        for good in [
            "91350211M000100Y46",
            "91440300708461136T",
            "91310000607378529D",
            "12100000400011496E",
        ] {
            let mut code = good.as_bytes().to_vec();
            assert!(cn_uscc(&code), "{good}");
            code[9] = if code[9] == b'1' { b'2' } else { b'1' };
            assert!(!cn_uscc(&code), "{good} changed");
        }
    }

    #[test]
    fn checks_of_india_and_japan() {
        for (good, check) in [
            ("234567890124", in_aadhaar as fn(&[u8]) -> bool),
            ("123456789018", jp_my_number),
        ] {
            let mut number = digits(good);
            assert!(check(&number), "{good}");
            number[11] = (number[11] + 1) % 10;
            assert!(!check(&number), "{good} + 1");
        }
        assert!(!in_aadhaar(&digits("123456789010")) && !jp_my_number(&[0; 12]));
    }

    #[test]
    fn ids_of_taiwan_and_indian_tax_numbers() {
        assert!(
            tw_national_id(b"A123456789") && !tw_national_id(b"A123456788") && !tw_national_id(b"A323456789")
        );
        assert!(tw_business(&digits("04595257")) && !tw_business(&digits("04595258")));
        assert!(in_pan(b"ABCPE1234F") && !in_pan(b"ABCDE1234F") && !in_pan(b"ABCPE12345"));
    }

    #[test]
    fn korean_numbers_by_birth_date() {
        assert!(kr_rrn(&digits("9001011234568")) && kr_rrn(&digits("0002294234567")));
        assert!(!kr_rrn(&digits("9002291234568")) && !kr_rrn(&digits("9013011234568")));
    }
}
