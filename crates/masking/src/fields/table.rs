//! Columns of tables under a head that names them: lines of cells (CSV, tabs, `;`, bars, boxes), HTML and SQL's `INSERT`.
//! Finds places, judges nothing.
//!
//! A program's list of names is no head: rows of the same number of cells follow a head at once, and end with the first
//! line that does not fit.

mod head;
mod html;
mod insert;
mod list;
mod named;
mod row;

use head::{BLANKS, Head};
use row::{delimiters, is_rule, line_at, value_in, without_prefix};

use super::label::Label;
use crate::ByteSpan;

/// Most lines of one row, whose quoted cells go on in the next.
const MAX_LINES: usize = 8;
/// Most columns that are read, and most columns of a head.
const MAX_COLUMNS: usize = 5000;
/// Most empty lines and remarks between a head and its rows.
const MAX_SKIPPED: usize = 3;

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

impl Table {
    /// Leaves the columns whose heads are labels and nothing else; aligned like a list of options, those of secrets only
    /// beside another.
    fn keep_whole_labels(&mut self, numbers: &mut Vec<usize>, is_aligned: bool) {
        let is_whole = |number: usize, column: &Column| self.heads[number] == column.label.span;
        let keep: Vec<bool> = numbers
            .iter()
            .zip(&self.columns)
            .map(|(number, column)| is_whole(*number, column))
            .collect();
        let whole = keep.iter().filter(|keep| **keep).count();
        let mut kept = keep.iter();
        numbers.retain(|_| kept.next() == Some(&true));
        let mut kept = keep.iter();
        self.columns.retain(|_| kept.next() == Some(&true));
        let is_lone = |column: &Column| is_aligned && whole < 2 && column.label.entry.concept.is_credential();
        if self.columns.iter().any(is_lone) {
            numbers.clear();
            self.columns.clear();
        }
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
    list::each(text, &mut each);
    html::each(text, &mut each);
    insert::each(text, &mut each);
    named::each(text, &mut each);
}

/// Reads the rows from `start` on; where the first line starts that is none.
fn rows(text: &str, start: usize, head: Head, each: &mut impl FnMut(&Table)) -> usize {
    let bytes = text.as_bytes();
    let is_data = !head.is_barred() && head.delimiter != BLANKS && !head.is_spaced;
    let is_barred = head.is_barred();
    let is_doubtful = head.is_doubtful();
    let is_aligned = head.delimiter == BLANKS;
    let shape = Shape::of(text, &head);
    let is_enclosed = shape.is_enclosed;
    let Some((mut numbers, mut table)) = Table::new(text, head.names, is_data, head.is_spaced) else {
        return start;
    };
    let mut is_ruled = !is_doubtful;
    let mut at = start;
    let is_row = |row: &[u8]| shape.fits(row);
    while at < bytes.len() {
        let line = line_at(bytes, at, usize::MAX);
        let row = bytes[line.range()].trim_ascii_end();
        let is_first = table.columns.iter().all(|column| column.cells.is_empty());
        if is_rule(without_prefix(row)) && (is_barred || is_first) {
            is_ruled |= is_barred;
            at = line.end + 1;
            continue;
        }
        // Without a rule below it, bars are as often a union of types in code: such a head is nothing but labels.
        if !is_ruled && is_first {
            if is_enclosed.is_none() {
                break;
            }
            table.keep_whole_labels(&mut numbers, is_aligned);
            if table.columns.is_empty() {
                break;
            }
        }
        if let Some(next) = behind_gap(text, line, &shape, is_first).filter(|_| is_data) {
            at = next;
            continue;
        }
        let whole = if is_aligned {
            line
        } else {
            whole_row(bytes, line, shape.delimiter)
        };
        let row = bytes[whole.range()].trim_ascii_end();
        // A ragged row counts between two that fit, and as the last one below such.
        let is_ragged = || {
            let next = bytes.get(whole.end + 1..).unwrap_or_default();
            let next = &next[..memchr::memchr(b'\n', next).unwrap_or(next.len())];
            let mut parts = delimiters(row, shape.delimiter).peekable();
            is_data
                && parts.peek().is_some()
                && (is_row(next.trim_ascii_end())
                    || !is_first
                        && parts.all(|at| row.get(at + 1).is_none_or(|b| *b != b' '))
                        && !opens_table(text, line))
        };
        let is_row = is_row(row) || is_ragged();
        if !is_row || !is_ruled && row::is_statement(row) {
            break;
        }
        if is_aligned {
            shape.aligned(row, whole.start, &numbers, &mut table);
        } else {
            cells(row, whole.start, shape.delimiter, &numbers, &mut table);
        }
        at = whole.end + 1;
    }
    each(&table);
    at
}

/// Where the rows of a table of data go on behind empty lines and remarks from `line` on.
fn behind_gap(text: &str, line: ByteSpan, shape: &Shape, is_first: bool) -> Option<usize> {
    let bytes = text.as_bytes();
    let is_gap = |line: ByteSpan| {
        let line = bytes[line.range()].trim_ascii();
        line.is_empty() || line.starts_with(b"#")
    };
    let mut next = line;
    for _ in 0..MAX_SKIPPED {
        if !is_gap(next) || next.end >= bytes.len() {
            break;
        }
        next = line_at(bytes, next.end + 1, usize::MAX);
    }
    let fits = |line: ByteSpan| shape.fits(bytes[line.range()].trim_ascii_end());
    if next == line || !fits(next) {
        return None;
    }
    // Two names in a program are followed by an empty line too; and the head of another table is no row of this one.
    let is_table = !is_first
        || shape.delimiters > 1
        || next.end < bytes.len() && fits(line_at(bytes, next.end + 1, usize::MAX));
    (is_table && !opens_table(text, next)).then_some(next.start)
}

/// Whether a line is the head of a table.
fn opens_table(text: &str, line: ByteSpan) -> bool {
    let head = head::read(text[line.range()].trim_ascii_end(), line.start);
    head.is_some_and(|head| Table::new(text, head.names, true, false).is_some())
}

/// What makes a line a row below its head.
struct Shape {
    delimiter: &'static str,
    delimiters: usize,
    is_spaced: bool,
    /// Whether the head begins and ends with the delimiter; `None` where it does one of them.
    is_enclosed: Option<bool>,
    /// From where to where the heads of aligned columns reach, in characters.
    edges: Vec<(usize, usize)>,
}

impl Shape {
    fn of(text: &str, head: &Head) -> Self {
        let start = head.names[0].start;
        let line = line_around(text, start);
        let row = text[line.range()].trim();
        let is_enclosed = head.is_barred().then(|| {
            let (opens, closes) = (row.starts_with(head.delimiter), row.ends_with(head.delimiter));
            // Literals in a union.
            (opens == closes && !row.contains(['"', '\''])).then_some(opens)
        });
        let edges = if head.delimiter == BLANKS {
            edges(&text.as_bytes()[line.range()])
        } else {
            Vec::new()
        };
        Self {
            delimiter: head.delimiter,
            delimiters: head.delimiters,
            is_spaced: head.is_spaced,
            is_enclosed: is_enclosed.unwrap_or(Some(false)),
            edges: edges.into_iter().map(|(_, from, to)| (from, to)).collect(),
        }
    }

    fn fits(&self, row: &[u8]) -> bool {
        if self.delimiter == BLANKS {
            let cells = edges(row);
            return cells.len() > 1
                && cells.len() <= self.edges.len()
                && cells
                    .iter()
                    .all(|(_, from, to)| self.number(*from, *to).is_some());
        }
        delimiters(row, self.delimiter).count() == self.delimiters
            && !(self.is_spaced && row::is_statement(row))
    }

    /// Under which head a cell from `from` to `to` stands: cells begin with their heads, and numbers end with them.
    fn number(&self, from: usize, to: usize) -> Option<usize> {
        let left = self.edges.binary_search_by_key(&from, |edge| edge.0);
        left.or_else(|_| self.edges.binary_search_by_key(&to, |edge| edge.1))
            .ok()
    }

    /// Adds the cells of a row that starts at `start` to the columns under whose heads they stand.
    fn aligned(&self, row: &[u8], start: usize, numbers: &[usize], table: &mut Table) {
        for (cell, from, to) in edges(row) {
            let number = self
                .number(from, to)
                .and_then(|number| numbers.binary_search(&number).ok());
            if let Some(column) = number.and_then(|number| table.columns.get_mut(number)) {
                column
                    .cells
                    .push(ByteSpan::new(start + cell.start, start + cell.end));
            }
        }
    }
}

/// The cells that two blanks and more part, each with where it starts and ends in characters.
fn edges(row: &[u8]) -> Vec<(ByteSpan, usize, usize)> {
    let (mut from, mut counted, mut chars) = (0, 0, 0);
    let mut cells = Vec::new();
    let mut column = |at: usize| {
        chars += row[counted..at].iter().filter(|b| **b & 0xC0 != 0x80).count();
        counted = at;
        chars
    };
    for end in delimiters(row, BLANKS).take(MAX_COLUMNS).chain([row.len()]) {
        let cell = value_in(row, from, end);
        if !cell.is_empty() {
            cells.push((cell, column(cell.start), column(cell.end)));
        }
        from = end + BLANKS.len();
    }
    cells
}

/// The line in which `at` stands.
fn line_around(text: &str, at: usize) -> ByteSpan {
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    line_at(text.as_bytes(), start, usize::MAX)
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
