//! Columns of tables: what a head says of all its cells, as far as they bear it out.

use super::{Judges, cell_place, name};
use crate::detectors::rule::Found;
use crate::fields::{Column, Concept, Table};

/// So many cells are asked what a column holds.
const SAMPLE: usize = 64;

impl Judges {
    /// Reports the values of a table's columns.
    pub(super) fn table(&self, text: &str, table: &Table, found: &mut Found) {
        let company = Company::of(text, table);
        for column in &table.columns {
            let concept = column.label.entry.concept;
            if concept.is_credential() {
                let has_user = company.users > usize::from(is_user(concept));
                self.credentials.column(text, table, column, has_user, found);
                continue;
            }
            if concept.is_name() && !name::is_column(text, column, &company) {
                continue;
            }
            if concept == Concept::Phone && column.label.entry.is_doubtful {
                let beside_person = company.users > usize::from(is_user(concept));
                self.phones.column(text, column, beside_person, found);
                continue;
            }
            for cell in &column.cells {
                self.judge(text, &column.label, &cell_place(*cell), found);
            }
        }
    }
}

/// What a table's heads say about each of its columns; counted once, as tables have thousands of them.
pub(super) struct Company {
    /// Columns that say who a row is about.
    users: usize,
    /// Columns that only tables of people have.
    pub(super) tellers: usize,
    /// It is about programs, products or settings.
    pub(super) is_technical: bool,
}

impl Company {
    fn of(text: &str, table: &Table) -> Self {
        let count = |is: fn(&Column) -> bool| table.columns.iter().filter(|column| is(column)).count();
        Self {
            users: count(|column| is_user(column.label.entry.concept)),
            tellers: count(name::tells_person),
            is_technical: table
                .heads
                .iter()
                .any(|head| name::is_technical(&text[head.range()])),
        }
    }
}

/// Whether a column says who a row is about.
const fn is_user(concept: Concept) -> bool {
    concept.is_name() || matches!(concept, Concept::Username | Concept::Email)
}

/// Up to [`SAMPLE`] cells of a column, as text.
pub(super) fn sample<'a>(text: &'a str, column: &Column) -> impl Iterator<Item = &'a str> {
    column.cells.iter().take(SAMPLE).map(|cell| &text[cell.range()])
}
