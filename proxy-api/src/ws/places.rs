//! How many sockets are open, in all and for each caller. A place is free again as soon as its socket has ended.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use prometheus_client::metrics::gauge::Gauge;

use crate::caller::Caller;
use crate::config::WebSocket;
use crate::error::GatewayError;

/// All places.
pub(crate) struct Places {
    most: usize,
    most_of_one: usize,
    taken: Mutex<Taken>,
    open: Gauge,
}

#[derive(Default)]
struct Taken {
    all: usize,
    by_caller: HashMap<[u8; 32], usize>,
}

/// The place of one socket.
pub(crate) struct Place {
    places: Arc<Places>,
    caller: [u8; 32],
}

impl Places {
    /// `open` shows how many are taken.
    pub(crate) fn new(config: &WebSocket, open: Gauge) -> Self {
        Self {
            most: config.sockets,
            most_of_one: config.sockets_per_caller,
            taken: Mutex::default(),
            open,
        }
    }

    /// # Errors
    /// When this caller, or all together, have as many as are allowed.
    pub(crate) fn take(self: &Arc<Self>, caller: &Caller) -> Result<Place, GatewayError> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let own = taken.by_caller.get(&caller.key).copied().unwrap_or(0);
        if taken.all >= self.most || own >= self.most_of_one {
            return Err(GatewayError::TooManySockets);
        }
        taken.all += 1;
        taken.by_caller.insert(caller.key, own + 1);
        self.open.inc();
        Ok(Place {
            places: Arc::clone(self),
            caller: caller.key,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all -= 1;
        if let Some(own) = taken.by_caller.get_mut(&self.caller) {
            *own -= 1;
            if *own == 0 {
                taken.by_caller.remove(&self.caller);
            }
        }
        self.places.open.dec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_bounded_and_come_back() {
        let config = WebSocket {
            sockets: 3,
            sockets_per_caller: 2,
            ..WebSocket::default()
        };
        let open = Gauge::default();
        let places = Arc::new(Places::new(&config, open.clone()));
        let (one, two) = (Caller::named("a"), Caller::named("b"));
        let mut held = vec![places.take(&one).unwrap(), places.take(&one).unwrap()];
        assert!(places.take(&one).is_err(), "as many as one may have");
        held.push(places.take(&two).unwrap());
        assert!(places.take(&two).is_err(), "as many as there are");
        assert_eq!(open.get(), 3);
        held.clear();
        assert_eq!(open.get(), 0);
        assert!(places.taken.lock().unwrap().by_caller.is_empty());
        assert!(places.take(&one).is_ok());
    }
}
