//! Rows of tables in text: lines, and the delimiters and cells in them. Finds places, judges nothing.

use memchr::memchr;

use crate::ByteSpan;

/// The line from `at` on, without its end; at most `most` bytes of it.
#[must_use]
pub(super) fn line_at(bytes: &[u8], at: usize, most: usize) -> ByteSpan {
    let window = &bytes[at..bytes.len().min(at.saturating_add(most))];
    ByteSpan::new(at, at + memchr(b'\n', window).unwrap_or(window.len()))
}

/// Where the delimiters stand that no double quotes enclose; between bars quotes are text.
pub(super) fn delimiters(row: &[u8], delimiter: u8) -> impl Iterator<Item = usize> {
    let mut quoted = false;
    row.iter().enumerate().filter_map(move |(n, &byte)| {
        quoted ^= byte == b'"' && delimiter != b'|';
        (byte == delimiter && !quoted).then_some(n)
    })
}

/// The value in the cell at `start..end` of a row, without the quotes and the space around it; empty if there is none.
#[must_use]
pub(super) fn value_in(row: &[u8], start: usize, end: usize) -> ByteSpan {
    let is_value = |b: &u8| !matches!(b, b' ' | b'\t' | b'"' | b'\'' | b'\r');
    let cell = &row[start..end];
    let Some(first) = cell.iter().position(is_value) else {
        return ByteSpan::new(start, start);
    };
    let last = cell.iter().rposition(is_value).unwrap_or(first);
    ByteSpan::new(start + first, start + last + 1)
}

/// Whether a row is the rule below the head of a Markdown table.
#[must_use]
pub(super) fn is_rule(row: &[u8]) -> bool {
    row.contains(&b'-')
        && row
            .iter()
            .all(|b| matches!(b, b'|' | b'-' | b':' | b' ' | b'\r' | b'+'))
}
