//! A caller's frame: what it asks for, and the request body that it amounts to.

use std::borrow::Cow;

use thiserror::Error;

use crate::document::Limits;
use crate::error::WireError;
use crate::grammar::is_identifier;
use crate::json::{Kind, Tape, View};
use crate::response::value::UNBOUNDED;

/// The entry of `client_metadata` in which a caller returns the gateway's key of its chain.
const TURN_STATE: &str = "x-codex-turn-state";

/// Members that say what becomes of a frame: readers must not differ about them.
const DECISIVE: [&str; 8] = [
    "type",
    "input",
    "previous_response_id",
    "conversation",
    "store",
    "stream",
    "generate",
    "client_metadata",
];

/// What a frame asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameKind {
    /// `response.create`
    Create,
    /// `response.append`
    Append,
    /// `response.cancel`
    Cancel,
}

/// A frame that asks for nothing that can be done. Holds no text of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FrameError {
    /// Not JSON that can be inspected.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// JSON, but no object.
    #[error("a frame is a JSON object")]
    NotAnObject,
    /// None of the events that a caller may send.
    #[error("the type of a frame is response.create, response.append or response.cancel")]
    UnknownType,
    /// A member that decides what becomes of the frame stands there twice.
    #[error("the member {name} stands there twice")]
    Duplicate {
        /// The member.
        name: &'static str,
    },
    /// A member has a form that cannot be continued with.
    #[error("the member {name} has the wrong form")]
    WrongForm {
        /// The member.
        name: &'static str,
    },
}

/// One frame, read but not inspected.
pub struct SocketFrame<'a> {
    text: &'a str,
    tape: Tape,
    kind: FrameKind,
}

/// What a frame's body is made of beside the frame.
#[derive(Clone, Copy, Default)]
pub struct Composition<'c> {
    /// Members of an earlier frame, a JSON object; those that the frame leaves out are taken from it.
    pub fields: Option<&'c str>,
    /// Items before the frame's own input, JSON joined by commas.
    pub history: Option<&'c str>,
    /// The response that the upstream is asked to continue.
    pub previous: Option<&'c str>,
}

impl<'a> SocketFrame<'a> {
    /// Reads a frame as strict JSON under the limits of a request body.
    ///
    /// # Errors
    /// When it is no object of a known type, or readers could differ about what it asks for.
    pub fn parse(text: &'a str, limits: &Limits) -> Result<Self, FrameError> {
        let tape = Tape::parse(text, limits.bounds())?;
        let body = View { text, tape: &tape };
        if !body.is(0, Kind::Object) {
            return Err(FrameError::NotAnObject);
        }
        for name in DECISIVE {
            let same = |(key, _): &(usize, usize)| body.string(*key).as_deref() == Some(name);
            if body.members(0).filter(same).count() > 1 {
                return Err(FrameError::Duplicate { name });
            }
        }
        let kind = match body.member_string(0, "type").as_deref() {
            Some("response.create") => FrameKind::Create,
            Some("response.append") => FrameKind::Append,
            Some("response.cancel") => FrameKind::Cancel,
            _ => return Err(FrameError::UnknownType),
        };
        let frame = Self { text, tape, kind };
        frame.check_forms()?;
        Ok(frame)
    }

    fn check_forms(&self) -> Result<(), FrameError> {
        let wrong = |name| Err(FrameError::WrongForm { name });
        if self.raw("previous_response_id").is_some_and(|raw| raw != "null")
            && self.previous_response_id().is_none()
        {
            return wrong("previous_response_id");
        }
        let view = self.view();
        let is_object = |name| {
            view.member(0, name)
                .is_none_or(|value| view.is(value, Kind::Object))
        };
        if !is_object("client_metadata") && self.raw("client_metadata") != Some("null") {
            return wrong("client_metadata");
        }
        // As the Realtime API has it: everything would stand one level below where it is looked for.
        if view.member(0, "response").is_some() {
            return wrong("response");
        }
        let is_list = |value| matches!(view.tape.node(value).kind, Kind::Array | Kind::String { .. });
        if let Some(input) = view.member(0, "input")
            && !is_list(input)
            && view.raw(input) != "null"
        {
            return wrong("input");
        }
        Ok(())
    }

    /// What it asks for.
    #[must_use]
    pub const fn kind(&self) -> FrameKind {
        self.kind
    }

    /// Whether an answer is wanted at all: a create with `generate: false` only prepares the next one.
    #[must_use]
    pub fn generates(&self) -> bool {
        self.raw("generate") != Some("false")
    }

    /// Whether the provider shall keep the answer; it does unless told otherwise.
    #[must_use]
    pub fn stores(&self) -> bool {
        self.raw("store") != Some("false")
    }

    /// The response that it continues.
    #[must_use]
    pub fn previous_response_id(&self) -> Option<String> {
        let text = self.view().member_string(0, "previous_response_id")?;
        is_identifier(&text).then(|| text.into_owned())
    }

    /// The key of its chain, as the caller returns it.
    #[must_use]
    pub fn turn_state(&self) -> Option<Cow<'_, str>> {
        let view = self.view();
        view.member_string(view.member(0, "client_metadata")?, TURN_STATE)
    }

    /// The body of `POST /responses` that the frame amounts to: its members as they stand, without those of the
    /// transport, and what `composition` adds. It asks for a stream.
    #[must_use]
    pub fn body(&self, composition: &Composition<'_>) -> String {
        let view = self.view();
        let added = [composition.fields, composition.history].into_iter().flatten();
        let room = added.map(str::len).sum::<usize>() + self.text.len() + 64;
        let mut body = Members::with_capacity(room);
        let mut has_input = false;
        for (key, value) in view.members(0) {
            let name = view.string(key).unwrap_or_default();
            match &*name {
                "type" | "stream" | "previous_response_id" => {}
                "generate" if self.generates() => {}
                "input" if composition.history.is_some() => {
                    has_input = true;
                    body.add("input", &self.continued_input(composition));
                }
                _ => body.add_raw(view.outer(key), view.outer(value)),
            }
        }
        if composition.history.is_some() && !has_input {
            body.add("input", &self.continued_input(composition));
        }
        if let Some(fields) = composition.fields {
            self.add_missing(fields, &mut body);
        }
        if let Some(id) = composition.previous {
            body.add("previous_response_id", &format!("\"{id}\""));
        }
        body.add("stream", "true");
        body.finish()
    }

    /// Members of `fields` that the frame leaves out.
    fn add_missing(&self, fields: &str, body: &mut Members) {
        let mut tape = Tape::default();
        if tape.read(fields, UNBOUNDED).is_err() {
            return;
        }
        let earlier = View {
            text: fields,
            tape: &tape,
        };
        for (key, value) in earlier.members(0) {
            let name = earlier.string(key).unwrap_or_default();
            if self.view().member(0, &name).is_none() {
                body.add_raw(earlier.outer(key), earlier.outer(value));
            }
        }
    }

    /// The input with the items before it, as a list.
    fn continued_input(&self, composition: &Composition<'_>) -> String {
        let view = self.view();
        let own = view
            .member(0, "input")
            .map(|input| input_items(view, input))
            .unwrap_or_default();
        let parts = [composition.history.unwrap_or_default(), &*own];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        format!("[{}]", parts.join(","))
    }

    fn view(&self) -> View<'_> {
        View {
            text: self.text,
            tape: &self.tape,
        }
    }

    fn raw(&self, name: &str) -> Option<&'a str> {
        let value = self.view().member(0, name)?;
        Some(&self.text[self.tape.node(value).range()])
    }
}

/// The items of an `input`, joined by commas; a text is the user's message.
pub(super) fn input_items<'t>(view: View<'t>, input: usize) -> Cow<'t, str> {
    match view.tape.node(input).kind {
        Kind::Array => {
            let list = view.raw(input);
            Cow::Borrowed(list[1..list.len() - 1].trim())
        }
        Kind::String { .. } => Cow::Owned(format!(
            r#"{{"type":"message","role":"user","content":{}}}"#,
            view.outer(input)
        )),
        _ => Cow::Borrowed(""),
    }
}

/// An object in the making.
pub(super) struct Members(String);

impl Members {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        let mut text = String::with_capacity(bytes);
        text.push('{');
        Self(text)
    }

    /// A member as it stands elsewhere, key and value with their quotes.
    pub(super) fn add_raw(&mut self, key: &str, value: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.0.push_str(key);
        self.0.push(':');
        self.0.push_str(value);
    }

    fn add(&mut self, name: &str, value: &str) {
        self.add_raw(&format!("\"{name}\""), value);
    }

    pub(super) fn finish(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

#[cfg(test)]
mod tests;
