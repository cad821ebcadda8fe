//! Where a filter finds something: the minutes in which its keys counted, read from the sums. An index for each column
//! would cost every event that is stored; these cost a row a minute.

use sqlx::Row as _;

use super::Filter;
use crate::event::{outcome_name, surface_name};
use crate::rollup::{Dimension, MINUTE, OTHER};
use crate::store::rollups::Window;
use crate::store::{Sql, Store, StoreError};

/// Keys that all have to occur in a minute; the first is the one that is expected to be the rarest.
pub(super) struct Sought(Vec<(Dimension, String)>);

impl Sought {
    /// None when nothing in the filter has sums, or it has an index of its own.
    pub(super) fn of(filter: &Filter) -> Option<Self> {
        let usual = filter.outcome.filter(|outcome| *outcome <= 2);
        let keys = [
            (Dimension::Caller, filter.caller.clone()),
            (Dimension::Model, filter.model.clone()),
            (Dimension::EntityType, filter.entity_type.clone()),
            (
                Dimension::Instance,
                filter.instance.map(|instance| instance.to_string()),
            ),
            (Dimension::Upstream, filter.upstream.clone()),
            (Dimension::Action, filter.action.map(str::to_owned)),
            (
                Dimension::Surface,
                filter.surface.map(|surface| surface_name(surface).to_owned()),
            ),
            (
                Dimension::Outcome,
                usual.map(|outcome| outcome_name(outcome).to_owned()),
            ),
        ];
        let keys: Vec<_> = keys
            .into_iter()
            .filter_map(|(dimension, key)| Some((dimension, key?)))
            .collect();
        (!keys.is_empty()).then_some(Self(keys))
    }
}

impl Store {
    /// The newest minutes of `window` that have all keys, at most so many, as runs: the newest first. Keys beyond the bound
    /// of a minute were counted as `other`.
    pub(super) async fn runs_with(
        &self,
        sought: &Sought,
        window: Window,
        most: usize,
    ) -> Result<Runs, StoreError> {
        let Some(((dimension, key), others)) = sought.0.split_first() else {
            return Ok(Runs::default());
        };
        let mut sql = Sql::new("SELECT bucket FROM (");
        for (nth, key) in [key.as_str(), OTHER].into_iter().enumerate() {
            // Each for itself comes in the order of its index.
            sql.push(if nth == 0 { "" } else { " UNION " });
            sql.push(
                "SELECT bucket FROM (SELECT r.bucket FROM rollups r WHERE r.width = 60 AND r.dimension = ",
            );
            sql.bind(*dimension as i64).push(" AND r.key = ").bind(key);
            sql.push(" AND r.bucket >= ").bind(window.from);
            sql.push(" AND r.bucket < ").bind(window.to);
            for (dimension, key) in others {
                // Not EXISTS: SQLite makes a join of it, and may begin with the other table.
                sql.push(" AND (SELECT COUNT(*) FROM rollups o WHERE o.width = 60 AND o.dimension = ");
                sql.bind(*dimension as i64)
                    .push(" AND o.bucket = r.bucket AND o.key IN (");
                sql.bind(key.as_str()).push(", ").bind(OTHER).push(")) > 0");
            }
            sql.push(" ORDER BY r.bucket DESC LIMIT ").bind(most as i64);
            sql.push(if nth == 0 { ") AS own" } else { ") AS others" });
        }
        sql.push(") AS found ORDER BY bucket DESC LIMIT ")
            .bind(most as i64);
        let mut runs = Runs::default();
        let rows = sql.fetch_all(&self.reads).await?;
        for row in &rows {
            runs.add(row.try_get("bucket")?);
        }
        runs.has_more = rows.len() == most;
        Ok(runs)
    }
}

/// Minutes that follow each other are one run.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Runs {
    pub(super) all: Vec<Window>,
    pub(super) has_more: bool,
}

impl Runs {
    /// The next older minute.
    fn add(&mut self, minute: i64) {
        match self.all.last_mut() {
            Some(run) if run.from == minute + MINUTE => run.from = minute,
            _ => self.all.push(Window {
                from: minute,
                to: minute + MINUTE,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_become_runs() {
        let mut runs = Runs::default();
        for minute in [600, 540, 480, 300, 60, 0] {
            runs.add(minute);
        }
        let found: Vec<(i64, i64)> = runs.all.iter().map(|run| (run.from, run.to)).collect();
        assert_eq!(found, [(480, 660), (300, 360), (0, 120)]);
    }
}
