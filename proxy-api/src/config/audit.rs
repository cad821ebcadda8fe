//! `[audit]`: where value-free records of turns go.

use std::path::PathBuf;

use serde::Deserialize;

use super::section::section;

/// Where audit events are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditSink {
    /// Nowhere.
    Off,
    /// Standard output, one JSON object per line.
    Stdout,
    /// A file, one JSON object per line, appended.
    File,
}

section! {
    /// Value-free records of turns.
    pub struct Audit {
        /// `off`, `stdout` or `file`; JSON Lines.
        sink: AuditSink = "\"off\"",
        /// The file of `sink = "file"`.
        path: Option<PathBuf> = "unset",
        /// Events waiting to be written; more are dropped and counted.
        queue: usize = "8192",
    }
}
