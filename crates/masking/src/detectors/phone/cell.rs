//! Cells of a column that may hold phone numbers.

/// Digits of a phone number (E.164).
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;
/// The longest spelling of one, in bytes.
const MAX_PHONE: usize = 32;

/// Whether a cell may be a phone's number.
pub(super) fn is_phone(cell: &[u8]) -> bool {
    let digits = cell.iter().filter(|b| b.is_ascii_digit()).count();
    let is_part = |b: &u8| b.is_ascii_digit() || matches!(b, b' ' | b'+' | b'-' | b'(' | b')' | b'.' | b'/');
    cell.len() <= MAX_PHONE && PHONE_DIGITS.contains(&digits) && cell.iter().all(is_part) && !is_date(cell)
}

/// Whether a phone's number is written as nothing else is: with a prefix, or in groups.
pub(super) fn is_formal(cell: &[u8]) -> bool {
    let is_grouped = cell[1..].iter().any(|b| matches!(b, b'-' | b' ' | b'(' | b'/'));
    // A mobile number of China.
    let is_mobile = cell.len() == 11 && cell[0] == b'1' && (b'3'..=b'9').contains(&cell[1]);
    is_phone(cell) && (is_grouped || is_mobile || matches!(cell[0], b'+' | b'0' | b'('))
}

/// Whether a cell is a date in numbers: `2024-01-02`, `2.1.2024`.
fn is_date(cell: &[u8]) -> bool {
    let mut parts = cell.split(|b| matches!(b, b'-' | b'/' | b'.'));
    let lens = [(); 3].map(|()| parts.next().map_or(0, <[u8]>::len));
    let is_order = matches!(lens, [4, 1..=2, 1..=2] | [1..=2, 1..=2, 4]);
    is_order && parts.next().is_none() && cell.iter().filter(|b| !b.is_ascii_digit()).count() == 2
}
