//! How a conversation ends: by the caller, by time, by what cannot be read, by a stop.

use std::time::{Duration, Instant};

use super::signals::{Effect, Violation};
use super::{Conversation, LINGER, Phase};
use crate::error::Failure;
use crate::ws::{CloseReason, event};

impl Conversation {
    pub(super) fn tick(&mut self) {
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

    pub(super) fn violation(&mut self, violation: Violation) {
        if self.closing.is_some() {
            return;
        }
        if let Some(error) = violation.error {
            self.effects.push(Effect::Refused(error.code()));
            self.say(vec![event::error(&Failure::from(error))]);
        }
        self.close(violation.reason);
    }

    pub(super) fn gone(&mut self) {
        self.gone = true;
        self.stop_turn();
        if matches!(self.phase, Phase::Idle) {
            self.end();
        }
    }

    pub(super) fn end(&mut self) {
        self.phase = Phase::Ended;
        self.effects.push(Effect::End);
    }

    pub(super) fn close(&mut self, reason: CloseReason) {
        if self.closing.is_some() || self.gone {
            return;
        }
        self.stop_turn();
        self.closing = Some(self.now);
        self.effects.push(Effect::Close(reason));
    }

    pub(super) fn close_if_done(&mut self) {
        if self.stopping.is_some() && matches!(self.phase, Phase::Idle) {
            self.close(CloseReason::Restart);
        }
    }
}
