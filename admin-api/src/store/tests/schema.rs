//! Databases that are not what they should be.

use super::super::schema;
use super::*;

async fn told(place: &Place) -> String {
    Store::open(&place.url, 2).await.unwrap_err().to_string()
}

pub(super) async fn a_missing_table_is_told_and_not_ready(place: &Place) {
    let store = place.open().await;
    store.ping().await.unwrap();
    Sql::new("ALTER TABLE latencies RENAME TO gone")
        .execute(&store.writes)
        .await
        .unwrap();
    let error = store.ping().await.unwrap_err();
    assert!(matches!(error, StoreError::Schema(_)), "{error}");
    let error = told(place).await;
    assert!(
        error.contains("`latencies`") && error.contains("restore"),
        "{error}"
    );
    Sql::new("ALTER TABLE gone RENAME TO latencies")
        .execute(&store.writes)
        .await
        .unwrap();
    store.ping().await.unwrap();
    for (change, back, part) in [
        (
            "ALTER TABLE access_log RENAME COLUMN source TO origin",
            "ALTER TABLE access_log RENAME COLUMN origin TO source",
            "`access_log`",
        ),
        (
            "UPDATE totals SET name = 'nothing' WHERE name = 'arrivals'",
            "UPDATE totals SET name = 'arrivals' WHERE name = 'nothing'",
            "`arrivals`",
        ),
    ] {
        Sql::new(change).execute(&store.writes).await.unwrap();
        let error = told(place).await;
        assert!(error.contains(part) && error.contains("restore"), "{error}");
        Sql::new(back).execute(&store.writes).await.unwrap();
    }
    place.open().await;
}

pub(super) async fn a_list_of_migrations_that_lacks_one_is_told(place: &Place) {
    let store = place.open().await;
    for version in [1002_i64, 1005] {
        let mut sql = Sql::new("UPDATE _sqlx_migrations SET version = 2999 WHERE version = ");
        sql.bind(version);
        sql.execute(&store.writes).await.unwrap();
        let error = told(place).await;
        let lacks = format!("lacks {version} (");
        assert!(
            error.contains(&lacks) && error.contains("changed by hand"),
            "{error}"
        );
        let mut sql = Sql::new("UPDATE _sqlx_migrations SET version = ");
        sql.bind(version).push(" WHERE version = 2999");
        sql.execute(&store.writes).await.unwrap();
    }
    // The last of them, with nothing after it.
    Sql::new("DELETE FROM _sqlx_migrations WHERE version = 1005")
        .execute(&store.writes)
        .await
        .unwrap();
    let error = told(place).await;
    assert!(error.contains("lacks 1005 (arrivals)"), "{error}");
    Sql::new("DROP TABLE _sqlx_migrations")
        .execute(&store.writes)
        .await
        .unwrap();
    let error = told(place).await;
    assert!(
        error.contains("another program's") && error.contains("admin.database.url"),
        "{error}"
    );
}

pub(super) async fn a_list_of_another_program_is_told(place: &Place) {
    let store = place.open().await;
    Sql::new("UPDATE _sqlx_migrations SET version = 20240101120000 WHERE version = 1004")
        .execute(&store.writes)
        .await
        .unwrap();
    let error = told(place).await;
    assert!(error.contains("another program's"), "{error}");
}

#[tokio::test]
async fn a_file_of_another_program_is_left_as_it_is() {
    let place = Place::sqlite();
    let store = place.open().await;
    for table in schema::TABLES {
        let sql = format!("DROP TABLE {}", table.name);
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .execute(&store.writes)
            .await
            .unwrap();
    }
    for sql in ["DROP TABLE _sqlx_migrations", "CREATE TABLE recipes (name TEXT)"] {
        Sql::new(sql).execute(&store.writes).await.unwrap();
    }
    let error = told(&place).await;
    assert!(error.contains("another program's"), "{error}");
    let left = schema::tables(&store.reads, Kind::Sqlite).await.unwrap();
    assert_eq!(left, ["recipes"]);
}

#[tokio::test]
async fn a_directory_is_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().display());
    let error = Store::open(&url, 2).await.unwrap_err().to_string();
    assert!(
        error.contains("is a directory") && error.contains("name a file in it"),
        "{error}"
    );
}
