use std::fs;

use super::*;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn error_of(file: Option<&Path>, pairs: &[(&str, &str)]) -> String {
    load(file, variables(pairs), Usual::default())
        .unwrap_err()
        .to_string()
}

#[test]
fn a_key_file_is_enough() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    fs::write(&key, format!("{SECRET}\n")).unwrap();
    let keys = format!("[{:?}]", key.display().to_string());
    let keys = variables(&[("BAUTA_ADMIN__INGEST__VERIFY_KEYS", &keys)]);
    let (settings, _) = load(None, keys, Usual::default()).unwrap();
    assert_eq!(settings.server.listen.to_string(), "127.0.0.1:8788");
    assert_eq!(settings.ingest.listen.to_string(), "127.0.0.1:8789");
    assert_eq!(settings.ops.to_string(), "127.0.0.1:9465");
    assert_eq!(
        (settings.retention.days, settings.retention.events),
        (30, 10_000_000)
    );
    assert!(settings.bootstrap.is_none());
}

#[test]
fn other_sections_are_others() {
    let folder = tempfile::tempdir().unwrap();
    let (key, file) = (folder.path().join("key"), folder.path().join("bauta.toml"));
    fs::write(&key, SECRET).unwrap();
    let text = format!(
        "[server]\nwhatever = 1\n[admin.ingest]\nverify_keys = [{key:?}]\n[admin.retention]\ndays = 7\n"
    );
    fs::write(&file, text).unwrap();
    let over = variables(&[
        ("BAUTA_ADMIN__RETENTION__EVENTS", "5"),
        ("BAUTA_SERVER__LISTEN", "nonsense"),
    ]);
    let (settings, _) = load(Some(&file), over, Usual::default()).unwrap();
    assert_eq!((settings.retention.days, settings.retention.events), (7, 5));
}

#[test]
fn errors_name_key_and_source_and_no_value() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bauta.toml");
    fs::write(&file, "[admin.server]\nlisten = \"hunter2\"\n").unwrap();
    let error = error_of(Some(&file), &[]);
    assert!(
        error.contains("admin.server.listen") && error.contains("bauta.toml:2:1"),
        "{error}"
    );
    assert!(!error.contains("hunter2"), "{error}");
    for (name, value, key) in [
        (
            "BAUTA_ADMIN__SERVER__PUBLIC_URL",
            "hunter2",
            "admin.server.public_url",
        ),
        (
            "BAUTA_ADMIN__DATABASE__URL",
            "mysql://hunter2",
            "admin.ingest.verify_keys",
        ),
        ("BAUTA_ADMIN__RETENTION__DAYS", "0", "admin.retention.days"),
        (
            "BAUTA_ADMIN__SERVER__NONSENSE",
            "hunter2",
            "admin.server.nonsense",
        ),
        (
            "BAUTA_ADMIN__INGEST__VERIFY_KEYS",
            "[\"/does/not/exist\"]",
            "admin.ingest.verify_keys",
        ),
        (
            "BAUTA_ADMIN__SERVER__LISTEN",
            "0.0.0.0:8788",
            "admin.server.public_url",
        ),
        ("BAUTA_ADMIN__LOG__LEVEL", "admin_api=loud", "admin.log.level"),
    ] {
        let error = error_of(None, &[(name, value)]);
        assert!(error.contains(key) && error.contains("from "), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
}

#[test]
fn a_bootstrap_operator_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    fs::write(&key, SECRET).unwrap();
    let keys = format!("[{:?}]", key.display().to_string());
    let with = |pairs: &[(&str, &str)]| {
        let mut all = vec![("BAUTA_ADMIN__INGEST__VERIFY_KEYS", keys.as_str())];
        all.extend(pairs);
        error_of(None, &all)
    };
    assert!(with(&[("BAUTA_ADMIN__BOOTSTRAP__USERNAME", "ada")]).contains("hash-password"));
    let plain = with(&[
        ("BAUTA_ADMIN__BOOTSTRAP__USERNAME", "ada"),
        ("BAUTA_ADMIN__BOOTSTRAP__PASSWORD_HASH", "hunter2hunter2"),
    ]);
    assert!(plain.contains("PHC") && !plain.contains("hunter2"), "{plain}");
}

#[test]
fn the_reference_page_is_current() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/configuration-admin.md");
    let written = fs::read_to_string(page).unwrap_or_default();
    assert!(
        written == reference(),
        "write it again: cargo run -p admin-api -- --config-reference > docs/configuration-admin.md"
    );
}

#[test]
fn whoever_runs_it_says_what_holds_where_nothing_is_written() {
    let usual = || Usual {
        database_url: Some(Secret::new("sqlite:///data/admin.db".to_owned())),
        verify_key: Some(VerifyKey::parse(SECRET.as_bytes()).unwrap()),
    };
    let (settings, _) = load(None, variables(&[]), usual()).unwrap();
    assert_eq!(settings.database.url.expose_text(), "sqlite:///data/admin.db");
    assert_eq!(settings.ingest.verify_keys.len(), 1);
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    fs::write(&key, SECRET).unwrap();
    let keys = format!("[{:?}]", key.display().to_string());
    let written = variables(&[
        ("BAUTA_ADMIN__INGEST__VERIFY_KEYS", &keys),
        ("BAUTA_ADMIN__DATABASE__URL", "sqlite:///other.db"),
    ]);
    let (settings, _) = load(None, written, usual()).unwrap();
    assert_eq!(settings.database.url.expose_text(), "sqlite:///other.db");
    assert_eq!(settings.ingest.verify_keys.len(), 2);
}
