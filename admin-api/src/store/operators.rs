//! Operators.

use admin_types::Role;
use sqlx::any::AnyRow;
use sqlx::{Any, Row as _, Transaction};
use uuid::Uuid;

use super::sessions::Digest;
use super::{Sql, Store, StoreError, id_of};
use crate::clock::Moment;

const COLUMNS: &str = "SELECT id, username, role, password_hash, is_enabled, created_at, totp_secret, \
                       totp_is_confirmed, totp_last_step, external_id FROM operators";

/// Who may sign in.
#[derive(Clone, Debug)]
pub(crate) struct Operator {
    pub(crate) id: Uuid,
    pub(crate) username: String,
    pub(crate) role: Role,
    pub(crate) password_hash: Option<String>,
    pub(crate) is_enabled: bool,
    pub(crate) created_at: Moment,
    pub(crate) totp: Totp,
    pub(crate) external_id: Option<String>,
}

/// The second factor, as base32.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Totp {
    Off,
    /// Shown, and not yet confirmed by a code: it is not asked for.
    Pending(String),
    On {
        secret: String,
        last_step: i64,
    },
}

impl std::fmt::Debug for Totp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Off => "Off",
            Self::Pending(_) => "Pending(withheld)",
            Self::On { .. } => "On(withheld)",
        })
    }
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Done,
    NotFound,
    /// Nobody would be left who may manage operators.
    LastAdmin,
    /// There is an operator of that name already.
    Taken,
    /// The session in whose name it was to be done has ended, or may not any more.
    NotPermitted,
}

/// In whose name operators are changed. A session counts only if it lives, and may, when the change is made: the request
/// may have taken its time.
#[derive(Clone, Copy, Debug)]
pub(crate) enum By<'a> {
    /// A command at the database, or the identity provider.
    Nobody,
    /// An admin's session.
    Admin(&'a Digest),
    /// The operator's own session.
    Own(&'a Digest),
}

/// What is to change; the rest stays.
#[derive(Clone, Debug, Default)]
pub(crate) struct Update {
    pub(crate) role: Option<Role>,
    pub(crate) is_enabled: Option<bool>,
    pub(crate) password_hash: Option<String>,
}

impl Store {
    /// Adds an operator, if nobody has its name.
    pub(crate) async fn add_operator(&self, operator: &Operator, by: By<'_>) -> Result<Change, StoreError> {
        let mut transaction = self.begin().await?;
        self.lock_operators(&mut transaction).await?;
        if !by.permits(&mut transaction).await? {
            return Ok(Change::NotPermitted);
        }
        let mut sql = insert(operator);
        sql.push(" ON CONFLICT DO NOTHING");
        if sql.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Ok(Change::Taken);
        }
        transaction.commit().await?;
        Ok(Change::Done)
    }

    /// Adds the first operator; false when there is one already, of whatever name.
    pub(crate) async fn add_first_operator(&self, operator: &Operator) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        self.lock_operators(&mut transaction).await?;
        let any = Sql::new("SELECT 1 AS one FROM operators LIMIT 1")
            .fetch_optional(&mut *transaction)
            .await?;
        if any.is_some() {
            return Ok(false);
        }
        insert(operator).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(true)
    }

    pub(crate) async fn has_operators(&self) -> Result<bool, StoreError> {
        let any = Sql::new("SELECT 1 AS one FROM operators LIMIT 1")
            .fetch_optional(&self.reads)
            .await?;
        Ok(any.is_some())
    }

    pub(crate) async fn operator(&self, id: Uuid) -> Result<Option<Operator>, StoreError> {
        let mut sql = Sql::new(COLUMNS);
        sql.push(" WHERE id = ").bind(id.as_bytes().as_slice());
        sql.fetch_optional(&self.reads)
            .await?
            .as_ref()
            .map(operator_of)
            .transpose()
    }

    pub(crate) async fn operator_named(&self, username: &str) -> Result<Option<Operator>, StoreError> {
        let mut sql = Sql::new(COLUMNS);
        sql.push(" WHERE username = ").bind(username);
        sql.fetch_optional(&self.reads)
            .await?
            .as_ref()
            .map(operator_of)
            .transpose()
    }

    pub(crate) async fn operator_of_external(
        &self,
        external_id: &str,
    ) -> Result<Option<Operator>, StoreError> {
        let mut sql = Sql::new(COLUMNS);
        sql.push(" WHERE external_id = ").bind(external_id);
        sql.fetch_optional(&self.reads)
            .await?
            .as_ref()
            .map(operator_of)
            .transpose()
    }

    /// By name, those after `after`.
    pub(crate) async fn operators(
        &self,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Operator>, StoreError> {
        let mut sql = Sql::new(COLUMNS);
        sql.push(" WHERE username > ").bind(after.unwrap_or_default());
        sql.push(" ORDER BY username LIMIT ").bind(i64::from(limit));
        sql.fetch_all(&self.reads)
            .await?
            .iter()
            .map(operator_of)
            .collect()
    }

    /// Changes an operator. All its sessions end where its rights change or its password does.
    pub(crate) async fn update_operator(
        &self,
        id: Uuid,
        update: &Update,
        by: By<'_>,
    ) -> Result<Change, StoreError> {
        let mut transaction = self.begin().await?;
        self.lock_operators(&mut transaction).await?;
        if !by.permits(&mut transaction).await? {
            return Ok(Change::NotPermitted);
        }
        let mut sql = Sql::new(COLUMNS);
        sql.push(" WHERE id = ").bind(id.as_bytes().as_slice());
        let Some(row) = sql.fetch_optional(&mut *transaction).await? else {
            return Ok(Change::NotFound);
        };
        let now = operator_of(&row)?;
        let role = update.role.unwrap_or(now.role);
        let is_enabled = update.is_enabled.unwrap_or(now.is_enabled);
        let loses_admin = is_admin(&now) && !(role == Role::Admin && is_enabled);
        if loses_admin && is_last_admin(&mut transaction, id).await? {
            return Ok(Change::LastAdmin);
        }
        let mut sql = Sql::new("UPDATE operators SET role = ");
        sql.bind(role.name())
            .push(", is_enabled = ")
            .bind(i64::from(is_enabled));
        if let Some(hash) = &update.password_hash {
            sql.push(", password_hash = ").bind(hash.as_str());
        }
        sql.push(" WHERE id = ").bind(id.as_bytes().as_slice());
        sql.execute(&mut *transaction).await?;
        if role != now.role || is_enabled != now.is_enabled || update.password_hash.is_some() {
            end_sessions(&mut transaction, id).await?;
        }
        transaction.commit().await?;
        Ok(Change::Done)
    }

    pub(crate) async fn delete_operator(&self, id: Uuid, by: By<'_>) -> Result<Change, StoreError> {
        let mut transaction = self.begin().await?;
        self.lock_operators(&mut transaction).await?;
        if !by.permits(&mut transaction).await? {
            return Ok(Change::NotPermitted);
        }
        let mut sql = Sql::new(COLUMNS);
        sql.push(" WHERE id = ").bind(id.as_bytes().as_slice());
        let Some(row) = sql.fetch_optional(&mut *transaction).await? else {
            return Ok(Change::NotFound);
        };
        if is_admin(&operator_of(&row)?) && is_last_admin(&mut transaction, id).await? {
            return Ok(Change::LastAdmin);
        }
        let mut sql = Sql::new("DELETE FROM operators WHERE id = ");
        sql.bind(id.as_bytes().as_slice());
        sql.execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(Change::Done)
    }

    /// Replaces a hash by a stronger one of the same password; sessions stay. Only while it is the one that was verified.
    pub(crate) async fn upgrade_hash(&self, id: Uuid, old: &str, new: &str) -> Result<(), StoreError> {
        let mut sql = Sql::new("UPDATE operators SET password_hash = ");
        sql.bind(new).push(" WHERE id = ").bind(id.as_bytes().as_slice());
        sql.push(" AND password_hash = ").bind(old);
        sql.execute(&self.writes).await?;
        Ok(())
    }

    /// False when the session in whose name it is done has ended.
    pub(crate) async fn set_totp(&self, id: Uuid, totp: &Totp, by: By<'_>) -> Result<bool, StoreError> {
        let (secret, is_confirmed, step) = match totp {
            Totp::Off => (None, 0, 0),
            Totp::Pending(secret) => (Some(secret.clone()), 0, 0),
            Totp::On { secret, last_step } => (Some(secret.clone()), 1, *last_step),
        };
        let mut transaction = self.begin().await?;
        self.lock_operators(&mut transaction).await?;
        if !by.permits(&mut transaction).await? {
            return Ok(false);
        }
        let mut sql = Sql::new("UPDATE operators SET totp_secret = ");
        sql.bind(secret).push(", totp_is_confirmed = ").bind(is_confirmed);
        sql.push(", totp_last_step = ").bind(step).push(" WHERE id = ");
        sql.bind(id.as_bytes().as_slice());
        let is_set = sql.execute(&mut *transaction).await?.rows_affected() == 1;
        transaction.commit().await?;
        Ok(is_set)
    }

    /// Takes a code's step; false when it, or a later one, was used before.
    pub(crate) async fn use_totp_step(&self, id: Uuid, step: i64) -> Result<bool, StoreError> {
        let mut sql = Sql::new("UPDATE operators SET totp_last_step = ");
        sql.bind(step).push(" WHERE id = ").bind(id.as_bytes().as_slice());
        sql.push(" AND totp_last_step < ").bind(step);
        Ok(sql.execute(&self.writes).await?.rows_affected() == 1)
    }

    /// Changes of operators come one after the other: two that each leave an admin could leave none together.
    async fn lock_operators(&self, transaction: &mut Transaction<'static, Any>) -> Result<(), StoreError> {
        if self.kind == super::Kind::Postgres {
            Sql::new("LOCK TABLE operators IN SHARE ROW EXCLUSIVE MODE")
                .execute(&mut **transaction)
                .await?;
        }
        Ok(())
    }
}

impl By<'_> {
    async fn permits(self, transaction: &mut Transaction<'static, Any>) -> Result<bool, StoreError> {
        let (digest, role) = match self {
            Self::Nobody => return Ok(true),
            Self::Admin(digest) => (digest, Some(Role::Admin)),
            Self::Own(digest) => (digest, None),
        };
        let mut sql = Sql::new(
            "SELECT 1 AS one FROM sessions s JOIN operators o ON o.id = s.operator_id WHERE o.is_enabled = 1 AND s.digest = ",
        );
        sql.bind(digest.as_slice());
        if let Some(role) = role {
            sql.push(" AND o.role = ").bind(role.name());
        }
        Ok(sql.fetch_optional(&mut **transaction).await?.is_some())
    }
}

fn insert(operator: &Operator) -> Sql {
    let mut sql = Sql::new(
        "INSERT INTO operators (id, username, role, password_hash, is_enabled, created_at, external_id, \
         totp_is_confirmed, totp_last_step) VALUES ",
    );
    sql.rows(1, 9)
        .value(operator.id.as_bytes().as_slice())
        .value(operator.username.as_str())
        .value(operator.role.name())
        .value(operator.password_hash.clone())
        .value(i64::from(operator.is_enabled))
        .value(operator.created_at.0)
        .value(operator.external_id.clone())
        .value(0_i64)
        .value(0_i64);
    sql
}

async fn end_sessions(transaction: &mut Transaction<'static, Any>, operator: Uuid) -> Result<(), StoreError> {
    let mut sql = Sql::new("DELETE FROM sessions WHERE operator_id = ");
    sql.bind(operator.as_bytes().as_slice());
    sql.execute(&mut **transaction).await?;
    Ok(())
}

async fn is_last_admin(transaction: &mut Transaction<'static, Any>, id: Uuid) -> Result<bool, StoreError> {
    let mut sql = Sql::new("SELECT 1 AS one FROM operators WHERE role = ");
    sql.bind(Role::Admin.name())
        .push(" AND is_enabled = 1 AND id <> ");
    sql.bind(id.as_bytes().as_slice()).push(" LIMIT 1");
    Ok(sql.fetch_optional(&mut **transaction).await?.is_none())
}

fn is_admin(operator: &Operator) -> bool {
    operator.role == Role::Admin && operator.is_enabled
}

pub(super) fn role_of(row: &AnyRow) -> Result<Role, StoreError> {
    let name: String = row.try_get("role")?;
    Role::of_name(&name).ok_or(StoreError::Failed("it holds a role that is none"))
}

fn operator_of(row: &AnyRow) -> Result<Operator, StoreError> {
    let secret: Option<String> = row.try_get("totp_secret")?;
    let is_confirmed: i64 = row.try_get("totp_is_confirmed")?;
    let totp = match secret {
        None => Totp::Off,
        Some(secret) if is_confirmed == 1 => Totp::On {
            secret,
            last_step: row.try_get("totp_last_step")?,
        },
        Some(secret) => Totp::Pending(secret),
    };
    Ok(Operator {
        id: id_of(row, "id")?,
        username: row.try_get("username")?,
        role: role_of(row)?,
        password_hash: row.try_get("password_hash")?,
        is_enabled: row.try_get::<i64, _>("is_enabled")? == 1,
        created_at: Moment(row.try_get("created_at")?),
        totp,
        external_id: row.try_get("external_id")?,
    })
}
