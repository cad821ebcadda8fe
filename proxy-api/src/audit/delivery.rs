//! Takes events from the spool to admin-api and says how this instance is, on a thread of its own: a turn never waits for
//! anything here.

mod backoff;
mod client;
mod publish;
mod report;

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Context as _;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_util::sync::{CancellationToken, DropGuard};

pub(crate) use self::client::Identity;
use self::client::{Client, Connector};
pub(crate) use self::report::{Reports, millis};
use super::spool::Spool;
use crate::config;
use crate::ops::AuditMetrics;

/// What was appended is lasting after so long at most.
const SYNC: Duration = Duration::from_secs(1);
/// At the end, events may take so long to be delivered.
const FAREWELL: Duration = Duration::from_secs(5);

/// The thread; it ends when it is told to.
pub(crate) struct Deliverer {
    thread: JoinHandle<()>,
    /// Dropped, it tells the thread to end.
    stop: DropGuard,
}

impl Deliverer {
    /// # Errors
    /// When certificates or keys of TLS do not fit, or no thread can be started.
    pub(crate) fn start(
        config: &config::Delivery,
        identity: Identity,
        spool: Arc<Spool>,
        reports: Reports,
        metrics: AuditMetrics,
    ) -> anyhow::Result<Self> {
        let connector = Connector::new(config, identity)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("the runtime of the audit thread cannot be started")?;
        let stop = CancellationToken::new();
        let stopping = stop.clone();
        let thread = std::thread::Builder::new()
            .name("audit".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    let client = connector.connect();
                    let running = async {
                        tokio::join!(
                            publish::forever(&spool, &client, &metrics),
                            report::forever(&reports, &client),
                            sync_forever(&spool),
                        )
                    };
                    tokio::select! {
                        _ = running => {}
                        () = farewell(&spool, &client, &stopping) => {}
                    }
                });
                spool.close();
                tell_rest(&spool);
            })
            .context("the audit thread cannot be started")?;
        Ok(Self {
            thread,
            stop: stop.drop_guard(),
        })
    }

    /// Waits until everything is delivered, or admin-api is away, or some seconds have passed.
    pub(crate) fn join(self) {
        drop(self.stop);
        if self.thread.join().is_err() {
            tracing::error!("the audit thread ended early");
        }
    }
}

/// Ends some time after the stop.
async fn farewell(spool: &Spool, client: &Client, stop: &CancellationToken) {
    stop.cancelled().await;
    tokio::select! {
        // What is left is told afterwards.
        _ = timeout(FAREWELL, spool.emptied()) => {}
        () = client.found_away() => {}
    }
}

async fn sync_forever(spool: &Arc<Spool>) {
    let mut ticks = interval(SYNC);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let spool = Arc::clone(spool);
        // A slow disk must not hold up what goes over the network.
        let _ = tokio::task::spawn_blocking(move || spool.sync()).await;
    }
}

fn tell_rest(spool: &Spool) {
    let events = spool.depth().events;
    if events == 0 {
        return;
    }
    if spool.rules.directory.is_some() {
        tracing::info!(audit.events = events, "audit events wait for the next start");
    } else {
        tracing::error!(
            audit.events = events,
            "audit events are lost: admin-api was away, and there is no audit.spool_dir"
        );
    }
}
