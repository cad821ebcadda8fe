//! What a socket's chain of turns leaves behind, claimed by one turn at a time; it knows nothing of frames or sockets.

mod chain;
mod key;
mod lease;
mod memory;
mod shared;

use std::sync::Arc;
use std::time::{Duration, Instant};

use masking::MasterKey;
use thiserror::Error;

pub(crate) use self::chain::ChainState;
use self::key::Slots;
pub(crate) use self::key::TurnKey;
pub(crate) use self::lease::Lease;
use self::memory::Memory;
use self::shared::{Redis, Timing};
use crate::caller::Caller;
use crate::config;
use crate::ops::{Operation, TurnStateMetrics};
use crate::shared_store::SharedStore;

/// What a claim waits for a busy key: a caller may come back between its terminal event and the commit.
const GRACE: Duration = Duration::from_millis(500);

/// Tells one committed state of a chain from every other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Version(u128);

#[cfg(test)]
impl Version {
    pub(crate) const fn of(number: u128) -> Self {
        Self(number)
    }
}

/// A turn may go on.
#[derive(Debug)]
pub(crate) struct Claim {
    pub(crate) lease: Lease,
    pub(crate) held: Held,
}

/// What is there of a chain.
#[derive(Debug)]
pub(crate) enum Held {
    /// Nothing was committed, or it has expired.
    Nothing,
    /// It was there, and had to go.
    Gone,
    /// What the asker knows.
    Unchanged,
    /// What the last committed turn left.
    State(Arc<ChainState>, Version),
}

/// A turn may not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum ClaimError {
    /// Another turn of this chain is running.
    #[error("another turn with this key is running")]
    Busy,
    /// There are as many chains as are allowed.
    #[error("no room for another chain")]
    Full,
    /// The shared store does not answer.
    #[error("the store of turn state is unavailable")]
    Unavailable,
}

/// A turn's state was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum CommitError {
    /// Somebody else has taken the key over; the state is theirs.
    #[error("the turn no longer holds its key")]
    Lost,
    /// The chain is forgotten: its state is too large, alone or with all others.
    #[error("the state of the chain is too large to keep")]
    TooLarge,
    /// The shared store does not answer; whether the state was kept is unknown.
    #[error("the store of turn state is unavailable")]
    Unavailable,
}

/// The states of all chains.
pub(crate) struct TurnStates {
    slots: Slots,
    store: Store,
    metrics: TurnStateMetrics,
}

enum Store {
    Memory(Arc<Memory>),
    Redis(Arc<Redis>),
}

impl TurnStates {
    /// In memory, unless there is a store that replicas share.
    pub(crate) fn new(
        config: &config::TurnState,
        shared: Option<&Arc<SharedStore>>,
        master: &MasterKey,
        metrics: TurnStateMetrics,
    ) -> Self {
        let store = match shared {
            None => Store::Memory(Arc::new(Memory::new(config, metrics.clone()))),
            Some(shared) => {
                let (shared, metrics) = (Arc::clone(shared), metrics.clone());
                Store::Redis(Arc::new(Redis::new(
                    shared,
                    config,
                    master,
                    metrics,
                    Timing::DEFAULT,
                )))
            }
        };
        Self {
            slots: Slots::new(master),
            store,
            metrics,
        }
    }

    /// Takes the key for one turn. `known` is the version that the asker still holds: that one is not loaded again.
    pub(crate) async fn claim(
        &self,
        caller: &Caller,
        key: &TurnKey,
        known: Option<Version>,
    ) -> Result<Claim, ClaimError> {
        let _timed = self.metrics.time(Operation::Claim);
        let slot = self.slots.of(caller, key);
        let deadline = tokio::time::Instant::now() + GRACE;
        match &self.store {
            Store::Memory(memory) => memory.claim_until(caller.owner, slot, known, deadline).await,
            Store::Redis(redis) => redis.claim_until(caller.owner, slot, known, deadline).await,
        }
    }

    /// The turn's answer was delivered: `state` is the chain's, and the key is free, also after an error.
    pub(crate) async fn commit(&self, lease: Lease, state: Arc<ChainState>) -> Result<Version, CommitError> {
        let _timed = self.metrics.time(Operation::Commit);
        lease.commit(state).await
    }

    /// The turn came to nothing: what was committed before stays, and the key is free.
    pub(crate) async fn release(&self, lease: Lease) {
        let _timed = self.metrics.time(Operation::Release);
        lease.release().await;
    }

    /// Drops what has expired; called from time to time, so that values do not outlive their use.
    pub(crate) fn sweep(&self, now: Instant) {
        match &self.store {
            Store::Memory(memory) => memory.sweep(now),
            // Its scripts do so themselves, by its own clock.
            Store::Redis(_) => {}
        }
    }
}

#[cfg(test)]
mod tests;
