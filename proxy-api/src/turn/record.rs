//! What is known about a turn so far; becomes one audit event and some metrics when it is dropped, however it ended.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::{HeaderMap, HeaderValue, StatusCode};
use llm_wire::{AnswerFacts, Surface};
use masking::Counted;
use tokio::sync::OwnedSemaphorePermit;
use uuid::Uuid;

use crate::audit::{DetectionCount, Durations, Event, Model, Outcome, TokenUsage, Touches, Transport};
use crate::caller::{Caller, CallerId};
use crate::config::LOCAL;
use crate::dangerous::{EndedTurn, Turn};
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::router::Route;
use crate::server::{Busy, Seat};
use crate::surface;
use crate::traces::{Place, Steps};
use crate::turn::restore::Returned;
use crate::turn::watch::{Glimpse, Watch};

/// Whether the turn was told of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    NotYet,
    Once,
    /// It is none.
    Never,
}

/// The record of one turn.
pub(super) struct Record {
    gateway: Arc<Gateway>,
    id: Uuid,
    caller: Option<CallerId>,
    surface: Option<Surface>,
    upstream: Arc<str>,
    started: Instant,
    received: Option<Instant>,
    sent: Option<Instant>,
    place: Option<(OwnedSemaphorePermit, Option<Busy>)>,
    /// As the caller named it, where it looks like one: not to be told as it is.
    pub(super) model: Model,
    /// Its upstream has begun to answer, and not with an error.
    is_answered: bool,
    pub(super) detections: Vec<DetectionCount>,
    pub(super) touches: Touches,
    pub(super) placeholders: usize,
    pub(super) transport: Transport,
    pub(super) routed_local: bool,
    pub(super) response_bytes: u64,
    rehydrations: u64,
    unresolved: u64,
    request_bytes: usize,
    durations: Durations,
    usage: TokenUsage,
    status: u16,
    error_code: Option<&'static str>,
    outcome: Outcome,
    told: Told,
    watch: Option<Watch>,
    place_in_trace: Place,
}

impl Record {
    pub(super) fn start(gateway: &Arc<Gateway>, route: &Route, id: Uuid, caller: Option<&Caller>) -> Self {
        gateway.metrics.active_turns.raise();
        let surface = route.handling.surface();
        let onlooker = gateway.onlooker.as_ref().filter(|_| surface.is_some());
        let watch = onlooker.map(|onlooker| {
            let turn = Turn {
                id,
                upstream: Arc::clone(&route.upstream.name),
                path: route.target.path.clone(),
            };
            Watch::new(onlooker, turn)
        });
        Self {
            gateway: Arc::clone(gateway),
            id,
            caller: caller.map(|caller| caller.id.clone()),
            surface,
            upstream: Arc::clone(&route.upstream.name),
            started: Instant::now(),
            received: None,
            sent: None,
            place: None,
            model: Model::default(),
            is_answered: false,
            detections: Vec::new(),
            touches: Touches::default(),
            placeholders: 0,
            transport: Transport::Json,
            routed_local: false,
            response_bytes: 0,
            rehydrations: 0,
            unresolved: 0,
            request_bytes: 0,
            durations: Durations::default(),
            usage: TokenUsage::default(),
            // What a caller that left would have got is nobody's business: 499 is nginx's word for it.
            status: 499,
            error_code: None,
            outcome: Outcome::Cancelled,
            told: Told::NotYet,
            watch,
            place_in_trace: Place::default(),
        }
    }

    /// Takes the trace of a caller's request, and says what the upstream is told of it, and whether that is all the
    /// gateway's own.
    pub(super) fn trace(&mut self, headers: &HeaderMap) -> Option<(HeaderValue, bool)> {
        self.place_in_trace = self.gateway.traces.as_ref()?.place(headers);
        Some((self.place_in_trace.header()?, self.place_in_trace.is_own()))
    }

    /// A handshake that went well: its turns have records of their own.
    pub(super) fn forget(mut self) {
        self.told = Told::Never;
    }

    /// As errors and logs name the turn.
    pub(super) fn request_id(&self) -> String {
        format!("req_{}", self.id.simple())
    }

    /// Takes one of the places for running turns, now that all of its request is there; it is given back with the record.
    /// The connection that it came on stays as long.
    pub(super) fn hold_place(&mut self, seat: Option<&Arc<Seat>>) -> Result<(), GatewayError> {
        let place = Arc::clone(&self.gateway.turns).try_acquire_owned();
        let place = place.map_err(|_| GatewayError::Overloaded)?;
        self.place = Some((place, seat.map(Seat::turn)));
        Ok(())
    }

    /// When the turn has to end.
    pub(super) fn deadline(&self) -> Option<tokio::time::Instant> {
        let most = self.gateway.timeouts.turn()?;
        Some(tokio::time::Instant::from_std(self.started + most))
    }

    pub(super) fn received(&mut self, bytes: usize) {
        self.request_bytes = bytes;
        self.received = Some(Instant::now());
    }

    pub(super) fn masking(&mut self, took: Duration) {
        self.gateway.metrics.masking(took);
        self.durations.masking = Some(took);
    }

    /// What masking found.
    pub(super) fn found(&mut self, counted: &[Counted], memo_hits: u64, memo_misses: u64) {
        let metrics = &self.gateway.metrics;
        metrics.memo_hits.increment(memo_hits);
        metrics.memo_misses.increment(memo_misses);
        for one in counted {
            metrics.detected(&one.entity, one.action, one.count);
        }
        self.detections = counted
            .iter()
            .map(|one| DetectionCount {
                entity_type: one.entity.clone(),
                action: one.action,
                detector: Arc::clone(&one.detector),
                count: one.count,
            })
            .collect();
    }

    /// What somebody who watches sees of the masking. A refused request shows no values.
    pub(super) fn watched(&mut self, mut glimpse: Glimpse, leaves: bool) {
        if !leaves {
            glimpse.texts.clear();
        }
        if let Some(watch) = &mut self.watch {
            watch.masked(glimpse, self.model.as_str(), self.routed_local);
        }
    }

    /// What the answer got back.
    pub(super) fn returned(&mut self, returned: Returned) {
        self.rehydrations = returned.counts.restored;
        self.unresolved = returned.counts.unresolved;
        if let Some(watch) = &mut self.watch {
            watch.restored = returned.excerpts;
        }
    }

    /// The request leaves now.
    pub(super) fn sending(&mut self) {
        let now = Instant::now();
        if let Some(received) = self.received {
            self.gateway.metrics.overhead(now.duration_since(received));
        }
        self.sent = Some(now);
    }

    /// The head of the answer is here.
    pub(super) fn answered(&mut self, status: StatusCode) {
        if let Some(sent) = self.sent {
            let took = sent.elapsed();
            self.durations.upstream_first_byte = Some(took);
            self.gateway.metrics.first_byte(took);
        }
        self.status = status.as_u16();
        self.is_answered = status.is_success();
    }

    /// The gateway answers a turn that asks nothing of a model.
    pub(super) fn prewarmed(&mut self) {
        self.status = StatusCode::OK.as_u16();
    }

    /// The first event is here. Those of an upstream's socket come without a status.
    pub(super) fn begun(&mut self) {
        if self.durations.upstream_first_byte.is_none() {
            self.answered(StatusCode::OK);
        }
    }

    /// The answer reached its end.
    pub(super) fn complete(&mut self) {
        let is_error = self.status >= 400;
        self.outcome = match (is_error, self.routed_local, self.placeholders) {
            (true, ..) => Outcome::UpstreamError,
            (false, true, _) => Outcome::RoutedLocal,
            (false, false, 0) => Outcome::Forwarded,
            (false, false, _) => Outcome::Masked,
        };
    }

    /// The upstream broke off its answer.
    pub(super) fn cut(&mut self, code: &'static str) {
        self.outcome = Outcome::UpstreamError;
        self.error_code = Some(code);
    }

    /// The gateway answers itself.
    pub(super) fn fail(&mut self, error: &GatewayError) {
        self.status = error.status().as_u16();
        self.error_code = Some(error.code());
        if let Some(watch) = &mut self.watch {
            watch.refusal = Some(error.to_string());
        }
        self.outcome = match error {
            GatewayError::PrivacyBlocked(_)
            | GatewayError::OpaqueBlocked(_)
            | GatewayError::TokenIds
            | GatewayError::Residual(_)
            | GatewayError::NoLocalRoute => Outcome::Blocked,
            GatewayError::UpstreamUnreachable
            | GatewayError::UpstreamAddress
            | GatewayError::UpstreamTimeout
            | GatewayError::UpstreamRedirect
            | GatewayError::UpstreamAnswer
            | GatewayError::UpstreamError { .. } => Outcome::UpstreamError,
            _ => Outcome::GatewayError,
        };
    }

    /// What the answer says about itself.
    pub(super) fn learned(&mut self, facts: &AnswerFacts) {
        self.is_answered &= facts.error_code.is_none();
        self.usage = TokenUsage {
            input_tokens: facts.usage.input,
            output_tokens: facts.usage.output,
            cached_input_tokens: facts.usage.cached,
        };
    }

    /// The model's name as far as it may be told.
    fn shown_model(&mut self) -> Model {
        let named = std::mem::take(&mut self.model);
        let is_answered = self.is_answered
            && matches!(
                self.outcome,
                Outcome::Forwarded | Outcome::Masked | Outcome::RoutedLocal | Outcome::Cancelled
            );
        let models = &self.gateway.models;
        if self.routed_local {
            models.shown(&Arc::from(LOCAL), named, is_answered)
        } else {
            models.shown(&self.upstream, named, is_answered)
        }
    }

    fn take_event(&mut self) -> Event {
        let model = self.shown_model();
        let gateway = &self.gateway;
        Event {
            event_id: self.id,
            instance_id: gateway.instance_id,
            occurred_at_ms: u64::try_from(gateway.clock.since_epoch().as_millis()).unwrap_or(u64::MAX),
            caller_id: self
                .caller
                .take()
                .unwrap_or_else(|| CallerId::unknown(&gateway.master_key)),
            surface: self.surface,
            upstream: Arc::clone(&self.upstream),
            model,
            transport: self.transport,
            outcome: self.outcome,
            status: self.status,
            error_code: self.error_code,
            durations: self.durations,
            request_bytes: self.request_bytes as u64,
            response_bytes: self.response_bytes,
            detections: std::mem::take(&mut self.detections),
            placeholders_issued: self.placeholders as u64,
            rehydrations: self.rehydrations,
            unresolved_placeholders: self.unresolved,
            touched: std::mem::take(&mut self.touches.paths),
            touched_omitted: self.touches.omitted,
            usage: self.usage,
            policy_revision: Arc::clone(&gateway.policy_revision),
        }
    }
}

impl Record {
    /// The turn is over, and what is known of it is all: its event is published, before the last byte of the answer is given
    /// to the caller. A record that is dropped does the same.
    pub(super) fn finish(&mut self) {
        if self.told != Told::NotYet {
            return;
        }
        self.told = Told::Once;
        self.durations.total = self.started.elapsed();
        let metrics = &self.gateway.metrics;
        metrics.turn(self.surface, self.outcome);
        if self.transport == Transport::Websocket {
            metrics.socket_turn(self.outcome);
        }
        metrics.rehydrations.increment(self.rehydrations);
        metrics.unresolved.increment(self.unresolved);
        if let Some(watch) = self.watch.take() {
            watch.ended(|turn, refusal, texts| EndedTurn {
                turn,
                status: self.status,
                outcome: self.outcome.name(),
                refusal,
                took: self.durations.total,
                restored: self.rehydrations,
                texts,
            });
        }
        tracing::debug!(
            request.id = %format_args!("req_{}", self.id.simple()),
            surface = surface::name(self.surface),
            upstream = &*self.upstream,
            http.status = self.status,
            outcome = self.outcome.name(),
            error.code = self.error_code.unwrap_or_default(),
            total_us = u64::try_from(self.durations.total.as_micros()).unwrap_or(u64::MAX),
            "turn ended"
        );
        if self.gateway.sink.is_on() || self.gateway.traces.is_some() {
            let since_start = |moment: Instant| moment.duration_since(self.started);
            let steps = Steps {
                received: self.received.map(since_start),
                sent: self.sent.map(since_start),
            };
            let event = self.take_event();
            if let Some(traces) = &self.gateway.traces {
                traces.turn(
                    &event,
                    &self.place_in_trace,
                    steps,
                    self.gateway.clock.since_epoch(),
                );
            }
            self.gateway.sink.publish(event, &self.gateway.metrics);
        }
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        self.finish();
        self.gateway.metrics.active_turns.lower();
    }
}
