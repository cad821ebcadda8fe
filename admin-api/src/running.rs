//! A control plane from start to end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::commands::{CommandError, add_first};
use crate::grpc::token::Tokens;
use crate::http::{App, Parts, router};
use crate::live::Live;
use crate::metrics::Metrics;
use crate::password::Passwords;
use crate::settings::{Bootstrap, Clock, Settings};
use crate::store::operators::{Operator, Totp};
use crate::store::{Store, StoreError};
use crate::traces::Traces;
use crate::writer::Writer;
use crate::{grpc, jobs, ops, serve};

/// Requests and batches that are under way have so long to end.
const GRACE: Duration = Duration::from_secs(10);

/// The control plane does not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An address cannot be listened on.
    #[error("{key} {address} cannot be listened on: {problem}")]
    Listen {
        /// Which.
        key: &'static str,
        /// The address.
        address: SocketAddr,
        /// Why.
        problem: std::io::ErrorKind,
    },
    /// The certificate, its key or the authority cannot be used.
    #[error("admin.ingest: the certificate, its key or the authority cannot be used")]
    Tls,
    /// The identity provider's settings cannot be used.
    #[error("admin.server.public_url: the identity provider could not send browsers back there")]
    Oidc,
    /// The collector's address cannot be used.
    #[error("admin.telemetry.otlp_endpoint: this address cannot be used")]
    Collector,
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    Randomness,
}

/// A control plane that runs.
#[derive(Debug)]
pub struct Running {
    operators: SocketAddr,
    ingest: SocketAddr,
    ops: SocketAddr,
    url: String,
    needs_operator: bool,
    stop: CancellationToken,
    tasks: JoinSet<anyhow::Result<()>>,
    writer: JoinHandle<()>,
    store: Store,
    traces: Traces,
}

impl Running {
    /// Where operators connect.
    #[must_use]
    pub const fn operators(&self) -> SocketAddr {
        self.operators
    }

    /// Where instances deliver.
    #[must_use]
    pub const fn ingest(&self) -> SocketAddr {
        self.ingest
    }

    /// Health and metrics.
    #[must_use]
    pub const fn ops(&self) -> SocketAddr {
        self.ops
    }

    /// What operators open in a browser.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Nobody can sign in yet: `admin-api operator add NAME` adds somebody.
    #[must_use]
    pub const fn needs_operator(&self) -> bool {
        self.needs_operator
    }

    /// Adds the first operator, with the role admin; false, and nothing is done, when there is one already.
    ///
    /// # Errors
    /// Says in a sentence what is in the way.
    pub async fn add_first_operator(&self, name: &str, password: &str) -> Result<bool, CommandError> {
        add_first(&self.store, name, password).await
    }

    /// Waits for a part to end by itself, which none should.
    ///
    /// # Errors
    /// Says which part failed, and why.
    pub async fn failed(&mut self) -> anyhow::Error {
        match self.tasks.join_next().await {
            Some(Ok(Err(error))) => error,
            Some(Ok(Ok(()))) | None => anyhow::anyhow!("a part of the control plane ended"),
            Some(Err(_)) => anyhow::anyhow!("a part of the control plane panicked"),
        }
    }

    /// Stops listening, lets what is under way end, stores what was received.
    pub async fn shutdown(mut self) {
        self.stop.cancel();
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, ended).await.is_err() {
            tracing::warn!("requests were cut off: they took longer than the grace period");
            self.tasks.shutdown().await;
        }
        // All that hand events over are gone: the writer ends after the last batch.
        if tokio::time::timeout(GRACE, &mut self.writer).await.is_err() {
            tracing::warn!("the last events are not stored; their instances send them again");
            self.writer.abort();
        }
        self.store.close().await;
        self.traces.end().await;
    }
}

/// Starts a control plane; it is ready when this returns.
///
/// # Errors
/// Says in a sentence what is in the way.
pub async fn start(settings: Settings) -> Result<Running, StartError> {
    // Fails when there is a provider already, which then serves.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let clock = settings.clock;
    telemetry::raise_open_files();
    if settings.ingest.tls.is_none() && !settings.ingest.listen.ip().is_loopback() {
        tracing::warn!("instances deliver without TLS: keep admin.ingest.listen inside a private network");
    }
    let store = Store::open(settings.database.url.expose_text(), settings.database.connections).await?;
    if let Some(first) = &settings.bootstrap {
        bootstrap(&store, first, clock).await?;
    }
    let needs_operator = !store.has_operators().await?;
    let metrics = Arc::new(Metrics::new());
    let stop = CancellationToken::new();
    let operators = bind("admin.server.listen", settings.server.listen).await?;
    let ingest = bind("admin.ingest.listen", settings.ingest.listen).await?;
    let private = bind("admin.ops.listen", settings.ops).await?;
    let addresses = (operators.1, ingest.1, private.1);

    let traces = Traces::start(&settings.telemetry, clock.fresh_id()).map_err(|_| StartError::Collector)?;
    let (writer, writing) = Writer::start(store.clone(), Arc::clone(&metrics), traces.clone(), clock);
    let live = Live::new();
    let app = App::new(
        Parts {
            store: store.clone(),
            clock,
            passwords: Passwords::new(Arc::clone(&metrics)).map_err(|_| StartError::Randomness)?,
            metrics: Arc::clone(&metrics),
            traces: traces.clone(),
            live: live.clone(),
            stop: stop.clone(),
            oidc: settings.oidc,
        },
        &settings.server,
        addresses.0,
    );
    let app = Arc::new(app.map_err(|_| StartError::Oidc)?);
    let instances = grpc::Ingest {
        store: store.clone(),
        writer,
        tokens: Arc::new(Tokens::new(settings.ingest.verify_keys)),
        clock,
        metrics: Arc::clone(&metrics),
    };
    let server = grpc::server(settings.ingest.tls.as_ref()).map_err(|_| StartError::Tls)?;
    let url = app.url().to_owned();
    let mut tasks = JoinSet::new();
    let routes = router(app, settings.server.static_dir.as_deref());
    tasks.spawn(serve::serve(operators.0, routes, stop.clone()));
    tasks.spawn(grpc::serve(server, ingest.0, instances, stop.clone()));
    let ops = ops::router(store.clone(), Arc::clone(&metrics));
    tasks.spawn(serve::serve(private.0, ops, stop.clone()));
    tasks.spawn(jobs::run(
        store.clone(),
        clock,
        settings.retention,
        metrics,
        stop.clone(),
    ));
    tasks.spawn(live.run(store.clone(), clock, stop.clone()));
    Ok(Running {
        operators: addresses.0,
        ingest: addresses.1,
        ops: addresses.2,
        url,
        needs_operator,
        stop,
        tasks,
        writer: writing,
        store,
        traces,
    })
}

async fn bootstrap(store: &Store, first: &Bootstrap, clock: Clock) -> Result<(), StoreError> {
    let operator = Operator {
        id: clock.fresh_id(),
        username: first.username.clone(),
        role: admin_types::Role::Admin,
        password_hash: Some(first.password_hash.expose_text().to_owned()),
        is_enabled: true,
        created_at: clock.now(),
        totp: Totp::Off,
        external_id: None,
    };
    if store.add_first_operator(&operator).await? {
        tracing::info!(operator.name = operator.username, "the first operator is added");
    }
    Ok(())
}

async fn bind(key: &'static str, address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let problem = |error: std::io::Error| StartError::Listen {
        key,
        address,
        problem: error.kind(),
    };
    let listener = TcpListener::bind(address).await.map_err(problem)?;
    let bound = listener.local_addr().map_err(problem)?;
    Ok((listener, bound))
}
