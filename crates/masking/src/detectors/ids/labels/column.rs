//! The cells below a label that heads a column of a table: CSV, tab-separated, Markdown. Finds places, judges nothing.

use memchr::memrchr;

use crate::ByteSpan;
use crate::detectors::row::{delimiters, is_rule, line_at, value_in};

/// Longest part of a line that is read.
const MAX_LINE: usize = 2048;
/// Most quotes and spaces between a label and its delimiter.
const MAX_INDENT: usize = 32;
/// Labels further right head no column; what keeps a table's work linear, as each row is read once per label.
const MAX_COLUMN: usize = 64;

/// The cells below `label`, without quotes and space around; nothing if it heads no column. Ends where a row is too short.
/// Empty cells and Markdown's rules are left out.
pub(super) fn cells_below(text: &str, label: ByteSpan) -> impl Iterator<Item = ByteSpan> {
    let head = head(text.as_bytes(), label);
    let mut at = head.as_ref().map_or(text.len(), |head| head.next_line);
    std::iter::from_fn(move || {
        let head = head.as_ref()?;
        while at < text.len() {
            let line = line_at(text.as_bytes(), at, MAX_LINE);
            at = line.end + 1;
            let row = &text.as_bytes()[line.range()];
            if is_rule(row) {
                continue;
            }
            let cell = cell(row, head)?;
            if !cell.is_empty() {
                return Some(ByteSpan::new(line.start + cell.start, line.start + cell.end));
            }
        }
        None
    })
}

struct Head {
    delimiter: u8,
    column: usize,
    next_line: usize,
}

fn head(bytes: &[u8], label: ByteSpan) -> Option<Head> {
    let is_around = |b: &&u8| !matches!(b, b' ' | b'"' | b'\'');
    let is_delimiter = |b: &&u8| matches!(b, b',' | b'\t' | b'|' | b';');
    let behind = bytes[label.end..].iter().take(MAX_INDENT).find(is_around);
    let before = || bytes[..label.start].iter().rev().take(MAX_INDENT).find(is_around);
    let delimiter = *behind
        .filter(is_delimiter)
        .or_else(|| before().filter(is_delimiter))?;
    let from = label.start.saturating_sub(MAX_LINE);
    let line_start = match memrchr(b'\n', &bytes[from..label.start]) {
        Some(newline) => from + newline + 1,
        None if from == 0 => 0,
        None => return None,
    };
    let column = delimiters(&bytes[line_start..label.start], delimiter).count();
    let line = line_at(bytes, label.end, MAX_LINE);
    (column <= MAX_COLUMN && bytes.get(line.end) == Some(&b'\n')).then_some(Head {
        delimiter,
        column,
        next_line: line.end + 1,
    })
}

/// The cell of a row in the label's column.
fn cell(row: &[u8], head: &Head) -> Option<ByteSpan> {
    let start = match head.column {
        0 => 0,
        column => delimiters(row, head.delimiter).nth(column - 1)? + 1,
    };
    let end = delimiters(&row[start..], head.delimiter)
        .next()
        .map_or(row.len(), |n| start + n);
    Some(value_in(row, start, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Vec<&str> {
        let start = text.find("ssn").expect("each text has the label");
        cells_below(text, ByteSpan::new(start, start + 3))
            .map(|cell| &text[cell.range()])
            .collect()
    }

    #[test]
    fn cells_of_the_labels_column() {
        assert_eq!(cells("name,ssn\nAnn,1\nBob,\n\"Doe, J\",\"3\"\n"), ["1", "3"]);
        assert_eq!(cells("ssn\tname\r\n1\tAnn\r\n2\tBob"), ["1", "2"]);
        assert_eq!(cells("| name | ssn |\n|---|:-:|\n| Ann | 1 2 |\n"), ["1 2"]);
        assert_eq!(cells("a;'ssn';c\n1;2;3\n\nssn;4"), ["2"]);
    }

    #[test]
    fn a_label_in_prose_heads_no_column() {
        for text in ["the ssn of\n1", "ssn\n1", "a, b and ssn.\n1,2", "name,ssn"] {
            assert!(cells(text).is_empty(), "{text}");
        }
    }
}
