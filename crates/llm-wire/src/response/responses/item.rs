//! Output items as wholes, read by the members that they share rather than by type: a new kind of item is restored
//! where it is like the known ones.

use crate::response::step::{Step, arguments};
use crate::response::value::Value;
use crate::restore::{ChannelKind, TextForm};

/// Every item of `output`, or of whatever else lists items.
pub(super) fn list(items: Option<Value<'_>>, step: &mut Step<'_>) {
    for item in items.into_iter().flat_map(Value::elements) {
        whole(item, step);
    }
}

/// The member `item` of an event.
pub(super) fn list_member(root: Value<'_>, step: &mut Step<'_>) {
    if let Some(item) = root.get("item") {
        whole(item, step);
    }
}

/// An item that is the whole body; its `error` is restored as that of a body.
pub(super) fn alone(item: Value<'_>, step: &mut Step<'_>) {
    members(item, &["error"], step);
}

/// The tokens of an event's or part's text.
pub(super) fn tokens(object: Value<'_>) -> Option<Value<'_>> {
    object.get("logprobs").filter(|list| list.is_array())
}

/// A content part (`text`, `refusal` or `transcript`) with its annotations. `kind` is that of plain text in it.
pub(super) fn part(part: Value<'_>, kind: &ChannelKind, step: &mut Step<'_>) {
    let reasoning = matches!(
        part.said("type").as_deref(),
        Some("summary_text" | "reasoning_text")
    );
    let kind = if reasoning { &ChannelKind::Reasoning } else { kind };
    step.whole_member(kind, part, "text");
    step.whole_member(kind, part, "transcript");
    step.whole_member(kind, part, "filename");
    if let Some(list) = tokens(part) {
        step.whole_tokens(kind, list);
    }
    step.whole_member(&ChannelKind::Refusal, part, "refusal");
    if let Some(annotations) = part.get("annotations") {
        step.whole_texts(&ChannelKind::Text, annotations);
    }
}

/// The name that rules about tools go by: `namespace.name` or `server_label.name` where there is one, else the
/// name, else the item's type without its `_call` (`web_search`, `local_shell`).
pub(super) fn tool(item: Value<'_>) -> String {
    let Some(name) = item.said("name") else {
        let kind = item.said("type").unwrap_or_default();
        return kind.strip_suffix("_call").unwrap_or(&kind).to_owned();
    };
    match item.said("namespace").or_else(|| item.said("server_label")) {
        Some(space) => format!("{space}.{name}"),
        None => name.into_owned(),
    }
}

fn whole(item: Value<'_>, step: &mut Step<'_>) {
    members(item, &[], step);
}

fn members(item: Value<'_>, but: &[&str], step: &mut Step<'_>) {
    let reasoning = item.string("type").is_some_and(|kind| kind.is("reasoning"));
    let kind = if reasoning {
        ChannelKind::Reasoning
    } else {
        ChannelKind::Text
    };
    for (key, value) in item.members() {
        match key.content() {
            key if but.contains(&key) => {}
            "content" | "summary" if value.is_array() => {
                for each in value.elements() {
                    part(each, &kind, step);
                }
            }
            "content" | "revised_prompt" if value.is_string() => step.whole(&kind, value),
            "output" | "outputs" | "results" => step.whole_texts(&ChannelKind::Text, value),
            "error" => step.whole_texts(&ChannelKind::Error, value),
            "arguments" if value.is_string() => {
                step.whole(&arguments(&tool(item), TextForm::Json), value);
            }
            "arguments" | "input" | "code" | "action" | "actions" | "operation" | "queries" => {
                step.whole_tree(&arguments(&tool(item), TextForm::PerhapsJson), value);
            }
            _ => {}
        }
    }
}
