//! Labels below each other, each with its value beside it: `Name;Anna Berger`, then `Geburtsdatum;03.07.1985`.

use super::row::{delimiters, line_at, value_in};
use super::{Column, Table};
use crate::ByteSpan;
use crate::fields::label::Label;

/// The longest label, in bytes.
const MAX_LABEL: usize = 48;
/// The longest line.
const MAX_LINE: usize = 1024;

/// Calls `each` with every list of two labels and more: a table whose columns have one cell each.
pub(super) fn each(text: &str, each: &mut impl FnMut(&Table)) {
    let bytes = text.as_bytes();
    let (mut at, mut list, mut delimiter) = (0, List::default(), "");
    while at < bytes.len() {
        let line = line_at(bytes, at, usize::MAX);
        at = line.end + 1;
        match pair(bytes, line) {
            Some(pair) if pair.delimiter == delimiter => list.add(text, &pair),
            pair => {
                std::mem::take(&mut list).report(each);
                if let Some(pair) = pair {
                    delimiter = pair.delimiter;
                    list.add(text, &pair);
                }
            }
        }
    }
    list.report(each);
}

/// Two cells.
struct Pair {
    delimiter: &'static str,
    first: ByteSpan,
    second: ByteSpan,
}

/// The two cells of `line`, if it has just these, the first of which may be a name.
fn pair(bytes: &[u8], line: ByteSpan) -> Option<Pair> {
    let row = bytes[line.range()].trim_ascii_end();
    let window = &row[..row.len().min(MAX_LABEL)];
    let at = window.iter().position(|b| matches!(b, b';' | b'\t' | b','))?;
    if row.len() > MAX_LINE || row.get(at + 1).is_none_or(|b| *b == b' ') {
        return None;
    }
    let delimiter = match row[at] {
        b';' => ";",
        b'\t' => "\t",
        _ => ",",
    };
    if delimiters(row, delimiter).count() != 1 {
        return None;
    }
    let (first, second) = (value_in(row, 0, at), value_in(row, at + 1, row.len()));
    let place = |cell: ByteSpan| ByteSpan::new(line.start + cell.start, line.start + cell.end);
    (!first.is_empty()).then(|| Pair {
        delimiter,
        first: place(first),
        second: place(second),
    })
}

/// Lines that follow each other.
#[derive(Default)]
struct List {
    lines: usize,
    columns: Vec<Column>,
    heads: Vec<ByteSpan>,
    /// A line is the head of a table: two labels beside each other.
    is_table: bool,
}

impl List {
    fn add(&mut self, text: &str, pair: &Pair) {
        let whole = |cell: ByteSpan| {
            let label = (cell.len() <= MAX_LABEL && !cell.is_empty()).then(|| Label::named(text, cell))?;
            label.filter(|label| label.span == cell)
        };
        self.lines += 1;
        if let Some(label) = whole(pair.first) {
            self.is_table |= whole(pair.second).is_some();
            self.columns.push(Column {
                label,
                cells: vec![pair.second],
            });
        }
        self.heads.push(pair.first);
    }

    /// Calls `each` with the list if most of its lines start with labels.
    fn report(self, each: &mut impl FnMut(&Table)) {
        if self.is_table || self.columns.len() < 2 || self.columns.len() * 2 < self.lines {
            return;
        }
        each(&Table {
            heads: self.heads,
            columns: self
                .columns
                .into_iter()
                .filter(|column| !column.cells[0].is_empty())
                .collect(),
            is_data: false,
            is_spaced: true,
        });
    }
}
