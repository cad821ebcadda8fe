//! Logs to standard error, as text or JSON.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;

/// How a log line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One readable line; coloured on a terminal.
    Text,
    /// One JSON object per line.
    Json,
}

/// The filter is not in `tracing`'s directive syntax.
#[derive(Debug)]
pub struct InvalidFilter(ParseError);

impl std::fmt::Display for InvalidFilter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "not a log filter ({}); allowed: error, warn, info, debug, trace or target=level directives",
            self.0
        )
    }
}

impl std::error::Error for InvalidFilter {}

/// Whether `filter` can be given to [`init_tracing`].
///
/// # Errors
/// When it does not parse.
pub fn check_filter(filter: &str) -> Result<(), InvalidFilter> {
    EnvFilter::try_new(filter).map(drop).map_err(InvalidFilter)
}

/// Starts logging for the whole process, `filter` in `tracing`'s directive syntax (`info`, `proxy_api=debug`).
/// A second call keeps the first one's settings.
///
/// # Errors
/// When `filter` does not parse.
pub fn init_tracing(format: LogFormat, filter: &str) -> Result<(), InvalidFilter> {
    let filter = EnvFilter::try_new(filter).map_err(InvalidFilter)?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_target(false);
    // An embedding process may have its own subscriber already: that one stays.
    let _ = match format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_filter_is_named() {
        assert!(check_filter("info,proxy_api=debug").is_ok());
        let error = check_filter("proxy_api=loud").unwrap_err();
        assert!(error.to_string().contains("allowed: error, warn"));
    }
}
