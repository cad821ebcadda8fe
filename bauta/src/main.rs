//! The one command for a laptop: the gateway, and looks at what it does.

mod chat;
mod check_config;
mod control_plane;
mod data_dir;
mod doctor;
mod keyring;
mod mask;
mod operator;
mod prompt;
mod show;
mod source;
mod style;
mod terminal;
mod up;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Privacy gateway for LLM traffic: private values leave as placeholders and come back whole.
#[derive(Parser)]
#[command(version, propagate_version = true)]
struct Arguments {
    #[command(flatten)]
    source: source::Source,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the gateway with its control plane, and print how to point each client at it.
    Up(up::Options),
    /// Show what the gateway makes of a text or a request on standard input, or line by line at a prompt; nothing leaves.
    #[command(after_help = mask::EXAMPLES)]
    Mask(mask::Options),
    /// Talk to a provider through the gateway, and see what was sent and what was restored.
    #[command(after_help = chat::EXAMPLES)]
    Chat(chat::Options),
    /// Manage who may sign in to the control plane; works while it runs, too.
    #[command(subcommand)]
    Operator(admin_api::OperatorCommand),
    /// Ask for a password and print its hash, for admin.bootstrap.password_hash.
    HashPassword,
    /// Say whether the configuration is valid, and what it comes to.
    CheckConfig,
    /// List what could leave this machine: hosts, headers, and switches of known clients.
    Doctor(doctor::Options),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let source = &arguments.source;
    let done = match arguments.command {
        Command::Up(options) => up::run(source, &options),
        Command::Mask(options) => mask::run(source, &options),
        Command::Chat(options) => chat::run(source, &options),
        Command::Operator(command) => operator::run(source, command),
        Command::HashPassword => operator::hash_password(),
        Command::CheckConfig => check_config::run(source),
        Command::Doctor(options) => doctor::run(source, &options),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            anstream::eprintln!("{}bauta:{} {error:#}", style::BAD, style::OFF);
            ExitCode::FAILURE
        }
    }
}
