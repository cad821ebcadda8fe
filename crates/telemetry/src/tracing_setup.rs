//! Logs to standard error, as text or JSON.

use std::io::{self, IsTerminal};

use tracing_subscriber::filter::FilterFn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, fmt};

/// Whose events are written. A library's may hold what it works on: header values, numbers, names of hosts.
const OURS: [&str; 6] = [
    "proxy_api",
    "admin_api",
    "bauta",
    "masking",
    "llm_wire",
    "telemetry",
];

/// How a log line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One readable line; coloured on a terminal.
    Text,
    /// One JSON object per line.
    Json,
}

/// The filter is not in `tracing`'s directive syntax. What the parser says of it quotes it.
#[derive(Debug)]
pub struct InvalidFilter;

impl std::fmt::Display for InvalidFilter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not a log filter; allowed: error, warn, info, debug, trace or target=level directives")
    }
}

impl std::error::Error for InvalidFilter {}

/// Whether `filter` can be given to [`init_tracing`].
///
/// # Errors
/// When it does not parse.
pub fn check_filter(filter: &str) -> Result<(), InvalidFilter> {
    EnvFilter::try_new(filter).map(drop).map_err(|_| InvalidFilter)
}

/// Starts logging for the whole process, `filter` in `tracing`'s directive syntax (`info`, `proxy_api=debug`).
/// A second call keeps the first one's settings.
///
/// # Errors
/// When `filter` does not parse.
pub fn init_tracing(format: LogFormat, filter: &str) -> Result<(), InvalidFilter> {
    let filter = EnvFilter::try_new(filter).map_err(|_| InvalidFilter)?;
    let lines = fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_target(false);
    let lines = match format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    let ours = FilterFn::new(|event| is_ours(event.target()));
    let logging = tracing_subscriber::registry()
        .with(filter)
        .with(lines.with_filter(ours));
    // An embedding process may have its own subscriber already: that one stays.
    let _ = logging.try_init();
    Ok(())
}

fn is_ours(target: &str) -> bool {
    OURS.contains(&target.split("::").next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_write_nothing() {
        assert!(is_ours("proxy_api") && is_ours("proxy_api::turn::mask"));
        for other in ["hyper::proto", "rlibphonenumber", "log", "proxy_apis", ""] {
            assert!(!is_ours(other), "{other}");
        }
    }

    #[test]
    fn a_bad_filter_is_named() {
        assert!(check_filter("info,proxy_api=debug").is_ok());
        let error = check_filter("proxy_api=loud").unwrap_err();
        assert!(error.to_string().contains("allowed: error, warn"));
    }
}
