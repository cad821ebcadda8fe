//! What all turns share: built once from the configuration, immutable but for counters and caches.

use std::net::IpAddr;
use std::sync::Arc;

use anyhow::Context as _;
use http::HeaderMap;
use masking::{Masker, MasterKey};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::audit::{About, Identity, Models, Sink, SinkHandle, Started};
use crate::body::read::Pace;
use crate::budget::{self, Budget};
use crate::caller::{Asking, Caller, Callers};
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::continuation::Continuations;
use crate::cors::Cors;
use crate::dangerous::Onlooker;
use crate::detection;
use crate::error::GatewayError;
use crate::glob::Globs;
use crate::master_key;
use crate::ops::Metrics;
use crate::server::{Seats, Yields};
use crate::shared_store::SharedStore;
use crate::tool_names::ToolNames;
use crate::traces::Traces;
use crate::turn_state::TurnStates;
use crate::upstream::{Client, Clients};
use crate::workers::Workers;
use crate::ws::{Places, Room};

/// The state of one running data plane.
pub(crate) struct Gateway {
    pub(crate) clock: Clock,
    pub(crate) instance_id: Uuid,
    pub(crate) clients: Clients,
    pub(crate) cors: Cors,
    pub(crate) callers: Callers,
    pub(crate) master_key: MasterKey,
    pub(crate) masker: Masker,
    pub(crate) policy_revision: Arc<str>,
    pub(crate) tools: Arc<ToolNames>,
    /// Models that take no system message.
    pub(crate) without_system_role: Globs,
    pub(crate) continuations: Continuations,
    pub(crate) turn_states: TurnStates,
    pub(crate) workers: Workers,
    /// For what callers' requests hold in memory.
    pub(crate) budget: Arc<Budget>,
    /// Of callers' connections.
    pub(crate) seats: Arc<Seats<IpAddr>>,
    pub(crate) sockets: Arc<Places>,
    /// For what has come of their frames.
    pub(crate) socket_room: Arc<Room>,
    /// Every open socket.
    pub(crate) socket_tasks: TaskTracker,
    pub(crate) turns: Arc<Semaphore>,
    /// That upstreams have answered for.
    pub(crate) models: Models,
    pub(crate) sink: Sink,
    pub(crate) traces: Option<Traces>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) masking: config::Masking,
    pub(crate) policy: config::Policy,
    pub(crate) restore_in_urls: bool,
    pub(crate) websocket: config::WebSocket,
    pub(crate) limits: config::Limits,
    pub(crate) timeouts: config::Timeouts,
    /// Who is shown turns with their values: nobody, but where a command at a terminal asks for it.
    pub(crate) onlooker: Option<Onlooker>,
}

impl Gateway {
    /// Loads detectors, keys and clients; nothing listens yet.
    pub(crate) fn new(config: &Config) -> anyhow::Result<(Self, SinkHandle)> {
        let clock = Clock::system();
        let master_key = master_key::of(&config.masking)?;
        let session_header = config
            .masking
            .session_header
            .parse()
            .context("masking.session_header")?;
        let metrics = Arc::new(Metrics::new());
        let shared = config.turn_state.url.as_ref().map(SharedStore::new);
        let shared = shared.transpose().context("turn_state.url")?.map(Arc::new);
        let mut continuations = Continuations::new(&config.continuations);
        if let Some(shared) = &shared {
            let dropped = metrics.continuations_dropped.clone();
            continuations = continuations.sharing(shared, &config.continuations, &master_key, dropped);
        }
        let policy_revision: Arc<str> = detection::policy_revision(config, &master_key).into();
        let about = About {
            identity: Identity {
                instance: clock.fresh_id(),
                clock,
            },
            policy_revision: &policy_revision,
            metrics: &metrics,
        };
        let Started {
            sink,
            handle: sink_handle,
            instance: instance_id,
        } = Sink::start(config, &about)?;
        let seats = Arc::new(Seats::new(
            config.limits.connections,
            config.limits.connections_per_address,
            Yields::Anybody,
        ));
        let budget = Arc::new(Budget::new(config.limits.bodies_bytes, &seats));
        let gateway = Self {
            clock,
            instance_id,
            clients: Clients::new(config)?,
            cors: Cors::new(&config.server.cors_origins),
            callers: Callers::new(
                config.server.auth,
                config.server.anonymous(),
                config.gateway_keys.clone(),
                config.masking.scope,
                session_header,
            ),
            masker: detection::masker(config, &master_key)?,
            policy_revision,
            turn_states: TurnStates::new(
                &config.turn_state,
                shared.as_ref(),
                &master_key,
                metrics.turn_state.clone(),
            ),
            master_key,
            tools: Arc::new(ToolNames::new(&config.rehydrate.tools)),
            without_system_role: Globs::new(&config.masking.models_without_system_role),
            continuations,
            workers: Workers::new(
                config.masking.workers,
                config.masking.inline_bytes,
                budget::of_readings(config.limits.bodies_bytes),
            ),
            budget: Arc::clone(&budget),
            seats,
            sockets: Arc::new(Places::new(&config.websocket, metrics.open_sockets.clone())),
            socket_room: Arc::new(Room::new(config.websocket.unfinished_bytes, &budget)),
            socket_tasks: TaskTracker::new(),
            turns: Arc::new(Semaphore::new(config.limits.turns)),
            models: Models::default(),
            sink,
            traces: Traces::start(config, instance_id)?,
            metrics,
            masking: config.masking.clone(),
            policy: config.policy.clone(),
            restore_in_urls: config.rehydrate.in_urls,
            websocket: config.websocket.clone(),
            limits: config.limits.clone(),
            timeouts: config.timeouts.clone(),
            onlooker: None,
        };
        Ok((gateway, sink_handle))
    }

    /// How fast callers have to send.
    pub(crate) fn pace(&self) -> Pace {
        Pace {
            idle: self.timeouts.caller_idle(),
            whole: self.timeouts.body(),
            bytes_per_second: self.limits.body_bytes_per_second,
        }
    }

    /// Who asks for something at an upstream.
    ///
    /// # Errors
    /// When callers have to show a gateway key, and this one does not.
    pub(crate) fn recognise(
        &self,
        headers: &HeaderMap,
        upstream: &Client,
        turn: Uuid,
    ) -> Result<Caller, GatewayError> {
        let asking = Asking {
            headers,
            upstream: &upstream.name,
            verifies_tokens: upstream.verifies_tokens,
            turn,
        };
        self.callers.recognise(&asking, &self.master_key)
    }
}
