//! Entries of the policy's lists as written, and their step to compiled terms and patterns.

use ::masking::detectors::{Pattern, Term};
use ::masking::{EntityType, Score};
use serde::Deserialize;

use super::fields::Fields;
use configuration::Secret;

/// Names no entity type.
pub(super) const NOT_A_TYPE: &str = "not an entity type; allowed: the built-in names (EMAIL, PHONE, ...) or CUSTOM:NAME, NAME being 1 to 32 of \
                                     A-Z, 0-9 and _, first a letter";

/// One of `deny_terms`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct WrittenTerm {
    term: Option<Secret>,
    regex: Option<Secret>,
    #[serde(rename = "type")]
    entity: String,
    #[serde(default)]
    case_sensitive: bool,
    #[serde(default)]
    exact: bool,
}

/// One of `patterns`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct WrittenPattern {
    name: String,
    regex: Secret,
    #[serde(rename = "type")]
    entity: String,
    #[serde(default)]
    keywords: Vec<Secret>,
    #[serde(default = "strong")]
    score: u8,
}

const fn strong() -> u8 {
    Score::STRONG.percent()
}

/// A deny term, compiled.
pub(super) enum DenyTerm {
    Plain(Term),
    Pattern(Pattern),
}

/// A type in any case; `CUSTOM_NAME` is `CUSTOM:NAME`, which no shell takes as part of a variable's name.
pub(in crate::config) fn entity_type(name: &str) -> Option<EntityType> {
    let name = name.to_ascii_uppercase();
    let custom = name.strip_prefix("CUSTOM_").map(|own| format!("CUSTOM:{own}"));
    custom.unwrap_or(name).parse().ok()
}

impl WrittenTerm {
    pub(super) fn compile(&self) -> Result<DenyTerm, String> {
        let entity = entity_type(&self.entity).ok_or_else(|| format!("`type`: {NOT_A_TYPE}"))?;
        match (&self.term, &self.regex) {
            (Some(term), None) => Term::new(term.expose_text(), entity)
                .map(|term| {
                    term.with_case_sensitive(self.case_sensitive)
                        .with_exact(self.exact)
                })
                .map(DenyTerm::Plain)
                .map_err(|error| format!("`term`: {error}")),
            (None, Some(_)) if self.case_sensitive => {
                Err("`case_sensitive` goes with `term`; a `regex` says it itself, with (?i)".to_owned())
            }
            (None, Some(_)) if self.exact => {
                Err("`exact` goes with `term`; a `regex` says it itself, with \\b".to_owned())
            }
            (None, Some(regex)) => Pattern::denied(regex.expose_text(), entity)
                .map(DenyTerm::Pattern)
                .map_err(|error| format!("`regex`: {error}")),
            _ => Err("expected either `term` or `regex`".to_owned()),
        }
    }

    pub(super) fn digest(&self, fields: &mut Fields) {
        let Self {
            term,
            regex,
            entity,
            case_sensitive,
            exact,
        } = self;
        for text in [term, regex] {
            fields.optional(text.as_ref().map(Secret::expose_text));
        }
        fields.text(&entity.to_ascii_uppercase());
        fields.flag(*case_sensitive);
        fields.flag(*exact);
    }
}

impl WrittenPattern {
    pub(super) fn compile(&self) -> Result<Pattern, String> {
        let entity = entity_type(&self.entity).ok_or_else(|| format!("`type`: {NOT_A_TYPE}"))?;
        if self.score > 100 {
            return Err("`score`: out of range; allowed: 0 to 100".to_owned());
        }
        let keywords: Vec<String> = self
            .keywords
            .iter()
            .map(|word| word.expose_text().to_owned())
            .collect();
        Pattern::new(&self.name, self.regex.expose_text(), entity)
            .and_then(|pattern| pattern.with_keywords(&keywords))
            .map(|pattern| pattern.with_score(Score::new(self.score)))
            .map_err(|error| error.to_string())
    }

    pub(super) fn digest(&self, fields: &mut Fields) {
        let Self {
            name,
            regex,
            entity,
            keywords,
            score,
        } = self;
        fields.text(name);
        fields.text(regex.expose_text());
        fields.text(&entity.to_ascii_uppercase());
        fields.list(keywords.iter(), |fields, keyword| {
            fields.text(keyword.expose_text());
        });
        fields.number(usize::from(*score));
    }
}
