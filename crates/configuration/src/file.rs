//! The configuration file as a layer: its values, and where each of them stands. No error holds a word of its text: any
//! word may be a secret that went to the wrong place.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use figment::value::{Dict, Map};
use figment::{Error, Metadata, Profile, Provider};
use toml::de::{DeTable, DeValue};
use zeroize::Zeroizing;

use crate::ConfigError;

/// Line and column, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Position(usize, usize);

/// What a file says.
pub struct File {
    path: PathBuf,
    values: Dict,
    positions: Arc<BTreeMap<Vec<String>, Position>>,
}

impl File {
    /// Reads the sections that `is_ours` takes: the others are other processes'.
    ///
    /// # Errors
    /// When it is not there, cannot be read, or is not TOML.
    pub fn read(path: &Path, is_ours: impl Fn(&str) -> bool) -> Result<Self, ConfigError> {
        if !path.is_file() {
            return Err(ConfigError::MissingFile(path.to_owned()));
        }
        let text = std::fs::read_to_string(path)
            .map(Zeroizing::new)
            .map_err(|error| ConfigError::Unreadable {
                path: path.to_owned(),
                problem: error.kind(),
            })?;
        let (table, errors) = DeTable::parse_recoverable(&text);
        // What follows the first mistake is often read wrongly.
        if let Some(first) = errors
            .iter()
            .min_by_key(|error| error.span().map(|span| span.start))
        {
            return Err(syntax(path, &text, first));
        }
        let mut positions = BTreeMap::new();
        collect(table.get_ref(), &text, &mut Vec::new(), &mut positions);
        let mut values: Dict = toml::from_str(&text).map_err(|error| syntax(path, &text, &error))?;
        values.retain(|section, _| is_ours(section));
        Ok(Self {
            path: path.to_owned(),
            values,
            positions: Arc::new(positions),
        })
    }
}

/// The parser's reason is one of its constants; what it shows beside it is the line.
fn syntax(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    let Position(line, column) = position(text, error.span().map_or(0, |span| span.start));
    ConfigError::Syntax {
        path: path.to_owned(),
        line,
        column,
        reason: error.message().to_owned(),
    }
}

fn position(text: &str, at: usize) -> Position {
    let before = text.get(..at).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    Position(before.matches('\n').count() + 1, line.chars().count() + 1)
}

fn collect(
    table: &DeTable<'_>,
    text: &str,
    levels: &mut Vec<String>,
    positions: &mut BTreeMap<Vec<String>, Position>,
) {
    for (key, value) in table {
        levels.push(key.get_ref().to_string());
        positions.insert(levels.clone(), position(text, key.span().start));
        descend(value.get_ref(), text, levels, positions);
        levels.pop();
    }
}

fn descend(
    value: &DeValue<'_>,
    text: &str,
    levels: &mut Vec<String>,
    positions: &mut BTreeMap<Vec<String>, Position>,
) {
    match value {
        DeValue::Table(table) => collect(table, text, levels, positions),
        DeValue::Array(list) => {
            for (nth, entry) in list.iter().enumerate() {
                levels.push(nth.to_string());
                positions.insert(levels.clone(), position(text, entry.span().start));
                descend(entry.get_ref(), text, levels, positions);
                levels.pop();
            }
        }
        _ => {}
    }
}

impl Provider for File {
    fn metadata(&self) -> Metadata {
        let path = self.path.display().to_string();
        let positions = Arc::clone(&self.positions);
        Metadata::named("file").interpolater(move |_, keys| {
            let mut levels: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
            while !levels.is_empty() {
                if let Some(Position(line, column)) = positions.get(&levels) {
                    return format!("{path}:{line}:{column}");
                }
                levels.pop();
            }
            path.clone()
        })
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        Ok(Profile::Default.collect(self.values.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters() {
        assert_eq!(position("", 0), Position(1, 1));
        assert_eq!(position("a\nüb", 4), Position(2, 2));
        assert_eq!(position("a\n", 9), Position(2, 1));
    }
}
