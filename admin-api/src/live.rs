//! What just happened, for everybody who watches: one look at the database each second for all streams of a process.
//! Replicas see each other's events, because what they look at is the database.

use std::sync::Arc;
use std::time::Duration;

use admin_types::LiveTick;
use tokio::sync::{broadcast, watch};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::clock::{Clock, Moment};
use crate::event::Event;
use crate::rollup::{Counts, Dimension, MINUTE};
use crate::store::rollups::Window;
use crate::store::{Store, StoreError};

const EVERY: Duration = Duration::from_secs(1);
/// Events are shown one by one up to this rate.
const MOST_A_SECOND: usize = 50;
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
        let mut told = None;
        while self.news.receiver_count() > 0 {
            tokio::select! {
                _ = ticks.tick() => {}
                () = stop.cancelled() => return,
            }
            match look(store, clock.now(), &mut told).await {
                Ok(news) => news.into_iter().for_each(|one| {
                    // Whoever watched may just have left.
                    let _ = self.news.send(one);
                }),
                Err(error) => tracing::warn!(%error, "live streams see nothing new"),
            }
        }
    }
}

/// What came since the last look, in the order in which it came: what an instance's clock says decides nothing.
/// `told` is the newest arrival that was told of.
pub(crate) async fn look(
    store: &Store,
    now: Moment,
    told: &mut Option<i64>,
) -> Result<Vec<News>, StoreError> {
    let last = store.last_arrival().await?;
    let (events, found) = match *told {
        Some(before) if before < last => store.arrived(before, last, MOST_A_SECOND).await?,
        _ => (Vec::new(), 0),
    };
    let minute = now.seconds().div_euclid(MINUTE) * MINUTE;
    let window = Window {
        from: minute,
        to: minute + MINUTE,
    };
    let sums = store.sums(&[Dimension::Total], window).await?;
    let counts = sums.first().map(|sum| sum.counts).unwrap_or_default();
    *told = Some(last);
    let omitted = found.saturating_sub(events.len());
    let mut news: Vec<News> = events
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
