//! `bauta mask`: what would leave of a text.

use std::io::{IsTerminal as _, Read as _};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use masking::Action;
use proxy_api::{Preview, Shown};
use serde_json::json;

use crate::source::Source;
use crate::style;

/// How to read and how to answer.
#[derive(Args)]
pub(crate) struct Options {
    /// Print one JSON object: the masked form and the detections.
    #[arg(long)]
    json: bool,
    /// Print the masked form alone.
    #[arg(long, conflicts_with = "json")]
    quiet: bool,
    /// Take the input as plain text even if it is JSON.
    #[arg(long)]
    text: bool,
}

/// Exits with 2 when the policy would refuse the request.
pub(crate) fn run(source: &Source, options: &Options) -> Result<ExitCode> {
    let config = source.load()?;
    let mut preview = Preview::new(&config)?;
    let mut stdin = std::io::stdin();
    if stdin.is_terminal() {
        anstream::eprintln!("Reading from the terminal; end with Ctrl-D. Nothing leaves this machine.");
    }
    let mut input = String::new();
    stdin
        .read_to_string(&mut input)
        .context("standard input is not UTF-8 text")?;
    let looks_like_json = !options.text && input.trim_start().starts_with(['{', '[']);
    let shown = match looks_like_json
        .then(|| preview.json(input.trim()))
        .transpose()?
        .flatten()
    {
        Some(shown) => shown,
        None => preview.text(&input)?,
    };
    let refused = shown.rows.iter().any(|row| row.action == Action::Block);
    if options.json {
        anstream::println!("{}", as_json(&shown, refused));
    } else {
        print(&shown, options.quiet);
    }
    Ok(if refused {
        ExitCode::from(2)
    } else {
        ExitCode::SUCCESS
    })
}

fn as_json(shown: &Shown, refused: bool) -> serde_json::Value {
    let rows: Vec<_> = shown
        .rows
        .iter()
        .map(|row| {
            json!({
                "place": row.place,
                "type": row.entity.to_string(),
                "action": row.action.name(),
                "score": row.score,
                "detector": row.detector,
                "placeholder": row.placeholder,
            })
        })
        .collect();
    json!({"masked": shown.masked, "refused": refused, "detections": rows})
}

fn print(shown: &Shown, quiet: bool) {
    anstream::print!("{}", coloured(shown));
    if !shown.masked.ends_with('\n') {
        anstream::println!();
    }
    if quiet {
        return;
    }
    anstream::println!();
    if shown.rows.is_empty() {
        anstream::println!("{}Nothing detected.{}", style::HEAD, style::OFF);
        return;
    }
    let mut table = style::table(&["where", "type", "action", "score", "detector", "placeholder"]);
    for row in &shown.rows {
        table.add_row([
            row.place.clone(),
            row.entity.to_string(),
            row.action.name().to_owned(),
            format!("{} %", row.score),
            row.detector.clone(),
            row.placeholder.clone().unwrap_or_else(|| "-".to_owned()),
        ]);
    }
    anstream::println!("{table}");
    let blocked = shown.rows.iter().find(|row| row.action == Action::Block);
    if let Some(row) = blocked {
        let key = row.entity.to_string().replace(':', "_");
        anstream::println!(
            "\n{}A request with this would be refused{} (action `block`). Take the value out, or set another action \
             for its type: BAUTA_POLICY__ACTIONS__{key}=mask.",
            style::BAD,
            style::OFF
        );
    }
}

/// The masked form with its placeholders set off.
fn coloured(shown: &Shown) -> String {
    let mut text = shown.masked.clone();
    let mut placeholders: Vec<_> = shown
        .rows
        .iter()
        .filter_map(|row| row.placeholder.as_ref())
        .collect();
    placeholders.sort_unstable();
    placeholders.dedup();
    for placeholder in placeholders {
        text = text.replace(
            placeholder.as_str(),
            &format!("{}{placeholder}{}", style::NOTE, style::OFF),
        );
    }
    text
}
