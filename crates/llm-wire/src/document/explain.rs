//! Adds one sentence to a request's instructions, behind the caller's own, so that cached prefixes stay whole.

mod to_user;

use std::borrow::Cow;

pub(super) use to_user::patches as patches_to_user;

use super::quoted;
use super::splice::Patch;
use crate::Surface;
use crate::json::{Kind, View, escape_into};

/// Between the caller's own instructions and the sentence.
pub(crate) const PARAGRAPH: &str = "\n\n";

/// The patches that add the sentence; none where the surface or this body has no place for it.
pub(super) fn patches(body: View<'_>, surface: Surface, sentence: &str) -> Vec<Patch> {
    if !body.is(0, Kind::Object) {
        return Vec::new();
    }
    let patch = match surface {
        Surface::OpenAiChat => chat(body, sentence),
        Surface::OpenAiResponses => responses(body, sentence),
        Surface::AnthropicMessages => messages(body, sentence),
        Surface::OpenAiEmbeddings | Surface::OpenAiCompletions => None,
    };
    patch.into_iter().collect()
}

/// A message of its own behind the leading system and developer messages, in the role of the last of them.
fn chat(body: View<'_>, sentence: &str) -> Option<Patch> {
    let list = body
        .member(0, "messages")
        .filter(|list| body.is(*list, Kind::Array))?;
    let is_leading = |message: &usize| role(body, *message).is_some();
    let leading: Vec<_> = body.elements(list).take_while(is_leading).collect();
    let role = leading
        .last()
        .and_then(|message| role(body, *message))
        .unwrap_or("system");
    let message = format!(r#"{{"role":"{role}","content":{}}}"#, quoted(sentence));
    Some(insert(body, list, leading.len(), &message))
}

/// Behind a string `instructions`. Where Codex sends its instructions as the first items of `input` instead, an
/// item behind those; else the field `instructions`, which stands before all input and is not carried over by
/// `previous_response_id`. A stored prompt brings instructions of its own, which that field would replace. A history
/// that a socket's turn repeats may hold the sentence already.
fn responses(body: View<'_>, sentence: &str) -> Option<Patch> {
    let instructions = body.member(0, "instructions");
    let told = |text: Option<Cow<'_, str>>| text.is_some_and(|text| text.ends_with(sentence));
    if told(instructions.and_then(|instructions| body.string(instructions))) {
        return None;
    }
    if let Some(patch) = instructions.and_then(|instructions| append(body, instructions, sentence)) {
        return Some(patch);
    }
    let input = body
        .member(0, "input")
        .filter(|input| body.is(*input, Kind::Array));
    let leading = input.map_or(0, |input| {
        body.elements(input)
            .take_while(|item| is_leading(body, *item))
            .count()
    });
    let items = input.into_iter().flat_map(|input| body.elements(input));
    if items
        .take(leading)
        .any(|item| body.raw(item).contains(&quoted(sentence)))
    {
        return None;
    }
    let stored_prompt = body
        .member(0, "prompt")
        .is_some_and(|prompt| body.is(prompt, Kind::Object));
    if leading > 0 || stored_prompt {
        let content = format!(r#"[{{"type":"input_text","text":{}}}]"#, quoted(sentence));
        let item = format!(r#"{{"type":"message","role":"developer","content":{content}}}"#);
        return input.map(|input| insert(body, input, leading, &item));
    }
    set(body, "instructions", instructions, sentence)
}

fn is_leading(body: View<'_>, item: usize) -> bool {
    match body.member_string(item, "type").as_deref() {
        None | Some("message") => role(body, item).is_some(),
        Some(kind) => kind == "additional_tools",
    }
}

/// A text block behind the caller's system blocks, or the end of a string `system`.
fn messages(body: View<'_>, sentence: &str) -> Option<Patch> {
    let system = body.member(0, "system");
    match system.map(|system| (system, body.tape.node(system).kind)) {
        Some((system, Kind::Array)) => {
            let block = format!(r#"{{"type":"text","text":{}}}"#, quoted(sentence));
            Some(insert(body, system, body.elements(system).count(), &block))
        }
        Some((system, Kind::String { .. })) if !body.raw(system).is_empty() => append(body, system, sentence),
        _ => set(body, "system", system, sentence),
    }
}

/// The role of a system or developer message.
fn role(body: View<'_>, message: usize) -> Option<&'static str> {
    match body.member_string(message, "role").as_deref() {
        Some("system") => Some("system"),
        Some("developer") => Some("developer"),
        _ => None,
    }
}

/// A paragraph at the end of a string that is not empty.
fn append(body: View<'_>, string: usize, sentence: &str) -> Option<Patch> {
    let node = body.tape.node(string);
    if !matches!(node.kind, Kind::String { .. }) || node.range().is_empty() {
        return None;
    }
    let mut text = String::new();
    escape_into(PARAGRAPH, &mut text);
    escape_into(sentence, &mut text);
    let end = node.range().end;
    Some(Patch {
        range: end..end,
        text,
    })
}

/// The value of a field that is absent, `null` or an empty string; any other value is left alone.
fn set(body: View<'_>, name: &str, value: Option<usize>, sentence: &str) -> Option<Patch> {
    let Some(value) = value else {
        let end = body.tape.node(0).range().end - 1;
        let comma = if body.members(0).next().is_some() { "," } else { "" };
        return Some(Patch {
            range: end..end,
            text: format!(r#"{comma}"{name}":{}"#, quoted(sentence)),
        });
    };
    let free = body.raw(value) == "null" || body.string(value).is_some_and(|text| text.is_empty());
    free.then(|| Patch {
        range: body.tape.node(value).outer_range(),
        text: quoted(sentence),
    })
}

/// A new element of an array, before the element that now has its index.
fn insert(body: View<'_>, array: usize, index: usize, element: &str) -> Patch {
    let range = |element: usize| body.tape.node(element).outer_range();
    let (at, text) = if let Some(next) = body.elements(array).nth(index) {
        (range(next).start, format!("{element},"))
    } else if let Some(last) = body.elements(array).last() {
        (range(last).end, format!(",{element}"))
    } else {
        (range(array).end - 1, element.to_owned())
    };
    Patch { range: at..at, text }
}
