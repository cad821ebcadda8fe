//! Tax numbers of companies in Europe, by country, with the checks that tax offices publish.
//!
//! A VAT number is a country prefix and a body; bodies are upper-case ASCII without separators.

use super::national::europe::{es_dni, es_nie, nl_bsn};
use super::national::{digit_values, two};
use crate::detectors::checksum::{integer, luhn, luhn_sum, mod11_10, mod11_check, mod97, weighted};

/// Longest prefix with body.
pub(super) const MAX_CHARS: usize = 14;

/// Which lengths a body may have, longest first; empty for a prefix that is none.
pub(super) const fn lengths(country: [u8; 2]) -> &'static [usize] {
    match &country {
        b"SE" | b"NL" | b"NO" => &[12],
        b"HR" | b"IT" | b"LV" | b"FR" => &[11],
        b"LT" | b"GB" | b"XI" => &[12, 9],
        b"BE" | b"CH" | b"PL" | b"SK" => &[10],
        b"BG" => &[10, 9],
        b"CZ" => &[10, 8],
        b"RO" => &[10, 9, 8, 7, 6],
        b"AT" | b"CY" | b"DE" | b"EE" | b"EL" | b"ES" | b"PT" => &[9],
        b"IE" => &[9, 8],
        b"DK" | b"FI" | b"HU" | b"LU" | b"MT" | b"SI" => &[8],
        _ => &[],
    }
}

/// Whether `body` is a VAT number of the country.
pub(super) fn is_vat(country: [u8; 2], body: &[u8]) -> bool {
    if !lengths(country).contains(&body.len()) {
        return false;
    }
    match &country {
        b"AT" => body[0] == b'U' && digits(&body[1..], at),
        b"BE" => digits(body, be),
        b"BG" => digits(body, bg_company) || digits(body, bg_person),
        b"CH" => body[0] == b'E' && digits(&body[1..], ch),
        b"CY" => cy(body),
        b"CZ" => digits(body, cz_company) || digits(body, cz_person),
        b"DE" => digits(body, |d: [u8; 9]| d[0] != 0 && mod11_10(&d)),
        b"DK" => digits(body, |d: [u8; 8]| {
            d[0] != 0 && weighted(&d, &[2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
        }),
        b"EE" => digits(body, |d: [u8; 9]| {
            weighted(&d, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10)
        }),
        b"EL" => digits(body, el),
        b"ES" => es_dni(body) || es_nie(body) || es_cif(body),
        b"FI" => digits(body, |d: [u8; 8]| {
            weighted(&d, &[7, 9, 10, 5, 8, 4, 2, 1]).is_multiple_of(11)
        }),
        b"FR" => fr(body),
        b"GB" | b"XI" => digits(&body[..9], gb) && body.iter().all(u8::is_ascii_digit),
        b"HR" => digits(body, |d: [u8; 11]| mod11_10(&d)),
        b"HU" => digits(body, |d: [u8; 8]| {
            weighted(&d, &[9, 7, 3, 1, 9, 7, 3, 1]).is_multiple_of(10)
        }),
        b"IE" => ie(body),
        b"IT" => digits(body, it),
        b"LT" => lt(body),
        b"LU" => digits(body, |d: [u8; 8]| integer(&d[..6]) % 89 == integer(&d[6..])),
        b"LV" => digits(body, lv),
        b"MT" => digits(body, |d: [u8; 8]| {
            d[0] != 0 && weighted(&d, &[3, 4, 6, 7, 8, 9, 10, 1]).is_multiple_of(37)
        }),
        b"NL" => nl(body),
        b"NO" => digits(&body[..9], no) && body.ends_with(b"MVA"),
        b"PL" => digits(body, |d: [u8; 10]| {
            weighted(&d, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == u32::from(d[9])
        }),
        b"PT" => digits(body, |d: [u8; 9]| {
            d[0] != 0 && mod11_check(weighted(&d, &[9, 8, 7, 6, 5, 4, 3, 2])) == u32::from(d[8])
        }),
        b"RO" => ro(body),
        b"SE" => digits(body, |d: [u8; 12]| luhn(&d[..10]) && integer(&d[10..]) != 0),
        b"SI" => digits(body, si),
        b"SK" => digits(body, |d: [u8; 10]| {
            d[0] != 0 && matches!(d[2], 2 | 3 | 4 | 7 | 8 | 9) && integer(&d).is_multiple_of(11)
        }),
        _ => false,
    }
}

/// A Spanish CIF: kind of company, seven digits, check as a digit or a letter.
pub(super) fn es_cif(body: &[u8]) -> bool {
    let (Some(kind), Some(last)) = (body.first(), body.last()) else {
        return false;
    };
    if !b"ABCDEFGHJNPQRSUVW".contains(kind) {
        return false;
    }
    let Some(number) = body
        .get(1..8)
        .filter(|_| body.len() == 9)
        .and_then(digit_values::<7>)
    else {
        return false;
    };
    // The check digit is Luhn's for the seven digits.
    let with_zero: [u8; 8] = std::array::from_fn(|n| number.get(n).copied().unwrap_or(0));
    let check = ((10 - luhn_sum(&with_zero) % 10) % 10) as u8;
    *last == b'0' + check || *last == b"JABCDEFGHI"[usize::from(check)]
}

fn digits<const N: usize>(body: &[u8], check: impl Fn([u8; N]) -> bool) -> bool {
    digit_values::<N>(body).is_some_and(check)
}

fn at(d: [u8; 8]) -> bool {
    (luhn_sum(&d[..7]) + 4 + u32::from(d[7])).is_multiple_of(10)
}

fn be(d: [u8; 10]) -> bool {
    d[0] <= 1 && integer(&d[..8]) % 97 + integer(&d[8..]) == 97
}

fn bg_company(d: [u8; 9]) -> bool {
    let check = match weighted(&d, &[1, 2, 3, 4, 5, 6, 7, 8]) % 11 {
        10 => weighted(&d, &[3, 4, 5, 6, 7, 8, 9, 10]) % 11 % 10,
        check => check,
    };
    u32::from(d[8]) == check
}

fn bg_person(d: [u8; 10]) -> bool {
    let is_born = matches!(two(&d, 2), 1..=12 | 21..=32 | 41..=52) && matches!(two(&d, 4), 1..=31);
    is_born && weighted(&d, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == u32::from(d[9])
        || weighted(&d, &[4, 3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
}

fn ch(d: [u8; 9]) -> bool {
    (weighted(&d, &[5, 4, 3, 2, 7, 6, 5, 4]) + u32::from(d[8])).is_multiple_of(11)
}

fn cy(body: &[u8]) -> bool {
    const ODD: [u8; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    digit_values::<8>(&body[..8]).is_some_and(|d| {
        let sum: u32 = d
            .iter()
            .enumerate()
            .map(|(n, &d)| u32::from(if n % 2 == 0 { ODD[usize::from(d)] } else { d }))
            .sum();
        !body.starts_with(b"12") && body[8] == b'A' + (sum % 26) as u8
    })
}

fn cz_company(d: [u8; 8]) -> bool {
    let check = match (11 - weighted(&d, &[8, 7, 6, 5, 4, 3, 2]) % 11) % 11 {
        0 => 1,
        check => check % 10,
    };
    d[0] != 9 && u32::from(d[7]) == check
}

fn cz_person(d: [u8; 10]) -> bool {
    integer(&d[..9]) % 11 % 10 == u64::from(d[9])
}

fn el(d: [u8; 9]) -> bool {
    weighted(&d, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == u32::from(d[8]) && d[..8] != [0; 8]
}

fn fr(body: &[u8]) -> bool {
    let Some(siren) = digit_values::<9>(&body[2..]) else {
        return false;
    };
    let key = digit_values::<2>(&body[..2]);
    // Monaco's numbers start with 000 and are no SIREN.
    (luhn(&siren) || siren[..3] == [0; 3])
        && siren != [0; 9]
        && key.is_none_or(|key| (12 + 3 * (integer(&siren) % 97)) % 97 == integer(&key))
        && body[..2]
            .iter()
            .all(|c| c.is_ascii_digit() || !matches!(c, b'I' | b'O'))
}

fn gb(d: [u8; 9]) -> bool {
    let sum = weighted(&d, &[8, 7, 6, 5, 4, 3, 2]) + u32::from(d[7]) * 10 + u32::from(d[8]);
    // Numbers issued since 2010 miss a multiple by 55.
    matches!(sum % 97, 0 | 42 | 55) && sum > 0
}

fn ie(body: &[u8]) -> bool {
    const LETTERS: &[u8; 23] = b"WABCDEFGHIJKLMNOPQRSTUV";
    let Some(d) = digit_values::<7>(&body[..7]) else {
        return false;
    };
    let second = match body.get(8) {
        Some(letter @ b'A'..=b'W') => u32::from(letter - b'A' + 1) % 23,
        Some(_) => return false,
        None => 0,
    };
    let sum = weighted(&d, &[8, 7, 6, 5, 4, 3, 2]) + second * 9;
    body[7] == LETTERS[(sum % 23) as usize]
}

fn it(d: [u8; 11]) -> bool {
    luhn(&d) && d[..7] != [0; 7] && matches!(integer(&d[7..10]), 1..=100 | 120 | 121 | 888 | 999)
}

fn lt(body: &[u8]) -> bool {
    let Some((last, number)) = body.split_last() else {
        return false;
    };
    if !body.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let sum = |first: usize| -> u32 {
        number
            .iter()
            .enumerate()
            .map(|(n, c)| u32::from(c - b'0') * ((n + first) % 9 + 1) as u32)
            .sum()
    };
    let check = match sum(0) % 11 {
        10 => sum(2) % 11 % 10,
        check => check,
    };
    number.last() == Some(&b'1') && u32::from(last - b'0') == check
}

fn lv(d: [u8; 11]) -> bool {
    d[0] > 3 && weighted(&d, &[9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 == 3
}

/// Since 2020 the number of a sole trader is random and passes MOD 97-10 with its prefix; older ones hold a BSN or RSIN.
fn nl(body: &[u8]) -> bool {
    body[9] == b'B'
        && body[10..].iter().all(u8::is_ascii_digit)
        && digit_values::<9>(&body[..9])
            .is_some_and(|d| nl_bsn(&d) || mod97(b"NL".iter().chain(body).copied()) == 1)
}

fn no(d: [u8; 9]) -> bool {
    matches!(d[0], 8 | 9) && weighted(&d, &[3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
}

fn ro(body: &[u8]) -> bool {
    const WEIGHTS: [u32; 9] = [7, 5, 3, 2, 1, 7, 5, 3, 2];
    let Some((last, number)) = body.split_last() else {
        return false;
    };
    if body[0] == b'0' || !body.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let weights = &WEIGHTS[WEIGHTS.len() - number.len()..];
    let sum: u32 = number
        .iter()
        .zip(weights)
        .map(|(c, w)| u32::from(c - b'0') * w)
        .sum();
    sum * 10 % 11 % 10 == u32::from(last - b'0')
}

fn si(d: [u8; 8]) -> bool {
    let sum = weighted(&d, &[8, 7, 6, 5, 4, 3, 2]);
    d[0] != 0 && !sum.is_multiple_of(11) && mod11_check(sum) == u32::from(d[7])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(text: &str) -> bool {
        let chars = text.as_bytes();
        is_vat([chars[0], chars[1]], &chars[2..])
    }

    #[test]
    fn numbers_of_every_country_pass_and_their_neighbours_fail() {
        let numbers = [
            "ATU57658485",
            "BE1220227732",
            "BG115337889",
            "CHE168239141",
            "CY89894257J",
            "CZ51453681",
            "DE821795645",
            "DK62411058",
            "EE993705328",
            "EL881530085",
            "ES68727706A",
            "ESB29831443",
            "ESN9118459H",
            "FI54047744",
            "FR58708318621",
            "GB344377991",
            "HR66896186404",
            "HU45637043",
            "IE5719930DH",
            "IE7830113E",
            "IT00111080974",
            "LT109406117319",
            "LT524331017",
            "LU90936451",
            "LV40879147756",
            "MT41428741",
            "NL319708688B77",
            "PL0785678520",
            "PT123430704",
            "RO52573485",
            "RO531827",
            "RO7842209967",
            "SE937033574801",
            "SI24662453",
            "SK9542168086",
            "NO889640782MVA",
        ];
        for number in numbers {
            assert!(passes(number), "{number}");
            // Every check catches a change of the third digit from the prefix.
            let mut changed = number.as_bytes().to_vec();
            changed[4] = if changed[4] == b'9' { b'0' } else { changed[4] + 1 };
            assert!(
                !is_vat([changed[0], changed[1]], &changed[2..]),
                "{number} changed"
            );
        }
    }

    #[test]
    fn lengths_are_kept_and_other_prefixes_are_none() {
        assert!(!passes("DE13669597") && !passes("US123456789") && lengths(*b"US").is_empty());
    }
}
