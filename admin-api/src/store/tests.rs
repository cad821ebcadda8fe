//! The same suite on both databases.

mod access;
mod arrivals;
mod bounds;
mod schema;
mod sums;
mod traffic;

use super::*;

#[path = "../../tests/support/postgres.rs"]
mod postgres;

use postgres::Postgres;

/// Opens the same database again and again: connections and restarts.
struct Place {
    url: String,
    _folder: Option<tempfile::TempDir>,
}

impl Place {
    async fn open(&self) -> Store {
        Store::open(&self.url, 4).await.unwrap()
    }

    fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            url: format!("sqlite://{}", folder.path().join("admin.db").display()),
            _folder: Some(folder),
        }
    }
}

macro_rules! suite {
    ($($test:path),+ $(,)?) => {
        #[tokio::test]
        async fn sqlite() {
            $($test(&Place::sqlite()).await;)+
        }

        #[tokio::test]
        async fn postgres_too() {
            let server = Postgres::start();
            let mut nth = 0;
            $(
                nth += 1;
                let url = server.database(&format!("test{nth}"));
                $test(&Place { url, _folder: None }).await;
            )+
            let _ = nth;
        }
    };
}

suite!(
    traffic::events_come_back,
    traffic::duplicates_are_stored_and_counted_once,
    traffic::a_batch_that_breaks_off_leaves_nothing,
    traffic::replicas_can_take_the_same_events,
    traffic::pages_have_every_event_once,
    traffic::filters_narrow,
    traffic::filters_find_what_is_rare,
    sums::sums_of_any_window_are_those_of_its_events,
    sums::percentiles_come_from_histograms,
    traffic::reports_replace_each_other,
    arrivals::retention_goes_by_arrival_and_by_count,
    arrivals::a_clock_that_jumps_deletes_nothing,
    arrivals::what_came_after_a_pause_is_not_older_than_it,
    arrivals::streams_see_what_comes_whatever_its_clock_says,
    arrivals::an_id_of_another_instance_swallows_nothing,
    bounds::sums_end_where_columns_do,
    bounds::damaged_histograms_begin_afresh,
    bounds::made_up_keys_of_a_day_are_bounded_over_transactions,
    bounds::a_row_that_cannot_be_stored_is_left_out,
    schema::a_missing_table_is_told_and_not_ready,
    schema::a_list_of_migrations_that_lacks_one_is_told,
    schema::a_list_of_another_program_is_told,
    access::operators_are_unique_and_one_admin_stays,
    access::sessions_end,
    access::only_a_session_that_lives_changes_operators,
    access::attempts_are_counted_before_they_are_made,
    access::noise_is_bounded_apart,
    access::codes_and_states_are_used_once,
    access::what_a_wrong_clock_wrote_keeps_nobody_in_or_out,
    access::a_newer_database_is_accepted_by_one_release,
);

#[tokio::test]
async fn what_is_no_database_is_told_plainly() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes.txt");
    std::fs::write(
        &file,
        "this is not a database, whatever its name says: ".repeat(50),
    )
    .unwrap();
    let told = async |url: String| Store::open(&url, 2).await.unwrap_err().to_string();
    let garbage = told(format!("sqlite://{}", file.display())).await;
    assert!(garbage.contains("damaged or no database"), "{garbage}");
    let missing = told(format!("sqlite://{}/none/admin.db", folder.path().display())).await;
    assert!(missing.contains("cannot be opened"), "{missing}");
    let nobody = told("postgres://u:hunter2@127.0.0.1:1/x".to_owned()).await;
    assert!(
        nobody.contains("nothing listens") && !nobody.contains("hunter2"),
        "{nobody}"
    );
}
