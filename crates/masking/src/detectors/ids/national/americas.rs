//! National ids of the United States, Canada and Brazil.

use super::two;
use crate::detectors::checksum::{luhn, mod11_check, weighted};

/// US social security number, 9 digits: area, group and serial in use (SSA, "Meaning of the SSN", POMS RM 10201.035).
pub(in crate::detectors::ids) fn us_ssn(digits: &[u8]) -> bool {
    digits.len() == 9
        && digits[0] != 9
        && !matches!(digits[..3], [0, 0, 0] | [6, 6, 6])
        && digits[3..5] != [0, 0]
        && digits[5..] != [0; 4]
}

/// US individual taxpayer identification number, 9 digits: 9xx and a group that the IRS assigns (IRM 3.21.263).
pub(in crate::detectors::ids) fn us_itin(digits: &[u8]) -> bool {
    digits.len() == 9
        && digits[0] == 9
        && matches!(two(digits, 3), 50..=65 | 70..=88 | 90..=92 | 94..=99)
        && digits[5..] != [0; 4]
}

/// US employer identification number, 9 digits: a prefix that an IRS campus assigns.
pub(in crate::detectors::ids) fn us_ein(digits: &[u8]) -> bool {
    digits.len() == 9
        && !matches!(
            two(digits, 0),
            0 | 7..=9 | 17..=19 | 28 | 29 | 49 | 69 | 70 | 78 | 79 | 89 | 96 | 97
        )
        && digits[2..] != [0; 7]
}

/// Canadian social insurance number, 9 digits with a Luhn check; none starts with 0 but the official example does.
pub(in crate::detectors::ids) fn ca_sin(digits: &[u8]) -> bool {
    digits.len() == 9 && digits[0] != 8 && digits[..3] != [0, 0, 0] && luhn(digits)
}

/// Brazilian CPF, 11 digits of which two are checks; repeated digits are never assigned.
pub(in crate::detectors::ids) fn br_cpf(digits: &[u8]) -> bool {
    digits.len() == 11
        && digits.iter().any(|d| *d != digits[0])
        && (9..11).all(|n| {
            let weights = &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2][10 - n..];
            u32::from(digits[n]) == mod11_check(weighted(&digits[..n], weights))
        })
}

/// Brazilian CNPJ, 14 characters: 12 digits or, since 2026, capital letters, then two check digits.
pub(in crate::detectors::ids) fn br_cnpj(chars: &[u8]) -> bool {
    const WEIGHTS: [u32; 13] = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];
    let mut values = [0; 14];
    if chars.len() != 14
        || !chars[12..].iter().all(u8::is_ascii_digit)
        || chars.iter().all(|c| *c == chars[0])
    {
        return false;
    }
    for (value, char) in values.iter_mut().zip(chars) {
        *value = char.saturating_sub(b'0');
    }
    (12..14).all(|n| u32::from(values[n]) == mod11_check(weighted(&values[..n], &WEIGHTS[13 - n..])))
}

/// US bank routing number, 9 digits: a Federal Reserve prefix and the ABA check digit.
pub(in crate::detectors::ids) fn us_routing(digits: &[u8]) -> bool {
    digits.len() == 9
        && matches!(two(digits, 0), 1..=12 | 21..=32 | 61..=72 | 80)
        && weighted(digits, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Check = fn(&[u8]) -> bool;

    fn digits(text: &str) -> Vec<u8> {
        text.bytes().map(|b| b - b'0').collect()
    }

    #[test]
    fn social_security_numbers_by_their_parts() {
        for good in ["078051120", "219099999", "123456789", "899010001"] {
            assert!(us_ssn(&digits(good)), "{good}");
        }
        for bad in [
            "000123456",
            "666123456",
            "900123456",
            "123006789",
            "123450000",
            "12345678",
        ] {
            assert!(!us_ssn(&digits(bad)), "{bad}");
        }
    }

    #[test]
    fn taxpayer_numbers_by_their_parts() {
        assert!(us_itin(&digits("912701234")) && us_itin(&digits("900501234")));
        assert!(!us_itin(&digits("912661234")) && !us_itin(&digits("912931234")));
        assert!(us_ein(&digits("123456789")) && us_ein(&digits("911144442")));
        assert!(!us_ein(&digits("073456789")) && !us_ein(&digits("893456789")));
    }

    #[test]
    fn published_numbers_pass_and_their_neighbours_fail() {
        let cases: &[(&str, Check)] = &[
            ("046454286", ca_sin),
            ("12345678909", br_cpf),
            ("011000015", us_routing),
            ("021000021", us_routing),
        ];
        for &(good, check) in cases {
            let mut number = digits(good);
            assert!(check(&number), "{good}");
            let last = number.len() - 1;
            number[last] = (number[last] + 1) % 10;
            assert!(!check(&number), "{good} + 1");
        }
        assert!(!br_cpf(&[1; 11]));
    }

    #[test]
    fn cnpj_in_the_old_and_the_new_form() {
        // Receita Federal's example of the alphanumeric form (Instrução Normativa 2229/2024).
        for good in ["11222333000181", "12ABC34501DE35"] {
            assert!(br_cnpj(good.as_bytes()), "{good}");
        }
        for bad in [
            "11222333000182",
            "12ABC34501DE36",
            "00000000000000",
            "12ABC34501DE3A",
        ] {
            assert!(!br_cnpj(bad.as_bytes()), "{bad}");
        }
    }
}
