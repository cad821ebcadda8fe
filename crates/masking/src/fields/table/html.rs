//! Tables of HTML: rows of `<td>` below a row of `<th>`, or of `<td>` where the first row's cells are labels.

use super::{MAX_COLUMNS, Table};
use crate::ByteSpan;

/// The longest tag; bytes.
const MAX_TAG: usize = 256;

/// Calls `each` with every table that has a row of heads.
pub(super) fn each(text: &str, each: &mut impl FnMut(&Table)) {
    let bytes = text.as_bytes();
    let mut rows = Rows { bytes, at: 0 };
    let mut table: Option<(Vec<usize>, Table, usize)> = None;
    while let Some(row) = rows.next() {
        let width = row.cells.len();
        if let Some((numbers, table, _)) = table.as_mut().filter(|(.., wide)| !row.is_head && *wide == width)
        {
            for (number, column) in numbers.iter().zip(&mut table.columns) {
                column
                    .cells
                    .extend(row.cells.get(*number).filter(|cell| !cell.is_empty()));
            }
            continue;
        }
        if let Some((_, table, _)) = table.take() {
            each(&table);
        }
        // A label beside its value is the business of the reader of fields.
        if row.is_head || width > 2 {
            let found = Table::new(text, row.cells, false, false)
                .filter(|(numbers, _)| row.is_head || numbers.len() * 2 >= width);
            table = found.map(|(numbers, found)| (numbers, found, width));
        }
    }
    if let Some((_, table, _)) = table {
        each(&table);
    }
}

struct Row {
    cells: Vec<ByteSpan>,
    is_head: bool,
}

struct Rows<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Rows<'_> {
    /// The next row, read to the next one's start at most.
    fn next(&mut self) -> Option<Row> {
        self.at += find(&self.bytes[self.at..], b"<tr")?;
        self.at += "<tr".len();
        let rest = &self.bytes[self.at..];
        let end = self.at + find(rest, b"<tr").unwrap_or(rest.len());
        let mut row = Row {
            cells: Vec::new(),
            is_head: false,
        };
        let mut at = self.at;
        while row.cells.len() < MAX_COLUMNS
            && let Some((cell, is_head, next)) = cell(self.bytes, at, end)
        {
            row.is_head |= is_head;
            row.cells.push(cell);
            at = next;
        }
        self.at = at.max(self.at);
        Some(row)
    }
}

/// The text of the next cell before `end` without tags around it, whether it is a head, and where it ends.
fn cell(bytes: &[u8], mut at: usize, end: usize) -> Option<(ByteSpan, bool, usize)> {
    loop {
        at += memchr::memchr(b'<', &bytes[at..end])?;
        let kind = bytes.get(at + 1..at + 3)?;
        let is_head = kind.eq_ignore_ascii_case(b"th");
        let is_whole = bytes.get(at + 3).is_some_and(|b| !b.is_ascii_alphanumeric());
        at += 1;
        if is_whole && (is_head || kind.eq_ignore_ascii_case(b"td")) {
            let open = at + memchr::memchr(b'>', &bytes[at..end.min(at + MAX_TAG)])? + 1;
            let close = open + end_of_cell(&bytes[open..end])?;
            return Some((inner(bytes, open, close), is_head, close));
        }
    }
}

/// Where the next cell starts or this one is closed.
fn end_of_cell(bytes: &[u8]) -> Option<usize> {
    let ends = |at: &usize| {
        let tag = bytes.get(at + 1..at + 3).unwrap_or_default();
        [b"/t", b"td", b"th"]
            .iter()
            .any(|end| tag.eq_ignore_ascii_case(*end))
    };
    memchr::memchr_iter(b'<', bytes).find(ends)
}

/// The text between the tags that stand around it in a cell: `<b>..</b>`.
fn inner(bytes: &[u8], mut start: usize, mut end: usize) -> ByteSpan {
    loop {
        while start < end && bytes[start].is_ascii_whitespace() {
            start += 1;
        }
        match memchr::memchr(b'>', &bytes[start..end]) {
            Some(close) if bytes[start] == b'<' => start += close + 1,
            _ => break,
        }
    }
    let text = memchr::memchr(b'<', &bytes[start..end]).map_or(end, |tag| start + tag);
    end = text;
    while end > start && bytes[end - 1].is_ascii_whitespace() {
        end -= 1;
    }
    ByteSpan::new(start, end)
}

fn find(bytes: &[u8], tag: &[u8]) -> Option<usize> {
    let first = tag[0];
    let mut at = 0;
    while let Some(found) = memchr::memchr(first, &bytes[at..]) {
        at += found;
        if bytes.len() >= at + tag.len() && bytes[at..at + tag.len()].eq_ignore_ascii_case(tag) {
            return Some(at);
        }
        at += 1;
    }
    None
}
