//! Reads the fields of a segment.

use super::table::{Format, Position};
use super::{Holds, value};
use crate::ByteSpan;
use crate::detectors::text::{char_before, line_after, word_start};

/// Longest segment, and most of its fields.
const LONGEST: usize = 2048;
const MOST: usize = 64;

/// Reports what stands at the positions of the segment that the tag at `at` opens.
pub(super) fn read(
    text: &str,
    at: ByteSpan,
    format: &Format,
    positions: &[Position],
    push: &mut impl FnMut(Holds, ByteSpan),
) {
    let tag = &text[at.start..at.end - format.field.len_utf8()];
    if tag.bytes().any(|b| b.is_ascii_lowercase()) || !opens(text, at.start) {
        return;
    }
    let rest = line_after(text, at.start, LONGEST);
    let line = rest.split('\r').next().unwrap_or_default();
    // Strings in JSON and in programs.
    let line = line.split("\\r").next().unwrap_or_default();
    let line = line.split("\\n").next().unwrap_or_default();
    let segment = match format.end {
        Some(end) => match line.split_once(end) {
            Some((segment, _)) => segment,
            // Short tags are variables that are multiplied or added.
            None if tag.len() < 3 || format.field == '+' && tag != "NAD" && tag != "CTA" => return,
            None => line,
        },
        None => line,
    };
    let whole = ByteSpan::new(at.start, at.start + segment.len());
    let fields: Vec<ByteSpan> = parts(text, whole, format.field).take(MOST).collect();
    for position in positions {
        let Some(field) = fields.get(position.field) else {
            continue;
        };
        let is_meant = position.when.is_none_or(|(nth, is)| {
            let given = fields.get(nth).map(|field| first(text, *field, format.component));
            given.is_some_and(|given| is.contains(&given))
        });
        if !is_meant {
            continue;
        }
        let last = fields.get(position.to).or(fields.last()).unwrap_or(field);
        let value = ByteSpan::new(field.start, last.end);
        let repetitions: Vec<ByteSpan> = match format.repetition {
            Some(separator) => parts(text, value, separator).collect(),
            None => vec![value],
        };
        for repeated in repetitions {
            let separator = if position.to > position.field {
                format.field
            } else {
                format.component
            };
            let components: Vec<ByteSpan> = parts(text, repeated, separator)
                .skip(position.component)
                .collect();
            value::report(text, &components, position.holds, push);
        }
    }
}

/// Whether a segment may start at `at`: its tag is no part of a word, though `\r` may stand before it as letters.
fn opens(text: &str, at: usize) -> bool {
    let before = &text.as_bytes()[..at];
    word_start(text, at) && !matches!(char_before(text, at), Some('.' | '-' | '+' | '*' | '|' | '('))
        || before.ends_with(b"\\r")
        || before.ends_with(b"\\n")
}

fn first(text: &str, field: ByteSpan, separator: char) -> &str {
    text[field.range()].split(separator).next().unwrap_or_default()
}

/// The parts of `whole` between separators.
pub(super) fn parts(text: &str, whole: ByteSpan, separator: char) -> impl Iterator<Item = ByteSpan> {
    let mut at = whole.start;
    text[whole.range()].split(separator).map(move |part| {
        let span = ByteSpan::new(at, at + part.len());
        at = span.end + separator.len_utf8();
        span
    })
}
