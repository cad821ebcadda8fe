//! Deny terms: words and names of the operator's own, found wherever they stand as words, in any case.
//!
//! Plain terms only; a deny term that is a regular expression is a [`Pattern`](super::Pattern).

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use thiserror::Error;

use super::rule::{Found, Rule, Wake};
use super::secret::may_start;
use super::text::{char_at, char_before, is_word_char};
use crate::reading::canonical_text;
use crate::{DENY_TERM, EntityType, Score};

/// A longer term is refused; characters.
pub const MAX_TERM_CHARS: usize = 256;
/// A space of a term stands for up to so many characters of white space.
const MAX_SPACES: usize = 8;

/// Why a term is refused; never the term itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TermError {
    /// It would be found everywhere.
    #[error("too short; allowed: 2 to {MAX_TERM_CHARS} characters")]
    TooShort,
    /// Longer than anybody writes.
    #[error("too long; allowed: 2 to {MAX_TERM_CHARS} characters")]
    TooLong,
}

/// A word or phrase that must not leave.
#[derive(Clone)]
pub struct Term {
    /// In canonical form, white space as single spaces.
    chars: Vec<char>,
    entity: EntityType,
    case_sensitive: bool,
}

impl fmt::Debug for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Term")
            .field("entity", &self.entity)
            .finish_non_exhaustive()
    }
}

impl Term {
    /// Finds `text` in any case and with any white space where it has some.
    ///
    /// # Errors
    /// When it has fewer than 2 or more than 256 characters.
    pub fn new(text: &str, entity: EntityType) -> Result<Self, TermError> {
        let text = canonical_text(text);
        let words: Vec<&str> = text.split_whitespace().collect();
        let chars: Vec<char> = words.join(" ").chars().collect();
        match chars.len() {
            0 | 1 => Err(TermError::TooShort),
            2..=MAX_TERM_CHARS => Ok(Self {
                chars,
                entity,
                case_sensitive: false,
            }),
            _ => Err(TermError::TooLong),
        }
    }

    /// Whether the case must be the term's own.
    #[must_use]
    pub const fn with_case_sensitive(mut self, case_sensitive: bool) -> Self {
        self.case_sensitive = case_sensitive;
        self
    }

    /// The longest stretch that reads the same in any case but ASCII's, so that an automaton finds it; or one character.
    fn anchor(&self) -> Range<usize> {
        let fixed = |c: char| !c.is_whitespace() && (self.case_sensitive || is_caseless(c));
        let mut longest = 0..0;
        let mut at = 0;
        while at < self.chars.len() {
            let run = self.chars[at..].iter().take_while(|c| fixed(**c)).count();
            if run > longest.len() {
                longest = at..at + run;
            }
            at += run + 1;
        }
        if longest.is_empty() { 0..1 } else { longest }
    }

    /// What wakes this term.
    fn literals(&self, anchor: Range<usize>) -> Vec<String> {
        let text: String = self.chars[anchor].iter().map(char::to_ascii_lowercase).collect();
        if text.chars().all(is_caseless) || self.case_sensitive {
            return vec![text];
        }
        let mut cases = vec![text.to_lowercase(), text.to_uppercase()];
        cases.dedup();
        cases
    }

    /// Where the term stands whose part `anchor` stands at `at`.
    fn around(&self, text: &str, anchor: &Range<usize>, at: Range<usize>) -> Option<Range<usize>> {
        let inside = text[at.clone()].chars();
        self.run(self.chars[anchor.clone()].iter().copied(), inside)?;
        let before = self.chars[..anchor.start].iter().rev().copied();
        let start = at.start - self.run(before, text[..at.start].chars().rev())?;
        let after = self.chars[anchor.end..].iter().copied();
        let end = at.end + self.run(after, text[at.end..].chars())?;
        let (first, last) = (self.chars[0], self.chars[self.chars.len() - 1]);
        let open = !is_letter(first) || starts(text, start);
        let closed = !is_letter(last) || !char_at(text, end).is_some_and(is_letter);
        (open && closed).then_some(start..end)
    }

    /// Bytes at the beginning of `text` that read as `term`.
    fn run(&self, term: impl Iterator<Item = char>, text: impl Iterator<Item = char>) -> Option<usize> {
        let mut text = text.peekable();
        let mut bytes = 0;
        for wanted in term {
            if wanted == ' ' {
                let mut spaces = 0;
                while let Some(space) = text.next_if(|c| c.is_whitespace() && spaces < MAX_SPACES) {
                    bytes += space.len_utf8();
                    spaces += 1;
                }
                if spaces == 0 {
                    return None;
                }
                continue;
            }
            bytes += text.next_if(|c| self.same(*c, wanted))?.len_utf8();
        }
        Some(bytes)
    }

    fn same(&self, a: char, b: char) -> bool {
        a == b || (!self.case_sensitive && a.to_lowercase().eq(b.to_lowercase()))
    }
}

fn is_caseless(c: char) -> bool {
    c.is_ascii() || (c.to_lowercase().eq([c]) && c.to_uppercase().eq([c]))
}

/// What a word goes on with. Not `_`: `acme_client` names Acme.
fn is_letter(c: char) -> bool {
    c != '_' && is_word_char(c)
}

/// Whether a word may start at `at`, directly after an escape (`\n`) too.
fn starts(text: &str, at: usize) -> bool {
    match char_before(text, at) {
        Some(c) if !c.is_ascii() => !is_letter(c),
        _ => may_start(text.as_bytes(), at),
    }
}

/// All plain deny terms as one rule.
pub struct DenyTerms {
    terms: Vec<(Term, Range<usize>)>,
    /// Which term each literal belongs to.
    woken: Vec<usize>,
    literals: Vec<String>,
    detector: Arc<str>,
}

impl DenyTerms {
    /// A rule that finds `terms`.
    #[must_use]
    pub fn new(terms: impl IntoIterator<Item = Term>) -> Self {
        let mut rule = Self {
            terms: Vec::new(),
            woken: Vec::new(),
            literals: Vec::new(),
            detector: DENY_TERM.into(),
        };
        for term in terms {
            let anchor = term.anchor();
            for literal in term.literals(anchor.clone()) {
                rule.woken.push(rule.terms.len());
                rule.literals.push(literal);
            }
            rule.terms.push((term, anchor));
        }
        rule
    }
}

impl Rule for DenyTerms {
    fn literals(&self) -> Vec<String> {
        self.literals.clone()
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let Wake::Literal { index, at } = wake else {
            return;
        };
        let (term, anchor) = &self.terms[self.woken[index]];
        if let Some(place) = term.around(text, anchor, at.range()) {
            found.push(
                term.entity.clone(),
                place.start,
                place.end,
                Score::CERTAIN,
                &self.detector,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::testing::found;

    fn in_text(term: &str, text: &str) -> Vec<String> {
        let term = Term::new(term, EntityType::Organization).unwrap();
        found(DenyTerms::new([term]), text)
    }

    #[test]
    fn terms_stand_as_words_in_any_case() {
        let text = "Acme, ACME's acme_client; \\nacme acmes macme Acmé";
        assert_eq!(in_text("acme", text), ["Acme", "ACME", "acme", "acme"]);
        assert_eq!(in_text("C++", "we use c++17 and C++"), ["c++", "C++"]);
        assert_eq!(in_text("#42", "issue#42, #421"), ["#42"]);
    }

    #[test]
    fn other_alphabets_have_cases_too() {
        assert_eq!(
            in_text("Müller GmbH", "MÜLLER GMBH, müller gmbh"),
            ["MÜLLER GMBH", "müller gmbh"]
        );
        assert_eq!(in_text("Иванов", "ИВАНОВ иванов Иванова"), ["ИВАНОВ", "иванов"]);
        assert_eq!(in_text("Öl", "ÖL öl Kohl"), ["ÖL", "öl"]);
    }

    #[test]
    fn scripts_without_spaces_have_no_word_boundaries() {
        assert_eq!(in_text("凤凰计划", "关于凤凰计划的进展"), ["凤凰计划"]);
        assert_eq!(in_text("アクメ", "株式会社アクメは"), ["アクメ"]);
    }

    #[test]
    fn a_phrase_may_be_broken_over_lines() {
        assert_eq!(
            in_text("Project  Blue Sky", "project\n  blue\tsky"),
            ["project\n  blue\tsky"]
        );
        assert!(in_text("Project Blue", "ProjectBlue").is_empty());
    }

    #[test]
    fn case_can_matter() {
        let term = Term::new("ÉON", EntityType::Organization)
            .unwrap()
            .with_case_sensitive(true);
        assert_eq!(found(DenyTerms::new([term]), "éon ÉON Éon"), ["ÉON"]);
    }

    #[test]
    fn terms_are_bounded_and_private() {
        let refused = |text: &str| Term::new(text, EntityType::Person).unwrap_err();
        assert_eq!(refused(""), TermError::TooShort);
        assert_eq!(refused(" \u{200b}a "), TermError::TooShort);
        assert_eq!(refused(&"x".repeat(257)), TermError::TooLong);
        let term = Term::new("canary", EntityType::Person).unwrap();
        assert!(!format!("{term:?}").contains('c'), "{term:?}");
    }

    #[test]
    fn hostile_runs_end() {
        let term = "a ".repeat(100);
        let text = "a ".repeat(1 << 19);
        assert!(!in_text(&term, &text).is_empty());
    }
}
