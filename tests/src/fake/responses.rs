//! The Responses API as OpenAI writes it, JSON and SSE
//! (<https://platform.openai.com/docs/api-reference/responses-streaming>).

use serde_json::{Value, json};

use super::{
    answer::{Answer, Event, Exchange, plain},
    kept, logprobs,
    script::Part,
};

pub(super) fn answer(exchange: &Exchange) -> Answer {
    if exchange.request["stream"] == true {
        stream(exchange)
    } else {
        let items = items(exchange).iter().map(|item| item.done(exchange)).collect();
        let done = response(exchange, "completed", items);
        let is_background = exchange.request["background"] == true;
        Answer::Json(if is_background {
            kept::at(&done, "queued")
        } else {
            done
        })
    }
}

/// `POST /responses/compact`: the user's messages as they came, and one sealed item.
pub(super) fn compact(exchange: &Exchange) -> Answer {
    let sent = exchange.request["input"].as_array().cloned().unwrap_or_default();
    let mut output: Vec<Value> = sent.into_iter().filter(|item| item["role"] == "user").collect();
    output.push(json!({"id": exchange.id("cmp_", 48, 3), "type": "compaction",
        "encrypted_content": exchange.id("gAAAAAB", 121, 4)}));
    Answer::Json(
        json!({"id": exchange.id("resp_", 48, 0), "object": "response.compaction",
        "created_at": exchange.created(), "output": output, "usage": usage(exchange)}),
    )
}

/// `POST /responses/input_tokens`.
pub(super) fn input_tokens(exchange: &Exchange) -> Answer {
    Answer::Json(json!({"object": "response.input_tokens", "input_tokens": exchange.tokens().0}))
}

/// An output item: a message of one or more content parts, a reasoning summary, a call.
struct Item<'a> {
    at: usize,
    parts: Vec<&'a Part>,
}

fn items(exchange: &Exchange) -> Vec<Item<'_>> {
    let is_content = |part: &Part| matches!(part, Part::Text(_) | Part::Cited { .. } | Part::Refusal(_));
    let mut items: Vec<Item<'_>> = Vec::new();
    for part in exchange
        .choices
        .iter()
        .flatten()
        .filter(|part| !matches!(part, Part::RedactedThinking(_)))
    {
        match items.last_mut() {
            Some(last) if is_content(part) && last.parts.iter().all(|p| is_content(p)) => {
                last.parts.push(part);
            }
            _ => items.push(Item {
                at: items.len(),
                parts: vec![part],
            }),
        }
    }
    items
}

impl Item<'_> {
    fn id(&self, exchange: &Exchange) -> String {
        let prefix = match self.parts[0] {
            Part::Thinking { .. } => "rs_",
            Part::Tool { .. } => "fc_",
            Part::CustomTool { .. } => "ctc_",
            _ => "msg_",
        };
        exchange.id(prefix, 48, 10 + self.at as u64)
    }

    fn json(&self, exchange: &Exchange, status: &str, done: bool) -> Value {
        let id = self.id(exchange);
        let call_id = exchange.id("call_", 24, 1000 + self.at as u64);
        let shown = |text: &str| if done { text.to_owned() } else { String::new() };
        match self.parts[0] {
            Part::Thinking { text, signature } => {
                let summary = json!([{"type": "summary_text", "text": text}]);
                json!({"id": id, "type": "reasoning", "encrypted_content": signature,
                    "summary": if done { summary } else { json!([]) }})
            }
            Part::Tool { name, arguments } => json!({"id": id, "type": "function_call", "status": status,
                "arguments": shown(arguments), "call_id": call_id, "name": name}),
            Part::CustomTool { name, input } => {
                json!({"id": id, "type": "custom_tool_call", "status": status,
                "call_id": call_id, "input": shown(input), "name": name})
            }
            _ => {
                let parts = self.parts.iter();
                let content: Vec<Value> = parts.map(|part| content(exchange, part, plain(part))).collect();
                json!({"id": id, "type": "message", "status": status,
                    "content": if done { json!(content) } else { json!([]) }, "role": "assistant"})
            }
        }
    }

    fn done(&self, exchange: &Exchange) -> Value {
        self.json(exchange, "completed", true)
    }
}

fn content(exchange: &Exchange, part: &Part, text: &str) -> Value {
    match part {
        Part::Refusal(_) => json!({"type": "refusal", "refusal": text}),
        _ => {
            json!({"type": "output_text", "annotations": [], "logprobs": tokens(exchange, text), "text": text})
        }
    }
}

/// The tokens of a text, where they are wanted.
fn tokens(exchange: &Exchange, text: &str) -> Vec<Value> {
    if logprobs::in_responses(exchange) {
        logprobs::tokens(exchange, text)
    } else {
        Vec::new()
    }
}

fn usage(exchange: &Exchange) -> Value {
    let (input, output) = exchange.tokens();
    json!({"input_tokens": input, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": output,
        "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": input + output})
}

/// The conversation that a request names, as answers do.
fn conversation(asked: &Value) -> Value {
    match &asked["conversation"] {
        Value::String(id) => json!({ "id": id }),
        other => other.clone(),
    }
}

/// The response object; it repeats what the request set, as the provider does.
fn response(exchange: &Exchange, status: &str, output: Vec<Value>) -> Value {
    let asked = &exchange.request;
    let or = |key: &str, usual: Value| {
        if asked[key].is_null() {
            usual
        } else {
            asked[key].clone()
        }
    };
    let finished = status == "completed";
    let told = json!({"id": exchange.id("resp_", 48, 0), "object": "response", "created_at": exchange.created(),
        "status": status, "background": asked["background"] == true, "completed_at": finished.then(|| exchange.created() + 1),
        "error": null, "incomplete_details": null, "instructions": asked["instructions"],
        "max_output_tokens": asked["max_output_tokens"], "max_tool_calls": null, "model": exchange.model(),
        "output": output, "parallel_tool_calls": or("parallel_tool_calls", json!(true)),
        "previous_response_id": asked["previous_response_id"], "prompt_cache_key": asked["prompt_cache_key"],
        "reasoning": {"effort": null, "summary": null}, "safety_identifier": null, "service_tier": "default",
        "store": or("store", json!(true)), "temperature": or("temperature", json!(1.0)),
        "text": or("text", json!({"format": {"type": "text"}, "verbosity": "medium"})),
        "tool_choice": or("tool_choice", json!("auto")), "tools": or("tools", json!([])), "top_logprobs": 0,
        "top_p": 1.0, "truncation": "disabled", "usage": if finished { usage(exchange) } else { Value::Null },
        "user": asked["user"], "metadata": or("metadata", json!({}))});
    let conversation = conversation(asked);
    if conversation.is_null() {
        return told;
    }
    with(&told, json!({ "conversation": conversation }))
}

/// What a frame with `generate: false` gets: an id, and nothing said or billed.
pub(super) fn prewarm(exchange: &Exchange) -> Answer {
    let mut completed = response(exchange, "completed", vec![]);
    completed["usage"] = json!({"input_tokens": 0, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": 0,
        "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 0});
    let created = response(exchange, "in_progress", vec![]);
    let events = [
        json!({"type": "response.created", "response": created, "sequence_number": 0}),
        json!({"type": "response.completed", "response": completed, "sequence_number": 1}),
    ];
    Answer::Events {
        events: events.iter().map(Event::typed).collect(),
        terminal: 1,
    }
}

pub(super) fn stream(exchange: &Exchange) -> Answer {
    let mut data = vec![
        json!({"type": "response.created", "response": response(exchange, "in_progress", vec![])}),
        json!({"type": "response.in_progress", "response": response(exchange, "in_progress", vec![])}),
    ];
    let items = items(exchange);
    for item in &items {
        data.push(
            json!({"type": "response.output_item.added", "output_index": item.at,
            "item": item.json(exchange, "in_progress", false)}),
        );
        item_events(exchange, item, &mut data);
        data.push(json!({"type": "response.output_item.done", "output_index": item.at, "item": item.done(exchange)}));
    }
    let output: Vec<Value> = items.iter().map(|item| item.done(exchange)).collect();
    data.push(ending(exchange, output));
    for (number, event) in data.iter_mut().enumerate() {
        event["sequence_number"] = json!(number);
    }
    Answer::Events {
        events: data.iter().map(Event::typed).collect(),
        terminal: 1,
    }
}

/// `response.completed`, or the failure that the script asks for.
fn ending(exchange: &Exchange, output: Vec<Value>) -> Value {
    match (&exchange.reply.finish, &exchange.reply.fault) {
        (Some(finish), Some(fault)) if finish == "failed" => {
            let mut failed = response(exchange, "failed", vec![]);
            let message = exchange.prompt.fill(&fault.message, 0, str::to_owned);
            failed["error"] = json!({"code": fault.code, "message": message});
            json!({"type": "response.failed", "response": failed})
        }
        (Some(reason), _) => {
            let mut incomplete = response(exchange, "incomplete", output);
            incomplete["incomplete_details"] = json!({ "reason": reason });
            json!({"type": "response.incomplete", "response": incomplete})
        }
        _ => json!({"type": "response.completed", "response": response(exchange, "completed", output)}),
    }
}

fn item_events(exchange: &Exchange, item: &Item<'_>, data: &mut Vec<Value>) {
    let at = json!({"item_id": item.id(exchange), "output_index": item.at});
    match item.parts[0] {
        Part::Thinking { text, .. } => {
            let at = with(&at, json!({"summary_index": 0}));
            let part = |text: &str| json!({"part": {"type": "summary_text", "text": text}});
            data.push(event("response.reasoning_summary_part.added", &at, part("")));
            deltas(exchange, "response.reasoning_summary_text", &at, text, data);
            data.push(event(
                "response.reasoning_summary_text.done",
                &at,
                json!({ "text": text }),
            ));
            data.push(event("response.reasoning_summary_part.done", &at, part(text)));
        }
        Part::Tool { arguments, name } => {
            deltas(exchange, "response.function_call_arguments", &at, arguments, data);
            let done = json!({"arguments": arguments, "name": name});
            data.push(event("response.function_call_arguments.done", &at, done));
        }
        Part::CustomTool { input, .. } => {
            deltas(exchange, "response.custom_tool_call_input", &at, input, data);
            data.push(event(
                "response.custom_tool_call_input.done",
                &at,
                json!({ "input": input }),
            ));
        }
        _ => {
            for (index, part) in item.parts.iter().enumerate() {
                let at = with(&at, json!({ "content_index": index }));
                content_events(exchange, part, &at, data);
            }
        }
    }
}

fn content_events(exchange: &Exchange, part: &Part, at: &Value, data: &mut Vec<Value>) {
    let text = plain(part);
    data.push(event(
        "response.content_part.added",
        at,
        json!({"part": content(exchange, part, "")}),
    ));
    if matches!(part, Part::Refusal(_)) {
        deltas(exchange, "response.refusal", at, text, data);
        data.push(event("response.refusal.done", at, json!({ "refusal": text })));
    } else {
        let at = with(at, json!({"logprobs": []}));
        deltas(exchange, "response.output_text", &at, text, data);
        let done = json!({"text": text, "logprobs": tokens(exchange, text)});
        data.push(event("response.output_text.done", &at, done));
    }
    data.push(event(
        "response.content_part.done",
        at,
        json!({"part": content(exchange, part, text)}),
    ));
}

fn deltas(exchange: &Exchange, stem: &str, at: &Value, text: &str, data: &mut Vec<Value>) {
    for piece in exchange.pieces(text) {
        let obfuscation = exchange.id("", 9, data.len() as u64);
        let mut delta = event(
            &format!("{stem}.delta"),
            at,
            json!({"delta": piece, "obfuscation": obfuscation}),
        );
        if delta["logprobs"].is_array() && logprobs::in_responses(exchange) {
            delta["logprobs"] = json!(logprobs::of_piece(exchange, &piece));
        }
        data.push(delta);
    }
}

fn event(kind: &str, at: &Value, more: Value) -> Value {
    with(&with(&json!({ "type": kind }), at.clone()), more)
}

/// The fields of both objects.
fn with(first: &Value, second: Value) -> Value {
    let mut both = first.clone();
    if let (Value::Object(both), Value::Object(second)) = (&mut both, second) {
        both.extend(second);
    }
    both
}

/// The in-band error event that comes as number `number`.
pub(super) fn error_event(exchange: &Exchange, number: usize) -> Event {
    let fault = exchange.reply.fault.clone().unwrap_or_default();
    let message = exchange.prompt.fill(&fault.message, 0, str::to_owned);
    Event::typed(
        &json!({"type": "error", "code": fault.code.as_deref().unwrap_or("server_error"),
        "message": message, "param": null, "sequence_number": number}),
    )
}
