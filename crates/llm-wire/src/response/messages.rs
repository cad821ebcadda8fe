//! anthropic.messages: content blocks, streamed by index between `content_block_start` and `content_block_stop`.
//!
//! `thinking` goes back upstream with a signature over its exact text, and a stream tells only afterwards whether it
//! has one: `thinking_delta` and `signature_delta` are never touched. A whole `thinking` block is restored only
//! without a signature. A `compaction` summary is restored, because the request that brings it back masks it again;
//! with `encrypted_content` beside it, it is sealed.
//! Source: <https://docs.anthropic.com/en/api/messages-streaming>.

use crate::answer::AnswerError;
use crate::response::facts;
use crate::response::step::{Flush, Place, Step, arguments};
use crate::response::value::Value;
use crate::restore::{ChannelKind, TextForm};

/// Which of the request's `stop_sequences` ended the answer.
const STOP_SEQUENCE: &str = "stop_sequence";
const TEXT: &str = "text";
const INPUT: &str = "partial_json";

/// One streamed event.
pub(crate) fn event(root: Value<'_>, step: &mut Step<'_>) -> Result<(), AnswerError> {
    let index = root.unsigned("index").unwrap_or(0);
    let kind = step.kind(root);
    let member = match &*kind {
        "content_block_delta" => root.get("delta"),
        "content_block_start" => root.get("content_block"),
        "message_start" => root.get("message"),
        _ => None,
    };
    match (&*kind, member) {
        ("content_block_delta", Some(delta)) => block_delta(delta, index, step)?,
        ("content_block_start", Some(block)) => block_start(block, index, step)?,
        ("content_block_stop", _) => step.end(|place| place.outer == index),
        ("message_start", Some(message)) => body(message, step),
        ("message_delta", _) => {
            facts::usage(root, &mut step.session.facts);
            if let Some(delta) = root.get("delta") {
                step.whole_member(&ChannelKind::Text, delta, STOP_SEQUENCE);
            }
        }
        ("message_stop", _) => {
            step.end(|_| true);
            step.session.facts.terminal = true;
        }
        _ => {}
    }
    Ok(())
}

/// A whole message.
pub(crate) fn body(root: Value<'_>, step: &mut Step<'_>) {
    facts::id(root, &mut step.session.facts);
    facts::usage(root, &mut step.session.facts);
    step.whole_member(&ChannelKind::Text, root, STOP_SEQUENCE);
    for block in root.get("content").into_iter().flat_map(Value::elements) {
        whole_block(block, step);
    }
}

fn block_start(block: Value<'_>, index: u64, step: &mut Step<'_>) -> Result<(), AnswerError> {
    if let Some(kind) = block_arguments(block, TextForm::Json) {
        let place = Place {
            outer: index,
            inner: 0,
            field: INPUT,
        };
        let name = step.name;
        step.open(place, || (kind, flush(place, name)))?;
        whole_block(block, step);
        return Ok(());
    }
    match block.string(TEXT) {
        // The first piece of what the deltas go on with.
        Some(text) => piece(text, index, TEXT, step),
        None => {
            whole_block(block, step);
            Ok(())
        }
    }
}

fn block_delta(delta: Value<'_>, index: u64, step: &mut Step<'_>) -> Result<(), AnswerError> {
    match delta.said("type").as_deref() {
        Some("text_delta") => delta
            .string(TEXT)
            .map_or(Ok(()), |text| piece(text, index, TEXT, step)),
        Some("input_json_delta") => delta
            .string(INPUT)
            .map_or(Ok(()), |json| piece(json, index, INPUT, step)),
        Some("citations_delta") => {
            step.whole_texts(&ChannelKind::Text, delta);
            Ok(())
        }
        Some("compaction_delta") => {
            compaction(delta, step);
            Ok(())
        }
        _ => Ok(()),
    }
}

fn piece(value: Value<'_>, index: u64, field: &'static str, step: &mut Step<'_>) -> Result<(), AnswerError> {
    let place = Place {
        outer: index,
        inner: 0,
        field,
    };
    let name = step.name;
    step.delta(place, value, false, || {
        let kind = match field {
            // No block was announced: the tool is unknown.
            INPUT => arguments("", TextForm::Json),
            _ => ChannelKind::Text,
        };
        (kind, flush(place, name))
    })
}

fn whole_block(block: Value<'_>, step: &mut Step<'_>) {
    if let Some(kind) = block_arguments(block, TextForm::PerhapsJson) {
        if let Some(input) = block.get("input") {
            step.whole_tree(&kind, input);
        }
        return;
    }
    match block.said("type").as_deref() {
        Some("thinking") => {
            let signed = block
                .string("signature")
                .is_some_and(|signature| !signature.content().is_empty());
            if !signed {
                step.whole_member(&ChannelKind::Reasoning, block, "thinking");
            }
        }
        Some("redacted_thinking") => {}
        Some("compaction") => compaction(block, step),
        // Text with its citations, and what hosted tools answered.
        _ => {
            step.whole_member(&ChannelKind::Text, block, TEXT);
            for key in ["citations", "content"] {
                if let Some(value) = block.get(key) {
                    step.whole_texts(&ChannelKind::Text, value);
                }
            }
        }
    }
}

fn compaction(block: Value<'_>, step: &mut Step<'_>) {
    if block.string("encrypted_content").is_none() {
        step.whole_member(&ChannelKind::Text, block, "content");
    }
}

/// The kind of a tool call's input, for `tool_use`, `server_tool_use` and `mcp_tool_use`.
fn block_arguments(block: Value<'_>, form: TextForm) -> Option<ChannelKind> {
    let kind = block.said("type")?;
    let name = block.said("name").unwrap_or_default();
    if !kind.ends_with("tool_use") {
        return None;
    }
    Some(match block.said("server_name") {
        Some(server) => arguments(&format!("{server}.{name}"), form),
        None => arguments(&name, form),
    })
}

fn flush(place: Place, name: Option<&str>) -> Flush {
    let Place { outer, field, .. } = place;
    let kind = if field == INPUT {
        "input_json_delta"
    } else {
        "text_delta"
    };
    Flush {
        name: name.map(|_| "content_block_delta".to_owned()),
        before: format!(
            r#"{{"type":"content_block_delta","index":{outer},"delta":{{"type":"{kind}","{field}":"#
        ),
        after: "}",
        around_tokens: None,
    }
}
