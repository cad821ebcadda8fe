//! Why a configuration is refused: key, source and what is allowed; never the value.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use figment::error::{Actual, Kind};
use figment::{Figment, Source};
use thiserror::Error;

/// The start is refused.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The configuration file is not there.
    #[error("configuration file {} does not exist or is not a file", .0.display())]
    MissingFile(PathBuf),
    /// One or more keys are wrong.
    #[error("{0}")]
    Keys(String),
}

impl ConfigError {
    pub(super) fn missing_file(path: &Path) -> Self {
        Self::MissingFile(path.to_owned())
    }

    /// `key` is wrong because of `problem`, which says what is allowed.
    pub(super) fn key(figment: &Figment, key: &str, problem: &str) -> Self {
        let source = figment
            .find_metadata(key)
            .map_or_else(|| "default".to_owned(), |found| describe(found, key));
        Self::Keys(format!("{key} (from {source}): {problem}"))
    }

    pub(super) fn from_figment(errors: &figment::Error) -> Self {
        let mut text = String::new();
        for error in errors.clone() {
            if !text.is_empty() {
                text.push('\n');
            }
            let key = key_of(&error);
            let source = error
                .metadata
                .as_ref()
                .map_or_else(|| "default".to_owned(), |found| describe(found, &key));
            let shown = if key.is_empty() { "configuration" } else { &key };
            let _ = write!(text, "{shown} (from {source}): {}", problem(&error.kind));
        }
        Self::Keys(text)
    }
}

fn key_of(error: &figment::Error) -> String {
    let mut path = error.path.clone();
    if let Kind::UnknownField(name, _) = &error.kind
        && path.last() != Some(name)
    {
        path.push(name.clone());
    }
    path.join(".")
}

fn describe(metadata: &figment::Metadata, key: &str) -> String {
    match &metadata.source {
        Some(Source::File(path)) => path.display().to_string(),
        _ if metadata.name == "environment" => {
            // What follows an index is inside the variable's value.
            let levels = key.split('.').take_while(|level| level.parse::<usize>().is_err());
            let levels: Vec<&str> = levels.collect();
            format!(
                "environment variable BAUTA_{}",
                levels.join("__").to_ascii_uppercase()
            )
        }
        _ => metadata.name.to_string(),
    }
}

/// Figment's own wording quotes the value; a value may be a secret that was put under the wrong key.
fn problem(kind: &Kind) -> String {
    match kind {
        Kind::Message(text) => text.clone(),
        Kind::InvalidType(actual, expected) => {
            format!("{} is not allowed; expected {expected}", type_of(actual))
        }
        Kind::InvalidValue(_, expected) => format!("this value is not allowed; expected {expected}"),
        Kind::InvalidLength(length, expected) => {
            format!("length {length} is not allowed; expected {expected}")
        }
        Kind::UnknownVariant(_, allowed) => format!("unknown value; allowed: {}", allowed.join(", ")),
        Kind::UnknownField(_, allowed) => format!("unknown key; allowed here: {}", allowed.join(", ")),
        Kind::MissingField(name) => format!("`{name}` is missing"),
        Kind::DuplicateField(name) => format!("`{name}` is given twice"),
        Kind::ISizeOutOfRange(_) | Kind::USizeOutOfRange(_) => "the number is out of range".to_owned(),
        Kind::Unsupported(actual) => format!("{} is not supported here", type_of(actual)),
        Kind::UnsupportedKey(_, expected) => {
            format!("this kind of key is not supported; expected {expected}")
        }
    }
}

fn type_of(actual: &Actual) -> &'static str {
    match actual {
        Actual::Bool(_) => "a boolean",
        Actual::Unsigned(_) | Actual::Signed(_) => "a whole number",
        Actual::Float(_) => "a fraction",
        Actual::Char(_) | Actual::Str(_) => "a text",
        Actual::Seq => "a list",
        Actual::Map => "a table",
        _ => "this kind of value",
    }
}
