//! The Messages API as Anthropic writes it, JSON and SSE
//! (<https://docs.anthropic.com/en/docs/build-with-claude/streaming>).

use serde_json::{Value, json};

use super::{
    answer::{Answer, Event, Exchange},
    script::Part,
};

pub(super) fn answer(exchange: &Exchange) -> Answer {
    if exchange.request["stream"] == true {
        stream(exchange)
    } else {
        Answer::Json(whole(exchange))
    }
}

/// `POST /messages/count_tokens`.
pub(super) fn count_tokens(exchange: &Exchange) -> Answer {
    Answer::Json(json!({"input_tokens": exchange.tokens().0}))
}

fn whole(exchange: &Exchange) -> Value {
    let content: Vec<Value> = parts(exchange)
        .map(|(at, part)| block(exchange, at, part, true))
        .collect();
    let mut message = message(exchange, content, exchange.tokens().1);
    message["stop_reason"] = json!(stop_reason(exchange));
    message
}

fn parts(exchange: &Exchange) -> impl Iterator<Item = (usize, &Part)> {
    exchange.choices.iter().flatten().enumerate()
}

fn message(exchange: &Exchange, content: Vec<Value>, output: usize) -> Value {
    json!({"id": exchange.id("msg_01", 22, 0), "type": "message", "role": "assistant", "model": exchange.model(),
        "content": content, "stop_reason": null, "stop_sequence": null,
        "usage": {"input_tokens": exchange.tokens().0, "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
            "output_tokens": output, "service_tier": "standard"}})
}

fn stop_reason(exchange: &Exchange) -> String {
    let calls = parts(exchange).any(|(_, part)| matches!(part, Part::Tool { .. } | Part::CustomTool { .. }));
    let usual = if calls { "tool_use" } else { "end_turn" };
    exchange.reply.finish.clone().unwrap_or_else(|| usual.into())
}

/// A content block, whole or as a stream opens it.
fn block(exchange: &Exchange, at: usize, part: &Part, whole: bool) -> Value {
    let shown = |text: &str| if whole { text.to_owned() } else { String::new() };
    match part {
        Part::Text(text) | Part::Refusal(text) => json!({"type": "text", "text": shown(text)}),
        Part::Cited { text, quote } => {
            let citations = if whole {
                json!([citation(quote)])
            } else {
                json!([])
            };
            json!({"type": "text", "text": shown(text), "citations": citations})
        }
        Part::Thinking { text, signature } => {
            json!({"type": "thinking", "thinking": shown(text), "signature": shown(signature)})
        }
        Part::RedactedThinking(data) => json!({"type": "redacted_thinking", "data": data}),
        Part::Tool { name, .. } | Part::CustomTool { name, .. } => {
            let input = if whole {
                serde_json::from_str(&arguments(part)).unwrap_or_default()
            } else {
                json!({})
            };
            json!({"type": "tool_use", "id": exchange.id("toolu_01", 22, 20 + at as u64), "name": name,
                "input": input})
        }
    }
}

fn citation(quote: &str) -> Value {
    json!({"type": "char_location", "cited_text": quote, "document_index": 0, "document_title": null,
        "start_char_index": 0, "end_char_index": quote.chars().count()})
}

fn arguments(part: &Part) -> String {
    match part {
        Part::CustomTool { input, .. } => json!({ "input": input }).to_string(),
        Part::Tool { arguments, .. } => arguments.clone(),
        _ => String::new(),
    }
}

fn stream(exchange: &Exchange) -> Answer {
    let mut data = vec![json!({"type": "message_start", "message": message(exchange, vec![], 1)})];
    for (at, part) in parts(exchange) {
        data.push(json!({"type": "content_block_start", "index": at,
            "content_block": block(exchange, at, part, false)}));
        if at == 0 {
            data.push(json!({"type": "ping"}));
        }
        let deltas = deltas(exchange, part).into_iter();
        data.extend(deltas.map(|delta| json!({"type": "content_block_delta", "index": at, "delta": delta})));
        data.push(json!({"type": "content_block_stop", "index": at}));
    }
    data.push(json!({"type": "message_delta",
        "delta": {"stop_reason": stop_reason(exchange), "stop_sequence": null},
        "usage": {"output_tokens": exchange.tokens().1}}));
    data.push(json!({"type": "message_stop"}));
    Answer::Events {
        events: data.iter().map(Event::typed).collect(),
        terminal: 2,
    }
}

fn deltas(exchange: &Exchange, part: &Part) -> Vec<Value> {
    let pieces = |text: &str, kind: &str, field: &str| -> Vec<Value> {
        let piece = |piece: String| {
            let mut delta = json!({ "type": kind });
            delta[field] = json!(piece);
            delta
        };
        exchange.pieces(text).into_iter().map(piece).collect()
    };
    match part {
        Part::Text(text) | Part::Refusal(text) => pieces(text, "text_delta", "text"),
        Part::Cited { text, quote } => {
            let mut deltas = vec![json!({"type": "citations_delta", "citation": citation(quote)})];
            deltas.extend(pieces(text, "text_delta", "text"));
            deltas
        }
        Part::Thinking { text, signature } => {
            let mut deltas = pieces(text, "thinking_delta", "thinking");
            deltas.push(json!({"type": "signature_delta", "signature": signature}));
            deltas
        }
        Part::RedactedThinking(_) => vec![],
        Part::Tool { .. } | Part::CustomTool { .. } => {
            let mut deltas = vec![json!({"type": "input_json_delta", "partial_json": ""})];
            deltas.extend(pieces(&arguments(part), "input_json_delta", "partial_json"));
            deltas
        }
    }
}
