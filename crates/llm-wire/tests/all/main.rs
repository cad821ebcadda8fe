//! The crate's integration tests, in one binary.

mod request;
mod response;
mod scaling;
