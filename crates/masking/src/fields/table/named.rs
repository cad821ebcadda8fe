//! Rows behind a list of their columns' names: PostgreSQL's `COPY t (name, dob) FROM stdin` and `Key (name)=(...)`, and
//! JSON's `"columns": [...], "data": [[...]]`.

use super::{MAX_COLUMNS, Table, cells, line_at};
use crate::ByteSpan;
use crate::detectors::text::starts_with_ignore_case;

/// The longest list of names, in bytes.
const MAX_LIST: usize = 4096;
/// The longest name of a table, and most text between the names and the rows.
const MAX_TABLE: usize = 160;

/// Calls `each` with the rows behind each list.
pub(super) fn each(text: &str, each: &mut impl FnMut(&Table)) {
    for copy in ["COPY ", "copy "] {
        let mut read = 0;
        for at in memchr::memmem::find_iter(text.as_bytes(), copy) {
            if at >= read {
                read = copied(text, at + copy.len(), each).unwrap_or(read);
            }
        }
    }
    for at in memchr::memmem::find_iter(text.as_bytes(), "Key (") {
        key(text, at + "Key (".len(), each);
    }
    for columns in ["\"columns\"", "\"header\"", "\"headers\"", "\"fields\""] {
        let mut read = 0;
        for at in memchr::memmem::find_iter(text.as_bytes(), columns) {
            if at >= read {
                read = json(text, at + columns.len(), each).unwrap_or(read);
            }
        }
    }
}

/// `patients (mrn, dob) FROM stdin;` and lines of cells between tabs, up to `\.`; where they end.
fn copied(text: &str, at: usize, each: &mut impl FnMut(&Table)) -> Option<usize> {
    let bytes = text.as_bytes();
    let window = &bytes[at..bytes.len().min(at + MAX_TABLE)];
    let open = at + memchr::memchr2(b'(', b'\n', window)?;
    let (names, end) = list(text, open)?;
    let line = line_at(bytes, end, MAX_TABLE);
    let head = text.get(line.range())?.trim();
    if !starts_with_ignore_case(head, "from stdin") || bytes.get(line.end) != Some(&b'\n') {
        return None;
    }
    let parts = names.len() - 1;
    let (numbers, mut table) = Table::new(text, names, true, false)?;
    let mut at = line.end + 1;
    while at < bytes.len() {
        let line = line_at(bytes, at, usize::MAX);
        let row = bytes[line.range()].trim_ascii_end();
        if row == b"\\." || memchr::memchr_iter(b'\t', row).count() != parts {
            break;
        }
        cells(row, line.start, "\t", &numbers, &mut table);
        at = line.end + 1;
    }
    each(&table);
    Some(at)
}

/// `last_name, first_name)=(Berger, Anna) already exists`.
fn key(text: &str, at: usize, each: &mut impl FnMut(&Table)) -> Option<()> {
    let (names, end) = list(text, at - 1)?;
    let rest = text[end..].strip_prefix("=(")?;
    let open = text.len() - rest.len() - 1;
    let (values, _) = list(text, open)?;
    let (numbers, mut table) = Table::new(text, names, true, false)?;
    for (number, column) in numbers.iter().zip(&mut table.columns) {
        column
            .cells
            .extend(values.get(*number).filter(|cell| !cell.is_empty()));
    }
    each(&table);
    Some(())
}

/// The items in the brackets that open at `open`, and what is behind them.
fn list(text: &str, open: usize) -> Option<(Vec<ByteSpan>, usize)> {
    let bytes = text.as_bytes();
    let window = &bytes[open..bytes.len().min(open + MAX_LIST)];
    // Up to the next bracket of any kind, so that no two lists share what they read.
    let close = open + 1 + memchr::memchr3(b'(', b')', b'\n', window.get(1..)?)?;
    (bytes[open] == b'(' && bytes[close] == b')').then_some(())?;
    let mut from = open + 1;
    let items = text[from..close].split(',').map(|item| {
        let start = from + item.len() - item.trim_start_matches([' ', '"']).len();
        let end = start.max(from + item.trim_end_matches([' ', '"']).len());
        from += item.len() + 1;
        ByteSpan::new(start, end)
    });
    Some((items.collect(), close + 1))
}

/// `: ["name", "dob"], "data": [["...", "..."], ...]` behind the key that ends at `at`; where it ends.
fn json(text: &str, at: usize, each: &mut impl FnMut(&Table)) -> Option<usize> {
    let bytes = text.as_bytes();
    let (names, end) = array(bytes, behind(bytes, at, b":")?)?;
    let key = behind(bytes, end, b",")?;
    (bytes.get(key) == Some(&b'"')).then_some(())?;
    let close = key + 1 + memchr::memchr(b'"', bytes.get(key + 1..bytes.len().min(key + MAX_TABLE))?)?;
    matches!(
        &text[key + 1..close],
        "data" | "rows" | "values" | "records" | "items"
    )
    .then_some(())?;
    let mut at = behind(bytes, close + 1, b":[")?;
    let (numbers, mut table) = Table::new(text, names, true, false)?;
    while let Some((values, end)) = array(bytes, at) {
        for (number, column) in numbers.iter().zip(&mut table.columns) {
            column
                .cells
                .extend(values.get(*number).filter(|cell| !cell.is_empty()));
        }
        at = end;
        let Some(next) = behind(bytes, end, b",") else {
            break;
        };
        at = next;
    }
    each(&table);
    Some(at)
}

/// What stands behind those marks and the white space around them.
fn behind(bytes: &[u8], mut at: usize, marks: &[u8]) -> Option<usize> {
    let space = |at: usize| {
        let rest = bytes.get(at..).unwrap_or_default();
        at + rest
            .iter()
            .take(MAX_TABLE)
            .take_while(|b| b.is_ascii_whitespace())
            .count()
    };
    for mark in marks {
        at = space(at);
        (bytes.get(at) == Some(mark)).then_some(())?;
        at += 1;
    }
    Some(space(at))
}

/// The strings and numbers of the flat array at `at`, and its end.
fn array(bytes: &[u8], at: usize) -> Option<(Vec<ByteSpan>, usize)> {
    let mut at = behind(bytes, at, b"[")?;
    let mut items = Vec::new();
    while items.len() < MAX_COLUMNS {
        let start = at;
        if bytes.get(at) == Some(&b'"') {
            at += 1;
            while *bytes.get(at)? != b'"' {
                at += 1 + usize::from(bytes[at] == b'\\');
            }
            items.push(ByteSpan::new(start + 1, at));
            at += 1;
        } else {
            let rest = bytes.get(at..)?.iter().take(MAX_TABLE);
            at += rest
                .take_while(|b| !matches!(b, b',' | b']' | b'[' | b'{' | b'"' | b'\n'))
                .count();
            items.push(ByteSpan::new(
                start,
                start + bytes[start..at].trim_ascii_end().len(),
            ));
        }
        if let Some(next) = behind(bytes, at, b",") {
            at = next;
            continue;
        }
        return Some((items, behind(bytes, at, b"]")?));
    }
    None
}
