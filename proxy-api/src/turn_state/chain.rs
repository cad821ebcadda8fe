//! What the last committed turn of a chain left.

use std::fmt;
use std::sync::Arc;

use masking::Remembered;
use zeroize::Zeroizing;

use crate::shared_store::{Reader, Writer};

/// The form that [`ChainState::encode`] writes; a state of another form counts as none.
const FORM: u8 = 1;

const STORED: u8 = 1;
const HAS_TRANSCRIPT: u8 = 2;

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

    /// At least as many bytes as [`ChainState::encode`] makes.
    pub(super) fn encoded_bytes(&self) -> usize {
        let transcript = self.transcript.as_deref().map_or(0, Writer::text_bytes);
        2 + Writer::text_bytes(&self.response_id) + transcript + Writer::map_bytes(&self.map)
    }

    pub(super) fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut writer = Writer::new(self.encoded_bytes());
        writer.byte(FORM);
        let stored = if self.stored { STORED } else { 0 };
        let has_transcript = if self.transcript.is_some() {
            HAS_TRANSCRIPT
        } else {
            0
        };
        writer.byte(stored | has_transcript);
        writer.text(&self.response_id);
        if let Some(transcript) = &self.transcript {
            writer.text(transcript);
        }
        writer.map(&self.map);
        writer.finish()
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        if reader.byte()? != FORM {
            return None;
        }
        let flags = reader.byte()?;
        let state = Self {
            response_id: reader.text()?.into(),
            stored: flags & STORED != 0,
            transcript: match flags & HAS_TRANSCRIPT {
                0 => None,
                _ => Some(reader.text()?.into()),
            },
            map: Arc::new(reader.map()?),
        };
        reader.end()?;
        Some(state)
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

#[cfg(test)]
mod tests {
    use masking::{EntityType, MasterKey, PlaceholderMap, Scope};

    use super::*;

    #[test]
    fn a_state_reads_back_and_another_form_does_not() {
        let mut map = PlaceholderMap::new(&MasterKey::new([1; 32]), &Scope::new("s"));
        map.placeholder(&EntityType::Person, "Alice");
        let map = Arc::new(map.remember());
        for (stored, transcript) in [(true, None), (false, Some("{}".into()))] {
            let state = ChainState {
                response_id: "resp_1".into(),
                stored,
                transcript: transcript.clone(),
                map: Arc::clone(&map),
            };
            let mut encoded = state.encode();
            let read = ChainState::decode(&encoded).unwrap();
            assert_eq!((&*read.response_id, read.stored), ("resp_1", stored));
            assert_eq!(read.transcript, transcript);
            assert!(read.map.expose_entries().eq(map.expose_entries()));
            encoded[0] += 1;
            assert!(ChainState::decode(&encoded).is_none());
            assert!(!format!("{state:?}").contains("resp"));
        }
    }
}
