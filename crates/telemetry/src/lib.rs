//! Logs and spans, and the names of metrics and log fields that services share. Holds no metric itself.

pub mod fields;
mod limits;
pub mod metrics;
mod panic;
mod spans;
mod tracing_setup;

pub use limits::raise_open_files;
pub use panic::install_panic_hook;
pub use spans::{Collector, Ids, InvalidCollector, Sender, Spans};
pub use tracing_setup::{InvalidFilter, LogFormat, check_filter, init_tracing};
