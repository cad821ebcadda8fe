//! Memory of chains whose history the provider keeps: which placeholder stood for what, under the caller and the
//! provider's id, bounded in count, bytes and time; in this process, and before the store that replicas share, if any.

mod shared;

use std::sync::Arc;
use std::time::{Duration, Instant};

use masking::{MasterKey, Remembered};
use prometheus_client::metrics::counter::Counter;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::caller::Caller;
use crate::config::Continuations as Limits;
use crate::shared_store::SharedStore;

use self::shared::{Found, Shared, Version};

/// What an entry costs beside its text: key, allocation, bookkeeping.
const ENTRY_BYTES: usize = 160;

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    caller: [u8; 32],
    id: Box<str>,
}

#[derive(Clone)]
struct Entry {
    map: Arc<Remembered>,
    used: Instant,
    /// What the shared store has of it.
    version: Option<Version>,
}

/// Weighs an entry by its bytes, but at least so much that no more than `count` fit.
#[derive(Clone)]
struct ByBytes {
    least: u64,
}

impl Weighter<Key, Entry> for ByBytes {
    fn weight(&self, key: &Key, entry: &Entry) -> u64 {
        let bytes = ENTRY_BYTES + key.id.len() + entry.map.bytes();
        u64::try_from(bytes).unwrap_or(u64::MAX).max(self.least)
    }
}

/// The maps of chains.
pub(crate) struct Continuations {
    cache: Option<Cache<Key, Entry, ByBytes>>,
    idle: Duration,
    shared: Option<Shared>,
    dropped: Counter,
}

impl Continuations {
    pub(crate) fn new(limits: &Limits) -> Self {
        let bytes = u64::try_from(limits.bytes).unwrap_or(u64::MAX);
        let count = u64::try_from(limits.count).unwrap_or(u64::MAX);
        let cache = (bytes > 0 && count > 0).then(|| {
            let weighter = ByBytes {
                least: (bytes / count).max(1),
            };
            Cache::with_weighter(limits.count, bytes, weighter)
        });
        Self {
            cache,
            idle: limits.idle(),
            shared: None,
            dropped: Counter::default(),
        }
    }

    /// Before the store that replicas share. `dropped` counts what that store did not get.
    pub(crate) fn sharing(
        self,
        store: &Arc<SharedStore>,
        limits: &Limits,
        master: &MasterKey,
        dropped: Counter,
    ) -> Self {
        if self.cache.is_none() {
            return self;
        }
        let count = dropped.clone();
        let shared = Shared::start(store, limits, master, move || {
            count.inc();
        });
        Self {
            shared: Some(shared),
            dropped,
            ..self
        }
    }

    /// Loads what other replicas know of these chains, so that [`Continuations::recall`] finds it. A store that is away
    /// is waited for no longer than two seconds; the chain then resolves what this process knows.
    pub(crate) async fn fetch(&self, caller: &Caller, ids: &[&str], now: Instant) {
        let Some(shared) = &self.shared else { return };
        let fetches = ids.iter().map(|id| self.fetch_one(shared, caller, id, now));
        futures_util::future::join_all(fetches).await;
    }

    async fn fetch_one(&self, shared: &Shared, caller: &Caller, id: &str, now: Instant) {
        let known = self.held(caller, id, now).and_then(|entry| entry.version);
        let (found, version) = match shared.find(caller, id, known).await {
            Found::Nothing => return,
            Found::Unchanged => (Remembered::default(), known),
            Found::Map(map, version) => (map, Some(version)),
        };
        let map = match self.held(caller, id, now) {
            None => Arc::new(found),
            Some(entry) if found.is_empty() => entry.map,
            // What this process has issued since may still wait to be written.
            Some(entry) => {
                let mut both = found;
                both.add(&entry.map);
                Arc::new(both)
            }
        };
        self.hold(
            caller,
            id,
            Entry {
                map,
                used: now,
                version,
            },
        );
    }

    fn held(&self, caller: &Caller, id: &str, now: Instant) -> Option<Entry> {
        let entry = self.cache.as_ref()?.get(&key(caller, id))?;
        (now.saturating_duration_since(entry.used) < self.idle).then_some(entry)
    }

    fn hold(&self, caller: &Caller, id: &str, entry: Entry) {
        if let Some(cache) = &self.cache
            && !entry.map.is_empty()
        {
            cache.insert(key(caller, id), entry);
        }
    }

    /// Whether other processes may know chains that this one does not.
    pub(crate) fn is_shared(&self) -> bool {
        self.shared.is_some()
    }

    /// What the chain `id` of this caller has issued.
    pub(crate) fn recall(&self, caller: &Caller, id: &str, now: Instant) -> Option<Arc<Remembered>> {
        self.held(caller, id, now).map(|entry| entry.map)
    }

    /// Keeps `map` under `id`, without waiting for anything; an empty map needs no memory.
    pub(crate) fn remember(&self, caller: &Caller, id: &str, map: &Arc<Remembered>, now: Instant) {
        if map.is_empty() {
            return;
        }
        let version = self.shared.as_ref().and_then(|shared| {
            let version = shared.keep(caller, id, map);
            if version.is_none() {
                self.dropped.inc();
            }
            version
        });
        let entry = Entry {
            map: Arc::clone(map),
            used: now,
            version,
        };
        self.hold(caller, id, entry);
    }

    /// Drops what has expired; called from time to time, so that values do not outlive their use.
    pub(crate) fn sweep(&self, now: Instant) {
        if let Some(cache) = &self.cache {
            cache.retain(|_, entry| now.saturating_duration_since(entry.used) < self.idle);
        }
    }
}

fn key(caller: &Caller, id: &str) -> Key {
    Key {
        caller: caller.key,
        id: id.into(),
    }
}

#[cfg(test)]
mod tests;
