//! What a conversation is told and what it says is to be done.

use std::sync::Arc;
use std::time::Duration;

use super::plan::Plan;
use crate::error::{Failure, GatewayError};
use crate::turn_state::{ChainState, ClaimError, CommitError, Held, TurnKey, Version};
use crate::ws::request::Request;
use crate::ws::{CloseReason, Text};

/// Numbers the turns of a socket, so that what belongs to an ended one is told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TurnNumber(pub(super) u64);

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
