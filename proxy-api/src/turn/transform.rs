//! What happens to the pieces of an answer: text is restored, or everything passes. Both carry the record to its end.

use bytes::Bytes;
use llm_wire::StreamCodec;

use super::memory::Memory;
use super::record::Record;
use super::restore::Restorer;
use crate::body::AnswerCut;
use crate::body::coding::Decoder;
use crate::body::stream::Transform;

/// A stream whose text is restored.
pub(super) struct Restoring {
    pub(super) codec: StreamCodec,
    pub(super) restorer: Restorer,
    pub(super) memory: Memory,
    pub(super) decoder: Option<Decoder>,
    pub(super) delimited: bool,
    pub(super) record: Record,
}

impl Restoring {
    fn decode(&mut self, piece: Bytes) -> Result<Bytes, AnswerCut> {
        match &mut self.decoder {
            None => Ok(piece),
            Some(decoder) => decoder
                .push(&piece)
                .map(Bytes::from)
                .map_err(|_| AnswerCut::Unreadable),
        }
    }

    /// Takes a piece that was decoded before, and gives what can go out now.
    pub(super) fn push_decoded(&mut self, piece: &[u8]) -> (Bytes, Option<AnswerCut>) {
        let mut out = Vec::with_capacity(piece.len() + 64);
        let cut = self.restore(piece, &mut out).err();
        self.record.response_bytes += out.len() as u64;
        (out.into(), cut)
    }

    fn restore(&mut self, piece: &[u8], out: &mut Vec<u8>) -> Result<(), AnswerCut> {
        let pushed = self.codec.push(piece, &mut self.restorer, out);
        self.memory.keep(self.codec.facts());
        pushed.map_err(|_| AnswerCut::Unreadable)
    }

    /// The rest of the answer, and the cut that it ends in.
    fn rest(&mut self, cut: Option<AnswerCut>, out: &mut Vec<u8>) -> Option<AnswerCut> {
        let mut cut = cut;
        if cut.is_none()
            && let Some(decoder) = &mut self.decoder
        {
            match decoder.finish() {
                Ok(piece) => cut = self.restore(&piece, out).err(),
                Err(_) => cut = Some(AnswerCut::Unreadable),
            }
        }
        if self.codec.finish(&mut self.restorer, out).is_err() {
            cut = cut.or(Some(AnswerCut::Unreadable));
        }
        let facts = self.codec.facts();
        let open_ended = !self.delimited && !facts.terminal && facts.error_code.is_none();
        cut.or(open_ended.then_some(AnswerCut::Upstream))
    }
}

impl Transform for Restoring {
    fn push(&mut self, piece: Bytes) -> (Bytes, Option<AnswerCut>) {
        match self.decode(piece) {
            Ok(piece) => self.push_decoded(&piece),
            Err(cut) => (Bytes::new(), Some(cut)),
        }
    }

    fn end(&mut self, cut: Option<AnswerCut>) -> (Bytes, Option<AnswerCut>) {
        let ended = self.close(cut);
        self.settle();
        ended
    }
}

impl Restoring {
    /// The end of an answer whose record is still to be settled.
    pub(super) fn close(&mut self, cut: Option<AnswerCut>) -> (Bytes, Option<AnswerCut>) {
        let mut out = Vec::new();
        let cut = self.rest(cut, &mut out);
        self.record.response_bytes += out.len() as u64;
        match cut {
            None => self.record.complete(),
            Some(cut) => self.record.cut(cut.code()),
        }
        (out.into(), cut)
    }

    /// The record learns what the answer has said, once.
    fn settle(&mut self) {
        self.record.learned(self.codec.facts());
        self.record.returned(self.restorer.returned());
        self.record.finish();
    }
}

impl Drop for Restoring {
    fn drop(&mut self) {
        self.settle();
    }
}

/// Bytes that pass as they are.
pub(super) struct Passing {
    pub(super) decoder: Option<Decoder>,
    pub(super) record: Record,
}

impl Transform for Passing {
    fn push(&mut self, piece: Bytes) -> (Bytes, Option<AnswerCut>) {
        let decoded = match &mut self.decoder {
            None => Ok(piece),
            Some(decoder) => decoder.push(&piece).map(Bytes::from),
        };
        let Ok(out) = decoded else {
            return (Bytes::new(), Some(AnswerCut::Unreadable));
        };
        self.record.response_bytes += out.len() as u64;
        (out, None)
    }

    fn end(&mut self, cut: Option<AnswerCut>) -> (Bytes, Option<AnswerCut>) {
        let finished = match (&mut self.decoder, cut) {
            (Some(decoder), None) => decoder.finish().map_err(|_| AnswerCut::Unreadable),
            (_, Some(cut)) => Err(cut),
            (None, None) => Ok(Vec::new()),
        };
        match finished {
            Ok(out) => {
                self.record.response_bytes += out.len() as u64;
                self.record.complete();
                self.record.finish();
                (out.into(), None)
            }
            Err(cut) => {
                self.record.cut(cut.code());
                self.record.finish();
                (Bytes::new(), Some(cut))
            }
        }
    }
}
