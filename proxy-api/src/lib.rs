//! The data plane: masks requests on their way out, restores answers on their way back.
//!
//! `router.rs` shows every route, `turn.rs` the steps of one request and its answer.

mod audit;
mod body;
mod budget;
mod caller;
mod clock;
pub mod config;
mod continuation;
mod cors;
pub mod dangerous;
mod detection;
mod error;
mod frames;
mod gateway;
mod glob;
mod kept;
mod master_key;
mod ops;
mod pause;
mod preview;
mod random;
mod router;
mod server;
mod service;
mod shared_store;
mod surface;
mod tool_names;
mod traces;
mod turn;
mod turn_state;
mod upstream;
mod vocabulary;
mod workers;
mod ws;

use std::future::Future;

use tokio::signal::unix::{SignalKind, signal};

pub use preview::{Fate, Preview, Shown, ShownRow};
pub use server::Server;
pub use upstream::forwarded_headers;

/// Starts logging and keeps panics free of text; once per process.
///
/// # Errors
/// When the log level is no directive, or logging was started before.
pub fn start_logging(log: &config::Log) -> anyhow::Result<()> {
    telemetry::init_tracing(log.format.into(), &log.level)?;
    telemetry::install_panic_hook();
    Ok(())
}

/// Resolves at SIGTERM or SIGINT.
pub fn stop_signal() -> impl Future<Output = ()> {
    let mut terminate = signal(SignalKind::terminate()).expect("signal handlers can be installed");
    let mut interrupt = signal(SignalKind::interrupt()).expect("signal handlers can be installed");
    async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    }
}

/// Binds, serves until `shutdown` resolves, and stops within the grace period.
///
/// # Errors
/// As [`Server::bind`] and [`Server::run`].
pub async fn serve(config: config::Config, shutdown: impl Future<Output = ()>) -> anyhow::Result<()> {
    Server::bind(config).await?.run(shutdown).await
}
