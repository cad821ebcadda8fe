//! Events that the gateway itself says to a caller. Every error has a numeric status: Codex ignores one without.

use serde_json::{Map, Value, json};

use super::Text;
use crate::error::Failure;
use crate::turn_state::TurnKey;

/// The header, event member and metadata entry that name a chain.
pub(crate) const TURN_STATE: &str = "x-codex-turn-state";

/// An error of the gateway's own.
pub(crate) fn error(failure: &Failure) -> Text {
    let mut headers = Map::new();
    for (name, value) in &failure.headers() {
        headers.insert(name.to_string(), value.to_str().unwrap_or_default().into());
    }
    refusal(
        failure.error.status().as_u16(),
        failure.body()["error"].take(),
        headers,
    )
}

/// An error with what it brings along.
pub(crate) fn refusal(status: u16, error: Value, headers: Map<String, Value>) -> Text {
    let event = json!({"type": "error", "status": status, "error": error, "headers": headers});
    event.to_string().into()
}

/// The caller has cancelled its turn.
pub(crate) fn cancelled() -> Text {
    let response = json!({"object": "response", "status": "cancelled", "output": []});
    json!({"type": "response.cancelled", "response": response})
        .to_string()
        .into()
}

/// The upstream broke off.
pub(crate) fn failed(response_id: Option<&str>, code: &str, message: &str) -> Text {
    let response = json!({
        "id": response_id, "object": "response", "status": "failed", "output": [],
        "error": {"code": code, "message": message}
    });
    json!({"type": "response.failed", "response": response})
        .to_string()
        .into()
}

/// The key by which the caller finds its chain again, where Codex looks for it.
pub(crate) fn metadata(key: &TurnKey) -> Text {
    json!({"type": "response.metadata", "headers": {TURN_STATE: key.as_str()}})
        .to_string()
        .into()
}

/// The answer to a prewarming: a response in which nothing was generated.
pub(crate) fn prewarmed(id: &str, model: &Value, created_at: u64) -> [Text; 2] {
    let response = |status: &str| {
        json!({
            "id": id, "object": "response", "created_at": created_at, "status": status, "model": model,
            "output": [], "error": null, "incomplete_details": null, "parallel_tool_calls": true,
            "tool_choice": "auto", "tools": [],
            "usage": {
                "input_tokens": 0, "input_tokens_details": {"cached_tokens": 0},
                "output_tokens": 0, "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 0
            }
        })
    };
    let event = |number: u64, kind: &str, status: &str| {
        json!({"type": kind, "sequence_number": number, "response": response(status)})
            .to_string()
            .into()
    };
    [
        event(0, "response.created", "in_progress"),
        event(1, "response.completed", "completed"),
    ]
}
