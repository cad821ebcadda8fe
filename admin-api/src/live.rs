//! What just happened, for everybody who watches: one look at the database each second for all streams of a process.
//! Replicas see each other's events, because what they look at is the database.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use admin_types::LiveTick;
use tokio::sync::{broadcast, watch};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::clock::{Clock, Moment};
use crate::event::Event;
use crate::rollup::{Counts, Dimension, MINUTE};
use crate::store::events::Filter;
use crate::store::rollups::Window;
use crate::store::{Store, StoreError};

const EVERY: Duration = Duration::from_secs(1);
/// Events are shown one by one up to this rate.
const MOST_A_SECOND: usize = 50;
/// An event that comes later than this is history, not news.
const NEWS: Duration = Duration::from_secs(15);
/// Events that a look reads at most; the counters tell of all.
const LOOKED_AT: u32 = 500;
/// A watcher that is further behind misses some.
const BUFFER: usize = 256;

/// Something for watchers.
#[derive(Clone, Debug)]
pub(crate) enum News {
    Event(Arc<Event>),
    Tick(LiveTick),
}

/// Where streams join.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    news: broadcast::Sender<News>,
    watched: watch::Sender<()>,
}

impl Live {
    pub(crate) fn new() -> Self {
        Self {
            news: broadcast::channel(BUFFER).0,
            watched: watch::channel(()).0,
        }
    }

    pub(crate) fn join(&self) -> broadcast::Receiver<News> {
        let receiver = self.news.subscribe();
        self.watched.send_replace(());
        receiver
    }

    /// Looks until `stop`; nothing while nobody watches.
    pub(crate) async fn run(self, store: Store, clock: Clock, stop: CancellationToken) -> anyhow::Result<()> {
        let mut watched = self.watched.subscribe();
        loop {
            tokio::select! {
                changed = watched.changed() => if changed.is_err() { return Ok(()) },
                () = stop.cancelled() => return Ok(()),
            }
            self.look_while_watched(&store, clock, &stop).await;
        }
    }

    async fn look_while_watched(&self, store: &Store, clock: Clock, stop: &CancellationToken) {
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut seen = Seen::default();
        while self.news.receiver_count() > 0 {
            tokio::select! {
                _ = ticks.tick() => {}
                () = stop.cancelled() => return,
            }
            match look(store, clock.now(), &mut seen).await {
                Ok(news) => news.into_iter().for_each(|one| {
                    // Whoever watched may just have left.
                    let _ = self.news.send(one);
                }),
                Err(error) => tracing::warn!(%error, "live streams see nothing new"),
            }
        }
    }
}

/// What was told already, and how many events the running minute had.
#[derive(Default)]
struct Seen {
    since: Option<Moment>,
    ids: HashSet<Uuid>,
    minute: i64,
    requests: i64,
}

async fn look(store: &Store, now: Moment, seen: &mut Seen) -> Result<Vec<News>, StoreError> {
    let filter = Filter {
        from: Some(now.minus(NEWS)),
        ..Filter::default()
    };
    let events = store.events(&filter, None, LOOKED_AT).await?;
    let minute = now.seconds().div_euclid(MINUTE) * MINUTE;
    let window = Window {
        from: minute,
        to: minute + MINUTE,
    };
    let sums = store.sums(&[Dimension::Total], window).await?;
    let counts = sums.first().map(|sum| sum.counts).unwrap_or_default();
    let is_first = seen.since.is_none();
    seen.since = Some(now);
    let ids: HashSet<Uuid> = events.iter().map(|event| event.event_id).collect();
    let mut fresh: Vec<Event> = events
        .into_iter()
        .filter(|event| !is_first && !seen.ids.contains(&event.event_id))
        .collect();
    seen.ids = ids;
    let found = fresh.len();
    fresh.truncate(MOST_A_SECOND);
    let counted = if seen.minute == minute && !is_first {
        counts.requests - seen.requests
    } else {
        0
    };
    (seen.minute, seen.requests) = (minute, counts.requests);
    let omitted = (found.max(usize::try_from(counted).unwrap_or_default())).saturating_sub(fresh.len());
    let mut news: Vec<News> = fresh
        .into_iter()
        .rev()
        .map(|event| News::Event(Arc::new(event)))
        .collect();
    news.push(News::Tick(tick(now, minute, counts, omitted)));
    Ok(news)
}

fn tick(now: Moment, minute: i64, counts: Counts, omitted: usize) -> LiveTick {
    let number = |value: i64| u64::try_from(value).unwrap_or_default();
    LiveTick {
        at: now.to_text(),
        minute: Moment::of_seconds(minute).to_text(),
        requests: number(counts.requests),
        masked: number(counts.masked),
        blocked: number(counts.blocked),
        errors: number(counts.errors),
        omitted: omitted as u64,
    }
}
