//! What a rule's matches are let off for: expressions and stop words.

use aho_corasick::AhoCorasick;
use regex::Regex;
use toml::Table;

use super::super::pattern::{PatternError, compile};
use super::super::text::{line_after, line_before};
use super::error::{Place, Problem, RuleFileError};
use super::fields::Fields;
use super::go_syntax::translate;
use crate::ByteSpan;

/// How much of a line is looked at on each side of a match; bytes. Lines may be as long as the text.
const LINE_REACH: usize = 2048;

/// A match of a rule.
#[derive(Clone, Copy)]
pub(super) struct Match<'t> {
    pub(super) text: &'t str,
    /// What the whole expression matched.
    pub(super) whole: ByteSpan,
    /// What of it is secret.
    pub(super) secret: ByteSpan,
}

#[derive(Clone, Copy)]
enum Target {
    Secret,
    Match,
    Line,
}

/// One `[[allowlists]]`.
#[derive(Clone)]
pub(super) struct Allowlist {
    target: Target,
    regexes: Vec<Regex>,
    stopwords: Option<AhoCorasick>,
    /// Both have to agree.
    all: bool,
    /// Ids of the rules that it is for; empty for all.
    pub(super) targets: Vec<String>,
}

impl Allowlist {
    /// Reads one; `None`, with a note, when only paths or commits could make it apply.
    pub(super) fn read(
        file: &str,
        place: Place,
        table: Table,
        notes: &mut Vec<String>,
    ) -> Result<Option<Self>, RuleFileError> {
        let mut fields = Fields::new(file, place, table);
        fields.skip(&["description"]);
        let elsewhere = !fields.texts("paths")?.is_empty() | !fields.texts("commits")?.is_empty();
        let targets = fields.texts("targetRules")?;
        let all = match fields
            .text("condition")?
            .map(|text| text.to_uppercase())
            .as_deref()
        {
            None | Some("" | "OR" | "||") => false,
            Some("AND" | "&&") => true,
            Some(_) => {
                return Err(fields.refuse(Problem::Kind {
                    key: "condition",
                    expected: "`OR` or `AND`",
                }));
            }
        };
        let target = match fields.text("regexTarget")?.as_deref() {
            None | Some("" | "secret") => Target::Secret,
            Some("match") => Target::Match,
            Some("line") => Target::Line,
            Some(_) => {
                return Err(fields.refuse(Problem::Kind {
                    key: "regexTarget",
                    expected: "`secret`, `match` or `line`",
                }));
            }
        };
        let refuse = |fields: &Fields<'_>, key, error| fields.refuse(Problem::Pattern { key, error });
        let written = fields.texts("regexes")?;
        let compiled: Result<Vec<Regex>, PatternError> =
            written.iter().map(|regex| compile(&translate(regex))).collect();
        let regexes = compiled.map_err(|error| refuse(&fields, "regexes", error))?;
        let words = fields.texts("stopwords")?;
        if words.iter().any(String::is_empty) {
            return Err(refuse(&fields, "stopwords", PatternError::Keyword));
        }
        let stopwords =
            (!words.is_empty()).then(|| AhoCorasick::builder().ascii_case_insensitive(true).build(&words));
        let stopwords = stopwords
            .transpose()
            .map_err(|_| refuse(&fields, "stopwords", PatternError::TooLarge))?;
        let nothing = regexes.is_empty() && stopwords.is_none();
        if nothing && !elsewhere {
            return Err(fields.refuse(Problem::Empty));
        }
        let without_effect = nothing || (all && elsewhere);
        if without_effect {
            notes.push(format!(
                "{file}: {}: has no effect: it depends on paths or commits, which texts do not have",
                fields.place
            ));
        }
        fields.finish()?;
        Ok((!without_effect).then_some(Self {
            target,
            regexes,
            stopwords,
            all,
            targets,
        }))
    }

    /// Whether it is for the rule `id`.
    pub(super) fn is_for(&self, id: &str) -> bool {
        self.targets.is_empty() || self.targets.iter().any(|target| target == id)
    }

    /// Whether a match is no secret.
    pub(super) fn allows(&self, found: Match<'_>) -> bool {
        let by_regex = (!self.regexes.is_empty()).then(|| self.regex_allows(found));
        let secret = &found.text[found.secret.range()];
        let by_word = self.stopwords.as_ref().map(|words| words.is_match(secret));
        match (by_regex, by_word) {
            (Some(regex), Some(word)) if self.all => regex && word,
            (regex, word) => regex.unwrap_or(false) || word.unwrap_or(false),
        }
    }

    fn regex_allows(&self, found: Match<'_>) -> bool {
        let Match { text, whole, secret } = found;
        let target = match self.target {
            Target::Secret => &text[secret.range()],
            Target::Match => &text[whole.range()],
            Target::Line => {
                let before = line_before(text, whole.start, LINE_REACH).len();
                let after = line_after(text, whole.end, LINE_REACH).len();
                &text[whole.start - before..whole.end + after]
            }
        };
        self.regexes.iter().any(|regex| regex.is_match(target))
    }
}
