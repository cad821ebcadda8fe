//! What becomes of the texts of everyday work: a table of classes, and what went wrong.

use std::collections::BTreeMap;

use anyhow::Result;
use comfy_table::{Table, presets::ASCII_MARKDOWN};
use xtask::battery::Battery;
use xtask::everyday::{self, Everyday};

#[derive(Default)]
struct Tally {
    values: usize,
    left: usize,
    leaked: usize,
    changed: usize,
    refused: usize,
}

/// Runs both files, or only the texts whose id holds `show`, of which all that went wrong is printed.
pub(crate) fn run(show: Option<&str>) -> Result<()> {
    let battery = Battery::new()?;
    for (name, file) in [("given", everyday::GIVEN), ("own", everyday::OWN)] {
        println!("{name}\n{}", table(&battery, &everyday::read(file)?, show)?);
    }
    Ok(())
}

fn table(battery: &Battery, texts: &[Everyday], show: Option<&str>) -> Result<Table> {
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for text in texts {
        if show.is_some_and(|part| !text.id.contains(part)) {
            continue;
        }
        let outcome = text.run(battery)?;
        let is_refused = outcome.is_secret && !text.may_refuse;
        for class in [text.class(), "~ all"] {
            let tally = tallies.entry(class).or_default();
            tally.values += text.hide.len();
            tally.left += outcome.left.len();
            tally.leaked += outcome.leaks();
            tally.changed += outcome.changed.len();
            tally.refused += usize::from(is_refused);
        }
        let is_wrong = !outcome.left.is_empty() || !outcome.changed.is_empty() || is_refused;
        if show.is_some() && is_wrong {
            let refused = if is_refused { " REFUSED" } else { "" };
            println!(
                "## {}{refused}\n   left {:?}\n   changed {:?}\n{}\n",
                text.id, outcome.left, outcome.changed, outcome.outbound
            );
        }
    }
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN);
    table.set_header(["class", "values", "masked", "covered", "changed", "refused"]);
    for (class, tally) in tallies {
        let share = |left: usize| {
            format!(
                "{:.1} %",
                100.0 * (tally.values - left) as f64 / tally.values.max(1) as f64
            )
        };
        table.add_row([
            class.to_owned(),
            tally.values.to_string(),
            share(tally.left),
            share(tally.leaked),
            tally.changed.to_string(),
            tally.refused.to_string(),
        ]);
    }
    Ok(table)
}
