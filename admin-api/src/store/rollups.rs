//! Sums of a window: what charts read. No query here touches an event.

use std::collections::BTreeMap;

use sqlx::Row as _;

use super::ingest::histogram_of;
use super::{Sql, Store, StoreError};
use crate::clock::Moment;
use crate::rollup::{Count, Counts, Dimension, Histogram, Latency, MINUTE, WIDTHS};

/// Whole minutes, in seconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) from: i64,
    pub(crate) to: i64,
}

impl Window {
    /// The whole minutes that touch a range.
    pub(crate) fn around(from: Moment, to: Moment) -> Self {
        let from = from.seconds().div_euclid(MINUTE) * MINUTE;
        let end = to.0.saturating_add(MINUTE * 1000 - 1).div_euclid(MINUTE * 1000) * MINUTE;
        Self {
            from,
            to: end.max(from + MINUTE),
        }
    }

    pub(crate) const fn has(self, bucket: i64) -> bool {
        self.from <= bucket && bucket < self.to
    }

    /// As long, and right before.
    pub(crate) const fn before(self) -> Self {
        Self {
            from: self.from - (self.to - self.from),
            to: self.from,
        }
    }

    /// Runs of buckets that make it up, the coarsest that fit: width, from, to. At most nine.
    fn pieces(self) -> Vec<(i64, i64, i64)> {
        let mut pieces: Vec<(i64, i64, i64)> = Vec::new();
        let mut at = self.from;
        while at < self.to {
            let fits = |width: &i64| at.rem_euclid(*width) == 0 && at + *width <= self.to;
            let nth = WIDTHS.iter().rposition(fits).unwrap_or_default();
            let width = WIDTHS[nth];
            // Up to where a coarser one may fit, or to the last that does.
            let last = self.to.div_euclid(width) * width;
            let next = WIDTHS
                .get(nth + 1)
                .map_or(last, |coarser| (at.div_euclid(*coarser) + 1) * coarser);
            let end = next.min(last).max(at + width);
            match pieces.last_mut() {
                Some(piece) if piece.0 == width && piece.2 == at => piece.2 = end,
                _ => pieces.push((width, at, end)),
            }
            at = end;
        }
        pieces
    }
}

/// Sums of one key in a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sum {
    pub(crate) dimension: i64,
    pub(crate) key: String,
    pub(crate) counts: Counts,
    /// When the newest bucket that counted something begins, in seconds.
    pub(crate) last_bucket: i64,
}

const COUNTS: [&str; 9] = [
    "requests",
    "masked",
    "blocked",
    "errors",
    "detections",
    "values_masked",
    "input_tokens",
    "output_tokens",
    "unresolved",
];

/// A sum is a NUMERIC in PostgreSQL, whatever its column is.
const SUMS: &str = "CAST(SUM(requests) AS BIGINT) AS requests, CAST(SUM(masked) AS BIGINT) AS masked, \
                    CAST(SUM(blocked) AS BIGINT) AS blocked, CAST(SUM(errors) AS BIGINT) AS errors, \
                    CAST(SUM(detections) AS BIGINT) AS detections, \
                    CAST(SUM(values_masked) AS BIGINT) AS values_masked, \
                    CAST(SUM(input_tokens) AS BIGINT) AS input_tokens, \
                    CAST(SUM(output_tokens) AS BIGINT) AS output_tokens, \
                    CAST(SUM(unresolved) AS BIGINT) AS unresolved";

fn counts_of(row: &sqlx::any::AnyRow) -> Result<Counts, StoreError> {
    let mut columns = [0; 9];
    for (value, name) in columns.iter_mut().zip(COUNTS) {
        *value = row.try_get(name)?;
    }
    Ok(Counts::of_columns(columns))
}

impl Store {
    /// By dimension and key.
    pub(crate) async fn sums(
        &self,
        dimensions: &[Dimension],
        window: Window,
    ) -> Result<Vec<Sum>, StoreError> {
        let mut sql = Sql::new("SELECT dimension, key, MAX(bucket) AS last_bucket, ");
        sql.push(SUMS).push(" FROM (");
        for (nth, (width, from, to)) in window.pieces().into_iter().enumerate() {
            sql.push(if nth == 0 { "" } else { " UNION ALL " });
            sql.push("SELECT * FROM rollups WHERE width = ").bind(width);
            sql.push(" AND dimension IN (");
            for (nth, dimension) in dimensions.iter().enumerate() {
                sql.push(if nth == 0 { "" } else { ", " }).bind(*dimension as i64);
            }
            sql.push(") AND bucket >= ")
                .bind(from)
                .push(" AND bucket < ")
                .bind(to);
        }
        sql.push(") AS pieces GROUP BY dimension, key");
        let rows = sql.fetch_all(&self.reads).await?;
        let sum = |row: &sqlx::any::AnyRow| {
            Ok(Sum {
                dimension: row.try_get("dimension")?,
                key: row.try_get("key")?,
                counts: counts_of(row)?,
                last_bucket: row.try_get("last_bucket")?,
            })
        };
        rows.iter().map(sum).collect()
    }

    /// The histogram of all turns of a window.
    pub(crate) async fn histogram(&self, latency: Latency, window: Window) -> Result<Histogram, StoreError> {
        let mut sql = Sql::new("");
        for (nth, (width, from, to)) in window.pieces().into_iter().enumerate() {
            sql.push(if nth == 0 { "SELECT " } else { " UNION ALL SELECT " })
                .push(column_of(latency));
            sql.push(" AS bins FROM latencies WHERE width = ").bind(width);
            sql.push(" AND dimension = ").bind(Dimension::Total as i64);
            sql.push(" AND bucket >= ")
                .bind(from)
                .push(" AND bucket < ")
                .bind(to);
        }
        let mut all = Histogram::default();
        for row in sql.fetch_all(&self.reads).await? {
            all.add(&histogram_of(&row, "bins")?);
        }
        Ok(all)
    }

    /// Sums of each bucket of `bucket` seconds and each key; the window begins and ends with a bucket.
    pub(crate) async fn count_series(
        &self,
        dimension: Dimension,
        count: Count,
        window: Window,
        bucket: i64,
    ) -> Result<Vec<(i64, String, i64)>, StoreError> {
        let width = width_for(bucket);
        // A bucket is a row with all its keys: many small rows take longer on their way here than in the database.
        let mut sql = Sql::new("SELECT at, string_agg(key || '|' || value, ';') AS parts FROM (SELECT ");
        if width == bucket {
            // Each row is a point already: nothing has to be sorted and summed.
            sql.push("bucket AS at, key, ")
                .push(counted(count))
                .push(" AS value");
        } else {
            sql.push("bucket / ").bind(bucket).push(" * ").bind(bucket);
            sql.push(" AS at, key, CAST(SUM(")
                .push(counted(count))
                .push(") AS BIGINT) AS value");
        }
        sql.push(" FROM rollups WHERE width = ").bind(width);
        between(&mut sql, dimension, window);
        if width != bucket {
            sql.push(" GROUP BY 1, 2");
        }
        sql.push(") AS points GROUP BY at");
        let mut points = Vec::new();
        for row in sql.fetch_all(&self.reads).await? {
            let at = row.try_get("at")?;
            for part in row.try_get::<String, _>("parts")?.split(';') {
                let (key, value) = key_and_value(part)?;
                points.push((at, key.to_owned(), value));
            }
        }
        Ok(points)
    }

    /// All sums of each bucket, in order.
    pub(crate) async fn total_series(
        &self,
        window: Window,
        bucket: i64,
    ) -> Result<Vec<(i64, Counts)>, StoreError> {
        let mut sql = Sql::new("SELECT bucket / ");
        sql.bind(bucket)
            .push(" * ")
            .bind(bucket)
            .push(" AS at, ")
            .push(SUMS);
        sql.push(" FROM rollups WHERE width = ").bind(width_for(bucket));
        between(&mut sql, Dimension::Total, window);
        sql.push(" GROUP BY 1 ORDER BY 1");
        let rows = sql.fetch_all(&self.reads).await?;
        rows.iter()
            .map(|row| Ok((row.try_get("at")?, counts_of(row)?)))
            .collect()
    }

    /// The histogram of each bucket and key.
    pub(crate) async fn latency_series(
        &self,
        dimension: Dimension,
        latency: Latency,
        window: Window,
        bucket: i64,
    ) -> Result<BTreeMap<(i64, String), Histogram>, StoreError> {
        let mut sql = Sql::new("SELECT bucket, key, ");
        sql.push(column_of(latency))
            .push(" AS bins FROM latencies WHERE width = ")
            .bind(width_for(bucket));
        between(&mut sql, dimension, window);
        let mut series: BTreeMap<(i64, String), Histogram> = BTreeMap::new();
        for row in sql.fetch_all(&self.reads).await? {
            let at = row.try_get::<i64, _>("bucket")?.div_euclid(bucket) * bucket;
            let sum = series.entry((at, row.try_get("key")?)).or_default();
            sum.add(&histogram_of(&row, "bins")?);
        }
        Ok(series)
    }

    /// Deletes some of the sums before `before`; 0 when there is none.
    pub(crate) async fn delete_rollups(&self, before: Moment) -> Result<u64, StoreError> {
        let mut deleted = 0;
        for width in WIDTHS {
            for table in [
                "DELETE FROM rollups WHERE width = ",
                "DELETE FROM latencies WHERE width = ",
            ] {
                // Dimension by dimension: those are the first columns of the primary key.
                for dimension in 0..=Dimension::Detection as i64 {
                    let mut sql = Sql::new(table);
                    sql.bind(width).push(" AND dimension = ").bind(dimension);
                    sql.push(" AND bucket < ").bind(before.seconds());
                    deleted += sql.execute(&self.writes).await?.rows_affected();
                }
            }
        }
        Ok(deleted)
    }
}

/// No key has one of the two separators: each is in a grammar.
fn key_and_value(part: &str) -> Result<(&str, i64), StoreError> {
    let value = part.rsplit_once('|');
    value
        .and_then(|(key, value)| Some((key, value.parse().ok()?)))
        .ok_or(StoreError::Failed("it holds a sum that is none"))
}

fn between(sql: &mut Sql, dimension: Dimension, window: Window) {
    sql.push(" AND dimension = ").bind(dimension as i64);
    sql.push(" AND bucket >= ")
        .bind(window.from)
        .push(" AND bucket < ")
        .bind(window.to);
}

const fn column_of(latency: Latency) -> &'static str {
    match latency {
        Latency::Total => "total",
        Latency::Masking => "masking",
    }
}

const fn counted(count: Count) -> &'static str {
    match count {
        Count::Requests => "requests",
        Count::Masked => "masked",
        Count::Blocked => "blocked",
        Count::Errors => "errors",
        Count::Detections => "detections",
        Count::Tokens => "(input_tokens + output_tokens)",
    }
}

/// The coarsest sums that make up buckets of so many seconds.
fn width_for(bucket: i64) -> i64 {
    WIDTHS
        .iter()
        .rev()
        .find(|width| bucket % **width == 0)
        .copied()
        .unwrap_or(MINUTE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rollup::{DAY, HOUR};

    #[test]
    fn pieces_make_up_the_window() {
        for (from, to) in [
            (0, 60),
            (60, 3600),
            (60, 7260),
            (3600, 2 * DAY),
            (120, 40 * DAY + 3 * HOUR + 60),
            (5 * DAY, 6 * DAY),
            (HOUR - 60, HOUR + 60),
        ] {
            let pieces = Window { from, to }.pieces();
            assert!(pieces.len() <= 9, "{pieces:?}");
            let mut at = from;
            for (width, start, end) in &pieces {
                assert_eq!((*start, start % width, end % width), (at, 0, 0), "{pieces:?}");
                at = *end;
            }
            assert_eq!(at, to, "{pieces:?}");
            let buckets: i64 = pieces
                .iter()
                .map(|(width, start, end)| (end - start) / width)
                .sum();
            assert!(buckets <= 2 * (9 + 5 + 5 + 3) + 40, "{pieces:?}");
        }
    }

    #[test]
    fn windows_are_whole_minutes() {
        let window = Window::around(Moment(61_000), Moment(119_001));
        assert_eq!(window, Window { from: 60, to: 120 });
        assert_eq!(window.before(), Window { from: 0, to: 60 });
    }
}
