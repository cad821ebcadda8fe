//! What a shared store of turn state needs.

use configuration::Layers;

use crate::config::{ConfigError, Masking, Secret, TurnState, TurnStore};

const SCHEMES: [&str; 3] = ["redis://", "rediss://", "unix://"];

pub(super) fn finish(
    mut written: TurnState,
    masking: &Masking,
    layers: &Layers,
) -> Result<TurnState, ConfigError> {
    let fail = |key: &str, problem: &str| Err(layers.wrong(key, problem));
    let key = if written.url.is_none() && written.url_file.is_some() {
        "turn_state.url_file"
    } else {
        "turn_state.url"
    };
    let file = written.url_file.as_deref();
    written.url = layers.secret(written.url.take(), file, "turn_state.url")?;
    match (written.store, &written.url) {
        (TurnStore::Redis, None) => {
            return fail(
                "turn_state.url",
                "missing; `turn_state.store = \"redis\"` needs redis://host:port, rediss:// or unix://",
            );
        }
        (TurnStore::Memory, Some(_)) => {
            return fail(
                key,
                "has no effect with turn_state.store = \"memory\"; set turn_state.store = \"redis\" or remove it",
            );
        }
        (_, Some(url)) if !is_url(url) => {
            return fail(
                key,
                "not the URL of a store; expected redis://[user:password@]host[:port][/db], rediss:// or unix:///path",
            );
        }
        _ => {}
    }
    if written.store == TurnStore::Redis && masking.master_key.is_none() {
        return fail(
            "masking.master_key",
            "missing; turn_state.store = \"redis\" seals with it: give every replica the same masking.master_key_file",
        );
    }
    Ok(written)
}

fn is_url(url: &Secret) -> bool {
    let text = url.expose_text();
    SCHEMES.iter().any(|scheme| text.starts_with(scheme)) && redis::Client::open(text).is_ok()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use crate::config::{Config, TurnStore};

    const REDIS: (&str, &str) = ("STORE", "redis");

    fn with(keys: &[(&str, &str)], master_key: bool) -> Result<Config, String> {
        let mut variables: Vec<_> = keys
            .iter()
            .map(|(key, value)| (format!("BAUTA_TURN_STATE__{key}"), (*value).to_owned()))
            .collect();
        if master_key {
            variables.push(("BAUTA_MASKING__MASTER_KEY".to_owned(), "0f".repeat(32)));
        }
        Config::load(None, variables).map_err(|error| error.to_string())
    }

    #[test]
    fn a_shared_store_needs_a_url_and_a_master_key() {
        let url = ("URL", "redis://canary:canary@localhost:6379/1");
        let config = with(&[REDIS, url], true).unwrap();
        assert_eq!(config.turn_state.store, TurnStore::Redis);
        assert!(!format!("{config:?}").contains("canary"));
        let keyless = with(&[REDIS, url], false).unwrap_err();
        assert!(
            keyless.contains("masking.master_key") && keyless.contains("replica"),
            "{keyless}"
        );
        let nowhere = with(&[REDIS], true).unwrap_err();
        assert!(
            nowhere.contains("turn_state.url") && nowhere.contains("missing"),
            "{nowhere}"
        );
        let idle = with(&[url], true).unwrap_err();
        assert!(idle.contains("turn_state.store = \"redis\""), "{idle}");
    }

    #[test]
    fn urls_are_checked_and_not_shown() {
        for bad in [
            "http://canary",
            "canary",
            "redis://canary:port",
            "redis://localhost/canary",
        ] {
            let problem = with(&[REDIS, ("URL", bad)], true).unwrap_err();
            assert!(problem.contains("turn_state.url (from environment"), "{problem}");
            assert!(
                problem.contains("rediss://") && !problem.contains("canary"),
                "{problem}"
            );
        }
        for good in ["rediss://host", "unix:///run/redis.sock", "redis://:p@[::1]:6379"] {
            assert!(with(&[REDIS, ("URL", good)], true).is_ok(), "{good}");
        }
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "redis://localhost").unwrap();
        let path = file.path().display().to_string();
        let config = with(&[REDIS, ("URL_FILE", &path)], true).unwrap();
        assert_eq!(config.turn_state.url.unwrap().expose_text(), "redis://localhost");
    }

    #[test]
    fn sizes_have_bounds() {
        for (key, value) in [
            ("COUNT", "0"),
            ("BYTES", "1"),
            ("ENTRY_BYTES", "1"),
            ("IDLE_SECONDS", "0"),
        ] {
            let problem = with(&[(key, value)], false).unwrap_err();
            assert!(problem.contains("out of range"), "{problem}");
        }
    }
}
