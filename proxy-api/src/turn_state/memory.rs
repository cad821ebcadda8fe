//! Turn state in this process: leases of running turns, and what is kept between them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::Notify;

use super::chain::ChainState;
use super::key::Slot;
use super::lease::{Holder, Lease};
use super::{Claim, ClaimError, CommitError, Held, Version};
use crate::caller::Owner;
use crate::config;
use crate::kept::{Bounds, Found, Kept, NotKept};
use crate::ops::TurnStateMetrics;
use crate::workers::let_fall;

/// The store.
pub(super) struct Memory {
    table: Mutex<Table>,
    freed: Notify,
    metrics: TurnStateMetrics,
}

type Committed = (Arc<ChainState>, Version);

/// What is kept, and who works on what. Time is passed in.
struct Table {
    kept: Kept<Slot, Committed>,
    /// Which lease holds a chain, whether something of that is kept already or not.
    leases: HashMap<Slot, u128>,
    /// Counts leases and versions, so that no two are the same.
    next: u128,
    count_limit: usize,
}

impl Memory {
    pub(super) fn new(config: &config::TurnState, metrics: TurnStateMetrics) -> Self {
        let bounds = Bounds {
            count: config.count,
            bytes: config.bytes,
            entry_bytes: config.entry_bytes,
            idle: config.idle(),
        };
        let table = Table {
            kept: Kept::new(bounds),
            leases: HashMap::new(),
            next: 0,
            count_limit: config.count,
        };
        Self {
            table: Mutex::new(table),
            freed: Notify::new(),
            metrics,
        }
    }

    /// Claims, or waits until `deadline` for a busy key, or for the end of another turn where there are too many.
    pub(super) async fn claim_until(
        self: &Arc<Self>,
        owner: Owner,
        slot: Slot,
        known: Option<Version>,
        deadline: tokio::time::Instant,
    ) -> Result<Claim, ClaimError> {
        loop {
            let freed = self.freed.notified();
            tokio::pin!(freed);
            // From here on: a key that is freed right after the attempt must not be missed.
            freed.as_mut().enable();
            let refused = match self.claim(owner, slot, known, tokio::time::Instant::now().into_std()) {
                Err(error @ (ClaimError::Busy | ClaimError::Full)) => error,
                done => return done,
            };
            if tokio::time::timeout_at(deadline, freed).await.is_err() {
                return Err(refused);
            }
        }
    }

    fn claim(
        self: &Arc<Self>,
        owner: Owner,
        slot: Slot,
        known: Option<Version>,
        now: Instant,
    ) -> Result<Claim, ClaimError> {
        let (lease, held) = self.change(|table| table.claim(slot, known, now))?;
        let lease = MemoryLease {
            memory: Arc::clone(self),
            owner,
            slot,
            lease: Some(lease),
        };
        let lease = Lease::new(Holder::Memory(lease));
        Ok(Claim { lease, held })
    }

    pub(super) fn sweep(&self, now: Instant) {
        let gone = self.change(|table| table.kept.sweep(now));
        let_fall(gone);
    }

    fn change<T>(&self, change: impl FnOnce(&mut Table) -> T) -> T {
        let mut table = self.lock();
        let result = change(&mut table);
        self.metrics.holds(table.kept.count(), table.kept.bytes());
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
    owner: Owner,
    slot: Slot,
    /// Until the commit.
    lease: Option<u128>,
}

impl MemoryLease {
    pub(super) fn commit(mut self, state: Arc<ChainState>, now: Instant) -> Result<Version, CommitError> {
        let lease = self.lease.take().ok_or(CommitError::Lost)?;
        let (owner, slot) = (self.owner, self.slot);
        let (result, gone) = self
            .memory
            .change(|table| table.commit(owner, slot, lease, state, now));
        self.memory.freed.notify_waiters();
        let_fall(gone);
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
        if self.leases.contains_key(&slot) {
            return Err(ClaimError::Busy);
        }
        // A turn takes no room until it leaves something, but what all running turns leave has to fit.
        if self.leases.len() >= self.count_limit {
            return Err(ClaimError::Full);
        }
        let held = match self.kept.find(&slot, now) {
            Found::Nothing => Held::Nothing,
            Found::Tombstone(_) => Held::Gone,
            Found::Value((state, version)) => {
                self.kept.hold(&slot);
                if Some(version) == known {
                    Held::Unchanged
                } else {
                    Held::State(state, version)
                }
            }
        };
        let lease = self.number();
        self.leases.insert(slot, lease);
        Ok((lease, held))
    }

    fn commit(
        &mut self,
        owner: Owner,
        slot: Slot,
        lease: u128,
        state: Arc<ChainState>,
        now: Instant,
    ) -> (Result<Version, CommitError>, Vec<Committed>) {
        if !self.end(slot, lease) {
            return (Err(CommitError::Lost), Vec::new());
        }
        let version = Version(self.number());
        let bytes = state.bytes();
        let (kept, gone) = self.kept.put(owner, &slot, (state, version), bytes, now);
        let result = match kept {
            Ok(()) => Ok(version),
            Err(NotKept::TooLarge | NotKept::Full) => Err(CommitError::TooLarge),
        };
        (result, gone)
    }

    fn release(&mut self, slot: Slot, lease: u128, now: Instant) {
        if self.end(slot, lease) {
            self.kept.let_go(&slot, now);
        }
    }

    /// Whether it was this lease's to end.
    fn end(&mut self, slot: Slot, lease: u128) -> bool {
        let is_held = self.leases.get(&slot) == Some(&lease);
        if is_held {
            self.leases.remove(&slot);
        }
        is_held
    }

    fn number(&mut self) -> u128 {
        self.next += 1;
        self.next
    }
}
