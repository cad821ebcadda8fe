//! What the detectors find in public code and logs, by language: false masks there corrupt files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;
use masking::detectors::{DeterministicDetector, RuleSet, built_in};
use masking::{
    LeafClass, Masker, MasterKey, MemoLimits, NoDeadline, PlaceholderMap, Policy, Scope, TextLeaf, TextScope,
};

/// Larger files are data.
const MAX_FILE: u64 = 400_000;
/// So much of each language is read.
const MAX_LANGUAGE: usize = 3_000_000;

#[derive(Default)]
struct Tally {
    bytes: usize,
    types: BTreeMap<String, usize>,
}

/// Prints what is found in the files below `folders`, by the end of their names; with `show`, each with its line.
pub(crate) fn run(folders: &[PathBuf], show: bool) -> Result<()> {
    let detector = DeterministicDetector::new(RuleSet::new(built_in())?);
    let masker = Masker::new(
        vec![Box::new(detector)],
        Policy::default(),
        MemoLimits { bytes: 0 },
        [0; 16],
    );
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    let mut files = Vec::new();
    for folder in folders {
        collect(folder, &mut files)?;
    }
    files.sort();
    for file in files {
        let Some(language) = file.extension().and_then(|end| end.to_str()) else {
            continue;
        };
        let Ok(text) = std::fs::read_to_string(&file) else {
            continue;
        };
        let tally = tallies.entry(language.to_owned()).or_default();
        if tally.bytes > MAX_LANGUAGE {
            continue;
        }
        tally.bytes += text.len();
        let leaf = TextLeaf {
            text: &text,
            label: None,
            class: LeafClass::Text,
            scope: TextScope::ToolOutput,
            joins_previous: false,
        };
        let map = PlaceholderMap::new(&MasterKey::new([0; 32]), &Scope::new("corpus"));
        for found in masker.inspect(&[leaf], &map, &NoDeadline)? {
            let span = found.detection.span;
            *tally.types.entry(found.detection.entity.to_string()).or_default() += 1;
            if show {
                let start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
                let end = text[span.end..].find('\n').map_or(text.len(), |at| span.end + at);
                let line: String = text[start..end].chars().take(240).collect();
                println!(
                    "{language}\t{}\t{}\t{}",
                    found.detection.entity,
                    &text[span.range()].escape_debug(),
                    line.escape_debug()
                );
            }
        }
    }
    for (language, tally) in &tallies {
        let count: usize = tally.types.values().sum();
        let share = count as f64 * 100_000.0 / tally.bytes.max(1) as f64;
        println!(
            "{language:8} {:7} KB {count:5} found, {share:.2} in 100 KB {:?}",
            tally.bytes / 1000,
            tally.types
        );
    }
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            collect(&entry.path(), files)?;
        } else if kind.is_file() && entry.metadata()?.len() <= MAX_FILE {
            files.push(entry.path());
        }
    }
    Ok(())
}
