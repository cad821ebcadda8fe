//! A caller's frame as the conversation sees it: what it asks for, and its text for later.

use llm_wire::{FrameError, FrameKind, Limits, SocketFrame};

use super::Text;
use crate::error::GatewayError;
use crate::turn_state::TurnKey;

/// A frame that asks for something.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) text: Text,
    pub(crate) kind: FrameKind,
    /// The chain that it names itself.
    pub(crate) key: Option<TurnKey>,
    pub(crate) previous: Option<String>,
    pub(crate) stores: bool,
    pub(crate) generates: bool,
}

impl Request {
    /// # Errors
    /// When it cannot be inspected or asks for nothing that exists.
    pub(crate) fn read(text: Text, limits: &Limits) -> Result<Self, GatewayError> {
        let frame = SocketFrame::parse(&text, limits)?;
        let key = match frame.turn_state() {
            Some(key) => Some(TurnKey::try_from(&*key).map_err(|_| GatewayError::TurnState)?),
            None => None,
        };
        let (kind, previous) = (frame.kind(), frame.previous_response_id());
        let (stores, generates) = (frame.stores(), frame.generates());
        Ok(Self {
            kind,
            key,
            previous,
            stores,
            generates,
            text,
        })
    }

    pub(crate) fn cancels(&self) -> bool {
        self.kind == FrameKind::Cancel
    }
}

impl From<FrameError> for GatewayError {
    fn from(error: FrameError) -> Self {
        match error {
            FrameError::Wire(error) => error.into(),
            other => Self::Frame(other),
        }
    }
}
