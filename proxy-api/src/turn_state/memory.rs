//! Turn state in this process: a bounded table that evicts nobody.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::chain::ChainState;
use super::key::Slot;
use super::lease::{Lease, Owner};
use super::{Claim, ClaimError, CommitError, Held, Version};
use crate::config;
use crate::ops::TurnStateMetrics;

/// What an entry costs beside its state: key, allocation, bookkeeping.
const ENTRY_BYTES: usize = 160;

/// The store.
pub(super) struct Memory {
    table: Mutex<Table>,
    freed: Notify,
    metrics: TurnStateMetrics,
}

/// The entries and what bounds them. Time is passed in.
struct Table {
    entries: HashMap<Slot, Chain>,
    /// Of all entries together.
    bytes: usize,
    /// Counts leases and versions, so that no two are the same.
    next: u128,
    count_limit: usize,
    bytes_limit: usize,
    entry_limit: usize,
    idle: Duration,
}

struct Chain {
    /// Which lease holds it.
    leased: Option<u128>,
    committed: Option<(Arc<ChainState>, Version)>,
    bytes: usize,
    used: Instant,
}

impl Memory {
    pub(super) fn new(config: &config::TurnState, metrics: TurnStateMetrics) -> Self {
        let table = Table {
            entries: HashMap::new(),
            bytes: 0,
            next: 0,
            count_limit: config.count,
            bytes_limit: config.bytes,
            entry_limit: config.entry_bytes,
            idle: config.idle(),
        };
        Self {
            table: Mutex::new(table),
            freed: Notify::new(),
            metrics,
        }
    }

    /// Claims, or waits until `deadline` for a busy key.
    pub(super) async fn claim_until(
        self: &Arc<Self>,
        slot: Slot,
        known: Option<Version>,
        deadline: tokio::time::Instant,
    ) -> Result<Claim, ClaimError> {
        loop {
            let freed = self.freed.notified();
            tokio::pin!(freed);
            // From here on: a key that is freed right after the attempt must not be missed.
            freed.as_mut().enable();
            match self.claim(slot, known, tokio::time::Instant::now().into_std()) {
                Err(ClaimError::Busy) => {}
                done => return done,
            }
            if tokio::time::timeout_at(deadline, freed).await.is_err() {
                return Err(ClaimError::Busy);
            }
        }
    }

    fn claim(
        self: &Arc<Self>,
        slot: Slot,
        known: Option<Version>,
        now: Instant,
    ) -> Result<Claim, ClaimError> {
        let (lease, held) = self.change(|table| table.claim(slot, known, now))?;
        let lease = MemoryLease {
            memory: Arc::clone(self),
            slot,
            lease: Some(lease),
        };
        let lease = Lease::new(Owner::Memory(lease));
        Ok(Claim { lease, held })
    }

    pub(super) fn sweep(&self, now: Instant) {
        self.change(|table| table.sweep(now));
    }

    fn change<T>(&self, change: impl FnOnce(&mut Table) -> T) -> T {
        let mut table = self.lock();
        let result = change(&mut table);
        self.metrics.holds(table.entries.len(), table.bytes);
        result
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        // No change of the table stops half-way.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Frees its key when it is dropped.
pub(super) struct MemoryLease {
    memory: Arc<Memory>,
    slot: Slot,
    /// Until the commit.
    lease: Option<u128>,
}

impl MemoryLease {
    pub(super) fn commit(mut self, state: Arc<ChainState>, now: Instant) -> Result<Version, CommitError> {
        let lease = self.lease.take().ok_or(CommitError::Lost)?;
        let slot = self.slot;
        let result = self.memory.change(|table| table.commit(slot, lease, state, now));
        self.memory.freed.notify_waiters();
        result
    }
}

impl Drop for MemoryLease {
    fn drop(&mut self) {
        if let Some(lease) = self.lease.take() {
            let now = tokio::time::Instant::now().into_std();
            self.memory.change(|table| table.release(self.slot, lease, now));
            self.memory.freed.notify_waiters();
        }
    }
}

impl Table {
    fn claim(
        &mut self,
        slot: Slot,
        known: Option<Version>,
        now: Instant,
    ) -> Result<(u128, Held), ClaimError> {
        if self
            .entries
            .get(&slot)
            .is_some_and(|chain| self.is_expired(chain, now))
        {
            self.remove(slot);
        }
        if !self.entries.contains_key(&slot) && !self.has_room() {
            self.sweep(now);
            if !self.has_room() {
                return Err(ClaimError::Full);
            }
        }
        let lease = self.number();
        let chain = match self.entries.entry(slot) {
            Entry::Occupied(chain) => chain.into_mut(),
            Entry::Vacant(free) => {
                self.bytes += ENTRY_BYTES;
                free.insert(Chain {
                    leased: None,
                    committed: None,
                    bytes: ENTRY_BYTES,
                    used: now,
                })
            }
        };
        if chain.leased.is_some() {
            return Err(ClaimError::Busy);
        }
        chain.leased = Some(lease);
        let held = match &chain.committed {
            None => Held::Nothing,
            Some((_, version)) if Some(*version) == known => Held::Unchanged,
            Some((state, version)) => Held::State(Arc::clone(state), *version),
        };
        Ok((lease, held))
    }

    fn commit(
        &mut self,
        slot: Slot,
        lease: u128,
        state: Arc<ChainState>,
        now: Instant,
    ) -> Result<Version, CommitError> {
        let bytes = ENTRY_BYTES + state.bytes();
        let is_held = |chain: &&Chain| chain.leased == Some(lease);
        let Some(held) = self.entries.get(&slot).filter(is_held).map(|chain| chain.bytes) else {
            return Err(CommitError::Lost);
        };
        let others = self.bytes - held;
        if others + bytes > self.bytes_limit {
            self.sweep(now);
        }
        if bytes > self.entry_limit || self.bytes - held + bytes > self.bytes_limit {
            self.remove(slot);
            return Err(CommitError::TooLarge);
        }
        let version = Version(self.number());
        self.bytes = self.bytes - held + bytes;
        let chain = Chain {
            leased: None,
            committed: Some((state, version)),
            bytes,
            used: now,
        };
        self.entries.insert(slot, chain);
        Ok(version)
    }

    fn release(&mut self, slot: Slot, lease: u128, now: Instant) {
        let Some(chain) = self.entries.get_mut(&slot) else {
            return;
        };
        if chain.leased != Some(lease) {
            return;
        }
        chain.leased = None;
        chain.used = now;
        if chain.committed.is_none() {
            self.remove(slot);
        }
    }

    fn sweep(&mut self, now: Instant) {
        let idle = self.idle;
        let bytes = &mut self.bytes;
        self.entries.retain(|_, chain| {
            let keep = !chain.is_expired(idle, now);
            if !keep {
                *bytes -= chain.bytes;
            }
            keep
        });
    }

    fn remove(&mut self, slot: Slot) {
        if let Some(chain) = self.entries.remove(&slot) {
            self.bytes -= chain.bytes;
        }
    }

    fn is_expired(&self, chain: &Chain, now: Instant) -> bool {
        chain.is_expired(self.idle, now)
    }

    fn has_room(&self) -> bool {
        self.entries.len() < self.count_limit && self.bytes + ENTRY_BYTES <= self.bytes_limit
    }

    fn number(&mut self) -> u128 {
        self.next += 1;
        self.next
    }
}

impl Chain {
    /// A running turn keeps its chain, however long it takes.
    fn is_expired(&self, idle: Duration, now: Instant) -> bool {
        self.leased.is_none() && now.saturating_duration_since(self.used) >= idle
    }
}
