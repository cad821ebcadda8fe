//! Wall time and fresh ids: the one place that reads the clock and the random source.

use std::time::{Duration, SystemTime};

use uuid::{NoContext, Timestamp, Uuid};

/// Tells the time and makes ids.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    now: fn() -> SystemTime,
}

impl Clock {
    /// The system's clock.
    #[expect(clippy::disallowed_methods, reason = "everything else takes a Clock")]
    pub(crate) const fn system() -> Self {
        Self { now: SystemTime::now }
    }

    /// Since the Unix epoch.
    pub(crate) fn since_epoch(self) -> Duration {
        (self.now)()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default()
    }

    /// A UUIDv7: sorts by time.
    pub(crate) fn fresh_id(self) -> Uuid {
        let now = self.since_epoch();
        Uuid::new_v7(Timestamp::from_unix(NoContext, now.as_secs(), now.subsec_nanos()))
    }
}
