//! `bauta doctor`: what could leave this machine.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use proxy_api::config::{Config, LOCAL};
use proxy_api::forwarded_headers;
use serde_json::json;

use crate::control_plane::Plan;
use crate::source::Source;
use crate::{style, up};

/// How to answer.
#[derive(Args)]
pub(crate) struct Options {
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// What a client sends to its maker besides its requests, and how to switch that off.
struct Beside {
    client: &'static str,
    sends: &'static str,
    switch: &'static str,
}

const BESIDE: [Beside; 4] = [
    Beside {
        client: "Claude Code",
        sends: "telemetry, error reports, update checks",
        switch: "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1",
    },
    Beside {
        client: "Codex",
        sends: "analytics",
        switch: "[analytics] enabled = false in ~/.codex/config.toml",
    },
    Beside {
        client: "Codex",
        sends: "update checks",
        switch: "check_for_update_on_startup = false",
    },
    Beside {
        client: "any SDK",
        sends: "requests, while its base URL is not Bauta's",
        switch: "OPENAI_BASE_URL, ANTHROPIC_BASE_URL",
    },
];

pub(crate) fn run(source: &Source, options: &Options) -> Result<ExitCode> {
    let mut config = source.load()?;
    let here = Here {
        operators: Plan::new(source)?.operators(),
        data_dir: source.data_dir()?,
    };
    let mut notes: Vec<String> = up::keys_of(&mut config, source)?.into_iter().collect();
    notes.extend(config.warnings());
    if options.json {
        anstream::println!("{}", as_json(&config, &here, &notes));
    } else {
        print(&config, &here, &notes);
    }
    Ok(ExitCode::SUCCESS)
}

/// What `bauta up` has on this machine.
struct Here {
    operators: String,
    data_dir: PathBuf,
}

/// What is kept there.
const KEPT: &str = "the key of placeholders, audit events and operators of the control plane; no text of a request or an answer";

/// What goes to the shared store of turn state.
const STORED: &str = "state of conversations, sealed with the master key";

fn what_leaves(name: &str) -> &'static str {
    if name == LOCAL {
        "whole requests, unmasked (action route_local)"
    } else {
        "masked requests"
    }
}

fn as_json(config: &Config, here: &Here, notes: &[String]) -> serde_json::Value {
    let hosts: Vec<_> = config
        .upstreams
        .iter()
        .map(|upstream| {
            json!({"upstream": upstream.name, "url": upstream.base_url.to_string(), "leaves": what_leaves(&upstream.name)})
        })
        .collect();
    let store = config.turn_state.place();
    let store = store.map(|place| json!({"url": place, "leaves": STORED}));
    let beside: Vec<_> = BESIDE
        .iter()
        .map(|beside| json!({"client": beside.client, "sends": beside.sends, "switch": beside.switch}))
        .collect();
    json!({
        "hosts": hosts,
        "turn_state": store,
        "headers": forwarded_headers(),
        "beside_the_gateway": beside,
        "operators": here.operators,
        "data_directory": {"path": here.data_dir, "keeps": KEPT},
        "notes": notes,
    })
}

fn print(config: &Config, here: &Here, notes: &[String]) {
    let (head, off) = (style::HEAD, style::OFF);
    anstream::println!("{head}Hosts that the gateway connects to{off}, and no others:");
    let mut hosts = style::table(&["upstream", "goes to", "what leaves"]);
    for upstream in &config.upstreams {
        hosts.add_row([
            upstream.name.as_str(),
            &upstream.base_url.to_string(),
            what_leaves(&upstream.name),
        ]);
    }
    if let Some(place) = config.turn_state.place() {
        hosts.add_row(["(turn_state)", place.as_str(), STORED]);
    }
    anstream::println!("{hosts}\n");
    anstream::println!(
        "{head}Request headers that are forwarded{off}, inspected but for credentials; all others stay here:"
    );
    anstream::println!("  {}\n", forwarded_headers().join(", "));
    anstream::println!("{head}What clients send beside the gateway{off}, and how to stop it:");
    let mut beside = style::table(&["client", "sends", "switch"]);
    for row in &BESIDE {
        beside.add_row([row.client, row.sends, row.switch]);
    }
    anstream::println!("{beside}");
    anstream::println!("\n{head}What stays on this machine{off}:");
    let mut stays = style::table(&["what", "where", "what it holds"]);
    let path = here.data_dir.display().to_string();
    stays.add_row(["data directory", path.as_str(), KEPT]);
    stays.add_row([
        "operators' address",
        here.operators.as_str(),
        "what happened, without values",
    ]);
    anstream::println!("{stays}");
    for warning in notes {
        anstream::println!("\n{}note:{off} {warning}", style::NOTE);
    }
}
