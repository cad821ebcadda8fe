//! The control plane: takes value-free audit events and reports of instances, keeps them, and shows them to operators who
//! signed in. It never sees a request or an answer.
//!
//! `http/router.rs` shows every route, `grpc.rs` what instances call, `store.rs` leads to all SQL.

mod age;
mod clock;
mod command_line;
mod commands;
pub mod config;
mod connections;
mod event;
mod grpc;
mod http;
mod jobs;
mod live;
mod metrics;
mod oidc;
mod operator_name;
mod ops;
mod password;
mod random;
mod rollup;
mod running;
mod serve;
pub mod settings;
mod store;
mod totp;
mod traces;
mod writer;

pub use command_line::{OperatorCommand, hash_new_password};
pub use commands::{CommandError, add_operator, disable_operator, operators};
pub use password::{PasswordError, check_hash, hash_password};
pub use running::{Running, StartError, start};
pub use settings::Settings;

/// The API's description as JSON (OpenAPI 3.1): what `GET /api/v1/openapi.json` answers.
#[must_use]
pub fn openapi() -> String {
    http::document().to_pretty_json().unwrap_or_default()
}

/// Starts logging and keeps panics free of text; once per process.
///
/// # Errors
/// When the log level is no directive.
pub fn start_logging(log: &config::Log) -> Result<(), telemetry::InvalidFilter> {
    telemetry::init_tracing(log.format.into(), &log.level)?;
    telemetry::install_panic_hook();
    Ok(())
}
