//! How much of frames that are not whole yet is held, by all sockets together: each alone may be as large as a request.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// So much each socket holds without asking.
const FREE_BYTES: usize = 64 * 1024;

/// All room.
pub(crate) struct Room {
    limit: usize,
    taken: AtomicUsize,
}

/// What one socket holds of it.
pub(super) struct Share {
    room: Arc<Room>,
    bytes: usize,
}

impl Room {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            taken: AtomicUsize::new(0),
        }
    }

    pub(super) fn share(self: &Arc<Self>) -> Share {
        Share {
            room: Arc::clone(self),
            bytes: 0,
        }
    }
}

impl Share {
    /// The socket now holds `bytes`; false when there is no room for them.
    pub(super) fn hold(&mut self, bytes: usize) -> bool {
        let bytes = bytes.saturating_sub(FREE_BYTES);
        if bytes <= self.bytes {
            self.room.taken.fetch_sub(self.bytes - bytes, Ordering::Relaxed);
            self.bytes = bytes;
            return true;
        }
        let more = bytes - self.bytes;
        let before = self.room.taken.fetch_add(more, Ordering::Relaxed);
        self.bytes = bytes;
        before.saturating_add(more) <= self.room.limit
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.room.taken.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_shared_and_comes_back() {
        let room = Arc::new(Room::new(1000));
        let (mut one, mut other) = (room.share(), room.share());
        assert!(one.hold(FREE_BYTES) && one.hold(FREE_BYTES + 600));
        assert!(!other.hold(FREE_BYTES + 600), "together it is too much");
        drop(other);
        let mut third = room.share();
        assert!(third.hold(FREE_BYTES + 400));
        assert!(one.hold(0) && third.hold(FREE_BYTES + 1000));
        drop((one, third));
        assert_eq!(room.taken.load(Ordering::Relaxed), 0);
    }
}
