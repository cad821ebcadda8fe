//! PERSON: names that a label, a title, a greeting, a signature or a mail address announces.
//!
//! Names without such context are a model's task. A weak announcement (`name:`) counts only for names that are known or
//! have several words; everyday words are never names.

mod han;
mod label;
mod letter;
mod mailbox;
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
    Label(Strength),
    /// The word `name`: what stands before it decides.
    NameLabel,
    /// Words that the name follows directly: `my name is`.
    Phrase(Strength),
    Title,
    Greeting(Strength),
    Closing,
    Mailbox,
    HanLabel,
    JapaneseLabel,
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
        let mut literals = vec![("name", Announces::NameLabel), (" <", Announces::Mailbox)];
        literals.extend(
            label::LABELS
                .iter()
                .map(|(label, strength)| (*label, Announces::Label(*strength))),
        );
        literals.extend(
            label::PHRASES
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
        literals.extend(han::LABELS.iter().map(|label| (*label, Announces::HanLabel)));
        literals.extend(
            han::JAPANESE_LABELS
                .iter()
                .map(|label| (*label, Announces::JapaneseLabel)),
        );
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
            Announces::NameLabel => label::after_name(text, at),
            Announces::Label(strength) => label::after_label(text, at, strength),
            Announces::Phrase(strength) => label::after_phrase(text, at, strength),
            Announces::Title => title::after_title(text, at),
            Announces::Greeting(strength) => letter::after_greeting(text, at, strength),
            Announces::Closing => letter::after_closing(text, at),
            Announces::Mailbox => mailbox::before_bracket(text, at.start),
            Announces::HanLabel => han::after_label(text, at),
            Announces::JapaneseLabel => han::after_japanese_label(text, at.end),
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
