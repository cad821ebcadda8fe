//! Names of log fields: dotted, with the unit in the name. A field that is not here is not logged per request.

/// The gateway's own id of a request.
pub const REQUEST_ID: &str = "request.id";
/// `openai.chat`, `anthropic.messages`, ...
pub const SURFACE: &str = "surface";
/// The configured name of the destination.
pub const UPSTREAM: &str = "upstream";
/// The status that the caller got.
pub const STATUS: &str = "http.status";
/// How the turn ended.
pub const OUTCOME: &str = "outcome";
/// The stable error code.
pub const ERROR_CODE: &str = "error.code";
/// From the first byte of the request to the last byte of the answer, in microseconds.
pub const TOTAL_US: &str = "total_us";
