//! Turns with their private values, for the eyes of the person at this terminal: `bauta up --show` and `bauta chat`.
//!
//! Only a command that embeds the gateway turns it on ([`Server::dangerously_bind_watched`](crate::Server)); no
//! configuration does, and the `proxy-api` binary never. Values go through memory to whoever holds the [`Sights`]; a turn
//! never waits for that, and what does not fit is counted instead.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use masking::EntityType;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use uuid::Uuid;

pub use masking::dangerous::{Excerpt, Piece};

/// Sights that wait to be seen; each holds up to [`MOST_BYTES`] of text.
const WAITING: usize = 64;
/// Text of one sight, bytes: some screens of it.
pub(crate) const MOST_BYTES: usize = 64 * 1024;

/// Shows turns to whoever holds the other end.
#[derive(Clone)]
pub struct Onlooker {
    sights: Sender<Sight>,
    missed: Arc<AtomicU64>,
}

/// What there is to see.
pub struct Sights {
    sights: Receiver<Sight>,
    missed: Arc<AtomicU64>,
}

/// One look at a turn.
#[derive(Debug)]
pub enum Sight {
    /// It was masked, and leaves now or is refused.
    Masked(MaskedTurn),
    /// It has ended.
    Ended(EndedTurn),
}

/// Which turn it is.
#[derive(Debug)]
pub struct Turn {
    /// Of this turn alone.
    pub id: Uuid,
    /// Where it goes.
    pub upstream: Arc<str>,
    /// The endpoint there.
    pub path: String,
}

/// A turn as it leaves.
#[derive(Debug)]
pub struct MaskedTurn {
    /// Which one.
    pub turn: Arc<Turn>,
    /// The model asked for.
    pub model: String,
    /// Messages or items of its input.
    pub messages: usize,
    /// Types that policy blocks, each with the path where it stands. Their values are not shown.
    pub blocked: Vec<(EntityType, String)>,
    /// Texts with values, in the order of the request; none where it is refused. Of many the last.
    pub texts: Vec<MaskedText>,
    /// Goes to the local upstream, unmasked.
    pub stays_local: bool,
}

/// A text of a request.
#[derive(Debug)]
pub struct MaskedText {
    /// Who wrote it, or what it is for.
    pub scope: &'static str,
    /// The user wrote it, and nobody has said anything since.
    pub is_newest: bool,
    /// Its values and what stands around them.
    pub excerpt: Excerpt,
}

/// How a turn ended.
#[derive(Debug)]
pub struct EndedTurn {
    /// Which one.
    pub turn: Arc<Turn>,
    /// The status that the caller got.
    pub status: u16,
    /// As audit events say it: `masked`, `blocked`, ...
    pub outcome: &'static str,
    /// Why the gateway answered itself.
    pub refusal: Option<String>,
    /// From the request's head to the answer's end.
    pub took: Duration,
    /// Placeholders that were restored.
    pub restored: u64,
    /// Texts of the answer with restored values.
    pub texts: Vec<Excerpt>,
}

/// Two ends: the gateway shows, somebody looks.
#[must_use]
pub fn onlooker() -> (Onlooker, Sights) {
    let (sender, receiver) = channel(WAITING);
    let missed = Arc::<AtomicU64>::default();
    let onlooker = Onlooker {
        sights: sender,
        missed: Arc::clone(&missed),
    };
    let sights = Sights {
        sights: receiver,
        missed,
    };
    (onlooker, sights)
}

impl Onlooker {
    /// Shows it, unless too much waits already; then it is counted. Never waits. Whether it will be seen.
    pub(crate) fn show(&self, sight: Sight) -> bool {
        let is_shown = self.sights.try_send(sight).is_ok();
        if !is_shown {
            self.missed.fetch_add(1, Ordering::Relaxed);
        }
        is_shown
    }
}

impl Sights {
    /// The next one; `None` when the gateway is gone.
    pub async fn next(&mut self) -> Option<Sight> {
        self.sights.recv().await
    }

    /// The next one if there is one by now.
    pub fn try_next(&mut self) -> Option<Sight> {
        self.sights.try_recv().ok()
    }

    /// The same on a thread that may wait.
    pub fn wait_for_next(&mut self) -> Option<Sight> {
        self.sights.blocking_recv()
    }

    /// How many were not shown since this was asked last.
    pub fn missed(&self) -> u64 {
        self.missed.swap(0, Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended() -> Sight {
        let turn = Turn {
            id: Uuid::nil(),
            upstream: "openai".into(),
            path: "/chat/completions".to_owned(),
        };
        Sight::Ended(EndedTurn {
            turn: Arc::new(turn),
            status: 200,
            outcome: "masked",
            refusal: None,
            took: Duration::ZERO,
            restored: 0,
            texts: Vec::new(),
        })
    }

    #[test]
    fn what_nobody_looks_at_is_counted_and_nothing_waits() {
        let (onlooker, mut sights) = onlooker();
        let shown = (0..WAITING + 3).filter(|_| onlooker.show(ended())).count();
        assert_eq!(shown, WAITING);
        assert_eq!((sights.missed(), sights.missed()), (3, 0));
        drop(onlooker);
        assert_eq!(std::iter::from_fn(|| sights.wait_for_next()).count(), WAITING);
    }
}
