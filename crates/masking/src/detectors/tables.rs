//! PASSWORD, PHONE and DATE_OF_BIRTH in tables: the cells below a head that names them, in CSV, tab-separated text,
//! Markdown and SQL's `INSERT`. Identifiers in tables are the business of `ids`.
//!
//! A program's list of names is no head: rows of the same number of cells follow a head at once, and end with the first
//! line that does not fit.
//!
//! Looks at a text as a whole: at each line that may be a head with the rows below it, and at its statements, so that each
//! cell is read once.

mod cell;
mod head;
mod insert;

use std::sync::Arc;

use self::head::{Column, Head};
use super::assignment::{Cells, is_secret_cell};
use super::date_of_birth::date_in;
use super::row::{delimiters, is_rule, line_at, value_in};
use super::rule::{Found, Rule, Wake};
use super::secret::is_random;
use crate::{ByteSpan, EntityType, Score};

/// Most lines of one row, whose quoted cells go on in the next.
const MAX_LINES: usize = 8;

/// Finds private values by the heads of their columns.
pub(super) struct Tables {
    password: Arc<str>,
    key: Arc<str>,
    phone: Arc<str>,
    birth: Arc<str>,
}

impl Tables {
    pub(super) fn new() -> Self {
        Self {
            password: "password.column".into(),
            key: "api_key.column".into(),
            phone: "phone.column".into(),
            birth: "date_of_birth.column".into(),
        }
    }

    /// The tables that are lines of text; what every head has in it ends at each of `stems`.
    fn lines(&self, text: &str, stems: &[usize], found: &mut Found) {
        let bytes = text.as_bytes();
        // Lines before it are read.
        let mut at = 0;
        for &stem in stems {
            if stem <= at {
                continue;
            }
            let start = memchr::memrchr(b'\n', &bytes[at..stem]).map_or(at, |end| at + end + 1);
            let line = line_at(bytes, start, usize::MAX);
            let row = text[line.range()].trim_ascii_end();
            at = line.end + 1;
            if let Some(head) = head::read(row) {
                at = self.rows(text, at, &head, found);
            }
        }
    }

    /// The rows from `start` on; where the first line starts that is none.
    fn rows(&self, text: &str, start: usize, head: &Head, found: &mut Found) -> usize {
        let bytes = text.as_bytes();
        // Bars alone are as often a union of types in code: a rule has to follow the head.
        let mut awaits_rule = head.delimiter == b'|';
        let mut at = start;
        while at < bytes.len() {
            let line = line_at(bytes, at, usize::MAX);
            let row = bytes[line.range()].trim_ascii_end();
            if head.delimiter == b'|' && is_rule(without_prefix(row)) {
                awaits_rule = false;
                at = line.end + 1;
                continue;
            }
            let whole = whole_row(bytes, line, head.delimiter);
            let row = bytes[whole.range()].trim_ascii_end();
            if awaits_rule || !self.row(text, whole.start, row, head, found) {
                return at;
            }
            at = whole.end + 1;
        }
        at
    }

    /// The values of a row that starts at `start`; whether it is one, with as many cells as the head.
    fn row(&self, text: &str, start: usize, row: &[u8], head: &Head, found: &mut Found) -> bool {
        let is_row = delimiters(row, head.delimiter).count() == head.delimiters;
        if !is_row || head.is_spaced && cell::is_statement(row) {
            return false;
        }
        let is_data = head.delimiter != b'|' && !head.is_spaced;
        let mut wanted = head.columns.iter().peekable();
        let mut from = 0;
        let ends = delimiters(row, head.delimiter).chain([row.len()]);
        for (nth, end) in ends.enumerate() {
            if let Some((_, column)) = wanted.next_if(|(wanted, _)| *wanted == nth) {
                let cell = value_in(row, from, end);
                let cell = ByteSpan::new(start + cell.start, start + cell.end);
                self.cell(text, cell, *column, is_data, found);
            }
            from = end + 1;
        }
        true
    }

    /// Reports the value of one cell if it is what its column holds.
    fn cell(&self, text: &str, cell: ByteSpan, column: Column, is_data: bool, found: &mut Found) {
        let bytes = &text.as_bytes()[cell.range()];
        if bytes.is_empty() {
            return;
        }
        let is_secret = |cells| {
            !cell::is_code(bytes, is_data)
                && !cell::is_timestamp(bytes)
                && is_secret_cell(text, cell, cells, is_data)
        };
        let (entity, end, name) = match column {
            Column::Secret(cells) if is_secret(cells) => {
                let is_password = cells == Cells::Passwords;
                let (entity, name) = if is_password {
                    (EntityType::Password, &self.password)
                } else {
                    (EntityType::ApiKey, &self.key)
                };
                (entity, cell.end, name)
            }
            Column::ShortPassword if cell::is_strong_password(bytes) && is_secret(Cells::Passwords) => {
                (EntityType::Password, cell.end, &self.password)
            }
            Column::Token if is_random(bytes) && !cell::is_hash(bytes) && is_secret(Cells::Keys) => {
                (EntityType::ApiKey, cell.end, &self.key)
            }
            Column::Phone if cell::is_phone(bytes) => (EntityType::Phone, cell.end, &self.phone),
            Column::FormalPhone if cell::is_formal_phone(bytes) => (EntityType::Phone, cell.end, &self.phone),
            Column::Birth => match date_in(text, cell) {
                Some(end) => (EntityType::DateOfBirth, end, &self.birth),
                None => return,
            },
            _ => return,
        };
        found.push(entity, cell.start, end, Score::STRONG, name);
    }
}

impl Rule for Tables {
    fn literals(&self) -> Vec<String> {
        head::STEMS.map(str::to_owned).into()
    }

    fn on_whole_text(&self) -> bool {
        true
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        if let Wake::Whole(stems) = wake {
            self.lines(text, stems, found);
            insert::each_value(text, |cell, column| self.cell(text, cell, column, true, found));
        }
    }
}

/// A line without what tools and comments write before it: `12→`, `///`, `>`.
fn without_prefix(row: &[u8]) -> &[u8] {
    let rest = row.trim_ascii_start();
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let rest = rest[digits..].strip_prefix("→".as_bytes()).unwrap_or(rest);
    let marks = rest
        .iter()
        .take_while(|b| matches!(b, b' ' | b'\t' | b'/' | b'*' | b'#' | b'>' | b'!'))
        .count();
    &rest[marks..]
}

/// The row that starts with `line`: with the lines in which a quoted cell goes on.
fn whole_row(bytes: &[u8], line: ByteSpan, delimiter: u8) -> ByteSpan {
    let quotes = |span: ByteSpan| memchr::memchr_iter(b'"', &bytes[span.range()]).count();
    let mut open = delimiter != b'|' && quotes(line) % 2 == 1;
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

#[cfg(test)]
mod tests;
