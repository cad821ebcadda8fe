//! What becomes of the battery: a table of kinds, and the first of each that went wrong.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use comfy_table::{Table, presets::ASCII_MARKDOWN};
use xtask::battery::{self, Battery, Fate};

/// How many of a kind are named.
const NAMED: usize = 3;

#[derive(Default)]
struct Tally {
    count: usize,
    bad: Vec<String>,
}

/// Runs everything and prints it; with `show`, all that went wrong of the kinds whose name holds it.
///
/// # Errors
/// When a value leaks or a twin changes.
pub(crate) fn run(show: Option<&str>) -> Result<()> {
    let battery = Battery::new()?;
    let (mut cases, mut twins) = (BTreeMap::new(), BTreeMap::new());
    for case in battery::cases() {
        let fate = battery.judge(&case)?;
        note(&mut cases, &case.kind, &case.id, &case.texts(), fate);
    }
    for twin in battery::twins() {
        let fate = battery.judge_twin(&twin)?;
        note(&mut twins, &twin.kind, &twin.id, &twin.texts, fate);
    }
    let leaks = print("cases", &cases, show);
    let changed = print("twins", &twins, show);
    if leaks + changed > 0 {
        bail!("{leaks} values leak, {changed} twins change");
    }
    Ok(())
}

fn note(tallies: &mut BTreeMap<String, Tally>, kind: &str, id: &str, texts: &[String], fate: Fate) {
    let tally = tallies.entry(kind.to_owned()).or_default();
    tally.count += 1;
    if let Fate::Bad(left) = fate {
        let text: String = texts.join(" ¦ ").chars().take(400).collect();
        let left: String = left.chars().take(120).collect();
        tally
            .bad
            .push(format!("{id}\n      {}\n      left: {left}", text.escape_debug()));
    }
}

/// Prints one table; returns how many went wrong.
fn print(what: &str, tallies: &BTreeMap<String, Tally>, show: Option<&str>) -> usize {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN);
    table.set_header(["kind", what, "good", "share"]);
    let row = |kind: &str, count: usize, bad: usize| {
        let share = (count - bad) as f64 / count.max(1) as f64;
        [
            kind.to_owned(),
            count.to_string(),
            (count - bad).to_string(),
            format!("{share:.3}"),
        ]
    };
    for (kind, tally) in tallies {
        table.add_row(row(kind, tally.count, tally.bad.len()));
    }
    let count = tallies.values().map(|tally| tally.count).sum();
    let bad = tallies.values().map(|tally| tally.bad.len()).sum();
    table.add_row(row("all", count, bad));
    println!("{table}\n");
    for (kind, tally) in tallies.iter().filter(|(_, tally)| !tally.bad.is_empty()) {
        let named = match show {
            Some(show) if !kind.contains(show) => continue,
            Some(_) => tally.bad.len(),
            None => NAMED,
        };
        println!("{what}: {kind}");
        for bad in tally.bad.iter().take(named) {
            println!("   {bad}");
        }
    }
    bad
}
