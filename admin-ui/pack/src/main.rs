//! Builds the console: `cargo run --profile tool -p console-pack --features pack`. It needs a compiler for wasm32: rustup's
//! target, which it adds where that is possible, or Debian's rustc-web, cargo-web and rust-web-src.

#![expect(
    clippy::print_stdout,
    reason = "a command line program: what it does is its output"
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context as _, Result, bail, ensure};
use console_pack::{Built, pack};
use wasm_bindgen_cli_support::Bindgen;

const TARGET: &str = "wasm32-unknown-unknown";

fn main() -> Result<()> {
    let mut profile = "console".to_owned();
    let mut out = None;
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--fast" => "console-fast".clone_into(&mut profile),
            "--out" => out = Some(PathBuf::from(arguments.next().context("--out needs a folder")?)),
            _ => bail!("usage: console-pack [--fast] [--out FOLDER]"),
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .context("this program lies in no workspace")?;
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir));
    compile(root, &target, &profile)?;
    let wasm = target.join(TARGET).join(&profile).join("admin-ui.wasm");
    let built = bind(root, &target, &wasm, profile != "console")?;
    let out = out.unwrap_or_else(|| target.join("console-files"));
    let packed = pack(&built, &out)?;
    let mut sum = 0;
    for file in &packed {
        sum += file.compressed;
        println!("{:>9} {:>9}  {}", file.size, file.compressed, file.path);
    }
    println!("{:>9} {sum:>9}  in all, in {}", "", out.display());
    Ok(())
}

/// With whichever compiler there is.
fn compile(root: &Path, target: &Path, profile: &str) -> Result<()> {
    let mut cargo = if has_target(root) {
        Command::new("cargo")
    } else if Path::new("/usr/lib/rustlib/src/rust/library/std").exists() || has_debian() {
        println!("rustup has no {TARGET} here: Debian's toolchain builds it with its own sources");
        let linker = linker(root)?;
        let mut cargo = Command::new("/usr/bin/cargo");
        cargo
            .env("RUSTC", "/usr/bin/rustc")
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker)
            .env_remove("RUSTUP_TOOLCHAIN")
            .arg("-Zbuild-std=std,panic_abort");
        cargo
    } else {
        bail!(
            "nothing here compiles for {TARGET}: run `rustup target add {TARGET}`, or install rustc-web, cargo-web and \
             rust-web-src (Debian)"
        );
    };
    // What the program that runs this was built with is not what the console is built with.
    for name in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET"] {
        cargo.env_remove(name);
    }
    let status = cargo
        .args(["build", "--locked", "--package", "admin-ui", "--bin", "admin-ui"])
        .args(["--target", TARGET, "--profile", profile, "--target-dir"])
        .arg(target)
        .current_dir(root)
        .status()
        .context("cargo does not start")?;
    ensure!(status.success(), "the console does not compile");
    Ok(())
}

/// Rustup's target is there, or can be added.
fn has_target(root: &Path) -> bool {
    let library = || {
        let output = Command::new("rustc")
            .args(["--print", "target-libdir", "--target", TARGET])
            .current_dir(root)
            .output();
        output
            .ok()
            .and_then(|output| String::from_utf8(output.stdout).ok())
            .is_some_and(|path| Path::new(path.trim()).exists())
    };
    if library() {
        return true;
    }
    println!("adding rustup's target {TARGET}");
    // A network that takes packets and answers none must not hold this up.
    let added = Command::new("timeout")
        .args(["120", "rustup", "target", "add", TARGET])
        .current_dir(root)
        .status();
    added.is_ok_and(|status| status.success()) && library()
}

fn has_debian() -> bool {
    fs::read_dir("/usr/src").is_ok_and(|entries| {
        entries
            .flatten()
            .any(|entry| entry.file_name().to_string_lossy().starts_with("rustc-"))
    }) && Path::new("/usr/bin/cargo").exists()
}

/// Rustup's own linker for wasm, else Debian's.
fn linker(root: &Path) -> Result<PathBuf> {
    let output = Command::new("rustc")
        .args(["--print", "sysroot"])
        .current_dir(root)
        .output()
        .context("rustc does not start")?;
    let sysroot = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    let own = sysroot.join("lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld");
    let debian = ["/usr/bin/wasm-ld-22", "/usr/bin/wasm-ld-19", "/usr/bin/wasm-ld"].map(PathBuf::from);
    std::iter::once(own)
        .chain(debian)
        .find(|path| path.exists())
        .context("there is no linker for wasm: install lld-22 (Debian)")
}

/// Makes the script, and the program smaller.
fn bind(root: &Path, target: &Path, wasm: &Path, is_fast: bool) -> Result<Built> {
    let folder = target.join("console-bindgen");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    Bindgen::new()
        .input_path(wasm)
        .web(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .out_name("console")
        .generate(&folder)?;
    ensure!(
        !folder.join("snippets").exists(),
        "a dependency brings scripts of its own, which are not packed: {}",
        folder.join("snippets").display()
    );
    let bound = folder.join("console_bg.wasm");
    let small = folder.join("small.wasm");
    let wasm = if is_fast {
        fs::read(&bound)?
    } else {
        optimised(&bound, &small)?
    };
    let ui = root.join("admin-ui");
    let mut sheets: Vec<PathBuf> = fs::read_dir(ui.join("style"))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    sheets.sort();
    let style = sheets
        .iter()
        .map(fs::read_to_string)
        .collect::<Result<String, _>>()?;
    Ok(Built {
        script: fs::read_to_string(folder.join("console.js"))?,
        wasm,
        style,
        font: (
            "inter-latin.woff2".to_owned(),
            fs::read(ui.join("fonts/inter-latin.woff2"))?,
        ),
        theme: include_str!("../theme.js").to_owned(),
        icon: include_str!("../icon.svg").to_owned(),
        quality: if is_fast { 5 } else { 11 },
    })
}

/// Before this, binaryen mixes up tables of functions and of references.
const BINARYEN: u32 = 119;

/// Made smaller where a binaryen is there that can.
fn optimised(bound: &Path, small: &Path) -> Result<Vec<u8>> {
    let version = Command::new("wasm-opt").arg("--version").output().ok();
    let version = version.and_then(|output| {
        let text = String::from_utf8(output.stdout).ok()?;
        text.split_whitespace().find_map(|word| {
            word.trim_end_matches(|c: char| !c.is_ascii_digit())
                .parse::<u32>()
                .ok()
        })
    });
    if version.is_none_or(|version| version < BINARYEN) {
        println!(
            "no wasm-opt of version {BINARYEN} or later (binaryen): the program stays some percent larger"
        );
        return Ok(fs::read(bound)?);
    }
    let output = Command::new("wasm-opt")
        .args(["-Oz", "--all-features"])
        .arg(bound)
        .arg("-o")
        .arg(small)
        .output()?;
    if !output.status.success() {
        println!(
            "wasm-opt fails, the program stays larger: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        return Ok(fs::read(bound)?);
    }
    Ok(fs::read(small)?)
}
