//! Puts the console's files together: names that hold a digest of what is inside, integrity for what a page loads, and
//! compressed files beside the plain ones.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use data_encoding::{BASE64, HEXLOWER};
use sha2::{Digest as _, Sha256, Sha384};

/// What a build leaves, before it is packed.
#[derive(Debug)]
pub struct Built {
    /// What `wasm-bindgen` wrote for browsers.
    pub script: String,
    /// The program.
    pub wasm: Vec<u8>,
    /// Style sheets, joined.
    pub style: String,
    /// The font, as the style sheets name it.
    pub font: (String, Vec<u8>),
    /// Runs before the page is painted: the chosen theme.
    pub theme: String,
    /// The icon.
    pub icon: String,
    /// How hard brotli tries: 11 for what is shipped, less while working on it.
    pub quality: u32,
}

/// A packed file: its path within the folder, its size, and that of its smallest form.
#[derive(Debug, PartialEq, Eq)]
pub struct Packed {
    /// `assets/app-0123456789abcdef.wasm`.
    pub path: String,
    /// Bytes.
    pub size: usize,
    /// Bytes when brotli made them.
    pub compressed: usize,
}

/// Writes the folder that the control plane serves. What was in it is gone.
///
/// # Errors
/// When a file cannot be written.
pub fn pack(built: &Built, folder: &Path) -> Result<Vec<Packed>> {
    if folder.exists() {
        let is_ours = folder.join("index.html").exists() && folder.join("assets").exists();
        let is_empty = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
        ensure!(
            is_ours || is_empty,
            "{} holds something else than a console: it is left alone",
            folder.display()
        );
        fs::remove_dir_all(folder).with_context(|| format!("{} cannot be emptied", folder.display()))?;
    }
    fs::create_dir_all(folder.join("assets"))
        .with_context(|| format!("{} cannot be made", folder.display()))?;
    let mut packed = Vec::new();
    let mut add = |path: String, content: &[u8]| -> Result<()> {
        packed.push(write(folder, path, content, built.quality)?);
        Ok(())
    };
    let font = named("inter", "woff2", &built.font.1);
    add(font.clone(), &built.font.1)?;
    let style = without_comments(&built.style).replace(&built.font.0, &format!("/{font}"));
    let icon = named("icon", "svg", built.icon.as_bytes());
    add(icon.clone(), built.icon.as_bytes())?;
    let style_path = named("console", "css", style.as_bytes());
    add(style_path.clone(), style.as_bytes())?;
    let theme = named("theme", "js", built.theme.as_bytes());
    add(theme.clone(), built.theme.as_bytes())?;
    let wasm = named("console", "wasm", &built.wasm);
    add(wasm.clone(), &built.wasm)?;
    let script = started(&built.script, &wasm, &integrity(&built.wasm));
    let script_path = named("console", "js", script.as_bytes());
    add(script_path.clone(), script.as_bytes())?;
    let page = page(&[
        ("THEME", &theme),
        ("THEME_INTEGRITY", &integrity(built.theme.as_bytes())),
        ("STYLE", &style_path),
        ("STYLE_INTEGRITY", &integrity(style.as_bytes())),
        ("SCRIPT", &script_path),
        ("SCRIPT_INTEGRITY", &integrity(script.as_bytes())),
        ("WASM", &wasm),
        ("FONT", &font),
        ("ICON", &icon),
    ]);
    add("index.html".to_owned(), page.as_bytes())?;
    Ok(packed)
}

/// `assets/NAME-DIGEST.EXTENSION`.
fn named(name: &str, extension: &str, content: &[u8]) -> String {
    let digest = HEXLOWER.encode(&Sha256::digest(content)[..8]);
    format!("assets/{name}-{digest}.{extension}")
}

/// As `integrity` has it.
fn integrity(content: &[u8]) -> String {
    format!("sha384-{}", BASE64.encode(&Sha384::digest(content)))
}

/// The script with a last line that loads the program and says so when that fails: no page has inline script.
fn started(script: &str, wasm: &str, integrity: &str) -> String {
    format!(
        "{script}\n__wbg_init({{ module_or_path: fetch('/{wasm}', {{ integrity: '{integrity}' }}) }})\
         .catch((error) => {{ document.documentElement.dataset.failed = ''; throw error; }});\n"
    )
}

fn page(values: &[(&str, &String)]) -> String {
    let mut text = include_str!("../index.html").to_owned();
    for (name, value) in values {
        text = text.replace(&format!("{{{{{name}}}}}"), value);
    }
    text
}

/// Comments of a style sheet and the indentation of its lines; strings of ours have neither.
fn without_comments(style: &str) -> String {
    let mut out = String::with_capacity(style.len());
    let mut rest = style;
    while let Some((before, after)) = rest.split_once("/*") {
        out.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    let mut lines = String::with_capacity(out.len());
    for line in out.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let _ = writeln!(lines, "{line}");
    }
    lines
}

fn write(folder: &Path, path: String, content: &[u8], quality: u32) -> Result<Packed> {
    let target = folder.join(&path);
    let put = |suffix: &str, bytes: &[u8]| {
        let target = folder.join(format!("{path}{suffix}"));
        fs::write(&target, bytes).with_context(|| format!("{} cannot be written", target.display()))
    };
    put("", content)?;
    let is_compressed = target.extension().is_some_and(|extension| extension == "woff2");
    let mut smallest = content.len();
    if !is_compressed {
        let small = brotli_of(content, quality)?;
        put(".br", &small)?;
        smallest = small.len();
        put(".gz", &gzip_of(content)?)?;
    }
    Ok(Packed {
        path,
        size: content.len(),
        compressed: smallest,
    })
}

fn brotli_of(content: &[u8], quality: u32) -> Result<Vec<u8>> {
    let mut small = Vec::new();
    {
        let mut writer = brotli::CompressorWriter::new(&mut small, 1 << 16, quality, 24);
        writer.write_all(content)?;
        writer.flush()?;
    }
    Ok(small)
}

fn gzip_of(content: &[u8]) -> Result<Vec<u8>> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(content)?;
    Ok(writer.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built() -> Built {
        Built {
            script: "function __wbg_init() {}".to_owned(),
            wasm: vec![0, 97, 115, 109],
            style: "/* one */\na {\n  src: url(font.woff2);\n}\n".to_owned(),
            font: ("font.woff2".to_owned(), b"wOF2".to_vec()),
            theme: "1;".to_owned(),
            icon: "<svg/>".to_owned(),
            quality: 5,
        }
    }

    #[test]
    fn a_page_names_what_it_loads_by_its_digest() {
        let folder = tempfile::tempdir().unwrap();
        let packed = pack(&built(), folder.path()).unwrap();
        let page = fs::read_to_string(folder.path().join("index.html")).unwrap();
        assert!(!page.contains("{{") && !page.contains("style=") && !page.contains("<style"));
        for file in packed.iter().filter(|file| file.path != "index.html") {
            let is_named = page.contains(&file.path) || file.path.ends_with("woff2");
            assert!(is_named, "{}", file.path);
        }
        let style = packed.iter().find(|file| file.path.ends_with(".css")).unwrap();
        let style = fs::read_to_string(folder.path().join(&style.path)).unwrap();
        assert!(style.starts_with("a {\nsrc: url(/assets/inter-"), "{style}");
    }

    #[test]
    fn every_script_has_integrity_and_none_is_inline() {
        let page = include_str!("../index.html");
        for tag in page.split('<').filter(|tag| tag.starts_with("script")) {
            assert!(tag.contains("src=") && tag.contains("integrity="), "{tag}");
        }
    }

    #[test]
    fn a_folder_of_something_else_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("letter.txt"), "dear").unwrap();
        assert!(pack(&built(), folder.path()).is_err());
        assert!(folder.path().join("letter.txt").exists());
    }

    #[test]
    fn a_compressed_file_lies_beside_the_plain_one() {
        let folder = tempfile::tempdir().unwrap();
        pack(&built(), folder.path()).unwrap();
        let mut text = Vec::new();
        let small = fs::read(folder.path().join("index.html.br")).unwrap();
        brotli::BrotliDecompress(&mut small.as_slice(), &mut text).unwrap();
        assert_eq!(text, fs::read(folder.path().join("index.html")).unwrap());
    }
}
