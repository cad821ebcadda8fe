//! Forwarding before masking does not compile: `proxy-api/src/turn/order.rs` holds every attempt, and which error it
//! must run into.

use std::collections::BTreeSet;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

const FILE: &str = "proxy-api/src/turn/order.rs";
/// Before the code of the error that its line must run into.
const MARK: &str = "//~ ";
/// Begins a part of the file.
const CASE: &str = "#[cfg(order = \"";

/// An error's line in the file, or elsewhere, and its code.
type Error = (Option<usize>, String);

/// # Errors
/// Names the attempts that compile, and errors that nobody expects.
pub(crate) fn check() -> Result<()> {
    let text = std::fs::read_to_string(FILE).context(FILE)?;
    for (case, expected) in cases(&text) {
        compare(case, &expected)?;
    }
    Ok(())
}

/// The parts of the file, each compiled by itself, and their marks.
fn cases(text: &str) -> Vec<(&str, BTreeSet<Error>)> {
    let mut cases: Vec<(&str, BTreeSet<Error>)> = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        if let Some((case, _)) = line.strip_prefix(CASE).and_then(|rest| rest.split_once('"')) {
            cases.push((case, BTreeSet::new()));
        }
        if let (Some((_, code)), Some((_, expected))) = (line.split_once(MARK), cases.last_mut()) {
            expected.insert((Some(number), code.to_owned()));
        }
    }
    cases
}

fn compare(case: &str, expected: &BTreeSet<Error>) -> Result<()> {
    let met = errors(case)?;
    if met == *expected {
        return Ok(());
    }
    let missing = expected.difference(&met);
    let other = met.difference(expected);
    bail!(
        "{FILE}, order = \"{case}\":\n  compiles, and must not: {missing:?}\n  fails, and must not: {other:?}",
        missing = missing.collect::<Vec<_>>(),
        other = other.collect::<Vec<_>>(),
    )
}

/// What the compiler says to `proxy-api` with a part of the file.
fn errors(case: &str) -> Result<BTreeSet<Error>> {
    let cargo = Command::new("cargo")
        .args([
            "rustc",
            "--locked",
            "--package",
            "proxy-api",
            "--lib",
            "--profile",
            "check",
        ])
        .args(["--message-format", "json", "--"])
        .args(["--cfg", &format!("order=\"{case}\"")])
        .output()
        .context("cargo rustc does not start")?;
    let lines = String::from_utf8(cargo.stdout).context("cargo rustc does not print UTF-8")?;
    let errors: BTreeSet<Error> = lines.lines().filter_map(error).collect();
    if cargo.status.success() || !errors.is_empty() {
        return Ok(errors);
    }
    bail!("cargo rustc fails: {}", String::from_utf8_lossy(&cargo.stderr))
}

/// An error with a code; the others sum up.
fn error(line: &str) -> Option<Error> {
    let line: Value = serde_json::from_str(line).ok()?;
    let message = line.get("message")?;
    if message.get("level")? != "error" {
        return None;
    }
    let code = message.pointer("/code/code")?.as_str()?.to_owned();
    let span = message
        .get("spans")?
        .as_array()?
        .iter()
        .find(|span| span["is_primary"] == true);
    let at = span.filter(|span| span["file_name"] == FILE);
    let number = at.and_then(|span| span["line_start"].as_u64());
    Some((number.and_then(|number| usize::try_from(number).ok()), code))
}
