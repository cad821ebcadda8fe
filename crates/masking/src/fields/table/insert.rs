//! SQL's `INSERT INTO t (name, password) VALUES ('...', '...'), (...)`; without a list of columns, those of the table's
//! `CREATE TABLE` before it.

use std::collections::HashMap;

use super::Table;
use crate::ByteSpan;
use crate::detectors::text::{ends_with_ignore_case, starts_with_ignore_case};

/// The longest name of a table, and the longest list of columns, in bytes.
const MAX_TABLE: usize = 160;
const MAX_LIST: usize = 4096;

/// Calls `each` with the values of every statement's columns.
pub(super) fn each(text: &str, each: &mut impl FnMut(&Table)) {
    let bytes = text.as_bytes();
    let mut created: Option<HashMap<String, Vec<ByteSpan>>> = None;
    // As people write the word: in one case, or with a capital.
    for into in ["into ", "Into ", "INTO "] {
        let mut read = 0;
        for at in memchr::memmem::find_iter(bytes, into) {
            if at < read {
                continue;
            }
            let Some((names, values)) = names(text, at + into.len(), &mut created) else {
                continue;
            };
            if let Some((numbers, mut table)) = Table::new(text, names, true, false) {
                read = tuples(bytes, values, &numbers, &mut table);
                each(&table);
            }
        }
    }
}

/// The names of a statement's columns, and where its values start.
fn names(
    text: &str,
    at: usize,
    created: &mut Option<HashMap<String, Vec<ByteSpan>>>,
) -> Option<(Vec<ByteSpan>, usize)> {
    let bytes = text.as_bytes();
    let window = &bytes[at..bytes.len().min(at + MAX_TABLE)];
    let open = at + memchr::memchr2(b'(', b';', window)?;
    (bytes[open] == b'(').then_some(())?;
    let name = text[at..open].trim();
    if ends_with_ignore_case(name, "values") {
        let created = created.get_or_insert_with(|| tables(text));
        let table = plain(&name[..name.len() - "values".len()]);
        return Some((created.get(table)?.clone(), open));
    }
    let list = &bytes[open..bytes.len().min(open + MAX_LIST)];
    // No bracket and no second word inside, so that no other statement reads the same list.
    let close = open + 1 + memchr::memchr2(b'(', b')', list.get(1..)?)?;
    if bytes[close] != b')' || name.contains(' ') {
        return None;
    }
    let names = text[open + 1..close]
        .split(',')
        .map(|name| span_of(text, plain(name)))
        .collect();
    let values = skip_space(bytes, close + 1);
    starts_with_ignore_case(&text[values..], "values").then_some((names, values + "values".len()))
}

/// The columns of the tables that the text creates, by the tables' names.
fn tables(text: &str) -> HashMap<String, Vec<ByteSpan>> {
    let bytes = text.as_bytes();
    let mut tables = HashMap::new();
    for word in ["create table ", "Create Table ", "CREATE TABLE "] {
        for at in memchr::memmem::find_iter(bytes, word) {
            let from = at + word.len();
            let Some(open) = memchr::memchr2(b'(', b';', &bytes[from..bytes.len().min(from + MAX_TABLE)])
            else {
                continue;
            };
            let name = text[from..from + open]
                .rsplit(' ')
                .find(|part| !part.is_empty())
                .unwrap_or_default();
            tables.insert(plain(name).to_owned(), columns(text, from + open + 1));
        }
    }
    tables
}

/// The first words of the definitions of columns that start at `at`.
fn columns(text: &str, at: usize) -> Vec<ByteSpan> {
    let list = &text[at..text.floor_char_boundary(text.len().min(at + MAX_LIST))];
    let (mut depth, mut from, mut names) = (0_usize, 0, Vec::new());
    for (at, byte) in list.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b',' | b')' if depth == 0 => {
                let definition = list[from..at].trim();
                names.push(span_of(
                    text,
                    plain(definition.split_ascii_whitespace().next().unwrap_or_default()),
                ));
                from = at + 1;
                if byte == b')' {
                    break;
                }
            }
            b')' => depth -= 1,
            _ => {}
        }
    }
    names
}

/// A name without quotes, brackets and the schema before it.
fn plain(name: &str) -> &str {
    let is_mark = |c: char| c.is_ascii_whitespace() || matches!(c, '"' | '`' | '\'' | '[' | ']' | '\\');
    let last = name.rsplit('.').next().unwrap_or(name);
    last.trim_matches(is_mark)
}

/// Where `part`, a slice of `text`, stands; an empty one nowhere.
fn span_of(text: &str, part: &str) -> ByteSpan {
    let at = part.as_ptr().addr().saturating_sub(text.as_ptr().addr());
    if part.is_empty() {
        ByteSpan::new(0, 0)
    } else {
        ByteSpan::new(at, at + part.len())
    }
}

/// Reads the tuples from `at` on; where they end.
fn tuples(bytes: &[u8], mut at: usize, numbers: &[usize], table: &mut Table) -> usize {
    loop {
        at = skip_space(bytes, at);
        if bytes.get(at) != Some(&b'(') {
            return at;
        }
        let mut wanted = numbers.iter().zip(&mut table.columns).peekable();
        for nth in 0.. {
            let (value, end) = value(bytes, skip_space(bytes, at + 1));
            if let Some((_, column)) = wanted.next_if(|(wanted, _)| **wanted == nth)
                && !value.is_empty()
            {
                column.cells.push(value);
            }
            at = end;
            if bytes.get(at) != Some(&b',') {
                break;
            }
        }
        at = skip_space(bytes, at + usize::from(bytes.get(at) == Some(&b')')));
        if bytes.get(at) != Some(&b',') {
            return at;
        }
        at += 1;
    }
}

/// The value at `at`, without its quotes, and where the `,` or `)` behind it stands.
fn value(bytes: &[u8], at: usize) -> (ByteSpan, usize) {
    let prefix = usize::from(matches!(
        bytes.get(at..at + 2),
        Some([b'N' | b'E' | b'n' | b'e', b'\''])
    ));
    let open = at + prefix;
    let (value, mut at) = match bytes.get(open) {
        Some(quote @ (b'\'' | b'"')) => {
            let close = closing(bytes, open + 1, *quote);
            (Some(ByteSpan::new(open + 1, close)), bytes.len().min(close + 1))
        }
        _ => (None, at),
    };
    let start = at;
    let mut depth = 0_usize;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'(' => depth += 1,
            b')' | b',' if depth == 0 => break,
            b')' => depth -= 1,
            b'\n' | b';' => break,
            _ => {}
        }
        at += 1;
    }
    // A parameter that the program binds: `:name`, `$1`.
    let is_bound = matches!(bytes.get(start), Some(b':' | b'@' | b'$' | b'%' | b'?'));
    let bare = if is_bound {
        0
    } else {
        bytes[start..at].trim_ascii_end().len()
    };
    (value.unwrap_or_else(|| ByteSpan::new(start, start + bare)), at)
}

/// Where the quote stands that closes a value; a doubled one and one behind a backslash do not.
fn closing(bytes: &[u8], mut at: usize, quote: u8) -> usize {
    while let Some(byte) = bytes.get(at) {
        at += match byte {
            b'\\' => 2,
            byte if *byte == quote && bytes.get(at + 1) == Some(&quote) => 2,
            byte if *byte == quote => return at,
            _ => 1,
        };
    }
    bytes.len()
}

fn skip_space(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|b| b.is_ascii_whitespace()).count()
}
