//! SQL's `INSERT INTO t (name, password) VALUES ('...', '...'), (...)`.

use super::head::{self, Column};
use crate::ByteSpan;
use crate::detectors::text::starts_with_ignore_case;

/// The longest name of a table, and the longest list of columns, in bytes.
const MAX_TABLE: usize = 160;
const MAX_COLUMNS: usize = 4096;

/// Calls `each` with every value of a private column.
pub(super) fn each_value(text: &str, mut each: impl FnMut(ByteSpan, Column)) {
    let bytes = text.as_bytes();
    // As people write the word: in one case, or with a capital.
    for into in ["into ", "Into ", "INTO "] {
        let mut read = 0;
        for at in memchr::memmem::find_iter(bytes, into) {
            if at >= read
                && let Some((columns, values)) = columns(text, at + into.len())
            {
                read = tuples(bytes, values, &columns, &mut each);
            }
        }
    }
}

/// The private columns of a statement, by their number, and where its values start.
fn columns(text: &str, at: usize) -> Option<(Vec<(usize, Column)>, usize)> {
    let bytes = text.as_bytes();
    let table = &bytes[at..bytes.len().min(at + MAX_TABLE)];
    let open = at + memchr::memchr2(b'(', b';', table)?;
    let list = &bytes[open..bytes.len().min(open + MAX_COLUMNS)];
    // No bracket and no second word inside, so that no other statement reads the same list.
    let close = open + 1 + memchr::memchr2(b'(', b')', list.get(1..)?)?;
    if bytes[open] != b'(' || bytes[close] != b')' || bytes[at..open].trim_ascii().contains(&b' ') {
        return None;
    }
    let is_mark = |c: char| c.is_ascii_whitespace() || matches!(c, '"' | '`' | '\'' | '[' | ']' | '\\');
    let names: Vec<_> = text[open + 1..close]
        .split(',')
        .map(|name| head::plain(name.trim_matches(is_mark)))
        .collect();
    let columns = head::columns(&names);
    let values = skip_space(bytes, close + 1);
    (!columns.is_empty() && starts_with_ignore_case(&text[values..], "values"))
        .then_some((columns, values + "values".len()))
}

/// Reads the tuples from `at` on; where they end.
fn tuples(
    bytes: &[u8],
    mut at: usize,
    columns: &[(usize, Column)],
    each: &mut impl FnMut(ByteSpan, Column),
) -> usize {
    loop {
        at = skip_space(bytes, at);
        if bytes.get(at) != Some(&b'(') {
            return at;
        }
        let mut wanted = columns.iter().peekable();
        for nth in 0.. {
            let start = skip_space(bytes, at + 1);
            let (value, end) = value(bytes, start);
            if let Some((_, column)) = wanted.next_if(|(wanted, _)| *wanted == nth) {
                each(value, *column);
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
