//! The right of one turn to change its chain; dropped without a word, it frees the key as a release does.

use std::fmt;
use std::sync::Arc;

use super::chain::ChainState;
use super::memory::MemoryLease;
use super::shared::RedisLease;
use super::{CommitError, Version};

/// Held by the turn that is running.
pub(crate) struct Lease(Holder);

pub(super) enum Holder {
    Memory(MemoryLease),
    Redis(RedisLease),
}

impl Lease {
    pub(super) fn new(owner: Holder) -> Self {
        Self(owner)
    }

    pub(super) async fn commit(self, state: Arc<ChainState>) -> Result<Version, CommitError> {
        match self.0 {
            Holder::Memory(lease) => lease.commit(state, tokio::time::Instant::now().into_std()),
            Holder::Redis(lease) => lease.commit(state).await,
        }
    }

    pub(super) async fn release(self) {
        match self.0 {
            Holder::Memory(lease) => drop(lease),
            Holder::Redis(lease) => lease.release().await,
        }
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lease(..)")
    }
}
