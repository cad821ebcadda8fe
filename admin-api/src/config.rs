//! Configuration: the sections under `[admin]` of one TOML file, plus environment, parsed once into final types. Only this
//! module reads the environment; it decides nothing at run time.

mod finish;
mod origin;
mod reference;
mod sections;

use std::path::Path;

use configuration::{Environment, File, Layers, Variables};
use serde::Deserialize;

pub use configuration::{ConfigError, Log, LogStyle, Secret, Telemetry};
pub use origin::Origin;
pub use reference::reference;

use crate::settings::{Database, Settings, VerifyKey};

const VARIABLES: Variables = Variables {
    prefix: "BAUTA_ADMIN__",
    root: Some("admin"),
    is_other: |_| false,
    is_text,
};

fn is_text(levels: &[&str]) -> bool {
    const KEYS: [&str; 6] = [
        "url",
        "username",
        "password_hash",
        "client_id",
        "client_secret",
        "static_dir",
    ];
    levels.last().is_some_and(|last| KEYS.contains(last))
}

/// What holds where the configuration says nothing: of whoever runs the control plane beside something else.
#[derive(Clone, Debug, Default)]
pub struct Usual {
    /// Instead of a file in the working directory.
    pub database_url: Option<Secret>,
    /// One more key that tokens may be signed with; with it, `admin.ingest.verify_keys` may be empty.
    pub verify_key: Option<VerifyKey>,
}

/// As written, before the checks that need more than one key or a file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Written {
    admin: Sections,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Sections {
    server: sections::Server,
    ingest: sections::Ingest,
    ops: sections::Ops,
    database: sections::Database,
    bootstrap: sections::Bootstrap,
    retention: sections::Retention,
    oidc: sections::Oidc,
    log: Log,
    telemetry: Telemetry,
}

fn read(
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<(Sections, Layers), ConfigError> {
    let mut layers = Layers::new(reference::is_known);
    if let Some(path) = file {
        layers = layers.over(File::read(path, |section| section == "admin")?);
    }
    let layers = layers.over(Environment::new(VARIABLES, environment));
    let written: Written = layers.read()?;
    Ok((written.admin, layers))
}

/// What a start needs: from `file`, and `environment` over it (`BAUTA_ADMIN__SERVER__LISTEN=127.0.0.1:8788`).
///
/// # Errors
/// Names the key, where its value came from and what is allowed; never a value.
pub fn load(
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
    usual: Usual,
) -> Result<(Settings, Log), ConfigError> {
    let (sections, layers) = read(file, environment)?;
    finish::settings(sections, usual, &layers)
}

/// [`load`] with this process' environment.
///
/// # Errors
/// As [`load`].
pub fn load_from_process(file: Option<&Path>, usual: Usual) -> Result<(Settings, Log), ConfigError> {
    load(file, configuration::of_process(), usual)
}

/// The database alone: for commands that run beside a control plane.
///
/// # Errors
/// As [`load`].
pub fn database_from_process(file: Option<&Path>, usual: Usual) -> Result<Database, ConfigError> {
    let (sections, layers) = read(file, configuration::of_process())?;
    finish::database(sections.database, usual.database_url, &layers)
}

#[cfg(test)]
mod tests;
