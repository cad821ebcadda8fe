//! What a request says about itself, as far as the gateway acts on it.

use memchr::memmem;

use super::Limits;
use crate::Surface;
use crate::grammar::{is_identifier, is_model};
use crate::json::{Kind, Tape, View};

/// More tools than any request names; the rest are not listed.
const MAX_TOOL_NAMES: usize = 1024;

/// Facts of one request. Of a duplicate key the last value counts, as with most readers. Every string is bounded
/// and has the form of a model or an id; a value without that form is left out here and is text like any other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The model asked for.
    pub model: Option<String>,
    /// The answer is wanted as a stream.
    pub stream: bool,
    /// Whether the provider shall keep the answer, where the request says so.
    pub store: Option<bool>,
    /// The answer that this request continues.
    pub previous_response_id: Option<String>,
    /// The conversation, kept by the provider, that this request continues.
    pub conversation: Option<String>,
    /// The answer is to be JSON.
    pub structured_output: bool,
    /// Tools are offered to the model.
    pub has_tools: bool,
    /// Their names, as far as they have the form of an id.
    pub tool_names: Vec<String>,
}

impl Facts {
    /// Only what a body says that it continues: enough to look up, before the body is read as a whole. What is not
    /// JSON under `limits` continues nothing.
    #[must_use]
    pub fn continued(body: &[u8], limits: &Limits) -> Vec<String> {
        let names = [&b"previous_response_id"[..], b"conversation"];
        let Ok(text) = std::str::from_utf8(body) else {
            return Vec::new();
        };
        // Escaped spellings of the names are read as well.
        let is_named = memmem::find(body, b"\\u").is_some()
            || names.iter().any(|name| memmem::find(body, name).is_some());
        if !is_named {
            return Vec::new();
        }
        let Ok(tape) = Tape::parse(text, limits.bounds()) else {
            return Vec::new();
        };
        let body = View { text, tape: &tape };
        let named = [text_of(body, "previous_response_id"), conversation(body)];
        named.into_iter().flatten().collect()
    }

    pub(super) fn read(body: View<'_>, surface: Surface) -> Self {
        let mut facts = Self {
            model: text(body, 0, "model", is_model),
            stream: flag(body, "stream") == Some(true),
            store: flag(body, "store"),
            previous_response_id: text_of(body, "previous_response_id"),
            conversation: conversation(body),
            structured_output: structured_output(body, surface),
            ..Self::default()
        };
        for field in ["tools", "functions"] {
            if let Some(tools) = body.member(0, field) {
                facts.add_tools(body, tools);
            }
        }
        for item in body
            .member(0, "input")
            .into_iter()
            .flat_map(|input| body.elements(input))
        {
            let is_tools = body.member_string(item, "type").as_deref() == Some("additional_tools");
            if let Some(tools) = body.member(item, "tools").filter(|_| is_tools) {
                facts.add_tools(body, tools);
            }
        }
        facts
    }

    /// Adds the names of a list of tools; tools of a namespace are named `namespace.name` too.
    fn add_tools(&mut self, body: View<'_>, tools: usize) {
        for tool in body.elements(tools) {
            self.has_tools = true;
            let inner = ["function", "custom"]
                .iter()
                .find_map(|field| body.member(tool, field));
            let name = text(body, inner.unwrap_or(tool), "name", is_identifier);
            let inside = body
                .member(tool, "tools")
                .into_iter()
                .flat_map(|tools| body.elements(tools));
            for part in inside {
                if let (Some(space), Some(name)) = (&name, text(body, part, "name", is_identifier)) {
                    self.add_name(format!("{space}.{name}"));
                    self.add_name(name);
                }
            }
            name.into_iter().for_each(|name| self.add_name(name));
        }
    }

    fn add_name(&mut self, name: String) {
        if self.tool_names.len() < MAX_TOOL_NAMES {
            self.tool_names.push(name);
        }
    }
}

fn text(body: View<'_>, object: usize, name: &str, form: fn(&str) -> bool) -> Option<String> {
    let text = body.member_string(object, name)?;
    form(&text).then(|| text.into_owned())
}

/// An id at the top of the body.
fn text_of(body: View<'_>, name: &str) -> Option<String> {
    text(body, 0, name, is_identifier)
}

/// Messages, or items of the input; a text alone is one.
pub(super) fn messages(body: View<'_>) -> usize {
    let fields = ["messages", "input", "prompt"];
    match fields.iter().find_map(|field| body.member(0, field)) {
        Some(value) if body.is(value, Kind::Array) => body.elements(value).count(),
        Some(_) => 1,
        None => 0,
    }
}

fn flag(body: View<'_>, name: &str) -> Option<bool> {
    match body.member(0, name).map(|value| body.raw(value)) {
        Some("true") => Some(true),
        Some("false") => Some(false),
        _ => None,
    }
}

fn conversation(body: View<'_>) -> Option<String> {
    let value = body.member(0, "conversation")?;
    if body.is(value, Kind::Object) {
        return text(body, value, "id", is_identifier);
    }
    text(body, 0, "conversation", is_identifier)
}

fn structured_output(body: View<'_>, surface: Surface) -> bool {
    let paths: &[&[&str]] = match surface {
        Surface::OpenAiChat => &[&["response_format", "type"]],
        Surface::OpenAiResponses => &[&["text", "format", "type"]],
        Surface::AnthropicMessages => &[&["output_config", "format", "type"], &["output_format", "type"]],
        Surface::OpenAiEmbeddings | Surface::OpenAiCompletions => &[],
    };
    paths.iter().any(|path| {
        let value = path.iter().try_fold(0, |object, name| body.member(object, name));
        let kind = value.and_then(|value| body.string(value));
        matches!(kind.as_deref(), Some("json_schema" | "json_object"))
    })
}
