//! PERSON: names that a title, a greeting, a signature or a mail address announces.
//!
//! Names behind labels are the business of the reader of fields, those without any context a model's. A weak announcement (`this is`) counts only for names that are known or
//! have several words; everyday words are never names.

pub(super) mod han;
mod letter;
mod mailbox;
mod phrase;
mod title;

use std::sync::Arc;

use super::names::Name;
use super::{Found, Rule, Wake};
use crate::{EntityType, Score};

/// How much an announcement says about what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    /// A name or anything else: only known first names count.
    Weak,
    /// A name or a short phrase: several words, or a known first name.
    Medium,
    /// A name: any word that is no everyday word.
    Strong,
}

impl Strength {
    fn accepts(self, name: &Name) -> bool {
        match self {
            _ if name.is_known => true,
            Self::Weak => false,
            // Constants and column types are written in capitals.
            _ if name.is_capitals => false,
            Self::Medium => name.words > 1,
            Self::Strong => name.end - name.start > 2,
        }
    }
}

/// What a literal of the rule announces.
#[derive(Clone, Copy)]
enum Announces {
    /// Words that the name follows directly: `my name is`.
    Phrase(Strength),
    Title,
    Greeting(Strength),
    Closing,
    Mailbox,
    /// The name follows without any mark: `我叫`.
    HanPhrase,
    HanGreeting,
    HanTitle,
}

/// Finds names of persons.
pub struct Person {
    name: Arc<str>,
    literals: Vec<(&'static str, Announces)>,
}

/// Where a name stands.
type Span = (usize, usize);

impl Person {
    /// The rule, as `person`.
    #[must_use]
    pub fn new() -> Self {
        let mut literals = vec![(" <", Announces::Mailbox)];
        literals.extend(
            phrase::PHRASES
                .iter()
                .map(|(phrase, strength)| (*phrase, Announces::Phrase(*strength))),
        );
        literals.extend(title::TITLES.iter().map(|title| (*title, Announces::Title)));
        literals.extend(
            letter::GREETINGS
                .iter()
                .map(|(word, strength)| (*word, Announces::Greeting(*strength))),
        );
        literals.extend(letter::CLOSINGS.iter().map(|word| (*word, Announces::Closing)));
        literals.extend(han::PHRASES.iter().map(|phrase| (*phrase, Announces::HanPhrase)));
        literals.extend(han::GREETINGS.iter().map(|word| (*word, Announces::HanGreeting)));
        literals.extend(han::TITLES.iter().map(|title| (*title, Announces::HanTitle)));
        Self {
            name: "person".into(),
            literals,
        }
    }
}

impl Default for Person {
    fn default() -> Self {
        Self::new()
    }
}

impl Rule for Person {
    fn literals(&self) -> Vec<String> {
        self.literals
            .iter()
            .map(|(literal, _)| (*literal).to_owned())
            .collect()
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let Wake::Literal { index, at } = wake else { return };
        let span = match self.literals[index].1 {
            Announces::Phrase(strength) => phrase::after_phrase(text, at, strength),
            Announces::Title => title::after_title(text, at),
            Announces::Greeting(strength) => letter::after_greeting(text, at, strength),
            Announces::Closing => letter::after_closing(text, at),
            Announces::Mailbox => mailbox::before_bracket(text, at.start),
            Announces::HanPhrase => han::after_phrase(text, at.end),
            Announces::HanGreeting => han::after_greeting(text, at.end),
            Announces::HanTitle => han::before_title(text, at),
        };
        if let Some((start, end)) = span {
            found.push(EntityType::Person, start, end, Score::LIKELY, &self.name);
        }
    }
}

#[cfg(test)]
mod tests;
