//! Which capitalised words are first names, which are everyday words. Surnames are not listed: there are too many.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::word::Shape;

static SHARED: LazyLock<Lexicon> = LazyLock::new(Lexicon::read);

/// What a word is known as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sense {
    /// A first name.
    Given,
    /// A first name, and a month, a verb or a product as well.
    AmbiguousGiven,
    /// An everyday word.
    Common,
    Unknown,
}

pub(super) struct Lexicon {
    senses: HashMap<&'static str, Sense>,
}

impl Lexicon {
    pub(super) fn shared() -> &'static Self {
        &SHARED
    }

    fn read() -> Self {
        let mut senses = HashMap::new();
        for word in words(include_str!("common_words.txt")) {
            senses.insert(word, Sense::Common);
        }
        for word in words(include_str!("given_names.txt")) {
            match word.strip_suffix('*') {
                Some(word) => senses.insert(word, Sense::AmbiguousGiven),
                None => senses.insert(word, Sense::Given),
            };
        }
        Self { senses }
    }

    /// What `word` is; of a double first name (`Anne-Marie`), what its first part is.
    pub(super) fn sense(&self, word: &str, shape: Shape) -> Sense {
        if shape == Shape::Initial {
            return Sense::Unknown;
        }
        let mut buffer = [0; 24];
        let lower = match buffer.get_mut(..word.len()) {
            Some(buffer) if word.is_ascii() => {
                buffer.copy_from_slice(word.as_bytes());
                buffer.make_ascii_lowercase();
                std::str::from_utf8(buffer)
                    .ok()
                    .and_then(|lower| self.find(lower))
            }
            _ => self.find(&word.to_lowercase()),
        };
        lower.unwrap_or(Sense::Unknown)
    }

    fn find(&self, lower: &str) -> Option<Sense> {
        let whole = self.senses.get(lower);
        let first = || {
            lower
                .split_once('-')
                .and_then(|(first, _)| self.senses.get(first))
        };
        whole.or_else(first).copied()
    }
}

fn words(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_ascii_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_lower_case_and_in_order() {
        let lists = [include_str!("common_words.txt"), include_str!("given_names.txt")];
        for word in lists.into_iter().flat_map(words) {
            assert_eq!(word, word.to_lowercase());
        }
    }

    #[test]
    fn senses_ignore_case() {
        let lexicon = Lexicon::read();
        assert_eq!(lexicon.sense("ALICE", Shape::Capitals), Sense::Given);
        assert_eq!(lexicon.sense("JÜRGEN", Shape::Capitals), Sense::Given);
        assert_eq!(lexicon.sense("Anne-Marie", Shape::Title), Sense::Given);
        assert_eq!(lexicon.sense("May", Shape::Title), Sense::AmbiguousGiven);
        assert_eq!(lexicon.sense("Please", Shape::Title), Sense::Common);
        assert_eq!(lexicon.sense("Okonkwo", Shape::Title), Sense::Unknown);
    }
}
