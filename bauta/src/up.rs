//! `bauta up`: the gateway and its control plane in one process, with defaults that suit a laptop.

use std::future::pending;
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use proxy_api::Server;
use proxy_api::config::{Api, AuditSink, Config, Upstream};
use proxy_api::dangerous::Onlooker;

use crate::control_plane::{ControlPlane, Plan};
use crate::data_dir::{self, DataDir};
use crate::source::Source;
use crate::{keyring, show, style, terminal};

/// How to run.
#[derive(Args)]
pub(crate) struct Options {
    /// Print each turn to this terminal: where it goes, new placeholders WITH their private values, what leaves and what
    /// is restored. Nothing of it is logged; it is refused where the output is not a terminal.
    #[arg(long)]
    show: bool,
    /// Run the data plane alone: no control plane, no operators' address.
    #[arg(long)]
    no_admin: bool,
}

pub(crate) fn run(source: &Source, options: &Options) -> Result<ExitCode> {
    let mut config = source.load()?;
    let plan = (!options.no_admin).then(|| Plan::new(source)).transpose()?;
    let (onlooker, writer) = options.show.then(show::start).transpose()?.unzip();
    let has_key = config.masking.master_key.is_some();
    let needs_data = !has_key || plan.as_ref().is_some_and(|plan| plan.needs_data_dir(&config));
    // Held to the end: nobody else uses the directory meanwhile.
    let data = needs_data
        .then(|| DataDir::open(&source.data_dir()?))
        .transpose()?;
    if let Some(data) = data.as_ref().filter(|_| !has_key) {
        config.masking.master_key = Some(keyring::master_key(data.path())?);
        anstream::println!("{}note:{} {}\n", style::NOTE, style::OFF, kept_in(data.path()));
    }
    proxy_api::start_logging(&config.log)?;
    let mut plane = match plan {
        Some(plan) => Some(plan.start(&mut config, data.as_ref())?),
        None => None,
    };
    let served = serve(config, source, options, onlooker, plane.as_mut());
    // After the data plane, whose last events it takes.
    if let Some(plane) = plane {
        plane.end();
    }
    writer.into_iter().for_each(show::Writer::finish);
    served?;
    Ok(ExitCode::SUCCESS)
}

/// The data plane from start to end.
fn serve(
    config: Config,
    source: &Source,
    options: &Options,
    onlooker: Option<Onlooker>,
    mut plane: Option<&mut ControlPlane>,
) -> Result<()> {
    let own = source.own(&config.upstreams);
    let is_told = matches!(config.audit.sink, AuditSink::Admin(_));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (server, stop) = runtime.block_on(async {
        // Before anybody hears that the gateway listens: a stop signal that comes first would kill it.
        let stop = proxy_api::stop_signal();
        let server = match onlooker {
            Some(onlooker) => Server::dangerously_bind_watched(config, onlooker).await?,
            None => Server::bind(config).await?,
        };
        anyhow::Ok((server, stop))
    })?;
    let address = server.data_address()?;
    greet(address);
    greet_own(address, &own);
    if let Some(plane) = plane.as_deref() {
        greet_operators(plane, is_told, source)?;
    }
    if options.show {
        anstream::println!(
            "{}This terminal shows private values{}: + new placeholders, → what leaves, ← what is restored.\n",
            style::NOTE,
            style::OFF
        );
    }
    runtime.block_on(async {
        let mut turns = std::pin::pin!(server.run(stop));
        let failed = async {
            match plane.as_deref_mut() {
                Some(plane) => plane.failed().await,
                None => pending().await,
            }
        };
        tokio::select! {
            ended = &mut turns => return ended,
            error = failed => tracing::error!(
                error = format!("{error:#}"),
                "the control plane fails; turns go on, and their events wait for the next start"
            ),
        }
        turns.await
    })
    // The onlooker goes with the runtime's last task.
}

/// Takes the master key as a start would, and makes nothing: gives a note about where it is kept.
///
/// # Errors
/// When a start would not get it.
pub(crate) fn keys_of(config: &mut Config, source: &Source) -> Result<Option<String>> {
    let path = source.data_dir()?;
    data_dir::inspect(&path)?;
    if config.masking.master_key.is_some() {
        return Ok(None);
    }
    let kept = keyring::kept(&path)?;
    config.masking.master_key = Some(kept.map_or_else(keyring::fresh_key, Ok)?);
    Ok(Some(kept_in(&path)))
}

fn kept_in(directory: &Path) -> String {
    format!(
        "the key of placeholders is kept in {}, not wrapped and readable by you alone; masking.master_key_file names another",
        directory.join(keyring::NAME).display()
    )
}

/// Where operators connect, and as whom the first one signs in. A password is only ever shown to somebody who watches: what
/// is no terminal may be a log.
fn greet_operators(plane: &ControlPlane, is_told: bool, source: &Source) -> Result<()> {
    let (head, good, off) = (style::HEAD, style::GOOD, style::OFF);
    anstream::println!(
        "{head}Operators{off} see what happens, without values, at {good}{}{off}.",
        plane.url()
    );
    if plane.needs_operator() {
        let is_watched = terminal::is_watched() && std::io::IsTerminal::is_terminal(&std::io::stderr());
        let first = if is_watched {
            plane.add_first_operator()?
        } else {
            None
        };
        if let Some((name, password)) = first {
            anstream::println!(
                "{head}Sign in{off} as {good}{name}{off} with the password {good}{}{off} (shown this once: keep it).",
                *password
            );
        } else {
            anstream::println!(
                "Nobody can sign in yet: `bauta operator add NAME{}` adds the first operator.",
                source.data_dir_option()
            );
        }
    }
    if !is_told {
        anstream::println!(
            "{}note:{off} audit.sink leads events elsewhere: operators see none of them.",
            style::NOTE
        );
    }
    anstream::println!();
    Ok(())
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
