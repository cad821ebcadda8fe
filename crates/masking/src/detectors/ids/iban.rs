//! International bank account numbers: lengths by country and the MOD 97-10 check (ISO 13616).

use crate::detectors::checksum::mod97;

/// Shortest and longest IBAN of the registry.
pub(super) const MAX_CHARS: usize = 33;

/// How many characters an IBAN of the country has: the SWIFT registry, and the countries that use the form unregistered.
pub(super) const fn length(country: [u8; 2]) -> Option<usize> {
    Some(match &country {
        b"NO" => 15,
        b"BE" => 16,
        b"DK" | b"FI" | b"FK" | b"FO" | b"GL" | b"NL" | b"SD" => 18,
        b"MK" | b"SI" => 19,
        b"AT" | b"BA" | b"EE" | b"KZ" | b"LT" | b"LU" | b"MN" | b"XK" => 20,
        b"CH" | b"HR" | b"LI" | b"LV" => 21,
        b"BG" | b"BH" | b"CR" | b"DE" | b"GB" | b"GE" | b"IE" | b"ME" | b"RS" | b"VA" => 22,
        b"AE" | b"GI" | b"IL" | b"IQ" | b"OM" | b"SO" | b"TL" => 23,
        b"AD" | b"CZ" | b"ES" | b"MD" | b"PK" | b"RO" | b"SA" | b"SE" | b"SK" | b"TN" | b"VG" => 24,
        b"AO" | b"CV" | b"GW" | b"LY" | b"MZ" | b"PT" | b"ST" => 25,
        b"DZ" | b"IR" | b"IS" | b"TR" => 26,
        b"BI" | b"CF" | b"CG" | b"CM" | b"DJ" | b"FR" | b"GA" | b"GQ" | b"GR" | b"IT" | b"KM" | b"MC"
        | b"MG" | b"MR" | b"SM" | b"TD" => 27,
        b"AL" | b"AZ" | b"BF" | b"BJ" | b"BY" | b"CI" | b"CY" | b"DO" | b"GT" | b"HN" | b"HU" | b"LB"
        | b"MA" | b"ML" | b"NE" | b"NI" | b"PL" | b"SN" | b"SV" | b"TG" => 28,
        b"BR" | b"EG" | b"PS" | b"QA" | b"UA" => 29,
        b"JO" | b"KW" | b"MU" | b"YE" => 30,
        b"MT" | b"SC" => 31,
        b"LC" => 32,
        b"RU" => MAX_CHARS,
        _ => return None,
    })
}

/// Whether upper-case letters and digits without separators are an IBAN.
pub(super) fn is_iban(chars: &[u8]) -> bool {
    let &[a, b, c, d, ref account @ ..] = chars else {
        return false;
    };
    length([a, b]) == Some(chars.len())
        && c.is_ascii_digit()
        && d.is_ascii_digit()
        && mod97(account.iter().chain(&chars[..4]).copied()) == 1
}

/// What the account part of a country's IBANs starts with, in letters (`a`) and digits (`n`); from there on it may have both.
const fn bank_form(country: [u8; 2]) -> &'static [u8] {
    match &country {
        b"GB" | b"IE" | b"GI" | b"NL" | b"IQ" | b"BH" | b"LV" | b"RO" | b"PK" | b"PS" | b"QA" | b"VG"
        | b"AZ" | b"MU" | b"SC" | b"SV" | b"JO" | b"KW" | b"LC" | b"DO" => b"aaaa",
        b"BG" => b"aaaannnnnn",
        b"MT" => b"aaaannnnn",
        b"GE" => b"aannnnnnnn",
        b"IT" | b"SM" => b"annnnnnnnnn",
        b"FR" | b"MC" | b"MK" | b"KZ" | b"LU" | b"AE" | b"AD" | b"SA" | b"MD" | b"AL" | b"CY" | b"GR"
        | b"CH" | b"LI" | b"LB" | b"TR" | b"UA" | b"BR" | b"RU" => b"",
        b"BY" | b"GT" => b"",
        _ => b"nnnnnnnnnnn",
    }
}

/// Whether the account part of upper-case letters and digits starts as its country's do: letters among the digits of a
/// checksum that passes by chance are told so.
pub(super) fn has_bank_form(chars: &[u8]) -> bool {
    let fits = |(char, form): (&u8, &u8)| match form {
        b'a' => char.is_ascii_uppercase(),
        _ => char.is_ascii_digit(),
    };
    let form = bank_form([chars[0], chars[1]]);
    let account = &chars[4..];
    let is_digits = || account.iter().filter(|char| char.is_ascii_digit()).count() * 2 > account.len();
    account.iter().zip(form).all(fits) && is_digits()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_the_registry_pass() {
        for iban in [
            "NO9386011117947",
            "BE68539007547034",
            "NL91ABNA0417164300",
            "DE89370400440532013000",
            "GB29NWBK60161331926819",
            "FR1420041010050500013M02606",
            "MT84MALT011000012345MTLCAST001S",
            "BR1800360305000010009795493C1",
            "SA0380000000608010167519",
        ] {
            assert!(is_iban(iban.as_bytes()), "{iban}");
        }
    }

    #[test]
    fn a_wrong_check_length_or_country_fails() {
        for text in [
            "DE89370400440532013001",
            "DE8937040044053201300",
            "XX89370400440532013000",
            "DEA9370400440532013000",
            "DE",
        ] {
            assert!(!is_iban(text.as_bytes()), "{text}");
        }
    }
}
