//! Environment variables as a layer of the configuration: `BAUTA_ADMIN__` + section + `__` + key.

use figment::value::{Dict, Map, Value};
use figment::{Error, Metadata, Profile, Provider};

const PREFIX: &str = "BAUTA_ADMIN__";
const ROOT: &str = "admin";

/// Keys whose text must not be read as a number, a boolean or a list.
const TEXT_KEYS: [&str; 6] = [
    "url",
    "username",
    "password_hash",
    "client_id",
    "client_secret",
    "static_dir",
];

/// The process' environment; variables that are not Unicode cannot be ours.
pub(super) fn of_process() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

pub(super) struct Environment(Dict);

impl Environment {
    pub(super) fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut values = Dict::new();
        let mut ours: Vec<_> = variables
            .into_iter()
            .filter(|(name, _)| name.starts_with(PREFIX))
            .collect();
        ours.sort();
        for (name, text) in ours {
            let key = name[PREFIX.len()..].to_ascii_lowercase();
            let levels: Vec<&str> = std::iter::once(ROOT).chain(key.split("__")).collect();
            insert(&mut values, &levels, value_of(&levels, &text));
        }
        Self(values)
    }
}

fn value_of(levels: &[&str], text: &str) -> Value {
    let is_text = levels
        .last()
        .is_some_and(|last| TEXT_KEYS.contains(last) || last.ends_with("_file"));
    if is_text {
        return Value::from(text);
    }
    text.parse().unwrap_or_else(|never| match never {})
}

fn insert(dict: &mut Dict, levels: &[&str], value: Value) {
    let Some((first, rest)) = levels.split_first() else {
        return;
    };
    if rest.is_empty() {
        dict.insert((*first).to_owned(), value);
        return;
    }
    let entry = dict
        .entry((*first).to_owned())
        .or_insert_with(|| Value::from(Dict::new()));
    // A variable that stands for a whole section loses against one for a key of it: sections are tables.
    if !matches!(entry, Value::Dict(..)) {
        *entry = Value::from(Dict::new());
    }
    if let Value::Dict(_, inner) = entry {
        insert(inner, rest, value);
    }
}

impl Provider for Environment {
    fn metadata(&self) -> Metadata {
        Metadata::named("environment").interpolater(|_, keys| {
            let levels: Vec<&str> = keys.iter().skip(1).copied().collect();
            format!(
                "environment variable {PREFIX}{}",
                levels.join("__").to_ascii_uppercase()
            )
        })
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        Ok(Profile::Default.collect(self.0.clone()))
    }
}
