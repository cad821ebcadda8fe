//! The value-free record of a turn, and the way that it goes.

mod delivery;
mod event;
mod lines;
mod models;
mod posture;
mod protocol;
mod sink;
mod spool;

pub(crate) use delivery::Identity;
pub(crate) use event::{
    DetectionCount, Durations, Event, Model, Outcome, TokenUsage, TouchedPath, Touches, Transport,
};
pub(crate) use models::Models;
pub(crate) use sink::{About, Sink, SinkHandle, Started};
