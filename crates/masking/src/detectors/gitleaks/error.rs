//! Why a rule file is refused: the file, the rule, the key, and what is allowed.

use std::fmt;

use thiserror::Error;

use super::super::pattern::PatternError;
use crate::entity::InvalidEntityType;

/// Longer names of the file are cut in messages; bytes.
const MAX_SHOWN: usize = 80;

/// A rule file that cannot be used, whole.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{file}: {place}: {problem}")]
pub struct RuleFileError {
    /// The name that the file was given as.
    pub file: String,
    /// Which part of it.
    pub place: Place,
    /// What is wrong there.
    #[source]
    pub problem: Problem,
}

/// A part of a rule file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The file itself.
    Top,
    /// A rule whose id is not known: its number, from 1.
    Rule(usize),
    /// A rule, by its id.
    Named(String),
    /// A part of another place: `allowlists`, and its number there, from 1.
    Inside(Box<Place>, &'static str, usize),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Top => f.write_str("top level"),
            Self::Rule(number) => write!(f, "rule number {number}"),
            Self::Named(id) => write!(f, "rule `{}`", shown(id)),
            Self::Inside(outer, key, number) => write!(f, "{outer}: {key} number {number}"),
        }
    }
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Problem {
    /// The line that cannot be read.
    #[error("not TOML, at line {0}")]
    Toml(usize),
    /// A key that neither gitleaks nor Bauta knows, or that has no meaning here. It is not shown: it may be a secret that
    /// stands in the wrong place.
    #[error("unknown key; allowed: {allowed}")]
    UnknownKey {
        /// Keys that may stand there.
        allowed: String,
    },
    /// A value of another kind.
    #[error("`{key}` is not allowed so; expected {expected}")]
    Kind {
        /// Which key.
        key: &'static str,
        /// What it takes.
        expected: &'static str,
    },
    /// A key that must be there.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A pattern or keyword that cannot be used.
    #[error("`{key}`: {error}")]
    Pattern {
        /// Which key.
        key: &'static str,
        /// Why.
        error: PatternError,
    },
    /// Not an entity type.
    #[error("`bauta_type`: {0}")]
    Entity(InvalidEntityType),
    /// A group that the expression does not have.
    #[error("`secretGroup` is larger than the number of groups in `regex`, {0}")]
    Group(usize),
    /// Two rules of one id.
    #[error("the id is used twice; allowed: one rule per id")]
    Twice,
    /// An allowlist for a rule that is not there.
    #[error("`targetRules` names a rule that is not in this file")]
    UnknownTarget,
    /// An allowlist that allows nothing.
    #[error("is empty; expected `regexes` or `stopwords`")]
    Empty,
    /// The file builds on another.
    #[error(
        "`extend` is not supported: nothing is fetched or built on; allowed: `useDefault = false` alone (copy the rules that you need into this file)"
    )]
    Extend,
}

/// Bounded, and without what could disturb a terminal.
pub(super) fn shown(name: &str) -> String {
    let cut = name
        .char_indices()
        .map(|(at, c)| at + c.len_utf8())
        .take_while(|end| *end <= MAX_SHOWN);
    let end = cut.last().unwrap_or(0);
    name[..end]
        .chars()
        .map(|c| if c.is_control() { '?' } else { c })
        .collect()
}
