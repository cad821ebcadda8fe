//! Runs the data plane: configuration, listeners, signals.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use proxy_api::config::{Config, Profiles, reference};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Privacy gateway for LLM traffic: masks private values on the way out, restores them on the way back.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Configuration file (TOML); environment variables BAUTA_SECTION__KEY come over it.
    #[arg(long, env = "BAUTA_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print every key with its meaning and default as Markdown, and exit.
    #[arg(long)]
    config_reference: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Standard error may be closed; there is nobody else to tell.
            let _ = writeln!(std::io::stderr(), "proxy-api: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<()> {
    if arguments.config_reference {
        std::io::stdout().write_all(reference().as_bytes())?;
        return Ok(());
    }
    let config = Config::load_from_process(Profiles::default(), arguments.config.as_deref(), &[])?;
    proxy_api::start_logging(&config.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        // Before anybody hears that the gateway listens: a stop signal that comes first would kill it.
        let stop = proxy_api::stop_signal();
        proxy_api::serve(config, stop).await
    })
}
