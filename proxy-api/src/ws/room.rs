//! How much of frames that are not whole yet is held: by all sockets together, and by those of one caller. Each alone may
//! be as large as a request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use super::Text;
use crate::budget::{Budget, Held, NoRoom};
use crate::caller::Owner;

/// So much each socket holds without asking: the frames of an ordinary turn.
const FREE_BYTES: usize = 64 * 1024;

/// All room. One caller has half of it at most.
pub(crate) struct Room {
    limit: usize,
    budget: Arc<Budget>,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    by_caller: HashMap<Owner, usize>,
}

/// What one socket holds of it.
pub(super) struct Share {
    room: Arc<Room>,
    caller: Owner,
    bytes: usize,
    /// The same of the room that all bodies share.
    held: Held,
}

impl Room {
    pub(crate) fn new(limit: usize, budget: &Arc<Budget>) -> Self {
        Self {
            limit,
            budget: Arc::clone(budget),
            taken: Mutex::default(),
        }
    }

    pub(super) fn share(self: &Arc<Self>, caller: Owner) -> Share {
        Share {
            room: Arc::clone(self),
            caller,
            bytes: 0,
            held: self.budget.hold(),
        }
    }

    /// One caller holds `more` and no longer `less`; false when that is too much.
    fn change(&self, caller: Owner, more: usize, less: usize) -> bool {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all = taken.all + more - less;
        let all = taken.all;
        let own = taken.by_caller.entry(caller).or_default();
        *own = *own + more - less;
        let fits = all <= self.limit && *own <= self.limit.div_ceil(2);
        if *own == 0 {
            taken.by_caller.remove(&caller);
        }
        fits
    }
}

impl Share {
    /// The socket now holds `bytes`; false when there is no room for them.
    pub(super) fn hold(&mut self, bytes: usize) -> bool {
        self.held.shrink(bytes);
        let is_held = self.held.grow(bytes).is_ok();
        let counted = bytes.saturating_sub(FREE_BYTES);
        if counted == self.bytes {
            return is_held;
        }
        let before = std::mem::replace(&mut self.bytes, counted);
        self.room.change(self.caller, counted, before) && is_held
    }

    /// The frame is whole: its room comes back when nobody needs it any more.
    pub(super) fn finish(&mut self, text: Text) -> Result<Text, NoRoom> {
        let mut held = std::mem::replace(&mut self.held, self.room.budget.hold());
        held.grow(text.len())?;
        let bytes = held.fill(Bytes::from(text));
        Text::try_from(bytes).map_err(|_| NoRoom)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.room.change(self.caller, 0, self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Caller;
    use crate::server::{Seats, Yields};

    #[test]
    fn room_is_shared_and_comes_back() {
        let budget = Arc::new(Budget::new(
            16 << 20,
            &Arc::new(Seats::new(1, 0, Yields::Anybody)),
        ));
        let room = Arc::new(Room::new(1000, &budget));
        let share = |name| room.share(Caller::named(name).owner);
        let (mut one, mut other, mut third) = (share("a"), share("a"), share("b"));
        assert!(one.hold(FREE_BYTES) && one.hold(FREE_BYTES + 400));
        assert!(!other.hold(FREE_BYTES + 200), "more than half for one caller");
        assert!(third.hold(FREE_BYTES + 400));
        let mut fourth = share("c");
        assert!(!fourth.hold(FREE_BYTES + 200), "together it is too much");
        drop((other, fourth));
        assert!(one.hold(0) && third.hold(FREE_BYTES + 500));
        drop((one, third));
        let taken = room.taken.lock().unwrap();
        assert!(taken.all == 0 && taken.by_caller.is_empty());
    }

    #[test]
    fn a_whole_frame_keeps_its_room_while_it_is_read() {
        let budget = Arc::new(Budget::new(1 << 20, &Arc::new(Seats::new(1, 0, Yields::Anybody))));
        let room = Arc::new(Room::new(1 << 30, &budget));
        let mut share = room.share(Caller::named("a").owner);
        let large = 500 << 10;
        assert!(share.hold(large));
        let text = share.finish("x".repeat(large).into()).unwrap();
        assert!(share.hold(0) && !share.hold(large), "it is still there");
        drop(text);
        assert!(share.hold(large));
    }
}
