//! The repository itself: licences of everything that is compiled in, and lock files that name no registry host.

use std::{collections::BTreeSet, path::Path, process::Command};

type Outcome = anyhow::Result<()>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests/ is in the repository")
}

/// The list of `deny.toml`; read as lines so that `cargo deny`, which takes minutes to build, is not needed here.
fn allowed() -> anyhow::Result<BTreeSet<String>> {
    let text = std::fs::read_to_string(root().join("deny.toml"))?;
    let (_, licenses) = text
        .split_once("[licenses]")
        .ok_or_else(|| anyhow::anyhow!("no [licenses]"))?;
    let (_, list) = licenses
        .split_once("allow = [")
        .ok_or_else(|| anyhow::anyhow!("no list"))?;
    let (list, _) = list
        .split_once(']')
        .ok_or_else(|| anyhow::anyhow!("no end of the list"))?;
    Ok(list.split('"').skip(1).step_by(2).map(str::to_owned).collect())
}

/// An SPDX expression, word by word: `OR` binds weaker than `AND`, an exception (`WITH`) only widens.
struct Expression<'a> {
    words: std::iter::Peekable<std::vec::IntoIter<&'a str>>,
    allowed: &'a BTreeSet<String>,
}

impl Expression<'_> {
    fn is_met(&mut self) -> bool {
        let mut met = self.all();
        while self.words.next_if_eq(&"OR").is_some() {
            met |= self.all();
        }
        met
    }

    fn all(&mut self) -> bool {
        let mut met = self.one();
        while self.words.next_if_eq(&"AND").is_some() {
            met &= self.one();
        }
        met
    }

    fn one(&mut self) -> bool {
        if self.words.next_if_eq(&"(").is_some() {
            let met = self.is_met();
            return self.words.next() == Some(")") && met;
        }
        let met = self.words.next().is_some_and(|name| self.allowed.contains(name));
        if self.words.next_if_eq(&"WITH").is_some() {
            self.words.next();
        }
        met
    }
}

fn is_met(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut expression = Expression {
        words: words.into_iter().peekable(),
        allowed,
    };
    expression.is_met() && expression.words.next().is_none()
}

#[test]
fn licence_expressions_are_read_with_their_precedence() {
    let allowed = BTreeSet::from(["MIT", "ISC"].map(str::to_owned));
    for (expression, met) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("GPL-3.0 OR MIT", true),
        ("MIT AND GPL-3.0", false),
        ("(GPL-3.0 OR MIT) AND ISC", true),
        ("(MIT OR ISC) AND GPL-3.0", false),
        ("MIT OR ISC AND GPL-3.0", true),
        ("MIT WITH X-exception AND ISC", true),
        ("MIT/GPL-3.0", true),
        ("", false),
    ] {
        assert_eq!(is_met(expression, &allowed), met, "{expression}");
    }
}

#[test]
fn every_dependency_has_an_allowed_licence() -> Outcome {
    let allowed = allowed()?;
    assert!(
        allowed.contains("MIT") && allowed.contains("Apache-2.0"),
        "{allowed:?}"
    );
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--workspace",
            "--locked",
            "--edges",
            "normal,build,dev",
            "--prefix",
            "none",
        ])
        .args(["--format", "{l}|{p}"])
        .current_dir(root())
        .output()?;
    anyhow::ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let tree = String::from_utf8(output.stdout)?;
    assert!(tree.lines().count() > 100);
    for banned in ["openssl-sys v", "native-tls v"] {
        assert!(!tree.contains(banned), "{banned}: TLS is rustls");
    }
    for (licence, package) in tree
        .lines()
        .filter_map(|line| line.trim_end_matches(" (*)").split_once('|'))
    {
        assert!(
            is_met(licence, &allowed),
            "{package}: {licence:?} is not allowed by deny.toml"
        );
    }
    Ok(())
}

#[test]
fn lock_files_name_no_host() -> Outcome {
    let lock = std::fs::read_to_string(root().join("tests/sdk/node/package-lock.json"))?;
    assert!(
        !lock.contains("resolved") && !lock.contains("://"),
        "package-lock.json names a host"
    );
    let pins = std::fs::read_to_string(root().join("tests/sdk/python/requirements.txt"))?;
    assert!(!pins.contains("://"), "requirements.txt names a host");
    Ok(())
}
