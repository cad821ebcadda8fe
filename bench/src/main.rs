//! The load harness: what Bauta costs beside a direct connection, plain nginx and peers, measured in one run.

#![expect(
    clippy::print_stdout,
    reason = "a command line program: its progress and tables are its output"
)]

mod bodies;
mod control_plane;
mod core;
mod distinct;
mod load;
mod process;
mod report;
mod run;
mod soak;
mod sockets;
mod stats;
mod targets;
mod traffic;
mod upstream;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// The gateway's own allocator, so that the core is measured as it runs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures Bauta against a direct connection, nginx and peers, interleaved, on this machine.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Load over loopback: requests per second, latency, streaming, memory.
    Load(run::Options),
    /// The masking core alone, on one thread.
    Core {
        /// Rounds; medians are reported.
        #[arg(long, default_value_t = 15)]
        rounds: usize,
        /// Where the table and the JSON go.
        #[arg(long, default_value = "docs/benchmarks")]
        out: PathBuf,
    },
    /// One scenario of the core again and again, for a profiler.
    Repeat {
        scenario: core::Scenario,
        /// Of the hostile and the distinct texts, only those whose unit or name contains this.
        #[arg(long)]
        part: Option<String>,
        #[arg(long, default_value_t = 5)]
        seconds: u64,
    },
    /// Requests full of distinct values, as a line each; `core` has them in its table.
    Distinct {
        /// Only those whose name contains this.
        #[arg(default_value = "")]
        part: String,
        /// Rounds; medians are reported.
        #[arg(long, default_value_t = 1)]
        rounds: usize,
    },
    /// Responses over WebSocket: turns per second, latency of events, memory of sockets.
    Sockets(sockets::Options),
    /// The control plane: events stored a second, what charts wait for, what auditing costs, outages.
    ControlPlane(control_plane::Options),
    /// What an honest caller gets, and what the gateway holds, while others try to take its room.
    Soak(soak::Options),
    /// Fills a control plane's database with believable traffic, and shows it if asked to.
    Traffic(traffic::Options),
    /// The fake upstream that the load goes to; prints its address.
    #[command(hide = true)]
    Upstream,
    /// The fake upstream that sockets go to; prints its address.
    #[command(hide = true)]
    SocketUpstream,
}

fn main() -> Result<()> {
    match Arguments::parse().command {
        Command::Load(options) => run::run(&options),
        Command::Core { rounds, out } => core::run(rounds, &out),
        Command::Repeat {
            scenario,
            part,
            seconds,
        } => core::repeat(scenario, part.as_deref(), seconds),
        Command::Distinct { part, rounds } => distinct::measure(&part, rounds).map(drop),
        Command::Sockets(options) => sockets::run(&options),
        Command::ControlPlane(options) => control_plane::run(&options),
        Command::Soak(options) => soak::run(&options),
        Command::Traffic(options) => traffic::run(&options),
        Command::Upstream => upstream::serve(),
        Command::SocketUpstream => sockets::upstream::serve(),
    }
}
