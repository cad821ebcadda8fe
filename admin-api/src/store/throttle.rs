//! Attempts to sign in, by account and by source address. In the database: replicas share it and a restart keeps it.

use std::time::Duration;

use sqlx::Row as _;

use super::{Sql, Store, StoreError};
use crate::clock::{Moment, SKEW};

/// The longest wait; also of an account, so that an attacker cannot lock its operator out for long.
const LONGEST: Duration = Duration::from_secs(300);
/// What is older is forgotten.
const FORGOTTEN: Duration = Duration::from_secs(3600);
/// More rows than this make room for newer ones.
const MAX_ROWS: i64 = 50_000;

/// What is counted, as a digest, and how many failures cost nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Counted {
    pub(crate) key: [u8; 32],
    pub(crate) free: i64,
}

/// How long after so many failures: a second, then twice as long each time.
fn wait_after(failures: i64, free: i64) -> Duration {
    if failures < free {
        return Duration::ZERO;
    }
    let doublings = u32::try_from(failures - free).unwrap_or(u32::MAX);
    Duration::from_secs(1_u64.checked_shl(doublings).unwrap_or(u64::MAX)).min(LONGEST)
}

impl Store {
    /// Counts an attempt as failed before it is made: many at once count as many. Says how long to wait when one of these
    /// may not try now; nothing is counted then.
    pub(crate) async fn begin_attempt(
        &self,
        mut counted: [Counted; 2],
        now: Moment,
    ) -> Result<Option<Duration>, StoreError> {
        // In one order everywhere, so that two attempts do not lock each other.
        counted.sort_unstable();
        let mut transaction = self.begin().await?;
        let mut wait = Duration::ZERO;
        let mut failures = [0; 2];
        for (one, failed) in counted.iter().zip(&mut failures) {
            let mut sql =
                Sql::new("INSERT INTO login_throttle (key, failures, blocked_until, updated_at) VALUES ");
            sql.rows(1, 4)
                .value(one.key.as_slice())
                .value(0_i64)
                .value(0_i64)
                .value(now.0);
            // Sets nothing, and locks the row.
            sql.push(
                " ON CONFLICT (key) DO UPDATE SET failures = login_throttle.failures \
                 RETURNING failures, blocked_until, updated_at",
            );
            let row = sql.fetch_one(&mut *transaction).await?;
            let updated = Moment(row.try_get("updated_at")?);
            // Attempts of a clock that was ahead would keep an operator out until then.
            if updated > now.minus(FORGOTTEN) && updated <= now.plus(SKEW) {
                *failed = row.try_get("failures")?;
                let blocked_until: i64 = row.try_get("blocked_until")?;
                let left = u64::try_from(blocked_until - now.0).unwrap_or_default();
                wait = wait.max(Duration::from_millis(left).min(LONGEST));
            }
        }
        if !wait.is_zero() {
            return Ok(Some(wait));
        }
        for (one, failed) in counted.iter().zip(failures) {
            let next = failed + 1;
            let mut sql = Sql::new("UPDATE login_throttle SET failures = ");
            sql.bind(next).push(", blocked_until = ");
            sql.bind(now.plus(wait_after(next, one.free)).0)
                .push(", updated_at = ")
                .bind(now.0);
            sql.push(" WHERE key = ").bind(one.key.as_slice());
            sql.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(None)
    }

    /// The attempt succeeded: the account starts afresh, and the source has one failure less.
    pub(crate) async fn clear_attempt(&self, account: &Counted, source: &Counted) -> Result<(), StoreError> {
        let mut sql = Sql::new("DELETE FROM login_throttle WHERE key = ");
        sql.bind(account.key.as_slice());
        sql.execute(&self.writes).await?;
        self.take_back_attempt(&[*source]).await
    }

    /// The attempt was no failure.
    pub(crate) async fn take_back_attempt(&self, counted: &[Counted]) -> Result<(), StoreError> {
        for one in counted {
            let mut sql = Sql::new(
                "UPDATE login_throttle SET failures = failures - 1, blocked_until = 0 WHERE failures > 0 AND key = ",
            );
            sql.bind(one.key.as_slice());
            sql.execute(&self.writes).await?;
        }
        Ok(())
    }

    pub(crate) async fn delete_old_attempts(&self, now: Moment) -> Result<(), StoreError> {
        let mut sql = Sql::new("DELETE FROM login_throttle WHERE updated_at <= ");
        sql.bind(now.minus(FORGOTTEN).0)
            // A clock that was wrong wrote it.
            .push(" OR updated_at > ")
            .bind(now.plus(SKEW).0);
        sql.execute(&self.writes).await?;
        let mut sql = Sql::new(
            "DELETE FROM login_throttle WHERE updated_at < (SELECT updated_at FROM login_throttle ORDER BY updated_at DESC LIMIT 1 OFFSET ",
        );
        sql.bind(MAX_ROWS).push(")");
        sql.execute(&self.writes).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_bound() {
        let waits: Vec<u64> = (3..8).map(|failures| wait_after(failures, 5).as_secs()).collect();
        assert_eq!(waits, [0, 0, 1, 2, 4]);
        assert_eq!(wait_after(i64::MAX, 5), LONGEST);
    }
}
