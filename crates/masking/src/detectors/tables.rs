//! PASSWORD, PHONE and DATE_OF_BIRTH in tables: the cells below a head that names them, in CSV, tab-separated text,
//! Markdown and SQL's `INSERT`. Identifiers in tables are the business of `ids`.
//!
//! Looks at a text as a whole: one pass over its lines and one over its statements, so that each cell is read once.

mod head;
mod insert;

use std::sync::Arc;

use self::head::{Column, Head};
use super::assignment::is_secret_cell;
use super::date_of_birth::date_in;
use super::row::{delimiters, is_rule, line_at, value_in};
use super::rule::{Found, Rule, Wake};
use crate::{ByteSpan, EntityType, Score};

/// Rows of another shape that a table may hold: cells that go on in the next line.
const MAX_STRANGE: usize = 8;
/// Digits of a phone number (E.164).
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;
/// The longest spelling of one, in bytes.
const MAX_PHONE: usize = 32;

/// Finds private values by the heads of their columns.
pub(super) struct Tables {
    password: Arc<str>,
    phone: Arc<str>,
    birth: Arc<str>,
}

impl Tables {
    pub(super) fn new() -> Self {
        Self {
            password: "password.column".into(),
            phone: "phone.column".into(),
            birth: "date_of_birth.column".into(),
        }
    }

    /// The tables that are lines of text.
    fn lines(&self, text: &str, found: &mut Found) {
        let bytes = text.as_bytes();
        let mut head: Option<Head> = None;
        let (mut at, mut strange) = (0, 0);
        while at < bytes.len() {
            let line = line_at(bytes, at, usize::MAX);
            at = line.end + 1;
            let row = bytes[line.range()].trim_ascii_end();
            if let Some(next) = head::read(&text[line.start..line.start + row.len()]) {
                (head, strange) = (Some(next), 0);
                continue;
            }
            let Some(current) = &head else { continue };
            if is_rule(row) {
                continue;
            }
            if self.row(text, line.start, row, current, found) {
                strange = 0;
            } else {
                strange += 1;
            }
            if row.is_empty() || strange > MAX_STRANGE {
                head = None;
            }
        }
    }

    /// The values of a row that starts at `start`; whether it has as many cells as the head.
    fn row(&self, text: &str, start: usize, row: &[u8], head: &Head, found: &mut Found) -> bool {
        if delimiters(row, head.delimiter).count() != head.delimiters {
            return false;
        }
        let mut from = 0;
        let ends = delimiters(row, head.delimiter).chain([row.len()]);
        for (nth, end) in ends.enumerate() {
            if let Some((_, column)) = head.columns.iter().find(|(wanted, _)| *wanted == nth) {
                let cell = value_in(row, from, end);
                let cell = ByteSpan::new(start + cell.start, start + cell.end);
                self.cell(text, cell, *column, head.delimiter != b'|', found);
            }
            from = end + 1;
        }
        true
    }

    /// Reports the value of one cell if it is what its column holds.
    fn cell(&self, text: &str, cell: ByteSpan, column: Column, is_data: bool, found: &mut Found) {
        let (entity, end, name) = match column {
            _ if cell.is_empty() => return,
            Column::Secret(cells) if is_secret_cell(text, cell, cells, is_data) => {
                (EntityType::Password, cell.end, &self.password)
            }
            Column::Phone if is_phone(&text.as_bytes()[cell.range()]) => {
                (EntityType::Phone, cell.end, &self.phone)
            }
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
        if matches!(wake, Wake::Whole) {
            self.lines(text, found);
            insert::each_value(text, |cell, column| self.cell(text, cell, column, true, found));
        }
    }
}

fn is_phone(cell: &[u8]) -> bool {
    let digits = cell.iter().filter(|b| b.is_ascii_digit()).count();
    let is_part = |b: &u8| b.is_ascii_digit() || matches!(b, b' ' | b'+' | b'-' | b'(' | b')' | b'.' | b'/');
    cell.len() <= MAX_PHONE && PHONE_DIGITS.contains(&digits) && cell.iter().all(is_part)
}

#[cfg(test)]
mod tests;
