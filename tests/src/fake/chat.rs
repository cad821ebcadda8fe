//! Chat completions as OpenAI writes them, JSON and SSE
//! (<https://platform.openai.com/docs/api-reference/chat>).

use serde_json::{Map, Value, json};

use super::{
    answer::{Answer, Event, Exchange, plain},
    logprobs,
    script::Part,
};

pub(super) fn answer(exchange: &Exchange) -> Answer {
    if exchange.request["stream"] == true {
        stream(exchange)
    } else {
        Answer::Json(whole(exchange))
    }
}

fn whole(exchange: &Exchange) -> Value {
    let choices: Vec<Value> = (0..exchange.choices.len())
        .map(|index| {
            let message = message(exchange, index);
            let tokens = tokens(exchange, &message, logprobs::tokens);
            json!({"index": index, "message": message, "logprobs": tokens,
                "finish_reason": finish(exchange, index)})
        })
        .collect();
    json!({"id": exchange.id("chatcmpl-", 29, 0), "object": "chat.completion", "created": exchange.created(),
        "model": exchange.model(), "choices": choices, "usage": usage(exchange), "service_tier": "default",
        "system_fingerprint": "fp_560af6e559"})
}

fn message(exchange: &Exchange, index: usize) -> Value {
    let mut fields = Map::from_iter([("role".to_owned(), json!("assistant"))]);
    let (mut content, mut refusal, mut reasoning) = (None, None, None);
    let mut calls = Vec::new();
    for part in &exchange.choices[index] {
        match part {
            Part::Text(text) | Part::Cited { text, .. } => add(&mut content, text),
            Part::Refusal(text) => add(&mut refusal, text),
            Part::Thinking { text, .. } => add(&mut reasoning, text),
            Part::RedactedThinking(_) => {}
            Part::Tool { name, .. } | Part::CustomTool { name, .. } => {
                let id = call_id(exchange, index, calls.len());
                calls.push(json!({"id": id, "type": "function",
                    "function": {"name": name, "arguments": arguments(part)}}));
            }
        }
    }
    fields.insert("content".into(), json!(content));
    fields.insert("refusal".into(), json!(refusal));
    fields.insert("annotations".into(), json!([]));
    if let Some(reasoning) = reasoning {
        fields.insert("reasoning_content".into(), json!(reasoning));
    }
    if !calls.is_empty() {
        fields.insert("tool_calls".into(), json!(calls));
    }
    Value::Object(fields)
}

/// The tokens of a message or delta, where they are wanted.
fn tokens(exchange: &Exchange, said: &Value, of: fn(&Exchange, &str) -> Vec<Value>) -> Value {
    if !logprobs::in_chat(exchange) {
        return Value::Null;
    }
    let list = |key: &str| {
        let text = said[key].as_str().filter(|text| !text.is_empty());
        text.map(|text| of(exchange, text))
    };
    match (list("content"), list("refusal")) {
        (None, None) => Value::Null,
        (content, refusal) => json!({"content": content, "refusal": refusal}),
    }
}

fn add(to: &mut Option<String>, text: &str) {
    to.get_or_insert_default().push_str(text);
}

fn call_id(exchange: &Exchange, choice: usize, call: usize) -> String {
    exchange.id("call_", 24, 100 * (choice as u64 + 1) + call as u64)
}

fn arguments(part: &Part) -> String {
    match part {
        Part::CustomTool { input, .. } => json!({ "input": input }).to_string(),
        other => plain(other).to_owned(),
    }
}

fn finish(exchange: &Exchange, index: usize) -> String {
    let calls = exchange.choices[index]
        .iter()
        .any(|p| matches!(p, Part::Tool { .. } | Part::CustomTool { .. }));
    let usual = if calls { "tool_calls" } else { "stop" };
    exchange.reply.finish.clone().unwrap_or_else(|| usual.into())
}

fn usage(exchange: &Exchange) -> Value {
    let (prompt, completion) = exchange.tokens();
    json!({"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0,
            "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0}})
}

fn stream(exchange: &Exchange) -> Answer {
    let with_usage = exchange.request["stream_options"]["include_usage"] == true;
    let chunk = |choices: Value, usage: Value| {
        let mut chunk = json!({"id": exchange.id("chatcmpl-", 29, 0), "object": "chat.completion.chunk",
            "created": exchange.created(), "model": exchange.model(), "service_tier": "default",
            "system_fingerprint": "fp_560af6e559", "choices": choices});
        if with_usage {
            chunk["usage"] = usage;
        }
        chunk["obfuscation"] = json!(exchange.id("", 7, 77));
        Event::data(&chunk)
    };
    let choice = |(index, delta, finish): (usize, Value, Option<String>)| {
        let tokens = tokens(exchange, &delta, logprobs::of_piece);
        chunk(
            json!([{"index": index, "delta": delta, "logprobs": tokens, "finish_reason": finish}]),
            Value::Null,
        )
    };
    let lanes = (0..exchange.choices.len()).map(|index| {
        let deltas = deltas(exchange, index)
            .into_iter()
            .map(|delta| (index, delta, None));
        let last = (index, json!({}), Some(finish(exchange, index)));
        deltas.chain([last]).collect()
    });
    let mut events: Vec<Event> = weave(lanes.collect()).into_iter().map(choice).collect();
    let mut terminal = exchange.choices.len() + 1;
    if with_usage {
        events.push(chunk(json!([]), usage(exchange)));
        terminal += 1;
    }
    events.push(Event {
        name: None,
        data: "[DONE]".into(),
    });
    Answer::Events { events, terminal }
}

/// The deltas of one choice.
fn deltas(exchange: &Exchange, index: usize) -> Vec<Value> {
    let mut out = vec![json!({"role": "assistant", "content": "", "refusal": null})];
    let mut calls = Vec::new();
    for part in &exchange.choices[index] {
        let field = match part {
            Part::Text(_) | Part::Cited { .. } => "content",
            Part::Refusal(_) => "refusal",
            Part::Thinking { .. } => "reasoning_content",
            Part::RedactedThinking(_) => continue,
            Part::Tool { name, .. } | Part::CustomTool { name, .. } => {
                let at = calls.len();
                let id = call_id(exchange, index, at);
                let first = json!({"tool_calls": [{"index": at, "id": id, "type": "function",
                    "function": {"name": name, "arguments": ""}}]});
                let rest = exchange
                    .pieces(&arguments(part))
                    .into_iter()
                    .map(|piece| json!({"tool_calls": [{"index": at, "function": {"arguments": piece}}]}));
                calls.push([first].into_iter().chain(rest).collect());
                continue;
            }
        };
        let pieces = exchange.pieces(plain(part)).into_iter();
        out.extend(pieces.map(|piece| Value::Object(Map::from_iter([(field.to_owned(), piece.into())]))));
    }
    out.extend(if exchange.reply.interleave {
        weave(calls)
    } else {
        calls.into_iter().flatten().collect()
    });
    out
}

/// One of each lane in turn, until all are empty.
fn weave<T>(lanes: Vec<Vec<T>>) -> Vec<T> {
    let mut lanes: Vec<_> = lanes.into_iter().map(Vec::into_iter).collect();
    let mut out = Vec::new();
    loop {
        let before = out.len();
        out.extend(lanes.iter_mut().filter_map(Iterator::next));
        if out.len() == before {
            return out;
        }
    }
}
