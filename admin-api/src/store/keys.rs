//! Which keys have sums of their own: of a day so many of a dimension, whoever counts, and all others as one. What the
//! database has is what counts; this process remembers what it saw there.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use sqlx::{Any, Row as _, Transaction};

use super::{Sql, StoreError};
use crate::rollup::{DAY, Day, OTHER};

/// Keys that are remembered; beyond that all are asked for again.
const MAX_KEYS: usize = 100_000;

/// Keys that the sums of a day have.
#[derive(Debug, Default)]
pub(super) struct Keys {
    days: HashMap<Day, HashSet<String>>,
    count: usize,
}

/// What a transaction may count.
#[derive(Debug, Default)]
pub(super) struct Admission<'a> {
    /// Keys that are counted as [`OTHER`].
    pub(super) surplus: HashSet<(Day, &'a str)>,
    /// Those that the transaction brings.
    fresh: Vec<(Day, &'a str)>,
}

impl Keys {
    /// Asks which of the keys get sums of their own. Only one transaction at a time may ask and then write: whoever holds
    /// the number of its arrival.
    pub(super) async fn admit<'a>(
        &mut self,
        transaction: &mut Transaction<'static, Any>,
        days: BTreeMap<Day, BTreeSet<&'a str>>,
    ) -> Result<Admission<'a>, StoreError> {
        let mut admission = Admission::default();
        for (day, wanted) in days {
            let Some(most) = day.0.most_keys() else { continue };
            let known = self.days.get(&day);
            let is_full = known.is_some_and(|known| known.len() >= most);
            let is_known = |key: &&str| known.is_some_and(|known| known.contains(*key));
            if !is_full && !wanted.iter().all(is_known) {
                self.forget_some();
                let stored = stored(transaction, day, most).await?;
                self.count += stored.len();
                let before = self.days.insert(day, stored);
                self.count -= before.map_or(0, |before| before.len());
            }
            let mut left = most;
            let known = self.days.get(&day);
            left -= known.map_or(0, |known| known.len().min(most));
            for key in wanted {
                if known.is_some_and(|known| known.contains(key)) {
                    continue;
                }
                if left > 0 {
                    left -= 1;
                    admission.fresh.push((day, key));
                } else {
                    admission.surplus.insert((day, key));
                }
            }
        }
        Ok(admission)
    }

    /// The transaction is committed.
    pub(super) fn committed(&mut self, admission: &Admission<'_>) {
        for (day, key) in &admission.fresh {
            if self.days.entry(*day).or_default().insert((*key).to_owned()) {
                self.count += 1;
            }
        }
    }

    fn forget_some(&mut self) {
        if self.count > MAX_KEYS {
            *self = Self::default();
        }
    }
}

async fn stored(
    transaction: &mut Transaction<'static, Any>,
    (dimension, day): Day,
    most: usize,
) -> Result<HashSet<String>, StoreError> {
    let mut sql = Sql::new("SELECT key FROM rollups WHERE width = ");
    sql.bind(DAY).push(" AND dimension = ").bind(dimension as i64);
    sql.push(" AND bucket = ").bind(day);
    sql.push(" AND key <> ").bind(OTHER);
    sql.push(" LIMIT ").bind(most as i64);
    let rows = sql.fetch_all(&mut **transaction).await?;
    rows.iter().map(|row| Ok(row.try_get("key")?)).collect()
}
