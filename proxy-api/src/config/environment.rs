//! Environment variables as a layer of the configuration: `BAUTA_` + section + `__` + key.

use figment::value::{Dict, Map, Value};
use figment::{Error, Figment, Metadata, Profile, Provider};

const PREFIX: &str = "BAUTA_";

/// Variables with our prefix that are not keys of this service's configuration.
const OTHERS: [&str; 2] = ["BAUTA_CONFIG", "BAUTA_DATA_DIR"];

/// The control plane reads those.
const ADMIN: &str = "BAUTA_ADMIN_";

/// The key of a table for everything that the table does not name.
const ALL: &str = "all";

/// Keys whose text must not be read as a number, a boolean or a list.
const TEXT_KEYS: [&str; 5] = ["api_key", "endpoint", "master_key", "path", "spool_dir"];

/// The process' environment; variables that are not Unicode cannot be ours.
pub(super) fn of_process() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

pub(super) struct Environment {
    values: Dict,
    /// Of each variable, the levels of the key that it sets.
    variables: Vec<Vec<String>>,
}

impl Environment {
    pub(super) fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let (mut values, mut named) = (Dict::new(), Vec::new());
        let mut ours: Vec<_> = variables.into_iter().filter(|(name, _)| is_ours(name)).collect();
        ours.sort();
        for (name, text) in ours {
            let key = name[PREFIX.len()..].to_ascii_lowercase();
            let levels: Vec<&str> = key.split("__").collect();
            insert(&mut values, &levels, value_of(&levels, &text));
            named.push(levels.into_iter().map(str::to_owned).collect());
        }
        Self {
            values,
            variables: named,
        }
    }

    /// What the file says in one word for all kinds holds on for those that the environment does not name.
    pub(super) fn over(mut self, file: &Figment) -> Self {
        if let Ok(word @ Value::String(..)) = file.find_value("policy.opaque_content")
            && let Some(Value::Dict(_, policy)) = self.values.get_mut("policy")
            && let Some(Value::Dict(_, kinds)) = policy.get_mut("opaque_content")
        {
            kinds.entry(ALL.to_owned()).or_insert(word);
        }
        self
    }
}

fn is_ours(name: &str) -> bool {
    name.starts_with(PREFIX) && !OTHERS.contains(&name) && !name.starts_with(ADMIN)
}

fn value_of(levels: &[&str], text: &str) -> Value {
    let section = levels.first().copied().unwrap_or_default();
    // Under `[policy]`, `api_key` is an entity type.
    let is_text = section == "gateway_keys"
        || section != "policy"
            && levels
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
    match entry {
        Value::Dict(_, inner) => insert(inner, rest, value),
        // `BAUTA_A` and `BAUTA_A__B` together: one is for all that the other does not name, and where that makes no sense
        // the section's type complains.
        other => {
            let mut inner = Dict::from([(ALL.to_owned(), other.clone())]);
            insert(&mut inner, rest, value);
            *other = Value::from(inner);
        }
    }
}

/// The variable that sets this key, whose further levels are inside its value; of a key that is missing, the beginning that
/// the nearest one has.
fn nearest(variables: &[Vec<String>], keys: &[&str]) -> String {
    let common = |levels: &Vec<String>| levels.iter().zip(keys).take_while(|(a, b)| a == b).count();
    let nearest = variables
        .iter()
        .max_by_key(|levels| (common(levels), common(levels) == levels.len()));
    nearest.map_or_else(String::new, |levels| {
        let shared = common(levels);
        let more = if shared == levels.len() { "" } else { "__..." };
        format!("{}{more}", levels[..shared].join("__").to_ascii_uppercase())
    })
}

impl Provider for Environment {
    fn metadata(&self) -> Metadata {
        let variables = self.variables.clone();
        Metadata::named("environment").interpolater(move |_, keys| {
            format!("environment variable {PREFIX}{}", nearest(&variables, keys))
        })
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        Ok(Profile::Default.collect(self.values.clone()))
    }
}
