//! Open sockets: as many as there may be in all, and for each caller. Where all places are taken, the socket without a
//! turn that has sent least for longest makes room.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use prometheus_client::metrics::gauge::Gauge;

use crate::caller::{Caller, Owner};
use crate::config::WebSocket;
use crate::error::GatewayError;
use crate::server::{Seat, SeatPlace, Seats};

/// All places.
pub(crate) struct Places {
    seats: Arc<Seats>,
    most_of_one: usize,
    by_caller: Mutex<HashMap<Owner, usize>>,
    open: Gauge,
}

/// The place of one socket.
pub(crate) struct Place {
    places: Arc<Places>,
    caller: Owner,
    taken: SeatPlace,
}

impl Places {
    /// `open` shows how many are taken.
    pub(crate) fn new(config: &WebSocket, open: Gauge) -> Self {
        Self {
            seats: Arc::new(Seats::new(config.sockets, 0)),
            most_of_one: config.sockets_per_caller,
            by_caller: Mutex::default(),
            open,
        }
    }

    pub(crate) fn seats(&self) -> &Seats {
        &self.seats
    }

    /// # Errors
    /// When this caller has as many as it may have, or all have turns.
    pub(crate) fn take(self: &Arc<Self>, caller: &Caller, address: IpAddr) -> Result<Place, GatewayError> {
        let mut by_caller = self.by_caller.lock().unwrap_or_else(PoisonError::into_inner);
        let own = by_caller.get(&caller.owner).copied().unwrap_or(0);
        if own >= self.most_of_one {
            return Err(GatewayError::TooManySockets);
        }
        let taken = self.seats.take(address).ok_or(GatewayError::TooManySockets)?;
        by_caller.insert(caller.owner, own + 1);
        self.open.inc();
        Ok(Place {
            places: Arc::clone(self),
            caller: caller.owner,
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
        let mut by_caller = self
            .places
            .by_caller
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = by_caller.get_mut(&self.caller) {
            *own -= 1;
            if *own == 0 {
                by_caller.remove(&self.caller);
            }
        }
        self.places.open.dec();
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
        let open = Gauge::default();
        let places = Arc::new(Places::new(&config, open.clone()));
        let here = IpAddr::from([127, 0, 0, 1]);
        let take = |name| places.take(&Caller::named(name), here);
        let (first, second) = (take("a").unwrap(), take("a").unwrap());
        assert!(take("a").is_err(), "as many as one may have");
        let third = take("b").unwrap();
        assert_eq!(open.get(), 3);
        // As many as there are: one that does nothing makes room, unless all have turns.
        let turns = [&first, &third].map(|place| place.seat().turn());
        let fourth = take("c").unwrap();
        assert!(second.seat().dismissed().now_or_never().is_some());
        assert!(first.seat().dismissed().now_or_never().is_none());
        let _turn = fourth.seat().turn();
        assert!(take("d").is_err());
        drop(turns);
        drop((first, second, third, fourth));
        assert_eq!(open.get(), 0);
        assert!(places.by_caller.lock().unwrap().is_empty());
        assert!(take("a").is_ok());
    }
}
