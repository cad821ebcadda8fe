//! Requests that carry many texts, and where each of them stands.

use serde_json::{Value, json};

use crate::support::Surface;

/// Where in a conversation a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    User,
    ToolOutput,
    ToolArguments,
}

impl Place {
    pub(super) const ALL: [Self; 3] = [Self::User, Self::ToolOutput, Self::ToolArguments];
}

/// Texts of one case or twin.
pub(super) struct Group {
    pub(super) texts: Vec<String>,
    /// They are parts of one message.
    pub(super) together: bool,
}

/// A body, and a JSON pointer for each text in it, in order.
pub(super) struct Asked {
    pub(super) body: Value,
    pointers: Vec<Pointer>,
}

struct Pointer {
    pointer: String,
    /// What it points at is JSON in a string, with the text under this key.
    inside: Option<&'static str>,
}

impl Asked {
    /// The texts that `body` has where this request has its own.
    pub(super) fn texts(&self, body: &Value) -> anyhow::Result<Vec<String>> {
        let texts = self.pointers.iter().map(|at| {
            let text = body.pointer(&at.pointer)?.as_str()?;
            match at.inside {
                None => Some(text.to_owned()),
                Some(key) => {
                    let inner: Value = serde_json::from_str(text).ok()?;
                    inner[key].as_str().map(str::to_owned)
                }
            }
        });
        let texts: Option<Vec<String>> = texts.collect();
        texts.ok_or_else(|| anyhow::anyhow!("a text is gone"))
    }
}

/// A request of a conversation API in which each text stands in `place`.
pub(super) fn conversation(surface: Surface, place: Place, groups: &[Group]) -> Asked {
    let mut talk = Talk::new(surface);
    for group in groups {
        match place {
            Place::User if group.together && group.texts.len() > 1 => talk.parts(&group.texts),
            Place::User => group
                .texts
                .iter()
                .for_each(|text| talk.parts(std::slice::from_ref(text))),
            Place::ToolOutput => group.texts.iter().for_each(|text| talk.output(text)),
            Place::ToolArguments => group.texts.iter().for_each(|text| talk.arguments(text)),
        }
    }
    talk.asked()
}

/// A request whose texts are a list under `key`.
pub(super) fn list(model: &str, key: &str, groups: &[Group]) -> Asked {
    let texts: Vec<&String> = groups.iter().flat_map(|group| &group.texts).collect();
    let pointers = (0..texts.len()).map(|nth| Pointer {
        pointer: format!("/{key}/{nth}"),
        inside: None,
    });
    Asked {
        pointers: pointers.collect(),
        body: json!({"model": model, key: texts}),
    }
}

struct Talk {
    surface: Surface,
    items: Vec<Value>,
    pointers: Vec<Pointer>,
}

impl Talk {
    fn new(surface: Surface) -> Self {
        Self {
            surface,
            items: Vec::new(),
            pointers: Vec::new(),
        }
    }

    fn point(&mut self, at: usize, rest: &str, inside: Option<&'static str>) {
        let list = if self.surface == Surface::Responses {
            "input"
        } else {
            "messages"
        };
        self.pointers.push(Pointer {
            pointer: format!("/{list}/{at}/{rest}"),
            inside,
        });
    }

    fn parts(&mut self, texts: &[String]) {
        let kind = if self.surface == Surface::Responses {
            "input_text"
        } else {
            "text"
        };
        let parts: Vec<Value> = texts
            .iter()
            .map(|text| json!({"type": kind, "text": text}))
            .collect();
        for nth in 0..texts.len() {
            self.point(self.items.len(), &format!("content/{nth}/text"), None);
        }
        self.items.push(json!({"role": "user", "content": parts}));
    }

    fn output(&mut self, text: &str) {
        let at = self.call(&json!({}));
        match self.surface {
            Surface::Responses => self.point(at + 1, "output", None),
            Surface::Messages => self.point(at + 1, "content/0/content", None),
            _ => self.point(at + 1, "content", None),
        }
        self.answer(at, text);
    }

    fn arguments(&mut self, text: &str) {
        let at = self.call(&json!({"text": text}));
        match self.surface {
            Surface::Responses => self.point(at, "arguments", Some("text")),
            Surface::Messages => self.point(at, "content/0/input/text", None),
            _ => self.point(at, "tool_calls/0/function/arguments", Some("text")),
        }
        self.answer(at, "done");
    }

    /// A call of a tool; returns where it stands.
    fn call(&mut self, arguments: &Value) -> usize {
        let at = self.items.len();
        let id = format!("call_{at}");
        self.items.push(match self.surface {
            Surface::Responses => {
                json!({"type": "function_call", "call_id": id, "name": "note", "arguments": arguments.to_string()})
            }
            Surface::Messages => json!({"role": "assistant", "content": [
                {"type": "tool_use", "id": id, "name": "note", "input": arguments}]}),
            _ => json!({"role": "assistant", "content": null, "tool_calls": [
                {"id": id, "type": "function", "function": {"name": "note", "arguments": arguments.to_string()}}]}),
        });
        at
    }

    /// What the tool that was called at `at` gives.
    fn answer(&mut self, at: usize, text: &str) {
        let id = format!("call_{at}");
        self.items.push(match self.surface {
            Surface::Responses => json!({"type": "function_call_output", "call_id": id, "output": text}),
            Surface::Messages => json!({"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": id, "content": text}]}),
            _ => json!({"role": "tool", "tool_call_id": id, "content": text}),
        });
    }

    fn asked(mut self) -> Asked {
        let hello = match self.surface {
            Surface::Responses => {
                json!({"role": "user", "content": [{"type": "input_text", "text": "go on"}]})
            }
            _ => json!({"role": "user", "content": "go on"}),
        };
        self.items.push(hello);
        let items = self.items;
        let body = match self.surface {
            Surface::Responses => json!({"model": "gpt-5.1", "input": items}),
            Surface::Messages => json!({"model": "claude-sonnet-5", "max_tokens": 100, "messages": items}),
            _ => json!({"model": "gpt-5.1", "messages": items}),
        };
        Asked {
            body,
            pointers: self.pointers,
        }
    }
}
