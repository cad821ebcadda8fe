//! Memory of chains whose history the provider keeps: which placeholder stood for what, under the caller and the
//! provider's id, bounded in count, bytes and time; in this process, and before the store that replicas share, if any.

mod shared;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use masking::{MasterKey, Remembered};

use self::shared::{Shared, Version};
use crate::caller::{Caller, Owner};
use crate::config::Continuations as Limits;
use crate::error::GatewayError;
use crate::kept::{Bounds, Found, Kept, Tombstone};
use crate::ops::Counted;
use crate::shared_store::SharedStore;
use crate::workers::let_fall;

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    owner: Owner,
    id: Box<str>,
}

#[derive(Clone)]
struct Entry {
    map: Arc<Remembered>,
    /// What the shared store has of it.
    version: Option<Version>,
}

/// A chain was remembered, and is not any more: its answer would be full of placeholders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Forgotten(Tombstone);

/// The maps of chains.
pub(crate) struct Continuations {
    /// `None` where nothing is to be remembered.
    kept: Option<Mutex<Kept<Key, Entry>>>,
    shared: Option<Shared>,
    dropped: Counted,
}

impl Continuations {
    pub(crate) fn new(limits: &Limits) -> Self {
        let bounds = Bounds {
            count: limits.count,
            bytes: limits.bytes,
            entry_bytes: limits.bytes,
            idle: limits.idle(),
        };
        let is_on = limits.bytes > 0 && limits.count > 0;
        Self {
            kept: is_on.then(|| Mutex::new(Kept::new(bounds))),
            shared: None,
            dropped: Counted::hidden(),
        }
    }

    /// Before the store that replicas share. `dropped` counts what that store did not get.
    pub(crate) fn sharing(
        self,
        store: &Arc<SharedStore>,
        limits: &Limits,
        master: &MasterKey,
        dropped: Counted,
    ) -> Self {
        if self.kept.is_none() {
            return self;
        }
        let count = dropped.clone();
        let shared = Shared::start(store, limits, master, move || {
            count.add(1);
        });
        Self {
            shared: Some(shared),
            dropped,
            ..self
        }
    }

    /// Loads what other replicas know of these chains, so that [`Continuations::recall`] finds it. A store that is away
    /// is waited for no longer than two seconds; the chain then resolves what this process knows.
    pub(crate) async fn fetch(&self, caller: &Caller, ids: &[impl AsRef<str>], now: Instant) {
        let Some(shared) = &self.shared else { return };
        let fetches = ids
            .iter()
            .map(|id| self.fetch_one(shared, caller, id.as_ref(), now));
        futures_util::future::join_all(fetches).await;
    }

    async fn fetch_one(&self, shared: &Shared, caller: &Caller, id: &str, now: Instant) {
        let known = match self.found(caller, id, now) {
            Found::Value(entry) => entry.version,
            Found::Nothing | Found::Tombstone(_) => None,
        };
        let (found, version) = match shared.find(caller, id, known).await {
            shared::Found::Nothing => return,
            shared::Found::Unchanged => return drop(self.recall(caller, id, now)),
            shared::Found::Gone(tombstone) => return self.bury(caller, id, tombstone, now),
            shared::Found::Map(map, version) => (map, version),
        };
        let map = match self.found(caller, id, now) {
            Found::Nothing | Found::Tombstone(_) => Arc::new(found),
            // What this process has issued since may still wait to be written.
            Found::Value(entry) => {
                let mut both = found;
                both.add(&entry.map);
                Arc::new(both)
            }
        };
        let version = Some(version);
        self.hold(caller, id, Entry { map, version }, now);
    }

    fn found(&self, caller: &Caller, id: &str, now: Instant) -> Found<Entry> {
        match &self.kept {
            Some(kept) => lock(kept).find(&key(caller, id), now),
            None => Found::Nothing,
        }
    }

    /// Another replica could not keep it; what this one has is its own.
    fn bury(&self, caller: &Caller, id: &str, tombstone: Tombstone, now: Instant) {
        if let Some(kept) = &self.kept {
            lock(kept).bury(key(caller, id), tombstone, now);
        }
    }

    fn hold(&self, caller: &Caller, id: &str, entry: Entry, now: Instant) {
        let Some(kept) = &self.kept else { return };
        let bytes = id.len() + entry.map.bytes();
        let (result, gone) = lock(kept).put(caller.owner, &key(caller, id), entry, bytes, now);
        if result.is_err() {
            self.dropped.add(1);
        }
        if !gone.is_empty() {
            let_fall(gone);
        }
    }

    /// What the chain `id` of this caller has issued.
    ///
    /// # Errors
    /// When that was known once, and had to go.
    pub(crate) fn recall(
        &self,
        caller: &Caller,
        id: &str,
        now: Instant,
    ) -> Result<Option<Arc<Remembered>>, Forgotten> {
        let Some(kept) = &self.kept else { return Ok(None) };
        let (mut kept, key) = (lock(kept), key(caller, id));
        match kept.find(&key, now) {
            Found::Nothing => Ok(None),
            Found::Tombstone(tombstone) => Err(Forgotten(tombstone)),
            Found::Value(entry) => {
                kept.let_go(&key, now);
                Ok(Some(entry.map))
            }
        }
    }

    /// Keeps `map` under `id` beside what is known there: several turns may add to a conversation at once.
    pub(crate) fn add(&self, caller: &Caller, id: &str, map: &Arc<Remembered>, now: Instant) {
        match self.found(caller, id, now) {
            Found::Value(entry) if !entry.map.is_empty() => {
                let mut both = Remembered::clone(map);
                both.add(&entry.map);
                self.remember(caller, id, &Arc::new(both), now);
            }
            _ => self.remember(caller, id, map, now),
        }
    }

    /// Drops what is known under `id`, which is no more: here, and for other replicas.
    pub(crate) fn forget(&self, caller: &Caller, id: &str) {
        if let Some(kept) = &self.kept {
            let gone = lock(kept).forget(&key(caller, id));
            let_fall(gone);
        }
        if let Some(shared) = &self.shared {
            shared.forget(caller, id);
        }
    }

    /// Keeps `map` under `id`, without waiting for anything. An empty one says whose it is.
    pub(crate) fn remember(&self, caller: &Caller, id: &str, map: &Arc<Remembered>, now: Instant) {
        let version = self.shared.as_ref().and_then(|shared| {
            let version = shared.keep(caller, id, map);
            if version.is_none() {
                self.dropped.add(1);
            }
            version
        });
        let map = Arc::clone(map);
        self.hold(caller, id, Entry { map, version }, now);
    }

    /// Drops what has expired; called from time to time, so that values do not outlive their use.
    pub(crate) fn sweep(&self, now: Instant) {
        if let Some(kept) = &self.kept {
            let gone = lock(kept).sweep(now);
            let_fall(gone);
        }
    }
}

impl From<Forgotten> for GatewayError {
    fn from(Forgotten(tombstone): Forgotten) -> Self {
        match tombstone {
            Tombstone::TooLarge => Self::ContinuationTooLarge,
            Tombstone::MadeRoom => Self::PreviousResponse,
        }
    }
}

fn lock(kept: &Mutex<Kept<Key, Entry>>) -> MutexGuard<'_, Kept<Key, Entry>> {
    // No change of it stops half-way.
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

fn key(caller: &Caller, id: &str) -> Key {
    Key {
        owner: caller.owner,
        id: id.into(),
    }
}

#[cfg(test)]
mod tests;
