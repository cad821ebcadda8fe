//! The value-free record of a turn, and the sink that it goes to.

mod event;
mod protocol;
mod sink;

pub(crate) use event::{
    DetectionCount, Durations, Event, Model, Outcome, TokenUsage, TouchedPath, Touches, Transport,
};
pub(crate) use sink::{Sink, SinkHandle};
