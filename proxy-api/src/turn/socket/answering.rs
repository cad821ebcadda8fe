//! What a turn's events become on their way to the caller's socket, and what they leave for the next turn. Synchronous.

use std::sync::Arc;

use http::{HeaderName, StatusCode};
use llm_wire::{Ending, EventReader, Happening, ResponseCodec, Surface};
use masking::Remembered;
use serde_json::{Map, Value, json};

use super::super::mask::{Chain, EXPLANATION};
use super::super::memory::Memory;
use super::super::restore::Restorer;
use super::{Before, Rest};
use crate::body::AnswerCut;
use crate::caller::Caller;
use crate::gateway::Gateway;
use crate::turn_state::ChainState;
use crate::upstream::headers::reaches_caller;
use crate::ws::event::{self, TURN_STATE};
use crate::ws::{End, Keep, Left, Text};

/// One answer in work.
pub(super) struct Answering {
    pub(super) rest: Rest,
    codec: ResponseCodec,
    reader: EventReader,
    restorer: Restorer,
    memory: Memory,
    map: Arc<Remembered>,
    /// Output items that a later request can repeat, masked.
    items: Vec<String>,
    /// The response, as its first event names it.
    id: Option<String>,
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
        let map = Arc::new(chain.map.remember());
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
            map,
            items: Vec::new(),
            id: None,
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
            Happening::Begin(id) => {
                self.id = id.map(str::to_owned);
                None
            }
            Happening::Item(item) => {
                self.items.push(item.to_owned());
                None
            }
            Happening::End(end) if is_of_another(end.id, self.id.as_deref(), &self.rest) => return Ok(None),
            Happening::End(end) => {
                // Most upstreams told each item before; some only here.
                if self.items.is_empty() {
                    self.items = end.output.into_iter().map(str::to_owned).collect();
                }
                Some(end.ending)
            }
            Happening::Metadata => {
                if let Some(text) = without_turn_state(json) {
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
                    Some(name) if !names_itself => with_type(name, text),
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
            let (status, text) = normalised(last);
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
        let restored = self.codec.body(body, &mut self.restorer);
        let body: Value = match &restored {
            Ok(body) => serde_json::from_slice(body).unwrap_or_default(),
            Err(_) => Value::Null,
        };
        let mut told = Map::new();
        for (name, value) in headers.iter().filter(|(name, _)| reaches_caller(name)) {
            if let Ok(value) = value.to_str() {
                told.insert(name.as_str().to_owned(), value.into());
            }
        }
        told.remove("content-type");
        told.remove(TURN_STATE);
        // Some compatible servers give a list of one.
        let body = if body.is_array() { &body[0] } else { &body };
        let texts = [&body["error"], &body["detail"], &body["message"]];
        let error = match &body["error"] {
            error @ Value::Object(_) => in_one_form(error),
            _ => in_one_form(&json!({"message": texts.into_iter().find_map(Value::as_str)})),
        };
        event::refusal(status.as_u16(), error, told)
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
    }

    /// The turn has ended: what it leaves.
    pub(super) fn end(&mut self, ending: Ending) -> End {
        self.rest.record.complete();
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
                map: Arc::clone(&self.map),
            }),
            fields: std::mem::take(&mut sent.fields).into(),
            keep: *keep,
        }
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        let counts = self.restorer.counts();
        let record = &mut self.rest.record;
        record.learned(self.codec.facts());
        record.rehydrations = counts.restored;
        record.unresolved = counts.unresolved;
    }
}

/// An upstream's error event with a numeric status and in one form: `{"error": {..}}` or flat, as in a stream.
fn normalised(event: &str) -> (StatusCode, Text) {
    let root: Value = serde_json::from_str(event).unwrap_or_default();
    let number = |name: &str| root[name].as_u64().and_then(|number| u16::try_from(number).ok());
    let status = number("status")
        .or_else(|| number("status_code"))
        .and_then(|number| StatusCode::from_u16(number).ok())
        .filter(|status| status.is_client_error() || status.is_server_error())
        .unwrap_or_else(|| status_of(&root));
    let error = match &root["error"] {
        error @ Value::Object(_) => in_one_form(error),
        _ => in_one_form(&json!({"code": root["code"], "message": root["message"], "param": root["param"]})),
    };
    let mut headers = root["headers"].as_object().cloned().unwrap_or_default();
    headers.retain(|name, _| HeaderName::try_from(name).is_ok_and(|name| reaches_caller(&name)));
    headers.remove(TURN_STATE);
    (status, event::refusal(status.as_u16(), error, headers))
}

/// An error whose `type`, `code` and `message` are texts: Codex overlooks one whose code is a number, and waits.
fn in_one_form(error: &Value) -> Value {
    let mut error = error.clone();
    for (name, usual) in [
        ("type", json!("upstream_error")),
        ("code", Value::Null),
        ("message", json!("The upstream refused the request.")),
    ] {
        error[name] = match &error[name] {
            Value::String(text) => json!(text),
            Value::Number(number) => json!(number.to_string()),
            _ => usual,
        };
    }
    error
}

/// An event that only its SSE name names.
fn with_type(name: &str, event: &str) -> Text {
    let members = event.trim_start().strip_prefix('{').unwrap_or_default();
    let comma = if members.trim_start().starts_with('}') {
        ""
    } else {
        ","
    };
    format!("{{\"type\":{}{comma}{members}", Value::from(name)).into()
}

/// Whether an event ends a response that is not this turn's: on a socket, an earlier one's may come late.
fn is_of_another(id: Option<&str>, own: Option<&str>, rest: &Rest) -> bool {
    id.is_some_and(|id| match own {
        Some(own) => own != id,
        None => rest.previous.as_deref() == Some(id),
    })
}

/// The status that providers answer an error of this code or type with.
fn status_of(root: &Value) -> StatusCode {
    let error = if root["error"].is_object() {
        &root["error"]
    } else {
        root
    };
    let words = [error["code"].as_str(), error["type"].as_str()];
    let is = |word: &str| words.iter().flatten().any(|said| said.contains(word));
    if is("rate_limit") || is("insufficient_quota") {
        StatusCode::TOO_MANY_REQUESTS
    } else if is("invalid") || is("not_found") || is("context_length") {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::INTERNAL_SERVER_ERROR
    }
}

/// The provider's own key of a chain stays here: the caller knows the gateway's.
fn without_turn_state(json: &str) -> Option<String> {
    let mut root: Value = serde_json::from_str(json).ok()?;
    let headers = root.get_mut("headers")?.as_object_mut()?;
    let before = headers.len();
    headers.retain(|name, _| !name.eq_ignore_ascii_case(TURN_STATE));
    (headers.len() < before).then(|| root.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_event_has_a_numeric_status() {
        for (event, status, code) in [
            (
                r#"{"type":"error","status":400,"error":{"code":7,"message":null}}"#,
                400,
                "7",
            ),
            (r#"{"type":"error","status":429,"error":{"code":"a"}}"#, 429, "a"),
            (
                r#"{"type":"error","status_code":400,"error":{"code":"b"}}"#,
                400,
                "b",
            ),
            (
                r#"{"type":"error","status":"429","error":{"code":"c"}}"#,
                500,
                "c",
            ),
            (r#"{"type":"error","status":200,"error":{"code":"d"}}"#, 500, "d"),
            (
                r#"{"type":"error","code":"rate_limit_exceeded","message":"m"}"#,
                429,
                "rate_limit_exceeded",
            ),
            (
                r#"{"type":"error","error":{"type":"invalid_request_error","code":"e"}}"#,
                400,
                "e",
            ),
        ] {
            let (got, text) = normalised(event);
            let value: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(
                (got.as_u16(), &value["status"]),
                (status, &json!(status)),
                "{event}"
            );
            assert_eq!(value["error"]["code"], code, "{event}");
        }
    }

    #[test]
    fn headers_of_an_error_pass_by_the_list() {
        let event = r#"{"type":"error","status":429,"error":{},"headers":
            {"retry-after":"3","set-cookie":"a=b","x-codex-turn-state":"theirs"}}"#;
        let value: Value = serde_json::from_str(&normalised(event).1).unwrap();
        assert_eq!(value["headers"], json!({"retry-after": "3"}));
    }

    #[test]
    fn the_providers_key_stays_here() {
        let event =
            r#"{"type":"response.metadata","headers":{"X-Codex-Turn-State":"theirs","openai-model":"m"}}"#;
        let text = without_turn_state(event).unwrap();
        assert!(
            !text.contains("theirs") && text.contains("openai-model"),
            "{text}"
        );
        assert_eq!(
            without_turn_state(r#"{"type":"response.metadata","headers":{}}"#),
            None
        );
    }
}
