//! Connections, as many as there may be. Where there are as many, the one without a turn that has sent least for longest
//! makes room: a new one always gets in.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::framing::BadFraming;
use crate::error::GatewayError;

/// What an honest connection sends at least, bytes a second: who sends less falls behind.
const LEAST_RATE: i64 = 1024;
/// Before that it cannot be told who is slow, milliseconds: a head takes its way.
const YOUNG: i64 = 1000;
/// So long no body is slow, milliseconds: a name may have to be looked up, a body to be made.
const GRACE: i64 = 10_000;

/// Who has connections: an address, or a caller.
pub(crate) trait Holder: Copy + Eq + Hash {}

impl<T: Copy + Eq + Hash> Holder for T {}

/// Whose connection makes room.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Yields {
    /// Anybody's: behind an ingress, all share one address.
    Anybody,
    /// That of a holder which has more than the new one's would.
    WhoeverHasMore,
}

/// All of them.
pub(crate) struct Seats<H> {
    most: usize,
    /// Of one holder; 0 for no such bound.
    most_of_one: usize,
    yields: Yields,
    epoch: Instant,
    taken: Mutex<Taken<H>>,
}

struct Taken<H> {
    seats: HashMap<u64, (H, Arc<Seat>)>,
    by_holder: HashMap<H, usize>,
    next: u64,
}

/// What is known of one connection.
pub(crate) struct Seat {
    epoch: Instant,
    /// When it fell still the last time, in milliseconds since the epoch.
    since: AtomicI64,
    /// What it has sent since.
    sent: AtomicI64,
    /// Turns that it has.
    turns: AtomicUsize,
    /// A body of it has begun to come.
    receives: AtomicBool,
    /// What is wrong with its requests.
    bad: OnceLock<BadFraming>,
    left: CancellationToken,
}

/// The place of one connection, until it is dropped.
pub(crate) struct Place<H: Holder> {
    seats: Arc<Seats<H>>,
    number: u64,
    pub(crate) seat: Arc<Seat>,
}

/// A turn, or a body that comes, of a connection; over when it is dropped.
pub(crate) struct Busy {
    seat: Arc<Seat>,
    is_turn: bool,
}

impl<H: Holder> Seats<H> {
    pub(crate) fn new(most: usize, most_of_one: usize, yields: Yields) -> Self {
        Self {
            most,
            most_of_one,
            yields,
            epoch: Instant::now(),
            taken: Mutex::new(Taken {
                seats: HashMap::new(),
                by_holder: HashMap::new(),
                next: 0,
            }),
        }
    }

    /// A place for a connection of `holder`; another may have to go. None when all that could have turns.
    pub(crate) fn take(self: &Arc<Self>, holder: H) -> Option<Place<H>> {
        let mut taken = self.lock();
        let own = taken.held(holder);
        if self.most_of_one > 0 && own >= self.most_of_one {
            taken.dismiss(|other, _, _| other == holder)?;
        } else if taken.seats.len() >= self.most {
            let least = match self.yields {
                Yields::Anybody => 0,
                // One that has none yet gets in, whoever has how few.
                Yields::WhoeverHasMore if own == 0 => 1,
                Yields::WhoeverHasMore => own + 2,
            };
            taken.dismiss(|_, held, _| held >= least)?;
        }
        let seat = Arc::new(Seat {
            epoch: self.epoch,
            since: AtomicI64::new(milliseconds(self.epoch)),
            sent: AtomicI64::new(0),
            turns: AtomicUsize::new(0),
            receives: AtomicBool::new(false),
            bad: OnceLock::new(),
            left: CancellationToken::new(),
        });
        let number = taken.next;
        taken.next += 1;
        taken.seats.insert(number, (holder, Arc::clone(&seat)));
        *taken.by_holder.entry(holder).or_default() += 1;
        Some(Place {
            seats: Arc::clone(self),
            number,
            seat,
        })
    }

    /// How many connections `holder` has.
    pub(crate) fn held(&self, holder: H) -> usize {
        self.lock().held(holder)
    }

    /// Has the one go that has sent least for longest; false where all have turns.
    pub(crate) fn dismiss_one(&self) -> bool {
        self.lock().dismiss(|_, _, _| true).is_some()
    }

    /// How far that one is behind.
    pub(crate) fn furthest_behind(&self) -> Option<i64> {
        let taken = self.lock();
        let candidates = taken.seats.values().filter(|(_, seat)| seat.is_without_turn());
        candidates.map(|(_, seat)| seat.behind()).max()
    }

    /// Has the slowest body go, if there is a slow one.
    pub(crate) fn dismiss_slow_body(&self) -> bool {
        let dismissed = self.lock().dismiss(|_, _, seat| {
            let age = milliseconds(seat.epoch) - seat.since.load(Ordering::Relaxed);
            seat.receives.load(Ordering::Relaxed) && age > GRACE
        });
        dismissed.is_some()
    }

    fn lock(&self) -> MutexGuard<'_, Taken<H>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<H: Holder> Taken<H> {
    fn held(&self, holder: H) -> usize {
        self.by_holder.get(&holder).copied().unwrap_or(0)
    }

    /// Has the one go that is furthest behind, of those that may by their holder and by how many that has.
    fn dismiss(&mut self, may_go: impl Fn(H, usize, &Seat) -> bool) -> Option<()> {
        let candidates = self.seats.iter().filter(|(_, (holder, seat))| {
            seat.is_without_turn() && may_go(*holder, self.held(*holder), seat)
        });
        let worst = candidates.max_by_key(|(_, (_, seat))| seat.behind())?;
        let number = *worst.0;
        self.remove(number)?.left.cancel();
        Some(())
    }

    fn remove(&mut self, number: u64) -> Option<Arc<Seat>> {
        let (holder, seat) = self.seats.remove(&number)?;
        if let Some(count) = self.by_holder.get_mut(&holder) {
            *count -= 1;
            if *count == 0 {
                self.by_holder.remove(&holder);
            }
        }
        Some(seat)
    }
}

impl Seat {
    /// Bytes have come.
    pub(crate) fn sent(&self, bytes: usize) {
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        self.sent.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Its requests cannot be told apart.
    pub(super) fn misframed(&self, bad: BadFraming) {
        self.bad.get_or_init(|| bad);
    }

    /// # Errors
    /// When its requests cannot be told apart.
    pub(crate) fn framed(&self) -> Result<(), GatewayError> {
        self.bad
            .get()
            .map_or(Ok(()), |bad| Err(GatewayError::Framing(bad.text())))
    }

    /// Resolves when the connection has to go.
    pub(crate) async fn dismissed(&self) {
        self.left.cancelled().await;
    }

    /// A turn of it has begun: it stays.
    pub(crate) fn turn(self: &Arc<Self>) -> Busy {
        self.turns.fetch_add(1, Ordering::Relaxed);
        Busy {
            seat: Arc::clone(self),
            is_turn: true,
        }
    }

    /// A body of it begins to come.
    pub(crate) fn body(self: &Arc<Self>) -> Busy {
        self.rest();
        self.receives.store(true, Ordering::Relaxed);
        Busy {
            seat: Arc::clone(self),
            is_turn: false,
        }
    }

    /// It is judged by what it sends from now on.
    fn rest(&self) {
        self.since.store(milliseconds(self.epoch), Ordering::Relaxed);
        self.sent.store(0, Ordering::Relaxed);
    }

    fn is_without_turn(&self) -> bool {
        self.turns.load(Ordering::Relaxed) == 0
    }

    /// How many bytes it has sent less than it should have; of those that have just come, the first is furthest behind.
    fn behind(&self) -> i64 {
        let age = milliseconds(self.epoch) - self.since.load(Ordering::Relaxed);
        if age < YOUNG {
            return age - LEAST_RATE * YOUNG;
        }
        age * LEAST_RATE / 1000 - self.sent.load(Ordering::Relaxed)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let seat = &self.seat;
        if self.is_turn {
            seat.turns.fetch_sub(1, Ordering::Relaxed);
            seat.rest();
        } else {
            seat.receives.store(false, Ordering::Relaxed);
        }
    }
}

impl<H: Holder> Drop for Place<H> {
    fn drop(&mut self) {
        self.seats.lock().remove(self.number);
    }
}

fn milliseconds(epoch: Instant) -> i64 {
    i64::try_from(epoch.elapsed().as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt as _;
    use tokio::time::advance;

    use super::*;

    const HERE: u8 = 1;

    fn seats(most: usize, most_of_one: usize) -> Arc<Seats<u8>> {
        Arc::new(Seats::new(most, most_of_one, Yields::Anybody))
    }

    fn is_dismissed(place: &Place<u8>) -> bool {
        place.seat.dismissed().now_or_never().is_some()
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_has_sent_least_for_longest_makes_room() {
        let seats = seats(4, 0);
        let take = || seats.take(HERE).unwrap();
        let (turning, slow, fast) = (take(), take(), take());
        let _turn = turning.seat.turn();
        advance(Duration::from_secs(60)).await;
        slow.seat.sent(60);
        fast.seat.sent(1 << 20);
        let fresh = take();
        let next = take();
        assert!(is_dismissed(&slow) && !is_dismissed(&fast) && !is_dismissed(&fresh));
        advance(Duration::from_secs(1)).await;
        let last = take();
        assert!(
            is_dismissed(&fresh) ^ is_dismissed(&next),
            "not the one that sends well"
        );
        drop((fresh, next));
        drop(take());
        assert!(!is_dismissed(&turning) && !is_dismissed(&fast) && !is_dismissed(&last));
    }

    #[tokio::test(start_paused = true)]
    async fn turns_are_not_disturbed() {
        let seats = seats(1, 0);
        let only = seats.take(HERE).unwrap();
        let turn = only.seat.turn();
        assert!(seats.take(HERE).is_none() && !seats.dismiss_one());
        drop(turn);
        assert!(seats.take(HERE).is_some() && is_dismissed(&only));
    }

    #[tokio::test(start_paused = true)]
    async fn callers_make_room_for_those_who_have_less() {
        let seats = Arc::new(Seats::new(4, 0, Yields::WhoeverHasMore));
        let many = [1, 1, 1].map(|_| seats.take(HERE).unwrap());
        let one = seats.take(2).unwrap();
        assert!(seats.take(HERE).is_none(), "it has most itself");
        let second = seats.take(2).unwrap();
        assert_eq!(many.iter().filter(|place| is_dismissed(place)).count(), 1);
        assert!(seats.take(2).is_none(), "then it would have more");
        let first = seats.take(3).unwrap();
        assert_eq!((seats.held(HERE) + seats.held(2), seats.held(3)), (3, 1));
        drop((many, one, second, first));
        assert!(seats.lock().by_holder.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_makes_room_for_itself() {
        let seats = seats(10, 2);
        let there = 2;
        let (one, two, other) = (
            seats.take(HERE).unwrap(),
            seats.take(HERE).unwrap(),
            seats.take(there).unwrap(),
        );
        advance(Duration::from_secs(1)).await;
        one.seat.sent(2000);
        let _three = seats.take(HERE).unwrap();
        assert!(is_dismissed(&two) && !is_dismissed(&one) && !is_dismissed(&other));
    }

    #[tokio::test(start_paused = true)]
    async fn slow_bodies_go_after_a_while() {
        let seats = seats(10, 0);
        let place = seats.take(HERE).unwrap();
        let body = place.seat.body();
        advance(Duration::from_secs(10)).await;
        assert!(!seats.dismiss_slow_body());
        advance(Duration::from_secs(1)).await;
        drop(body);
        assert!(!seats.dismiss_slow_body(), "nothing comes");
        let _body = place.seat.body();
        assert!(!seats.dismiss_slow_body(), "it has just begun");
        advance(Duration::from_secs(11)).await;
        assert!(seats.dismiss_slow_body() && is_dismissed(&place));
        assert!(!seats.dismiss_slow_body(), "it has gone");
    }
}
