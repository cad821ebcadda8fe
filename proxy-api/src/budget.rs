//! One budget for what callers' requests hold in memory: their bodies as they come, and what these decode to.
//!
//! An eighth is for small bodies alone, three eighths for what is made of large ones while they are masked, and the
//! rest for all. Room comes back with the last holder of the bytes. Where there is none for a body that comes well, one
//! that comes badly has to go.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Notify;

use crate::error::GatewayError;
use crate::server::Seats;

/// A body of no more than this may have the part that is kept for small ones: a turn of a conversation, and most agents'.
const SMALL_BYTES: usize = 256 << 10;
/// So much costs no room: what all turns hold of it together is little.
const FREE_BYTES: usize = 4 << 10;
/// Bodies that may have to go for one that asks, and how long each gets to be gone.
const ATTEMPTS: usize = 8;
const GOING: Duration = Duration::from_millis(100);

/// All room.
pub(crate) struct Budget {
    /// What all bodies may hold.
    all: usize,
    /// What all may hold when a large one asks for more.
    with_large: usize,
    taken: AtomicUsize,
    freed: Notify,
    seats: Arc<Seats<IpAddr>>,
}

/// What one body has of it.
pub(crate) struct Held {
    budget: Arc<Budget>,
    bytes: usize,
}

/// There is no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoRoom;

/// What of `bytes` is for the readings of large bodies.
pub(crate) const fn of_readings(bytes: usize) -> usize {
    bytes / 8 * 3
}

impl Budget {
    pub(crate) fn new(bytes: usize, seats: &Arc<Seats<IpAddr>>) -> Self {
        let all = bytes - of_readings(bytes);
        Self {
            all,
            with_large: all - bytes / 8,
            taken: AtomicUsize::new(0),
            freed: Notify::new(),
            seats: Arc::clone(seats),
        }
    }

    /// Nothing yet.
    pub(crate) fn hold(self: &Arc<Self>) -> Held {
        Held {
            budget: Arc::clone(self),
            bytes: 0,
        }
    }

    /// `bytes` that are there already, if they fit.
    pub(crate) fn filled(self: &Arc<Self>, bytes: Bytes) -> Result<Bytes, NoRoom> {
        let mut held = self.hold();
        held.grow(bytes.len())?;
        Ok(held.fill(bytes))
    }

    fn take(&self, more: usize, most: usize) -> Result<(), NoRoom> {
        let before = self.taken.fetch_add(more, Ordering::Relaxed);
        if before.saturating_add(more) <= most {
            return Ok(());
        }
        self.taken.fetch_sub(more, Ordering::Relaxed);
        Err(NoRoom)
    }

    fn give(&self, bytes: usize) {
        if bytes > 0 {
            self.taken.fetch_sub(bytes, Ordering::Relaxed);
            self.freed.notify_waiters();
        }
    }
}

impl Held {
    /// It is of so many bytes now, or was so large before.
    pub(crate) fn grow(&mut self, bytes: usize) -> Result<(), NoRoom> {
        let most = if bytes > SMALL_BYTES {
            self.budget.with_large
        } else {
            self.budget.all
        };
        let bytes = bytes.saturating_sub(FREE_BYTES);
        let Some(more) = bytes.checked_sub(self.bytes).filter(|more| *more > 0) else {
            return Ok(());
        };
        self.budget.take(more, most)?;
        self.bytes = bytes;
        Ok(())
    }

    /// As [`grow`](Self::grow); where there is no room, bodies that come more slowly than all others have to go.
    pub(crate) async fn grow_over_others(&mut self, bytes: usize) -> Result<(), NoRoom> {
        for _ in 0..ATTEMPTS {
            let budget = Arc::clone(&self.budget);
            let freed = budget.freed.notified();
            tokio::pin!(freed);
            // From here on: what is freed right after the attempt must not be missed.
            freed.as_mut().enable();
            if self.grow(bytes).is_ok() {
                return Ok(());
            }
            if !budget.seats.dismiss_slow_body() {
                break;
            }
            // Whether it is gone or not, there may be room.
            let _ = tokio::time::timeout(GOING, freed).await;
        }
        self.grow(bytes)
    }

    /// It is of so few bytes again.
    pub(crate) fn shrink(&mut self, bytes: usize) {
        let bytes = bytes.saturating_sub(FREE_BYTES);
        if bytes < self.bytes {
            self.budget.give(self.bytes - bytes);
            self.bytes = bytes;
        }
    }

    /// The room comes back when nobody has these bytes any more.
    pub(crate) fn fill(mut self, bytes: Bytes) -> Bytes {
        self.shrink(bytes.len());
        if self.bytes == 0 {
            return bytes;
        }
        Bytes::from_owner(Filled { bytes, _held: self })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.budget.give(self.bytes);
    }
}

struct Filled {
    bytes: Bytes,
    _held: Held,
}

impl AsRef<[u8]> for Filled {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl From<NoRoom> for GatewayError {
    fn from(NoRoom: NoRoom) -> Self {
        Self::BodiesTooLarge
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: usize = 1 << 20;

    fn budget(bytes: usize) -> Arc<Budget> {
        Arc::new(Budget::new(
            bytes,
            &Arc::new(Seats::new(10, 0, crate::server::Yields::Anybody)),
        ))
    }

    #[test]
    fn an_eighth_is_for_small_bodies_alone() {
        let budget = budget(16 * MIB);
        let (mut large, mut other) = (budget.hold(), budget.hold());
        assert_eq!(large.grow(8 * MIB), Ok(()));
        assert_eq!(other.grow(SMALL_BYTES + 1), Err(NoRoom));
        let mut small: Vec<Held> = (0..8).map(|_| budget.hold()).collect();
        assert!(small.iter_mut().all(|held| held.grow(SMALL_BYTES) == Ok(())));
        assert_eq!(other.grow(SMALL_BYTES), Err(NoRoom));
        drop(small);
        // One that grows out of the small ones asks for the room of large ones.
        assert_eq!(other.grow(SMALL_BYTES), Ok(()));
        assert_eq!(other.grow(SMALL_BYTES + 1), Err(NoRoom));
        drop((large, other));
        assert_eq!(budget.taken.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn room_comes_back_with_the_last_holder_of_the_bytes() {
        let budget = budget(16 * MIB);
        let mut held = budget.hold();
        held.grow(5 * MIB).unwrap();
        let bytes = held.fill(vec![7; 4 * MIB].into());
        assert_eq!(budget.taken.load(Ordering::Relaxed), 4 * MIB - FREE_BYTES);
        let part = bytes.slice(1..2);
        drop(bytes);
        assert_ne!(budget.taken.load(Ordering::Relaxed), 0);
        drop(part);
        assert_eq!(budget.taken.load(Ordering::Relaxed), 0);
    }
}
