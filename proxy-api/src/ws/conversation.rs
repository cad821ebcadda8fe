//! What may happen on a caller's socket, and when: turns one at a time, collisions, commits, timeouts, closing. No I/O,
//! no clock and no content; `socket.rs` feeds it and does what it says.

mod plan;

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::request::Request;
use super::{CloseReason, Text, event};
use crate::error::{Failure, GatewayError};
use crate::turn_state::{ChainState, ClaimError, CommitError, Held, TurnKey, Version};
pub(crate) use plan::{Link, Plan};

/// A caller that gets so many errors in a row is not going to do better.
const MAX_ERRORS: u32 = 8;
/// How long a closing socket gets to take what it was sent and to close its side.
const LINGER: Duration = Duration::from_secs(5);

/// Numbers the turns of a socket, so that what belongs to an ended one is told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TurnNumber(u64);

/// Times and rates.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    pub(crate) ping: Duration,
    pub(crate) pong: Duration,
    pub(crate) idle: Duration,
    pub(crate) stall: Duration,
    /// What running turns get to end after a stop signal.
    pub(crate) grace: Duration,
    pub(crate) frames_per_second: u32,
    /// The upstream has no socket: prewarming is answered here, and ids of unstored responses resolve here only.
    pub(crate) bridged: bool,
}

/// A frame after which the socket cannot go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    /// What the caller is told first.
    pub(crate) error: Option<GatewayError>,
    pub(crate) reason: CloseReason,
}

/// What an answered turn leaves.
pub(crate) struct Left {
    pub(crate) state: Arc<ChainState>,
    /// The members of its frame, for a frame that appends.
    pub(crate) fields: Arc<str>,
    pub(crate) keep: Keep,
}

/// How far what a turn leaves is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// The chain goes on from here.
    Commit,
    /// As long as this socket: a prewarming.
    Connection,
    /// Not at all: it was answered by a local model, unmasked.
    Nothing,
}

/// How a turn ended.
pub(crate) enum End {
    /// With a terminal event of the upstream.
    Answered(Box<Left>),
    /// With a terminal event that nothing can continue from.
    Unnamed,
    /// With an error that the caller has read among the events.
    Broken,
    /// With an error of the gateway's own.
    Failed(Failure),
}

/// What has happened.
pub(crate) enum Input {
    /// The caller asks for something.
    Frame(Request),
    /// The caller's frame asks for nothing that can be done.
    Refused(GatewayError),
    Violation(Violation),
    /// Ping or pong of the caller.
    Heard,
    /// Time has passed, and more of a long frame has come.
    Receiving,
    /// The caller has left.
    Gone,
    /// Everything that was said so far was taken by the caller's side.
    Flushed,
    Claimed(TurnNumber, Result<Held, ClaimError>),
    Events(TurnNumber, Vec<Text>),
    Ended(TurnNumber, Vec<Text>, End),
    /// A commit or a release is done.
    Settled(TurnNumber, Result<Option<Version>, CommitError>),
    /// The upstream's socket is gone, and what it remembered.
    UpstreamLost,
    /// Time has passed.
    Tick,
    /// The gateway stops: no new turns.
    Stop,
}

/// What is to be done.
pub(crate) enum Effect {
    Claim(TurnNumber, TurnKey, Option<Version>),
    Begin(TurnNumber, Plan),
    /// Drops the turn, which cancels it upstream.
    Abort,
    Commit(TurnNumber, Arc<ChainState>),
    Release(TurnNumber),
    Say(Vec<Text>),
    /// Counts an error of the gateway's own.
    Refused(&'static str),
    Ping,
    Close(CloseReason),
    /// Nothing more will happen.
    End,
}

enum Phase {
    Idle,
    /// Waits for the chain. A request that is not wanted any more frees it again.
    Claiming {
        turn: TurnNumber,
        key: TurnKey,
        request: Option<Request>,
    },
    Running {
        turn: TurnNumber,
        key: TurnKey,
    },
    /// The terminal event is on its way to the caller.
    Delivering {
        turn: TurnNumber,
        key: TurnKey,
        left: Option<Box<Left>>,
    },
    /// The store is being told. A caller that has its answer may ask on at once.
    Settling {
        turn: TurnNumber,
        key: TurnKey,
        left: Option<Box<Left>>,
        next: Option<Request>,
    },
    Ended,
}

/// The end of the chain, as far as this socket knows it.
pub(super) struct Tail {
    key: TurnKey,
    version: Option<Version>,
    pub(super) state: Arc<ChainState>,
    /// The members of the frame that it came from, if that was sent here.
    pub(super) fields: Option<Arc<str>>,
    /// Made by a prewarming: the next create takes its members over.
    pub(super) prewarmed: bool,
    /// The upstream's socket remembers it.
    pub(super) live: bool,
}

/// One socket's conversation.
pub(crate) struct Conversation {
    rules: Rules,
    phase: Phase,
    /// The chain that frames without a key of their own belong to.
    key: TurnKey,
    tail: Option<Tail>,
    turns: u64,
    errors: u32,
    rate: Rate,
    now: Instant,
    heard: Instant,
    pinged: Instant,
    /// When the last turn ended.
    active: Instant,
    /// Since when something waits to be taken.
    unflushed: Option<Instant>,
    closing: Option<Instant>,
    gone: bool,
    stopping: Option<Instant>,
    effects: Vec<Effect>,
}

impl Conversation {
    pub(crate) fn new(rules: Rules, key: TurnKey, now: Instant) -> Self {
        Self {
            rules,
            phase: Phase::Idle,
            key,
            tail: None,
            turns: 0,
            errors: 0,
            rate: Rate::new(rules.frames_per_second, now),
            now,
            heard: now,
            pinged: now,
            active: now,
            unflushed: None,
            closing: None,
            gone: false,
            stopping: None,
            effects: Vec::new(),
        }
    }

    /// Takes in what happened at `now` and gives what is to be done, in order.
    pub(crate) fn handle(&mut self, input: Input, now: Instant) -> Vec<Effect> {
        self.now = now;
        match input {
            Input::Frame(request) => self.frame(request),
            Input::Refused(error) => {
                self.heard = now;
                self.refuse(error);
            }
            Input::Violation(violation) => self.violation(violation),
            Input::Heard => self.control(),
            Input::Receiving => {
                self.heard = now;
                self.tick();
            }
            Input::Gone => self.gone(),
            Input::Flushed => self.flushed(),
            Input::Claimed(turn, claimed) => self.claimed(turn, claimed),
            Input::Events(turn, events) => self.events(turn, events),
            Input::Ended(turn, events, end) => self.ended(turn, events, end),
            Input::Settled(turn, settled) => self.settled(turn, settled),
            Input::UpstreamLost => self.upstream_lost(),
            Input::Tick => self.tick(),
            Input::Stop => {
                self.stopping = Some(now);
                self.close_if_done();
            }
        }
        std::mem::take(&mut self.effects)
    }

    /// When to be told that time has passed.
    pub(crate) fn deadline(&self) -> Instant {
        if let Some(since) = self.closing {
            return since + LINGER;
        }
        let mut next = (self.pinged + self.rules.ping).min(self.heard + self.rules.pong);
        if let Some(since) = self.unflushed {
            next = next.min(since + self.rules.stall);
        }
        if let Some(since) = self.stopping {
            next = next.min(since + self.rules.grace);
        }
        if matches!(self.phase, Phase::Idle) {
            next = next.min(self.active + self.rules.idle);
        }
        next
    }

    fn frame(&mut self, request: Request) {
        self.heard = self.now;
        if self.closing.is_some() || self.gone {
            return;
        }
        if !self.rate.allows(self.now) {
            return self.refuse(GatewayError::FrameRate);
        }
        if request.cancels() {
            return self.cancel();
        }
        match &mut self.phase {
            _ if self.stopping.is_some() => self.refuse(GatewayError::ShuttingDown),
            Phase::Idle => self.start(request),
            Phase::Settling { next, .. } if next.is_none() => *next = Some(request),
            _ => self.refuse(GatewayError::TurnRunning),
        }
    }

    /// Pings cost work too.
    fn control(&mut self) {
        self.heard = self.now;
        if !self.rate.allows(self.now) {
            self.close(CloseReason::TooManyErrors);
        }
    }

    fn start(&mut self, request: Request) {
        self.turns += 1;
        let turn = TurnNumber(self.turns);
        let key = request.key.clone().unwrap_or_else(|| self.key.clone());
        let known = self.tail.as_ref().filter(|tail| tail.key == key);
        let known = known.and_then(|tail| tail.version);
        self.effects.push(Effect::Claim(turn, key.clone(), known));
        self.phase = Phase::Claiming {
            turn,
            key,
            request: Some(request),
        };
    }

    fn claimed(&mut self, number: TurnNumber, claimed: Result<Held, ClaimError>) {
        let Phase::Claiming { turn, key, request } = &mut self.phase else {
            return;
        };
        if *turn != number {
            return;
        }
        let (key, request) = (key.clone(), request.take());
        match (claimed, request) {
            (Err(_), None) => self.rest(),
            (Err(error), Some(_)) => {
                self.rest();
                self.refuse(error.into());
            }
            (Ok(_), None) => self.release(number, key),
            (Ok(held), Some(request)) => match self.plan(request, &key, held) {
                Ok(plan) => {
                    self.key = key.clone();
                    self.effects.push(Effect::Begin(number, plan));
                    self.phase = Phase::Running { turn: number, key };
                }
                Err(error) => {
                    self.release(number, key);
                    self.refuse(error);
                }
            },
        }
    }

    fn plan(&mut self, request: Request, key: &TurnKey, held: Held) -> Result<Plan, GatewayError> {
        if let Held::State(state, version) = held
            && request.previous.as_deref() == Some(&*state.response_id)
        {
            // The chain went on elsewhere, or before this socket was opened.
            self.tail = Some(Tail {
                key: key.clone(),
                version: Some(version),
                state,
                fields: None,
                prewarmed: false,
                live: false,
            });
        }
        plan::plan(request, self.tail.as_ref(), &self.rules)
    }

    fn events(&mut self, number: TurnNumber, events: Vec<Text>) {
        if matches!(self.phase, Phase::Running { turn, .. } if turn == number) {
            self.say(events);
        }
    }

    fn ended(&mut self, number: TurnNumber, events: Vec<Text>, end: End) {
        let Some(key) = self.running(number) else { return };
        self.say(events);
        match end {
            End::Answered(left) => {
                self.errors = 0;
                self.deliver(number, key, Some(left));
            }
            End::Unnamed => {
                self.errors = 0;
                self.deliver(number, key, None);
            }
            End::Broken => {
                self.upstream_lost();
                self.release(number, key);
                self.count_error();
            }
            End::Failed(failure) => {
                self.upstream_lost();
                self.release(number, key);
                self.report(&failure);
            }
        }
    }

    fn deliver(&mut self, turn: TurnNumber, key: TurnKey, left: Option<Box<Left>>) {
        self.phase = Phase::Delivering { turn, key, left };
        if self.unflushed.is_none() {
            self.flushed();
        }
    }

    fn flushed(&mut self) {
        self.unflushed = None;
        let Phase::Delivering { turn, key, left } = &mut self.phase else {
            return;
        };
        let (turn, key, left) = (*turn, key.clone(), left.take());
        match left {
            Some(left) if left.keep == Keep::Commit => {
                self.effects.push(Effect::Commit(turn, Arc::clone(&left.state)));
                self.settle(turn, key, Some(left));
            }
            left => {
                self.effects.push(Effect::Release(turn));
                self.settle(turn, key, left);
            }
        }
    }

    fn settle(&mut self, turn: TurnNumber, key: TurnKey, left: Option<Box<Left>>) {
        self.phase = Phase::Settling {
            turn,
            key,
            left,
            next: None,
        };
    }

    /// Ends a turn that comes to nothing: what was committed before stays.
    fn release(&mut self, turn: TurnNumber, key: TurnKey) {
        self.effects.push(Effect::Release(turn));
        self.settle(turn, key, None);
    }

    fn settled(&mut self, number: TurnNumber, settled: Result<Option<Version>, CommitError>) {
        let Phase::Settling {
            turn,
            key,
            left,
            next,
        } = &mut self.phase
        else {
            return;
        };
        if *turn != number {
            return;
        }
        let (key, left, next) = (key.clone(), left.take(), next.take());
        match (settled, left) {
            (_, Some(left)) if left.keep == Keep::Nothing => {}
            (Ok(version), Some(left)) => {
                self.tail = Some(Tail {
                    key,
                    version,
                    prewarmed: left.keep == Keep::Connection,
                    live: !self.rules.bridged,
                    state: left.state,
                    fields: Some(left.fields),
                });
            }
            // The chain belongs to somebody else, or is forgotten: what this socket knows of it is not its end.
            (Err(_), Some(_)) => self.tail = None,
            (_, None) => {}
        }
        self.rest();
        if let Some(request) = next
            && matches!(self.phase, Phase::Idle)
            && self.closing.is_none()
        {
            self.start(request);
        }
    }

    /// No turn is running any more.
    fn rest(&mut self) {
        self.phase = Phase::Idle;
        self.active = self.now;
        if self.gone {
            self.end();
        } else {
            self.close_if_done();
        }
    }

    fn cancel(&mut self) {
        match &mut self.phase {
            Phase::Running { turn, key } => {
                let (turn, key) = (*turn, key.clone());
                self.effects.push(Effect::Abort);
                self.upstream_lost();
                self.say(vec![event::cancelled()]);
                self.release(turn, key);
            }
            Phase::Claiming { request, .. } if request.is_some() => {
                *request = None;
                self.say(vec![event::cancelled()]);
            }
            _ => self.refuse(GatewayError::NothingToCancel),
        }
    }

    fn gone(&mut self) {
        self.gone = true;
        self.stop_turn();
        if matches!(self.phase, Phase::Idle) {
            self.end();
        }
    }

    /// The turn in work comes to nothing.
    fn stop_turn(&mut self) {
        match &mut self.phase {
            Phase::Claiming { request, .. } => *request = None,
            Phase::Running { turn, key } => {
                let (turn, key) = (*turn, key.clone());
                self.effects.push(Effect::Abort);
                self.upstream_lost();
                self.release(turn, key);
            }
            Phase::Delivering { turn, key, .. } => {
                let (turn, key) = (*turn, key.clone());
                self.release(turn, key);
            }
            Phase::Settling { next, .. } => *next = None,
            Phase::Idle | Phase::Ended => {}
        }
    }

    fn end(&mut self) {
        self.phase = Phase::Ended;
        self.effects.push(Effect::End);
    }

    fn violation(&mut self, violation: Violation) {
        if self.closing.is_some() {
            return;
        }
        if let Some(error) = violation.error {
            self.effects.push(Effect::Refused(error.code()));
            self.say(vec![event::error(&Failure::from(error))]);
        }
        self.close(violation.reason);
    }

    fn close(&mut self, reason: CloseReason) {
        if self.closing.is_some() || self.gone {
            return;
        }
        self.stop_turn();
        self.closing = Some(self.now);
        self.effects.push(Effect::Close(reason));
    }

    fn close_if_done(&mut self) {
        if self.stopping.is_some() && matches!(self.phase, Phase::Idle) {
            self.close(CloseReason::Restart);
        }
    }

    fn upstream_lost(&mut self) {
        if let Some(tail) = &mut self.tail {
            tail.live = false;
        }
    }

    fn tick(&mut self) {
        let passed = |since: Instant, limit: Duration| self.now.saturating_duration_since(since) >= limit;
        if let Some(since) = self.closing {
            if passed(since, LINGER) {
                self.gone();
            }
            return;
        }
        let stalled = self
            .unflushed
            .is_some_and(|since| passed(since, self.rules.stall));
        let is_idle = matches!(self.phase, Phase::Idle) && passed(self.active, self.rules.idle);
        let is_silent = passed(self.heard, self.rules.pong);
        let ping = passed(self.pinged, self.rules.ping);
        let is_out_of_time = self.stopping.is_some_and(|since| passed(since, self.rules.grace));
        if is_out_of_time {
            self.close(CloseReason::Restart);
        } else if stalled {
            self.close(CloseReason::TooSlow);
        } else if is_silent {
            self.close(CloseReason::NoPong);
        } else if is_idle {
            self.close(CloseReason::Idle);
        } else if ping {
            self.pinged = self.now;
            self.effects.push(Effect::Ping);
        }
    }

    fn running(&self, number: TurnNumber) -> Option<TurnKey> {
        match &self.phase {
            Phase::Running { turn, key } if *turn == number => Some(key.clone()),
            _ => None,
        }
    }

    fn refuse(&mut self, error: GatewayError) {
        self.report(&Failure::from(error));
    }

    fn report(&mut self, failure: &Failure) {
        self.effects.push(Effect::Refused(failure.error.code()));
        self.say(vec![event::error(failure)]);
        self.count_error();
    }

    fn count_error(&mut self) {
        self.errors += 1;
        if self.errors >= MAX_ERRORS {
            self.close(CloseReason::TooManyErrors);
        }
    }

    fn say(&mut self, events: Vec<Text>) {
        if events.is_empty() || self.gone || self.closing.is_some() {
            return;
        }
        self.unflushed.get_or_insert(self.now);
        self.effects.push(Effect::Say(events));
    }
}

/// Lets a burst of two seconds through, then so many a second.
#[derive(Debug)]
struct Rate {
    per_second: f64,
    left: f64,
    at: Instant,
}

impl Rate {
    fn new(per_second: u32, now: Instant) -> Self {
        let per_second = f64::from(per_second);
        Self {
            per_second,
            left: per_second * 2.0,
            at: now,
        }
    }

    fn allows(&mut self, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.at = now;
        self.left = (self.left + passed * self.per_second).min(self.per_second * 2.0);
        let allowed = self.left >= 1.0;
        if allowed {
            self.left -= 1.0;
        }
        allowed
    }
}

#[cfg(test)]
mod tests;
