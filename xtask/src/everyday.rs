//! Texts of everyday work (tables, records, letters, logs, chats, configuration) with made-up private values: what of them
//! would leave, and what is changed that should not be. `cases/given.jsonl` came with the project, `cases/own.jsonl` holds
//! other members of the same classes.

use anyhow::{Context, Result};
use serde::Deserialize;

use super::battery::Battery;

/// The texts that came with the project.
pub const GIVEN: &str = include_str!("../cases/given.jsonl");
/// Other members of their classes.
pub const OWN: &str = concat!(
    include_str!("../cases/own.jsonl"),
    include_str!("../cases/own-people.jsonl"),
    include_str!("../cases/own-forms.jsonl"),
    include_str!("../cases/own-devices.jsonl"),
);

/// One text.
#[derive(Debug, Deserialize)]
pub struct Everyday {
    /// A number, the class's letter, a word for it.
    pub id: String,
    /// What is pasted.
    pub text: String,
    /// Values that must not stand in what leaves.
    pub hide: Vec<String>,
    /// What must stand there unchanged.
    pub keep: Vec<String>,
    /// Whether the default policy may refuse the text.
    pub may_refuse: bool,
}

/// What became of one text.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Values that leave.
    pub left: Vec<String>,
    /// Harmless parts that do not arrive as they were.
    pub changed: Vec<String>,
    /// What leaves.
    pub outbound: String,
    /// Something in it is a secret: the default policy refuses the text.
    pub is_secret: bool,
}

impl Everyday {
    /// The class's letter; the older ids have none.
    #[must_use]
    pub fn class(&self) -> &str {
        let word = self.id.split(' ').nth(1).unwrap_or_default();
        if word.len() == 1 { word } else { "documents" }
    }

    /// Masks the text as a chat's message, every type masked.
    ///
    /// # Errors
    /// When a detector cannot decide, or the request cannot be written.
    pub fn run(&self, battery: &Battery) -> Result<Outcome> {
        let (outbound, is_secret) = battery.outbound(&self.text)?;
        let missing = |part: &&String| !outbound.contains(part.as_str());
        Ok(Outcome {
            left: self.hide.iter().filter(|part| !missing(part)).cloned().collect(),
            changed: self.keep.iter().filter(missing).cloned().collect(),
            is_secret,
            outbound,
        })
    }
}

impl Outcome {
    /// Values that leave where the default policy acts: nothing leaves of what it refuses.
    #[must_use]
    pub fn leaks(&self) -> usize {
        if self.is_secret { 0 } else { self.left.len() }
    }
}

/// Reads one of the files.
///
/// # Errors
/// When a line is none of theirs.
pub fn read(file: &str) -> Result<Vec<Everyday>> {
    let lines = file.lines().enumerate();
    lines
        .map(|(nth, line)| serde_json::from_str(line).with_context(|| format!("line {}", nth + 1)))
        .collect()
}
