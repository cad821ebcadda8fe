//! Configuration: the sections under `[admin]` of one TOML file, plus environment, parsed once into final types. Only this
//! module reads the environment; it decides nothing at run time.

mod environment;
mod error;
mod file;
mod finish;
mod origin;
mod reference;
mod secret;
mod section;
mod sections;

use std::path::Path;

use figment::Figment;
use serde::Deserialize;

pub use error::ConfigError;
pub use origin::Origin;
pub use reference::reference;
pub use secret::Secret;
pub use sections::LogStyle;

use self::environment::Environment;
use self::file::File;
use crate::settings::{Database, Settings, VerifyKey};

/// Logging of the process; [`Settings`] is the control plane itself.
#[derive(Clone, Debug)]
pub struct Log {
    /// `tracing`'s directives.
    pub level: String,
    /// Text or JSON.
    pub format: LogStyle,
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
    log: sections::Log,
}

fn read(
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<(Sections, Figment), ConfigError> {
    let mut figment = Figment::new();
    if let Some(path) = file {
        figment = figment.merge(File::read(path)?);
    }
    figment = figment.merge(Environment::new(environment));
    let written: Written = figment
        .extract()
        .map_err(|error| ConfigError::from_figment(&error))?;
    Ok((written.admin, figment))
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
    let (sections, figment) = read(file, environment)?;
    finish::settings(sections, usual, &figment)
}

/// [`load`] with this process' environment.
///
/// # Errors
/// As [`load`].
pub fn load_from_process(file: Option<&Path>, usual: Usual) -> Result<(Settings, Log), ConfigError> {
    load(file, environment::of_process(), usual)
}

/// The database alone: for commands that run beside a control plane.
///
/// # Errors
/// As [`load`].
pub fn database_from_process(file: Option<&Path>, usual: Usual) -> Result<Database, ConfigError> {
    let (sections, figment) = read(file, environment::of_process())?;
    finish::database(sections.database, usual.database_url, &figment)
}

#[cfg(test)]
mod tests;
