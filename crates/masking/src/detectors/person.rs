//! PERSON: names that a title, a greeting, a signature or a mail address announces.
//!
//! Names behind labels are the business of the reader of fields, those without any context a model's. A weak announcement (`this is`) counts only for names that are known or
//! have several words; everyday words are never names.

mod chat;
mod cjk;
pub(super) mod han;
mod header;
mod japanese;
mod korean;
mod letter;
mod letterhead;
mod lines;
mod mailbox;
mod phrase;
pub(super) mod record;
mod role;
mod stamp;
mod title;
mod uncased;
pub(super) mod value;
mod wrote;

pub use lines::PersonLines;

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
    /// A role, behind which the name follows without any mark: `被告`.
    HanRole,
    /// What follows a name: `，男`.
    HanBehind,
    JapaneseHonorific,
    JapaneseRole,
    JapaneseReading,
    KoreanHonorific,
    KoreanRole,
    /// A title or role of a script without capitals.
    Uncased,
    /// A role; whether a single name is enough where somebody's it is.
    Role {
        is_near: bool,
    },
    /// What only people follow: `interview with`.
    With,
    Signed,
    /// `@`
    Mention,
    /// `by` and its like.
    Doer,
    /// A verb behind the name of who is quoted: ` wrote:`.
    Wrote,
    /// The same before the name.
    Quoted,
    Record(record::Record),
}

/// Finds names of persons.
pub struct Person {
    name: Arc<str>,
    literals: Vec<(String, Announces)>,
}

/// The rule's literals, as they are gathered.
struct Literals(Vec<(String, Announces)>);

impl Literals {
    fn add(&mut self, list: &[&str], announces: Announces) {
        self.0
            .extend(list.iter().map(|literal| ((*literal).to_owned(), announces)));
    }

    fn graded<T: Copy>(&mut self, list: &[(&str, T)], announces: impl Fn(T) -> Announces) {
        self.0.extend(
            list.iter()
                .map(|(literal, grade)| ((*literal).to_owned(), announces(*grade))),
        );
    }
}

/// Where a name stands.
type Span = (usize, usize);

impl Person {
    /// The rule, as `person`.
    #[must_use]
    pub fn new() -> Self {
        let mut literals = Literals(Vec::new());
        literals.add(&[" <"], Announces::Mailbox);
        literals.add(&["@"], Announces::Mention);
        literals.graded(phrase::PHRASES, Announces::Phrase);
        literals.graded(letter::GREETINGS, Announces::Greeting);
        literals.graded(record::LITERALS, Announces::Record);
        for role in role::ROLES.iter() {
            let announces = Announces::Role {
                is_near: role.is_near,
            };
            literals.add(&[&role.literal], announces);
        }
        for (list, announces) in [
            (title::TITLES, Announces::Title),
            (letter::CLOSINGS, Announces::Closing),
            (role::WITH, Announces::With),
            (role::SIGNED, Announces::Signed),
            (role::DOERS, Announces::Doer),
            (wrote::AFTER, Announces::Wrote),
            (wrote::BEFORE, Announces::Quoted),
            (han::PHRASES, Announces::HanPhrase),
            (han::GREETINGS, Announces::HanGreeting),
            (han::TITLES, Announces::HanTitle),
            (han::ROLES, Announces::HanRole),
            (han::BEHIND, Announces::HanBehind),
            (japanese::HONORIFICS, Announces::JapaneseHonorific),
            (japanese::ROLES, Announces::JapaneseRole),
            (japanese::READINGS, Announces::JapaneseReading),
            (korean::HONORIFICS, Announces::KoreanHonorific),
            (korean::ROLES, Announces::KoreanRole),
            (uncased::TITLES, Announces::Uncased),
        ] {
            literals.add(list, announces);
        }
        let Literals(literals) = literals;
        Self {
            name: "person".into(),
            literals,
        }
    }
}

impl Person {
    fn push(&self, span: Option<Span>, found: &mut Found) {
        if let Some((start, end)) = span {
            found.push(EntityType::Person, start, end, Score::LIKELY, &self.name);
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
        self.literals.iter().map(|(literal, _)| literal.clone()).collect()
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
            Announces::HanRole => han::after_role(text, at),
            Announces::HanBehind => han::before(text, at.start),
            Announces::Mention => role::after_mention(text, at),
            Announces::JapaneseRole => japanese::after_role(text, at),
            Announces::JapaneseReading => japanese::reading_after(text, at.end),
            Announces::KoreanHonorific => korean::before_honorific(text, at.start),
            Announces::KoreanRole => korean::after_role(text, at),
            Announces::Uncased => uncased::after_title(text, at.start, at.end),
            Announces::Role { is_near } => role::after_role(text, at, is_near),
            Announces::With => role::after_phrase(text, at),
            Announces::Signed => role::after_signed(text, at),
            Announces::Doer => role::after_by(text, at),
            Announces::Wrote => wrote::before(text, at.start),
            Announces::Quoted => wrote::after(text, at),
            Announces::JapaneseHonorific => {
                let [name, reading] = japanese::before_honorific(text, at.start);
                self.push(reading, found);
                name
            }
            Announces::Record(record) => {
                record::people(text, at, record, &mut |span| self.push(Some(span), found));
                None
            }
        };
        self.push(span, found);
    }
}

#[cfg(test)]
mod layout_tests;
#[cfg(test)]
mod tests;
