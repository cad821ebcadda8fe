//! Which digits and letters a national id may have, by country. Knows no context.
//!
//! Digits are values 0 to 9; identifiers with letters come as upper-case ASCII.

pub(super) mod americas;
pub(super) mod asia;
pub(super) mod europe;

/// Whether the day exists; `day` and `month` count from 1.
pub(super) const fn is_date(year: u32, month: u32, day: u32) -> bool {
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 0,
    };
    1 <= day && day <= days
}

/// Two digits as a number.
pub(super) const fn two(digits: &[u8], at: usize) -> u32 {
    digits[at] as u32 * 10 + digits[at + 1] as u32
}

/// The values of ASCII digits; `None` when another character is among them.
pub(super) fn digit_values<const N: usize>(chars: &[u8]) -> Option<[u8; N]> {
    let mut values = [0; N];
    if chars.len() != N {
        return None;
    }
    for (value, char) in values.iter_mut().zip(chars) {
        if !char.is_ascii_digit() {
            return None;
        }
        *value = char - b'0';
    }
    Some(values)
}
