//! Upstreams with one API and with two, in files, in the environment and on the command line.

use std::io::Write as _;

use super::super::{Addresses, Api, Config, ConfigError, Profiles};
use super::{problem, upstream, with};

const MISTRAL: (&str, &str) = ("BAUTA_UPSTREAMS__MISTRAL__BASE_URL", "https://api.mistral.ai/v1");
const OPEN: [(&str, &str); 2] = [
    ("BAUTA_DANGEROUS__ALLOW_INSECURE_UPSTREAMS", "true"),
    ("BAUTA_DANGEROUS__ALLOW_NONSTANDARD_HOSTS", "true"),
];

/// The base URLs of an upstream, OpenAI's first.
fn bases(config: &Config, name: &str) -> [Option<String>; 2] {
    [Api::Openai, Api::Anthropic].map(|api| {
        let mut upstreams = config.upstreams.iter();
        let found = upstreams.find(|upstream| upstream.name == name && upstream.api == api);
        found.map(|found| found.base_url.to_string())
    })
}

fn given(variables: &[(&str, &str)], name: &str) -> [Option<String>; 2] {
    bases(&with(&[variables, &OPEN].concat()).unwrap(), name)
}

fn both(openai: &str, anthropic: &str) -> [Option<String>; 2] {
    [openai, anthropic].map(|text| (!text.is_empty()).then(|| text.to_owned()))
}

#[test]
fn some_providers_have_two_apis() {
    let config = with(&[]).unwrap();
    for (name, openai, anthropic) in [
        ("openai", "https://api.openai.com/v1", ""),
        ("anthropic", "", "https://api.anthropic.com"),
        (
            "zai",
            "https://api.z.ai/api/paas/v4",
            "https://api.z.ai/api/anthropic",
        ),
        (
            "deepseek",
            "https://api.deepseek.com",
            "https://api.deepseek.com/anthropic",
        ),
    ] {
        assert_eq!(bases(&config, name), both(openai, anthropic), "{name}");
    }
}

#[test]
fn own_upstreams_have_either_api_or_both() {
    let config = with(&[MISTRAL]).unwrap();
    assert_eq!(bases(&config, "mistral"), both("https://api.mistral.ai/v1", ""));
    assert_eq!(upstream(&config, "mistral").addresses, Addresses::Public);
    let anthropic = ("BAUTA_UPSTREAMS__X__ANTHROPIC_BASE_URL", "http://h/claude");
    let openai = ("BAUTA_UPSTREAMS__X__BASE_URL", "http://h/v1");
    assert_eq!(given(&[anthropic], "x"), both("", "http://h/claude"));
    assert_eq!(
        given(&[anthropic, openai], "x"),
        both("http://h/v1", "http://h/claude")
    );
    assert!(problem(&[("BAUTA_UPSTREAMS__X__WEBSOCKET", "never")]).contains("upstreams.x.base_url"));
    assert!(problem(&[("BAUTA_UPSTREAMS__HEALTH__API", "openai")]).contains("not a name"));
    let versioned = ("BAUTA_UPSTREAMS__X__ANTHROPIC_BASE_URL", "https://api.z.ai/v1");
    let told = problem(&[versioned]);
    assert!(
        told.contains("upstreams.x.anthropic_base_url") && told.contains("goes without it"),
        "{told}"
    );
    let foreign = (
        "BAUTA_UPSTREAMS__ZAI__ANTHROPIC_BASE_URL",
        "https://example.com/anthropic",
    );
    let told = problem(&[foreign]);
    assert!(
        told.contains("upstreams.zai.anthropic_base_url") && told.contains("allow_nonstandard_hosts"),
        "{told}"
    );
}

#[test]
fn api_says_what_base_url_is() {
    let base = ("BAUTA_UPSTREAMS__X__BASE_URL", "http://h/claude");
    let api = ("BAUTA_UPSTREAMS__X__API", "anthropic");
    assert_eq!(given(&[base, api], "x"), both("", "http://h/claude"));
    // On built-in names too: what they have stays.
    assert_eq!(
        given(&[("BAUTA_UPSTREAMS__OPENAI__API", "openai")], "openai"),
        both("https://api.openai.com/v1", "")
    );
    let zai = ("BAUTA_UPSTREAMS__ZAI__BASE_URL", "https://api.z.ai/api/other");
    assert_eq!(
        given(&[zai, ("BAUTA_UPSTREAMS__ZAI__API", "anthropic")], "zai"),
        both("https://api.z.ai/api/paas/v4", "https://api.z.ai/api/other")
    );
    let twice = ("BAUTA_UPSTREAMS__X__ANTHROPIC_BASE_URL", "http://h/other");
    let told = problem(&[base, api, twice]);
    assert!(
        told.contains("upstreams.x.anthropic_base_url") && told.contains("given twice"),
        "{told}"
    );
    let nothing = problem(&[("BAUTA_UPSTREAMS__OPENAI__API", "anthropic")]);
    assert!(nothing.contains("upstreams.openai.base_url"), "{nothing}");
    let unknown = problem(&[base, ("BAUTA_UPSTREAMS__X__API", "gemini")]);
    assert!(
        unknown.contains("upstreams.x.api") && unknown.contains("azure"),
        "{unknown}"
    );
}

#[test]
fn an_upstream_that_is_moved_is_moved_whole() {
    let moved = ("BAUTA_UPSTREAMS__ZAI__BASE_URL", "http://elsewhere/v4");
    assert_eq!(given(&[moved], "zai"), both("http://elsewhere/v4", ""));
    let moved = ("BAUTA_UPSTREAMS__ZAI__ANTHROPIC_BASE_URL", "http://elsewhere/a");
    assert_eq!(given(&[moved], "zai"), both("", "http://elsewhere/a"));
    let path = (
        "BAUTA_UPSTREAMS__ZAI__BASE_URL",
        "https://api.z.ai/api/coding/paas/v4",
    );
    assert_eq!(
        given(&[path], "zai"),
        both(
            "https://api.z.ai/api/coding/paas/v4",
            "https://api.z.ai/api/anthropic"
        )
    );
}

#[test]
fn azure_is_known_by_its_hosts_or_its_name() {
    for (key, url, base) in [
        (
            "AZURE",
            "https://mine.openai.azure.com",
            "https://mine.openai.azure.com",
        ),
        (
            "EAST",
            "https://mine.openai.azure.com/openai/",
            "https://mine.openai.azure.com",
        ),
        (
            "EAST",
            "https://mine.services.ai.azure.com/openai/v1",
            "https://mine.services.ai.azure.com",
        ),
    ] {
        let config = with(&[(&format!("BAUTA_UPSTREAMS__{key}__BASE_URL"), url)]).unwrap();
        let upstream = upstream(&config, &key.to_lowercase());
        assert_eq!(
            (upstream.base_url.to_string().as_str(), upstream.is_azure),
            (base, true)
        );
    }
    let plain = [
        (
            "BAUTA_UPSTREAMS__EAST__BASE_URL",
            "https://mine.openai.azure.com/openai/v1",
        ),
        ("BAUTA_UPSTREAMS__EAST__API", "openai"),
    ];
    let config = with(&plain).unwrap();
    assert!(!upstream(&config, "east").is_azure);
    // Nobody's resource, and a host that only ends alike.
    for url in ["https://openai.azure.com", "https://evil-openai.azure.com"] {
        assert!(problem(&[("BAUTA_UPSTREAMS__EAST__BASE_URL", url)]).contains("allow_nonstandard_hosts"));
    }
}

fn on_command_line(file: &str, arguments: &[&str]) -> Result<Config, ConfigError> {
    let mut toml = tempfile::NamedTempFile::with_suffix(".toml").unwrap();
    write!(toml, "{file}").unwrap();
    let open = OPEN.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let arguments: Vec<String> = arguments.iter().map(|text| (*text).to_owned()).collect();
    Config::load_with(Profiles::default(), Some(toml.path()), open, &arguments)
}

#[test]
fn the_command_line_wins_over_the_file() {
    let file = "[upstreams.x]\napi = \"anthropic\"\nbase_url = \"http://old\"\nwebsocket = \"never\"";
    let config = on_command_line(file, &["x=http://new;adapter=anthropic;path_prefix=/x"]).unwrap();
    assert_eq!(bases(&config, "x"), both("", "http://new/x"));
    let config = on_command_line(file, &["x=http://new"]).unwrap();
    assert_eq!(bases(&config, "x"), both("http://new/v1", "http://new"));
    assert_eq!(
        upstream(&config, "x").websocket,
        super::super::WebSocketRule::Never
    );
    let two = ["y=http://a/v1;adapter=openai", "y=http://b;adapter=anthropic"];
    assert_eq!(
        bases(&on_command_line("", &two).unwrap(), "y"),
        both("http://a/v1", "http://b")
    );
}

#[test]
fn an_argument_that_does_not_parse_is_named() {
    for (argument, told) in [
        (
            "canary",
            "--upstream number 1: not an upstream; expected name=url",
        ),
        ("mine=https://h;canary", "--upstream mine: not an upstream"),
        (
            "mine=https://h;adapter=canary",
            "--upstream mine: unknown adapter; allowed: openai, anthropic, azure",
        ),
        (
            "mine=https://h;canary=1",
            "--upstream mine: unknown option; allowed: adapter, path_prefix",
        ),
        (
            "mine=https://h;adapter=openai;adapter=openai",
            "--upstream mine: an option is given twice",
        ),
        (
            "mine=canary",
            "(from --upstream mine): not a base URL; expected https://host[:port][/path]",
        ),
        (
            "mine=https://user:canary@h",
            "(from --upstream mine): user names and passwords",
        ),
        (
            "health=https://h",
            "upstreams.health (from --upstream health): not a name",
        ),
        ("SK-canary=https://h", "--upstream number 1: not an upstream"),
    ] {
        let shown = on_command_line("", &[argument]).unwrap_err().to_string();
        assert!(shown.contains(told), "{argument}: {shown}");
        assert!(!shown.contains("canary"), "{shown}");
    }
    let twice = on_command_line("", &["a=http://h", "a=http://g;adapter=openai"]).unwrap_err();
    assert!(twice.to_string().contains("--upstream a: given twice"), "{twice}");
}

#[test]
fn a_bad_origin_is_named() {
    let shown = problem(&[(
        "BAUTA_SERVER__CORS_ORIGINS",
        "[\"https://good.example\",\"https://canary.example/\"]",
    )]);
    assert!(
        shown.contains("server.cors_origins.1 (from environment variable BAUTA_SERVER__CORS_ORIGINS)")
            && shown.contains("not an origin; expected scheme://host[:port]"),
        "{shown}"
    );
    assert!(!shown.contains("canary"), "{shown}");
}
