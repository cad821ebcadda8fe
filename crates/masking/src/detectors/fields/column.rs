//! Columns of tables: what a head says of all its cells, as far as they bear it out.

use super::{Judges, cell_place, name};
use crate::detectors::rule::Found;
use crate::fields::{Column, Concept, Table};

/// So many cells are asked what a column holds.
const SAMPLE: usize = 64;

impl Judges {
    /// Reports the values of a table's columns.
    pub(super) fn table(&self, text: &str, table: &Table, found: &mut Found) {
        for (nth, column) in table.columns.iter().enumerate() {
            let concept = column.label.entry.concept;
            if concept.is_credential() {
                let has_user = others(table, nth).any(|other| is_user(other.label.entry.concept));
                self.credentials.column(text, table, column, has_user, found);
                continue;
            }
            if concept.is_name() && !name::is_column(text, table, nth) {
                continue;
            }
            if concept == Concept::Phone && column.label.entry.is_doubtful {
                let beside_person = others(table, nth).any(|other| is_user(other.label.entry.concept));
                self.phones.column(text, column, beside_person, found);
                continue;
            }
            for cell in &column.cells {
                self.judge(text, &column.label, &cell_place(*cell), found);
            }
        }
    }
}

/// The table's other columns.
pub(super) fn others(table: &Table, nth: usize) -> impl Iterator<Item = &Column> {
    let other = move |(other, column)| (other != nth).then_some(column);
    table.columns.iter().enumerate().filter_map(other)
}

/// Whether a column says who a row is about.
const fn is_user(concept: Concept) -> bool {
    concept.is_name() || matches!(concept, Concept::Username | Concept::Email)
}

/// Up to [`SAMPLE`] cells of a column, as text.
pub(super) fn sample<'a>(text: &'a str, column: &Column) -> impl Iterator<Item = &'a str> {
    column.cells.iter().take(SAMPLE).map(|cell| &text[cell.range()])
}
