//! openai.chat: choices with a `delta` or a `message`, and the legacy completions whose choices hold bare `text`.
//!
//! Held back for each (choice, field, tool call). Reasoning ends where the answer or a tool call begins, everything
//! else where the choice finishes. `logprobs` repeat the text in tokens and are restored with it (`tokens`), except those of
//! the legacy completions.
//! Source: <https://platform.openai.com/docs/api-reference/chat-streaming>; `reasoning_content` and `reasoning` are
//! what DeepSeek, Z.ai and Groq add.

use crate::answer::AnswerError;
use crate::response::facts;
use crate::response::step::{Flush, Place, Step, arguments, repeat_member};
use crate::response::value::Value;
use crate::restore::{ChannelKind, TextForm};

const CONTENT: &str = "content";
const REFUSAL: &str = "refusal";
const REASONING: [&str; 2] = ["reasoning_content", "reasoning"];
/// Fields whose text `logprobs` repeat.
const REPEATED: [&str; 4] = [CONTENT, REFUSAL, REASONING[0], REASONING[1]];
const TRANSCRIPT: &str = "transcript";
const FUNCTION_CALL: &str = "function_call";
const FUNCTION: &str = "function";
const CUSTOM: &str = "custom";
const TEXT: &str = "text";

/// Choices looked after one by one; more than any API gives.
const MAX_CHOICES: usize = 512;

/// Which choices of a stream have begun, and whether they have finished.
#[derive(Default)]
pub(crate) struct Choices(Vec<(u64, bool)>);

/// One text of a `delta` or `message`.
struct Leaf<'a> {
    field: &'static str,
    /// The tool call's index.
    inner: u64,
    /// The object with the tool's name, for tool calls.
    tool: Option<Value<'a>>,
    /// `None` when a tool call brings no arguments yet.
    value: Option<Value<'a>>,
}

type Visit<'v, 'a> = &'v mut dyn FnMut(Leaf<'a>) -> Result<(), AnswerError>;

/// One streamed chunk.
pub(crate) fn event(root: Value<'_>, choices: &mut Choices, step: &mut Step<'_>) -> Result<(), AnswerError> {
    note(root, step);
    let Some(list) = root.get("choices") else {
        return Ok(());
    };
    for choice in list.elements() {
        let index = choice.unsigned("index").unwrap_or(0);
        let finished = choice
            .string("finish_reason")
            .is_some_and(|reason| !reason.content().is_empty());
        tokens(root, choice, index, finished, step)?;
        if let Some(delta) = choice.get("delta") {
            stream(root, delta, index, finished, step)?;
        }
        if let Some(message) = choice.get("message") {
            whole(message, step)?;
        }
        if let Some(value) = choice.string(TEXT) {
            let leaf = Leaf {
                field: TEXT,
                inner: 0,
                tool: None,
                value: Some(value),
            };
            piece(root, &leaf, index, finished, step)?;
        }
        if finished {
            step.end(|place| place.outer == index);
        }
        choices.saw(index, finished);
    }
    step.session.facts.terminal |= choices.finished();
    Ok(())
}

/// A whole answer.
pub(crate) fn body(root: Value<'_>, step: &mut Step<'_>) -> Result<(), AnswerError> {
    note(root, step);
    let Some(list) = root.get("choices") else {
        return Ok(());
    };
    for choice in list.elements() {
        step.whole_member(&ChannelKind::Text, choice, TEXT);
        for (field, list) in token_lists(choice) {
            step.whole_tokens(&kind(field), list);
        }
        if let Some(message) = choice.get("message") {
            whole(message, step)?;
        }
    }
    Ok(())
}

/// The tokens of a chunk's texts.
fn tokens(
    root: Value<'_>,
    choice: Value<'_>,
    index: u64,
    finished: bool,
    step: &mut Step<'_>,
) -> Result<(), AnswerError> {
    let answering = choice.get("delta").is_some_and(answers);
    for (field, list) in token_lists(choice) {
        let ends = finished || (answering && REASONING.contains(&field));
        let place = Place {
            outer: index,
            inner: 0,
            field,
        };
        let name = step.name;
        step.tokens(place, list, ends, || (kind(field), flush(root, place, name)))?;
    }
    Ok(())
}

/// The lists of tokens in a choice, each with the field whose text it repeats.
fn token_lists(choice: Value<'_>) -> impl Iterator<Item = (&'static str, Value<'_>)> {
    let lists = choice.get("logprobs").into_iter();
    lists
        .flat_map(|lists| REPEATED.map(|field| (field, lists.get(field))))
        .filter_map(|(field, list)| Some((field, list.filter(|list| list.is_array())?)))
}

/// What the text of a field is.
fn kind(field: &'static str) -> ChannelKind {
    match field {
        REFUSAL => ChannelKind::Refusal,
        field if REASONING.contains(&field) => ChannelKind::Reasoning,
        _ => ChannelKind::Text,
    }
}

fn note(root: Value<'_>, step: &mut Step<'_>) {
    if step.session.facts.response_id.is_none() {
        facts::id(root, &mut step.session.facts);
    }
    facts::usage(root, &mut step.session.facts);
}

fn whole(message: Value<'_>, step: &mut Step<'_>) -> Result<(), AnswerError> {
    leaves(message, &mut |leaf| {
        if let Some(value) = leaf.value {
            step.whole(&leaf.kind(), value);
        }
        Ok(())
    })
}

fn stream(
    root: Value<'_>,
    delta: Value<'_>,
    index: u64,
    finished: bool,
    step: &mut Step<'_>,
) -> Result<(), AnswerError> {
    let answering = answers(delta);
    leaves(delta, &mut |leaf| {
        let ends = finished || (answering && REASONING.contains(&leaf.field));
        piece(root, &leaf, index, ends, step)
    })?;
    if answering {
        step.end(|place| place.outer == index && REASONING.contains(&place.field));
    }
    Ok(())
}

fn piece(
    root: Value<'_>,
    leaf: &Leaf<'_>,
    index: u64,
    ends: bool,
    step: &mut Step<'_>,
) -> Result<(), AnswerError> {
    let place = Place {
        outer: index,
        inner: leaf.inner,
        field: leaf.field,
    };
    let name = step.name;
    let make = || (leaf.kind(), flush(root, place, name));
    if leaf.named() {
        // The name comes once, often before any arguments: the channel keeps it.
        step.open(place, make)?;
    }
    match leaf.value {
        Some(value) => step.delta(place, value, ends, make),
        None => Ok(()),
    }
}

/// Whether the delta holds some of the answer itself, so that the reasoning is over.
fn answers(delta: Value<'_>) -> bool {
    let said = |key| delta.string(key).is_some_and(|text| !text.content().is_empty());
    // Some servers send an empty list with every chunk.
    let called = |key| delta.get(key).is_some_and(|calls| !calls.is_empty());
    said(CONTENT) || said(REFUSAL) || called("tool_calls") || called(FUNCTION_CALL)
}

/// Every text of a `delta` or a `message`; reasoning first, as the model wrote it.
fn leaves<'a>(message: Value<'a>, visit: Visit<'_, 'a>) -> Result<(), AnswerError> {
    let text = |field, value| Leaf {
        field,
        inner: 0,
        tool: None,
        value: Some(value),
    };
    for field in REASONING.into_iter().chain([CONTENT, REFUSAL]) {
        if let Some(value) = message.string(field) {
            visit(text(field, value))?;
        }
    }
    let parts = message.get(CONTENT).into_iter().flat_map(Value::elements);
    for value in parts.filter_map(|part| part.string(TEXT)) {
        visit(text(CONTENT, value))?;
    }
    if let Some(value) = message.get("audio").and_then(|audio| audio.string(TRANSCRIPT)) {
        visit(text(TRANSCRIPT, value))?;
    }
    if let Some(call) = message.get(FUNCTION_CALL) {
        visit(Leaf {
            field: FUNCTION_CALL,
            inner: 0,
            tool: Some(call),
            value: call.string("arguments"),
        })?;
    }
    let calls = message.get("tool_calls").into_iter().flat_map(Value::elements);
    for (position, call) in calls.enumerate() {
        let inner = call.unsigned("index").unwrap_or(position as u64);
        for (field, argument) in [(FUNCTION, "arguments"), (CUSTOM, "input")] {
            if let Some(tool) = call.get(field) {
                visit(Leaf {
                    field,
                    inner,
                    tool: Some(tool),
                    value: tool.string(argument),
                })?;
            }
        }
    }
    Ok(())
}

impl Leaf<'_> {
    fn named(&self) -> bool {
        let name = self.tool.and_then(|tool| tool.string("name"));
        name.is_some_and(|name| !name.content().is_empty())
    }

    fn kind(&self) -> ChannelKind {
        let Some(tool) = self.tool else {
            return kind(self.field);
        };
        let form = if self.field == CUSTOM {
            TextForm::PerhapsJson
        } else {
            TextForm::Json
        };
        arguments(&tool.said("name").unwrap_or_default(), form)
    }
}

/// A chunk as the upstream would have sent it, with only this field.
fn flush(root: Value<'_>, place: Place, name: Option<&str>) -> Flush {
    let Place { outer, inner, field } = place;
    let (open, after) = match field {
        TEXT => (r#""text":"#.to_owned(), r#","finish_reason":null}]"#),
        TRANSCRIPT => (
            r#""delta":{"audio":{"transcript":"#.into(),
            r#"}},"finish_reason":null}]"#,
        ),
        FUNCTION_CALL => (
            r#""delta":{"function_call":{"arguments":"#.into(),
            r#"}},"finish_reason":null}]"#,
        ),
        FUNCTION | CUSTOM => {
            let argument = if field == FUNCTION { "arguments" } else { "input" };
            let call = format!(r#""delta":{{"tool_calls":[{{"index":{inner},"{field}":{{"{argument}":"#);
            (call, r#"}}]},"finish_reason":null}]"#)
        }
        _ => (format!(r#""delta":{{"{field}":"#), r#"},"finish_reason":null}]"#),
    };
    let mut before = String::from("{");
    for key in [
        "id",
        "object",
        "created",
        "model",
        "system_fingerprint",
        "service_tier",
    ] {
        if let Some(value) = root.get(key) {
            repeat_member(key, value.raw(), &mut before);
        }
    }
    before.push_str(&format!(r#""choices":[{{"index":{outer},{open}"#));
    let around_tokens = match field {
        CONTENT => Some(r#"},"logprobs":{"refusal":null,"content":"#),
        REFUSAL => Some(r#"},"logprobs":{"content":null,"refusal":"#),
        "reasoning_content" => Some(r#"},"logprobs":{"content":null,"reasoning_content":"#),
        "reasoning" => Some(r#"},"logprobs":{"content":null,"reasoning":"#),
        _ => None,
    };
    Flush {
        name: name.map(str::to_owned),
        before,
        after,
        around_tokens: around_tokens.map(|open| (open, r#"},"finish_reason":null}]"#)),
    }
}

impl Choices {
    fn saw(&mut self, index: u64, finished: bool) {
        if let Some((_, state)) = self.0.iter_mut().find(|(seen, _)| *seen == index) {
            *state |= finished;
        } else if self.0.len() < MAX_CHOICES {
            self.0.push((index, finished));
        }
    }

    fn finished(&self) -> bool {
        !self.0.is_empty() && self.0.iter().all(|(_, finished)| *finished)
    }
}
