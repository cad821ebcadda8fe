//! What the last committed turn of a chain left.

use std::fmt;
use std::sync::Arc;

use masking::Remembered;

/// The state of a chain: masked text, and the map that knows what was masked.
pub(crate) struct ChainState {
    /// The id of the last response, as the caller knows it.
    pub(crate) response_id: Box<str>,
    /// Whether the provider resolves that id by itself.
    pub(crate) stored: bool,
    /// Masked input and output items as JSON, comma-joined; `None` when there are too many to keep.
    pub(crate) transcript: Option<Box<str>>,
    /// What its placeholders stand for.
    pub(crate) map: Arc<Remembered>,
}

impl ChainState {
    /// About how much memory it holds, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        let transcript = self.transcript.as_ref().map_or(0, |text| text.len());
        size_of::<Self>() + self.response_id.len() + transcript + self.map.bytes()
    }
}

impl fmt::Debug for ChainState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChainState")
            .field("stored", &self.stored)
            .field("bytes", &self.bytes())
            .finish_non_exhaustive()
    }
}
