//! `bauta up`: the gateway with defaults that suit a laptop.

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use proxy_api::Server;
use proxy_api::config::{Api, Config, Upstream};

use crate::style;

/// What to run.
#[derive(Args)]
pub(crate) struct Options {
    /// One more upstream, at /NAME/...; may be given again. Without an adapter it is asked in the API that a path names.
    #[arg(
        long = "upstream",
        value_name = "NAME=URL[;adapter=openai|anthropic|azure][;path_prefix=/PATH]"
    )]
    upstreams: Vec<String>,
}

pub(crate) fn run(file: Option<&Path>, options: &Options) -> Result<ExitCode> {
    let config = Config::load_from_process_with(file, &options.upstreams)?;
    let names: Vec<&str> = options
        .upstreams
        .iter()
        .filter_map(|text| text.split('=').next())
        .collect();
    let own: Vec<Upstream> = config
        .upstreams
        .iter()
        .filter(|upstream| names.iter().any(|name| name.trim() == upstream.name))
        .cloned()
        .collect();
    proxy_api::start_logging(&config.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let server = Server::bind(config).await?;
        let address = server.data_address()?;
        greet(address);
        greet_own(address, &own);
        server.run(proxy_api::stop_signal()).await
    })?;
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
         See what would be masked with `bauta mask`, and what else could leave with `bauta doctor`. Stop with Ctrl-C.\n",
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
}
