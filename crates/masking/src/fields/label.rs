//! A label in a text: which phrase of the lexicon, whose, and how it is written.

mod edges;
mod waking;
mod words;

use self::edges::{before, behind, is_abbreviation};
use self::waking::waking_word;
pub(super) use self::words::names_owner;
use self::words::{Words, push_lower, stems, word_from};
use super::above;
use super::lexicon::{Entry, Lexicon};
use crate::ByteSpan;
use crate::detectors::text::char_at;

/// A label in the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Label {
    pub(crate) entry: &'static Entry,
    /// The phrase, with what belongs to it: `password2`, `phone number`.
    pub(crate) phrase: ByteSpan,
    /// From the start of its identifier to the end of the phrase: `db_password`, `--customer-phone`.
    pub(crate) span: ByteSpan,
    /// An owner stands in its identifier or as a word before it.
    is_owned: bool,
}

impl Label {
    /// The label whose waking word stands at `at`; `None` where it is part of another word.
    pub(crate) fn around(text: &str, at: ByteSpan) -> Option<Self> {
        let words = Words::around(text, at)?;
        let (entry, phrase) = words.longest()?;
        let end = behind(text, phrase.end, entry)?;
        let start = before(text, phrase.start, entry)?;
        if entry.is_capital && !is_abbreviation(text, phrase, end) {
            return None;
        }
        if (entry.is_owned || entry.is_doubtful) && words.is_of_thing(phrase.start) {
            return None;
        }
        let is_owned = entry.is_owned && words.has_owner(phrase.start);
        // A member of something that is no person: `self.name`.
        if entry.is_owned && !is_owned && start < phrase.start && !text[start..].starts_with('-') {
            return None;
        }
        Some(Self {
            entry,
            phrase: ByteSpan::new(phrase.start, end),
            span: ByteSpan::new(start, end),
            is_owned,
        })
    }

    /// The label whose waking word starts at `at`, where the start of that number in the lexicon stands.
    pub(crate) fn woken(text: &str, start: usize, at: usize) -> Option<Self> {
        let lexicon = Lexicon::shared();
        if !text.as_bytes()[at].is_ascii() {
            return lexicon
                .words_at(text, start, at)
                .find_map(|word| Self::around(text, word));
        }
        let (stem, holding) = waking_word(text, start, at)?;
        let is_told = holding.may_follow(text.as_bytes(), stem);
        if is_told { Self::around(text, stem) } else { None }
    }

    /// The label that a column's head at `name` is: the longest in it.
    pub(crate) fn named(text: &str, name: ByteSpan) -> Option<Self> {
        let text = &text[..name.end];
        let mut found: Option<Self> = None;
        let mut at = name.start;
        while at < name.end {
            let word = word_from(text, at);
            let label = stems(text, word).find_map(|stem| Self::around(text, stem));
            if let Some(label) =
                label.filter(|label| name.start <= label.phrase.start && label.phrase.end <= name.end)
                && found.is_none_or(|best| best.phrase.len() < label.phrase.len())
            {
                found = Some(label);
            }
            at = word.end.max(at + char_at(text, at).map_or(1, char::len_utf8));
        }
        found
    }

    /// Whether its field is a person's: by an owner beside it or above it, or because the phrase needs none.
    pub(crate) fn has_owner(&self, text: &str) -> bool {
        !self.entry.is_owned || self.is_owned || above::has_owner(text, self.span)
    }

    /// Whether it names several, which a list holds: `passwords`.
    pub(crate) fn is_plural(&self, text: &str) -> bool {
        let mut letters = String::new();
        push_lower(&mut letters, &text[self.phrase.range()]);
        let singular = letters.strip_suffix('s');
        singular.is_some_and(|singular| {
            Lexicon::shared()
                .entry(&singular.replace([' ', '_', '-'], ""))
                .is_some()
        })
    }

    /// Written as constants and environment variables are: `DB_PASSWORD`.
    pub(crate) fn is_constant(&self, text: &str) -> bool {
        let identifier = &text[self.span.range()];
        identifier.len() > 3
            && identifier.is_ascii()
            && !identifier.bytes().any(|b| b.is_ascii_lowercase() || b == b' ')
    }

    /// A parameter of a URL's query.
    pub(crate) fn in_query(&self, text: &str) -> bool {
        text[..self.span.start].ends_with(['?', '&'])
    }

    /// An option of a command line: `--password`.
    pub(crate) fn is_option(&self, text: &str) -> bool {
        text[self.span.range()].starts_with('-')
    }

    /// What of its identifier stands before the phrase: `db_`.
    pub(crate) fn owner<'a>(&self, text: &'a str) -> &'a str {
        &text[self.span.start..self.phrase.start]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::Concept;

    fn label(text: &str, word: &str) -> Option<(Concept, String)> {
        let at = text.to_lowercase().find(word)?;
        let label = Label::around(text, ByteSpan::new(at, at + word.len()))?;
        Some((label.entry.concept, text[label.span.range()].to_owned()))
    }

    #[test]
    fn labels_in_every_style() {
        for (text, word, concept, whole) in [
            ("firstName: x", "name", Concept::GivenName, "firstName"),
            ("first_name: x", "name", Concept::GivenName, "first_name"),
            ("FIRST-NAME=x", "name", Concept::GivenName, "FIRST-NAME"),
            ("firstname=x", "name", Concept::GivenName, "firstname"),
            ("Date of birth: x", "birth", Concept::BirthDate, "birth"),
            ("db_password=x", "password", Concept::Password, "db_password"),
            ("dbpassword=x", "password", Concept::Password, "dbpassword"),
            ("password2 = x", "password", Concept::Password, "password2"),
            ("phoneNumber: x", "phone", Concept::Phone, "phoneNumber"),
            ("customer_phone: x", "phone", Concept::Phone, "customer_phone"),
        ] {
            let found = label(text, word).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(found.0, concept, "{text}");
            assert!(found.1.ends_with(whole), "{text}: {}", found.1);
        }
    }

    #[test]
    fn parts_of_other_words_are_none() {
        for (text, word) in [
            ("rename: x", "name"),
            ("namespace: x", "name"),
            ("password_hash: x", "password"),
            ("passwords_enabled: x", "password"),
            ("phone_type: x", "phone"),
        ] {
            assert_eq!(label(text, word), None, "{text}");
        }
    }
}
