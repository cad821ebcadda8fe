//! Who may import whom: what a crate must never reach, read off `cargo tree`.

use std::collections::BTreeSet;
use std::process::Command;

use anyhow::{Context, Result, bail};

/// A package, the members of the workspace that it may use, and what it must not reach through anything.
struct Rule {
    package: &'static str,
    members: &'static [&'static str],
    never: &'static [&'static str],
}

const MEMBERS: [&str; 14] = [
    "masking",
    "llm-wire",
    "telemetry",
    "configuration",
    "admin-types",
    "proto",
    "proxy-api",
    "admin-api",
    "admin-ui",
    "console-pack",
    "bauta",
    "e2e",
    "bench",
    "xtask",
];

const NETWORK: &[&str] = &[
    "axum",
    "http",
    "hyper",
    "hyper-util",
    "reqwest",
    "sqlx",
    "tokio",
    "tonic",
];

const RULES: [Rule; 10] = [
    Rule {
        package: "masking",
        members: &[],
        never: NETWORK,
    },
    Rule {
        package: "llm-wire",
        members: &[],
        never: NETWORK,
    },
    Rule {
        package: "telemetry",
        members: &[],
        never: &["sqlx", "axum"],
    },
    Rule {
        package: "configuration",
        members: &["telemetry"],
        never: &["sqlx", "axum"],
    },
    Rule {
        package: "proto",
        members: &[],
        never: &["sqlx", "hyper", "axum"],
    },
    // What the browser's build has: `openapi` is the service's.
    Rule {
        package: "admin-types",
        members: &[],
        never: NETWORK,
    },
    Rule {
        package: "admin-ui",
        members: &["admin-types"],
        never: NETWORK,
    },
    Rule {
        package: "admin-api",
        members: &["admin-types", "configuration", "proto", "telemetry"],
        never: &["reqwest"],
    },
    Rule {
        package: "proxy-api",
        members: &["masking", "llm-wire", "configuration", "proto", "telemetry"],
        never: &["sqlx"],
    },
    Rule {
        package: "bauta",
        members: &[
            "masking",
            "llm-wire",
            "proxy-api",
            "admin-api",
            "admin-types",
            "configuration",
            "proto",
            "telemetry",
        ],
        never: &["reqwest"],
    },
];

/// What only the place that passes it on may ask for: clocks and randomness stay out of the pure crates.
const PURE: [&str; 2] = ["masking", "llm-wire"];
const IMPURE: [&str; 6] = [
    "std::env",
    "std::fs",
    "std::net",
    "SystemTime::now",
    "Instant::now",
    "getrandom",
];

/// # Errors
/// Names the package and what it must not use.
pub(crate) fn check() -> Result<()> {
    let mut broken = Vec::new();
    for rule in RULES {
        let reached = dependencies(rule.package)?;
        let forbidden = |name: &String| {
            rule.never.contains(&name.as_str())
                || (MEMBERS.contains(&name.as_str())
                    && name != rule.package
                    && !rule.members.contains(&name.as_str()))
        };
        broken.extend(
            reached
                .iter()
                .filter(|name| forbidden(name))
                .map(|name| format!("{} uses {name}", rule.package)),
        );
    }
    for package in PURE {
        broken.extend(impure_uses(package)?);
    }
    if broken.is_empty() {
        return Ok(());
    }
    bail!(
        "import rules are broken (docs/architecture.md says who may import whom):\n  {}",
        broken.join("\n  ")
    )
}

/// Everything that a package reaches in a normal build.
fn dependencies(package: &str) -> Result<BTreeSet<String>> {
    let cargo = Command::new("cargo")
        .args([
            "tree",
            "--locked",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--format",
            "{p}",
            "--package",
            package,
        ])
        .output()
        .context("cargo tree does not start")?;
    if !cargo.status.success() {
        bail!(
            "cargo tree fails for {package}: {}",
            String::from_utf8_lossy(&cargo.stderr)
        );
    }
    let lines = String::from_utf8(cargo.stdout).context("cargo tree does not print UTF-8")?;
    Ok(lines
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect())
}

/// Places in a pure crate's own code, tests aside, that touch the world.
fn impure_uses(package: &str) -> Result<Vec<String>> {
    let mut uses = Vec::new();
    let mut folders = vec![std::path::PathBuf::from("crates").join(package).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in folder
            .read_dir()
            .with_context(|| format!("{} is not there", folder.display()))?
        {
            let path = entry?.path();
            if path.file_stem().is_some_and(|name| name == "tests") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let code = std::fs::read_to_string(&path)?;
            let own = code.split("#[cfg(test)]").next().unwrap_or_default();
            uses.extend(
                IMPURE
                    .iter()
                    .filter(|name| own.contains(*name))
                    .map(|name| format!("{} uses {name}", path.display())),
            );
        }
    }
    Ok(uses)
}
