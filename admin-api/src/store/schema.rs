//! What the database has to have, and whether it is ours at all: asked before anything is changed in it, and when it should be
//! complete.

use sqlx::{AnyPool, Row as _};

use super::{Kind, Sql, StoreError};

/// A table, the migration that makes it, and a question that only works if all its columns are there.
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) version: i64,
    columns: &'static str,
}

macro_rules! tables {
    ($($version:literal $name:literal $columns:literal,)+) => {
        pub(super) const TABLES: &[Table] = &[$(Table {
            name: $name,
            version: $version,
            columns: concat!("SELECT ", $columns, " FROM ", $name, " WHERE 1 = 0"),
        }),+];
        const ALL: &str = concat!("SELECT 1 AS found", $(" UNION ALL SELECT 1 FROM ", $name, " WHERE 1 = 0"),+);
    };
}

tables! {
    1001 "events" "occurred_at, event_id, instance_id, caller, surface, upstream, model, outcome, status, code, detected, \
                   detail, arrival",
    1001 "totals" "name, value",
    1002 "rollups" "width, dimension, bucket, key, requests, masked, blocked, errors, detections, values_masked, \
                    input_tokens, output_tokens, unresolved",
    1002 "latencies" "width, dimension, bucket, key, total, masking",
    1003 "instances" "instance_id, started_at, reported_at, report",
    1004 "operators" "id, username, role, password_hash, is_enabled, created_at, totp_secret, totp_is_confirmed, \
                      totp_last_step, external_id",
    1004 "sessions" "digest, id, operator_id, created_at, active_at",
    1004 "login_throttle" "key, failures, blocked_until, updated_at",
    1004 "access_log" "id, occurred_at, is_anonymous, actor, action, target, source, count",
    1004 "oidc_attempts" "digest, nonce, verifier, created_at",
    1005 "ages" "counted, arrival",
}

/// Rows without which nothing is stored.
const NUMBERS: [&str; 3] = ["arrivals", "events", "salt"];

/// Names of the tables that are there.
pub(super) async fn tables(pool: &AnyPool, kind: Kind) -> Result<Vec<String>, StoreError> {
    let sql = match kind {
        Kind::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
        }
        Kind::Postgres => {
            "SELECT CAST(table_name AS TEXT) AS name FROM information_schema.tables \
             WHERE table_schema = current_schema()"
        }
    };
    let rows = Sql::new(sql).fetch_all(pool).await?;
    rows.iter().map(|row| Ok(row.try_get("name")?)).collect()
}

/// Whether every table has its columns, whatever the list of migrations says.
pub(super) async fn complete(pool: &AnyPool) -> Result<(), StoreError> {
    for table in TABLES {
        if let Err(error) = Sql::new(table.columns).fetch_all(pool).await {
            return Err(if is_of_schema(&error) {
                incomplete(&format!(
                    "the table `{}` or one of its columns is missing",
                    table.name
                ))
            } else {
                error.into()
            });
        }
    }
    let rows = Sql::new("SELECT name FROM totals").fetch_all(pool).await?;
    let names: Vec<String> = rows
        .iter()
        .map(|row| row.try_get("name"))
        .collect::<Result<_, _>>()?;
    match NUMBERS
        .iter()
        .find(|name| !names.iter().any(|there| there == *name))
    {
        Some(name) => Err(incomplete(&format!(
            "the row `{name}` of the table `totals` is missing"
        ))),
        None => Ok(()),
    }
}

/// The same of the tables alone, in one question.
pub(super) async fn has_all(pool: &AnyPool) -> Result<(), StoreError> {
    match Sql::new(ALL).fetch_all(pool).await {
        Ok(_) => Ok(()),
        Err(error) if is_of_schema(&error) => Err(incomplete("a table is missing")),
        Err(error) => Err(error.into()),
    }
}

fn incomplete(what: &str) -> StoreError {
    StoreError::Schema(format!(
        "the database is not complete: {what}, though its list of migrations says it is there; restore the database from a \
         backup, or name a fresh one in admin.database.url"
    ))
}

/// SQLite has one code for all that is wrong with a statement, and these have nothing else that could be.
fn is_of_schema(error: &sqlx::Error) -> bool {
    let code = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| matches!(&*code, "42P01" | "42703" | "1"))
}
