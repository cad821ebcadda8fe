//! Operators, and what they did.

use serde::{Deserialize, Serialize};

use crate::Role;

/// A row of `GET /access-log`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccessEntry {
    /// Id of the row.
    pub id: String,
    /// When.
    pub occurred_at: String,
    /// The operator whom a session proves; none for a refused sign-in.
    pub actor: Option<String>,
    /// `session.begin`, `session.refuse`, `operator.add`, ...
    pub action: String,
    /// The operator that it was about.
    pub target: Option<String>,
    /// Address that it came from.
    pub source: String,
    /// Equal refusals within a minute are one row.
    pub count: u64,
}

/// `GET /operators`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OperatorItem {
    /// Its id.
    pub id: String,
    /// Its name.
    pub username: String,
    /// What it may do.
    pub role: Role,
    /// It may sign in.
    pub is_enabled: bool,
    /// It signs in with a password; else at the identity provider.
    pub has_password: bool,
    /// A second factor is asked for.
    pub has_totp: bool,
    /// When it was added.
    pub created_at: String,
}

/// `POST /operators`.
#[derive(Clone, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewOperator {
    /// `[a-z0-9][a-z0-9._@-]{0,63}`.
    pub username: String,
    /// 12 to 256 characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 12, max_length = 256))]
    pub password: String,
    /// What it may do.
    pub role: Role,
}

impl std::fmt::Debug for NewOperator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewOperator(withheld)")
    }
}

/// `PATCH /operators/{id}`: what is there changes. Its sessions end.
#[derive(Clone, Default, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OperatorChange {
    /// What it may do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Whether it may sign in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_enabled: Option<bool>,
    /// A new password: 12 to 256 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

impl std::fmt::Debug for OperatorChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OperatorChange(withheld)")
    }
}
