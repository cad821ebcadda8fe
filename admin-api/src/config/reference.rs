//! The reference page of the configuration, from the same declarations that parse it.

use std::fmt::Write as _;

use super::section::Field;
use super::sections::{Bootstrap, Database, Ingest, Log, Oidc, Ops, Retention, Server};

type Section = (&'static str, &'static [&'static str], &'static [Field]);

const SECTIONS: [Section; 8] = [
    ("server", Server::ABOUT, Server::FIELDS),
    ("ingest", Ingest::ABOUT, Ingest::FIELDS),
    ("ops", Ops::ABOUT, Ops::FIELDS),
    ("database", Database::ABOUT, Database::FIELDS),
    ("bootstrap", Bootstrap::ABOUT, Bootstrap::FIELDS),
    ("retention", Retention::ABOUT, Retention::FIELDS),
    ("oidc", Oidc::ABOUT, Oidc::FIELDS),
    ("log", Log::ABOUT, Log::FIELDS),
];

/// All sections and keys as Markdown.
#[must_use]
pub fn reference() -> String {
    let mut page = String::from(
        "# Configuration of the control plane\n\n\
         The sections under `[admin]` of the same TOML file that configures proxy-api (`--config FILE` or `BAUTA_CONFIG`), then \
         the environment over it: `BAUTA_ADMIN__` + section + `__` + key, for example \
         `BAUTA_ADMIN__SERVER__LISTEN=127.0.0.1:8788`. An unknown key, a bad value or an unsafe combination stops the start.\n\n\
         This page is generated from `admin-api/src/config/`; a test compares the two.\n",
    );
    for (name, about, fields) in SECTIONS {
        let _ = writeln!(page, "\n## `[admin.{name}]`\n\n{}\n", joined(about));
        page.push_str("| key | default | meaning |\n|---|---|---|\n");
        for field in fields {
            let _ = writeln!(
                page,
                "| `{}` | `{}` | {} |",
                field.name,
                field.default,
                joined(field.doc)
            );
        }
    }
    page
}

/// Whether the configuration itself has this name.
pub(super) fn is_known(name: &str) -> bool {
    name == "admin"
        || SECTIONS
            .iter()
            .any(|(section, _, fields)| *section == name || fields.iter().any(|field| field.name == name))
}

fn joined(lines: &[&str]) -> String {
    let trimmed: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
    trimmed.join(" ")
}
