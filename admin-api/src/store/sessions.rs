//! Sessions of operators. Only a digest of what the cookie holds is here: who reads the table cannot sign in with it.

use std::time::Duration;

use admin_types::Role;
use sqlx::Row as _;
use uuid::Uuid;

use super::operators::role_of;
use super::{Sql, Store, StoreError, id_of};
use crate::clock::{Moment, SKEW};

/// Without activity, a session ends after this.
pub(crate) const IDLE: Duration = Duration::from_secs(30 * 60);
/// Whatever its activity, it ends after this.
pub(crate) const ABSOLUTE: Duration = Duration::from_secs(12 * 3600);
/// More sessions of an operator end the oldest.
const MAX_SESSIONS: i64 = 20;

/// SHA-256 of a session's token.
pub(crate) type Digest = [u8; 32];

/// A session and whose it is.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) digest: Digest,
    pub(crate) operator_id: Uuid,
    pub(crate) username: String,
    pub(crate) role: Role,
    pub(crate) created_at: Moment,
    pub(crate) active_at: Moment,
}

impl Session {
    /// When it ends if nothing more happens.
    pub(crate) fn expires_at(&self) -> Moment {
        self.active_at.plus(IDLE).min(self.created_at.plus(ABSOLUTE))
    }
}

impl Store {
    /// Begins a session, and ends the one that the browser had before.
    pub(crate) async fn begin_session(
        &self,
        operator: Uuid,
        id: Uuid,
        digest: &Digest,
        previous: Option<&Digest>,
        now: Moment,
    ) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        if let Some(previous) = previous {
            let mut sql = Sql::new("DELETE FROM sessions WHERE digest = ");
            sql.bind(previous.as_slice());
            sql.execute(&mut *transaction).await?;
        }
        let mut sql = Sql::new(
            "DELETE FROM sessions WHERE digest IN (SELECT digest FROM sessions WHERE operator_id = ",
        );
        sql.bind(operator.as_bytes().as_slice());
        sql.push(" ORDER BY created_at DESC, digest LIMIT 1000 OFFSET ")
            .bind(MAX_SESSIONS - 1);
        sql.push(")");
        sql.execute(&mut *transaction).await?;
        let mut sql =
            Sql::new("INSERT INTO sessions (digest, id, operator_id, created_at, active_at) VALUES ");
        sql.rows(1, 5)
            .value(digest.as_slice())
            .value(id.as_bytes().as_slice())
            .value(operator.as_bytes().as_slice())
            .value(now.0)
            .value(now.0);
        sql.execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// A session that has not ended, of an operator who may sign in.
    pub(crate) async fn session(&self, digest: &Digest, now: Moment) -> Result<Option<Session>, StoreError> {
        let mut sql = Sql::new(
            "SELECT s.operator_id, o.username, o.role, s.created_at, s.active_at FROM sessions s \
             JOIN operators o ON o.id = s.operator_id WHERE o.is_enabled = 1 AND s.digest = ",
        );
        sql.bind(digest.as_slice());
        sql.push(" AND s.active_at > ").bind(now.minus(IDLE).0);
        sql.push(" AND s.created_at > ").bind(now.minus(ABSOLUTE).0);
        // Of a clock that was ahead: it would live until then, and twelve hours more.
        sql.push(" AND s.active_at <= ").bind(now.plus(SKEW).0);
        sql.push(" AND s.created_at <= ").bind(now.plus(SKEW).0);
        let Some(row) = sql.fetch_optional(&self.reads).await? else {
            return Ok(None);
        };
        Ok(Some(Session {
            digest: *digest,
            operator_id: id_of(&row, "operator_id")?,
            username: row.try_get("username")?,
            role: role_of(&row)?,
            created_at: Moment(row.try_get("created_at")?),
            active_at: Moment(row.try_get("active_at")?),
        }))
    }

    /// The operator did something at `now`.
    pub(crate) async fn touch_session(&self, digest: &Digest, now: Moment) -> Result<(), StoreError> {
        let mut sql = Sql::new("UPDATE sessions SET active_at = ");
        sql.bind(now.0).push(" WHERE digest = ").bind(digest.as_slice());
        sql.push(" AND active_at < ").bind(now.0);
        sql.execute(&self.writes).await?;
        Ok(())
    }

    pub(crate) async fn end_session(&self, digest: &Digest) -> Result<bool, StoreError> {
        let mut sql = Sql::new("DELETE FROM sessions WHERE digest = ");
        sql.bind(digest.as_slice());
        Ok(sql.execute(&self.writes).await?.rows_affected() == 1)
    }

    pub(crate) async fn end_sessions_of(&self, operator: Uuid) -> Result<u64, StoreError> {
        let mut sql = Sql::new("DELETE FROM sessions WHERE operator_id = ");
        sql.bind(operator.as_bytes().as_slice());
        Ok(sql.execute(&self.writes).await?.rows_affected())
    }

    /// Removes those that have ended.
    pub(crate) async fn delete_ended_sessions(&self, now: Moment) -> Result<u64, StoreError> {
        let mut sql = Sql::new("DELETE FROM sessions WHERE active_at <= ");
        sql.bind(now.minus(IDLE).0)
            .push(" OR created_at <= ")
            .bind(now.minus(ABSOLUTE).0);
        sql.push(" OR active_at > ")
            .bind(now.plus(SKEW).0)
            .push(" OR created_at > ")
            .bind(now.plus(SKEW).0);
        Ok(sql.execute(&self.writes).await?.rows_affected())
    }
}
