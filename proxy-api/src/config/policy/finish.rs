//! From the policy as written to the one in force: types, ranges, unsafe combinations, patterns, rule files.

use std::collections::BTreeSet;
use std::path::Path;

use ::masking::Profile;
use ::masking::detectors::gitleaks::RuleFile;
use ::masking::detectors::{Pattern, Term};
use configuration::Layers;
use llm_wire::Credential;

use super::super::{ConfigError, Dangerous};
use super::fields::Fields;
use super::lists::{DenyTerm, NOT_A_TYPE, entity_type};
use super::rules::NEEDS_SWITCH;
use super::{ListsDigest, Policy, WrittenPolicy};

/// More terms would make an automaton of hundreds of megabytes.
const MAX_DENY_TERMS: usize = 10_000;
/// Each is a pass over the texts that its keywords wake.
const MAX_PATTERNS: usize = 1000;
/// gitleaks' own file has about 100 KB; bytes.
const MAX_RULE_FILE_BYTES: u64 = 4 << 20;
pub(super) struct Checker<'a> {
    layers: &'a Layers,
    pub(super) allow_secrets: bool,
}

/// Checks and compiles `written`, for a profile; reads the rule files.
pub(in crate::config) fn finish(
    written: WrittenPolicy,
    profile: Profile,
    dangerous: &Dangerous,
    layers: &Layers,
) -> Result<Policy, ConfigError> {
    let checker = Checker {
        layers,
        allow_secrets: dangerous.allow_secrets,
    };
    let rules = checker.rules(&written, profile)?;
    let mut ignore_types = BTreeSet::new();
    for (nth, name) in written.ignore_types.iter().enumerate() {
        let entity = entity_type(name).ok_or_else(|| checker.entry("ignore_types", nth, NOT_A_TYPE))?;
        if entity.is_secret() && !checker.allow_secrets {
            return Err(checker.entry("ignore_types", nth, NEEDS_SWITCH));
        }
        ignore_types.insert(entity);
    }
    let provider_credentials = checker.provider_credentials(&written)?;
    let (deny_terms, mut patterns) = checker.deny_terms(&written)?;
    patterns.extend(checker.patterns(&written)?);
    let (rule_files, texts) = checker.rule_files(&written)?;
    Ok(Policy {
        profile,
        opaque_content: written.opaque_content.finish(profile),
        tool_definitions: written.tool_definitions,
        provider_credentials,
        public_addresses: written.public_addresses,
        rules,
        ignore_types,
        lists_digest: lists_digest(&written, &texts),
        allow_values: written.allow_values,
        deny_terms,
        patterns,
        rule_files,
    })
}

impl Checker<'_> {
    pub(super) fn fail(&self, key: &str, problem: &str) -> ConfigError {
        self.layers.wrong(&format!("policy.{key}"), problem)
    }

    fn entry(&self, key: &str, nth: usize, problem: &str) -> ConfigError {
        self.fail(key, &format!("entry {}: {problem}", nth + 1))
    }

    fn provider_credentials(&self, written: &WrittenPolicy) -> Result<BTreeSet<Credential>, ConfigError> {
        let named = |name: &String| Credential::ALL.into_iter().find(|place| place.name() == name);
        let places = written.provider_credentials.iter().enumerate();
        places
            .map(|(nth, name)| {
                named(name).ok_or_else(|| {
                    let allowed = Credential::ALL.map(Credential::name).join(", ");
                    let problem = format!("no place of a credential; allowed: {allowed}");
                    self.entry("provider_credentials", nth, &problem)
                })
            })
            .collect()
    }

    fn deny_terms(&self, written: &WrittenPolicy) -> Result<(Vec<Term>, Vec<Pattern>), ConfigError> {
        let key = "deny_terms";
        if written.deny_terms.len() > MAX_DENY_TERMS {
            return Err(self.fail(key, &format!("too many; allowed: up to {MAX_DENY_TERMS}")));
        }
        let (mut terms, mut patterns) = (Vec::new(), Vec::new());
        for (nth, term) in written.deny_terms.iter().enumerate() {
            match term.compile().map_err(|problem| self.entry(key, nth, &problem))? {
                DenyTerm::Plain(term) => terms.push(term),
                DenyTerm::Pattern(pattern) => patterns.push(pattern),
            }
        }
        Ok((terms, patterns))
    }

    fn patterns(&self, written: &WrittenPolicy) -> Result<Vec<Pattern>, ConfigError> {
        let key = "patterns";
        if written.patterns.len() > MAX_PATTERNS {
            return Err(self.fail(key, &format!("too many; allowed: up to {MAX_PATTERNS}")));
        }
        let patterns = written.patterns.iter().enumerate();
        patterns
            .map(|(nth, pattern)| {
                pattern
                    .compile()
                    .map_err(|problem| self.entry(key, nth, &problem))
            })
            .collect()
    }

    /// The rule files and their texts.
    fn rule_files(&self, written: &WrittenPolicy) -> Result<(Vec<RuleFile>, Vec<String>), ConfigError> {
        let (mut files, mut texts) = (Vec::new(), Vec::new());
        for (nth, path) in written.rule_files.iter().enumerate() {
            let text = read(path).map_err(|problem| self.entry("rule_files", nth, &problem))?;
            let file = RuleFile::parse(&path.display().to_string(), &text)
                .map_err(|error| self.fail("rule_files", &error.to_string()))?;
            files.push(file);
            texts.push(text);
        }
        Ok((files, texts))
    }
}

fn read(path: &Path) -> Result<String, String> {
    let cannot = |error: std::io::Error| format!("the file that it names cannot be read: {}", error.kind());
    if std::fs::metadata(path).map_err(cannot)?.len() > MAX_RULE_FILE_BYTES {
        return Err(format!(
            "the file that it names is too large; allowed: up to {MAX_RULE_FILE_BYTES} bytes"
        ));
    }
    std::fs::read_to_string(path).map_err(cannot)
}

/// The same for the same settings, in whatever order the file has its keys.
fn lists_digest(written: &WrittenPolicy, rule_files: &[String]) -> ListsDigest {
    let WrittenPolicy {
        allow_values,
        deny_terms,
        patterns,
        // Their texts.
        rule_files: _,
        // In `Policy`, checked.
        profile: _,
        actions: _,
        scopes: _,
        thresholds: _,
        merge_gaps: _,
        ignore_types: _,
        opaque_content: _,
        tool_definitions: _,
        provider_credentials: _,
        public_addresses: _,
    } = written;
    if allow_values.is_empty() && deny_terms.is_empty() && patterns.is_empty() && rule_files.is_empty() {
        return ListsDigest(None);
    }
    let mut fields = Fields::of("policy lists");
    fields.list(allow_values.iter(), |fields, value| {
        fields.text(value.expose_text());
    });
    fields.list(deny_terms.iter(), |fields, term| term.digest(fields));
    fields.list(patterns.iter(), |fields, pattern| pattern.digest(fields));
    fields.list(rule_files.iter(), |fields, text| fields.text(text));
    ListsDigest(Some(fields.finish()))
}
