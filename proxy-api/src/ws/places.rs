//! Open sockets: as many as there may be in all, and for each caller. Where all places are taken, a socket without a turn
//! makes room, of a caller that has more than the new one would.

use std::sync::Arc;

use telemetry::metrics::Level;

use crate::caller::{Caller, Owner};
use crate::config::WebSocket;
use crate::error::GatewayError;
use crate::server::{Seat, SeatPlace, Seats, Yields};

/// All places.
pub(crate) struct Places {
    seats: Arc<Seats<Owner>>,
    most_of_one: usize,
    open: Level,
}

/// The place of one socket.
pub(crate) struct Place {
    places: Arc<Places>,
    taken: SeatPlace<Owner>,
}

impl Places {
    /// `open` shows how many are taken.
    pub(crate) fn new(config: &WebSocket, open: Level) -> Self {
        Self {
            seats: Arc::new(Seats::new(config.sockets, 0, Yields::WhoeverHasMore)),
            most_of_one: config.sockets_per_caller,
            open,
        }
    }

    pub(crate) fn seats(&self) -> &Seats<Owner> {
        &self.seats
    }

    /// # Errors
    /// When this caller has as many as it may have, or nobody has to make room for it.
    pub(crate) fn take(self: &Arc<Self>, caller: &Caller) -> Result<Place, GatewayError> {
        if self.seats.held(caller.owner) >= self.most_of_one {
            return Err(GatewayError::TooManySockets);
        }
        let taken = self.seats.take(caller.owner);
        let taken = taken.ok_or(GatewayError::TooManySockets)?;
        self.open.raise();
        Ok(Place {
            places: Arc::clone(self),
            taken,
        })
    }
}

impl Place {
    pub(crate) fn seat(&self) -> &Arc<Seat> {
        &self.taken.seat
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.open.lower();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn places_are_bounded_and_come_back() {
        let config = WebSocket {
            sockets: 3,
            sockets_per_caller: 2,
            ..WebSocket::default()
        };
        let open = Level::hidden();
        let places = Arc::new(Places::new(&config, open.clone()));
        let take = |name| places.take(&Caller::named(name));
        let (first, second) = (take("a").unwrap(), take("a").unwrap());
        assert!(take("a").is_err(), "as many as one may have");
        let third = take("b").unwrap();
        assert!(take("b").is_err(), "as many as there are");
        assert_eq!(open.now(), 3);
        // A caller that has none gets one, unless all have turns.
        let turns = [&first, &third].map(|place| place.seat().turn());
        let fourth = take("c").unwrap();
        assert!(second.seat().dismissed().now_or_never().is_some());
        assert!(first.seat().dismissed().now_or_never().is_none());
        let _turn = fourth.seat().turn();
        assert!(take("d").is_err());
        drop(turns);
        drop((first, second, third, fourth));
        assert_eq!(open.now(), 0);
        assert!(take("a").is_ok());
    }
}
