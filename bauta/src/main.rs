//! The one command for a laptop: the gateway, and looks at what it does.

mod check_config;
mod doctor;
mod mask;
mod style;
mod up;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Privacy gateway for LLM traffic: private values leave as placeholders and come back whole.
#[derive(Parser)]
#[command(version, propagate_version = true)]
struct Arguments {
    /// Configuration file (TOML); environment variables BAUTA_SECTION__KEY come over it.
    #[arg(long, global = true, env = "BAUTA_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the gateway, and print how to point each client at it.
    Up(up::Options),
    /// Read text or JSON on standard input and show what would leave; nothing leaves.
    Mask(mask::Options),
    /// Say whether the configuration is valid, and what it comes to.
    CheckConfig,
    /// List what could leave this machine: hosts, headers, and switches of known clients.
    Doctor(doctor::Options),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let config = arguments.config.as_deref();
    let done = match &arguments.command {
        Command::Up(options) => up::run(config, options),
        Command::Mask(options) => mask::run(config, options),
        Command::CheckConfig => check_config::run(config),
        Command::Doctor(options) => doctor::run(config, options),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            anstream::eprintln!("{}bauta:{} {error:#}", style::BAD, style::OFF);
            ExitCode::FAILURE
        }
    }
}
