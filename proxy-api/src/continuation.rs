//! Memory of chains whose history the provider keeps: which placeholder stood for what, under the caller and the
//! provider's id, in memory only, bounded in count, bytes and time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use masking::Remembered;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::caller::Caller;
use crate::config::Continuations as Limits;

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
        }
    }

    /// What the chain `id` of this caller has issued.
    pub(crate) fn recall(&self, caller: &Caller, id: &str, now: Instant) -> Option<Arc<Remembered>> {
        let entry = self.cache.as_ref()?.get(&key(caller, id))?;
        (now.saturating_duration_since(entry.used) < self.idle).then_some(entry.map)
    }

    /// Keeps `map` under `id`; an empty map needs no memory.
    pub(crate) fn remember(&self, caller: &Caller, id: &str, map: &Arc<Remembered>, now: Instant) {
        if let Some(cache) = &self.cache
            && !map.is_empty()
        {
            cache.insert(
                key(caller, id),
                Entry {
                    map: Arc::clone(map),
                    used: now,
                },
            );
        }
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
