//! `bauta up`: the gateway with defaults that suit a laptop.

use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use proxy_api::Server;
use proxy_api::config::{Api, Upstream};

use crate::source::Source;
use crate::{show, style};

/// How to run.
#[derive(Args)]
pub(crate) struct Options {
    /// Print each turn to this terminal: where it goes, new placeholders WITH their private values, what leaves and what
    /// is restored. Nothing of it is logged; it is refused where the output is not a terminal.
    #[arg(long)]
    show: bool,
}

pub(crate) fn run(source: &Source, options: &Options) -> Result<ExitCode> {
    let config = source.load()?;
    let own = source.own(&config.upstreams);
    let (onlooker, writer) = options.show.then(show::start).transpose()?.unzip();
    proxy_api::start_logging(&config.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        // Before anybody hears that the gateway listens: a stop signal that comes first would kill it.
        let stop = proxy_api::stop_signal();
        let server = match onlooker {
            Some(onlooker) => Server::dangerously_bind_watched(config, onlooker).await?,
            None => Server::bind(config).await?,
        };
        let address = server.data_address()?;
        greet(address);
        greet_own(address, &own);
        if options.show {
            anstream::println!(
                "{}This terminal shows private values{}: + new placeholders, → what leaves, ← what is restored.\n",
                style::NOTE,
                style::OFF
            );
        }
        server.run(stop).await
    })?;
    // The onlooker goes with the last task.
    drop(runtime);
    writer.into_iter().for_each(show::Writer::finish);
    Ok(ExitCode::SUCCESS)
}

/// How to point each client here.
fn greet(address: SocketAddr) {
    let (head, off) = (style::HEAD, style::OFF);
    anstream::println!(
        "{head}Bauta{off} listens on {}http://{address}{off}. Point your clients at it:\n\n\
         {head}OpenAI SDKs{off}      export OPENAI_BASE_URL=http://{address}/v1\n\
         {head}Anthropic SDKs{off}   export ANTHROPIC_BASE_URL=http://{address}/anthropic\n\
         {head}Claude Code{off}      export ANTHROPIC_BASE_URL=http://{address}/anthropic CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1\n\
         {head}Codex{off}            codex -c model_provider=bauta -c 'model_providers.bauta={{name=\"Bauta\", \
         base_url=\"http://{address}/v1\", env_key=\"OPENAI_API_KEY\", wire_api=\"responses\", supports_websockets=true}}'\n\n\
         See what would be masked with `bauta mask`, each turn with `bauta up --show`, what else could leave with `bauta doctor`. Stop with Ctrl-C.\n",
        style::GOOD,
    );
}

/// Where the upstreams of the command line are.
fn greet_own(address: SocketAddr, own: &[Upstream]) {
    for upstream in own {
        let name = &upstream.name;
        let (api, path) = match upstream.api {
            Api::Openai if upstream.is_azure => ("Azure OpenAI", ""),
            Api::Openai => ("OpenAI", "/v1"),
            Api::Anthropic => ("Anthropic", ""),
        };
        anstream::println!(
            "{}{name}{} ({api}): http://{address}/{name}{path} leads to {}",
            style::HEAD,
            style::OFF,
            upstream.base_url
        );
    }
    if !own.is_empty() {
        anstream::println!();
    }
}
