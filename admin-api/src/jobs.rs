//! What happens by itself: events that are too old or too many go, and so does whatever else has ended. Nothing goes because
//! a clock says so once.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::age::{Age, Reading, Stored, Wall};
use crate::clock::{Clock, Moment};
use crate::metrics::Metrics;
use crate::settings::Retention;
use crate::store::arrivals::Gone;
use crate::store::{Store, StoreError};

const EVERY: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);
/// Sums stay 13 months: a month can be compared with the one of the year before.
const SUMS: Duration = Duration::from_secs(396 * 86_400);
/// An instance that is silent for longer is gone.
const SILENT: Duration = Duration::from_secs(7 * 86_400);

/// Cleans up every minute until `stop`. Replicas may all do it: what one has removed, the others do not find.
pub(crate) async fn run(
    store: Store,
    clock: Clock,
    retention: Retention,
    metrics: Arc<Metrics>,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut age = None;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = stop.cancelled() => return Ok(()),
        }
        let cleaned = tokio::select! {
            cleaned = clean(&store, &mut age, clock.reading(), retention) => cleaned,
            // A transaction that is dropped is rolled back.
            () = stop.cancelled() => return Ok(()),
        };
        match cleaned {
            Ok(deleted) => metrics.events_deleted(deleted),
            Err(error) => tracing::warn!(%error, "what is too old stays for another minute"),
        }
    }
}

/// Gives how many events went.
pub(crate) async fn clean(
    store: &Store,
    age: &mut Option<Age>,
    now: Reading,
    retention: Retention,
) -> Result<u64, StoreError> {
    let age = match age {
        Some(age) => age,
        None => age.insert(Age::resume(store.stored_age().await?, now)),
    };
    let wall = age.read(now);
    if wall == Wall::Jumps {
        tracing::warn!(
            "the clock has jumped by more than an hour: what it says decides about nothing until it has gone on from there for \
             six hours"
        );
    }
    let stored = Stored {
        counted: age.counted(),
        wall: now.wall,
    };
    age.stored(store.store_age(stored, age.misjudged()).await?);
    let clock = (wall == Wall::Sure).then_some(now.wall);
    let deleted = enforce(store, age.counted(), clock, retention).await?;
    if let Some(now) = clock {
        store.delete_rollups(now.minus(SUMS)).await?;
        store.delete_instances(now.minus(SILENT)).await?;
        store.delete_ended_sessions(now).await?;
        store.delete_old_attempts(now).await?;
        store.delete_old_oidc_attempts(now).await?;
        store.trim_access_log().await?;
    }
    Ok(deleted)
}

/// Removes events in small transactions, with room for the writer between them. Their age is from when they came, by the time
/// that was `counted`; of those that a release before this one stored, from their own time by the clock, where that is sure.
pub(crate) async fn enforce(
    store: &Store,
    counted: Moment,
    clock: Option<Moment>,
    retention: Retention,
) -> Result<u64, StoreError> {
    let kept = DAY.saturating_mul(retention.days);
    let most = i64::try_from(retention.events).unwrap_or(i64::MAX);
    let mut all = 0;
    let last = store.arrival_by(counted.minus(kept)).await?;
    let old = [
        last.map(Gone::UpTo),
        clock.map(|now| Gone::Unnumbered(now.minus(kept))),
    ];
    for gone in old.into_iter().flatten() {
        loop {
            let deleted = store.delete_events(gone, i64::MAX).await?;
            all += deleted;
            if deleted == 0 {
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    if let Some(last) = last {
        store.delete_ages(last).await?;
    }
    loop {
        let surplus = store.event_count().await?.saturating_sub(most);
        if surplus <= 0 {
            return Ok(all);
        }
        let deleted = store.delete_events(Gone::First, surplus).await?;
        all += deleted;
        if deleted == 0 {
            return Ok(all);
        }
        tokio::task::yield_now().await;
    }
}
