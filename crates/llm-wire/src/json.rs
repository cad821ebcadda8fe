//! Strict JSON (RFC 8259) over borrowed text: where each value stands, and how its strings are escaped.
//!
//! No value is ever built: numbers keep their spelling, duplicate keys stay, and whoever changes something does
//! it by replacing byte ranges.

mod escape;
mod scan;
mod tape;
mod view;

pub(crate) use escape::{Offsets, escape_into, lone_surrogate, unescape};
pub(crate) use tape::{Bounds, Kind, Tape};
pub(crate) use view::{Sole, View};
