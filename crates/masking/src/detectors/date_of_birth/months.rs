//! Which words are months. Knows no dates.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Letters of the longest name.
pub(super) const MAX_LETTERS: usize = 12;

static MONTHS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("months.txt").lines();
    lines
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_whitespace)
        .collect()
});

/// Whether `word` is the name of a month, in any case.
pub(super) fn is_month(word: &str) -> bool {
    let lower = word.to_lowercase();
    // `HAZİRAN` is written with a dot that stays behind in lower case.
    MONTHS.contains(lower.as_str())
        || lower.contains('\u{307}') && MONTHS.contains(lower.replace('\u{307}', "").as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_lower_case_and_no_name_too_long() {
        for month in MONTHS.iter() {
            assert_eq!(*month, month.to_lowercase());
            assert!(month.chars().count() <= MAX_LETTERS, "{month}");
        }
    }

    #[test]
    fn months_in_any_case() {
        for month in [
            "MAR",
            "März",
            "lipca",
            "ИЮЛЯ",
            "Temmuz",
            "HAZİRAN",
            "Ιουλίου",
            "července",
        ] {
            assert!(is_month(month), "{month}");
        }
        assert!(!is_month("month") && !is_month(""));
    }
}
