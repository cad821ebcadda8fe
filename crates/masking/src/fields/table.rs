//! Columns of tables under a head that names them: lines of cells (CSV, tabs, `;`, bars, boxes), HTML and SQL's `INSERT`.
//! Finds places, judges nothing.
//!
//! A program's list of names is no head: rows of the same number of cells follow a head at once, and end with the first
//! line that does not fit.

mod head;
mod html;
mod insert;
mod row;

use head::Head;
use row::{delimiters, is_rule, line_at, value_in, without_prefix};

use super::label::Label;
use crate::ByteSpan;

/// Most lines of one row, whose quoted cells go on in the next.
const MAX_LINES: usize = 8;
/// Most columns that are read, and most columns of a head.
const MAX_COLUMNS: usize = 256;

/// A column with a label for its head.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) label: Label,
    /// Its cells from top to bottom, without what encloses them; the empty ones left out.
    pub(crate) cells: Vec<ByteSpan>,
}

/// A table's columns that have labels for their heads.
#[derive(Debug)]
pub(crate) struct Table {
    /// All heads.
    pub(crate) heads: Vec<ByteSpan>,
    pub(crate) columns: Vec<Column>,
    /// Data and not part of a document or a program, where a cell may be code.
    pub(crate) is_data: bool,
    /// A space follows its commas, as in a program's lists.
    pub(crate) is_spaced: bool,
}

impl Table {
    /// A table of those heads, without rows, and the numbers of its columns; `None` where no head is a label.
    fn new(text: &str, heads: Vec<ByteSpan>, is_data: bool, is_spaced: bool) -> Option<(Vec<usize>, Self)> {
        let label = |(nth, head): (usize, &ByteSpan)| Some((nth, Label::named(text, *head)?));
        let (numbers, columns): (Vec<usize>, Vec<Column>) = heads
            .iter()
            .take(MAX_COLUMNS)
            .enumerate()
            .filter_map(label)
            .map(|(nth, label)| {
                (
                    nth,
                    Column {
                        label,
                        cells: Vec::new(),
                    },
                )
            })
            .unzip();
        (!columns.is_empty()).then_some((
            numbers,
            Self {
                heads,
                columns,
                is_data,
                is_spaced,
            },
        ))
    }
}

/// Calls `each` with every table of the text.
pub(crate) fn each(text: &str, mut each: impl FnMut(&Table)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let line = line_at(bytes, at, usize::MAX);
        at = line.end + 1;
        if let Some(head) = head::read(text[line.range()].trim_ascii_end(), line.start) {
            at = rows(text, at, head, &mut each);
        }
    }
    html::each(text, &mut each);
    insert::each(text, &mut each);
}

/// Reads the rows from `start` on; where the first line starts that is none.
fn rows(text: &str, start: usize, head: Head, each: &mut impl FnMut(&Table)) -> usize {
    let bytes = text.as_bytes();
    let is_data = !head.is_barred() && !head.is_spaced;
    // Bars alone are as often a union of types in code: a rule has to follow the head.
    let mut awaits_rule = head.delimiter == "|";
    let is_barred = head.is_barred();
    let Some((numbers, mut table)) = Table::new(text, head.names, is_data, head.is_spaced) else {
        return start;
    };
    let mut at = start;
    let is_row = |row: &[u8]| {
        delimiters(row, head.delimiter).count() == head.delimiters
            && !(head.is_spaced && row::is_statement(row))
    };
    while at < bytes.len() {
        let line = line_at(bytes, at, usize::MAX);
        let row = bytes[line.range()].trim_ascii_end();
        if is_rule(without_prefix(row))
            && (is_barred || table.columns.iter().all(|column| column.cells.is_empty()))
        {
            awaits_rule = false;
            at = line.end + 1;
            continue;
        }
        let whole = whole_row(bytes, line, head.delimiter);
        let row = bytes[whole.range()].trim_ascii_end();
        // A ragged row counts between two that fit.
        let is_ragged = || {
            let next = bytes.get(whole.end + 1..).unwrap_or_default();
            let next = &next[..memchr::memchr(b'\n', next).unwrap_or(next.len())];
            is_data && delimiters(row, head.delimiter).count() > 0 && is_row(next.trim_ascii_end())
        };
        if awaits_rule || !is_row(row) && !is_ragged() {
            break;
        }
        cells(row, whole.start, head.delimiter, &numbers, &mut table);
        at = whole.end + 1;
    }
    each(&table);
    at
}

/// Adds the cells of a row that starts at `start` to the columns with those numbers.
fn cells(row: &[u8], start: usize, delimiter: &str, numbers: &[usize], table: &mut Table) {
    let mut wanted = numbers.iter().zip(&mut table.columns).peekable();
    let mut from = 0;
    for (nth, end) in delimiters(row, delimiter).chain([row.len()]).enumerate() {
        if let Some((_, column)) = wanted.next_if(|(wanted, _)| **wanted == nth) {
            let cell = value_in(row, from, end);
            if !cell.is_empty() {
                column
                    .cells
                    .push(ByteSpan::new(start + cell.start, start + cell.end));
            }
        }
        from = end + delimiter.len();
    }
}

/// The row that starts with `line`: with the lines in which a quoted cell goes on.
fn whole_row(bytes: &[u8], line: ByteSpan, delimiter: &str) -> ByteSpan {
    let quotes = |span: ByteSpan| memchr::memchr_iter(b'"', &bytes[span.range()]).count();
    let mut open = !head::is_bar(delimiter) && quotes(line) % 2 == 1;
    let mut end = line.end;
    for _ in 1..MAX_LINES {
        if !open || end + 1 >= bytes.len() {
            break;
        }
        let next = line_at(bytes, end + 1, usize::MAX);
        open ^= quotes(next) % 2 == 1;
        end = next.end;
    }
    if open {
        line
    } else {
        ByteSpan::new(line.start, end)
    }
}
