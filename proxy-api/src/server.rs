//! Listeners and connections: accepts, serves, and stops within the grace period.

mod connection;
mod framing;
mod listener;
mod patience;
mod seats;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use tokio::sync::watch;
use tokio::task::JoinSet;

use self::listener::{Crowd, Listener};
pub(crate) use self::seats::{Busy, Place as SeatPlace, Seat, Seats, Yields};
use crate::audit::SinkHandle;
use crate::config::Config;
use crate::dangerous::Onlooker;
use crate::gateway::Gateway;

/// Expired memory is dropped this often.
const SWEEP: Duration = Duration::from_secs(60);
/// Observations of histograms wait so long to be sorted into buckets.
const UPKEEP: Duration = Duration::from_secs(5);
/// Sockets need a little longer than the grace period, to be closed properly.
const SOCKET_LINGER: Duration = Duration::from_secs(6);
/// A gateway that has its addresses but does not serve yet.
pub struct Server {
    gateway: Arc<Gateway>,
    sink: SinkHandle,
    data: Listener,
    ops: Listener,
    header_bytes: usize,
}

impl Server {
    /// Builds everything and binds both listeners.
    ///
    /// # Errors
    /// When an address is taken, a file cannot be opened, or a detector cannot be built.
    pub async fn bind(config: Config) -> anyhow::Result<Self> {
        Self::bind_with(config, None)
    }

    /// The same, with every turn and its private values shown to `onlooker`.
    ///
    /// # Errors
    /// As [`Server::bind`].
    pub async fn dangerously_bind_watched(config: Config, onlooker: Onlooker) -> anyhow::Result<Self> {
        Self::bind_with(config, Some(onlooker))
    }

    fn bind_with(config: Config, onlooker: Option<Onlooker>) -> anyhow::Result<Self> {
        telemetry::raise_open_files();
        let data = Listener::bind(config.server.listen.address(), "server.listen")?;
        let ops = Listener::bind(config.ops.listen.address(), "ops.listen")?;
        let (mut gateway, sink) = Gateway::new(&config)?;
        gateway.onlooker = onlooker;
        for warning in config.warnings() {
            tracing::warn!("{warning}");
        }
        Ok(Self {
            gateway: Arc::new(gateway),
            sink,
            data,
            ops,
            header_bytes: config.limits.header_bytes,
        })
    }

    /// Where callers connect.
    ///
    /// # Errors
    /// When the operating system does not tell.
    pub fn data_address(&self) -> std::io::Result<SocketAddr> {
        self.data.address()
    }

    /// Where health and metrics are.
    ///
    /// # Errors
    /// When the operating system does not tell.
    pub fn ops_address(&self) -> std::io::Result<SocketAddr> {
        self.ops.address()
    }

    /// Serves until `shutdown` resolves, then lets running turns end within the grace period.
    ///
    /// # Errors
    /// When the listeners' addresses cannot be told.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> anyhow::Result<()> {
        tracing::info!("listening on http://{}", self.data_address()?);
        tracing::info!("ops listening on http://{}", self.ops_address()?);
        let (stop, stopping) = watch::channel(false);
        let grace = self.gateway.timeouts.shutdown();
        let mut tasks = JoinSet::new();
        tasks.spawn(sweep(Arc::clone(&self.gateway), stopping.clone()));
        tasks.spawn(connection::serve_ops(
            Arc::clone(&self.gateway),
            self.ops,
            stopping.clone(),
        ));
        let callers = tokio::spawn(serve_callers(
            Arc::clone(&self.gateway),
            self.data,
            stopping,
            self.header_bytes,
            grace,
        ));
        shutdown.await;
        tracing::info!("stopping");
        // Receivers are gone only when every task has ended already.
        let _ = stop.send(true);
        callers.await.context("the task that serves callers failed")?;
        tasks.shutdown().await;
        let traces = self.gateway.traces.clone();
        drop(self.gateway);
        if let Some(traces) = traces {
            tokio::task::spawn_blocking(move || traces.end()).await?;
        }
        tokio::task::spawn_blocking(|| self.sink.join()).await?;
        tracing::info!("stopped");
        Ok(())
    }
}

async fn sweep(gateway: Arc<Gateway>, mut stopping: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(SWEEP);
    let mut upkeep = tokio::time::interval(UPKEEP);
    loop {
        tokio::select! {
            _ = ticks.tick() => {
                let gateway = Arc::clone(&gateway);
                // Much may have to be looked through, and zeroed.
                let _ = tokio::task::spawn_blocking(move || sweep_once(&gateway)).await;
            }
            _ = upkeep.tick() => gateway.metrics.upkeep(),
            () = stopped(&mut stopping) => return,
        }
    }
}

fn sweep_once(gateway: &Gateway) {
    let now = Instant::now();
    gateway.continuations.sweep(now);
    gateway.turn_states.sweep(now);
}

async fn serve_callers(
    gateway: Arc<Gateway>,
    listener: Listener,
    mut stopping: watch::Receiver<bool>,
    header_bytes: usize,
    grace: Duration,
) {
    let mut tasks = JoinSet::new();
    let crowd = Crowd::of(&gateway);
    let http = connection::for_callers(&gateway, header_bytes);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept(&gateway.seats, &crowd) => accepted,
            () = stopped(&mut stopping) => break,
        };
        if let Some((stream, place)) = accepted {
            let serving = connection::serve(Arc::clone(&gateway), &http, stream, place, stopping.clone());
            tasks.spawn(serving);
        }
        while tasks.try_join_next().is_some() {}
    }
    drop(listener);
    let ended = async { while tasks.join_next().await.is_some() {} };
    // Sockets see the stop signal themselves and keep to the same grace period.
    gateway.socket_tasks.close();
    let (ended, _) = tokio::join!(
        tokio::time::timeout(grace, ended),
        tokio::time::timeout(grace + SOCKET_LINGER, gateway.socket_tasks.wait()),
    );
    if ended.is_err() {
        tracing::warn!("the grace period is over: running turns are cut");
    }
    tasks.shutdown().await;
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    // The sender ends with the server: that is a stop too.
    let _ = stop.wait_for(|stop| *stop).await;
}
