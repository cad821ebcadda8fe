//! The programs of this workspace, built beside the running test.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use anyhow::Context;

/// The program of that name, built once. Another gateway is tested with `BAUTA_BIN`.
///
/// # Errors
/// When it does not build.
#[expect(clippy::disallowed_methods, reason = "the tests' own configuration")]
pub fn binary(name: &'static str) -> anyhow::Result<PathBuf> {
    static BUILT: Mutex<Option<HashMap<&str, PathBuf>>> = Mutex::new(None);
    if name == "proxy-api"
        && let Ok(given) = std::env::var("BAUTA_BIN")
    {
        return Ok(given.into());
    }
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    let built = built.get_or_insert_default();
    if let Some(known) = built.get(name) {
        return Ok(known.clone());
    }
    let path = build(name)?;
    built.insert(name, path.clone());
    Ok(path)
}

/// Builds a binary of this workspace with the profile of the running test.
fn build(name: &str) -> anyhow::Result<PathBuf> {
    let test = std::env::current_exe()?;
    let folder = test
        .ancestors()
        .nth(2)
        .context("a test runs in target/<profile>/deps")?;
    let profile = match folder.file_name().and_then(|name| name.to_str()) {
        Some("release") => "release",
        _ => "dev",
    };
    let built = std::process::Command::new(env!("CARGO"))
        .args([
            "build",
            "--quiet",
            "--package",
            name,
            "--bin",
            name,
            "--profile",
            profile,
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()?;
    anyhow::ensure!(built.success(), "{name} does not build");
    Ok(folder.join(name))
}
