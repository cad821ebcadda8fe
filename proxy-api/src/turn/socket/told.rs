//! What an upstream says beside its answer, in the form that callers of a socket understand.

use http::{HeaderMap, HeaderName, StatusCode};
use serde_json::{Map, Value, json};

use crate::upstream::headers::reaches_caller;
use crate::ws::Text;
use crate::ws::event::{self, TURN_STATE};

/// An upstream's refusal over HTTP as an error event; `body` is restored JSON.
pub(super) fn refusal(status: StatusCode, headers: &HeaderMap, body: &Value) -> Text {
    let mut told = Map::new();
    for (name, value) in headers.iter().filter(|(name, _)| reaches_caller(name)) {
        if let Ok(value) = value.to_str() {
            told.insert(name.as_str().to_owned(), value.into());
        }
    }
    told.remove("content-type");
    told.remove(TURN_STATE);
    // Some compatible servers give a list of one.
    let body = if body.is_array() { &body[0] } else { body };
    let texts = [&body["error"], &body["detail"], &body["message"]];
    let error = match &body["error"] {
        error @ Value::Object(_) => in_one_form(error),
        _ => in_one_form(&json!({"message": texts.into_iter().find_map(Value::as_str)})),
    };
    event::refusal(status.as_u16(), error, told)
}

/// An upstream's error event with a numeric status and in one form: `{"error": {..}}` or flat, as in a stream.
pub(super) fn normalised(event: &str) -> (StatusCode, Text) {
    let root: Value = serde_json::from_str(event).unwrap_or_default();
    let number = |name: &str| root[name].as_u64().and_then(|number| u16::try_from(number).ok());
    let status = number("status")
        .or_else(|| number("status_code"))
        .and_then(|number| StatusCode::from_u16(number).ok())
        .filter(|status| status.is_client_error() || status.is_server_error())
        .unwrap_or_else(|| status_of(&root));
    let error = match &root["error"] {
        error @ Value::Object(_) => in_one_form(error),
        _ => in_one_form(&json!({"code": root["code"], "message": root["message"], "param": root["param"]})),
    };
    let mut headers = root["headers"].as_object().cloned().unwrap_or_default();
    headers.retain(|name, _| HeaderName::try_from(name).is_ok_and(|name| reaches_caller(&name)));
    headers.remove(TURN_STATE);
    (status, event::refusal(status.as_u16(), error, headers))
}

/// An error whose `type`, `code` and `message` are texts: Codex overlooks one whose code is a number, and waits.
fn in_one_form(error: &Value) -> Value {
    let mut error = error.clone();
    for (name, usual) in [
        ("type", json!("upstream_error")),
        ("code", Value::Null),
        ("message", json!("The upstream refused the request.")),
    ] {
        error[name] = match &error[name] {
            Value::String(text) => json!(text),
            Value::Number(number) => json!(number.to_string()),
            _ => usual,
        };
    }
    error
}

/// The status that providers answer an error of this code or type with.
fn status_of(root: &Value) -> StatusCode {
    let error = if root["error"].is_object() {
        &root["error"]
    } else {
        root
    };
    let words = [error["code"].as_str(), error["type"].as_str()];
    let is = |word: &str| words.iter().flatten().any(|said| said.contains(word));
    if is("rate_limit") || is("insufficient_quota") {
        StatusCode::TOO_MANY_REQUESTS
    } else if is("invalid") || is("not_found") || is("context_length") {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::INTERNAL_SERVER_ERROR
    }
}

/// An event that only its SSE name names.
pub(super) fn with_type(name: &str, event: &str) -> Text {
    let members = event.trim_start().strip_prefix('{').unwrap_or_default();
    let comma = if members.trim_start().starts_with('}') {
        ""
    } else {
        ","
    };
    format!("{{\"type\":{}{comma}{members}", Value::from(name)).into()
}

/// The provider's own key of a chain stays here: the caller knows the gateway's.
pub(super) fn without_turn_state(json: &str) -> Option<String> {
    let mut root: Value = serde_json::from_str(json).ok()?;
    let headers = root.get_mut("headers")?.as_object_mut()?;
    let before = headers.len();
    headers.retain(|name, _| !name.eq_ignore_ascii_case(TURN_STATE));
    (headers.len() < before).then(|| root.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_event_has_a_numeric_status() {
        for (event, status, code) in [
            (
                r#"{"type":"error","status":400,"error":{"code":7,"message":null}}"#,
                400,
                "7",
            ),
            (r#"{"type":"error","status":429,"error":{"code":"a"}}"#, 429, "a"),
            (
                r#"{"type":"error","status_code":400,"error":{"code":"b"}}"#,
                400,
                "b",
            ),
            (
                r#"{"type":"error","status":"429","error":{"code":"c"}}"#,
                500,
                "c",
            ),
            (r#"{"type":"error","status":200,"error":{"code":"d"}}"#, 500, "d"),
            (
                r#"{"type":"error","code":"rate_limit_exceeded","message":"m"}"#,
                429,
                "rate_limit_exceeded",
            ),
            (
                r#"{"type":"error","error":{"type":"invalid_request_error","code":"e"}}"#,
                400,
                "e",
            ),
        ] {
            let (got, text) = normalised(event);
            let value: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(
                (got.as_u16(), &value["status"]),
                (status, &json!(status)),
                "{event}"
            );
            assert_eq!(value["error"]["code"], code, "{event}");
        }
    }

    #[test]
    fn headers_of_an_error_pass_by_the_list() {
        let event = r#"{"type":"error","status":429,"error":{},"headers":
            {"retry-after":"3","set-cookie":"a=b","x-codex-turn-state":"theirs"}}"#;
        let value: Value = serde_json::from_str(&normalised(event).1).unwrap();
        assert_eq!(value["headers"], json!({"retry-after": "3"}));
    }

    #[test]
    fn the_providers_key_stays_here() {
        let event =
            r#"{"type":"response.metadata","headers":{"X-Codex-Turn-State":"theirs","openai-model":"m"}}"#;
        let text = without_turn_state(event).unwrap();
        assert!(
            !text.contains("theirs") && text.contains("openai-model"),
            "{text}"
        );
        assert_eq!(
            without_turn_state(r#"{"type":"response.metadata","headers":{}}"#),
            None
        );
    }
}
