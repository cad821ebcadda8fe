//! Connections, as many as there may be. Where there are as many, the one without a turn that has sent least for longest
//! makes room: a new one always gets in.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

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

/// All of them.
pub(crate) struct Seats {
    most: usize,
    /// Of one address; 0 for no such bound.
    most_of_one: usize,
    epoch: Instant,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    seats: HashMap<u64, (IpAddr, Arc<Seat>)>,
    by_address: HashMap<IpAddr, usize>,
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
    pub(crate) address: IpAddr,
}

/// The place of one connection, until it is dropped.
pub(crate) struct Place {
    seats: Arc<Seats>,
    number: u64,
    pub(crate) seat: Arc<Seat>,
}

/// A turn, or a body that comes, of a connection; over when it is dropped.
pub(crate) struct Busy {
    seat: Arc<Seat>,
    is_turn: bool,
}

impl Seats {
    pub(crate) fn new(most: usize, most_of_one: usize) -> Self {
        Self {
            most,
            most_of_one,
            epoch: Instant::now(),
            taken: Mutex::default(),
        }
    }

    /// A place for a connection from `address`; another may have to go. None when all have turns.
    pub(crate) fn take(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let of_address = taken.by_address.get(&address).copied().unwrap_or(0);
        if self.most_of_one > 0 && of_address >= self.most_of_one {
            taken.dismiss(|from, seat| from == address && seat.is_without_turn())?;
        } else if taken.seats.len() >= self.most {
            taken.dismiss(|_, seat| seat.is_without_turn())?;
        }
        let seat = Arc::new(Seat {
            epoch: self.epoch,
            since: AtomicI64::new(milliseconds(self.epoch)),
            sent: AtomicI64::new(0),
            turns: AtomicUsize::new(0),
            receives: AtomicBool::new(false),
            bad: OnceLock::new(),
            address,
            left: CancellationToken::new(),
        });
        let number = taken.next;
        taken.next += 1;
        taken.seats.insert(number, (address, Arc::clone(&seat)));
        *taken.by_address.entry(address).or_default() += 1;
        Some(Place {
            seats: Arc::clone(self),
            number,
            seat,
        })
    }

    /// Of all these, has the one go that has sent least for longest; false where all have turns.
    pub(crate) fn dismiss_one(all: &[&Self]) -> bool {
        let worst = all.iter().max_by_key(|seats| seats.furthest_behind());
        worst.is_some_and(|seats| {
            let mut taken = seats.taken.lock().unwrap_or_else(PoisonError::into_inner);
            taken.dismiss(|_, seat| seat.is_without_turn()).is_some()
        })
    }

    fn furthest_behind(&self) -> Option<i64> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let candidates = taken.seats.values().filter(|(_, seat)| seat.is_without_turn());
        candidates.map(|(_, seat)| seat.behind()).max()
    }

    /// The same of those whose body is coming, if it is slow.
    pub(crate) fn dismiss_slow_body(&self) -> bool {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let dismissed = taken.dismiss(|_, seat| {
            let age = milliseconds(seat.epoch) - seat.since.load(Ordering::Relaxed);
            seat.receives.load(Ordering::Relaxed) && age > GRACE
        });
        dismissed.is_some()
    }
}

impl Taken {
    fn dismiss(&mut self, may_go: impl Fn(IpAddr, &Seat) -> bool) -> Option<()> {
        let candidates = self.seats.iter().filter(|(_, (from, seat))| may_go(*from, seat));
        let worst = candidates.max_by_key(|(_, (_, seat))| seat.behind())?;
        let number = *worst.0;
        let (_, seat) = self.remove(number)?;
        seat.left.cancel();
        Some(())
    }

    fn remove(&mut self, number: u64) -> Option<(IpAddr, Arc<Seat>)> {
        let (address, seat) = self.seats.remove(&number)?;
        if let Some(count) = self.by_address.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                self.by_address.remove(&address);
            }
        }
        Some((address, seat))
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

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.seats.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.remove(self.number);
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

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn is_dismissed(place: &Place) -> bool {
        place.seat.dismissed().now_or_never().is_some()
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_has_sent_least_for_longest_makes_room() {
        let seats = Arc::new(Seats::new(4, 0));
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
        let seats = Arc::new(Seats::new(1, 0));
        let only = seats.take(HERE).unwrap();
        let turn = only.seat.turn();
        assert!(seats.take(HERE).is_none() && !Seats::dismiss_one(&[&seats]));
        drop(turn);
        assert!(seats.take(HERE).is_some() && is_dismissed(&only));
    }

    #[tokio::test(start_paused = true)]
    async fn where_files_are_short_the_worst_of_all_goes() {
        let (seats, others) = (Arc::new(Seats::new(9, 0)), Arc::new(Seats::new(9, 0)));
        let slow = others.take(HERE).unwrap();
        advance(Duration::from_secs(5)).await;
        let fresh = seats.take(HERE).unwrap();
        let all = [&*seats, &*others];
        assert!(Seats::dismiss_one(&all) && is_dismissed(&slow) && !is_dismissed(&fresh));
        assert!(Seats::dismiss_one(&all) && is_dismissed(&fresh));
        assert!(!Seats::dismiss_one(&all));
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_makes_room_for_itself() {
        let seats = Arc::new(Seats::new(10, 2));
        let there = IpAddr::from([192, 0, 2, 1]);
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
        let seats = Arc::new(Seats::new(10, 0));
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
