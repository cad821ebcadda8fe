//! An upstream's event: what it means for the turn. Restores nothing.

use crate::json::Tape;
use crate::response::value::{Value, read};

/// How a turn ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// `response.completed`
    Completed,
    /// `response.incomplete`, `response.failed` or `response.cancelled`: there is a response, but not all that was
    /// asked for.
    Short,
    /// `error`: there is none.
    Error,
}

/// What the last event of a turn says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End<'a> {
    /// How it ends.
    pub ending: Ending,
    /// The response's id.
    pub id: Option<&'a str>,
    /// Its output items.
    pub output: Vec<&'a str>,
}

/// What one event means.
///
/// Items are those that a later request can repeat: reasoning only with its `encrypted_content`, since a provider that
/// keeps nothing cannot look it up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening<'a> {
    /// An output item is complete; its JSON.
    Item(&'a str),
    /// The turn has ended.
    End(End<'a>),
    /// `response.metadata`: headers that came too late for the handshake.
    Metadata,
    /// Anything else of the turn.
    Other,
    /// No JSON object.
    Nothing,
}

/// Reads events; keeps its memory between them.
#[derive(Default)]
pub struct EventReader {
    tape: Tape,
    names_itself: bool,
}

impl EventReader {
    /// What `json` means. `name` is its SSE event name, if it has one: it counts when the JSON has no `type`.
    pub fn read<'a>(&'a mut self, name: Option<&str>, json: &'a str) -> Happening<'a> {
        let Some(root) = read(json, &mut self.tape).filter(|root| root.is_object()) else {
            return Happening::Nothing;
        };
        let said = root.said("type");
        self.names_itself = said.is_some();
        match said.as_deref().or(name).unwrap_or_default() {
            "response.output_item.done" => root
                .get("item")
                .filter(|item| can_be_repeated(*item))
                .map_or(Happening::Other, |item| Happening::Item(item.raw())),
            "response.completed" => end(root, Ending::Completed),
            "response.incomplete" | "response.failed" | "response.cancelled" => end(root, Ending::Short),
            "error" => end(root, Ending::Error),
            "response.metadata" => Happening::Metadata,
            "" if root.get("error").is_some_and(Value::is_object) => end(root, Ending::Error),
            _ => Happening::Other,
        }
    }

    /// Whether the event that was read last has a `type` of its own.
    #[must_use]
    pub fn names_itself(&self) -> bool {
        self.names_itself
    }
}

fn end(root: Value<'_>, ending: Ending) -> Happening<'_> {
    Happening::End(End {
        ending,
        id: id(root),
        output: output(root),
    })
}

fn id(root: Value<'_>) -> Option<&str> {
    Some(root.get("response")?.string("id")?.content())
}

fn output(root: Value<'_>) -> Vec<&str> {
    let list = root.get("response").and_then(|response| response.get("output"));
    let items = list.into_iter().flat_map(Value::elements);
    items
        .filter(|item| can_be_repeated(*item))
        .map(Value::raw)
        .collect()
}

fn can_be_repeated(item: Value<'_>) -> bool {
    let is_reasoning = item.string("type").is_some_and(|kind| kind.is("reasoning"));
    item.is_object() && (!is_reasoning || item.string("encrypted_content").is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended<'a>(ending: Ending, id: Option<&'a str>, output: Vec<&'a str>) -> Happening<'a> {
        Happening::End(End { ending, id, output })
    }

    #[test]
    fn events_are_told_apart() {
        let mut reader = EventReader::default();
        for (json, expected) in [
            (
                r#"{"type":"response.output_item.done","item":{"id":"a"}}"#,
                Happening::Item(r#"{"id":"a"}"#),
            ),
            (
                r#"{"type":"response.output_item.done","item":{"type":"reasoning","encrypted_content":null}}"#,
                Happening::Other,
            ),
            (
                r#"{"type":"response.completed","response":{"id":"r","output":[ {"a":1}, 2, {"type":"reasoning"} ]}}"#,
                ended(Ending::Completed, Some("r"), vec![r#"{"a":1}"#]),
            ),
            (
                r#"{"type":"response.failed","response":{}}"#,
                ended(Ending::Short, None, vec![]),
            ),
            (
                r#"{"type":"error","error":{}}"#,
                ended(Ending::Error, None, vec![]),
            ),
            (r#"{"error":{"message":""}}"#, ended(Ending::Error, None, vec![])),
            (r#"{"type":"response.metadata"}"#, Happening::Metadata),
            (r#"{"type":"codex.rate_limits"}"#, Happening::Other),
            ("[1]", Happening::Nothing),
            ("nonsense", Happening::Nothing),
        ] {
            assert_eq!(reader.read(None, json), expected, "{json}");
        }
        let named = reader.read(Some("response.completed"), "{}");
        assert_eq!(named, ended(Ending::Completed, None, vec![]));
        assert!(!reader.names_itself());
    }
}
