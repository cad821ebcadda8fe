//! Operators' HTTP: the JSON API and the console's files.

mod access_log;
mod actor;
mod callers;
mod detectors;
mod events;
mod export;
mod guard;
mod instances;
mod live;
mod oidc;
mod operators;
mod overview;
mod parameters;
mod problem;
mod router;
mod series;
mod session;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use ipnet::IpNet;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use self::actor::Actor;
use self::guard::Source;
pub(crate) use self::router::{document, router};
use crate::clock::Clock;
use crate::live::Live;
use crate::metrics::Metrics;
use crate::oidc::{OidcError, Provider};
use crate::password::Passwords;
use crate::settings::{self, Origin};
use crate::store::Store;
use crate::store::access_log::Entry;
use crate::traces::Traces;

/// Refusals of nobody that are written down within a second; the metrics count all.
const REFUSALS_A_SECOND: i64 = 50;

/// Live streams at once.
const MAX_STREAMS: usize = 200;

/// What handlers work with.
pub(crate) struct App {
    store: Store,
    clock: Clock,
    passwords: Passwords,
    metrics: Arc<Metrics>,
    traces: Traces,
    live: Live,
    live_places: Arc<Semaphore>,
    provider: Option<Provider>,
    origins: Vec<String>,
    is_secure: bool,
    trusted_proxies: Vec<IpNet>,
    stop: CancellationToken,
    refusals: Refusals,
}

/// What an [`App`] is made of, beyond its settings.
pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) passwords: Passwords,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) traces: Traces,
    pub(crate) live: Live,
    pub(crate) stop: CancellationToken,
    pub(crate) oidc: Option<settings::Oidc>,
}

impl App {
    /// `bound` is where it listens: without a public URL, that is what browsers use.
    pub(crate) fn new(
        parts: Parts,
        settings: &settings::Server,
        bound: SocketAddr,
    ) -> Result<Self, OidcError> {
        let origins = match &settings.public_url {
            Some(origin) => vec![origin.to_string()],
            None => vec![
                format!("http://{bound}"),
                format!("http://localhost:{}", bound.port()),
            ],
        };
        let url = origins.first().map_or("", String::as_str);
        let provider = parts.oidc.map(|oidc| Provider::new(oidc, url)).transpose()?;
        Ok(Self {
            store: parts.store,
            clock: parts.clock,
            passwords: parts.passwords,
            metrics: parts.metrics,
            traces: parts.traces,
            live: parts.live,
            live_places: Arc::new(Semaphore::new(MAX_STREAMS)),
            is_secure: settings.public_url.as_ref().is_some_and(Origin::is_secure),
            origins,
            trusted_proxies: settings.trusted_proxies.clone(),
            stop: parts.stop,
            refusals: Refusals::default(),
            provider,
        })
    }

    /// What operators open in a browser.
    pub(crate) fn url(&self) -> &str {
        self.origins.first().map_or("", String::as_str)
    }

    /// Writes down what somebody did. A log that cannot be written does not undo what was done; it is told.
    async fn logged(&self, actor: &Actor, action: &'static str, target: Option<String>) {
        let actor_name = Some(actor.session.username.clone());
        self.write_down(actor_name, action, target, actor.source).await;
    }

    /// Writes down that nobody in particular was refused.
    async fn refused(&self, source: Source, action: &'static str, target: Option<String>) {
        if self.refusals.may_write(self.clock.now().seconds()) {
            self.write_down(None, action, target, source).await;
        }
    }

    async fn write_down(
        &self,
        actor: Option<String>,
        action: &'static str,
        target: Option<String>,
        source: Source,
    ) {
        let entry = Entry {
            id: self.clock.fresh_id(),
            occurred_at: self.clock.now(),
            actor,
            action: action.to_owned(),
            target,
            source: source.0.to_string(),
            count: 1,
        };
        if let Err(error) = self.store.log_access(&entry).await {
            tracing::error!(%error, access.action = action, "the access log is not written");
        }
    }
}

/// How many refusals of nobody this second had.
#[derive(Default)]
struct Refusals {
    second: AtomicI64,
    count: AtomicI64,
}

impl Refusals {
    fn may_write(&self, second: i64) -> bool {
        if self.second.swap(second, Ordering::Relaxed) != second {
            self.count.store(0, Ordering::Relaxed);
        }
        self.count.fetch_add(1, Ordering::Relaxed) < REFUSALS_A_SECOND
    }
}
