//! What an input is: a text, or the body of a request.

use anyhow::Result;
use clap::ValueEnum;
use llm_wire::Surface;
use proxy_api::{Preview, Shown};
use serde_json::{Map, Value};

/// What to take the input for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Input {
    /// A request where it is unmistakably one, else a text.
    #[default]
    Auto,
    /// What a user writes.
    Text,
    /// OpenAI chat completions, and APIs compatible with them.
    Chat,
    /// OpenAI Responses.
    Responses,
    /// Anthropic Messages.
    Messages,
    /// OpenAI embeddings.
    Embeddings,
    /// OpenAI legacy completions.
    Completions,
}

impl Input {
    pub(crate) fn show(self, preview: &Preview, text: &str) -> Result<Shown> {
        match self.surface(text) {
            Some(surface) => preview.request(surface, text),
            None => preview.text(text),
        }
    }

    fn surface(self, text: &str) -> Option<Surface> {
        match self {
            Self::Auto => guess(text),
            Self::Text => None,
            Self::Chat => Some(Surface::OpenAiChat),
            Self::Responses => Some(Surface::OpenAiResponses),
            Self::Messages => Some(Surface::AnthropicMessages),
            Self::Embeddings => Some(Surface::OpenAiEmbeddings),
            Self::Completions => Some(Surface::OpenAiCompletions),
        }
    }
}

/// The API whose request this unmistakably is: a model, and what it is asked.
fn guess(text: &str) -> Option<Surface> {
    if !text.trim_start().starts_with('{') {
        return None;
    }
    let body: Map<String, Value> = serde_json::from_str(text).ok()?;
    let has = |key: &str| body.contains_key(key);
    if !has("model") {
        return None;
    }
    match body.get("messages") {
        Some(Value::Array(_)) if has("max_tokens") && is_anthropic(&body) => Some(Surface::AnthropicMessages),
        Some(Value::Array(_)) => Some(Surface::OpenAiChat),
        _ if has("prompt") => Some(Surface::OpenAiCompletions),
        _ if has("input") && has("encoding_format") => Some(Surface::OpenAiEmbeddings),
        _ if has("input") => Some(Surface::OpenAiResponses),
        _ => None,
    }
}

/// Both APIs have `messages`, and old requests to OpenAI `max_tokens` too.
fn is_anthropic(body: &Map<String, Value>) -> bool {
    let named = body["model"]
        .as_str()
        .is_some_and(|model| model.starts_with("claude"));
    named || body.contains_key("system") || body.contains_key("anthropic_version")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_names_its_api() {
        for (text, surface) in [
            (r#"{"model": "gpt-5", "messages": []}"#, Some(Surface::OpenAiChat)),
            (
                r#"{"model": "gpt-4o", "max_tokens": 9, "messages": []}"#,
                Some(Surface::OpenAiChat),
            ),
            (
                r#" {"model": "claude-x", "max_tokens": 9, "messages": []}"#,
                Some(Surface::AnthropicMessages),
            ),
            (
                r#"{"model": "gpt-5", "input": "hi"}"#,
                Some(Surface::OpenAiResponses),
            ),
            (
                r#"{"model": "e", "input": "hi", "encoding_format": "float"}"#,
                Some(Surface::OpenAiEmbeddings),
            ),
            (
                r#"{"model": "d", "prompt": "hi"}"#,
                Some(Surface::OpenAiCompletions),
            ),
            (r#"{"messages": [{"text": "hi"}]}"#, None),
            (r#"{"model": "Golf", "owner": "Ann"}"#, None),
            (r#"{"model": "#, None),
            ("Dear model, messages", None),
        ] {
            assert_eq!(guess(text), surface, "{text}");
        }
        assert_eq!(Input::Text.surface(r#"{"model": "m", "messages": []}"#), None);
    }
}
