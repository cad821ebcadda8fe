mod profiles;
mod secrets;
mod upstreams;

use std::io::Write as _;

use super::*;

fn with(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::load(
        None,
        variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())),
    )
}

fn problem(variables: &[(&str, &str)]) -> String {
    with(variables).unwrap_err().to_string()
}

const LOCAL_URL: (&str, &str) = ("BAUTA_UPSTREAMS__LOCAL__BASE_URL", "http://127.0.0.1:11434/v1");
const LOCAL_API: (&str, &str) = ("BAUTA_UPSTREAMS__LOCAL__API", "openai");

fn upstream<'a>(config: &'a Config, name: &str) -> &'a Upstream {
    config
        .upstreams
        .iter()
        .find(|upstream| upstream.name == name)
        .unwrap()
}

#[test]
fn nothing_is_needed() {
    let config = with(&[]).unwrap();
    assert_eq!(config.server.listen.address().to_string(), "127.0.0.1:8787");
    assert_eq!(config.limits.body_bytes, 32 << 20);
    let names: Vec<_> = config.upstreams.iter().map(|u| u.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "anthropic",
            "deepseek",
            "deepseek",
            "google",
            "groq",
            "openai",
            "zai",
            "zai"
        ]
    );
    assert!(config.dangerous.enabled().is_empty());
}

#[test]
fn environment_reaches_every_level() {
    let config = with(&[
        ("BAUTA_SERVER__LISTEN", "127.0.0.1:0"),
        ("BAUTA_UPSTREAMS__OPENAI__BASE_URL", "http://127.0.0.1:9911/v1"),
        ("BAUTA_UPSTREAMS__ANTHROPIC__BASE_URL", "http://127.0.0.1:9911"),
        ("BAUTA_DANGEROUS__ALLOW_INSECURE_UPSTREAMS", "true"),
        ("BAUTA_DANGEROUS__ALLOW_NONSTANDARD_HOSTS", "true"),
        ("BAUTA_REHYDRATE__TOOLS", "[\"*\"]"),
        ("BAUTA_CONFIG", "elsewhere"),
        ("BAUTA_ADMIN_BOOTSTRAP_USER", "someone"),
        ("HOME", "/"),
    ])
    .unwrap();
    assert_eq!(config.server.listen.address().port(), 0);
    assert_eq!(
        upstream(&config, "openai").base_url.to_string(),
        "http://127.0.0.1:9911/v1"
    );
    assert_eq!(config.rehydrate.tools, ["*"]);
    assert_eq!(config.dangerous.enabled().len(), 2);
}

#[test]
fn errors_name_key_source_and_what_is_allowed() {
    let unknown = problem(&[("BAUTA_SERVER__LISTENS", "x")]);
    assert!(unknown.contains("server.listens"), "{unknown}");
    assert!(unknown.contains("BAUTA_SERVER__LISTENS"), "{unknown}");
    assert!(unknown.contains("listen, auth"), "{unknown}");

    let bad = problem(&[("BAUTA_LIMITS__DEPTH", "deep")]);
    assert!(
        bad.contains("limits.depth (from environment variable BAUTA_LIMITS__DEPTH)"),
        "{bad}"
    );
    let variant = problem(&[("BAUTA_SERVER__AUTH", "none")]);
    assert!(
        variant.contains("allowed: passthrough, gateway_keys"),
        "{variant}"
    );
    let section = problem(&[("BAUTA_SEVER__LISTEN", "x")]);
    assert!(
        section.contains("sever") && section.contains("allowed here: server"),
        "{section}"
    );
    let listen = problem(&[("BAUTA_SERVER__LISTEN", "localhost")]);
    assert!(listen.contains("expected address:port"), "{listen}");
    let level = problem(&[("BAUTA_LOG__LEVEL", "proxy_api=loud")]);
    assert!(
        level.contains("log.level (from environment") && level.contains("allowed: error"),
        "{level}"
    );
    let range = problem(&[("BAUTA_TIMEOUTS__UPSTREAM_IDLE_SECONDS", "30")]);
    assert!(range.contains("allowed: 300 to 86400"), "{range}");
}

#[test]
fn a_file_is_named_as_the_source() {
    let mut file = tempfile::NamedTempFile::with_suffix(".toml").unwrap();
    writeln!(file, "[limits]\ndepth = \"deep\"").unwrap();
    let error = Config::load(Some(file.path()), []).unwrap_err().to_string();
    assert!(
        error.contains("limits.depth") && error.contains(&file.path().display().to_string()),
        "{error}"
    );
    let gone = Config::load(Some(Path::new("/nonexistent/bauta.toml")), []).unwrap_err();
    assert!(matches!(gone, ConfigError::MissingFile(_)));
}

#[test]
fn the_environment_wins_over_the_file() {
    let mut file = tempfile::NamedTempFile::with_suffix(".toml").unwrap();
    writeln!(file, "[limits]\ndepth = 20\nturns = 5").unwrap();
    let variables = [("BAUTA_LIMITS__DEPTH".to_owned(), "30".to_owned())];
    let config = Config::load(Some(file.path()), variables).unwrap();
    assert_eq!((config.limits.depth, config.limits.turns), (30, 5));
}

#[test]
fn errors_and_debug_never_show_a_secret() {
    let secret = "sk-canary-123456";
    for key in [
        "BAUTA_LIMITS__DEPTH",
        "BAUTA_SERVER__AUTH",
        "BAUTA_GATEWAY_KEYS__ME",
        "BAUTA_UPSTREAMS__OPENAI__BASE_URL",
    ] {
        assert!(!problem(&[(key, secret)]).contains("canary"), "{key}");
    }
    assert!(!problem(&[("BAUTA_MASKING__MASTER_KEY", secret)]).contains("canary"));
    let held = ("BAUTA_UPSTREAMS__LOCAL__API_KEY", secret);
    let config = with(&[held, LOCAL_URL, LOCAL_API]).unwrap();
    assert!(!format!("{config:?}").contains("canary"));
}

#[test]
fn a_secret_of_digits_stays_text() {
    let config = with(&[("BAUTA_UPSTREAMS__LOCAL__API_KEY", "0012"), LOCAL_URL, LOCAL_API]).unwrap();
    let key = upstream(&config, "local").api_key.as_ref().unwrap();
    assert_eq!(key.expose_text(), "0012");
}

#[test]
fn secrets_come_inline_or_from_a_file() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let key = "0f".repeat(32);
    writeln!(file, "{key}").unwrap();
    let path = file.path().display().to_string();
    let by_file = ("BAUTA_MASKING__MASTER_KEY_FILE", path.as_str());
    let config = with(&[by_file]).unwrap();
    assert_eq!(config.masking.master_key.unwrap().expose_text(), key);
    let both = problem(&[by_file, ("BAUTA_MASKING__MASTER_KEY", &key)]);
    assert!(both.contains("one of the two"), "{both}");
    assert!(problem(&[("BAUTA_MASKING__MASTER_KEY_FILE", "/nonexistent")]).contains("cannot be read"));
    let weak = problem(&[("BAUTA_MASKING__MASTER_KEY", "password")]);
    assert!(
        weak.contains("masking.master_key (from environment") && weak.contains("32 random bytes"),
        "{weak}"
    );
}

#[test]
fn egress_needs_its_switches() {
    let insecure = ("BAUTA_UPSTREAMS__OPENAI__BASE_URL", "http://api.openai.com/v1");
    assert!(problem(&[insecure]).contains("dangerous.allow_insecure_upstreams"));
    let foreign = ("BAUTA_UPSTREAMS__OPENAI__BASE_URL", "https://example.com/v1");
    assert!(problem(&[foreign]).contains("dangerous.allow_nonstandard_hosts"));
    // Another provider's official host is still not this provider's.
    let crossed = ("BAUTA_UPSTREAMS__ANTHROPIC__BASE_URL", "https://api.openai.com");
    assert!(problem(&[crossed]).contains("dangerous.allow_nonstandard_hosts"));
    let versioned = (
        "BAUTA_UPSTREAMS__ANTHROPIC__BASE_URL",
        "https://api.anthropic.com/v1",
    );
    assert!(problem(&[versioned]).contains("goes without it"));
}

#[test]
fn the_local_upstream_is_near() {
    let api = LOCAL_API;
    let near = with(&[api, LOCAL_URL]).unwrap();
    assert_eq!(upstream(&near, "local").addresses, Addresses::Private);
    let far = ("BAUTA_UPSTREAMS__LOCAL__BASE_URL", "https://8.8.8.8/v1");
    assert!(problem(&[api, far]).contains("dangerous.allow_public_local_upstream"));
    assert!(with(&[api, far, ("BAUTA_DANGEROUS__ALLOW_PUBLIC_LOCAL_UPSTREAM", "true")]).is_ok());
}

#[test]
fn keys_and_modes_fit_together() {
    let key = ("BAUTA_UPSTREAMS__OPENAI__API_KEY", "sk-held");
    assert!(problem(&[key]).contains("gateway_keys"));
    let mode = ("BAUTA_SERVER__AUTH", "gateway_keys");
    assert!(problem(&[mode, key]).contains("at least one key"));
    let digest = "0".repeat(64);
    let caller = ("BAUTA_GATEWAY_KEYS__LAPTOP", digest.as_str());
    let config = with(&[mode, key, caller]).unwrap();
    assert_eq!(config.gateway_keys[0].id, "laptop");
    assert!(problem(&[caller]).contains("no effect"));
}

#[test]
fn the_reference_page_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/configuration.md");
    let page = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        page == reference(),
        "docs/configuration.md is old; write it with `proxy-api --config-reference > docs/configuration.md`"
    );
}

#[test]
fn policy_types_are_written_in_any_case() {
    use ::masking::{Action, EntityType, Score, TextScope};

    let mut file = tempfile::NamedTempFile::with_suffix(".toml").unwrap();
    writeln!(file, "[policy.actions]\nPASSWORD = \"block\"\nEmail = \"allow\"").unwrap();
    writeln!(
        file,
        "\"CUSTOM:BADGE\" = \"route_local\"\n[policy.thresholds]\nAPI_KEY = 40"
    )
    .unwrap();
    let variables = [
        ("BAUTA_POLICY__ACTIONS__PASSWORD", "mask"),
        ("BAUTA_POLICY__ACTIONS__CUSTOM_PROJECT", "block"),
        ("BAUTA_POLICY__THRESHOLDS__API_KEY", "90"),
        ("BAUTA_POLICY__MERGE_GAPS__PHONE", "4"),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let rules = Config::load(Some(file.path()), variables).unwrap().policy.rules;
    let action = |name: &str| rules[&name.parse::<EntityType>().unwrap()].action_in(TextScope::User);
    assert_eq!(
        (action("PASSWORD"), action("EMAIL")),
        (Action::Mask, Action::Allow)
    );
    assert_eq!(
        (action("CUSTOM:BADGE"), action("CUSTOM:PROJECT")),
        (Action::RouteLocal, Action::Block)
    );
    assert_eq!(rules[&EntityType::ApiKey].threshold, Score::new(90));
    assert_eq!(rules[&EntityType::Phone].merge_gap, 4);
}

#[test]
fn allowing_a_secret_needs_its_switch() {
    let switch = ("BAUTA_DANGEROUS__ALLOW_SECRETS", "true");
    for unsafe_setting in [
        ("BAUTA_POLICY__ACTIONS__PASSWORD", "allow"),
        ("BAUTA_POLICY__IGNORE_TYPES", "[\"EMAIL\",\"jwt\"]"),
    ] {
        let refused = problem(&[unsafe_setting]);
        assert!(refused.contains("dangerous.allow_secrets = true"), "{refused}");
        assert!(
            refused.contains(&format!("environment variable {}", unsafe_setting.0)),
            "{refused}"
        );
        let config = with(&[unsafe_setting, switch]).unwrap();
        assert_eq!(config.dangerous.enabled(), ["allow_secrets"]);
    }
    assert!(with(&[("BAUTA_POLICY__ACTIONS__PASSWORD", "mask")]).is_ok());
    assert!(with(&[("BAUTA_POLICY__ACTIONS__EMAIL", "allow")]).is_ok());
}

#[test]
fn policy_errors_name_the_key_and_never_a_term() {
    for (variable, value, expected) in [
        (
            "ACTIONS__EMIAL",
            "mask",
            "policy.actions.emial (from environment variable BAUTA_POLICY__ACTIONS__EMIAL): not an entity type",
        ),
        (
            "ACTIONS__EMAIL",
            "drop",
            "allowed: allow, mask, route_local, block",
        ),
        ("THRESHOLDS__EMAIL", "101", "allowed: 0 to 100"),
        (
            "THRESHOLDS__EMAIL",
            "canary",
            "policy.thresholds.email (from environment variable BAUTA_POLICY__THRESHOLDS__EMAIL)",
        ),
        ("MERGE_GAPS__EMAIL", "65", "allowed: 0 to 64"),
        (
            "IGNORE_TYPES",
            "[\"EMAIL\",\"canary\"]",
            "policy.ignore_types (from environment variable BAUTA_POLICY__IGNORE_TYPES): entry 2: not an entity type",
        ),
        (
            "ALLOW_VALUES",
            "canary",
            "policy.allow_values (from environment variable BAUTA_POLICY__ALLOW_VALUES)",
        ),
        (
            "DENY_TERMS",
            "[\"canary\"]",
            "(from environment variable BAUTA_POLICY__DENY_TERMS)",
        ),
        ("DENY_TERMS", "[{term=\"canary\"}]", "`type` is missing"),
        (
            "DENY_TERMS",
            "[{term=\"canary\",type=\"canary\"}]",
            "entry 1: `type`: not an entity type",
        ),
        (
            "DENY_TERMS",
            "[{term=\"c\",type=\"PERSON\"}]",
            "entry 1: `term`: too short; allowed: 2 to 256",
        ),
        (
            "DENY_TERMS",
            "[{type=\"PERSON\"}]",
            "expected either `term` or `regex`",
        ),
        (
            "DENY_TERMS",
            "[{term=\"canary\",regex=\"canary\",type=\"PERSON\"}]",
            "expected either `term` or `regex`",
        ),
        (
            "DENY_TERMS",
            "[{regex=\"(canary)?\",type=\"PERSON\"}]",
            "`regex`: matches the empty text",
        ),
        (
            "DENY_TERMS",
            "[{regex=\"(canary\",type=\"PERSON\"}]",
            "`regex`: not a regular expression: unclosed group",
        ),
        (
            "DENY_TERMS",
            "[{regex=\"canary\",type=\"PERSON\",case_sensitive=true}]",
            "goes with `term`",
        ),
        (
            "DENY_TERMS",
            "[{regex=\"canary\",type=\"PERSON\",exact=true}]",
            "`exact` goes with `term`",
        ),
        (
            "PATTERNS",
            "[{name=\"Canary\",regex=\"x\",type=\"PERSON\"}]",
            "entry 1: not a name",
        ),
        (
            "PATTERNS",
            "[{name=\"a\",regex=\"canary*|\",type=\"PERSON\"}]",
            "entry 1: matches the empty text",
        ),
        (
            "PATTERNS",
            "[{name=\"a\",regex=\"(?-u:canary)\\\\w{900}\\\\w{900}\",type=\"PERSON\"}]",
            "entry 1: too large",
        ),
        (
            "PATTERNS",
            "[{name=\"a\",regex=\"canary\",type=\"PERSON\",score=101}]",
            "`score`: out of range",
        ),
        (
            "PATTERNS",
            "[{name=\"a\",regex=\"canary\",type=\"PERSON\",colour=1}]",
            "unknown key; allowed here: name, regex, type, keywords, score",
        ),
        (
            "RULE_FILES",
            "[\"/nonexistent/rules.toml\"]",
            "policy.rule_files (from environment variable BAUTA_POLICY__RULE_FILES): entry 1: the file that it names cannot be read",
        ),
        ("ACTION", "mask", "unknown key; allowed here: profile, actions"),
    ] {
        let shown = problem(&[(&format!("BAUTA_POLICY__{variable}"), value)]);
        assert!(shown.contains(expected), "{shown}\nwanted: {expected}");
        assert!(!shown.to_lowercase().contains("canary"), "{shown}");
    }
}

#[test]
fn a_bad_rule_file_is_named_with_its_rule() {
    let mut file = tempfile::NamedTempFile::with_suffix(".toml").unwrap();
    writeln!(file, "[[rules]]\nid = \"mine\"\nregex = 'x*'").unwrap();
    let path = file.path().display().to_string();
    let shown = problem(&[("BAUTA_POLICY__RULE_FILES", &format!("[\"{path}\"]"))]);
    assert!(
        shown.contains("policy.rule_files")
            && shown.contains(&format!("{path}: rule `mine`: `regex`: matches the empty")),
        "{shown}"
    );
}

#[test]
fn debug_shows_no_term_and_no_value() {
    let config = with(&[
        ("BAUTA_POLICY__ALLOW_VALUES", "[\"canary\"]"),
        (
            "BAUTA_POLICY__DENY_TERMS",
            "[{term=\"canary\",type=\"PERSON\"},{regex=\"canary\",type=\"PERSON\"}]",
        ),
        (
            "BAUTA_POLICY__PATTERNS",
            "[{name=\"a\",regex=\"canary\",type=\"PERSON\",keywords=[\"canary\"]}]",
        ),
    ])
    .unwrap();
    let shown = format!("{config:?}");
    assert!(!shown.contains("canary"), "{shown}");
}

#[test]
fn opaque_content_has_an_action_for_each_kind() {
    use OpaqueAction::{Allow, Block, Withhold};

    let of = |file: &str, variables: &[(&str, &str)]| {
        let mut toml = tempfile::NamedTempFile::with_suffix(".toml").unwrap();
        write!(toml, "{file}").unwrap();
        let variables = variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        let loaded = Config::load(Some(toml.path()), variables);
        loaded.map(|config| {
            let OpaqueContent { image, audio, file } = config.policy.opaque_content;
            (image, audio, file)
        })
    };
    let all = "BAUTA_POLICY__OPAQUE_CONTENT";
    let file = "BAUTA_POLICY__OPAQUE_CONTENT__FILE";
    let image = "BAUTA_POLICY__OPAQUE_CONTENT__IMAGE";
    let (word, table) = (
        "[policy]\nopaque_content = \"block\"",
        "[policy.opaque_content]\naudio = \"block\"",
    );
    for (written, variables, expected) in [
        ("", &[][..], (Allow, Allow, Block)),
        (word, &[], (Block, Block, Block)),
        (table, &[], (Allow, Block, Block)),
        ("", &[(all, "allow")], (Allow, Allow, Allow)),
        ("", &[(all, "withhold")], (Withhold, Withhold, Withhold)),
        ("", &[(file, "withhold")], (Allow, Allow, Withhold)),
        (
            table,
            &[(file, "withhold"), (image, "withhold")],
            (Withhold, Block, Withhold),
        ),
        (table, &[(all, "allow")], (Allow, Allow, Allow)),
        // A word for all kinds is not lost when one of them is named beside it.
        (
            "",
            &[(all, "block"), (file, "withhold")],
            (Block, Block, Withhold),
        ),
        (word, &[(file, "withhold")], (Block, Block, Withhold)),
    ] {
        assert_eq!(
            of(written, variables).unwrap(),
            expected,
            "{written} {variables:?}"
        );
    }
    for (written, variables, key) in [
        ("", &[(all, "sometimes")][..], "policy.opaque_content "),
        ("", &[(all, "1")], "policy.opaque_content "),
        ("", &[(file, "sometimes")], "policy.opaque_content.file "),
        (
            "",
            &[("BAUTA_POLICY__OPAQUE_CONTENT__VIDEO", "allow")],
            "policy.opaque_content.video ",
        ),
        (
            "[policy.opaque_content]\nvideo = \"allow\"",
            &[],
            "policy.opaque_content.* ",
        ),
        (
            "[policy]\nopaque_content = [\"allow\"]",
            &[],
            "policy.opaque_content ",
        ),
    ] {
        let problem = of(written, variables).unwrap_err().to_string();
        assert!(problem.contains(key), "{key}: {problem}");
        assert!(problem.contains("allow"), "{problem}");
        assert!(!problem.contains("sometimes"), "{problem}");
    }
}
