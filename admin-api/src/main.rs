//! Runs the control plane: configuration, commands, signals.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use admin_api::config::Usual;
use anyhow::Context as _;
use clap::{Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};

/// Control plane of Bauta: keeps value-free audit events and shows them to operators.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Configuration file (TOML), of which the sections under [admin] are read; environment variables
    /// BAUTA_ADMIN__SECTION__KEY come over it.
    #[arg(long, env = "BAUTA_CONFIG", value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Print every key with its meaning and default as Markdown, and exit.
    #[arg(long)]
    config_reference: bool,
    /// Print the description of the JSON API (OpenAPI 3.1), and exit.
    #[arg(long)]
    openapi: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Manage who may sign in, at the configured database.
    #[command(subcommand)]
    Operator(admin_api::OperatorCommand),
    /// Ask for a password and print its hash, for admin.bootstrap.password_hash.
    HashPassword,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Standard error may be closed; there is nobody else to tell.
            let _ = writeln!(std::io::stderr(), "admin-api: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<()> {
    if arguments.config_reference {
        return print(&admin_api::config::reference());
    }
    if arguments.openapi {
        return print(&format!("{}\n", admin_api::openapi()));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let file = arguments.config.as_deref();
    match arguments.command {
        None => {
            let (settings, log) = admin_api::config::load_from_process(file, Usual::default())?;
            admin_api::start_logging(&log)?;
            runtime.block_on(serve(settings))
        }
        Some(Command::HashPassword) => print(&format!("{}\n", admin_api::hash_new_password()?)),
        Some(Command::Operator(command)) => {
            let database = admin_api::config::database_from_process(file, Usual::default())?;
            print(&runtime.block_on(command.run(&database))?)
        }
    }
}

fn print(text: &str) -> anyhow::Result<()> {
    Ok(std::io::stdout().write_all(text.as_bytes())?)
}

async fn serve(settings: admin_api::Settings) -> anyhow::Result<()> {
    // Before anybody hears that it listens: a stop signal that comes first would kill it.
    let mut terminate = signal(SignalKind::terminate()).context("signal handlers")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("signal handlers")?;
    let mut running = admin_api::start(settings).await?;
    tracing::info!(
        operators.url = running.url(),
        ingest.address = %running.ingest(),
        ops.address = %running.ops(),
        "the control plane is ready"
    );
    if running.needs_operator() {
        tracing::warn!("nobody can sign in yet: `admin-api operator add NAME` adds the first operator");
    }
    let failed = tokio::select! {
        _ = terminate.recv() => None,
        _ = interrupt.recv() => None,
        error = running.failed() => Some(error),
    };
    tracing::info!("the control plane stops");
    running.shutdown().await;
    failed.map_or(Ok(()), Err)
}
