//! A secret that stands in the wrong place is in no message.

use std::io::Write as _;

use super::super::reference::SECTIONS;
use crate::config::{Config, ConfigError};

const SECRET: &str = "sk-canary-4f9a2c";

/// Ways to write it as a value; some are not TOML.
const VALUES: [&str; 12] = [
    "\"S\"",
    "'S'",
    "S",
    "[\"S\"]",
    "[[\"S\"]]",
    "{ S = 1 }",
    "[{ S = \"S\" }]",
    "[{ type = \"S\", term = \"S\", regex = \"(S\", name = \"S\" }]",
    "\"S",
    "\"S\" S",
    "\"\\S\"",
    "1\nS = 1\nS = 1",
];

fn load(text: &str) -> Result<Config, ConfigError> {
    let mut file = tempfile::NamedTempFile::with_suffix(".toml").unwrap();
    file.write_all(text.as_bytes()).unwrap();
    Config::load(Some(file.path()), [])
}

/// Whether it was refused, with no word of the secret.
fn is_refused(result: &Result<Config, ConfigError>, written: &str) -> bool {
    let shown = match result {
        Err(error) => format!("{error} {error:?}"),
        Ok(config) => config.warnings().join(" "),
    };
    assert!(!shown.to_lowercase().contains("canary"), "{written}\n{shown}");
    result.is_err()
}

/// Every key that may be written, with its section.
fn keys() -> Vec<(String, &'static str)> {
    let mut keys = Vec::new();
    for (section, _, fields) in SECTIONS {
        let section = section.replace("<name>", "openai");
        keys.extend(fields.iter().map(|field| (section.clone(), field.name)));
        // What no section knows; in `gateway_keys` a caller's id.
        keys.push((section, "laptop"));
    }
    keys
}

#[test]
fn no_error_about_a_file_shows_its_text() {
    let mut refused = 0;
    let mut check = |text: String| refused += usize::from(is_refused(&load(&text), &text));
    for (section, key) in keys() {
        for value in VALUES {
            check(format!("[{section}]\n{key} = {value}\n").replace('S', SECRET));
        }
        check(format!("[{section}.{key}]\n{SECRET} = 1\n"));
        check(format!("[{section}]\n{SECRET} = \"{key}\"\n"));
        check(format!("[{section}.{SECRET}]\n{key} = 1\n"));
        check(format!("[{section}\n{SECRET} = 1\n"));
    }
    for text in [
        "S = 1",
        "[S]",
        "[S",
        "S",
        "[upstreams.S]\napi = \"openai\"",
        "[policy.actions]\nS = \"mask\"",
    ] {
        check(text.replace('S', SECRET));
    }
    assert!(refused > 800, "{refused}");
}

#[test]
fn no_error_about_the_environment_shows_a_value() {
    let mut refused = 0;
    for (section, key) in keys() {
        let section = section.replace('.', "__");
        for value in VALUES {
            let variable = format!("BAUTA_{section}__{key}").to_uppercase();
            let value = value.replace('S', SECRET);
            let written = format!("{variable}={value}");
            refused += usize::from(is_refused(&Config::load(None, [(variable, value)]), &written));
        }
        let variable = format!("BAUTA_{section}").to_uppercase();
        let value = format!("{{{key}={SECRET},{SECRET}={key}}}");
        refused += usize::from(is_refused(&Config::load(None, [(variable, value)]), &section));
    }
    assert!(refused > 700, "{refused}");
}

#[test]
fn an_error_tells_where_it_is() {
    for (text, told) in [
        ("[limits]\n\ndepth = \"deep\"", ":3:1): a text is not allowed"),
        ("[limits]\ndeph = 1", "limits.* (from"),
        (
            "[limits]\ndeph = 1",
            ":2:1): unknown key; allowed here: body_bytes",
        ),
        ("[[x]]\n[ops", ":2:5: not TOML: "),
        ("\n\n  = 1", ":3:3: not TOML: "),
        ("[ops]\nlisten = \"a\nb\"", ":2:12: not TOML: "),
        (
            "[upstreams.openai]\n[upstreams.acme]\nwebsocket = \"never\"",
            ":2:12): missing; expected https://",
        ),
        (
            "[policy]\ndeny_terms = [\n  { term = \"ab\" },\n]",
            "policy.deny_terms.0",
        ),
        (
            "[policy]\ndeny_terms = [\n  { term = \"ab\" },\n]",
            ":3:3): `type` is missing",
        ),
    ] {
        let error = load(text).unwrap_err().to_string();
        assert!(error.contains(told), "{error}\nwanted: {told}");
    }
}

#[test]
fn a_secret_in_place_of_a_file_is_not_shown() {
    for key in [
        "MASKING__MASTER_KEY_FILE",
        "UPSTREAMS__LOCAL__API_KEY_FILE",
        "TURN_STATE__URL_FILE",
    ] {
        let variables = [
            (format!("BAUTA_{key}"), SECRET.to_owned()),
            ("BAUTA_UPSTREAMS__LOCAL__API".to_owned(), "openai".to_owned()),
            (
                "BAUTA_UPSTREAMS__LOCAL__BASE_URL".to_owned(),
                "http://127.0.0.1:1".to_owned(),
            ),
        ];
        let result = Config::load(None, variables);
        assert!(is_refused(&result, key));
        assert!(
            result
                .unwrap_err()
                .to_string()
                .contains("cannot be read: entity not found")
        );
    }
}
