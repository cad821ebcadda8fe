//! Deny terms: words and names of the operator's own, found wherever they stand as words, in any case, and glued to
//! others as programs write names (`acmeClient`, `BLUE_SKY_URL`).
//!
//! Plain terms only; a deny term that is a regular expression is a [`Pattern`](super::Pattern).

mod edge;
mod needle;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use thiserror::Error;

use self::needle::{Form, Needle};
use super::rule::{Found, Rule, Wake};
use crate::reading::canonical_text;
use crate::{DENY_TERM, EntityType, GLUED_TERM, Score};

/// A longer term is refused; characters.
pub const MAX_TERM_CHARS: usize = 256;

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
    exact: bool,
}

impl fmt::Debug for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Term")
            .field("entity", &self.entity)
            .finish_non_exhaustive()
    }
}

impl Term {
    /// Finds `text` in any case and with any white space where it has some; of two words or five letters, in glued
    /// forms too.
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
                exact: false,
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

    /// Whether only whole words count, written as the term is.
    #[must_use]
    pub const fn with_exact(mut self, exact: bool) -> Self {
        self.exact = exact;
        self
    }
}

/// All plain deny terms as one rule.
pub struct DenyTerms {
    needles: Vec<(Needle, EntityType)>,
    /// Which needle each literal belongs to.
    woken: Vec<usize>,
    literals: Vec<String>,
    whole: Arc<str>,
    glued: Arc<str>,
}

impl DenyTerms {
    /// A rule that finds `terms`.
    #[must_use]
    pub fn new(terms: impl IntoIterator<Item = Term>) -> Self {
        let mut rule = Self {
            needles: terms
                .into_iter()
                .map(|term| (Needle::new(&term), term.entity))
                .collect(),
            woken: Vec::new(),
            literals: Vec::new(),
            whole: DENY_TERM.into(),
            glued: GLUED_TERM.into(),
        };
        // A word that many terms share (`Project A`, `Project B`) would wake them all.
        let mut shared: HashMap<String, usize> = HashMap::new();
        for word in rule.needles.iter().flat_map(|(needle, _)| needle.anchors()) {
            *shared.entry(word).or_default() += 1;
        }
        for (nth, (needle, _)) in rule.needles.iter_mut().enumerate() {
            needle.choose_anchor(|word| shared.get(word).copied().unwrap_or_default());
            for literal in needle.literals() {
                rule.woken.push(nth);
                rule.literals.push(literal);
            }
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
        let (needle, entity) = &self.needles[self.woken[index]];
        if let Some((place, form)) = needle.around(text, at.range()) {
            let detector = match form {
                Form::Whole => &self.whole,
                Form::Glued => &self.glued,
            };
            found.push(entity.clone(), place.start, place.end, Score::CERTAIN, detector);
        }
    }
}
