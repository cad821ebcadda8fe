//! Developer tasks: `cargo run -p xtask -- --help`.

#![expect(
    clippy::print_stdout,
    reason = "a command line program: what it prints is its output"
)]

mod battery_table;
mod corpus;
mod detection;
mod everyday_table;
mod imports;
mod order;

use std::path::PathBuf;

use anyhow::Result;
use clap::Parser;

/// Developer tasks.
#[derive(Parser)]
enum Task {
    /// Checks who may import whom (docs/architecture.md).
    Imports,
    /// Checks that a request cannot be forwarded before it is masked (proxy-api/src/turn/order.rs).
    Order,
    /// Measures precision and recall on the labelled set and writes the page.
    Detection {
        /// Where the page goes.
        #[arg(long, default_value = "docs/detection.md")]
        page: PathBuf,
    },
    /// Runs the battery: values in every spelling and place, and harmless twins.
    Battery {
        /// Names all that went wrong of the kinds whose name holds this.
        #[arg(long)]
        show: Option<String>,
    },
    /// Counts what is found in files of public code and logs, by language.
    Corpus {
        /// Folders to read.
        #[arg(required = true)]
        folders: Vec<PathBuf>,
        /// Prints each with its line.
        #[arg(long)]
        show: bool,
    },
    /// Masks the texts of everyday work and prints what leaves, by class.
    Everyday {
        /// Only the texts whose id holds this, and all that went wrong in them.
        #[arg(long)]
        show: Option<String>,
    },
}

fn main() -> Result<()> {
    match Task::parse() {
        Task::Imports => imports::check(),
        Task::Order => order::check(),
        Task::Detection { page } => detection::measure()?.write(&page),
        Task::Battery { show } => battery_table::run(show.as_deref()),
        Task::Corpus { folders, show } => corpus::run(&folders, show),
        Task::Everyday { show } => everyday_table::run(show.as_deref()),
    }
}
