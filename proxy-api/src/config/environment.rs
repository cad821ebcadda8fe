//! Which environment variables are the data plane's: `BAUTA_` + section + `__` + key.

use configuration::{ALL, Environment, Layers, Variables};
use figment::value::Value;

const VARIABLES: Variables = Variables {
    prefix: "BAUTA_",
    root: None,
    // The control plane reads its own.
    is_other: |name| ["BAUTA_CONFIG", "BAUTA_DATA_DIR"].contains(&name) || name.starts_with("BAUTA_ADMIN_"),
    is_text,
};

fn is_text(levels: &[&str]) -> bool {
    const KEYS: [&str; 5] = ["api_key", "endpoint", "master_key", "path", "spool_dir"];
    let section = levels.first().copied().unwrap_or_default();
    // Under `[policy]`, `api_key` is an entity type.
    section == "gateway_keys" || section != "policy" && levels.last().is_some_and(|last| KEYS.contains(last))
}

/// What the environment says over `file`: a word of the file for all kinds holds on for those that no variable names.
pub(super) fn read(variables: impl IntoIterator<Item = (String, String)>, file: &Layers) -> Environment {
    let mut environment = Environment::new(VARIABLES, variables);
    if let Some(word @ Value::String(..)) = file.value("policy.opaque_content")
        && let Some(kinds) = environment.table("policy", "opaque_content")
    {
        kinds.entry(ALL.to_owned()).or_insert(word);
    }
    environment
}
