//! The schema. Versions are `release * 1000 + n`: a release goes on with the database of the one after it, because that
//! one only adds; further ahead nobody promised anything.

use std::borrow::Cow;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{AnyPool, Row as _, SqlSafeStr as _};

use super::{Kind, Sql, StoreError, reason};

/// Of this release: 0.1.
const RELEASE: i64 = 1;

/// Version, what it adds, SQLite's statements, PostgreSQL's.
type Step = (i64, &'static str, &'static str, &'static str);

macro_rules! step {
    ($version:literal, $name:literal) => {
        (
            $version,
            $name,
            include_str!(concat!(
                "../../../migrations/sqlite/",
                $version,
                "_",
                $name,
                ".sql"
            )),
            include_str!(concat!(
                "../../../migrations/postgres/",
                $version,
                "_",
                $name,
                ".sql"
            )),
        )
    };
}

const STEPS: [Step; 5] = [
    step!(1001, "events"),
    step!(1002, "rollups"),
    step!(1003, "instances"),
    step!(1004, "operators"),
    step!(1005, "arrivals"),
];

pub(super) async fn run(pool: &AnyPool, kind: Kind) -> Result<(), StoreError> {
    let steps = STEPS.map(|(version, name, sqlite, postgres)| {
        let sql = if kind == Kind::Sqlite { sqlite } else { postgres };
        Migration::new(
            version,
            Cow::Borrowed(name),
            MigrationType::Simple,
            sql.into_sql_str(),
            false,
        )
    });
    let mut migrator = Migrator::with_migrations(steps.to_vec());
    // Those of the next release are judged below.
    migrator.set_ignore_missing(true);
    migrator.run(pool).await.map_err(|error| refused(&error))?;
    let newest = Sql::new("SELECT MAX(version) AS newest FROM _sqlx_migrations")
        .fetch_one(pool)
        .await?
        .try_get::<i64, _>("newest")?;
    if newest / 1000 > RELEASE + 1 {
        return Err(StoreError::Schema(
            "the database is of a release that is more than one ahead of this one: run that release, or the one before it"
                .to_owned(),
        ));
    }
    Ok(())
}

fn refused(error: &MigrateError) -> StoreError {
    let schema = |text: String| StoreError::Schema(text);
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
            StoreError::Schema(format!(
                "the database's schema cannot be brought up to date: {}",
                reason(error)
            ))
        }
        MigrateError::VersionMismatch(version) => schema(format!(
            "migration {version} of the database is not the one of this release: the database is of another program or was changed by hand"
        )),
        MigrateError::Dirty(version) => schema(format!(
            "migration {version} of the database broke off: restore the database from a backup"
        )),
        _ => schema("the database's schema cannot be brought up to date".to_owned()),
    }
}
