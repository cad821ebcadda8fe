//! Puts a text in the place of content that nobody could look at.

use std::fmt::Write as _;
use std::ops::Range;

use super::splice::Patch;
use crate::json::View;
use crate::payload;

/// Content blocks that a text may replace. A tool's call or result may not: another block names it.
const REPLACEABLE: [&str; 11] = [
    "image",
    "document",
    "image_url",
    "input_audio",
    "file",
    "input_image",
    "input_file",
    "video_url",
    "input_video",
    "audio_url",
    "document_url",
];

/// Whether a text may stand for the block.
pub(super) fn is_replaceable(body: View<'_>, block: usize) -> bool {
    let mut kinds = body
        .members(block)
        .filter(|(key, _)| body.string(*key).as_deref() == Some("type"))
        .map(|(_, value)| body.string(value));
    let kind = kinds.next().flatten();
    kinds.next().is_none() && kind.is_some_and(|kind| REPLACEABLE.contains(&kind.as_ref()))
}

/// The whole block.
pub(super) fn range(body: View<'_>, block: usize) -> Range<usize> {
    body.tape.node(block).outer_range()
}

/// Patches that make the block a text of this type, and leave its `cache_control` where it is.
pub(super) fn patches(body: View<'_>, block: usize, text_type: &str, content: &str) -> Vec<Patch> {
    let Range { start, end } = range(body, block);
    let (name, size) = payload::describe(content);
    let mut text = format!(r#"{{"type":"{text_type}","text":""#);
    let _ = write!(
        text,
        "[Withheld by the privacy gateway: {name}, {size} bytes. It was not sent.]\""
    );
    let kept = body
        .members(block)
        .filter(|(key, _)| body.string(*key).as_deref() == Some("cache_control"))
        .last();
    let Some((key, value)) = kept else {
        text.push('}');
        return vec![Patch {
            range: start..end,
            text,
        }];
    };
    text.push(',');
    vec![
        Patch {
            range: start..body.tape.node(key).outer_range().start,
            text,
        },
        Patch {
            range: body.tape.node(value).outer_range().end..end,
            text: "}".to_owned(),
        },
    ]
}
