//! Request and response types of the control plane's JSON API, for the service and for the console. Times are RFC 3339
//! in UTC, durations microseconds, ids lower-case UUIDs. Nothing here can hold content of a request or an answer.

mod access;
mod events;
mod fleet;
mod overview;
mod session;

pub use access::{AccessEntry, NewOperator, OperatorChange, OperatorItem};
pub use events::{Detection, Durations, EventItem, LiveTick, TokenUsage, Touched};
pub use fleet::{InstanceCounters, InstanceItem, Posture, Spool};
pub use overview::{
    CallerItem, Dashboard, DetectorItem, Detectors, Found, Latencies, LatencyPoint, Mix, Overview, Partial,
    Percentiles, Point, Series, Totals, TotalsPoint,
};
pub use session::{
    EndedSessions, Me, PasswordChange, Problem, Role, SignIn, SignInMethods, SignedIn, TotpConfirmation,
    TotpEnrolment,
};

use serde::{Deserialize, Serialize};

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page begins; none on the last one.
    pub next_cursor: Option<String>,
}
