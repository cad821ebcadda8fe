//! Check digits, computed here and not with the code under test.

/// The digit that makes `digits` pass Luhn's test (ISO/IEC 7812-1).
pub(super) fn luhn(digits: &[u8]) -> u8 {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(nth, digit)| {
            let doubled = u32::from(*digit) * if nth % 2 == 0 { 2 } else { 1 };
            doubled / 10 + doubled % 10
        })
        .sum();
    digit((10 - sum % 10) % 10)
}

/// The sum of digits times weights.
pub(super) fn weighted(digits: &[u8], weights: &[u32]) -> u32 {
    digits
        .iter()
        .zip(weights)
        .map(|(digit, weight)| u32::from(*digit) * weight)
        .sum()
}

/// The check digits of an IBAN (ISO 13616): country, and the account part as digits and capitals.
pub(super) fn iban(country: &str, account: &str) -> String {
    let rearranged = format!("{account}{country}00");
    let remainder = rearranged.chars().fold(0_u32, |remainder, char| {
        let value = char.to_digit(36).unwrap_or_default();
        (remainder * if value > 9 { 100 } else { 10 } + value) % 97
    });
    format!("{country}{:02}{account}", 98 - remainder)
}

/// The last character of a Chinese resident id (GB 11643).
pub(super) fn resident(digits: &[u8]) -> char {
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let index = weighted(digits, &weights) % 11;
    "10X98765432".chars().nth(index as usize).unwrap_or('0')
}

/// The two check digits of a CPF (Receita Federal).
pub(super) fn cpf(digits: &[u8]) -> [u8; 2] {
    let check = |digits: &[u8]| {
        let weights: Vec<u32> = (2..=digits.len() as u32 + 1).rev().collect();
        digit(weighted(digits, &weights) * 10 % 11 % 10)
    };
    let first = check(digits);
    let second = check(&[digits, &[first]].concat());
    [first, second]
}

/// The digit that makes `digits` pass Verhoeff's test.
pub(super) fn verhoeff(digits: &[u8]) -> u8 {
    const MULTIPLY: [[u8; 10]; 10] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
        [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
        [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
        [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
        [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
        [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
        [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
        [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
        [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
    ];
    const STEP: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    const INVERSE: [u8; 10] = [0, 4, 3, 2, 1, 5, 6, 7, 8, 9];
    let permuted = |digit: u8, times: usize| (0..times % 8).fold(digit, |d, _| STEP[usize::from(d)]);
    let sum = digits.iter().rev().enumerate().fold(0_u8, |sum, (nth, digit)| {
        MULTIPLY[usize::from(sum)][usize::from(permuted(*digit, nth + 1))]
    });
    INVERSE[usize::from(sum)]
}

/// The check digit of an NHS number, if it has one.
pub(super) fn nhs(digits: &[u8]) -> Option<u8> {
    let check = 11 - weighted(digits, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    match check {
        10 => None,
        11 => Some(0),
        check => Some(digit(check)),
    }
}

/// The check character of a vehicle identification number at its ninth place (ISO 3779, 49 CFR 565).
pub(super) fn vin(characters: &str) -> char {
    let weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let value = |char: char| match char {
        '0'..='9' => char.to_digit(10).unwrap_or_default(),
        'A'..='H' => char as u32 - 'A' as u32 + 1,
        'J'..='N' => char as u32 - 'J' as u32 + 1,
        'P' => 7,
        'R' => 9,
        'S'..='Z' => char as u32 - 'S' as u32 + 2,
        _ => 0,
    };
    let sum: u32 = characters
        .chars()
        .zip(weights)
        .map(|(char, weight)| value(char) * weight)
        .sum();
    char::from_digit(sum % 11, 10).unwrap_or('X')
}

/// The last character of a unified social credit code (GB 32100).
pub(super) fn social_credit(characters: &str) -> char {
    const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
    let sum: usize = characters
        .chars()
        .zip(weights)
        .map(|(char, weight)| ALPHABET.find(char).unwrap_or_default() * weight)
        .sum();
    ALPHABET.chars().nth((31 - sum % 31) % 31).unwrap_or('0')
}

fn digit(value: u32) -> u8 {
    u8::try_from(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_examples() {
        assert_eq!(luhn(&[4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]), 1);
        assert_eq!(iban("DE", "370400440532013000"), "DE89370400440532013000");
        assert_eq!(iban("GB", "NWBK60161331926819"), "GB29NWBK60161331926819");
        assert_eq!(
            resident(&[1, 1, 0, 1, 0, 5, 1, 9, 4, 9, 1, 2, 3, 1, 0, 0, 2]),
            'X'
        );
        assert_eq!(cpf(&[1, 1, 1, 4, 4, 4, 7, 7, 7]), [3, 5]);
        assert_eq!(verhoeff(&[2, 3, 6]), 3);
        assert_eq!(nhs(&[9, 4, 3, 4, 7, 6, 5, 9, 1]), Some(9));
        assert_eq!(vin("1M8GDM9A0KP042788"), 'X');
        assert_eq!(social_credit("91350100M000100Y4"), '3');
    }
}
