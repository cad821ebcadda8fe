//! `bauta up`: the gateway with defaults that suit a laptop.

use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::Result;
use proxy_api::Server;

use crate::source::Source;
use crate::style;

pub(crate) fn run(source: &Source) -> Result<ExitCode> {
    let config = source.load()?;
    proxy_api::start_logging(&config.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let server = Server::bind(config).await?;
        greet(server.data_address()?);
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
