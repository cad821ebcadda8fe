//! `[timeouts]`: times that bound a turn.

use std::time::Duration;

use configuration::section;

section! {
    /// Times that bound a turn. Clients wait 300 to 600 seconds themselves: shorter times here break them.
    pub struct Timeouts {
        /// Connecting to an upstream, name resolution and TLS included; seconds.
        connect_seconds: u64 = "10",
        /// Silence of an upstream, before its answer or inside it; seconds, at least 300.
        upstream_idle_seconds: u64 = "600",
        /// A whole turn; seconds, at least 600, or 0 for no limit.
        turn_seconds: u64 = "0",
        /// Silence of a caller that is sending its request; seconds.
        caller_idle_seconds: u64 = "75",
        /// A whole request body, however fast it comes; seconds.
        body_seconds: u64 = "300",
        /// A caller that takes nothing of its answer; seconds.
        caller_stall_seconds: u64 = "600",
        /// What running turns get to end after a stop signal; seconds.
        shutdown_seconds: u64 = "30",
    }
}

impl Timeouts {
    pub(crate) fn connect(&self) -> Duration {
        Duration::from_secs(self.connect_seconds)
    }

    pub(crate) fn upstream_idle(&self) -> Duration {
        Duration::from_secs(self.upstream_idle_seconds)
    }

    pub(crate) fn turn(&self) -> Option<Duration> {
        (self.turn_seconds > 0).then(|| Duration::from_secs(self.turn_seconds))
    }

    pub(crate) fn caller_idle(&self) -> Duration {
        Duration::from_secs(self.caller_idle_seconds)
    }

    pub(crate) fn body(&self) -> Duration {
        Duration::from_secs(self.body_seconds)
    }

    pub(crate) fn caller_stall(&self) -> Duration {
        Duration::from_secs(self.caller_stall_seconds)
    }

    pub(crate) fn shutdown(&self) -> Duration {
        Duration::from_secs(self.shutdown_seconds)
    }
}
