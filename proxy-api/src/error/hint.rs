//! What a refusal tells its reader to change: a key of the configuration, a base URL.

use std::fmt::{self, Display};

use llm_wire::WireError;

use super::GatewayError;

/// In brackets, the key that sets how large `what` may be; nothing where that is not for an operator to say.
pub(super) fn set_by(what: &str) -> &'static str {
    match what {
        "request body" | "conversation so far" | "frame" => " (limits.body_bytes)",
        "longest value of the request" => " (limits.leaf_bytes)",
        "nesting of the request" => " (limits.depth)",
        "query string" => " (limits.query_bytes)",
        "request head" => " (limits.header_bytes)",
        _ => "",
    }
}

/// How a base URL leads past a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slip {
    /// It ends before the version.
    Unversioned,
    /// It brings a version that its client brings too.
    Doubled,
}

impl Display for Slip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unversioned => "the base URL has to end in /v1",
            Self::Doubled => "/v1 stands in it more than once, so leave it out at the end of the base URL",
        })
    }
}

impl From<WireError> for GatewayError {
    fn from(error: WireError) -> Self {
        let (what, limit, unit) = match error {
            WireError::LeafTooLarge { limit, .. } => ("longest value of the request", limit, "bytes"),
            WireError::TooManyValues { limit } => {
                ("number of values in the request", limit, "values and keys")
            }
            WireError::TooDeep { limit } => ("nesting of the request", limit, "levels"),
            WireError::TooLarge { limit } => ("request body", limit, "bytes"),
            other => return Self::Malformed(other.to_string()),
        };
        Self::TooLarge { what, limit, unit }
    }
}
