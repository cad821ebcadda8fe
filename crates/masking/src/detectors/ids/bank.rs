//! Bank account numbers, sort codes and bank cards beside a label that names them.

use super::value::Value;

/// A domestic account number: 6 to 20 digits, in groups that belong together.
pub(super) fn account(value: &Value) -> Option<usize> {
    let all_digits = |n: usize| {
        value
            .upto(n)
            .is_some_and(|chars| chars.iter().all(u8::is_ascii_digit))
    };
    let first = (3..=20).find(|n| value.upto(*n).is_some())?;
    let n = value.grown(first, 20);
    (n >= 6 && all_digits(n) && !value.is_date()).then_some(n)
}

/// A UK sort code: six digits, in one piece or in pairs.
pub(super) fn sort_code(value: &Value) -> Option<usize> {
    value.digits::<6>()?;
    (value.is_unbroken(6) || value.is_grouped(&[2, 2, 2])).then_some(6)
}

/// A Chinese bank card or account: 12 to 21 digits.
pub(super) fn card(value: &Value) -> Option<usize> {
    (12..=21).rev().find(|n| {
        value
            .upto(*n)
            .is_some_and(|chars| chars.iter().all(u8::is_ascii_digit))
    })
}
