//! A statement that grows: constant text and numbered parameters.

use sqlx::any::{AnyArguments, AnyQueryResult, AnyRow};
use sqlx::{Any, Arguments as _, AssertSqlSafe, Encode, Executor, Type};

use super::Kind;

/// SQL whose text is constant but for the numbers of its parameters.
pub(crate) struct Sql {
    text: String,
    arguments: AnyArguments,
    count: usize,
}

impl Sql {
    pub(crate) fn new(text: &'static str) -> Self {
        Self {
            text: text.to_owned(),
            arguments: AnyArguments::default(),
            count: 0,
        }
    }

    pub(crate) fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Writes the next `$n`, and gives it this value.
    pub(crate) fn bind<'q, T: Encode<'q, Any> + Type<Any>>(&mut self, value: T) -> &mut Self {
        self.count += 1;
        self.text.push('$');
        self.text.push_str(&self.count.to_string());
        self.value(value)
    }

    /// Gives a value to a `$n` that the text has already.
    pub(crate) fn value<'q, T: Encode<'q, Any> + Type<Any>>(&mut self, value: T) -> &mut Self {
        self.arguments
            .add(value)
            .expect("numbers, texts and bytes can always be encoded");
        self
    }

    /// `(v1, v2, ...), (...), ...` with these values.
    pub(crate) fn rows(&mut self, rows: usize, columns: usize) -> &mut Self {
        for row in 0..rows {
            self.text.push_str(if row == 0 { "(" } else { ", (" });
            for column in 0..columns {
                self.count += 1;
                self.text.push_str(if column == 0 { "$" } else { ", $" });
                self.text.push_str(&self.count.to_string());
            }
            self.text.push(')');
        }
        self
    }

    /// [`Sql::rows`] for many, of a statement that has no other parameters. SQLite searches the names of parameters one by one
    /// when a value is bound, so they have none there: thousands would take longer than the rows.
    pub(crate) fn bulk(&mut self, kind: Kind, rows: usize, columns: usize) -> &mut Self {
        if kind == Kind::Postgres {
            return self.rows(rows, columns);
        }
        let row = format!("({})", vec!["?"; columns].join(", "));
        self.text.push_str(&vec![row; rows].join(", "));
        self
    }

    pub(crate) async fn execute<'c>(
        self,
        executor: impl Executor<'c, Database = Any>,
    ) -> Result<AnyQueryResult, sqlx::Error> {
        sqlx::query_with(AssertSqlSafe(self.text), self.arguments)
            .execute(executor)
            .await
    }

    pub(crate) async fn fetch_all<'c>(
        self,
        executor: impl Executor<'c, Database = Any>,
    ) -> Result<Vec<AnyRow>, sqlx::Error> {
        sqlx::query_with(AssertSqlSafe(self.text), self.arguments)
            .fetch_all(executor)
            .await
    }

    pub(crate) async fn fetch_optional<'c>(
        self,
        executor: impl Executor<'c, Database = Any>,
    ) -> Result<Option<AnyRow>, sqlx::Error> {
        sqlx::query_with(AssertSqlSafe(self.text), self.arguments)
            .fetch_optional(executor)
            .await
    }

    pub(crate) async fn fetch_one<'c>(
        self,
        executor: impl Executor<'c, Database = Any>,
    ) -> Result<AnyRow, sqlx::Error> {
        sqlx::query_with(AssertSqlSafe(self.text), self.arguments)
            .fetch_one(executor)
            .await
    }
}
