//! What a turn's events become on their way to the caller's socket, and what they leave for the next turn. Synchronous.

use std::sync::Arc;

use http::StatusCode;
use llm_wire::{Ending, EventReader, Happening, ResponseCodec, Surface};
use serde_json::Value;

use super::super::chain::Chain;
use super::super::explained::EXPLANATION;
use super::super::memory::Memory;
use super::super::restore::Restorer;
use super::{Before, Rest, told};
use crate::body::AnswerCut;
use crate::caller::Caller;
use crate::gateway::Gateway;
use crate::turn_state::ChainState;
use crate::ws::event;
use crate::ws::{End, Keep, Left, Text};

/// One answer in work.
pub(super) struct Answering {
    pub(super) rest: Rest,
    codec: ResponseCodec,
    reader: EventReader,
    restorer: Restorer,
    memory: Memory,
    /// Output items that a later request can repeat, masked.
    items: Vec<String>,
    begun: bool,
}

impl Answering {
    pub(super) fn new(
        gateway: &Arc<Gateway>,
        caller: Caller,
        chain: Chain,
        explained: bool,
        success: bool,
        rest: Rest,
    ) -> Self {
        let memory = Memory::new(gateway, caller, chain, success);
        let mut codec = ResponseCodec::new(Surface::OpenAiResponses);
        if explained {
            codec = codec.explained(EXPLANATION);
        }
        Self {
            rest,
            codec,
            reader: EventReader::default(),
            restorer: memory.restorer(true),
            memory,
            items: Vec::new(),
            begun: false,
        }
    }

    /// Takes one event and appends what the caller gets.
    pub(super) fn event(
        &mut self,
        name: Option<&str>,
        json: &str,
        out: &mut Vec<Text>,
    ) -> Result<Option<Ending>, AnswerCut> {
        let ending = match self.reader.read(name, json) {
            Happening::Nothing => return Ok(None),
            Happening::Item(item) => {
                self.items.push(item.to_owned());
                None
            }
            Happening::End(end)
                if end
                    .id
                    .is_some_and(|id| self.rest.ended.iter().any(|ended| ended == id)) =>
            {
                return Ok(None);
            }
            Happening::End(end) => {
                // Most upstreams told each item before; some only here.
                if self.items.is_empty() {
                    self.items = end.output.into_iter().map(str::to_owned).collect();
                }
                Some(end.ending)
            }
            Happening::Metadata => {
                if let Some(text) = told::without_turn_state(json) {
                    return self.event_of(None, &text, None, out);
                }
                None
            }
            Happening::Other => None,
        };
        self.event_of(name, json, ending, out)
    }

    fn event_of(
        &mut self,
        name: Option<&str>,
        json: &str,
        ending: Option<Ending>,
        out: &mut Vec<Text>,
    ) -> Result<Option<Ending>, AnswerCut> {
        let first = out.len();
        let bytes = &mut self.rest.record.response_bytes;
        let names_itself = self.reader.names_itself();
        let mut emit = |name: Option<&str>, event: &[u8]| {
            if let Ok(text) = std::str::from_utf8(event) {
                *bytes += text.len() as u64;
                out.push(match name {
                    Some(name) if !names_itself => told::with_type(name, text),
                    _ => text.into(),
                });
            }
        };
        self.codec
            .event(name, json.as_bytes(), &mut self.restorer, &mut emit)
            .map_err(|_| AnswerCut::Unreadable)?;
        self.memory.keep(self.codec.facts());
        if ending == Some(Ending::Error)
            && let Some(last) = out.last_mut()
        {
            let (status, text) = told::normalised(last);
            self.rest.record.answered(status);
            *last = text;
        }
        if !self.begun {
            self.begun = true;
            self.rest.record.begun();
            if let (None, Some(key)) = (ending, &self.rest.key) {
                out.insert((first + 1).min(out.len()), event::metadata(key));
            }
        }
        Ok(ending)
    }

    /// The upstream's refusal of the whole turn, as it came over HTTP.
    pub(super) fn refusal(&mut self, status: StatusCode, headers: &http::HeaderMap, body: &[u8]) -> Text {
        let restored = self.codec.error_body(body, &mut self.restorer);
        let body: Value = match &restored {
            Ok(body) => serde_json::from_slice(body).unwrap_or_default(),
            Err(_) => Value::Null,
        };
        told::refusal(status, headers, &body)
    }

    /// The upstream broke off: what is held back goes out, and the caller is told.
    pub(super) fn cut(&mut self, cut: AnswerCut, out: &mut Vec<Text>) {
        let mut emit = |_: Option<&str>, event: &[u8]| {
            if let Ok(text) = std::str::from_utf8(event) {
                out.push(text.into());
            }
        };
        self.codec.finish(&mut self.restorer, &mut emit);
        let id = self.codec.facts().response_id.as_deref();
        out.push(event::failed(id, cut.code(), &format!("The turn failed: {cut}.")));
        self.rest.record.cut(cut.code());
        self.settle();
    }

    /// The response, as far as it has told its id.
    pub(super) fn response_id(&self) -> Option<&str> {
        self.codec.facts().response_id.as_deref()
    }

    /// The turn has ended: what it leaves.
    pub(super) fn end(&mut self, ending: Ending) -> End {
        self.rest.record.complete();
        self.settle();
        if ending == Ending::Error {
            return End::Broken;
        }
        match self.codec.facts().response_id.clone() {
            Some(id) => End::Answered(Box::new(self.left(&id))),
            None => End::Unnamed,
        }
    }

    /// The chain goes on from the response `id`.
    pub(super) fn left(&mut self, id: &str) -> Left {
        let Rest {
            sent,
            stored,
            keep,
            before,
            ..
        } = &mut self.rest;
        let is_kept = !*stored && *keep != Keep::Nothing;
        // All of it or nothing: a part would pass for a whole conversation.
        let before = match before {
            Before::Nothing => Some(""),
            Before::Named(state) => state.as_ref().and_then(|state| state.transcript.as_deref()),
        };
        let transcript = before.filter(|_| is_kept).map(|before| {
            let own = self.items.iter().map(String::as_str);
            let parts = [before, sent.input.as_str()].into_iter().chain(own);
            let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
            parts.join(",").into_boxed_str()
        });
        Left {
            state: Arc::new(ChainState {
                response_id: id.into(),
                stored: *stored,
                transcript,
                map: Arc::clone(self.memory.remembered()),
            }),
            fields: std::mem::take(&mut sent.fields).into(),
            keep: *keep,
        }
    }
}

impl Answering {
    /// The record learns what the answer has said and is finished, once: before the caller gets the last event.
    pub(super) fn settle(&mut self) {
        let record = &mut self.rest.record;
        record.learned(self.codec.facts());
        record.returned(self.restorer.returned());
        record.finish();
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.settle();
    }
}
