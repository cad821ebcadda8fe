//! `bauta check-config`: whether a start would succeed.

use std::process::ExitCode;

use anyhow::Result;
use proxy_api::Preview;
use proxy_api::config::{Api, Upstream};

use crate::control_plane::Plan;
use crate::source::Source;
use crate::{style, up};

pub(crate) fn run(source: &Source) -> Result<ExitCode> {
    let mut config = source.load()?;
    let plan = Plan::new(source)?;
    let keys = up::keys_of(&mut config, source)?;
    // Rule files and keys are read where they are used: load them too.
    Preview::new(&config)?;
    anstream::println!("{}The configuration is valid.{}", style::GOOD, style::OFF);
    anstream::println!("It has the profile `{}`.", config.policy.profile.name());
    let mut table = style::table(&["upstream", "goes to", "paths"]);
    for upstream in &config.upstreams {
        table.add_row([
            upstream.name.clone(),
            upstream.base_url.to_string(),
            paths(upstream),
        ]);
    }
    anstream::println!("{table}");
    anstream::println!(
        "`bauta up` runs the control plane too, for operators at {}.",
        plan.operators()
    );
    for warning in config.warnings().into_iter().chain(keys) {
        anstream::println!("{}note:{} {warning}", style::NOTE, style::OFF);
    }
    Ok(ExitCode::SUCCESS)
}

/// The paths that lead to one API of an upstream.
fn paths(upstream: &Upstream) -> String {
    let below = match upstream.api {
        Api::Openai if upstream.is_azure => "openai/...",
        Api::Openai => "v1/...",
        Api::Anthropic => "v1/messages...",
    };
    format!("/{}/{below}", upstream.name)
}
