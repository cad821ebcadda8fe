//! From configuration to a masker: rules, lists, thresholds and actions.

use data_encoding::HEXLOWER;
use masking::detectors::{DeterministicDetector, RuleSet, built_in};
use masking::{Masker, MasterKey, MemoLimits, Policy};

use crate::config::{Config, Fields, PublicAddresses};

/// The masker of this configuration.
pub(crate) fn masker(config: &Config, key: &MasterKey) -> anyhow::Result<Masker> {
    let mut rules = built_in();
    rules.extend(config.policy.detection_rules());
    let rules = RuleSet::new(rules)?;
    let memo = MemoLimits {
        bytes: u64::try_from(config.masking.memo_bytes)?,
    };
    let derived = key.derive("detection memo", b"");
    let mut seed = [0; 16];
    seed.copy_from_slice(&derived[..16]);
    Ok(Masker::new(
        vec![Box::new(DeterministicDetector::new(rules))],
        policy(config),
        memo,
        seed,
    ))
}

/// What happens to what the rules find.
fn policy(config: &Config) -> Policy {
    let allowed = config.policy.allow_values.iter();
    let masks_public_addresses = config.policy.public_addresses == PublicAddresses::Mask;
    let policy = Policy::default()
        .with_profile(config.policy.profile)
        .with_public_addresses_masked(masks_public_addresses)
        .with_allowed_values(allowed.map(|value| value.expose_text().to_owned()))
        .with_ignored_types(config.policy.ignore_types.iter().cloned())
        .with_observe(config.dangerous.observe);
    let rules = config.policy.rules.iter();
    rules.fold(policy, |policy, (entity, rule)| {
        policy.with_rule(entity.clone(), *rule)
    })
}

/// A digest of the policy in force: 16 hex digits, the same for the same settings, and, when there are lists, patterns
/// or rule files, under the same master key. A digest of a short list without the key could be guessed back.
pub(crate) fn policy_revision(config: &Config, key: &MasterKey) -> String {
    let mut fields = Fields::of("policy revision 2");
    config.policy.digest(&mut fields);
    fields.flag(config.dangerous.observe);
    let lists = config.policy.lists_digest.0;
    fields.list(lists.iter(), |fields, digest| {
        fields.bytes(&key.derive("policy revision", digest));
    });
    HEXLOWER.encode(&fields.finish()[..8])
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use masking::{LeafClass, NoDeadline, PlaceholderMap, Scope, TextLeaf, TextScope, Verdict};

    use super::*;

    fn config(variables: &[(&str, &str)]) -> Config {
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::load(None, variables).unwrap_or_else(|error| panic!("{error}"))
    }

    fn key() -> MasterKey {
        MasterKey::new([7; 32])
    }

    /// The verdict on `text`, and what leaves of it.
    fn masked(config: &Config, text: &str) -> (Verdict, String) {
        let key = key();
        let masker = masker(config, &key).unwrap();
        let mut map = PlaceholderMap::new(&key, &Scope::new("test"));
        let leaf = TextLeaf {
            text,
            label: None,
            class: LeafClass::Text,
            scope: TextScope::User,
            joins_previous: false,
        };
        let masked = masker.mask(&[leaf], &mut map, &NoDeadline).unwrap();
        let mut out = text.to_owned();
        for replacement in masked.replacements.iter().rev() {
            let name = replacement
                .placeholder
                .as_str()
                .split('_')
                .next()
                .unwrap_or_default();
            out.replace_range(replacement.span.range(), &format!("{name}>"));
        }
        (masked.verdict, out)
    }

    fn rule_file(text: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file
    }

    #[test]
    fn terms_patterns_and_rule_files_act() {
        let file = rule_file("[[rules]]\nid = \"acme\"\nregex = 'acme_[a-z]{6}'\nkeywords = [\"acme_\"]\n");
        let files = format!("[\"{}\"]", file.path().display());
        let config = config(&[
            (
                "BAUTA_POLICY__DENY_TERMS",
                r#"[{term="Blue Sky",type="organization"},{regex="prj-[0-9]+",type="CUSTOM:PROJECT"}]"#,
            ),
            (
                "BAUTA_POLICY__PATTERNS",
                r#"[{name="badge",regex="B-[0-9]{6}",type="PERSON",keywords=["badge"],score=60}]"#,
            ),
            ("BAUTA_POLICY__RULE_FILES", &files),
            ("BAUTA_POLICY__ACTIONS__API_KEY", "mask"),
        ]);
        assert_eq!(
            masked(&config, "BLUE SKY and prj-77, badge B-123456: acme_qwerty"),
            (
                Verdict::Forward,
                "<ORGANIZATION> and <CUSTOM>, badge <PERSON>: <API>".to_owned()
            )
        );
        assert_eq!(
            masked(&config, "B-123456"),
            (Verdict::Forward, "B-123456".to_owned())
        );
    }

    #[test]
    fn actions_lists_and_thresholds_act() {
        let text = "write to alice@corp.com";
        let of = |name: &str, value: &str| masked(&config(&[(name, value)]), text);
        assert_eq!(of("BAUTA_POLICY__ACTIONS__EMAIL", "block").0, Verdict::Block);
        assert_eq!(
            of("BAUTA_POLICY__ACTIONS__EMAIL", "route_local").0,
            Verdict::RouteLocal
        );
        assert_eq!(of("BAUTA_LOG__LEVEL", "info").1, "write to <EMAIL>");
        for (name, value) in [
            ("BAUTA_POLICY__ACTIONS__EMAIL", "allow"),
            ("BAUTA_POLICY__IGNORE_TYPES", "[\"email\"]"),
            ("BAUTA_POLICY__ALLOW_VALUES", "[\"Alice@Corp.com\"]"),
        ] {
            assert_eq!(of(name, value), (Verdict::Forward, text.to_owned()), "{name}");
        }
        let denied = config(&[
            ("BAUTA_POLICY__ACTIONS__PERSON", "allow"),
            ("BAUTA_POLICY__ALLOW_VALUES", "[\"alice\"]"),
            ("BAUTA_POLICY__IGNORE_TYPES", "[\"EMAIL\"]"),
            ("BAUTA_POLICY__DENY_TERMS", r#"[{term="alice",type="PERSON"}]"#),
        ]);
        assert_eq!(masked(&denied, text).1, "write to <PERSON>@corp.com");
        let unsure = config(&[
            ("BAUTA_POLICY__THRESHOLDS__CUSTOM_BADGE", "90"),
            (
                "BAUTA_POLICY__PATTERNS",
                r#"[{name="badge",regex="B-[0-9]{6}",type="CUSTOM:BADGE"}]"#,
            ),
        ]);
        assert_eq!(masked(&unsure, "B-123456").1, "B-123456");
    }

    #[test]
    fn the_revision_follows_every_setting() {
        let file = rule_file("[[rules]]\nid = \"a\"\nregex = 'aa'\n");
        let other = rule_file("[[rules]]\nid = \"a\"\nregex = 'ab'\n");
        let path = |file: &tempfile::NamedTempFile| format!("[\"{}\"]", file.path().display());
        let (file, other) = (path(&file), path(&other));
        let variables = [
            ("BAUTA_LOG__LEVEL", "info"),
            ("BAUTA_POLICY__ACTIONS__EMAIL", "block"),
            ("BAUTA_POLICY__ACTIONS__PHONE", "block"),
            ("BAUTA_POLICY__ACTIONS__EMAIL", "route_local"),
            ("BAUTA_POLICY__THRESHOLDS__EMAIL", "60"),
            ("BAUTA_POLICY__THRESHOLDS__EMAIL", "61"),
            ("BAUTA_POLICY__MERGE_GAPS__EMAIL", "3"),
            ("BAUTA_POLICY__IGNORE_TYPES", "[\"EMAIL\"]"),
            ("BAUTA_POLICY__ALLOW_VALUES", "[\"a\"]"),
            ("BAUTA_POLICY__ALLOW_VALUES", "[\"b\"]"),
            ("BAUTA_POLICY__DENY_TERMS", r#"[{term="aa",type="PERSON"}]"#),
            ("BAUTA_POLICY__DENY_TERMS", r#"[{term="bb",type="PERSON"}]"#),
            ("BAUTA_POLICY__DENY_TERMS", r#"[{regex="bb",type="PERSON"}]"#),
            ("BAUTA_POLICY__DENY_TERMS", r#"[{term="aa",type="EMAIL"}]"#),
            (
                "BAUTA_POLICY__DENY_TERMS",
                r#"[{term="aa",type="PERSON",case_sensitive=true}]"#,
            ),
            (
                "BAUTA_POLICY__DENY_TERMS",
                r#"[{term="aa",type="PERSON",exact=true}]"#,
            ),
            (
                "BAUTA_POLICY__DENY_TERMS",
                r#"[{term="aa",type="PERSON"},{term="bb",type="PERSON"}]"#,
            ),
            (
                "BAUTA_POLICY__PATTERNS",
                r#"[{name="a",regex="aa",type="PERSON",keywords=["k"]}]"#,
            ),
            (
                "BAUTA_POLICY__PATTERNS",
                r#"[{name="a",regex="aa",type="PERSON"}]"#,
            ),
            (
                "BAUTA_POLICY__PATTERNS",
                r#"[{name="a",regex="aa",type="PERSON",score=60}]"#,
            ),
            ("BAUTA_POLICY__RULE_FILES", file.as_str()),
            ("BAUTA_POLICY__RULE_FILES", other.as_str()),
            ("BAUTA_POLICY__OPAQUE_CONTENT", "allow"),
            ("BAUTA_POLICY__OPAQUE_CONTENT", "block"),
            ("BAUTA_POLICY__TOOL_DEFINITIONS", "reject"),
            ("BAUTA_POLICY__PROFILE", "agent"),
            ("BAUTA_POLICY__SCOPES__USER__EMAIL", "block"),
            ("BAUTA_POLICY__SCOPES__SYSTEM__EMAIL", "block"),
            ("BAUTA_POLICY__PROVIDER_CREDENTIALS", "[\"mcp.headers\"]"),
            ("BAUTA_POLICY__PROVIDER_CREDENTIALS", "[\"image.url\"]"),
            ("BAUTA_POLICY__PUBLIC_ADDRESSES", "mask"),
            ("BAUTA_DANGEROUS__OBSERVE", "true"),
        ];
        let revision = |setting| policy_revision(&config(&[setting]), &key());
        let revisions: std::collections::BTreeSet<String> = variables.into_iter().map(revision).collect();
        assert_eq!(revisions.len(), variables.len());
        assert_eq!(
            revision(("BAUTA_POLICY__ACTIONS__EMAIL", "mask")),
            revision(variables[0])
        );
        // Neither the order of keys nor a setting written out changes it.
        let of = |settings: &[(&str, &str)]| policy_revision(&config(settings), &key());
        let (email, phone) = (variables[1], variables[2]);
        assert_eq!(of(&[email, phone]), of(&[phone, email]));
        assert_eq!(of(&[("BAUTA_POLICY__TOOL_DEFINITIONS", "mask")]), of(&[]));
        // Terms cannot be guessed from it without the key.
        let term = config(&[("BAUTA_POLICY__DENY_TERMS", r#"[{term="aa",type="PERSON"}]"#)]);
        assert_ne!(
            policy_revision(&term, &key()),
            policy_revision(&term, &MasterKey::new([8; 32]))
        );
    }

    #[test]
    fn the_revision_of_the_shipped_policy_is_its_values() {
        assert_eq!(policy_revision(&config(&[]), &key()), "8652e4d7e88437d9");
    }

    #[test]
    fn terms_are_found_in_glued_forms_unless_they_are_exact() {
        let text = "BLUE_SKY_URL, Blue Sky; RedSkyClient, red sky";
        let lists = config(&[(
            "BAUTA_POLICY__DENY_TERMS",
            r#"[{term="Blue Sky",type="ORGANIZATION"},{term="Red Sky",type="PERSON",exact=true}]"#,
        )]);
        assert_eq!(
            masked(&lists, text).1,
            "<ORGANIZATION>_URL, <ORGANIZATION>; RedSkyClient, <PERSON>"
        );
    }
}
