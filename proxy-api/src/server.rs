//! Listeners and connections: accepts, serves, and stops within the grace period.

mod patience;

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use self::patience::Patient;
use crate::audit::SinkHandle;
use crate::config::Config;
use crate::gateway::Gateway;
use crate::{ops, service};

/// Expired memory is dropped this often.
const SWEEP: Duration = Duration::from_secs(60);
/// Sockets need a little longer than the grace period, to be closed properly.
const SOCKET_LINGER: Duration = Duration::from_secs(6);
/// A full table of file descriptors is not answered by trying again at once.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A gateway that has its addresses but does not serve yet.
pub struct Server {
    gateway: Arc<Gateway>,
    sink: SinkHandle,
    data: TcpListener,
    ops: TcpListener,
    header_bytes: usize,
}

impl Server {
    /// Builds everything and binds both listeners.
    ///
    /// # Errors
    /// When an address is taken, a file cannot be opened, or a detector cannot be built.
    pub async fn bind(config: Config) -> anyhow::Result<Self> {
        let data = listen(config.server.listen.address(), "server.listen").await?;
        let ops = listen(config.ops.listen.address(), "ops.listen").await?;
        let (gateway, sink) = Gateway::new(&config)?;
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
        self.data.local_addr()
    }

    /// Where health and metrics are.
    ///
    /// # Errors
    /// When the operating system does not tell.
    pub fn ops_address(&self) -> std::io::Result<SocketAddr> {
        self.ops.local_addr()
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
        tasks.spawn(serve_ops(Arc::clone(&self.gateway), self.ops, stopping.clone()));
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
        drop(self.gateway);
        tokio::task::spawn_blocking(|| self.sink.join()).await?;
        tracing::info!("stopped");
        Ok(())
    }
}

async fn listen(address: SocketAddr, key: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("{key}: {address} cannot be bound"))
}

async fn sweep(gateway: Arc<Gateway>, mut stopping: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(SWEEP);
    loop {
        tokio::select! {
            _ = ticks.tick() => sweep_once(&gateway),
            () = stopped(&mut stopping) => return,
        }
    }
}

fn sweep_once(gateway: &Gateway) {
    let now = Instant::now();
    gateway.continuations.sweep(now);
    gateway.turn_states.sweep(now);
}

async fn accept(listener: &TcpListener) -> Option<TcpStream> {
    match listener.accept().await {
        Ok((stream, _)) => {
            // Small events must not wait for more to come.
            if stream.set_nodelay(true).is_err() {
                return None;
            }
            Some(stream)
        }
        Err(error) => {
            tracing::warn!(error.kind = %error.kind(), "a connection could not be accepted");
            tokio::time::sleep_until(tokio::time::Instant::now() + ACCEPT_PAUSE).await;
            None
        }
    }
}

async fn serve_callers(
    gateway: Arc<Gateway>,
    listener: TcpListener,
    mut stopping: watch::Receiver<bool>,
    header_bytes: usize,
    grace: Duration,
) {
    let patience = gateway.timeouts.caller_stall();
    let mut tasks = JoinSet::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(gateway.timeouts.caller_idle())
        // Heads a little above the limit get an error in the provider's shape, longer ones hyper's bare 431.
        .max_buf_size(2 * header_bytes)
        .pipeline_flush(true);
    loop {
        let stream = tokio::select! {
            stream = accept(&listener) => stream,
            () = stopped(&mut stopping) => break,
        };
        let Some(stream) = stream else { continue };
        let (shared, stop) = (Arc::clone(&gateway), stopping.clone());
        let service = service_fn(move |request| service::handle(Arc::clone(&shared), stop.clone(), request));
        let connection = http
            .serve_connection(TokioIo::new(Patient::new(stream, patience)), service)
            .with_upgrades();
        let (active, mut stop) = (gateway.metrics.active_connections.clone(), stopping.clone());
        tasks.spawn(async move {
            active.inc();
            let mut connection = std::pin::pin!(connection);
            // A connection that breaks is the caller's business; its turns have their own records.
            tokio::select! {
                _ = connection.as_mut() => {}
                () = stopped(&mut stop) => {
                    connection.as_mut().graceful_shutdown();
                    let _ = connection.await;
                }
            }
            active.dec();
        });
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

async fn serve_ops(gateway: Arc<Gateway>, listener: TcpListener, stopping: watch::Receiver<bool>) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new());
    let mut tasks = JoinSet::new();
    loop {
        let Some(stream) = accept(&listener).await else {
            continue;
        };
        let (shared, stop) = (Arc::clone(&gateway), stopping.clone());
        let service = service_fn(move |request: http::Request<hyper::body::Incoming>| {
            let stop = *stop.borrow();
            let response = ops::answer(request.uri().path(), request.method(), stop, &shared.metrics);
            async move { Ok::<_, Infallible>(response) }
        });
        let connection = http.serve_connection(TokioIo::new(stream), service);
        tasks.spawn(async move {
            let _ = connection.await;
        });
        while tasks.try_join_next().is_some() {}
    }
}
