//! Sign-ins that are under way at an identity provider: known by a digest of their state, used once.

use std::time::Duration;

use sqlx::Row as _;

use super::sessions::Digest;
use super::{Sql, Store, StoreError};
use crate::clock::{Moment, SKEW};

/// Whoever takes longer starts again.
pub(crate) const PATIENCE: Duration = Duration::from_secs(600);
/// More at once make room for newer ones.
const MAX_ROWS: i64 = 10_000;

/// What has to be the same when the browser comes back.
#[derive(Clone)]
pub(crate) struct Attempt {
    pub(crate) nonce: String,
    pub(crate) verifier: String,
}

impl Store {
    pub(crate) async fn add_oidc_attempt(
        &self,
        digest: &Digest,
        attempt: &Attempt,
        now: Moment,
    ) -> Result<(), StoreError> {
        let mut sql = Sql::new("INSERT INTO oidc_attempts (digest, nonce, verifier, created_at) VALUES ");
        sql.rows(1, 4)
            .value(digest.as_slice())
            .value(attempt.nonce.as_str())
            .value(attempt.verifier.as_str())
            .value(now.0);
        sql.execute(&self.writes).await?;
        Ok(())
    }

    /// Takes an attempt away: a second answer to it finds nothing.
    pub(crate) async fn take_oidc_attempt(
        &self,
        digest: &Digest,
        now: Moment,
    ) -> Result<Option<Attempt>, StoreError> {
        let mut sql = Sql::new("DELETE FROM oidc_attempts WHERE digest = ");
        sql.bind(digest.as_slice())
            .push(" AND created_at > ")
            .bind(now.minus(PATIENCE).0)
            .push(" AND created_at <= ")
            .bind(now.plus(SKEW).0);
        sql.push(" RETURNING nonce, verifier");
        let Some(row) = sql.fetch_optional(&self.writes).await? else {
            return Ok(None);
        };
        Ok(Some(Attempt {
            nonce: row.try_get("nonce")?,
            verifier: row.try_get("verifier")?,
        }))
    }

    pub(crate) async fn delete_old_oidc_attempts(&self, now: Moment) -> Result<(), StoreError> {
        let mut sql = Sql::new("DELETE FROM oidc_attempts WHERE created_at <= ");
        sql.bind(now.minus(PATIENCE).0)
            .push(" OR created_at > ")
            .bind(now.plus(SKEW).0);
        sql.push(
            " OR created_at < (SELECT created_at FROM oidc_attempts ORDER BY created_at DESC LIMIT 1 OFFSET ",
        );
        sql.bind(MAX_ROWS).push(")");
        sql.execute(&self.writes).await?;
        Ok(())
    }
}
