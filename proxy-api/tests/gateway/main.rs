//! The data plane in this process against a small upstream in this process: what a single module cannot show.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod admin;
mod audit;
mod browsers;
mod callers;
mod cancellation;
mod delivery;
mod encodings;
mod errors;
mod explaining;
mod gateway_keys;
mod headers;
mod kept;
mod limits;
mod masking;
mod ops;
mod pinning;
mod policy;
mod profiles;
mod room;
mod routes;
mod streaming;
mod support;
mod traces;
mod watching;
