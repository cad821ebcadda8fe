use super::*;
use crate::Detection;
use crate::detectors::RuleSet;

fn parse(text: &str) -> RuleFile {
    RuleFile::parse("rules.toml", text).unwrap_or_else(|error| panic!("{error}"))
}

fn problem(text: &str) -> String {
    RuleFile::parse("rules.toml", text).unwrap_err().to_string()
}

fn detections(file: &RuleFile, text: &str) -> Vec<Detection> {
    let rules = RuleSet::new(file.rules().collect()).unwrap();
    let mut found = Vec::new();
    rules.find(text, &mut found);
    found
}

fn found<'t>(rules: &str, text: &'t str) -> Vec<&'t str> {
    let found = detections(&parse(rules), text);
    found
        .iter()
        .map(|detection| &text[detection.span.range()])
        .collect()
}

/// A rule for `acme_` keys with `more` keys of its table.
fn acme(more: &str) -> String {
    format!("[[rules]]\nid = \"acme-key\"\nregex = '''acme_([a-z0-9]{{8}})\\b'''\n{more}\n")
}

#[test]
fn a_match_is_reported_by_its_first_group_under_the_rules_name() {
    let file = parse(&acme(
        "description = \"Acme\"\nkeywords = [\"acme_\"]\ntags = [\"key\"]",
    ));
    let text = "ACME_ acme_0a1b2c3d acme_short";
    let all = detections(&file, text);
    assert_eq!(all.len(), 1);
    assert_eq!(&text[all[0].span.range()], "0a1b2c3d");
    assert_eq!(
        (all[0].entity.clone(), &*all[0].detector),
        (EntityType::ApiKey, "gitleaks.acme-key")
    );
}

#[test]
fn keywords_gate_in_any_case() {
    let gated = acme("keywords = [\"Vendor\"]");
    assert!(found(&gated, "acme_0a1b2c3d").is_empty());
    assert_eq!(
        found(&gated, "VENDOR acme_0a1b2c3d acme_00000000"),
        ["0a1b2c3d", "00000000"]
    );
    assert_eq!(found(&acme(""), "acme_0a1b2c3d"), ["0a1b2c3d"]);
}

#[test]
fn the_group_and_the_entropy_count() {
    let rule = |more: &str| {
        format!("[[rules]]\nid = \"x\"\nregex = '''(key|token)=(?:\"(\\w+)\"|(\\w+))'''\n{more}\n")
    };
    assert_eq!(found(&rule("secretGroup = 3"), "key=abcdef"), ["abcdef"]);
    assert_eq!(
        found(
            &rule("secretGroup = 2\nentropy = 2.5"),
            "key=\"aaaaaaab\" key=\"a1b2c3d4\""
        ),
        ["a1b2c3d4"]
    );
    assert_eq!(found(&rule(""), "key=abcdef"), ["key"]);
    assert!((entropy("abcd") - 2.0).abs() < 1e-9 && entropy("aaaa").abs() < 1e-9);
}

#[test]
fn a_type_of_our_own_can_be_said() {
    let file = parse(&acme("bauta_type = \"CUSTOM:ACME\""));
    assert_eq!(
        detections(&file, "acme_0a1b2c3d")[0].entity.to_string(),
        "CUSTOM:ACME"
    );
    assert!(
        problem(&acme("bauta_type = \"nothing\""))
            .contains("rule `acme-key`: `bauta_type`: not an entity type")
    );
}

#[test]
fn allowlists_let_off() {
    let text = "acme_0a1b2c3d # sample\nacme_ffffffff acme_exampl00";
    let list = |keys: &str| acme(&format!("[[rules.allowlists]]\n{keys}"));
    let left = |keys: &str| found(&list(keys), text);
    assert_eq!(left("regexes = ['^f+$']"), ["0a1b2c3d", "exampl00"]);
    assert_eq!(left("stopwords = [\"EXAMPL\"]"), ["0a1b2c3d", "ffffffff"]);
    assert_eq!(
        left("regexTarget = \"line\"\nregexes = ['sample$']"),
        ["ffffffff", "exampl00"]
    );
    assert_eq!(
        left("regexTarget = \"match\"\nregexes = ['^acme_f']"),
        ["0a1b2c3d", "exampl00"]
    );
    let both = "regexes = ['0']\nstopwords = [\"exampl\"]";
    assert_eq!(left(both), ["ffffffff"]);
    assert_eq!(
        left(&format!("condition = \"AND\"\n{both}")),
        ["0a1b2c3d", "ffffffff"]
    );
    // The older, single table.
    assert_eq!(
        found(&acme("[rules.allowlist]\nregexes = ['f{8}']"), text),
        ["0a1b2c3d", "exampl00"]
    );
}

#[test]
fn global_allowlists_are_for_all_rules_or_for_named_ones() {
    let two = acme("[[rules]]\nid = \"other\"\nregex = 'other_[a-z]{4}'");
    let text = "acme_ffffffff other_ffff";
    assert!(found(&format!("{two}[allowlist]\nregexes = ['ffff']"), text).is_empty());
    let named = format!("{two}[[allowlists]]\ntargetRules = [\"other\"]\nregexes = ['ffff']");
    assert_eq!(found(&named, text), ["ffffffff"]);
    let unknown = format!("{two}[[allowlists]]\ntargetRules = [\"none\"]\nregexes = ['ffff']");
    assert!(problem(&unknown).contains("not in this file"));
}

#[test]
fn what_depends_on_paths_has_no_effect_and_says_so() {
    let file = parse(&format!(
        "title = \"t\"\n{}\n[[rules]]\nid = \"p12\"\npath = '''\\.p12$'''\n[allowlist]\npaths = ['vendor']\n",
        acme("path = 'x'\n[[rules.allowlists]]\ncondition = \"AND\"\npaths = ['x']\nstopwords = ['0a']")
    ));
    assert_eq!((file.len(), file.is_empty()), (1, false));
    assert_eq!(file.notes().len(), 3, "{:?}", file.notes());
    assert!(
        file.notes()
            .iter()
            .any(|note| note.contains("rule `p12`: skipped"))
    );
    assert_eq!(detections(&file, "acme_0a1b2c3d").len(), 1);
}

#[test]
fn extending_is_refused() {
    assert!(parse("[extend]\nuseDefault = false\n").is_empty());
    for extend in [
        "useDefault = true",
        "path = \"other.toml\"",
        "useDefault = false\ndisabledRules = [\"a\"]",
    ] {
        assert!(
            problem(&format!("[extend]\n{extend}")).contains("`extend` is not supported"),
            "{extend}"
        );
    }
}

#[test]
fn errors_name_file_rule_key_and_what_is_allowed() {
    for (text, expected) in [
        ("a = [", "rules.toml: top level: not TOML, at line 1"),
        ("title = \"x\"\nruls = []", "unknown key; allowed: title"),
        ("[[rules]]\nregex = \"x\"", "rule number 1: `id` is missing"),
        ("[[rules]]\nid = \"a\"", "rule `a`: `regex` is missing"),
        (
            &acme("entropy = \"high\""),
            "rule `acme-key`: `entropy` is not allowed so; expected a number",
        ),
        (
            &acme("keywords = \"x\""),
            "`keywords` is not allowed so; expected a list of texts",
        ),
        (&acme("keywords = [\"\"]"), "`keywords`: a keyword is empty"),
        (
            &acme("secretGroup = 2"),
            "`secretGroup` is larger than the number of groups in `regex`, 1",
        ),
        (&acme("secretGroup = -1"), "expected a whole number of at least 0"),
        (
            &acme("[[rules.required]]\nid = \"b\""),
            "unknown key; allowed: id, description",
        ),
        (
            &acme("[[rules.allowlists]]\nregexTarget = \"file\""),
            "acme-key`: allowlist number 1: `regexTarget`",
        ),
        (
            &acme("[[rules.allowlists]]\ndescription = \"x\""),
            "expected `regexes` or `stopwords`",
        ),
        (
            &acme("[[rules.allowlists]]\nregexes = ['.*']"),
            "matches the empty text",
        ),
        (
            &acme("[[rules]]\nid = \"acme-key\"\nregex = \"y\""),
            "the id is used twice",
        ),
        (
            "[[rules]]\nid = \"a\"\nregex = \"(?=hidden)\"",
            "rule `a`: `regex`: not a regular expression",
        ),
        ("[[rules]]\nid = \"a\"\nregex = \"x*\"", "matches the empty text"),
        (
            "rules = 3",
            "`rules` is not allowed so; expected a list of tables",
        ),
    ] {
        let shown = problem(text);
        assert!(shown.contains(expected), "{shown}");
        assert!(!shown.contains("hidden"), "{shown}");
    }
}

#[test]
fn names_are_bounded_and_plain() {
    assert_eq!(detector_name("AWS Access.Token/é"), "gitleaks.aws_access_token__");
    assert_eq!(detector_name(&"x".repeat(500)).len(), 64);
}

#[test]
fn keys_are_read_in_any_case() {
    assert_eq!(
        found(&acme("SECRETGROUP = 1\nKeywords = [\"acme\"]"), "acme_0a1b2c3d"),
        ["0a1b2c3d"]
    );
}

#[test]
fn hostile_runs_end() {
    let rule =
        acme("keywords = [\"acme\"]\n[[rules.allowlists]]\nregexTarget = \"line\"\nregexes = ['sample$']");
    let text = "acme_0a1b2c3d ".repeat(10_000);
    assert_eq!(found(&rule, &text).len(), 10_000);
}
