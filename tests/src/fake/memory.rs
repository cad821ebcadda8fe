//! What the provider remembers of conversations: for each response id, all that a model which continues it reads.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{answer::Answer, script::Reply};

/// What a model reads in one turn, and once it has ended, what it said.
#[derive(Clone, Debug, Default)]
pub(super) struct Context {
    instructions: Value,
    tools: Value,
    items: Vec<Value>,
    prewarm: bool,
}

impl Context {
    /// What the model reads for `request`, which continues `before`.
    pub(super) fn read(request: &Value, before: Option<&Self>) -> Self {
        // Each turn brings its own instructions and tools, unless a prewarm has brought them already.
        let prewarmed = before.filter(|before| before.prewarm);
        let field = |name: &str, known: Option<&Value>| match &request[name] {
            Value::Null => known.cloned().unwrap_or_default(),
            given => given.clone(),
        };
        let mut items = before.map(|before| before.items.clone()).unwrap_or_default();
        match &request["input"] {
            Value::String(text) => items.push(json!({"type": "message", "role": "user",
                "content": [{"type": "input_text", "text": text}]})),
            Value::Array(more) => items.extend_from_slice(more),
            _ => {}
        }
        Self {
            instructions: field("instructions", prewarmed.map(|before| &before.instructions)),
            tools: field("tools", prewarmed.map(|before| &before.tools)),
            items,
            prewarm: is_prewarm(request),
        }
    }

    /// What was said before in a conversation.
    pub(super) fn of(items: Vec<Value>) -> Self {
        Self {
            items,
            ..Self::default()
        }
    }

    /// The whole in the shape of a request.
    pub(super) fn seen(&self) -> Value {
        json!({"instructions": self.instructions, "tools": self.tools, "input": self.items})
    }

    /// The items of the conversation.
    pub(super) fn items(&self) -> Vec<Value> {
        self.items.clone()
    }

    /// The context of the turns that continue the one that ended with `response`; its id too.
    pub(super) fn after(&self, response: &Value) -> Option<(String, Self)> {
        if !matches!(response["status"].as_str(), Some("completed" | "incomplete")) {
            return None;
        }
        let mut after = self.clone();
        after
            .items
            .extend(response["output"].as_array().cloned().unwrap_or_default());
        Some((response["id"].as_str()?.to_owned(), after))
    }
}

/// Whether the request only prepares a turn.
pub(super) fn is_prewarm(request: &Value) -> bool {
    request["generate"] == false
}

/// Whether the request lets the provider keep the response.
pub(super) fn is_stored(request: &Value) -> bool {
    request["store"] != false
}

/// The reply for a turn that continues what nobody knows.
pub(super) fn not_found(id: &str) -> Reply {
    let message = format!("Previous response with id '{id}' not found.");
    Reply::invalid("previous_response_not_found", "previous_response_id", &message)
}

/// The response object with which an answer over HTTP ends.
pub(super) fn last_response(answer: &Answer) -> Option<Value> {
    match answer {
        Answer::Json(response) => Some(response.clone()),
        Answer::Events { events, .. } => {
            let last: Value = serde_json::from_str(&events.last()?.data).ok()?;
            Some(last["response"].clone())
        }
        Answer::Raw(_) => None,
    }
}

/// All conversations by the id of their last response.
#[derive(Default)]
pub(super) struct Memory(HashMap<String, Kept>);

struct Kept {
    context: Context,
    stored: bool,
}

impl Memory {
    pub(super) fn keep(&mut self, id: String, context: Context, stored: bool) {
        self.0.insert(id, Kept { context, stored });
    }

    /// The context of a response that the provider was allowed to store.
    pub(super) fn stored(&self, id: &str) -> Option<Context> {
        let kept = self.0.get(id).filter(|kept| kept.stored)?;
        Some(kept.context.clone())
    }

    /// The context of any response, for tests to look at.
    pub(super) fn any(&self, id: &str) -> Option<Context> {
        self.0.get(id).map(|kept| kept.context.clone())
    }
}
