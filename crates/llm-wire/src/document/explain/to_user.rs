//! The sentence in the first message of a user, for models that take no instructions.

use super::{PARAGRAPH, insert};
use crate::Surface;
use crate::document::quoted;
use crate::document::splice::Patch;
use crate::json::{Kind, View, escape_into};

/// The patches that put the sentence there; none where no user says anything, or where it stands there already: a history
/// that a socket's turn repeats holds it.
pub(in crate::document) fn patches(body: View<'_>, surface: Surface, sentence: &str) -> Vec<Patch> {
    patch(body, surface, sentence).into_iter().collect()
}

fn patch(body: View<'_>, surface: Surface, sentence: &str) -> Option<Patch> {
    let (list, text_type) = match surface {
        Surface::OpenAiChat | Surface::AnthropicMessages => ("messages", "text"),
        Surface::OpenAiResponses => ("input", "input_text"),
        Surface::OpenAiEmbeddings | Surface::OpenAiCompletions => return None,
    };
    let list = body.member(0, list)?;
    let is_text = |node: usize| matches!(body.tape.node(node).kind, Kind::String { .. });
    let content = if surface == Surface::OpenAiResponses && is_text(list) {
        list
    } else {
        let is_users = |message: &usize| body.member_string(*message, "role").as_deref() == Some("user");
        let message = body.elements(list).find(is_users)?;
        body.member(message, "content")?
    };
    let said = quoted(sentence);
    if body.raw(content).contains(said.trim_matches('"')) {
        return None;
    }
    match body.tape.node(content).kind {
        Kind::String { .. } => Some(before(body, content, sentence)),
        Kind::Array => {
            let block = format!(r#"{{"type":"{text_type}","text":{}}}"#, quoted(sentence));
            Some(insert(body, content, first_free(body, content), &block))
        }
        _ => None,
    }
}

/// Paragraphs at the start of a string: what follows may be a text to work on, and the sentence is none of it.
fn before(body: View<'_>, string: usize, sentence: &str) -> Patch {
    let mut text = String::new();
    escape_into(sentence, &mut text);
    escape_into(PARAGRAPH, &mut text);
    let start = body.tape.node(string).range().start;
    Patch {
        range: start..start,
        text,
    }
}

/// Behind the last block with a cache marker, so that everything up to it stays as it is, and behind results of tools,
/// which have to come first.
fn first_free(body: View<'_>, content: usize) -> usize {
    let blocks = body.elements(content).enumerate();
    let bound = blocks.filter(|(_, block)| {
        let is_result = body.member_string(*block, "type").as_deref() == Some("tool_result");
        is_result || is_marked(body, *block)
    });
    bound.last().map_or(0, |(index, _)| index + 1)
}

/// Whether a block, or one inside it, carries a cache marker.
fn is_marked(body: View<'_>, block: usize) -> bool {
    let marker = body.member(block, "cache_control");
    let inside = body.member(block, "content");
    marker.is_some_and(|marker| body.raw(marker) != "null")
        || inside
            .into_iter()
            .flat_map(|content| body.elements(content))
            .any(|block| is_marked(body, block))
}
