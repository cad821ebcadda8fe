//! Counts text that looks like a placeholder and is none of this turn: a model's invention, or a stale one.

use memchr::memchr_iter;

use super::LOOK_BACK;
use crate::placeholder::{is_letter, is_type};

/// Placeholder-shaped texts, exactly as masking writes them, that end in `text[from..until]`.
pub(super) fn count(text: &[u8], from: usize, until: usize) -> u64 {
    let ends = memchr_iter(b'>', &text[from..until]);
    ends.filter(|end| is_shaped(&text[..from + end])).map(|_| 1).sum()
}

/// Whether `text` ends in a placeholder, but for its closing bracket.
fn is_shaped(text: &[u8]) -> bool {
    let window = &text[text.len().saturating_sub(LOOK_BACK)..];
    let letters = |from: &[u8]| from.iter().rev().take_while(|b| is_letter(**b)).count();
    let parted = |from: &[u8]| -> Option<usize> {
        let length = letters(from);
        (from.len() > length && from[from.len() - length - 1] == b'_').then_some(length)
    };
    let Some(last) = parted(window) else {
        return false;
    };
    let before = &window[..window.len() - last - 1];
    if last >= 6 && is_opened_type(before) {
        return true;
    }
    // The last letters may be a variant; then a code stands before them.
    match parted(before) {
        Some(code) if last >= 2 && code >= 6 => is_opened_type(&before[..before.len() - code - 1]),
        _ => false,
    }
}

/// Whether `text` ends in `<` and the name of a type.
fn is_opened_type(text: &[u8]) -> bool {
    let is_name = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_';
    let length = text.iter().rev().take_while(|b| is_name(b)).count();
    let (before, name) = text.split_at(text.len() - length);
    before.last() == Some(&b'<') && std::str::from_utf8(name).is_ok_and(is_type)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_grammar_counts() {
        let count = |text: &str| count(text.as_bytes(), 0, text.len());
        for shaped in [
            "<EMAIL_abcdef>",
            "x<CREDIT_CARD_abcdefgh_x3> y",
            "<CUSTOM_MY_2_abcdef>",
            "<<EMAIL_234567>>",
        ] {
            assert_eq!(count(shaped), 1, "{shaped}");
        }
        assert_eq!(count("<EMAIL_abcdef><PHONE_ghijkl_mn>"), 2);
        for not in [
            "<EMAIL_abcde>",
            "<EMAIL_ABCDEF>",
            "<email_abcdef>",
            "<EMAIL_abcdef_x>",
            "<EMAIL_abcdef_xy_zz>",
            "<FOO_abcdef>",
            "<_abcdef>",
            "<EMAIL_abcdef",
            "EMAIL_abcdef>",
            "<EMAIL abcdef>",
            "<CUSTOM_abcdef>",
            ">",
        ] {
            assert_eq!(count(not), 0, "{not}");
        }
    }
}
