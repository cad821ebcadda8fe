//! `[turn_state]`: what a socket's chain of turns leaves behind, and where it is kept.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::secret::Secret;
use super::section::section;

/// Where the state of chains lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TurnStore {
    /// In this process.
    Memory,
    /// In Redis or Valkey, sealed with the master key: replicas share it.
    Redis,
}

section! {
    /// What a chain of turns on a socket leaves behind, so that a caller that comes back can go on: its last response,
    /// its masked transcript, and what its placeholders stand for.
    pub struct TurnState {
        /// `memory`: in this process. `redis`: in Redis or Valkey, sealed with the master key, so that several replicas
        /// share it; the maps of `[continuations]` are shared there too. Needs `url` and `masking.master_key`.
        store: TurnStore = "\"memory\"",
        /// `redis://[user:password@]host[:port][/db]`, `rediss://` for TLS, or `unix:///path/to/socket`.
        url: Option<Secret> = "unset",
        /// A file that holds `url`.
        url_file: Option<PathBuf> = "unset",
        /// Chains at once; a new one is refused while there are as many.
        count: usize = "10000",
        /// Memory for all of them together; bytes.
        bytes: usize = "268435456",
        /// One chain; bytes. The state of a longer one is not kept.
        entry_bytes: usize = "16777216",
        /// Time since a chain was last used; seconds.
        idle_seconds: u64 = "3600",
    }
}

impl TurnState {
    pub(crate) fn idle(&self) -> Duration {
        Duration::from_secs(self.idle_seconds)
    }
}
