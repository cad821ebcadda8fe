//! What this instance says about itself every few seconds: no value, no name, only how it is set up and how much waits.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use proto::fleet_v1::{InstanceReport, Posture, Spool as SpoolReport};
use tokio::sync::mpsc::channel;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tonic::Status;

use super::backoff::Backoff;
use super::client::{Client, Identity, STREAM};
use crate::audit::spool::Spool;
use crate::ops::Metrics;
use crate::pause::pause;

const EVERY: Duration = Duration::from_secs(5);
/// A stream that was ended has so long to say so.
const END: Duration = Duration::from_secs(5);

/// Everything that a report is made of.
pub(crate) struct Reports {
    pub(crate) identity: Identity,
    pub(crate) started_at_ms: u64,
    pub(crate) posture: Posture,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) spool: Arc<Spool>,
}

/// Reports for as long as it runs. A report that is lost is followed by the next one.
pub(super) async fn forever(reports: &Reports, client: &Client) {
    let mut backoff = Backoff::default();
    loop {
        let started = Instant::now();
        let ended = stream(reports, client).await;
        if started.elapsed() >= EVERY {
            backoff.reset();
        }
        if ended.is_err() {
            pause(backoff.next()).await;
        }
    }
}

/// One stream; ends well when its token grows old.
async fn stream(reports: &Reports, client: &Client) -> Result<(), Status> {
    let (sender, messages) = channel(1);
    let mut call = pin!(client.report(messages));
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let ends = Instant::now() + STREAM;
    loop {
        tokio::select! {
            ended = &mut call => {
                return ended.and_then(|()| Err(Status::unavailable("the stream has ended")));
            }
            now = ticks.tick() => {
                if now >= ends {
                    break;
                }
                // Where the last one has not left yet, this one can wait for the next.
                let _ = sender.try_send(reports.report());
            }
        }
    }
    drop(sender);
    timeout(END, call)
        .await
        .unwrap_or_else(|_| Err(Status::deadline_exceeded("the stream does not end")))
}

impl Reports {
    fn now_ms(&self) -> u64 {
        millis(self.identity.clock.since_epoch())
    }

    fn report(&self) -> InstanceReport {
        let depth = self.spool.depth();
        InstanceReport {
            instance_id: self.identity.instance.as_bytes().to_vec(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at_ms: self.started_at_ms,
            reported_at_ms: self.now_ms(),
            posture: Some(self.posture.clone()),
            counters: Some(self.metrics.counters()),
            spool: Some(SpoolReport {
                events: depth.events,
                bytes: depth.bytes,
                limit_bytes: self.spool.rules.bytes,
                oldest_age_ms: self.oldest_age_ms(),
            }),
        }
    }

    fn oldest_age_ms(&self) -> u64 {
        let oldest = self.spool.first();
        oldest.map_or(0, |event| self.now_ms().saturating_sub(event.occurred_at_ms))
    }
}

/// As messages say a time.
pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
