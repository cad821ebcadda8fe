//! The two APIs as far as a conversation needs them: a request, and the text in the events of its answer.

use http::{HeaderName, HeaderValue, header};
use proxy_api::config::{Api, Upstream};
use serde_json::{Value, json};

/// Anthropic wants to know how long an answer may become.
const MAX_TOKENS: u32 = 4096;

/// What an event of an answer says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Text(String),
    /// The answer ends in an error.
    Error(String),
    /// The answer is complete.
    End,
    Nothing,
}

/// Who said something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    User,
    Assistant,
}

/// Where requests of this API go below an upstream's name.
pub(crate) const fn path(api: Api) -> &'static str {
    match api {
        Api::Openai => "/v1/chat/completions",
        Api::Anthropic => "/v1/messages",
    }
}

/// The header that carries the key.
pub(crate) const fn key_header(upstream: &Upstream) -> HeaderName {
    match upstream.api {
        Api::Openai if upstream.is_azure => HeaderName::from_static("api-key"),
        Api::Openai => header::AUTHORIZATION,
        Api::Anthropic => HeaderName::from_static("x-api-key"),
    }
}

/// Headers that the API asks for besides.
pub(crate) fn headers(api: Api) -> Vec<(HeaderName, HeaderValue)> {
    match api {
        Api::Openai => Vec::new(),
        Api::Anthropic => vec![(
            HeaderName::from_static("anthropic-version"),
            HeaderValue::from_static("2023-06-01"),
        )],
    }
}

/// A request for the next answer, streamed.
pub(crate) fn request(api: Api, model: &str, system: Option<&str>, history: &[(Role, String)]) -> Value {
    let said = history.iter().map(|(role, text)| {
        let role = match role {
            Role::User => "user",
            Role::Assistant => "assistant",
        };
        json!({"role": role, "content": text})
    });
    match api {
        Api::Openai => {
            let system = system.map(|text| json!({"role": "system", "content": text}));
            let messages: Vec<Value> = system.into_iter().chain(said).collect();
            json!({"model": model, "stream": true, "messages": messages})
        }
        Api::Anthropic => {
            let messages: Vec<Value> = said.collect();
            let mut request =
                json!({"model": model, "max_tokens": MAX_TOKENS, "stream": true, "messages": messages});
            if let Some(system) = system {
                request["system"] = system.into();
            }
            request
        }
    }
}

/// Reads one event.
pub(crate) fn read(api: Api, data: &str) -> Said {
    if data == "[DONE]" {
        return Said::End;
    }
    let Ok(event) = serde_json::from_str::<Value>(data) else {
        return Said::Nothing;
    };
    if let Some(problem) = problem(&event) {
        return Said::Error(problem);
    }
    let text = match api {
        Api::Openai => &event["choices"][0]["delta"]["content"],
        Api::Anthropic if event["type"] == "message_stop" => return Said::End,
        Api::Anthropic => &event["delta"]["text"],
    };
    match text.as_str() {
        Some(text) if !text.is_empty() => Said::Text(text.to_owned()),
        _ => Said::Nothing,
    }
}

/// The message of an error, in either shape.
pub(crate) fn problem(body: &Value) -> Option<String> {
    let error = body.get("error").filter(|error| !error.is_null())?;
    let message = error["message"].as_str().or(error.as_str());
    Some(message.unwrap_or("an error without a message").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_have_the_history_and_the_instructions_where_the_api_wants_them() {
        let history = [(Role::User, "hi".to_owned()), (Role::Assistant, "ho".to_owned())];
        let openai = request(Api::Openai, "m", Some("be kind"), &history);
        assert_eq!(
            openai["messages"][0],
            json!({"role": "system", "content": "be kind"})
        );
        assert_eq!(
            openai["messages"][2],
            json!({"role": "assistant", "content": "ho"})
        );
        let anthropic = request(Api::Anthropic, "m", Some("be kind"), &history);
        assert_eq!(anthropic["system"], "be kind");
        assert_eq!(anthropic["messages"][0], json!({"role": "user", "content": "hi"}));
    }

    #[test]
    fn events_of_both_apis_are_read() {
        for (api, data, said) in [
            (
                Api::Openai,
                r#"{"choices": [{"delta": {"content": "hé"}}]}"#,
                Said::Text("hé".to_owned()),
            ),
            (Api::Openai, r#"{"choices": []}"#, Said::Nothing),
            (Api::Openai, "[DONE]", Said::End),
            (
                Api::Openai,
                r#"{"error": {"message": "quota"}}"#,
                Said::Error("quota".to_owned()),
            ),
            (
                Api::Anthropic,
                r#"{"type": "content_block_delta", "delta": {"type": "text_delta", "text": "a"}}"#,
                Said::Text("a".to_owned()),
            ),
            (
                Api::Anthropic,
                r#"{"type": "message_delta", "delta": {"stop_reason": "end_turn"}}"#,
                Said::Nothing,
            ),
            (Api::Anthropic, r#"{"type": "message_stop"}"#, Said::End),
            (
                Api::Anthropic,
                r#"{"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}"#,
                Said::Error("busy".to_owned()),
            ),
        ] {
            assert_eq!(read(api, data), said, "{data}");
        }
    }
}
