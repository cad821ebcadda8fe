//! One caller's socket: waits for whatever happens next, tells the conversation, does what it says.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use hyper::upgrade::Upgraded;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use tokio_tungstenite::tungstenite::Message;

use super::CloseReason;
use super::conversation::{Conversation, Effect, End, Input, Plan, TurnNumber, Violation};
use super::places::Place;
use super::request::Request;
use super::wire::{Event, Wire};
use crate::error::{Failure, GatewayError};
use crate::turn::{Progress, Session, SocketTurn};
use crate::turn_state::{Claim, ClaimError, CommitError, Lease, TurnKey, Version};
use crate::upstream::{Opened, UpstreamSocket};

/// A deadline that is over is dealt with at once and moves on; until it has, the timer waits so long.
const TICK: Duration = Duration::from_millis(1);

/// How turns reach the upstream.
pub(super) enum Upstream {
    Stream,
    /// The socket is absent while a turn has it, and once it is lost until the next turn.
    Socket(Option<UpstreamSocket>),
}

/// A step of a turn that has to be waited for.
type Step = Pin<Box<dyn Future<Output = Done> + Send>>;

enum Done {
    Claimed(TurnNumber, Result<Claim, ClaimError>),
    /// The upstream's socket comes back when it was not needed.
    Begun(
        TurnNumber,
        Result<Box<SocketTurn>, Failure>,
        Option<UpstreamSocket>,
    ),
    Settled(TurnNumber, Result<Option<Version>, CommitError>),
}

/// Everything of one socket.
pub(super) struct Socket {
    session: Arc<Session>,
    conversation: Conversation,
    key: TurnKey,
    upstream: Upstream,
    /// At most one is in work: a turn is claimed, then begun, then settled.
    step: Option<Step>,
    lease: Option<Lease>,
    turn: Option<(TurnNumber, Box<SocketTurn>)>,
    ended: bool,
    _place: Place,
}

impl Socket {
    pub(super) fn new(
        session: Session,
        conversation: Conversation,
        key: TurnKey,
        upstream: Upstream,
        place: Place,
    ) -> Self {
        Self {
            session: Arc::new(session),
            conversation,
            key,
            upstream,
            step: None,
            lease: None,
            turn: None,
            ended: false,
            _place: place,
        }
    }

    /// Serves until the caller has left and its last turn is settled.
    pub(super) async fn serve(mut self, upgraded: Upgraded, mut stopping: watch::Receiver<bool>) {
        let gateway = &self.session.gateway;
        let (pace, seat) = (gateway.pace(), Arc::clone(&self.session.seat));
        let share = gateway.socket_room.share(self.session.caller.owner);
        let mut wire = Wire::new(upgraded, gateway.limits.body_bytes, share).await;
        let mut timer = Box::pin(sleep_until(self.deadline()));
        let (mut stopped, mut gone, mut dismissed) = (false, false, false);
        while !self.ended {
            if timer.deadline() > self.deadline() {
                timer.as_mut().reset(self.deadline());
            }
            let input = tokio::select! {
                biased;
                // Asked again, a wire that has ended says so at once: nothing else would get its turn.
                event = wire.next(), if !gone => {
                    gone = matches!(event, Event::Gone);
                    heard(&self.session, event).await
                }
                done = step(&mut self.step) => self.done(done),
                progress = progress(&mut self.turn), if !wire.is_unflushed() => self.progressed(progress),
                () = lost(&mut self.upstream), if self.turn.is_none() && self.step.is_none() => Input::UpstreamLost,
                () = timer.as_mut() => {
                    timer.as_mut().reset(self.deadline().max(Instant::now() + TICK));
                    if wire.is_overdue(&pace) {
                        Input::Violation(Violation {
                            error: Some(GatewayError::RequestTimeout),
                            reason: CloseReason::TooSlowly,
                        })
                    } else if wire.is_receiving() {
                        Input::Receiving
                    } else {
                        Input::Tick
                    }
                }
                () = seat.dismissed(), if !dismissed => {
                    dismissed = true;
                    Input::Violation(Violation { error: None, reason: CloseReason::Crowded })
                }
                () = told_to_stop(&mut stopping), if !stopped => {
                    stopped = true;
                    Input::Stop
                }
            };
            for effect in self.conversation.handle(input, Instant::now().into_std()) {
                self.act(effect, &mut wire);
            }
            if wire.is_bloated() {
                wire = wire.slimmed().await;
            }
            self.slim_upstream().await;
        }
    }

    async fn slim_upstream(&mut self) {
        if let Upstream::Socket(slot) = &mut self.upstream
            && slot.as_ref().is_some_and(UpstreamSocket::is_bloated)
            && let Some(socket) = slot.take()
        {
            *slot = Some(socket.slimmed().await);
        }
    }

    fn deadline(&self) -> Instant {
        Instant::from_std(self.conversation.deadline())
    }

    fn done(&mut self, done: Done) -> Input {
        match done {
            Done::Claimed(turn, Ok(claim)) => {
                self.lease = Some(claim.lease);
                Input::Claimed(turn, Ok(claim.held))
            }
            Done::Claimed(turn, Err(error)) => Input::Claimed(turn, Err(error)),
            Done::Begun(number, Ok(turn), socket) => {
                if socket.is_some() {
                    self.give_back(socket);
                }
                self.turn = Some((number, turn));
                Input::Events(number, Vec::new())
            }
            Done::Begun(turn, Err(failure), socket) => {
                self.give_back(socket);
                Input::Ended(turn, Vec::new(), End::Failed(failure))
            }
            Done::Settled(turn, settled) => Input::Settled(turn, settled),
        }
    }

    fn progressed(&mut self, (turn, progress): (TurnNumber, Progress)) -> Input {
        match progress {
            Progress::Events(events) => Input::Events(turn, events),
            Progress::End(events, end, socket) => {
                self.turn = None;
                self.give_back(socket);
                Input::Ended(turn, events, end)
            }
        }
    }

    /// The upstream's socket, after a turn; what it remembered is lost where it does not come back.
    fn give_back(&mut self, returned: Option<UpstreamSocket>) {
        let Upstream::Socket(socket) = &mut self.upstream else {
            return;
        };
        if socket.is_none() {
            *socket = returned;
        }
        if socket.is_none() {
            // It asks for nothing.
            self.conversation
                .handle(Input::UpstreamLost, Instant::now().into_std());
        }
    }

    fn act(&mut self, effect: Effect, wire: &mut Wire) {
        match effect {
            Effect::Say(events) => {
                for event in events {
                    wire.send(Message::Text(event));
                }
            }
            Effect::Refused(code) => self.session.gateway.metrics.refused_frame(code),
            Effect::Ping => wire.send(Message::Ping(bytes::Bytes::new())),
            Effect::Close(reason) => wire.close(reason),
            Effect::End => self.ended = true,
            Effect::Abort => {
                self.step = None;
                self.turn = None;
            }
            Effect::Claim(turn, key, known) => {
                self.key = key.clone();
                let session = Arc::clone(&self.session);
                self.step = Some(Box::pin(async move {
                    let states = &session.gateway.turn_states;
                    Done::Claimed(turn, states.claim(&session.caller, &key, known).await)
                }));
            }
            Effect::Begin(turn, plan) => {
                let socket = match &mut self.upstream {
                    Upstream::Stream => None,
                    Upstream::Socket(socket) => Some(socket.take()),
                };
                let (session, key) = (Arc::clone(&self.session), self.key.clone());
                self.step = Some(Box::pin(begin(session, turn, plan, key, socket)));
            }
            Effect::Commit(turn, state) => {
                let (session, lease) = (Arc::clone(&self.session), self.lease.take());
                self.step = Some(Box::pin(async move {
                    let committed = match lease {
                        Some(lease) => session.gateway.turn_states.commit(lease, state).await.map(Some),
                        None => Err(CommitError::Lost),
                    };
                    Done::Settled(turn, committed)
                }));
            }
            Effect::Release(turn) => {
                let (session, lease) = (Arc::clone(&self.session), self.lease.take());
                self.step = Some(Box::pin(async move {
                    if let Some(lease) = lease {
                        session.gateway.turn_states.release(lease).await;
                    }
                    Done::Settled(turn, Ok(None))
                }));
            }
        }
    }
}

/// What an event of the wire means.
async fn heard(session: &Session, event: Event) -> Input {
    match event {
        Event::Flushed => Input::Flushed,
        Event::Control => Input::Heard,
        Event::Gone => Input::Gone,
        Event::Binary => Input::Violation(Violation {
            error: Some(GatewayError::BinaryFrame),
            reason: CloseReason::Binary,
        }),
        Event::Unreadable(reason) => Input::Violation(Violation {
            error: match reason {
                CloseReason::TooLarge => Some(GatewayError::TooLarge {
                    what: "frame",
                    limit: session.gateway.limits.body_bytes,
                    unit: "bytes",
                }),
                CloseReason::NoRoom => Some(GatewayError::BodiesTooLarge),
                _ => None,
            },
            reason,
        }),
        Event::Text(text) => {
            session.seat.sent(text.len());
            let gateway = &session.gateway;
            let limits = gateway.limits.of_json();
            let reading = gateway
                .workers
                .run(text.len(), move |_: &_| Request::read(text, &limits));
            match reading.await {
                Ok(Ok(request)) => Input::Frame(request),
                Ok(Err(error)) | Err(error) => Input::Refused(error),
            }
        }
    }
}

/// Masks and sends a turn.
async fn begin(
    session: Arc<Session>,
    turn: TurnNumber,
    plan: Plan,
    key: TurnKey,
    socket: Option<Option<UpstreamSocket>>,
) -> Done {
    let prepared = match session.prepare(plan, key).await {
        Ok(prepared) => prepared,
        Err(failure) => return Done::Begun(turn, Err(failure), socket.flatten()),
    };
    if prepared.is_prewarm() {
        return Done::Begun(turn, Ok(Box::new(prepared.prewarmed())), socket.flatten());
    }
    let Some(socket) = socket else {
        return Done::Begun(turn, prepared.post().await.map(Box::new), None);
    };
    let opened = match socket {
        Some(socket) => Ok(Opened::Socket(socket, HeaderMap::new())),
        None => session.open().await,
    };
    let begun = match opened {
        Ok(Opened::Socket(socket, _)) => prepared.send(socket).await,
        Ok(Opened::Refused(response)) => prepared.refused(response).await,
        Err(error) => Err(prepared.failed(error)),
    };
    Done::Begun(turn, begun.map(Box::new), None)
}

async fn step(step: &mut Option<Step>) -> Done {
    match step {
        Some(running) => {
            let done = running.await;
            *step = None;
            done
        }
        None => std::future::pending().await,
    }
}

async fn progress(turn: &mut Option<(TurnNumber, Box<SocketTurn>)>) -> (TurnNumber, Progress) {
    match turn {
        Some((number, turn)) => (*number, turn.next().await),
        None => std::future::pending().await,
    }
}

/// Waits until the upstream closes its idle socket; what it says without being asked is dropped.
async fn lost(upstream: &mut Upstream) {
    let Upstream::Socket(slot) = upstream else {
        return std::future::pending().await;
    };
    match slot {
        Some(socket) => while socket.next().await.is_ok() {},
        None => return std::future::pending().await,
    }
    *slot = None;
}

async fn told_to_stop(stopping: &mut watch::Receiver<bool>) {
    // The sender ends with the server: that is a stop too.
    let _ = stopping.wait_for(|stop| *stop).await;
}
