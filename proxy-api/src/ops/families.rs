//! Counters of one name that labels tell apart: each is made when it first counts, and kept.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use llm_wire::Surface;
use masking::{Action, EntityType};
use telemetry::metrics::{Counter, Registry, configured_label, label, names};

use crate::audit::Outcome;
use crate::surface;

const OUTCOMES: usize = 7;
/// Those with a body, and passing through.
const SURFACES: usize = 6;
const ACTIONS: usize = 4;

/// Turns by surface and outcome, and those over sockets by outcome.
pub(super) struct Turns {
    registry: Arc<Registry>,
    all: [[OnceLock<Counter>; OUTCOMES]; SURFACES],
    over_sockets: [OnceLock<Counter>; OUTCOMES],
}

impl Turns {
    pub(super) fn new(registry: &Arc<Registry>) -> Self {
        registry.describe(names::REQUESTS, "Turns by surface and outcome");
        registry.describe(names::SOCKET_TURNS, "Turns over WebSocket by outcome");
        Self {
            registry: Arc::clone(registry),
            all: Default::default(),
            over_sockets: Default::default(),
        }
    }

    pub(super) fn ended(&self, surface: Option<Surface>, outcome: Outcome) {
        let counter = &self.all[surface_index(surface)][outcome_index(outcome)];
        counter
            .get_or_init(|| {
                let labels = vec![
                    label("surface", surface::name(surface)),
                    label("outcome", outcome.name()),
                ];
                self.registry.labelled_counter(names::REQUESTS, labels)
            })
            .increment(1);
    }

    pub(super) fn ended_on_socket(&self, outcome: Outcome) {
        self.over_sockets[outcome_index(outcome)]
            .get_or_init(|| {
                let labels = vec![label("outcome", outcome.name())];
                self.registry.labelled_counter(names::SOCKET_TURNS, labels)
            })
            .increment(1);
    }
}

const fn surface_index(surface: Option<Surface>) -> usize {
    match surface {
        None => 0,
        Some(Surface::OpenAiChat) => 1,
        Some(Surface::OpenAiResponses) => 2,
        Some(Surface::AnthropicMessages) => 3,
        Some(Surface::OpenAiEmbeddings) => 4,
        Some(Surface::OpenAiCompletions) => 5,
    }
}

const fn outcome_index(outcome: Outcome) -> usize {
    match outcome {
        Outcome::Forwarded => 0,
        Outcome::Masked => 1,
        Outcome::Blocked => 2,
        Outcome::RoutedLocal => 3,
        Outcome::UpstreamError => 4,
        Outcome::GatewayError => 5,
        Outcome::Cancelled => 6,
    }
}

/// Detections by entity type and policy action.
pub(super) struct Detections {
    registry: Arc<Registry>,
    /// In the order of [`EntityType::BUILT_IN`].
    built_in: Vec<[OnceLock<Counter>; ACTIONS]>,
    /// Those that configuration adds: few, and bounded by it.
    custom: RwLock<HashMap<(EntityType, Action), Counter>>,
}

impl Detections {
    pub(super) fn new(registry: &Arc<Registry>) -> Self {
        registry.describe(names::DETECTIONS, "Detections by type and action");
        Self {
            registry: Arc::clone(registry),
            built_in: EntityType::BUILT_IN.iter().map(|_| Default::default()).collect(),
            custom: RwLock::default(),
        }
    }

    pub(super) fn add(&self, entity: &EntityType, action: Action, count: u64) {
        let place = EntityType::BUILT_IN.iter().position(|known| known == entity);
        match place {
            Some(place) => self.built_in[place][action_index(action)]
                .get_or_init(|| self.counter(entity, action))
                .increment(count),
            None => kept(&self.custom, (entity.clone(), action), || {
                self.counter(entity, action)
            })
            .increment(count),
        }
    }

    fn counter(&self, entity: &EntityType, action: Action) -> Counter {
        let labels = vec![
            configured_label("entity_type", entity.to_string()),
            label("action", action.name()),
        ];
        self.registry.labelled_counter(names::DETECTIONS, labels)
    }
}

const fn action_index(action: Action) -> usize {
    match action {
        Action::Allow => 0,
        Action::Mask => 1,
        Action::RouteLocal => 2,
        Action::Block => 3,
    }
}

/// Errors by stable code; no turn that goes well comes here.
pub(super) struct Errors {
    registry: Arc<Registry>,
    by_code: RwLock<HashMap<&'static str, Counter>>,
}

impl Errors {
    pub(super) fn new(registry: &Arc<Registry>) -> Self {
        registry.describe(names::GATEWAY_ERRORS, "Errors answered by the gateway itself");
        Self {
            registry: Arc::clone(registry),
            by_code: RwLock::default(),
        }
    }

    pub(super) fn add(&self, code: &'static str) {
        let labels = || vec![label("code", code)];
        kept(&self.by_code, code, || {
            self.registry.labelled_counter(names::GATEWAY_ERRORS, labels())
        })
        .increment(1);
    }
}

fn kept<K: std::hash::Hash + Eq>(
    handles: &RwLock<HashMap<K, Counter>>,
    key: K,
    make: impl FnOnce() -> Counter,
) -> Counter {
    let known = handles.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(counter) = known.get(&key) {
        return counter.clone();
    }
    drop(known);
    let mut known = handles.write().unwrap_or_else(PoisonError::into_inner);
    known.entry(key).or_insert_with(make).clone()
}
