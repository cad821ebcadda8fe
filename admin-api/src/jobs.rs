//! What happens by itself: events that are too old or too many go, and so does whatever else has ended.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::clock::{Clock, Moment};
use crate::metrics::Metrics;
use crate::settings::Retention;
use crate::steady::Steady;
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
    let (started, mut steady) = (Instant::now(), Steady::default());
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = stop.cancelled() => return Ok(()),
        }
        let now = clock.now();
        let lasting = steady.look(now, started.elapsed());
        let cleaned = tokio::select! {
            cleaned = clean(&store, now, lasting, retention, &metrics) => cleaned,
            // A transaction that is dropped is rolled back.
            () = stop.cancelled() => return Ok(()),
        };
        if let Err(error) = cleaned {
            tracing::warn!(%error, "what is too old stays for another minute");
        }
    }
}

/// What nobody can bring back goes by `lasting`, a time that did not jump; the rest by `now`.
async fn clean(
    store: &Store,
    now: Moment,
    lasting: Option<Moment>,
    retention: Retention,
    metrics: &Metrics,
) -> Result<(), StoreError> {
    let deleted = enforce(store, lasting, retention).await?;
    metrics.events_deleted(deleted);
    if let Some(lasting) = lasting {
        store.delete_rollups(lasting.minus(SUMS)).await?;
    }
    store.delete_instances(now.minus(SILENT)).await?;
    store.delete_ended_sessions(now).await?;
    store.delete_old_attempts(now).await?;
    store.delete_old_oidc_attempts(now).await?;
    store.trim_access_log().await
}

/// Removes events in small transactions, with room for the writer between them.
pub(crate) async fn enforce(
    store: &Store,
    now: Option<Moment>,
    retention: Retention,
) -> Result<u64, StoreError> {
    let oldest = now.map(|now| now.minus(DAY.saturating_mul(retention.days)));
    let most = i64::try_from(retention.events).unwrap_or(i64::MAX);
    let mut all = 0;
    while let Some(oldest) = oldest {
        let deleted = store.delete_events(oldest, i64::MAX).await?;
        all += deleted;
        if deleted == 0 {
            break;
        }
        tokio::task::yield_now().await;
    }
    loop {
        let surplus = store.event_count().await?.saturating_sub(most);
        if surplus <= 0 {
            return Ok(all);
        }
        let deleted = store.delete_events(Moment(i64::MAX), surplus).await?;
        all += deleted;
        if deleted == 0 {
            return Ok(all);
        }
        tokio::task::yield_now().await;
    }
}
