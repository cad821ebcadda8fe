//! The reference page of the configuration, from the same declarations that parse it.

use configuration::{Log, Section, Telemetry, is_named, page_of};

use super::sections::{Bootstrap, Database, Ingest, Oidc, Ops, Retention, Server};

const SECTIONS: [Section; 9] = [
    ("server", Server::ABOUT, Server::FIELDS),
    ("ingest", Ingest::ABOUT, Ingest::FIELDS),
    ("ops", Ops::ABOUT, Ops::FIELDS),
    ("database", Database::ABOUT, Database::FIELDS),
    ("bootstrap", Bootstrap::ABOUT, Bootstrap::FIELDS),
    ("retention", Retention::ABOUT, Retention::FIELDS),
    ("oidc", Oidc::ABOUT, Oidc::FIELDS),
    ("log", Log::ABOUT, Log::FIELDS),
    ("telemetry", Telemetry::ABOUT, Telemetry::FIELDS),
];

/// All sections and keys as Markdown.
#[must_use]
pub fn reference() -> String {
    let head = "# Configuration of the control plane\n\n\
         The sections under `[admin]` of the same TOML file that configures proxy-api (`--config FILE` or `BAUTA_CONFIG`), then \
         the environment over it: `BAUTA_ADMIN__` + section + `__` + key, for example \
         `BAUTA_ADMIN__SERVER__LISTEN=127.0.0.1:8788`. An unknown key, a bad value or an unsafe combination stops the start.\n\n\
         This page is generated from `admin-api/src/config/`; a test compares the two.\n";
    page_of(head, "admin.", &SECTIONS)
}

/// Whether the configuration itself has this name.
pub(super) fn is_known(name: &str) -> bool {
    name == "admin" || is_named(&SECTIONS, name)
}
