//! Events in the order in which they came: what is new, and what is too old. Clocks decide neither: an instance's may be wrong,
//! and so may ours.

use sqlx::Row as _;

use super::events::{COLUMNS, event_of};
use super::ingest::add_total;
use super::{Sql, Store, StoreError};
use crate::age::Stored;
use crate::clock::Moment;
use crate::event::Event;

/// Rows that one transaction deletes: a writer of events waits no longer than that takes.
const DELETED_AT_ONCE: i64 = 2000;

/// Which events are to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gone {
    /// Those that had come with this arrival or before it.
    UpTo(i64),
    /// Those that a release without numbers stored, of turns before this time.
    Unnumbered(Moment),
    /// Those that came first.
    First,
}

impl Store {
    /// The newest arrival.
    pub(crate) async fn last_arrival(&self) -> Result<i64, StoreError> {
        let row = Sql::new("SELECT value FROM totals WHERE name = 'arrivals'")
            .fetch_one(&self.reads)
            .await?;
        Ok(row.try_get("value")?)
    }

    /// The last of the events that came after `after` and up to `last`, at most so many, the newest first; and how many
    /// there are.
    pub(crate) async fn arrived(
        &self,
        after: i64,
        last: i64,
        most: usize,
    ) -> Result<(Vec<Event>, usize), StoreError> {
        let mut sql = Sql::new("SELECT COUNT(*) AS number FROM events WHERE arrival > ");
        sql.bind(after).push(" AND arrival <= ").bind(last);
        let row = sql.fetch_one(&self.reads).await?;
        let number = usize::try_from(row.try_get::<i64, _>("number")?).unwrap_or_default();
        let mut sql = Sql::new(COLUMNS);
        sql.push(" WHERE arrival > ").bind(after);
        sql.push(" AND arrival <= ").bind(last);
        sql.push(" ORDER BY arrival DESC, occurred_at DESC, event_id DESC LIMIT ")
            .bind(most as i64);
        let rows = sql.fetch_all(&self.reads).await?;
        let events: Vec<Event> = rows.iter().map(event_of).collect::<Result<_, _>>()?;
        Ok((events, number))
    }

    /// How far time was counted when that was last written, and what the clock said then. Where a release without that stored
    /// events, the newest of them tells of both.
    pub(crate) async fn stored_age(&self) -> Result<Option<Stored>, StoreError> {
        let number = async |sql: Sql| -> Result<Option<i64>, StoreError> {
            let row = sql.fetch_optional(&self.reads).await?;
            Ok(row.map(|row| row.try_get("value")).transpose()?)
        };
        let counted = number(Sql::new("SELECT value FROM totals WHERE name = 'counted'")).await?;
        let wall = number(Sql::new("SELECT value FROM totals WHERE name = 'wall'")).await?;
        if let Some((counted, wall)) = counted.zip(wall) {
            return Ok(Some(Stored {
                counted: Moment(counted),
                wall: Moment(wall),
            }));
        }
        let newest = Sql::new(
            "SELECT occurred_at AS value FROM events WHERE arrival = 0 ORDER BY occurred_at DESC LIMIT 1",
        );
        Ok(number(newest).await?.map(|newest| Stored {
            counted: Moment(newest),
            wall: Moment(newest),
        }))
    }

    /// Writes how far time was counted, what the clock says, and what had come by then; forgets what was written of that
    /// since `misjudged`. Gives how far the furthest of all replicas counted.
    pub(crate) async fn store_age(
        &self,
        age: Stored,
        misjudged: Option<Moment>,
    ) -> Result<Moment, StoreError> {
        let mut transaction = self.begin().await?;
        if let Some(since) = misjudged {
            let mut sql = Sql::new("DELETE FROM ages WHERE counted >= ");
            sql.bind(since.0);
            sql.execute(&mut *transaction).await?;
        }
        let mut sql = Sql::new("INSERT INTO totals (name, value) VALUES ('counted', ");
        sql.bind(age.counted.0).push(
            ") ON CONFLICT (name) DO UPDATE SET value = CASE WHEN excluded.value > totals.value THEN excluded.value \
             ELSE totals.value END RETURNING value",
        );
        let counted: i64 = sql.fetch_one(&mut *transaction).await?.try_get("value")?;
        let mut sql = Sql::new("INSERT INTO totals (name, value) VALUES ('wall', ");
        sql.bind(age.wall.0)
            .push(") ON CONFLICT (name) DO UPDATE SET value = excluded.value");
        sql.execute(&mut *transaction).await?;
        // Nothing came since the last row: that one says so.
        let mut sql = Sql::new("INSERT INTO ages (counted, arrival) SELECT ");
        // PostgreSQL takes a bare parameter there for a text.
        sql.push("CAST(").bind(counted).push(
            " AS BIGINT), t.value FROM totals t WHERE t.name = 'arrivals' \
             AND NOT EXISTS (SELECT 1 FROM ages a WHERE a.arrival >= t.value) \
             ON CONFLICT (counted) DO NOTHING",
        );
        sql.execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(Moment(counted))
    }

    /// The last arrival that had come when time was counted to `counted`.
    pub(crate) async fn arrival_by(&self, counted: Moment) -> Result<Option<i64>, StoreError> {
        let mut sql = Sql::new("SELECT arrival FROM ages WHERE counted <= ");
        sql.bind(counted.0).push(" ORDER BY counted DESC LIMIT 1");
        let row = sql.fetch_optional(&self.reads).await?;
        Ok(row.map(|row| row.try_get("arrival")).transpose()?)
    }

    /// Forgets what had come before `arrival` had.
    pub(crate) async fn delete_ages(&self, arrival: i64) -> Result<(), StoreError> {
        let mut sql = Sql::new("DELETE FROM ages WHERE arrival < ");
        sql.bind(arrival);
        sql.execute(&self.writes).await?;
        Ok(())
    }

    /// Deletes some of the events that are to go, in the order in which they came, and at most `most`; 0 when there is none.
    pub(crate) async fn delete_events(&self, gone: Gone, most: i64) -> Result<u64, StoreError> {
        let mut transaction = self.begin().await?;
        let mut sql = Sql::new("DELETE FROM events WHERE event_id IN (SELECT event_id FROM events ");
        match gone {
            Gone::UpTo(arrival) => sql
                .push("WHERE arrival > 0 AND arrival <= ")
                .bind(arrival)
                .push(" ORDER BY arrival LIMIT "),
            Gone::Unnumbered(before) => sql
                .push("WHERE arrival = 0 AND occurred_at < ")
                .bind(before.0)
                .push(" ORDER BY occurred_at LIMIT "),
            Gone::First => sql.push("ORDER BY arrival LIMIT "),
        };
        sql.bind(most.min(DELETED_AT_ONCE)).push(")");
        let deleted = sql.execute(&mut *transaction).await?.rows_affected();
        if deleted > 0 {
            add_total(&mut transaction, -i64::try_from(deleted).unwrap_or(i64::MAX)).await?;
        }
        transaction.commit().await?;
        Ok(deleted)
    }
}
