//! Rule files in gitleaks' TOML format (its README, section "Configuration"), as rules.
//!
//! A rule is woken by its keywords and then runs its expression over the whole text, as gitleaks does. Texts have no path
//! and no commit: `path` beside a `regex` is left out of account, a rule with a `path` only is skipped, and so are
//! allowlists of paths. A key `bauta_type` of our own names the entity type, `API_KEY` if not said.

mod allowlist;
mod error;
mod fields;
mod go_syntax;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use regex::{Captures, Regex};
use toml::Table;

use self::allowlist::{Allowlist, Match};
use self::fields::Fields;
use self::go_syntax::translate;
use super::pattern::{compile, wake_words};
use super::rule::{Found, Rule, Wake};
use crate::{ByteSpan, EntityType, Score};

pub use self::error::{Place, Problem, RuleFileError};

/// A detector's name has 64 characters; so many are left for the rule's id.
const MAX_ID: usize = 55;

/// The rules of one file.
#[derive(Clone, Debug)]
pub struct RuleFile {
    rules: Vec<GitleaksRule>,
    notes: Vec<String>,
}

impl RuleFile {
    /// Reads the TOML `text` of the file that messages call `file`.
    ///
    /// # Errors
    /// Names the file, the rule and the key, and says what is allowed.
    pub fn parse(file: &str, text: &str) -> Result<Self, RuleFileError> {
        let table: Table = text.parse().map_err(|error: toml::de::Error| {
            let at = error.span().map_or(0, |span| span.start.min(text.len()));
            let line = 1 + text.as_bytes()[..at].iter().filter(|b| **b == b'\n').count();
            RuleFileError {
                file: file.to_owned(),
                place: Place::Top,
                problem: Problem::Toml(line),
            }
        })?;
        let mut top = Fields::new(file, Place::Top, table);
        top.skip(&["title", "description", "minVersion"]);
        refuse_extend(&mut top)?;
        let mut notes = Vec::new();
        let mut rules = Vec::new();
        let mut ids = HashSet::new();
        for (nth, table) in top.tables("rules")?.into_iter().enumerate() {
            let read = GitleaksRule::read(file, nth + 1, table, &mut ids, &mut notes)?;
            rules.extend(read);
        }
        let global = allowlists(&mut top, &mut notes)?;
        for allowlist in &global {
            if !allowlist.targets.iter().all(|target| ids.contains(target)) {
                return Err(top.refuse(Problem::UnknownTarget));
            }
        }
        top.finish()?;
        for rule in &mut rules {
            let theirs = global.iter().filter(|allowlist| allowlist.is_for(&rule.id));
            rule.allowlists.extend(theirs.cloned());
        }
        Ok(Self { rules, notes })
    }

    /// What of the file has no effect, in words for its owner.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// How many rules it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether it holds no rule.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The rules, to be run with others.
    pub fn rules(&self) -> impl Iterator<Item = Box<dyn Rule>> {
        self.rules
            .iter()
            .map(|rule| Box::new(rule.clone()) as Box<dyn Rule>)
    }
}

fn refuse_extend(top: &mut Fields<'_>) -> Result<(), RuleFileError> {
    let Some(extend) = top.table("extend")? else {
        return Ok(());
    };
    let alone = extend
        .iter()
        .all(|(key, value)| key.eq_ignore_ascii_case("useDefault") && value.as_bool() == Some(false));
    if alone {
        Ok(())
    } else {
        Err(top.refuse(Problem::Extend))
    }
}

/// `[[allowlists]]`, and the one `[allowlist]` of older files.
fn allowlists(fields: &mut Fields<'_>, notes: &mut Vec<String>) -> Result<Vec<Allowlist>, RuleFileError> {
    let mut tables = fields.tables("allowlists")?;
    tables.extend(fields.table("allowlist")?);
    let mut all = Vec::new();
    for (nth, table) in tables.into_iter().enumerate() {
        let place = Place::Inside(Box::new(fields.place.clone()), "allowlist", nth + 1);
        all.extend(Allowlist::read(fields.file, place, table, notes)?);
    }
    Ok(all)
}

/// One `[[rules]]`.
#[derive(Clone)]
struct GitleaksRule {
    id: String,
    detector: Arc<str>,
    entity: EntityType,
    regex: Regex,
    keywords: Vec<String>,
    /// Which group is secret; 0 for the first that is not empty.
    group: usize,
    /// What the secret's entropy must exceed; 0 for no matter.
    entropy: f64,
    allowlists: Vec<Allowlist>,
}

impl fmt::Debug for GitleaksRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GitleaksRule")
            .field("detector", &self.detector)
            .finish_non_exhaustive()
    }
}

impl GitleaksRule {
    /// Reads the rule of that number; `None`, with a note, for a rule about paths.
    fn read(
        file: &str,
        number: usize,
        table: Table,
        ids: &mut HashSet<String>,
        notes: &mut Vec<String>,
    ) -> Result<Option<Self>, RuleFileError> {
        let mut fields = Fields::new(file, Place::Rule(number), table);
        let id = fields.text("id")?.filter(|id| !id.trim().is_empty());
        let id = id.ok_or_else(|| fields.refuse(Problem::Missing("id")))?;
        fields.place = Place::Named(id.clone());
        if !ids.insert(id.clone()) {
            return Err(fields.refuse(Problem::Twice));
        }
        fields.skip(&["description", "tags"]);
        let has_path = fields.text("path")?.is_some();
        let written = fields.text("regex")?.filter(|regex| !regex.is_empty());
        let pattern = |key| move |error| Problem::Pattern { key, error };
        let regex = written
            .as_deref()
            .map(|regex| compile(&translate(regex)))
            .transpose()
            .map_err(|error| fields.refuse(pattern("regex")(error)))?;
        let group = fields.index("secretGroup")?;
        let entropy = fields.number("entropy")?.unwrap_or(0.0);
        let keywords = fields.texts("keywords")?;
        let keywords = wake_words(keywords.iter().map(String::as_str))
            .map_err(|error| fields.refuse(pattern("keywords")(error)))?;
        let entity = match fields.text("bauta_type")? {
            None => EntityType::ApiKey,
            Some(name) => name
                .parse()
                .map_err(|error| fields.refuse(Problem::Entity(error)))?,
        };
        let allowlists = allowlists(&mut fields, notes)?;
        let Some(regex) = regex else {
            if !has_path {
                return Err(fields.refuse(Problem::Missing("regex")));
            }
            notes.push(format!(
                "{file}: {}: skipped: it is about paths only",
                fields.place
            ));
            return fields.finish().map(|()| None);
        };
        if group >= regex.captures_len() {
            return Err(fields.refuse(Problem::Group(regex.captures_len() - 1)));
        }
        fields.finish()?;
        Ok(Some(Self {
            detector: detector_name(&id).into(),
            id,
            entity,
            regex,
            keywords,
            group,
            entropy,
            allowlists,
        }))
    }

    /// The secret of a match: the named group, else the first that holds something, else the match without line ends.
    fn secret(&self, captures: &Captures<'_>) -> Option<ByteSpan> {
        let whole = captures.get(0)?;
        let group = match self.group {
            0 => captures.iter().skip(1).flatten().find(|group| !group.is_empty()),
            group => captures.get(group),
        };
        let found = group.unwrap_or(whole);
        let text = found.as_str();
        let start = found.start() + (text.len() - text.trim_start_matches('\n').len());
        let end = found.start() + text.trim_end_matches('\n').len();
        (start < end).then(|| ByteSpan::new(start, end))
    }
}

/// `gitleaks.<id>` in the characters that detectors' names have.
fn detector_name(id: &str) -> String {
    let plain = id.chars().take(MAX_ID).map(|c| match c.to_ascii_lowercase() {
        c @ ('a'..='z' | '0'..='9' | '_' | '-') => c,
        _ => '_',
    });
    format!("gitleaks.{}", plain.collect::<String>())
}

/// Shannon's entropy in bits per character.
fn entropy(text: &str) -> f64 {
    let mut counts: HashMap<char, u32> = HashMap::new();
    let mut total = 0.0;
    for char in text.chars() {
        *counts.entry(char).or_default() += 1;
        total += 1.0;
    }
    let share = |count: &u32| f64::from(*count) / total;
    counts
        .values()
        .map(|count| -share(count) * share(count).log2())
        .sum()
}

impl Rule for GitleaksRule {
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
            let (Some(whole), Some(secret)) = (captures.get(0), self.secret(&captures)) else {
                continue;
            };
            let whole = ByteSpan::new(whole.start(), whole.end());
            let is_weak = self.entropy > 0.0 && entropy(&text[secret.range()]) <= self.entropy;
            let candidate = Match { text, whole, secret };
            if !is_weak && !self.allowlists.iter().any(|list| list.allows(candidate)) {
                found.push(
                    self.entity.clone(),
                    secret.start,
                    secret.end,
                    Score::STRONG,
                    &self.detector,
                );
            }
        }
    }
}

#[cfg(test)]
mod tests;
