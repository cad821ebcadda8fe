//! The endpoints beside the conversations: embeddings, legacy completions, the list of models.

use data_encoding::BASE64;
use serde_json::{Value, json};

use super::answer::{Answer, Event, Exchange, Family, plain};

/// `POST /embeddings`: four numbers that depend on the text, as floats or base64 as asked.
pub(super) fn embeddings(exchange: &Exchange) -> Answer {
    let input = &exchange.request["input"];
    let texts = input.as_array().map_or_else(|| vec![input.clone()], Clone::clone);
    let encoded = exchange.request["encoding_format"] == "base64";
    let data: Vec<Value> = texts
        .iter()
        .enumerate()
        .map(|(index, text)| {
            let vector = vector(&text.to_string());
            let bytes: Vec<u8> = vector.iter().flat_map(|number| number.to_le_bytes()).collect();
            let embedding = if encoded {
                json!(BASE64.encode(&bytes))
            } else {
                json!(vector)
            };
            json!({"object": "embedding", "index": index, "embedding": embedding})
        })
        .collect();
    let tokens = exchange.tokens().0;
    Answer::Json(json!({"object": "list", "data": data, "model": exchange.model(),
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens}}))
}

fn vector(text: &str) -> [f32; 4] {
    let mut sums = [0_u16; 4];
    for (at, byte) in text.bytes().enumerate() {
        sums[at % 4] = sums[at % 4].wrapping_add(u16::from(byte));
    }
    sums.map(|sum| f32::from(sum) / 65536.0)
}

/// `POST /completions`, the legacy one.
pub(super) fn completions(exchange: &Exchange) -> Answer {
    let id = exchange.id("cmpl-", 29, 0);
    let chunk = |choices: Value| {
        json!({"id": id, "object": "text_completion", "created": exchange.created(), "model": exchange.model(),
            "choices": choices})
    };
    let choice = |index: usize, text: &str, finish: Value| json!({"text": text, "index": index, "logprobs": null, "finish_reason": finish});
    let texts: Vec<String> = exchange
        .choices
        .iter()
        .map(|parts| parts.iter().map(plain).collect())
        .collect();
    if exchange.request["stream"] != true {
        let choices = texts
            .iter()
            .enumerate()
            .map(|(index, text)| choice(index, text, json!("stop")));
        let mut whole = chunk(choices.collect());
        let (prompt, completion) = exchange.tokens();
        whole["usage"] = json!({"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion});
        return Answer::Json(whole);
    }
    let mut events = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let pieces = exchange.pieces(text).into_iter();
        events.extend(pieces.map(|piece| Event::data(&chunk(json!([choice(index, &piece, Value::Null)])))));
        events.push(Event::data(&chunk(json!([choice(index, "", json!("stop"))]))));
    }
    events.push(Event {
        name: None,
        data: "[DONE]".into(),
    });
    Answer::Events { events, terminal: 2 }
}

/// `GET /models`.
pub(super) fn models(exchange: &Exchange) -> Answer {
    Answer::Json(match exchange.family {
        Family::OpenAi => json!({"object": "list", "data": [
            {"id": "gpt-5.1", "object": "model", "created": 1_760_000_000, "owned_by": "openai"}]}),
        Family::Anthropic => json!({"data": [{"type": "model", "id": "claude-sonnet-5",
            "display_name": "Claude Sonnet 5", "created_at": "2025-09-29T00:00:00Z"}],
            "has_more": false, "first_id": "claude-sonnet-5", "last_id": "claude-sonnet-5"}),
    })
}
