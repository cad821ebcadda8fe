//! Patterns that configuration adds: a regular expression over the whole text, gated by keywords.
//!
//! Who writes the patterns is trusted, the text is not: matching is linear, except that a pattern which looks far ahead
//! after each short match (`a(.*b)?`) looks again for each. Knows no files; see `gitleaks.rs` for those.

use std::fmt;
use std::sync::Arc;

use regex::{Regex, RegexBuilder};
use thiserror::Error;

use super::rule::{Found, Rule, Wake};
use crate::{DENY_TERM, EntityType, Score};

/// A longer pattern is refused; bytes.
pub const MAX_PATTERN_BYTES: usize = 16 << 10;
/// A pattern whose program is larger is refused; bytes.
const MAX_PROGRAM_BYTES: usize = 4 << 20;
/// What matching may remember per thread; bytes.
const CACHE_BYTES: usize = 512 << 10;
/// A keyword or name that is longer is refused; bytes.
const MAX_KEYWORD_BYTES: usize = 256;
/// Names of detectors have 64 characters.
const MAX_NAME_BYTES: usize = 56;
/// A pattern that finds nothing between two characters here always finds characters.
const EMPTY_PROBE: &str = "a 1-b_é.\n\n中\t\"x\"";
/// The group that holds the value, where a pattern names it.
const VALUE_GROUP: &str = "value";

/// Why a pattern is refused; never the pattern itself.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PatternError {
    /// There is nothing to look for.
    #[error("empty; expected a regular expression")]
    Empty,
    /// The source is too long.
    #[error("too long; allowed: up to {MAX_PATTERN_BYTES} bytes")]
    TooLong,
    /// Not a regular expression of the `regex` crate's syntax.
    #[error("not a regular expression: {0}; look-around and back-references are not allowed")]
    Syntax(String),
    /// Compiled, it takes too much memory.
    #[error("too large when compiled; allowed: {MAX_PROGRAM_BYTES} bytes (use smaller repetitions)")]
    TooLarge,
    /// It would match everywhere.
    #[error(
        "matches the empty text, so it would match everywhere; allowed: patterns that need at least one character"
    )]
    MatchesEmpty,
    /// A keyword cannot be looked for.
    #[error("a keyword is empty or too long; allowed: 1 to {MAX_KEYWORD_BYTES} bytes")]
    Keyword,
    /// The name cannot be a detector's.
    #[error("not a name; allowed: 1 to {MAX_NAME_BYTES} of a-z, 0-9, _, . and -")]
    Name,
}

/// Compiles `source` with the limits of this module.
pub(super) fn compile(source: &str) -> Result<Regex, PatternError> {
    if source.is_empty() {
        return Err(PatternError::Empty);
    }
    if source.len() > MAX_PATTERN_BYTES {
        return Err(PatternError::TooLong);
    }
    let regex = RegexBuilder::new(source)
        .size_limit(MAX_PROGRAM_BYTES)
        .dfa_size_limit(CACHE_BYTES)
        .build()
        .map_err(|error| refusal(&error))?;
    if regex.is_match("") || regex.find_iter(EMPTY_PROBE).any(|found| found.is_empty()) {
        return Err(PatternError::MatchesEmpty);
    }
    Ok(regex)
}

/// The last line of a syntax error says what is wrong in constant words; those before it show the pattern.
fn refusal(error: &regex::Error) -> PatternError {
    match error {
        regex::Error::CompiledTooBig(_) => PatternError::TooLarge,
        other => {
            let text = other.to_string();
            let reason = text
                .rsplit_once("error: ")
                .map_or("malformed", |(_, reason)| reason);
            PatternError::Syntax(reason.trim().to_owned())
        }
    }
}

/// The literals that wake for `keywords`, in any case.
pub(super) fn wake_words<'a>(
    keywords: impl IntoIterator<Item = &'a str>,
) -> Result<Vec<String>, PatternError> {
    let mut literals = Vec::new();
    for keyword in keywords {
        if keyword.is_empty() || keyword.len() > MAX_KEYWORD_BYTES {
            return Err(PatternError::Keyword);
        }
        literals.push(keyword.to_lowercase());
        if !keyword.is_ascii() {
            // Other scripts are matched as they are written.
            let capitals: String = keyword
                .to_uppercase()
                .chars()
                .map(|c| c.to_ascii_lowercase())
                .collect();
            literals.extend([
                capitals,
                keyword.chars().map(|c| c.to_ascii_lowercase()).collect(),
            ]);
        }
    }
    literals.sort_unstable();
    literals.dedup();
    Ok(literals)
}

/// One pattern of configuration. Its match is what is masked, or its group `value` where it names one.
#[derive(Clone)]
pub struct Pattern {
    detector: Arc<str>,
    entity: EntityType,
    regex: Regex,
    keywords: Vec<String>,
    score: Score,
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pattern")
            .field("detector", &self.detector)
            .finish_non_exhaustive()
    }
}

impl Pattern {
    /// Finds `regex`, in the syntax of the `regex` crate, as the detector `pattern.<name>`.
    ///
    /// # Errors
    /// When the name is not `[a-z0-9_.-]{1,56}`, or the pattern is malformed, too large, or matches everywhere.
    pub fn new(name: &str, regex: &str, entity: EntityType) -> Result<Self, PatternError> {
        let is_name = (1..=MAX_NAME_BYTES).contains(&name.len())
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'.' | b'-'));
        if !is_name {
            return Err(PatternError::Name);
        }
        Self::named(&format!("pattern.{name}"), regex, entity, Score::STRONG)
    }

    /// Finds `regex` as a deny term: what it matches never leaves, whatever the lists say.
    ///
    /// # Errors
    /// When the pattern is malformed, too large, or matches everywhere.
    pub fn denied(regex: &str, entity: EntityType) -> Result<Self, PatternError> {
        Self::named(DENY_TERM, regex, entity, Score::CERTAIN)
    }

    fn named(detector: &str, regex: &str, entity: EntityType, score: Score) -> Result<Self, PatternError> {
        Ok(Self {
            detector: detector.into(),
            entity,
            regex: compile(regex)?,
            keywords: Vec::new(),
            score,
        })
    }

    /// Looks only at texts that hold one of `keywords`, in any case.
    ///
    /// # Errors
    /// When a keyword is empty or longer than 256 bytes.
    pub fn with_keywords(mut self, keywords: &[String]) -> Result<Self, PatternError> {
        self.keywords = wake_words(keywords.iter().map(String::as_str))?;
        Ok(self)
    }

    /// How sure a match is; 85 percent if not said.
    #[must_use]
    pub const fn with_score(mut self, score: Score) -> Self {
        self.score = score;
        self
    }
}

impl Rule for Pattern {
    fn literals(&self) -> Vec<String> {
        self.keywords.clone()
    }

    fn on_whole_text(&self) -> bool {
        true
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        if !matches!(wake, Wake::Whole(_)) {
            return;
        }
        for captures in self.regex.captures_iter(text) {
            let Some(value) = captures.name(VALUE_GROUP).or_else(|| captures.get(0)) else {
                continue;
            };
            if !value.is_empty() {
                found.push(
                    self.entity.clone(),
                    value.start(),
                    value.end(),
                    self.score,
                    &self.detector,
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::testing::typed;

    fn ticket(regex: &str) -> Pattern {
        Pattern::new("ticket", regex, "CUSTOM:TICKET".parse().unwrap()).unwrap()
    }

    #[test]
    fn every_match_is_found() {
        let pattern = ticket("TCK-[0-9]{4}");
        assert_eq!(
            typed(pattern, "TCK-1234, tck-1, TCK-9999"),
            ["CUSTOM:TICKET TCK-1234", "CUSTOM:TICKET TCK-9999"]
        );
    }

    #[test]
    fn a_named_group_is_the_value_and_others_are_not() {
        let named = ticket("ticket=(?P<value>[0-9]+)");
        assert_eq!(typed(named, "ticket=77"), ["CUSTOM:TICKET 77"]);
        let grouped = ticket("(a|b)-[0-9]+");
        assert_eq!(typed(grouped, "a-7"), ["CUSTOM:TICKET a-7"]);
    }

    #[test]
    fn keywords_gate_the_pattern_in_any_case() {
        let keywords = ["Straße".to_owned(), "badge".to_owned()];
        let gated = ticket("[0-9]{5}").with_keywords(&keywords).unwrap();
        assert!(typed(gated.clone(), "12345").is_empty());
        assert_eq!(typed(gated.clone(), "BADGE 12345"), ["CUSTOM:TICKET 12345"]);
        assert_eq!(typed(gated, "straße 12345"), ["CUSTOM:TICKET 12345"]);
    }

    #[test]
    fn refusals_name_what_is_allowed_and_not_the_pattern() {
        let refused = |regex: &str| Pattern::new("x", regex, EntityType::Person).unwrap_err();
        assert_eq!(refused(""), PatternError::Empty);
        for everywhere in ["x*", ".*", "(secretword)?", r"\b", "^", "(?m)$", "a|"] {
            assert_eq!(refused(everywhere), PatternError::MatchesEmpty, "{everywhere}");
        }
        assert_eq!(refused(&"a".repeat(MAX_PATTERN_BYTES + 1)), PatternError::TooLong);
        assert_eq!(refused(r"\w{1000}\w{1000}\w{1000}"), PatternError::TooLarge);
        for malformed in ["(secretword", "(?=secretword)", r"(secretword)\1"] {
            let error = refused(malformed);
            assert!(matches!(error, PatternError::Syntax(_)), "{error}");
            assert!(!error.to_string().contains("secretword"), "{error}");
        }
        for name in ["", "Upper", "with space", &"x".repeat(57)] {
            let error = Pattern::new(name, "x", EntityType::Person).unwrap_err();
            assert_eq!(error, PatternError::Name);
        }
        let keyed = ticket("x").with_keywords(&[String::new()]).unwrap_err();
        assert_eq!(keyed, PatternError::Keyword);
    }
}
