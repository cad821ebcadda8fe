//! Who signed in, was refused, or changed something. Rows of nobody are bounded apart from those of operators: noise
//! cannot push those out.

use sqlx::Row as _;
use uuid::Uuid;

use super::{Sql, Store, StoreError, id_of};
use crate::clock::Moment;

/// Rows that no session proves.
const MAX_ANONYMOUS: i64 = 10_000;
/// Rows of operators.
const MAX_OPERATORS: i64 = 1_000_000;
/// Equal refusals within this time are one row with a count.
const SAME_MILLIS: i64 = 60_000;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: Uuid,
    pub(crate) occurred_at: Moment,
    /// The operator whom a session proves; none for a refused sign-in.
    pub(crate) actor: Option<String>,
    pub(crate) action: String,
    /// Whom or what it was about: names of operators alone.
    pub(crate) target: Option<String>,
    pub(crate) source: String,
    pub(crate) count: i64,
}

impl Store {
    pub(crate) async fn log_access(&self, entry: &Entry) -> Result<(), StoreError> {
        let is_anonymous = entry.actor.is_none();
        // What somebody may do as often as they like must not push out what others did.
        let is_repeatable =
            is_anonymous || entry.action.contains("refuse") || entry.action == "events.export";
        if is_repeatable {
            let mut sql = Sql::new("UPDATE access_log SET count = count + 1 WHERE is_anonymous = ");
            sql.bind(i64::from(is_anonymous))
                .push(" AND action = ")
                .bind(entry.action.as_str());
            sql.push(" AND COALESCE(actor, '') = ")
                .bind(entry.actor.clone().unwrap_or_default())
                .push(" AND source = ")
                .bind(entry.source.as_str());
            sql.push(" AND COALESCE(target, '') = ")
                .bind(entry.target.clone().unwrap_or_default());
            // A row of a clock that was ahead is not a minute old either.
            sql.push(" AND occurred_at > ")
                .bind(entry.occurred_at.0 - SAME_MILLIS)
                .push(" AND occurred_at <= ")
                .bind(entry.occurred_at.0);
            sql.push(" AND id >= ")
                .bind(lowest_id(Moment(entry.occurred_at.0 - SAME_MILLIS)).as_slice());
            if sql.execute(&self.writes).await?.rows_affected() > 0 {
                return Ok(());
            }
        }
        let mut sql = Sql::new(
            "INSERT INTO access_log (id, occurred_at, is_anonymous, actor, action, target, source, count) VALUES ",
        );
        sql.rows(1, 8)
            .value(entry.id.as_bytes().as_slice())
            .value(entry.occurred_at.0)
            .value(i64::from(is_anonymous))
            .value(entry.actor.clone())
            .value(entry.action.as_str())
            .value(entry.target.clone())
            .value(entry.source.as_str())
            .value(entry.count);
        sql.execute(&self.writes).await?;
        Ok(())
    }

    /// The newest rows before `before`.
    pub(crate) async fn access_log(
        &self,
        before: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError> {
        let mut sql =
            Sql::new("SELECT id, occurred_at, actor, action, target, source, count FROM access_log");
        if let Some(before) = before {
            sql.push(" WHERE id < ").bind(before.as_bytes().as_slice());
        }
        sql.push(" ORDER BY id DESC LIMIT ").bind(i64::from(limit));
        let rows = sql.fetch_all(&self.reads).await?;
        let entry = |row: &sqlx::any::AnyRow| {
            Ok(Entry {
                id: id_of(row, "id")?,
                occurred_at: Moment(row.try_get("occurred_at")?),
                actor: row.try_get("actor")?,
                action: row.try_get("action")?,
                target: row.try_get("target")?,
                source: row.try_get("source")?,
                count: row.try_get("count")?,
            })
        };
        rows.iter().map(entry).collect()
    }

    /// Whether an operator has signed in from exactly this address since then.
    pub(crate) async fn has_signed_in(
        &self,
        operator: &str,
        source: &str,
        since: Moment,
    ) -> Result<bool, StoreError> {
        let mut sql = Sql::new("SELECT 1 AS one FROM access_log WHERE action = 'session.begin' AND actor = ");
        sql.bind(operator).push(" AND source = ").bind(source);
        sql.push(" AND occurred_at > ").bind(since.0).push(" LIMIT 1");
        Ok(sql.fetch_optional(&self.reads).await?.is_some())
    }

    pub(crate) async fn trim_access_log(&self) -> Result<(), StoreError> {
        for (is_anonymous, most) in [(1_i64, MAX_ANONYMOUS), (0, MAX_OPERATORS)] {
            let mut sql = Sql::new("DELETE FROM access_log WHERE is_anonymous = ");
            sql.bind(is_anonymous)
                .push(" AND id <= (SELECT id FROM access_log WHERE is_anonymous = ");
            sql.bind(is_anonymous)
                .push(" ORDER BY id DESC LIMIT 1 OFFSET ")
                .bind(most)
                .push(")");
            sql.execute(&self.writes).await?;
        }
        Ok(())
    }
}

/// No UUIDv7 of that time or later is smaller (RFC 9562, section 5.7).
fn lowest_id(at: Moment) -> [u8; 16] {
    let mut id = [0; 16];
    id[..6].copy_from_slice(&at.0.max(0).to_be_bytes()[2..]);
    id
}
