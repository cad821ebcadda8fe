//! Whether an upstream speaks Responses over WebSocket: what is configured, and what was learnt.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::config::WebSocketRule;

/// So long an upstream without sockets is not asked again: it gets them by a deployment, and each question is a handshake
/// that a caller waits for.
const BELIEVED: Duration = Duration::from_secs(600);

/// How turns of a socket reach the upstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Frame by frame.
    Socket,
    /// As requests, answered by server-sent events.
    Stream,
}

/// The sides of one upstream.
pub(crate) struct Sides {
    rule: WebSocketRule,
    /// When it was found to have no sockets.
    refused: Mutex<Option<Instant>>,
}

impl Sides {
    pub(super) fn new(rule: WebSocketRule) -> Self {
        Self {
            rule,
            refused: Mutex::new(None),
        }
    }

    /// Which side to try.
    pub(crate) fn choice(&self, now: Instant) -> Side {
        let refused = *self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = refused.is_some_and(|at| now.saturating_duration_since(at) < BELIEVED);
        match self.rule {
            WebSocketRule::Never => Side::Stream,
            WebSocketRule::Auto if is_known => Side::Stream,
            WebSocketRule::Auto | WebSocketRule::Always => Side::Socket,
        }
    }

    /// Whether a caller can be served without a socket to the upstream.
    pub(crate) fn may_stream(&self) -> bool {
        self.rule != WebSocketRule::Always
    }

    /// The upstream has no sockets.
    pub(crate) fn refused(&self, now: Instant) {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_remembered_for_a_while() {
        let (now, sides) = (Instant::now(), Sides::new(WebSocketRule::Auto));
        assert_eq!(sides.choice(now), Side::Socket);
        sides.refused(now);
        assert_eq!(sides.choice(now + BELIEVED / 2), Side::Stream);
        assert_eq!(sides.choice(now + BELIEVED), Side::Socket);
    }

    #[test]
    fn what_is_configured_comes_first() {
        let now = Instant::now();
        for (rule, side) in [
            (WebSocketRule::Always, Side::Socket),
            (WebSocketRule::Never, Side::Stream),
        ] {
            let sides = Sides::new(rule);
            sides.refused(now);
            assert_eq!(
                (sides.choice(now), sides.may_stream()),
                (side, side == Side::Stream)
            );
        }
    }
}
