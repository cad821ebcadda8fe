//! openai.responses: the same text as deltas, as `*.done`, in `content_part.done`, in `output_item.done` and in the
//! terminal event; every one of them is restored.
//!
//! Channels are told apart by `output_index`, the part's index and the event's kind, not by `item_id`: some servers
//! give every event a new one. A channel ends at its `*.done`, at the latest with its part, item or response.
//! `logprobs` are restored with the text that they repeat (`tokens`); `start_index` / `end_index` of annotations count in
//! the masked text.
//! Source: <https://platform.openai.com/docs/api-reference/responses-streaming>.

mod item;

use crate::answer::AnswerError;
use crate::response::error;
use crate::response::facts;
use crate::response::step::{Flush, MAX_TOOL_NAME, Place, Step, arguments, repeat_member};
use crate::response::value::Value;
use crate::restore::{ChannelKind, TextForm};

/// Items whose tools are remembered; more than any answer has at once.
const MAX_ITEMS: usize = 512;

/// A kind of text that is streamed as `NAME.delta` and repeated in `NAME.done`.
struct Streamed {
    name: &'static str,
    /// The member of `NAME.done` with the whole text.
    done: &'static str,
    /// What numbers the parts of one item.
    part: &'static str,
    role: Role,
}

enum Role {
    Is(ChannelKind),
    Arguments(TextForm),
}

const fn streamed(name: &'static str, done: &'static str, part: &'static str, role: Role) -> Streamed {
    Streamed {
        name,
        done,
        part,
        role,
    }
}

const TEXT: Role = Role::Is(ChannelKind::Text);
const REASONING: Role = Role::Is(ChannelKind::Reasoning);
const JSON: Role = Role::Arguments(TextForm::Json);
const FREE: Role = Role::Arguments(TextForm::PerhapsJson);

static STREAMED: [Streamed; 13] = [
    streamed("response.output_text", "text", "content_index", TEXT),
    streamed(
        "response.function_call_arguments",
        "arguments",
        "content_index",
        JSON,
    ),
    streamed(
        "response.reasoning_summary_text",
        "text",
        "summary_index",
        REASONING,
    ),
    streamed("response.reasoning_text", "text", "content_index", REASONING),
    streamed("response.custom_tool_call_input", "input", "content_index", FREE),
    streamed(
        "response.refusal",
        "refusal",
        "content_index",
        Role::Is(ChannelKind::Refusal),
    ),
    streamed("response.mcp_call_arguments", "arguments", "content_index", JSON),
    streamed("response.mcp_call.arguments", "arguments", "content_index", JSON),
    streamed(
        "response.code_interpreter_call_code",
        "code",
        "content_index",
        FREE,
    ),
    streamed("response.shell_call_command", "command", "command_index", FREE),
    streamed(
        "response.apply_patch_call_operation_diff",
        "diff",
        "content_index",
        FREE,
    ),
    streamed("response.audio.transcript", "transcript", "content_index", TEXT),
    streamed("response.audio_transcript", "transcript", "content_index", TEXT),
];

/// The tools of the items in work, by `output_index`.
#[derive(Default)]
pub(crate) struct Tools(Vec<(u64, String)>);

/// One streamed event.
pub(crate) fn event(root: Value<'_>, tools: &mut Tools, step: &mut Step<'_>) -> Result<(), AnswerError> {
    let number = root.get("sequence_number");
    if let Some(number) = number.and_then(|number| number.raw().parse().ok()) {
        step.session.sequence.numbered(number);
    }
    let kind = step.kind(root);
    match kind.rsplit_once('.') {
        Some((name, phase @ ("delta" | "done")))
            if let Some(of) = STREAMED.iter().find(|of| of.name == name) =>
        {
            streamed_event(root, of, phase, tools, step)?;
        }
        _ => other_event(root, &kind, tools, step),
    }
    if let Some(number) = number {
        step.renumber(number);
    }
    Ok(())
}

/// A whole answer: a response, what `/responses/compact` gives, or what is kept: a list of items, one of them, a
/// conversation.
pub(crate) fn body(response: Value<'_>, step: &mut Step<'_>) {
    facts::id(response, &mut step.session.facts);
    facts::conversation(response, &mut step.session.facts);
    facts::usage(response, &mut step.session.facts);
    step.session.can_resume |= response
        .get("background")
        .is_some_and(|value| value.raw() == "true");
    let is_item = response.get("object").is_none() && response.string("type").is_some();
    if is_item {
        return item::alone(response, step);
    }
    for items in ["output", "data"] {
        item::list(response.get(items), step);
    }
    // What the request said comes back: to the caller in the caller's words.
    if let Some(instructions) = response.get("instructions") {
        step.instructions(instructions);
        item::list(Some(instructions), step);
    }
    if let Some(metadata) = response.get("metadata") {
        step.whole_tree(&ChannelKind::Text, metadata);
    }
}

/// The member `response` of an event, with the error that it may have ended in.
fn response(root: Value<'_>, step: &mut Step<'_>) {
    if let Some(response) = root.get("response") {
        error::restore(response, step);
        body(response, step);
    }
}

fn streamed_event(
    root: Value<'_>,
    of: &Streamed,
    phase: &str,
    tools: &mut Tools,
    step: &mut Step<'_>,
) -> Result<(), AnswerError> {
    let output = output_index(root);
    let place = Place {
        outer: output,
        inner: root.unsigned(of.part).unwrap_or(0),
        field: of.name,
    };
    if phase == "done" {
        step.end(|open| *open == place);
        let kind = of.kind(root, tools);
        step.whole_member(&kind, root, of.done);
        if let Some(list) = item::tokens(root) {
            step.whole_tokens(&kind, list);
        }
        return Ok(());
    }
    let Some(delta) = root.string("delta") else {
        return Ok(());
    };
    let name = step.name;
    let make = || (of.kind(root, tools), flush(root, name));
    if let Some(list) = item::tokens(root) {
        step.tokens(place, list, false, make)?;
    }
    step.delta(place, delta, false, make)
}

fn other_event(root: Value<'_>, kind: &str, tools: &mut Tools, step: &mut Step<'_>) {
    let output = output_index(root);
    match kind {
        "response.content_part.added" | "response.reasoning_summary_part.added" => part(root, step),
        "response.content_part.done" => {
            ended(root, "content_index", output, step);
            part(root, step);
        }
        "response.reasoning_summary_part.done" => {
            ended(root, "summary_index", output, step);
            part(root, step);
        }
        "response.output_text.annotation.added" => {
            if let Some(annotation) = root.get("annotation") {
                step.whole_texts(&ChannelKind::Text, annotation);
            }
        }
        "response.output_item.added" => {
            tools.remember(root, output);
            item::list_member(root, step);
        }
        "response.output_item.done" => {
            step.end(|place| place.outer == output);
            tools.0.retain(|(index, _)| *index != output);
            item::list_member(root, step);
        }
        "response.completed" | "response.incomplete" | "response.failed" | "response.cancelled" => {
            step.end(|_| true);
            step.session.facts.terminal = true;
            response(root, step);
        }
        _ => response(root, step),
    }
}

/// The part at the event's index is complete, whichever channel it came on.
fn ended(root: Value<'_>, index: &str, output: u64, step: &mut Step<'_>) {
    let inner = root.unsigned(index).unwrap_or(0);
    let of_summary = index == "summary_index";
    step.end(|place| {
        place.outer == output
            && place.inner == inner
            && of_summary == (place.field == "response.reasoning_summary_text")
    });
}

fn part(root: Value<'_>, step: &mut Step<'_>) {
    if let Some(part) = root.get("part") {
        item::part(part, &ChannelKind::Text, step);
    }
}

/// `output_index`; servers that leave it out have one item at a time.
fn output_index(root: Value<'_>) -> u64 {
    root.unsigned("output_index").unwrap_or(u64::MAX)
}

/// The delta event `root` again, up to its text. Its number and padding are its own and stay out.
fn flush(root: Value<'_>, name: Option<&str>) -> Flush {
    let mut before = String::from("{");
    for (key, value) in root.members() {
        if !matches!(
            key.content(),
            "delta" | "logprobs" | "sequence_number" | "obfuscation"
        ) {
            repeat_member(key.content(), value.raw(), &mut before);
        }
    }
    before.push_str("\"delta\":");
    let has_tokens = root.get("logprobs").is_some();
    Flush {
        name: name.map(str::to_owned),
        before,
        after: if has_tokens { ",\"logprobs\":[]" } else { "" },
        around_tokens: Some((",\"logprobs\":", "")),
    }
}

impl Streamed {
    fn kind(&self, root: Value<'_>, tools: &Tools) -> ChannelKind {
        match &self.role {
            Role::Is(kind) => kind.clone(),
            Role::Arguments(form) => arguments(tools.find(output_index(root)), *form),
        }
    }
}

impl Tools {
    fn remember(&mut self, root: Value<'_>, output: u64) {
        let Some(item) = root.get("item") else { return };
        self.0.retain(|(index, _)| *index != output);
        let tool = item::tool(item);
        if self.0.len() < MAX_ITEMS && tool.len() <= MAX_TOOL_NAME {
            self.0.push((output, tool));
        }
    }

    /// Empty when the item was never announced: no rule about a named tool may match then.
    fn find(&self, output: u64) -> &str {
        let known = self.0.iter().find(|(index, _)| *index == output);
        known.map_or("", |(_, tool)| tool)
    }
}
