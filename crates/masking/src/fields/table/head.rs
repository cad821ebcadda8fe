//! The head of a table: a row of plain names, at least one of which is a label.

use super::MAX_COLUMNS;
use super::row::{delimiters, value_in};
use crate::ByteSpan;
use crate::fields::lexicon::is_letter;

/// The longest head, in bytes; what is longer is data.
const MAX_HEAD: usize = 128 << 10;
/// The longest name of a column, in bytes.
const MAX_NAME: usize = 48;
/// Most words of one.
const MAX_WORDS: usize = 4;
/// What parts cells; the first that stands in a line is its own.
const DELIMITERS: [&str; 8] = ["\t", "│", "|", ";", ",", "^", "~", BLANKS];
/// Two blanks and more, under which the cells of a report are aligned.
pub(super) const BLANKS: &str = "  ";

/// The head of a table of lines.
pub(super) struct Head {
    pub(super) delimiter: &'static str,
    /// How many of them each row has.
    pub(super) delimiters: usize,
    /// Names have a space behind the comma before them, as code and prose do.
    pub(super) is_spaced: bool,
    pub(super) names: Vec<ByteSpan>,
}

impl Head {
    pub(super) fn is_barred(&self) -> bool {
        is_bar(self.delimiter)
    }

    /// Whether other texts have such lines as often: unions of types, pipes of a shell, paths, pictures.
    pub(super) fn is_doubtful(&self) -> bool {
        matches!(self.delimiter, "|" | "^" | "~" | BLANKS)
    }
}

/// Whether the delimiter draws a table, so that quotes are text.
pub(super) fn is_bar(delimiter: &str) -> bool {
    matches!(delimiter, "|" | "│")
}

/// The head that `line`, which starts at `start`, is.
pub(super) fn read(line: &str, start: usize) -> Option<Head> {
    if line.len() > MAX_HEAD || !opens_with_name(line) {
        return None;
    }
    let delimiter = *DELIMITERS.iter().find(|delimiter| line.contains(**delimiter))?;
    let row = line.as_bytes();
    let mut names = Vec::new();
    let (mut from, mut is_spaced) = (0, false);
    for end in delimiters(row, delimiter).take(MAX_COLUMNS).chain([row.len()]) {
        let cell = value_in(row, from, end);
        let name = without_marks(&line[cell.range()], names.is_empty());
        // The bars around a row of Markdown.
        let is_edge = is_bar(delimiter) && (from == 0 || end == row.len()) && name.is_empty();
        // Exports of Excel write the index under no name, and of SQL nothing.
        let is_index = from == 0 && name.is_empty() && delimiter != ",";
        if !is_edge && !is_index && !is_name(name) {
            return None;
        }
        is_spaced |= delimiter == "," && from > 0 && row[from..end].starts_with(b" ");
        let at = start + name.as_ptr().addr() - row.as_ptr().addr();
        names.push(ByteSpan::new(at, at + name.len()));
        from = end + delimiter.len();
    }
    (names.len() > 1).then(|| Head {
        delimiter,
        delimiters: names.len() - 1,
        is_spaced,
        names,
    })
}

/// Whether nothing but a name, with the marks around it, stands before the first delimiter: most lines of programs are
/// known to be no heads by their first few bytes.
fn opens_with_name(line: &str) -> bool {
    let is_of_name =
        |byte: u8| byte.is_ascii_alphanumeric() || b" _-./#*`~\"'+>()\r".contains(&byte) || !byte.is_ascii();
    let first = line.bytes().find(|byte| !is_of_name(*byte));
    match first {
        Some(byte) => matches!(byte, b'\t' | b'|' | b';' | b',' | b'^'),
        None => line.contains(['│', '~']) || line.trim_start().contains(BLANKS),
    }
}

/// A name without the marks of Markdown and, in the first column, what tools write before a line.
fn without_marks(name: &str, is_first: bool) -> &str {
    let name = name.trim_matches(['*', '`', '~', '"', '\'', ' ']);
    match name.split_once('→') {
        Some((number, rest)) if is_first && number.trim().bytes().all(|b| b.is_ascii_digit()) => rest,
        _ if is_first => name.trim_start_matches(['+', '#', '>', ' ', '\u{feff}']),
        _ => name,
    }
}

/// Whether a cell of the head is nothing but a name.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= MAX_NAME
        && name.split(' ').count() <= MAX_WORDS
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| {
            is_letter(c)
                || matches!(
                    c,
                    '_' | '-' | ' ' | '.' | '/' | '#' | '(' | ')' | '\'' | '’' | '°'
                )
        })
}
