//! What may happen on a caller's socket, and when: turns one at a time, collisions, commits, timeouts, closing. No I/O,
//! no clock and no content; `socket.rs` feeds it and does what it says.

mod ends;
mod plan;
mod rate;
mod signals;
mod turns;

use std::sync::Arc;
use std::time::{Duration, Instant};

use self::rate::Rate;
use super::request::Request;
use super::{CloseReason, Text, event};
use crate::error::{Failure, GatewayError};
use crate::turn_state::{ChainState, TurnKey, Version};
pub(crate) use plan::{Link, Plan};
pub(crate) use signals::{Effect, End, Input, Keep, Left, Rules, TurnNumber, Violation};

/// A caller that gets so many errors in a row is not going to do better.
const MAX_ERRORS: u32 = 8;
/// How long a closing socket gets to take what it was sent and to close its side.
const LINGER: Duration = Duration::from_secs(5);

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
        if self.gone {
            // Only the store is waited for.
            return self.now + LINGER;
        }
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

#[cfg(test)]
mod tests;
