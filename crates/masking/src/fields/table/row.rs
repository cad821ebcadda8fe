//! Rows of tables in text: lines, and the delimiters and cells in them.

use memchr::memchr;

use super::head::BLANKS;
use crate::ByteSpan;

/// The line from `at` on, without its end; at most `most` bytes of it.
#[must_use]
pub(super) fn line_at(bytes: &[u8], at: usize, most: usize) -> ByteSpan {
    let window = &bytes[at..bytes.len().min(at.saturating_add(most))];
    ByteSpan::new(at, at + memchr(b'\n', window).unwrap_or(window.len()))
}

/// Where the delimiters stand that no double quotes enclose; between bars quotes are text.
pub(super) fn delimiters<'a>(row: &'a [u8], delimiter: &'a str) -> impl Iterator<Item = usize> + 'a {
    let mut quoted = false;
    let is_bar = super::head::is_bar(delimiter);
    let is_aligned = delimiter == BLANKS;
    let first = delimiter.as_bytes()[0];
    // The last two blanks of a run part cells; those before the first cell do not.
    let indent = row.iter().take_while(|b| **b == b' ').count();
    let parts = move |n: usize| !is_aligned || n >= indent && row.get(n + 2).is_some_and(|b| *b != b' ');
    row.iter().enumerate().filter_map(move |(n, &byte)| {
        quoted ^= byte == b'"' && !is_bar && !is_aligned;
        (byte == first && !quoted && row[n..].starts_with(delimiter.as_bytes()) && parts(n)).then_some(n)
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

/// Whether a row is a rule below the head or around the rows: `|---|:-:|`, `+---+`, `----+----`, `├───┼───┤`.
#[must_use]
pub(super) fn is_rule(row: &[u8]) -> bool {
    let has_line = row.contains(&b'-')
        || row
            .windows(3)
            .any(|three| three == "─".as_bytes() || three == "═".as_bytes());
    has_line
        && row.iter().all(|b| {
            matches!(
                b,
                b'|' | b'-' | b':' | b' ' | b'\r' | b'+' | b'=' | 0xE2 | 0x80..=0xBF
            )
        })
}

/// A line without what tools and comments write before it: `12→`, `///`, `>`.
#[must_use]
pub(super) fn without_prefix(row: &[u8]) -> &[u8] {
    let rest = row.trim_ascii_start();
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let rest = rest[digits..].strip_prefix("→".as_bytes()).unwrap_or(rest);
    let marks = rest
        .iter()
        .take_while(|b| matches!(b, b' ' | b'\t' | b'/' | b'*' | b'#' | b'>' | b'!'))
        .count();
    &rest[marks..]
}

/// Whether a line is one of a program and no row.
#[must_use]
pub(super) fn is_statement(row: &[u8]) -> bool {
    let has = |part: &[u8]| memchr::memmem::find(row, part).is_some();
    let first = row.trim_ascii_start();
    let is_query = ["from ", "where ", "into ", "return "]
        .iter()
        .any(|word| first.len() > word.len() && first[..word.len()].eq_ignore_ascii_case(word.as_bytes()));
    is_query || matches!(row.last(), Some(b'{' | b'(' | b';')) || has(b" = ") || has(b"=>") || has(b":=")
}
