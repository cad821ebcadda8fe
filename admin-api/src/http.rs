//! Operators' HTTP: the JSON API and the console's files.

mod access_log;
mod actor;
mod callers;
mod console;
mod dashboard;
mod detectors;
mod events;
mod export;
mod guard;
mod instances;
mod live;
mod numbers;
mod oidc;
mod operators;
mod overview;
mod parameters;
mod problem;
mod router;
mod series;
mod session;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ipnet::IpNet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

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

/// Refusals of nobody that are written down within a second, of each kind: noise of one does not hide another. The metrics
/// count all.
const REFUSALS_A_SECOND: i64 = 50;

/// Live streams at once, in all and of an operator.
const MAX_STREAMS: usize = 200;
const MAX_STREAMS_OF_ONE: usize = 8;

/// What handlers work with.
pub(crate) struct App {
    store: Store,
    clock: Clock,
    passwords: Passwords,
    metrics: Arc<Metrics>,
    traces: Traces,
    live: Live,
    live_places: Arc<LivePlaces>,
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
            live_places: Arc::default(),
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
        if self.refusals.of(action).may_write(self.clock.now().seconds()) {
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

/// Who watches.
#[derive(Default)]
struct LivePlaces(Mutex<HashMap<Uuid, usize>>);

impl LivePlaces {
    /// None when all are taken, or as many as one operator may have.
    fn take(self: &Arc<Self>, operator: Uuid) -> Option<LivePlace> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (all, own) = (taken.values().sum::<usize>(), taken.entry(operator).or_default());
        if all >= MAX_STREAMS || *own >= MAX_STREAMS_OF_ONE {
            return None;
        }
        *own += 1;
        Some(LivePlace {
            places: Arc::clone(self),
            operator,
        })
    }
}

/// Given back when it is dropped.
struct LivePlace {
    places: Arc<LivePlaces>,
    operator: Uuid,
}

impl Drop for LivePlace {
    fn drop(&mut self) {
        let mut taken = self.places.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = taken.get_mut(&self.operator) {
            *own -= 1;
            if *own == 0 {
                taken.remove(&self.operator);
            }
        }
    }
}

/// How many refusals of nobody this second had, by kind.
#[derive(Default)]
struct Refusals {
    sign_ins: Second,
    waits: Second,
    requests: Second,
}

impl Refusals {
    fn of(&self, action: &str) -> &Second {
        match action {
            "session.throttle" => &self.waits,
            _ if action.starts_with("session.") => &self.sign_ins,
            _ => &self.requests,
        }
    }
}

#[derive(Default)]
struct Second {
    second: AtomicI64,
    count: AtomicI64,
}

impl Second {
    fn may_write(&self, second: i64) -> bool {
        if self.second.swap(second, Ordering::Relaxed) != second {
            self.count.store(0, Ordering::Relaxed);
        }
        self.count.fetch_add(1, Ordering::Relaxed) < REFUSALS_A_SECOND
    }
}
