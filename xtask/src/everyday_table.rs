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

/// What the letters of the classes mean.
#[rustfmt::skip]
const CLASSES: &[(&str, &str)] = &[
    ("A", "names under a table's head"),
    ("B", "records with positions or terse keys"),
    ("C", "numbers glued to their neighbours"),
    ("D", "passwords with blanks"),
    ("E", "weak words as passwords"),
    ("F", "devices, hashes, harmless text"),
    ("G", "second value of a line"),
    ("H", "half of `user:password`"),
    ("I", "arguments as lists"),
    ("J", "no label beside it"),
    ("K", "key and value in siblings"),
    ("L", "a name and its value, each under a key"),
    ("M", "chats"),
    ("N", "roles"),
    ("O", "\"Last, First\", header lists"),
    ("P", "Japanese"),
    ("Q", "Chinese"),
    ("R", "birth dates"),
    ("S", "switchboards"),
    ("T", "addresses"),
    ("U", "health numbers"),
];

/// Prints the tables of both files, or of the texts whose id holds `show`, of which all that went wrong is printed.
pub(crate) fn run(show: Option<&str>) -> Result<()> {
    let battery = Battery::new()?;
    for (name, file) in [("given", everyday::GIVEN), ("own", everyday::OWN)] {
        println!("{name}\n{}", table(&battery, &everyday::read(file)?, show)?);
    }
    Ok(())
}

/// The section of the page about detection.
pub(crate) fn section() -> Result<String> {
    let battery = Battery::new()?;
    let given = table(&battery, &everyday::read(everyday::GIVEN)?, None)?;
    let own = table(&battery, &everyday::read(everyday::OWN)?, None)?;
    Ok(format!(
        "## Texts of everyday work\n\n\
         What would leave of the private values in tables, records, letters, logs, chats and configuration. The first table is of\n\
         texts reduced from public reports and sample files (`xtask/cases/given.jsonl`); the second of other members of the same\n\
         classes, written before the code that finds them (`xtask/cases/own*.jsonl`), so a yardstick of our own making as well.\n\
         `cargo run -p xtask -- everyday --show PART` prints what goes wrong in a text.\n\n\
         *Masked*: values of which nothing stands in what leaves, every type masked. *Covered*: the same where the default policy\n\
         acts, which refuses a request with a secret. *Changed*: harmless parts that don't arrive as they were. *Refused*: texts\n\
         that the default policy should let through and refuses.\n\n\
         {given}\n\n{own}\n"
    ))
}

fn table(battery: &Battery, texts: &[Everyday], show: Option<&str>) -> Result<Table> {
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for text in texts {
        if show.is_some_and(|part| !text.id.contains(part)) {
            continue;
        }
        let outcome = text.run(battery)?;
        let is_refused = outcome.is_secret && !text.may_refuse;
        // `~` sorts behind all letters.
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
        let means = CLASSES.iter().find(|(letter, _)| *letter == class);
        table.add_row([
            means.map_or_else(
                || class.trim_start_matches("~ ").to_owned(),
                |(letter, means)| format!("{letter} {means}"),
            ),
            tally.values.to_string(),
            share(tally.left),
            share(tally.leaked),
            tally.changed.to_string(),
            tally.refused.to_string(),
        ]);
    }
    Ok(table)
}
