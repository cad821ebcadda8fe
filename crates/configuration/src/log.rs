//! `[log]` of a service: logging to standard error.

use serde::Deserialize;

use crate::{ConfigError, Layers, section};

/// How a log line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogStyle {
    /// One readable line.
    Text,
    /// One JSON object per line.
    Json,
}

impl From<LogStyle> for ::telemetry::LogFormat {
    fn from(style: LogStyle) -> Self {
        match style {
            LogStyle::Text => Self::Text,
            LogStyle::Json => Self::Json,
        }
    }
}

section! {
    /// Logging to standard error; `bauta up` logs as `[log]` says. No log line holds text of a request or an answer, at any level.
    pub struct Log {
        /// `error`, `warn`, `info`, `debug`, `trace`, or directives such as `info,proxy_api=debug`.
        level: String = "\"info\"",
        /// `text` or `json`.
        format: LogStyle = "\"text\"",
    }
}

impl Log {
    /// Of the section called `section`.
    ///
    /// # Errors
    /// When `level` is no log filter.
    pub fn check(&self, layers: &Layers, section: &str) -> Result<(), ConfigError> {
        ::telemetry::check_filter(&self.level)
            .map_err(|error| layers.wrong(&format!("{section}.level"), &error.to_string()))
    }
}
