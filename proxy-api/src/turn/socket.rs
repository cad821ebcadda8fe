//! One turn of a caller's socket: masked and sent like a request over HTTP, answered event by event. What the socket may
//! do when is decided in `ws/`.

mod answering;
mod progress;
mod source;
mod told;

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Response};
use llm_wire::{Composition, Sent, SocketFrame, Surface};
use masking::Remembered;
use tokio::time::Instant;
use uuid::Uuid;

use super::chain::Earlier;
use super::cleared::{Cleared, Outbound};
use super::forward::Forwarded;
use super::mask::Masked;
use super::received::Received;
use super::record::Record;
use super::until;
use crate::audit::Transport;
use crate::caller::Caller;
use crate::error::{Failure, GatewayError};
use crate::gateway::Gateway;
use crate::router::Route;
use crate::server::Seat;
use crate::surface::Handling;
use crate::surface::kept::Named;
use crate::turn_state::{ChainState, TurnKey};
use crate::upstream::headers::Outgoing;
use crate::upstream::{Broken, Client, Opened, Target, UpstreamBody, UpstreamSocket};
use crate::ws::{Keep, Link, Plan};
pub(crate) use progress::{Progress, SocketTurn};

/// What all turns of one socket share.
pub(crate) struct Session {
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) caller: Caller,
    pub(crate) upstream: Arc<Client>,
    /// Those of the handshake.
    pub(crate) headers: HeaderMap,
    /// Where its turns go, over HTTP too.
    pub(crate) target: Target,
    /// Its place among all sockets.
    pub(crate) seat: Arc<Seat>,
}

/// A turn that may leave.
pub(crate) struct Prepared {
    masked: Masked,
    upstream: Arc<Client>,
    prewarm: bool,
    rest: Rest,
}

/// What a turn needs to its end.
struct Rest {
    record: Record,
    deadline: Option<Instant>,
    sent: Sent,
    /// Whether the provider will keep the answer.
    stored: bool,
    keep: Keep,
    /// Told to a caller that has not named its chain.
    key: Option<TurnKey>,
    before: Before,
    /// Responses of before that the same upstream's socket may still speak of.
    ended: Vec<String>,
}

/// What stands before the input of a body.
enum Before {
    /// Nothing: the body says it all.
    Nothing,
    /// What the upstream knows by an id; its transcript, as far as it is known here.
    Named(Option<Arc<ChainState>>),
}

impl Session {
    /// Inspects what of the handshake leaves.
    ///
    /// # Errors
    /// Whatever refuses a request without a body.
    pub(crate) async fn inspect(&self) -> Result<Cleared, GatewayError> {
        let id = self.gateway.clock.fresh_id();
        let route = self.route(Handling::Socket);
        let mut record = Record::start(&self.gateway, &route, id, Some(&self.caller));
        record.transport = Transport::Websocket;
        let steps = async {
            self.received(route, id, Bytes::new(), None)?
                .mask(&mut record)
                .await
        };
        match steps.await {
            Ok(masked) => {
                record.forget();
                Ok(masked.cleared)
            }
            Err(error) => {
                record.fail(&error);
                Err(error)
            }
        }
    }

    /// Asks the upstream for a socket.
    ///
    /// # Errors
    /// When the handshake may not leave, or nobody answers.
    pub(crate) async fn open(&self) -> Result<Opened, GatewayError> {
        let cleared = self.inspect().await?;
        let opening = UpstreamSocket::open(cleared, self.gateway.limits.event_bytes);
        // A caller waits for its own handshake meanwhile, and Codex not for long.
        tokio::time::timeout(self.gateway.timeouts.connect(), opening)
            .await
            .unwrap_or(Err(GatewayError::UpstreamTimeout))
    }

    fn route(&self, handling: Handling) -> Route {
        Route {
            upstream: Arc::clone(&self.upstream),
            handling,
            target: self.target.clone(),
            named: Named::default(),
        }
    }

    fn received(
        &self,
        route: Route,
        id: Uuid,
        body: Bytes,
        earlier: Option<Arc<Remembered>>,
    ) -> Result<Received, GatewayError> {
        let outgoing = Outgoing::from_caller(
            &self.headers,
            self.upstream.held_credential(),
            self.gateway.callers.pass_credentials(),
        )?;
        Ok(Received {
            scope: self.gateway.callers.scope(&self.caller, &self.headers, id),
            gateway: Arc::clone(&self.gateway),
            caller: self.caller.clone(),
            outbound: Outbound::new(route, outgoing),
            body,
            earlier: Earlier::of_socket(earlier),
        })
    }

    /// Composes the body that a plan amounts to and masks it.
    ///
    /// # Errors
    /// Whatever ends the turn before it is sent.
    pub(crate) async fn prepare(&self, plan: Plan, key: TurnKey) -> Result<Prepared, Failure> {
        // Before there is a turn: it would leave an event itself.
        if !self.gateway.sink.admits() {
            return Err(GatewayError::AuditFull.into());
        }
        let id = self.gateway.clock.fresh_id();
        let route = self.route(Handling::Masked(Surface::OpenAiResponses));
        let mut record = Record::start(&self.gateway, &route, id, Some(&self.caller));
        record.transport = Transport::Websocket;
        let deadline = record.deadline();
        let key = plan.request.key.is_none().then_some(key);
        let before = match plan.link {
            Link::Id => Before::Named(plan.earlier.clone()),
            Link::None | Link::Transcript => Before::Nothing,
        };
        let generates = plan.request.generates;
        let prewarm = plan.prewarm;
        let steps = async {
            record.hold_place(Some(&self.seat))?;
            let masked = self.mask(plan, route, id, &mut record).await?;
            if matches!(before, Before::Named(_)) && !masked.cleared.is_for(&self.upstream) {
                // The local upstream does not know what the provider knows.
                return Err(GatewayError::PreviousResponse);
            }
            let body = masked.cleared.body().clone();
            let sent = move |_: &_| std::str::from_utf8(&body).ok().and_then(Sent::read);
            let length = masked.cleared.body().len();
            let sent = self.gateway.workers.run(length, sent).await?;
            Ok((masked, sent.ok_or(GatewayError::Internal)?))
        };
        let (masked, sent) = match until(deadline, steps).await {
            Ok(masked) => masked,
            Err(error) => return Err(failure(record, error)),
        };
        let keep = match masked.cleared.is_for(&self.upstream) {
            false => Keep::Nothing,
            // Its instructions and tools are part of no transcript: another socket could not go on with it.
            true if !generates => Keep::Connection,
            true => Keep::Commit,
        };
        // Of the body that leaves: a frame that appends leaves `store` to the one before.
        let stored = masked.chain.kept && !prewarm;
        Ok(Prepared {
            upstream: Arc::clone(&self.upstream),
            prewarm: prewarm || (!generates && keep == Keep::Nothing),
            masked,
            rest: Rest {
                record,
                deadline,
                sent,
                stored,
                keep,
                key,
                before,
                ended: Vec::new(),
            },
        })
    }

    async fn mask(
        &self,
        plan: Plan,
        route: Route,
        id: Uuid,
        record: &mut Record,
    ) -> Result<Masked, GatewayError> {
        let gateway = &self.gateway;
        let earlier = plan.earlier.as_ref().map(|state| Arc::clone(&state.map));
        let limits = gateway.limits.of_json();
        let length = plan.length();
        let body = gateway
            .workers
            .run(length, move |_: &_| plan.body(&limits))
            .await??;
        let limit = gateway.limits.body_bytes;
        if body.len() > limit {
            let what = "conversation so far";
            let unit = "bytes";
            return Err(GatewayError::TooLarge { what, limit, unit });
        }
        let body = gateway.budget.filled(body)?;
        record.received(body.len());
        self.received(route, id, body, earlier)?.mask(record).await
    }
}

impl Plan {
    fn length(&self) -> usize {
        let transcript = self.earlier.as_ref().and_then(|state| state.transcript.as_ref());
        self.request.text.len() + transcript.map_or(0, |text| text.len())
    }

    fn body(&self, limits: &llm_wire::Limits) -> Result<Bytes, GatewayError> {
        let frame = SocketFrame::parse(&self.request.text, limits)?;
        let transcript = self
            .earlier
            .as_ref()
            .and_then(|state| state.transcript.as_deref());
        let composition = Composition {
            fields: self.fields.as_deref(),
            history: transcript.filter(|_| self.link == Link::Transcript),
            previous: self.request.previous.as_deref().filter(|_| self.link == Link::Id),
        };
        Ok(frame.body(&composition).into())
    }
}

impl Prepared {
    /// Whether there is nothing to send.
    pub(crate) fn is_prewarm(&self) -> bool {
        self.prewarm
    }

    /// Answers a prewarming here.
    pub(crate) fn prewarmed(self) -> SocketTurn {
        SocketTurn::prewarmed(self.masked, self.rest)
    }

    /// Sends the turn as a request that is answered by a stream.
    ///
    /// # Errors
    /// When no answer begins.
    pub(crate) async fn post(mut self) -> Result<SocketTurn, Failure> {
        let deadline = self.rest.deadline;
        match until(deadline, self.masked.forward(&mut self.rest.record)).await {
            Ok(forwarded) => SocketTurn::streamed(forwarded, self.rest).await,
            Err(error) => Err(failure(self.rest.record, error)),
        }
    }

    /// The upstream refuses the socket that the turn needs: in its words.
    ///
    /// # Errors
    /// When those cannot be read, or are no refusal: a redirect or an answer to something that was not asked.
    pub(crate) async fn refused(mut self, response: Response<UpstreamBody>) -> Result<SocketTurn, Failure> {
        let (head, body) = response.into_parts();
        if !head.status.is_client_error() && !head.status.is_server_error() {
            return Err(failure(self.rest.record, GatewayError::UpstreamAnswer));
        }
        self.rest.record.answered(head.status);
        let forwarded = Forwarded {
            gateway: self.masked.gateway,
            caller: self.masked.caller,
            handling: self.masked.handling,
            chain: self.masked.chain,
            explained: self.masked.explained,
            head,
            body,
        };
        SocketTurn::streamed(forwarded, self.rest).await
    }

    /// It cannot be sent after all.
    pub(crate) fn failed(self, error: GatewayError) -> Failure {
        failure(self.rest.record, error)
    }

    /// Sends the turn over the upstream's socket. What is for the local upstream is posted there instead, and the
    /// socket comes back unused.
    ///
    /// # Errors
    /// When it cannot be sent.
    pub(crate) async fn send(self, socket: UpstreamSocket) -> Result<SocketTurn, Failure> {
        if !self.masked.cleared.is_for(&self.upstream) {
            return Ok(self.post().await?.lending(socket));
        }
        let (masked, mut rest) = (self.masked, self.rest);
        rest.record.sending();
        rest.ended = socket.ended_ids();
        let (cleared, parts) = masked.split();
        match socket.send(cleared).await {
            Ok(socket) => Ok(SocketTurn::over(socket, parts, rest)),
            Err(Broken) => Err(failure(rest.record, GatewayError::UpstreamUnreachable)),
        }
    }
}

fn failure(mut record: Record, error: GatewayError) -> Failure {
    record.fail(&error);
    Failure {
        error,
        request_id: Some(record.request_id()),
    }
}
