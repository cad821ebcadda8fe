//! Responses over WebSocket: what callers send and what upstreams answer, frame by frame. Holds no connection.
//!
//! Source: OpenAI's guide "WebSocket mode" of the Responses API, and what Codex sends.

mod event;
mod frame;
mod sent;

pub use event::{End, Ending, EventReader, Happening};
pub use frame::{Composition, FrameError, FrameKind, SocketFrame};
pub use sent::Sent;
