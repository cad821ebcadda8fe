//! Environment variables as a layer of the configuration: prefix + section + `__` + key.

use figment::value::{Dict, Map, Value};
use figment::{Error, Metadata, Profile, Provider};

/// The key of a table for everything that the table does not name.
pub const ALL: &str = "all";

/// Which variables are keys of a service.
#[derive(Clone, Copy, Debug)]
pub struct Variables {
    /// What their names begin with.
    pub prefix: &'static str,
    /// The table of the file that their keys stand under.
    pub root: Option<&'static str>,
    /// Names with the prefix that are something else.
    pub is_other: fn(&str) -> bool,
    /// Whether the text of a key, by its levels, must not be read as a number, a boolean or a list.
    pub is_text: fn(&[&str]) -> bool,
}

/// The process' environment; variables that are not Unicode cannot be ours.
pub fn of_process() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// What the environment says.
pub struct Environment {
    of: Variables,
    /// From the root on.
    values: Dict,
    /// Of each variable, the levels of the key that it sets.
    variables: Vec<Vec<String>>,
}

impl Environment {
    /// Takes the `variables` that are the service's.
    pub fn new(of: Variables, variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let (mut values, mut named) = (Dict::new(), Vec::new());
        let mut ours: Vec<_> = variables
            .into_iter()
            .filter(|(name, _)| name.starts_with(of.prefix) && !(of.is_other)(name))
            .collect();
        ours.sort();
        for (name, text) in ours {
            let key = name[of.prefix.len()..].to_ascii_lowercase();
            let levels: Vec<&str> = key.split("__").collect();
            let value = if (of.is_text)(&levels) || levels.last().is_some_and(|last| last.ends_with("_file"))
            {
                Value::from(text)
            } else {
                text.parse().unwrap_or_else(|never| match never {})
            };
            insert(&mut values, &levels, value);
            named.push(levels.into_iter().map(str::to_owned).collect());
        }
        Self {
            of,
            values,
            variables: named,
        }
    }

    /// The table under `section` and `key`, if the variables make one.
    pub fn table(&mut self, section: &str, key: &str) -> Option<&mut Dict> {
        let Value::Dict(_, section) = self.values.get_mut(section)? else {
            return None;
        };
        match section.get_mut(key)? {
            Value::Dict(_, table) => Some(table),
            _ => None,
        }
    }
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
        let (variables, of) = (self.variables.clone(), self.of);
        Metadata::named("environment").interpolater(move |_, keys| {
            let keys = &keys[keys.len().min(usize::from(of.root.is_some()))..];
            format!("environment variable {}{}", of.prefix, nearest(&variables, keys))
        })
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        let values = match self.of.root {
            Some(root) if !self.values.is_empty() => {
                Dict::from([(root.to_owned(), Value::from(self.values.clone()))])
            }
            _ => self.values.clone(),
        };
        Ok(Profile::Default.collect(values))
    }
}
