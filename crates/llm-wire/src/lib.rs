//! Locates the text in LLM payloads and splices changes back into the caller's bytes; judges nothing.

mod answer;
mod credential;
mod document;
mod error;
mod form;
mod grammar;
mod json;
mod leaf;
mod path;
mod payload;
mod response;
mod restore;
mod socket;
mod sse;
mod stream;
mod surface;
mod tables;
mod vocabulary;

pub use answer::{AnswerError, AnswerFacts, Usage};
pub use credential::Credential;
pub use document::{Document, Facts, Limits, SchemaBytes};
pub use error::{Malformed, SpliceError, WireError};
pub use form::{AnswerForm, FormLook};
pub use leaf::{Edit, FieldClass, Leaf, OpaqueKind, TextScope};
pub use response::ResponseCodec;
pub use restore::{Channel, ChannelId, ChannelKind, Restore, TextForm};
pub use socket::{
    Composition, End, Ending, EventReader, FrameError, FrameKind, Happening, Sent, SocketFrame,
};
pub use sse::{DEFAULT_EVENT_BYTES, Frame, SseDecoder, SseEvent};
pub use stream::StreamCodec;
pub use surface::Surface;
pub use vocabulary::Vocabulary;
