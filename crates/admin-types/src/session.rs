//! Signing in, and what every answer may be instead: a problem.

use serde::{Deserialize, Serialize};

/// What an operator may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads.
    Auditor,
    /// Reads, ends its own sessions, changes its own password.
    Operator,
    /// Manages operators and sees the access log as well.
    Admin,
}

impl Role {
    /// As it is stored and written.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auditor => "auditor",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }

    /// The role of that name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Auditor, Self::Operator, Self::Admin]
            .into_iter()
            .find(|role| role.name() == name)
    }
}

/// `GET /session/methods`: how one can sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignInMethods {
    /// With a name and a password.
    pub password: bool,
    /// At an identity provider: `GET /oidc/start`.
    pub oidc: bool,
    /// Somebody can sign in; without anybody, `admin-api operator add NAME` adds the first.
    pub has_operators: bool,
}

/// `POST /session`.
#[derive(Clone, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Name of the operator.
    pub username: String,
    /// Its password.
    pub password: String,
    /// Six digits of the second factor, where the operator has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totp: Option<String>,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignIn(withheld)")
    }
}

/// The answer to [`SignIn`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignedIn {
    /// Name of the operator.
    pub operator: String,
    /// What it may do.
    pub role: Role,
    /// When the session ends if nothing more happens.
    pub expires_at: String,
}

/// `GET /session`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// Id of the operator.
    pub id: String,
    /// Its name.
    pub operator: String,
    /// What it may do.
    pub role: Role,
    /// When the session ends if nothing more happens.
    pub expires_at: String,
    /// When it ends whatever happens.
    pub ends_at: String,
    /// A second factor is asked for at sign-in.
    pub has_totp: bool,
    /// It signs in with a password, which it can change.
    pub has_password: bool,
    /// Release of the control plane.
    pub version: String,
}

/// `PUT /session/password`.
#[derive(Clone, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The password until now.
    pub current: String,
    /// The one from now on: 12 to 256 characters.
    pub new: String,
}

impl std::fmt::Debug for PasswordChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordChange(withheld)")
    }
}

/// `POST /session/totp`: without a code it makes a secret, with one it confirms it.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TotpConfirmation {
    /// The operator's password, which enrolling needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// Six digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// What an authenticator application needs; shown once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TotpEnrolment {
    /// Base32; none once it is confirmed.
    pub secret: Option<String>,
    /// The same as `otpauth://` URL, for a QR code.
    pub url: Option<String>,
    /// It is asked for from now on.
    pub is_confirmed: bool,
}

/// `DELETE /operators/{id}/sessions`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EndedSessions {
    /// How many ended.
    pub ended: u64,
}

/// `application/problem+json` (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// `about:blank`: `code` tells problems apart.
    #[serde(rename = "type")]
    pub kind: String,
    /// Of the status.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Stable; for programs.
    pub code: String,
    /// One sentence; for people.
    pub detail: String,
    /// The parameter that is wrong, if one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
}
