//! `[policy]`: what happens to which entity type, and what is looked for besides the built-in types.

mod fields;
mod finish;
mod lists;
mod opaque;
mod rules;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use ::masking::detectors::gitleaks::RuleFile;
use ::masking::detectors::{DenyTerms, Pattern, Rule, Term};
use ::masking::{Action, EntityType, PolicyRule, Profile, TextScope};
use llm_wire::Credential;
use serde::Deserialize;

pub(crate) use fields::Fields;
pub(super) use finish::finish;
pub(super) use lists::entity_type;
use lists::{WrittenPattern, WrittenTerm};
use opaque::WrittenOpaque;
pub use opaque::{OpaqueAction, OpaqueContent};
pub(super) use rules::text_scope;

use configuration::Secret;
use configuration::section;

/// What happens to private text in tool definitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolDefinitions {
    /// It is masked like any other.
    Mask,
    /// The request is refused.
    Reject,
}

/// What happens to mail addresses that are nobody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PublicAddresses {
    /// They leave as they are.
    Allow,
    /// They are treated like any other address.
    Mask,
}

section! {
    /// What happens to which entity type, and what is looked for besides the built-in types. Types are written in any
    /// case, a type of your own as `CUSTOM:NAME` (or `CUSTOM_NAME`, for environment variables).
    pub(super) struct WrittenPolicy {
        /// What holds where nothing else is said. `strict`, the default of `proxy-api`: secrets and files that cannot be
        /// inspected are blocked everywhere. `agent`, the default of `bauta`: secrets are blocked in system and user text and
        /// masked in tool outputs, tool inputs and assistant text, such files are withheld, and `rehydrate.tools` has the
        /// presets of local tools.
        profile: Option<Profile> = "unset",
        /// Per type `allow`, `mask`, `block` or `route_local` in all text scopes, as in
        /// `BAUTA_POLICY__ACTIONS__PASSWORD=mask`. Types left out: secrets are as `profile` says, `USERNAME_PATH` is allowed,
        /// others are masked. To allow a secret type needs `dangerous.allow_secrets`.
        actions: BTreeMap<String, Action> = "{}",
        /// Per text scope such actions, which hold there before `actions`: `[policy.scopes.tool_output]` with
        /// `API_KEY = "block"`, or `BAUTA_POLICY__SCOPES__TOOL_OUTPUT__API_KEY=block`. Scopes: `system`, `user`, `assistant`,
        /// `tool_input`, `tool_output`, `tool_definition`, `metadata`.
        scopes: BTreeMap<String, BTreeMap<String, Action>> = "{}",
        /// Per type, the percent from which a detection counts; 50 for types left out. Labels and context give 50 to
        /// 70, forms 85, checksums and unmistakable prefixes 100.
        thresholds: BTreeMap<String, u8> = "{}",
        /// Per type, so many bytes of white space, commas, semicolons and hyphens between two values make them one; 2
        /// for `ADDRESS`, 0 for other types left out; at most 64.
        merge_gaps: BTreeMap<String, usize> = "{}",
        /// Types that are not looked for. A secret type needs `dangerous.allow_secrets`.
        ignore_types: Vec<String> = "[]",
        /// Values that are never masked or blocked, compared whole and in any case.
        allow_values: Vec<Secret> = "[]",
        /// Words and phrases that never leave, whatever else says: `{ term = "Blue Sky", type = "ORGANIZATION" }`, found
        /// in any case unless `case_sensitive = true`, and, from two words or five letters on, in names put together of
        /// words (`BlueSkyClient`, `BLUE_SKY_URL`, `blue-sky.example`) unless `exact = true`; or `{ regex =
        /// "(?i)prj-[0-9]{4}", type = "CUSTOM:PROJECT" }`. They are masked at least.
        deny_terms: Vec<WrittenTerm> = "[]",
        /// Regular expressions to look for: `{ name = "badge", regex = "B-[0-9]{6}", type = "CUSTOM:BADGE" }`; the match
        /// is the value, or its group named `value`. Optional: `keywords`, of which the text must hold one, and `score`
        /// in percent, 85 if left out.
        patterns: Vec<WrittenPattern> = "[]",
        /// Rule files in gitleaks' TOML format. What they find is an `API_KEY`, or what a rule's own key `bauta_type`
        /// says. A `path` has no effect, and `extend` is refused.
        rule_files: Vec<PathBuf> = "[]",
        /// Content that cannot be inspected, by its kind: `allow`, `block`, or `withhold`, which puts a text in its place
        /// that names what was there, and blocks where no text may stand. The bytes decide: an image or audio is one in
        /// a field for it, everything else is a file. One word instead of the table sets all kinds, and so does `all` in
        /// it for those that it does not name: `BAUTA_POLICY__OPAQUE_CONTENT=block`,
        /// `BAUTA_POLICY__OPAQUE_CONTENT__FILE=withhold`.
        /// Left out, images and audio are allowed, files are blocked, or withheld in the profile `agent`.
        opaque_content: WrittenOpaque = "{}",
        /// Private text in tool definitions: `mask`, or `reject` the request.
        tool_definitions: ToolDefinitions = "\"mask\"",
        /// Places of credentials that the provider is meant to get, where secrets pass: `mcp.authorization`
        /// (`tools[].authorization`, `mcp_servers[].authorization_token`), `mcp.headers` (`tools[].headers`), `mcp.url`
        /// (`tools[].server_url`, `mcp_servers[].url`), `image.url` and `file.url` (addresses that the provider fetches, signed
        /// ones say).
        provider_credentials: Vec<String> = "[]",
        /// Mail addresses that are nobody's, `noreply@...` and roles under reserved domains (`user@example.com`): `allow`,
        /// or `mask` them like any other.
        public_addresses: PublicAddresses = "\"allow\"",
    }
}

/// What happens to which entity type, checked and compiled. Its `Debug` shows no term and no value.
#[derive(Clone, Debug)]
pub struct Policy {
    /// What holds where nothing else is said.
    pub profile: Profile,
    /// What happens to content that cannot be inspected.
    pub opaque_content: OpaqueContent,
    /// What happens to private text in tool definitions.
    pub tool_definitions: ToolDefinitions,
    /// Places where secrets pass.
    pub provider_credentials: BTreeSet<Credential>,
    /// What happens to mail addresses that are nobody's.
    pub public_addresses: PublicAddresses,
    /// Rules that differ from those of the profile.
    pub rules: BTreeMap<EntityType, PolicyRule>,
    /// Types that are not looked for.
    pub ignore_types: BTreeSet<EntityType>,
    pub(crate) allow_values: Vec<Secret>,
    deny_terms: Vec<Term>,
    patterns: Vec<Pattern>,
    rule_files: Vec<RuleFile>,
    /// SHA-256 over lists, patterns and rule files: guessable where they are short, so it stays inside.
    pub(crate) lists_digest: ListsDigest,
}

impl Policy {
    /// How many terms, patterns and rule files there are.
    pub(crate) fn custom_rules(&self) -> usize {
        self.deny_terms.len() + self.patterns.len() + self.rule_files.len()
    }
}

/// Of lists that hold nothing at all there is none.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct ListsDigest(pub(crate) Option<[u8; 32]>);

impl std::fmt::Debug for ListsDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ListsDigest")
    }
}

impl ToolDefinitions {
    /// As configuration writes it.
    const fn name(self) -> &'static str {
        match self {
            Self::Mask => "mask",
            Self::Reject => "reject",
        }
    }
}

impl Policy {
    /// Adds everything that decides what happens, but for the lists: those are in `lists_digest`. Types go by name, so
    /// that the order of their declaration does not matter.
    pub(crate) fn digest(&self, fields: &mut Fields) {
        let Self {
            profile,
            opaque_content,
            tool_definitions,
            provider_credentials,
            public_addresses,
            rules,
            ignore_types,
            allow_values: _,
            deny_terms: _,
            patterns: _,
            rule_files: _,
            lists_digest: _,
        } = self;
        let OpaqueContent { image, audio, file } = opaque_content;
        for action in [image, audio, file] {
            fields.text(action.name());
        }
        fields.text(profile.name());
        fields.text(tool_definitions.name());
        let places: BTreeSet<&str> = provider_credentials.iter().map(|place| place.name()).collect();
        fields.list(places.iter(), |fields, place| fields.text(place));
        fields.flag(*public_addresses == PublicAddresses::Mask);
        let rules: BTreeMap<String, &PolicyRule> = rules
            .iter()
            .map(|(entity, rule)| (entity.to_string(), rule))
            .collect();
        fields.list(rules.into_iter(), |fields, (entity, rule)| {
            fields.text(&entity);
            for scope in TextScope::ALL {
                fields.text(rule.action_in(scope).name());
            }
            fields.number(usize::from(rule.threshold.percent()));
            fields.number(rule.merge_gap);
        });
        let ignored: BTreeSet<String> = ignore_types.iter().map(ToString::to_string).collect();
        fields.list(ignored.iter(), |fields, entity| fields.text(entity));
    }

    /// What is looked for besides the built-in types.
    #[must_use]
    pub fn detection_rules(&self) -> Vec<Box<dyn Rule>> {
        let mut rules: Vec<Box<dyn Rule>> = Vec::new();
        if !self.deny_terms.is_empty() {
            rules.push(Box::new(DenyTerms::new(self.deny_terms.iter().cloned())));
        }
        for pattern in &self.patterns {
            rules.push(Box::new(pattern.clone()));
        }
        rules.extend(self.rule_files.iter().flat_map(RuleFile::rules));
        rules
    }

    /// What of the rule files has no effect, for the log.
    pub fn notes(&self) -> impl Iterator<Item = &str> {
        self.rule_files
            .iter()
            .flat_map(RuleFile::notes)
            .map(String::as_str)
    }
}
