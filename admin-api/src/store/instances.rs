//! What instances say of themselves: the last report of each.

use prost::Message as _;
use proto::fleet_v1::InstanceReport;
use sqlx::Row as _;
use uuid::Uuid;

use super::{Sql, Store, StoreError, id_of};
use crate::clock::Moment;

/// The last report of an instance.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    pub(crate) id: Uuid,
    pub(crate) reported_at: Moment,
    pub(crate) report: InstanceReport,
}

impl Store {
    /// Keeps a report that came at `now`, in place of the one before it.
    pub(crate) async fn report(
        &self,
        id: Uuid,
        report: &InstanceReport,
        now: Moment,
    ) -> Result<(), StoreError> {
        let started = i64::try_from(report.started_at_ms).unwrap_or(i64::MAX);
        let mut sql =
            Sql::new("INSERT INTO instances (instance_id, started_at, reported_at, report) VALUES ");
        sql.rows(1, 4)
            .value(id.as_bytes().as_slice())
            .value(started)
            .value(now.0)
            .value(report.encode_to_vec());
        sql.push(
            " ON CONFLICT (instance_id) DO UPDATE SET started_at = excluded.started_at, \
             reported_at = excluded.reported_at, report = excluded.report",
        );
        sql.execute(&self.writes).await?;
        Ok(())
    }

    /// The last that reported, and at most so many.
    pub(crate) async fn instances(&self, most: u32) -> Result<Vec<Instance>, StoreError> {
        let mut sql = Sql::new(
            "SELECT instance_id, reported_at, report FROM instances ORDER BY reported_at DESC, instance_id LIMIT ",
        );
        sql.bind(i64::from(most));
        let rows = sql.fetch_all(&self.reads).await?;
        let instance = |row: &sqlx::any::AnyRow| {
            let report: Vec<u8> = row.try_get("report")?;
            Ok(Instance {
                id: id_of(row, "instance_id")?,
                reported_at: Moment(row.try_get("reported_at")?),
                report: InstanceReport::decode(report.as_slice())
                    .map_err(|_| StoreError::Failed("it holds a report that cannot be read"))?,
            })
        };
        rows.iter().map(instance).collect()
    }

    /// Forgets instances that are silent since `before`.
    pub(crate) async fn delete_instances(&self, before: Moment) -> Result<u64, StoreError> {
        let mut sql = Sql::new("DELETE FROM instances WHERE reported_at < ");
        sql.bind(before.0);
        Ok(sql.execute(&self.writes).await?.rows_affected())
    }
}
