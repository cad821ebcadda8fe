//! Tracing set-up, and the names of metrics and log fields that services share. Holds no metric itself.

pub mod fields;
pub mod metrics;
mod panic;
mod tracing_setup;

pub use panic::install_panic_hook;
pub use tracing_setup::{InvalidFilter, LogFormat, check_filter, init_tracing};
