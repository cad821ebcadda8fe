//! What the gateway would make of a text or a request, shown to the person who asks; nothing leaves and nothing is recorded.

use std::sync::Arc;

use bytes::Bytes;
use llm_wire::Surface;
use masking::{Action, EntityType};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::config::{AuditSink, Auth, Config};
use crate::error::GatewayError;
use crate::gateway::Gateway;
pub use crate::turn::Fate;
use crate::turn::{Found, Previewed, preview};

/// Where a text stands in the request that is made of it.
const TEXT_PATH: &str = "messages[].content";

/// Masks for show: a gateway that sends nothing.
pub struct Preview {
    gateway: Arc<Gateway>,
    runtime: Runtime,
}

/// The masked form of an input, and what was found in it.
pub struct Shown {
    /// What the provider would get. Of a refused request the input with a placeholder for every value that may not leave.
    pub masked: String,
    /// Everything detected, in order.
    pub rows: Vec<ShownRow>,
    /// Where the request goes.
    pub fate: Fate,
    /// What the caller is told where it is refused.
    pub refusal: Option<String>,
}

/// One detection.
pub struct ShownRow {
    /// `line:column` of a text, the path of a request; of JSON in a text the path in it.
    pub place: String,
    /// What was found.
    pub entity: EntityType,
    /// What the policy does with it.
    pub action: Action,
    /// How sure the detector is, in percent.
    pub score: u8,
    /// Who found it.
    pub detector: String,
    /// What stands for it in the masked form.
    pub placeholder: Option<String>,
}

impl Preview {
    /// Loads detectors, keys and policy, as a start does.
    ///
    /// # Errors
    /// When a rule file, a key or an upstream cannot be used.
    pub fn new(config: &Config) -> anyhow::Result<Self> {
        let mut config = config.clone();
        // Whoever asks is at this machine; nothing of it is written anywhere.
        config.server.auth = Auth::Passthrough;
        config.audit.sink = AuditSink::Off;
        config.telemetry.otlp_endpoint = None;
        config.turn_state.url = None;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (gateway, _) = {
            let _inside = runtime.enter();
            Gateway::new(&config)?
        };
        Ok(Self {
            gateway: Arc::new(gateway),
            runtime,
        })
    }

    /// Shows what becomes of a request to this API with `body`.
    ///
    /// # Errors
    /// When the gateway could not read it; the caller would be told the same.
    pub fn request(&self, surface: Surface, body: &str) -> anyhow::Result<Shown> {
        let (previewed, error) = self.preview(surface, body.trim().to_owned())?;
        let rows = previewed.found.iter().map(|found| row(found, found.path.clone()));
        Ok(Shown {
            rows: rows.collect(),
            masked: String::from_utf8(previewed.body.into())?,
            fate: previewed.fate,
            refusal: error.map(|error| error.to_string()),
        })
    }

    /// Shows what becomes of a text that a user writes.
    ///
    /// # Errors
    /// When the gateway could not read it; the caller would be told the same.
    pub fn text(&self, text: &str) -> anyhow::Result<Shown> {
        let body = json!({"messages": [{"role": "user", "content": text}]});
        let (previewed, error) = self.preview(Surface::OpenAiChat, body.to_string())?;
        let mut cursor = Cursor::new(text);
        let rows = previewed.found.iter().map(|found| {
            let inside = found.path.strip_prefix(TEXT_PATH).unwrap_or(&found.path);
            let place = if inside.is_empty() {
                cursor.go_to(found.inspected.detection.span.start)
            } else {
                inside.trim_start_matches('.').to_owned()
            };
            row(found, place)
        });
        let rows = rows.collect();
        let body: Value = serde_json::from_slice(&previewed.body)?;
        // The explanation of placeholders stands before it.
        let last = body["messages"].as_array().and_then(|messages| messages.last());
        let masked = last.and_then(|message| message["content"].as_str());
        Ok(Shown {
            rows,
            masked: masked.unwrap_or_default().to_owned(),
            fate: previewed.fate,
            refusal: error.map(|error| error.to_string()),
        })
    }

    fn preview(
        &self,
        surface: Surface,
        body: String,
    ) -> Result<(Previewed, Option<GatewayError>), GatewayError> {
        let steps = preview(&self.gateway, path(surface), Bytes::from(body));
        self.runtime.block_on(steps)
    }
}

/// Where callers send such requests.
const fn path(surface: Surface) -> &'static str {
    match surface {
        Surface::OpenAiChat => "/v1/chat/completions",
        Surface::OpenAiResponses => "/v1/responses",
        Surface::AnthropicMessages => "/v1/messages",
        Surface::OpenAiEmbeddings => "/v1/embeddings",
        Surface::OpenAiCompletions => "/v1/completions",
    }
}

fn row(found: &Found, place: String) -> ShownRow {
    let detection = &found.inspected.detection;
    ShownRow {
        place,
        entity: detection.entity.clone(),
        action: found.inspected.action,
        score: detection.score.percent(),
        detector: detection.detector.to_string(),
        placeholder: found.placeholder.clone(),
    }
}

/// A place in a text that is gone through once.
struct Cursor<'a> {
    text: &'a str,
    at: usize,
    /// Both from 1; columns in characters.
    line: usize,
    column: usize,
}

impl<'a> Cursor<'a> {
    const fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            line: 1,
            column: 1,
        }
    }

    /// Goes on to the byte at `to` and writes `line:column`.
    fn go_to(&mut self, to: usize) -> String {
        for char in self.text[self.at..to].chars() {
            if char == '\n' {
                (self.line, self.column) = (self.line + 1, 1);
            } else {
                self.column += 1;
            }
        }
        self.at = to;
        format!("{}:{}", self.line, self.column)
    }
}

#[cfg(test)]
mod tests;
