//! A frame of the Responses WebSocket mode and the events that answer it
//! (<https://platform.openai.com/docs/guides/websocket-mode>).

use serde_json::{Value, json};

use super::{
    answer::{Answer, Event, Exchange, shortened},
    head::provider_headers,
    memory, responses,
    script::Reply,
};
use crate::caller;

/// The request in a frame.
///
/// # Errors
/// With the reply for a frame that holds none.
pub(super) fn request(frame: &str) -> Result<Value, Box<Reply>> {
    let invalid = |param: &str, message: &str| Err(Box::new(Reply::invalid("invalid_value", param, message)));
    match serde_json::from_str::<Value>(frame) {
        Ok(request) if request["type"] == "response.create" => Ok(request),
        Ok(request) if request.is_object() => invalid("type", "Only response.create is supported."),
        _ => invalid("", "The frame is not a JSON object."),
    }
}

/// The reply for a frame that comes while another is answered.
pub(super) fn concurrent() -> Reply {
    let message = "This connection is answering another response.create.";
    Reply::invalid("concurrent_response", "type", message)
}

/// The frames that answer a request, an error event among them.
pub(super) fn answer(exchange: &Exchange) -> Vec<String> {
    let reply = &exchange.reply;
    if let Some(raw) = &reply.raw {
        let filled = exchange.prompt.fill(raw, 0, str::to_owned);
        let events: Vec<String> = caller::events(&filled)
            .into_iter()
            .map(|event| event.data)
            .filter(|data| data != "[DONE]")
            .collect();
        return if events.is_empty() { vec![filled] } else { events };
    }
    if let Some(status) = reply.status.filter(|status| *status >= 400) {
        return vec![error_event(exchange, status).data];
    }
    let answer = if memory::is_prewarm(&exchange.request) {
        responses::prewarm(exchange)
    } else {
        responses::stream(exchange)
    };
    let Answer::Events { events, terminal } = answer else {
        return Vec::new();
    };
    let events = shortened(exchange, events, terminal, |_| error_event(exchange, 500));
    events.into_iter().map(|event| event.data).collect()
}

/// An error as a frame: what an answer over HTTP has as its status and headers stands in it.
fn error_event(exchange: &Exchange, status: u16) -> Event {
    let fault = exchange.reply.fault.clone().unwrap_or_default();
    let mut headers = json!({});
    for (name, value) in &provider_headers(exchange, "application/json") {
        if ["x-request-id", "retry-after"].contains(&name.as_str()) || name.starts_with("x-ratelimit-") {
            headers[name] = json!(value);
        }
    }
    let error = &exchange.error(&fault, status)["error"];
    Event::typed(&json!({"type": "error", "status": status, "error": error, "headers": headers}))
}
