//! A lease in the shared store: renewed while it is held, given back when it is dropped.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::{Holding, Redis};
use crate::pause::pause;
use crate::turn_state::{ChainState, CommitError, Version};

/// Between attempts to give a lease back.
const AGAIN: Duration = Duration::from_millis(500);

/// Frees its key when it is dropped, if the store can be reached; else the lease expires.
pub(in crate::turn_state) struct RedisLease {
    store: Arc<Redis>,
    holding: Holding,
    renewal: Option<AbortHandle>,
    is_over: bool,
}

impl RedisLease {
    pub(super) fn new(store: &Arc<Redis>, holding: Holding) -> Self {
        Self {
            store: Arc::clone(store),
            holding,
            renewal: None,
            is_over: false,
        }
    }

    /// There is nothing to give back.
    pub(super) fn is_over(&mut self) {
        self.is_over = true;
    }

    pub(super) fn keep_renewing(&mut self) {
        let renewal = tokio::spawn(renew(Arc::clone(&self.store), self.holding));
        self.renewal = Some(renewal.abort_handle());
    }

    pub(in crate::turn_state) async fn commit(
        mut self,
        state: Arc<ChainState>,
    ) -> Result<Version, CommitError> {
        let result = self.store.commit(self.holding, state).await;
        // When nobody knows what has become of it, the release on drop sees to it.
        self.is_over = result != Err(CommitError::Unavailable);
        result
    }

    pub(in crate::turn_state) async fn release(mut self) {
        self.is_over = self.store.release(self.holding).await.is_ok();
    }
}

impl Drop for RedisLease {
    fn drop(&mut self) {
        if let Some(renewal) = self.renewal.take() {
            renewal.abort();
        }
        if !self.is_over
            && let Ok(runtime) = Handle::try_current()
        {
            let (store, holding) = (Arc::clone(&self.store), self.holding);
            runtime.spawn(free(store, holding));
        }
    }
}

/// Until a store that is away is back, or the lease has expired. Twice: a claim that was given up may still be on its
/// way, and arrive behind the first release.
async fn free(store: Arc<Redis>, holding: Holding) {
    let until = Instant::now() + store.timing.lease;
    let mut freed = 0;
    while freed < 2 && Instant::now() < until {
        freed += u8::from(store.release(holding).await.is_ok());
        pause(AGAIN).await;
    }
}

/// Until the lease is lost; whoever holds it learns so at the commit.
async fn renew(store: Arc<Redis>, holding: Holding) {
    loop {
        pause(store.timing.renewal).await;
        if store.renew(holding).await == Ok(false) {
            return;
        }
    }
}
