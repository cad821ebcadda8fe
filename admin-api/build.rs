//! With the feature `console`, the console's files become part of the program: those of `BAUTA_CONSOLE_DIR`, else those that
//! `console-pack` left in `target/console-files`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo:rerun-if-env-changed=BAUTA_CONSOLE_DIR");
    if env::var_os("CARGO_FEATURE_CONSOLE").is_none() {
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = match env::var_os("BAUTA_CONSOLE_DIR") {
        Some(folder) => root.join(folder),
        None => env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| root.join("target"), |target| root.join(target))
            .join("console-files"),
    };
    println!("cargo:rerun-if-changed={}", folder.display());
    let Ok(folder) = folder.canonicalize() else {
        panic!(
            "the console's files are not in {}: build them with `cargo run --profile tool -p console-pack --features pack`, name another \
             folder in BAUTA_CONSOLE_DIR, or build without the feature `console`",
            folder.display()
        );
    };
    let mut files = vec![folder.join("index.html")];
    let assets = fs::read_dir(folder.join("assets")).expect("the folder of the console has no `assets`");
    files.extend(assets.map(|entry| entry.expect("a file of the console").path()));
    files.retain(|path| !matches!(extension(path), "br" | "gz"));
    files.sort();
    let mut code = "pub(super) const FILES: &[File] = &[\n".to_owned();
    for path in files {
        let name = path
            .strip_prefix(&folder)
            .expect("a file in its folder")
            .display()
            .to_string();
        let beside = |suffix: &str| {
            let mut name = path.clone().into_os_string();
            name.push(suffix);
            let path = PathBuf::from(name);
            if path.exists() {
                format!("Some(include_bytes!({path:?}))")
            } else {
                "None".to_owned()
            }
        };
        writeln!(
            code,
            "    File {{ path: \"/{name}\", plain: include_bytes!({path:?}), brotli: {}, gzip: {} }},",
            beside(".br"),
            beside(".gz")
        )
        .expect("text");
    }
    code.push_str("];\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join("console.rs");
    fs::write(out, code).expect("the folder for generated code can be written");
}

fn extension(path: &Path) -> &str {
    path.extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or("")
}
