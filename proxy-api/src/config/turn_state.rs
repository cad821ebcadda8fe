//! `[turn_state]`: what a socket's chain of turns leaves behind, and where it is kept.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use configuration::Secret;
use configuration::section;

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
        /// Chains at once. Where there are as many, or no bytes are left, the caller that holds most loses the one that it
        /// used longest ago.
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
    /// Where the shared store is, without its credentials; `None` when there is none.
    #[must_use]
    pub fn place(&self) -> Option<String> {
        let url = self.url.as_ref()?.expose_text();
        let (scheme, rest) = url.split_once("://")?;
        let rest = rest.split('?').next().unwrap_or_default();
        let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
        Some(format!("{scheme}://{place}"))
    }

    pub(crate) fn idle(&self) -> Duration {
        Duration::from_secs(self.idle_seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_no_credentials() {
        for (url, place) in [
            (
                "redis://me:p@ss@cache.example:6379/2",
                "redis://cache.example:6379/2",
            ),
            ("rediss://:secret@cache.example", "rediss://cache.example"),
            ("unix:///run/redis.sock?pass=secret", "unix:///run/redis.sock"),
        ] {
            let state = TurnState {
                url: Some(Secret::new(url.to_owned())),
                ..TurnState::default()
            };
            assert_eq!(state.place().as_deref(), Some(place));
        }
        assert_eq!(TurnState::default().place(), None);
    }
}
