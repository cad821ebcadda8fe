//! Whether the cell of a column of secrets holds one, rather than code, a type, a date, a count or a hash.

use crate::detectors::secret::{behind_pieces, is_random};

/// Most letters of a unit: `12ms`.
const MAX_UNIT: usize = 3;

/// Types of columns and of variables, without their lengths.
#[rustfmt::skip]
const TYPES: [&str; 18] = [
    "varchar", "nvarchar", "char", "nchar", "text", "string", "str", "int", "uint", "bigint", "smallint",
    "float", "double", "decimal", "numeric", "binary", "varbinary", "timestamp",
];

/// Whether a cell is code: a call, a member of something, a type and, where no data is, the rest of a statement.
pub(super) fn is_code(cell: &[u8], is_data: bool) -> bool {
    // A template's name before a value is no call.
    let cell = &cell[behind_pieces(cell, 0)..];
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b':' | b'$' | b'-' | b'>');
    let name = cell.iter().take_while(is_part).count();
    let (path, rest) = cell.split_at(name);
    let is_end = |b: &u8| matches!(b, b')' | b']' | b'}' | b';');
    let is_rest = !is_data && name > 0 && !rest.is_empty() && rest.iter().all(is_end);
    let letters = cell.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let behind = &cell[letters..];
    let is_length = behind.len() <= MAX_UNIT && behind.iter().all(u8::is_ascii_digit);
    let is_type = is_length
        && TYPES
            .iter()
            .any(|of| cell[..letters].eq_ignore_ascii_case(of.as_bytes()));
    is_call(path, rest) || is_rest || is_type || cell.ends_with(b";") || is_member(cell)
}

/// Whether `rest` calls or indexes what `path` names; passwords with brackets have other marks too.
fn is_call(path: &[u8], rest: &[u8]) -> bool {
    let is_argument = |b: &u8| b.is_ascii_alphanumeric() || b"_.,:-$'\"()[]; ".contains(b);
    let is_closed = rest.iter().any(|b| matches!(b, b')' | b']'));
    path.first().is_some_and(|b| !b.is_ascii_digit())
        && matches!(rest.first(), Some(b'(' | b'['))
        && rest.iter().all(is_argument)
        && (is_closed || path.len() > MAX_UNIT)
        && !is_random(path)
}

/// Whether a cell is a path of names: `user.password1`.
fn is_member(cell: &[u8]) -> bool {
    let is_name = |name: &[u8]| {
        name.first()
            .is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_')
            && name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
            && !is_random(name)
    };
    cell.contains(&b'.') && cell.split(|b| *b == b'.').all(is_name)
}

/// Whether a cell looks like a password where its head does not say so: letters with digits or marks.
pub(super) fn is_strong_password(cell: &[u8]) -> bool {
    let letters = cell.iter().any(|b| b.is_ascii_alphabetic() || !b.is_ascii());
    let others = cell
        .iter()
        .any(|b| b.is_ascii_digit() || b.is_ascii_punctuation());
    letters && others && !cell.contains(&b'%') && !is_hash(cell) && !is_measure(cell)
}

/// Whether a cell is a moment: `2024-01-02T10:00:00Z`, `10:00:00`.
pub(super) fn is_timestamp(cell: &[u8]) -> bool {
    let is_part =
        |b: &u8| b.is_ascii_digit() || matches!(b, b'-' | b':' | b'.' | b'+' | b'/' | b'T' | b'Z' | b' ');
    let is_dated = cell.get(4) == Some(&b'-') && cell.get(7) == Some(&b'-') || cell.contains(&b':');
    cell[0].is_ascii_digit() && is_dated && cell.iter().all(is_part)
}

/// Whether a cell is a number with its unit: `12ms`, `1.5k`.
fn is_measure(cell: &[u8]) -> bool {
    let number = cell
        .iter()
        .take_while(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'-' | b' '))
        .count();
    let unit = &cell[number..];
    number > 0 && unit.len() <= MAX_UNIT && unit.iter().all(u8::is_ascii_alphabetic)
}

/// Whether a cell is a hash in hexadecimal digits: MD5, SHA-1, SHA-256.
pub(super) fn is_hash(cell: &[u8]) -> bool {
    matches!(cell.len(), 32 | 40 | 64) && cell.iter().all(u8::is_ascii_hexdigit)
}
