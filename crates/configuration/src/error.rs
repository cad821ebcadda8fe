//! Why a configuration is refused: key, source and what is allowed; never what was written.

use std::io::ErrorKind;
use std::path::PathBuf;

use figment::error::{Actual, Kind};
use figment::{Metadata, Profile};
use thiserror::Error;

/// The start is refused.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The configuration file is not there.
    #[error("configuration file {} does not exist or is not a file", .0.display())]
    MissingFile(PathBuf),
    /// It cannot be read, or is not UTF-8.
    #[error("configuration file {} cannot be read: {problem}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        problem: ErrorKind,
    },
    /// It is not TOML.
    #[error("{}:{line}:{column}: not TOML: {reason}", .path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// In characters, from 1.
        column: usize,
        /// In the parser's constant words.
        reason: String,
    },
    /// One or more keys are wrong.
    #[error("{0}")]
    Keys(String),
}

/// All keys that `errors` name.
pub(crate) fn wrong_keys(errors: &figment::Error, is_known: fn(&str) -> bool) -> ConfigError {
    let told = errors.clone().into_iter().map(|error| {
        let mut levels: Vec<&str> = error.path.iter().map(String::as_str).collect();
        if let Kind::UnknownField(name, _) = &error.kind
            && levels.last() != Some(&name.as_str())
        {
            levels.push(name);
        }
        told(&levels, error.metadata.as_ref(), &problem(&error.kind), is_known)
    });
    ConfigError::Keys(told.collect::<Vec<_>>().join("\n"))
}

/// Key, source and problem in a sentence.
pub(crate) fn told(
    levels: &[&str],
    source: Option<&Metadata>,
    problem: &str,
    is_known: fn(&str) -> bool,
) -> String {
    let source = source.map_or_else(
        || "default".to_owned(),
        |found| found.interpolate(&Profile::Default, levels),
    );
    let key = if levels.is_empty() {
        "configuration".to_owned()
    } else {
        shown(levels, &source, is_known)
    };
    format!("{key} (from {source}): {problem}")
}

/// Names that the configuration knows, and those of the environment variable itself; `*` for what only a value or a file
/// says: a secret may have gone there.
fn shown(levels: &[&str], source: &str, is_known: fn(&str) -> bool) -> String {
    let source = source.to_ascii_lowercase();
    let levels = levels.iter().map(|level| {
        let is_index = level.len() < 6 && level.bytes().all(|b| b.is_ascii_digit());
        let is_told = is_index || is_known(level) || source.contains(&level.to_ascii_lowercase());
        if is_told { *level } else { "*" }
    });
    levels.collect::<Vec<_>>().join(".")
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
