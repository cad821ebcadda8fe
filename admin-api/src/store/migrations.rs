//! The schema. Versions are `release * 1000 + n`: a release goes on with the database of the one after it, because that
//! one only adds; further ahead nobody promised anything.

use std::borrow::Cow;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{AnyPool, Row as _, SqlSafeStr as _};

use super::schema::TABLES;
use super::{Kind, Sql, StoreError, reason, schema};

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
    // In this order: what another replica adds in between is in its list by then.
    let tables = schema::tables(pool, kind).await?;
    let has_list = tables.iter().any(|name| name == "_sqlx_migrations");
    let versions = if has_list {
        Some(versions(pool).await?)
    } else {
        None
    };
    judge(kind, &tables, versions.as_deref()).map_err(StoreError::Schema)?;
    let mut migrator = Migrator::with_migrations(steps.to_vec());
    // Those of the next release are judged already.
    migrator.set_ignore_missing(true);
    migrator.run(pool).await.map_err(|error| refused(&error))
}

async fn versions(pool: &AnyPool) -> Result<Vec<i64>, StoreError> {
    let rows = Sql::new("SELECT version FROM _sqlx_migrations ORDER BY version")
        .fetch_all(pool)
        .await?;
    rows.iter().map(|row| Ok(row.try_get("version")?)).collect()
}

/// Whether the migrations may run at a database that has these tables, and this list of migrations if it has one; else what is
/// wrong with it, and what to do.
fn judge(kind: Kind, tables: &[String], versions: Option<&[i64]>) -> Result<(), String> {
    const OWN: &str = "name a database of the control plane's own in admin.database.url";
    let has = |name: &str| tables.iter().any(|there| there == name);
    let Some(versions) = versions else {
        // A schema of PostgreSQL may be shared with others, a file may not.
        let is_foreign = match kind {
            Kind::Sqlite => !tables.is_empty(),
            Kind::Postgres => TABLES.iter().any(|table| has(table.name)),
        };
        return if is_foreign {
            Err(format!(
                "the database is another program's: it has tables, and no list of the control plane's migrations; {OWN}"
            ))
        } else {
            Ok(())
        };
    };
    if versions
        .iter()
        .any(|version| !(1000..1_000_000).contains(version))
    {
        return Err(format!(
            "the database is another program's: its list of migrations has some that no release of the control plane made; \
             {OWN}"
        ));
    }
    if versions.iter().any(|version| version / 1000 > RELEASE + 1) {
        return Err(
            "the database is of a release that is more than one ahead of this one: run that release, or the one before it"
                .to_owned(),
        );
    }
    for (version, name, ..) in STEPS.iter().filter(|step| !versions.contains(&step.0)) {
        let made = TABLES
            .iter()
            .find(|table| table.version == *version && has(table.name));
        if made.is_some() || versions.iter().any(|later| later > version) {
            return Err(format!(
                "the database's list of migrations lacks {version} ({name}), though the database is further than that: it was \
                 changed by hand; restore it from a backup, or {OWN}"
            ));
        }
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
