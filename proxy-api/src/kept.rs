//! What is kept for callers between their turns: bounded in count, bytes and time, and shared fairly.
//!
//! There is no fixed share. While there is room anybody may have it; where there is none, whoever holds most gives up
//! what it used longest ago. A caller alone has everything, and a hundred that crowd in cannot take from one that holds
//! less than they do. What had to go leaves a tombstone, so that its turn is refused and not answered in part.
//! Synchronous; time is passed in.

use std::collections::hash_map::Entry as Slot;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;
use std::time::{Duration, Instant};

use crate::caller::Owner;

/// What an entry costs beside its value: key, allocation, bookkeeping.
pub(crate) const ENTRY_BYTES: usize = 256;

/// What bounds it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Entries, and as many tombstones.
    pub(crate) count: usize,
    /// Of all entries together.
    pub(crate) bytes: usize,
    /// Of one entry.
    pub(crate) entry_bytes: usize,
    /// Since an entry was last used.
    pub(crate) idle: Duration,
}

/// Why a value is not there any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tombstone {
    /// It was larger than one may be.
    TooLarge,
    /// It made room for others.
    MadeRoom,
}

/// What is there under a key.
pub(crate) enum Found<V> {
    Nothing,
    Value(V),
    Tombstone(Tombstone),
}

/// It was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotKept {
    TooLarge,
    /// Nothing that others hold may go.
    Full,
}

/// The values, each of one owner.
pub(crate) struct Kept<K, V> {
    bounds: Bounds,
    entries: HashMap<K, Entry<V>>,
    holdings: HashMap<Owner, Holding<K>>,
    /// Owners of something that may go, by how much they hold.
    ranks: BTreeSet<(u128, Owner)>,
    bytes: usize,
    tombstones: HashMap<K, (Tombstone, u64, Instant)>,
    graves: BTreeMap<u64, K>,
    /// Counts uses: the smallest was longest ago.
    uses: u64,
}

struct Entry<V> {
    owner: Owner,
    value: V,
    bytes: usize,
    used: Instant,
    /// Its place among its owner's idle entries; none while a turn has it.
    idle: Option<u64>,
}

struct Holding<K> {
    count: usize,
    bytes: usize,
    idle: BTreeMap<u64, K>,
}

impl<K> Default for Holding<K> {
    fn default() -> Self {
        Self {
            count: 0,
            bytes: 0,
            idle: BTreeMap::new(),
        }
    }
}

impl<K: Clone + Eq + Hash, V: Clone> Kept<K, V> {
    pub(crate) fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            entries: HashMap::new(),
            holdings: HashMap::new(),
            ranks: BTreeSet::new(),
            bytes: 0,
            tombstones: HashMap::new(),
            graves: BTreeMap::new(),
            uses: 0,
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// What is under `key`.
    pub(crate) fn find(&self, key: &K, now: Instant) -> Found<V> {
        match self.entries.get(key) {
            Some(entry) if !entry.is_over(self.bounds.idle, now) => Found::Value(entry.value.clone()),
            _ => match self.tombstones.get(key) {
                Some((tombstone, _, at)) if now.saturating_duration_since(*at) < self.bounds.idle => {
                    Found::Tombstone(*tombstone)
                }
                _ => Found::Nothing,
            },
        }
    }

    /// Keeps `value`, of `bytes`, in the place of what was there; what had to make room for it comes back, to be dropped
    /// where that may take its time.
    pub(crate) fn put(
        &mut self,
        owner: Owner,
        key: &K,
        value: V,
        bytes: usize,
        now: Instant,
    ) -> (Result<(), NotKept>, Vec<V>) {
        let bytes = ENTRY_BYTES + bytes;
        let mut gone: Vec<V> = self.take(key).into_iter().collect();
        if bytes > self.bounds.entry_bytes || bytes > self.bounds.bytes {
            self.bury(key.clone(), Tombstone::TooLarge, now);
            return (Err(NotKept::TooLarge), gone);
        }
        while self.entries.len() >= self.bounds.count || self.bytes + bytes > self.bounds.bytes {
            let Some(oldest) = self.oldest_of_largest() else {
                self.bury(key.clone(), Tombstone::MadeRoom, now);
                return (Err(NotKept::Full), gone);
            };
            let idle = self.bounds.idle;
            if self
                .entries
                .get(&oldest)
                .is_some_and(|entry| !entry.is_over(idle, now))
            {
                self.bury(oldest.clone(), Tombstone::MadeRoom, now);
            }
            gone.extend(self.take(&oldest));
        }
        self.unbury(key);
        let entry = Entry {
            owner,
            value,
            bytes,
            used: now,
            idle: None,
        };
        self.bytes += bytes;
        let holding = self.holdings.entry(owner).or_default();
        holding.bytes += bytes;
        holding.count += 1;
        self.entries.insert(key.clone(), entry);
        self.let_go(key, now);
        (Ok(()), gone)
    }

    /// A turn has it: it does not go, however long that takes. What has expired is not had.
    pub(crate) fn hold(&mut self, key: &K) {
        let Some(entry) = self.entries.get_mut(key) else {
            return;
        };
        let Some(place) = entry.idle.take() else { return };
        let owner = entry.owner;
        self.change(owner, |holding| {
            holding.idle.remove(&place);
        });
    }

    /// It was used just now, and no turn has it any more.
    pub(crate) fn let_go(&mut self, key: &K, now: Instant) {
        let idle = self.bounds.idle;
        if self
            .entries
            .get(key)
            .is_some_and(|entry| entry.is_over(idle, now))
        {
            return;
        }
        self.hold(key);
        self.uses += 1;
        let place = self.uses;
        let Some(entry) = self.entries.get_mut(key) else {
            return;
        };
        entry.used = now;
        entry.idle = Some(place);
        let owner = entry.owner;
        self.change(owner, |holding| {
            holding.idle.insert(place, key.clone());
        });
    }

    /// Drops what is under `key`, its tombstone too, and gives it back.
    pub(crate) fn forget(&mut self, key: &K) -> Option<V> {
        self.unbury(key);
        self.take(key)
    }

    /// Drops what has expired, and gives it back.
    pub(crate) fn sweep(&mut self, now: Instant) -> Vec<V> {
        let idle = self.bounds.idle;
        let over = self.entries.iter().filter(|(_, entry)| entry.is_over(idle, now));
        let over: Vec<K> = over.map(|(key, _)| key.clone()).collect();
        while let Some((_, key)) = self.graves.first_key_value()
            && let Some(&(.., at)) = self.tombstones.get(key)
            && now.saturating_duration_since(at) >= idle
        {
            let key = key.clone();
            self.unbury(&key);
        }
        over.iter().filter_map(|key| self.take(key)).collect()
    }

    fn oldest_of_largest(&self) -> Option<K> {
        let (_, owner) = self.ranks.last()?;
        let (_, key) = self.holdings.get(owner)?.idle.first_key_value()?;
        Some(key.clone())
    }

    /// Takes an entry out, tombstones apart.
    fn take(&mut self, key: &K) -> Option<V> {
        self.hold(key);
        let entry = self.entries.remove(key)?;
        self.bytes -= entry.bytes;
        self.change(entry.owner, |holding| {
            holding.bytes -= entry.bytes;
            holding.count -= 1;
        });
        Some(entry.value)
    }

    /// Changes what an owner holds, and with it its rank.
    fn change(&mut self, owner: Owner, change: impl FnOnce(&mut Holding<K>)) {
        let Slot::Occupied(mut held) = self.holdings.entry(owner) else {
            return;
        };
        let before = rank(&self.bounds, held.get());
        self.ranks.remove(&(before, owner));
        change(held.get_mut());
        if !held.get().idle.is_empty() {
            self.ranks.insert((rank(&self.bounds, held.get()), owner));
        }
        if held.get().count == 0 {
            held.remove();
        }
    }

    /// Nothing is there any more for this reason, unless something is.
    pub(crate) fn bury(&mut self, key: K, tombstone: Tombstone, now: Instant) {
        self.unbury(&key);
        while self.tombstones.len() >= self.bounds.count
            && let Some((_, oldest)) = self.graves.pop_first()
        {
            self.tombstones.remove(&oldest);
        }
        self.uses += 1;
        self.graves.insert(self.uses, key.clone());
        self.tombstones.insert(key, (tombstone, self.uses, now));
    }

    fn unbury(&mut self, key: &K) {
        if let Some((_, place, _)) = self.tombstones.remove(key) {
            self.graves.remove(&place);
        }
    }
}

impl<V> Entry<V> {
    fn is_over(&self, idle: Duration, now: Instant) -> bool {
        self.idle.is_some() && now.saturating_duration_since(self.used) >= idle
    }
}

/// How much of all room one holds, count and bytes alike.
fn rank<K>(bounds: &Bounds, holding: &Holding<K>) -> u128 {
    let part = |held: usize, of_other: usize| held as u128 * of_other as u128;
    part(holding.bytes, bounds.count) + part(holding.count, bounds.bytes)
}

#[cfg(test)]
mod tests;
