//! What the suites share: a gateway before a fake provider, and the three conversations in one shape.

use e2e::{
    caller::{Answered, Caller, Event},
    fake::FakeProvider,
    gateway::{Gateway, Setup},
};
use serde_json::{Value, json};

pub(crate) type Outcome = anyhow::Result<()>;

/// A fake provider and the gateway before it.
pub(crate) struct Pair {
    pub(crate) fake: FakeProvider,
    pub(crate) gateway: Gateway,
}

impl Pair {
    pub(crate) async fn new() -> anyhow::Result<Self> {
        Self::with(|setup| setup).await
    }

    pub(crate) async fn with(settings: impl FnOnce(Setup) -> Setup) -> anyhow::Result<Self> {
        let fake = FakeProvider::start().await?;
        let gateway = settings(Gateway::before(&fake)).start().await?;
        Ok(Self { fake, gateway })
    }

    pub(crate) fn caller(&self) -> Caller {
        self.gateway.caller()
    }

    /// The last body that the provider got.
    pub(crate) fn sent(&self) -> String {
        self.fake
            .requests()
            .last()
            .map(e2e::fake::Recorded::text)
            .unwrap_or_default()
    }
}

/// A conversation API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Surface {
    Chat,
    Responses,
    Messages,
    Completions,
}

impl Surface {
    pub(crate) const ALL: [Self; 4] = [Self::Chat, Self::Responses, Self::Messages, Self::Completions];
    /// Those with tools and several parts.
    pub(crate) const RICH: [Self; 3] = [Self::Chat, Self::Responses, Self::Messages];

    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Chat => "/v1/chat/completions",
            Self::Responses => "/v1/responses",
            Self::Messages => "/anthropic/v1/messages",
            Self::Completions => "/v1/completions",
        }
    }

    /// A request in which the user says `text`.
    pub(crate) fn ask(self, text: &str, stream: bool) -> Value {
        let messages = json!([{"role": "user", "content": text}]);
        match self {
            Self::Chat => json!({"model": "gpt-5.1", "messages": messages, "stream": stream}),
            Self::Responses => json!({"model": "gpt-5.1", "input": messages, "stream": stream}),
            Self::Messages => {
                json!({"model": "claude-sonnet-5", "max_tokens": 100, "messages": messages, "stream": stream})
            }
            Self::Completions => json!({"model": "gpt-3.5-turbo-instruct", "prompt": text, "stream": stream}),
        }
    }

    /// What the model said in a JSON answer.
    pub(crate) fn said(self, answer: &Value) -> String {
        let join = |items: &Value, field: &str| -> String {
            items
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|item| item[field].as_str())
                .collect()
        };
        match self {
            Self::Chat => answer["choices"][0]["message"]["content"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            Self::Responses => {
                let items = answer["output"].as_array().into_iter().flatten();
                items.map(|item| join(&item["content"], "text")).collect()
            }
            Self::Messages => join(&answer["content"], "text"),
            Self::Completions => join(&answer["choices"], "text"),
        }
    }

    /// What the model said in the deltas of a stream.
    pub(crate) fn streamed(self, events: &[Event]) -> String {
        let pointer = match self {
            Self::Chat => "/choices/0/delta/content",
            Self::Responses => "/delta",
            Self::Messages => "/delta/text",
            Self::Completions => "/choices/0/text",
        };
        let is_text = |event: &&Event| match self {
            Self::Responses => event.name.as_deref() == Some("response.output_text.delta"),
            _ => true,
        };
        let texts = events.iter().filter(is_text);
        texts
            .filter_map(|event| event.json().pointer(pointer)?.as_str().map(str::to_owned))
            .collect()
    }

    /// Whether the events end as a complete stream of this API does.
    pub(crate) fn is_complete(self, events: &[Event]) -> bool {
        let Some(last) = events.last() else { return false };
        match self {
            Self::Chat | Self::Completions => last.data == "[DONE]",
            Self::Responses => last.name.as_deref() == Some("response.completed"),
            Self::Messages => last.name.as_deref() == Some("message_stop"),
        }
    }
}

/// Asserts that an error has the shape and the status that callers of `path` expect, and gives its message.
pub(crate) fn error_of(answer: &Answered, path: &str, status: u16) -> String {
    assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.text());
    let body = answer.json();
    let error = &body["error"];
    if path.contains("/messages") || path.starts_with("/anthropic") {
        assert_eq!(body["type"], "error", "{body}");
    } else {
        let fields: Vec<&str> = ["message", "type", "param", "code"]
            .into_iter()
            .filter(|f| error.get(f).is_some())
            .collect();
        assert_eq!(fields, ["message", "type", "param", "code"], "{body}");
    }
    assert!(error["type"].is_string(), "{body}");
    error["message"].as_str().expect("a message").to_owned()
}
