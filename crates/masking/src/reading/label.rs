//! The key that a leaf stands under, read as the words before it.

use super::folded::{Folded, Folding};
use super::{Readings, canonical_text};
use crate::{NoDeadline, TextLeaf};

/// Only a value this short reads on from its label; longer text brings its own context.
const VALUE_MAX: usize = 256;
/// A longer value may, as long as it is one word: a private key of 8192 bits in one line.
const WORD_MAX: usize = 8192;
/// A key longer than this is text itself.
const LABEL_MAX: usize = 64;
/// The same for a key as it is written, which may be encoded.
const WRITTEN_MAX: usize = 512;
/// A shorter key of letters holds nothing that is packed.
const PACKED_MIN: usize = 10;
/// So many ways of reading a key are tried.
const MAX_LABELS: usize = 4;
/// Bytes of texts that may bring labels and tables of their own.
const OWN_STRUCTURE: &[u8] = b"\n:=,|";
/// Ends of keys that hold a list, each value of which the singular names.
const PLURALS: [&str; 6] = ["passwords", "secrets", "tokens", "phones", "emails", "keys"];
/// Keys that say nothing about what stands under them.
const SILENT: [&str; 8] = [
    "text",
    "content",
    "input",
    "output",
    "arguments",
    "description",
    "type",
    "role",
];

/// The words of a leaf's key, where they may say something about its text: `phone number: ` for `phoneNumber`. A key that
/// reads in several ways says all of them.
pub(super) fn words(leaf: &TextLeaf<'_>) -> Vec<String> {
    let Some(label) = leaf.label else {
        return Vec::new();
    };
    let tells = !label.is_empty() && label.len() <= WRITTEN_MAX && !SILENT.contains(&label);
    if !tells {
        return Vec::new();
    }
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b' ');
    if label.len() < PACKED_MIN && label.bytes().all(is_word) {
        return vec![spelled_out(label)];
    }
    let readings = Readings::of(
        &TextLeaf {
            text: label,
            label: None,
            ..*leaf
        },
        &NoDeadline,
    );
    let texts = readings.iter().map(|(_, reading)| reading.text().trim());
    let mut all: Vec<String> = texts
        .filter(|text| text.len() <= LABEL_MAX)
        .map(spelled_out)
        .collect();
    all.dedup();
    all.truncate(MAX_LABELS);
    all
}

/// Whether a text is short enough to be what its label names.
pub(super) fn is_value(text: &str) -> bool {
    match text.len() {
        0 | 1 => false,
        2..=VALUE_MAX => true,
        more => more <= WORD_MAX && text.bytes().all(|byte| byte.is_ascii_graphic()),
    }
}

/// The text behind its label, in quotes: what a key holds is a literal, however much it looks like code.
pub(super) fn before(words: &str, text: &str) -> Folded<'static> {
    let quote = ["\"", "'"]
        .into_iter()
        .find(|quote| !text.contains(*quote))
        .unwrap_or_default();
    let mut folding = Folding::new(text, 0);
    folding.fold_str(0..0, words);
    folding.fold_str(0..0, quote);
    folding.fold_str(text.len()..text.len(), quote);
    folding.finish(text.len())
}

/// Whether a text may bring labels and tables of its own, and has to be read by itself too.
pub(super) fn has_own_structure(text: &str) -> bool {
    text.bytes().any(|byte| OWN_STRUCTURE.contains(&byte))
}

fn spelled_out(label: &str) -> String {
    let canonical = canonical_text(label);
    let mut words = String::with_capacity(label.len() + 8);
    let mut after_lower = false;
    for char in canonical.chars() {
        if matches!(char, '_' | '-' | '.') {
            words.push(' ');
        } else {
            if after_lower && char.is_ascii_uppercase() {
                words.push(' ');
            }
            words.push(char.to_ascii_lowercase());
        }
        after_lower = char.is_ascii_lowercase();
    }
    if PLURALS.iter().any(|plural| words.ends_with(plural)) {
        words.pop();
    }
    words.push_str(": ");
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_words_in_any_style() {
        for label in ["phone_number", "phoneNumber", "Phone-Number", "ｐｈｏｎｅ_number"] {
            assert_eq!(spelled_out(label), "phone number: ");
        }
        assert_eq!(spelled_out("api_keys"), "api key: ");
    }
}
