//! Words that everybody uses.

/// Whether a word is a common one, in any case.
pub(crate) fn is_common_word(word: &str) -> bool {
    ["user", "postgres", "will", "mark", "rose"].contains(&&*word.to_lowercase())
}
