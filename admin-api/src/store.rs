//! The database: SQLite or PostgreSQL behind one interface. All SQL is in the files below, written once for both, with
//! numbered parameters; what an operator or an instance sends is only ever bound.

pub(crate) mod access_log;
pub(crate) mod arrivals;
pub(crate) mod events;
pub(crate) mod ingest;
pub(crate) mod instances;
mod keys;
mod migrations;
pub(crate) mod oidc_attempts;
pub(crate) mod operators;
pub(crate) mod rollups;
mod schema;
pub(crate) mod sessions;
mod sql;
pub(crate) mod throttle;

use std::os::unix::fs::OpenOptionsExt as _;
use std::sync::Arc;
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions, AnyRow};
use sqlx::{
    Any, AnyConnection, AnyPool, ConnectOptions as _, Connection as _, Executor as _, Row as _, Transaction,
};
use thiserror::Error;
use tokio::sync::Mutex;
use uuid::Uuid;

use keys::Keys;
pub(crate) use sql::Sql;

/// A request waits no longer for a connection: it is told that the database is busy.
const ACQUIRE: Duration = Duration::from_secs(5);
/// SQLite has one writer at a time; `admin-api operator` may be the other.
const BUSY_MILLIS: u32 = 5000;

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

/// Why the database cannot be used. What a driver says is not passed on: it may quote what was stored.
#[derive(Debug, Error)]
pub enum StoreError {
    /// It cannot be opened.
    #[error("the database cannot be opened: {0}")]
    Open(&'static str),
    /// It does not fit this release.
    #[error("{0}")]
    Schema(String),
    /// An operation failed.
    #[error("the database failed: {0}")]
    Failed(&'static str),
    /// It does not take these rows, now or later; others it may.
    #[error("the database does not take these rows: {0}")]
    Rows(&'static str),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code)
        {
            Some(code) if is_of_rows(&code) => Self::Rows(reason(&error)),
            _ => Self::Failed(reason(&error)),
        }
    }
}

/// Whether a code tells of what was to be stored, and not of the database: PostgreSQL's classes of data, constraints and
/// program limits, SQLite's TOOBIG, CONSTRAINT and MISMATCH with all that extend them.
fn is_of_rows(code: &str) -> bool {
    if code.len() == 5 {
        return ["22", "23", "54"].iter().any(|class| code.starts_with(class));
    }
    code.parse::<u32>()
        .is_ok_and(|code| matches!(code & 0xff, 18..=20))
}

/// Constant words for a driver's error.
fn reason(error: &sqlx::Error) -> &'static str {
    match error {
        sqlx::Error::Io(io) => match io.kind() {
            std::io::ErrorKind::ConnectionRefused => "nothing listens at its address",
            std::io::ErrorKind::NotFound => "its file or socket is not there",
            std::io::ErrorKind::PermissionDenied => "it may not be read or written",
            _ => "the connection broke",
        },
        sqlx::Error::Tls(_) => "TLS failed",
        sqlx::Error::PoolTimedOut => "no connection was free in time",
        sqlx::Error::PoolClosed => "it is closed",
        sqlx::Error::Configuration(_) => "its URL is wrong",
        sqlx::Error::Database(database) => of_code(database.code().as_deref().unwrap_or_default()),
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => "it holds something of another type",
        _ => "an operation did not succeed",
    }
}

/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>, <https://sqlite.org/rescode.html>
fn of_code(code: &str) -> &'static str {
    match code {
        "28P01" | "28000" => "user or password is wrong",
        "3D000" => "there is no database of that name",
        "42501" => "the user lacks a privilege",
        "53100" | "13" => "the disk is full",
        "53300" => "it has too many connections",
        "57P03" => "it is starting up",
        "40001" | "40P01" => "another transaction was in the way",
        "23505" | "1555" | "2067" => "a row is there already",
        "23503" | "787" => "a row that another needs is missing",
        "22003" | "3091" => "a value is not one of its column's",
        "5" | "517" | "261" | "6" => "it is locked by another process",
        "25006" | "8" | "264" | "776" | "1032" | "1544" => "it is read-only",
        "42P01" | "42703" => "a table or a column is missing",
        "11" | "26" => "its file is damaged or no database; restore it from a backup, or name another file",
        "14" => "its file cannot be opened; its folder has to exist and be writable",
        _ => "an operation was refused",
    }
}

/// A handle; clones share connections.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    kind: Kind,
    reads: AnyPool,
    /// With SQLite a single connection: writers queue here and not at its lock.
    writes: AnyPool,
    /// Held by the transaction that stores events.
    keys: Arc<Mutex<Keys>>,
}

impl Store {
    /// Opens the database and brings its schema up to date.
    ///
    /// # Errors
    /// Says in a sentence what is wrong with the database; never its URL, which may hold a password.
    pub(crate) async fn open(url: &str, connections: u32) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let kind = if url.starts_with("sqlite:") {
            Kind::Sqlite
        } else {
            Kind::Postgres
        };
        if kind == Kind::Sqlite {
            keep_private(url)?;
        }
        let url = match kind {
            Kind::Sqlite if !url.contains('?') => format!("{url}?mode=rwc"),
            _ => url.to_owned(),
        };
        let options: AnyConnectOptions = url
            .parse()
            .map(AnyConnectOptions::disable_statement_logging)
            .map_err(|error| StoreError::Open(reason(&error)))?;
        let open = |error: sqlx::Error| StoreError::Open(reason(&error));
        // A pool tries again and again until its patience ends; the first connection says what is wrong.
        let mut first = options.connect().await.map_err(open)?;
        prepare(&mut first, kind).await.map_err(open)?;
        first.close().await.map_err(open)?;
        let pool = |most: u32| {
            AnyPoolOptions::new()
                .max_connections(most)
                .acquire_timeout(ACQUIRE)
                .after_connect(move |connection, _| Box::pin(prepare(connection, kind)))
                .connect_with(options.clone())
        };
        let writes = pool(if kind == Kind::Sqlite { 1 } else { connections })
            .await
            .map_err(open)?;
        migrations::run(&writes, kind).await?;
        schema::complete(&writes).await?;
        let reads = match kind {
            Kind::Sqlite => pool(connections).await.map_err(open)?,
            Kind::Postgres => writes.clone(),
        };
        let store = Self {
            kind,
            reads,
            writes,
            keys: Arc::default(),
        };
        store.check_writable().await?;
        Ok(store)
    }

    /// A database that is only read, or that another process holds, would fail at the first event and not before.
    async fn check_writable(&self) -> Result<(), StoreError> {
        let failed = |error: sqlx::Error| StoreError::Open(reason(&error));
        let mut transaction = match self.kind {
            Kind::Sqlite => self.writes.begin_with("BEGIN IMMEDIATE").await,
            Kind::Postgres => self.writes.begin().await,
        }
        .map_err(failed)?;
        Sql::new("UPDATE totals SET value = value WHERE name = ''")
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.rollback().await.map_err(failed)
    }

    /// Whether it answers and has its tables.
    pub(crate) async fn ping(&self) -> Result<(), StoreError> {
        schema::has_all(&self.reads).await
    }

    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Any>, StoreError> {
        Ok(match self.kind {
            // A transaction that reads first could not become a writer later if another wrote in between.
            Kind::Sqlite => self.writes.begin_with("BEGIN IMMEDIATE").await?,
            Kind::Postgres => self.writes.begin().await?,
        })
    }

    /// Ends all connections.
    pub(crate) async fn close(&self) {
        self.reads.close().await;
        self.writes.close().await;
    }
}

/// A fresh database file is its owner's alone; SQLite gives the files beside it the same permissions.
fn keep_private(url: &str) -> Result<(), StoreError> {
    let path = url.trim_start_matches("sqlite:").trim_start_matches("//");
    let path = path.split('?').next().unwrap_or_default();
    if path.is_empty() || path == ":memory:" {
        return Err(StoreError::Open(
            "a database in memory would lose everything; name a file",
        ));
    }
    let path = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
    let mut options = std::fs::OpenOptions::new();
    match options.write(true).create_new(true).mode(0o600).open(&*path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            if std::path::Path::new(&*path).is_dir() {
                return Err(StoreError::Open(
                    "its file is a directory; name a file in it, such as admin.db",
                ));
            }
            check_file(&path)
        }
        Err(_) => Err(StoreError::Open(of_code("14"))),
    }
}

/// SQLite opens a file that it may not write all the same, and fails later with other words.
fn check_file(path: &str) -> Result<(), StoreError> {
    use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
    let mut options = std::fs::OpenOptions::new();
    let Err(error) = options.read(true).write(true).open(path) else {
        return Ok(());
    };
    let is_denied = matches!(error.kind(), PermissionDenied | ReadOnlyFilesystem);
    Err(StoreError::Open(match std::fs::File::open(path) {
        Ok(_) if is_denied => of_code("8"),
        Err(_) if is_denied => "it may not be read or written",
        _ => of_code("14"),
    }))
}

async fn prepare(connection: &mut AnyConnection, kind: Kind) -> Result<(), sqlx::Error> {
    if kind == Kind::Postgres {
        return Ok(());
    }
    let pragmas = [
        format!("PRAGMA busy_timeout = {BUSY_MILLIS}"),
        "PRAGMA journal_mode = WAL".to_owned(),
        // With WAL, NORMAL may lose the last commits at a power cut; they would be acknowledged already.
        "PRAGMA synchronous = FULL".to_owned(),
        "PRAGMA foreign_keys = ON".to_owned(),
        "PRAGMA wal_autocheckpoint = 4000".to_owned(),
        "PRAGMA cache_size = -65536".to_owned(),
        "PRAGMA temp_store = MEMORY".to_owned(),
    ];
    for pragma in pragmas {
        connection.execute(sqlx::AssertSqlSafe(pragma)).await?;
    }
    Ok(())
}

fn id_of(row: &AnyRow, column: &str) -> Result<Uuid, StoreError> {
    let bytes: Vec<u8> = row.try_get(column)?;
    Uuid::from_slice(&bytes).map_err(|_| StoreError::Failed("it holds an id that is none"))
}

#[cfg(test)]
mod tests;
