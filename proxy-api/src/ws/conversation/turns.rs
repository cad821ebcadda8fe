//! One turn after the other: claimed, begun, answered, taken, committed. What comes to nothing is released.

use std::sync::Arc;

use super::plan::{self, Plan};
use super::signals::{Effect, End, Keep, Left, TurnNumber};
use super::{Conversation, Phase, Tail};
use crate::error::GatewayError;
use crate::turn_state::{ClaimError, CommitError, Held, TurnKey, Version};
use crate::ws::request::Request;
use crate::ws::{Text, event};

impl Conversation {
    pub(super) fn start(&mut self, request: Request) {
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

    pub(super) fn claimed(&mut self, number: TurnNumber, claimed: Result<Held, ClaimError>) {
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
        let known = self.tail.as_ref().map(|tail| &*tail.state.response_id);
        if matches!(held, Held::Gone) && request.previous.is_some() && request.previous.as_deref() != known {
            return Err(GatewayError::PreviousResponse);
        }
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

    pub(super) fn events(&mut self, number: TurnNumber, events: Vec<Text>) {
        if matches!(self.phase, Phase::Running { turn, .. } if turn == number) {
            self.say(events);
        }
    }

    pub(super) fn ended(&mut self, number: TurnNumber, events: Vec<Text>, end: End) {
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
                self.release(number, key);
                self.count_error();
            }
            End::Failed(failure) => {
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

    pub(super) fn flushed(&mut self) {
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

    pub(super) fn settled(&mut self, number: TurnNumber, settled: Result<Option<Version>, CommitError>) {
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

    pub(super) fn cancel(&mut self) {
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

    /// The turn in work comes to nothing.
    pub(super) fn stop_turn(&mut self) {
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

    pub(super) fn upstream_lost(&mut self) {
        if let Some(tail) = &mut self.tail {
            tail.live = false;
        }
    }

    fn running(&self, number: TurnNumber) -> Option<TurnKey> {
        match &self.phase {
            Phase::Running { turn, key } if *turn == number => Some(key.clone()),
            _ => None,
        }
    }
}

impl From<ClaimError> for GatewayError {
    fn from(error: ClaimError) -> Self {
        match error {
            ClaimError::Busy => Self::TurnRunning,
            ClaimError::Full => Self::TurnStateFull,
            ClaimError::Unavailable => Self::TurnStateUnavailable,
        }
    }
}
