//! `bauta chat`: a conversation with a provider through the gateway, with both sides of it shown.

mod api;
mod call;
mod gateway;
mod provider;
mod talk;

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use http::Uri;
use tokio::runtime::Runtime;

use self::gateway::Gateway;
use self::provider::Provider;
use self::talk::Talk;
use crate::prompt::Prompt;
use crate::source::Source;
use crate::{style, terminal};

/// Below the help.
pub(crate) const EXAMPLES: &str = "\
Examples:
  OPENAI_API_KEY=... bauta chat                          talk to OpenAI
  ANTHROPIC_API_KEY=... bauta chat --model claude-...    talk to Anthropic
  GROQ_API_KEY=... bauta chat --provider groq --model llama-3.3-70b-versatile
  bauta chat --provider local --model qwen3              an upstream of the configuration
  bauta chat --upstream x=https://openrouter.ai/api --provider x --model ...    one of the command line
  bauta chat < letter.txt                                one message, the answer on standard output
  bauta chat --gateway http://127.0.0.1:8787             through a gateway that runs already

The key is read from <PROVIDER>_API_KEY, or is the one that the configuration gives the upstream.";

/// Whom to talk to, and how.
#[derive(Args)]
pub(crate) struct Options {
    /// The upstream to talk to: openai, anthropic, or another of the configuration or of --upstream. By default the one whose key is set.
    #[arg(long, value_name = "NAME")]
    provider: Option<String>,
    /// The model to ask for; there is a default for openai and anthropic.
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// Talk through the gateway that listens there, instead of one in this process. What it sends on is not seen here, but
    /// at its own terminal (`bauta up --show`).
    #[arg(long, value_name = "URL")]
    gateway: Option<Uri>,
    /// Instructions to the model, which are masked like everything else.
    #[arg(long, value_name = "TEXT")]
    system: Option<String>,
}

pub(crate) fn run(source: &Source, options: &Options) -> Result<ExitCode> {
    let config = source.load()?;
    let provider = Provider::choose(
        &config.upstreams,
        options.provider.as_deref(),
        options.model.as_deref(),
        &variable,
    )?;
    let runtime = Runtime::new()?;
    let gateway = match &options.gateway {
        Some(url) => Gateway::running(url)?,
        None => runtime.block_on(Gateway::start(config))?,
    };
    let mut talk = Talk::new(provider, gateway, options.system.as_deref());
    if terminal::is_interactive() {
        return prompt(&runtime, &mut talk);
    }
    let message = std::io::read_to_string(std::io::stdin()).context("standard input is not UTF-8 text")?;
    anyhow::ensure!(
        !message.trim().is_empty(),
        "there is no message on standard input; run `bauta chat` at a terminal for a conversation"
    );
    runtime.block_on(talk.say(message.trim_end()))?;
    Ok(ExitCode::SUCCESS)
}

fn prompt(runtime: &Runtime, talk: &mut Talk) -> Result<ExitCode> {
    let (head, dim, off) = (style::HEAD, style::DIM, style::OFF);
    anstream::println!(
        "{head}Talking to {} through {}.{off}\n\
         Try: Write one friendly line to Dr. Alice Smith, alice@corp.com, about her invoice.\n\
         {dim}→ is what the provider gets, ← what it wrote where you read a value. Ctrl-C stops an answer, Ctrl-D ends.{off}\n",
        talk.with(),
        talk.through(),
    );
    let mut prompt = Prompt::new("you>")?;
    while let Some(line) = prompt.next()? {
        if let Err(error) = runtime.block_on(talk.say(&line)) {
            anstream::println!("  {}{error:#}{off}", style::BAD);
        }
        anstream::println!();
    }
    anstream::println!();
    Ok(ExitCode::SUCCESS)
}

#[expect(
    clippy::disallowed_methods,
    reason = "keys of providers are no configuration of the gateway: SDKs read them where they are used, and so does this"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
