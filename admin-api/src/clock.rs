//! Wall time and fresh ids: the one place that reads the clock.

use std::time::{Duration, SystemTime};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::{NoContext, Timestamp, Uuid};

use crate::age::Reading;

/// Clocks of replicas differ by no more. What is of a later time was written by a clock that was wrong: it counts as over
/// where it would let somebody in, and for nothing where it would keep somebody out.
pub(crate) const SKEW: Duration = Duration::from_secs(300);

/// Tells the time and makes ids.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    now: fn() -> SystemTime,
}

impl Clock {
    /// The system's clock.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "everything else takes a Clock")]
    pub const fn system() -> Self {
        Self { now: SystemTime::now }
    }

    /// A clock that says what `now` says; for tests.
    #[must_use]
    pub const fn of(now: fn() -> SystemTime) -> Self {
        Self { now }
    }

    /// Now, as others write it.
    pub(crate) fn system_time(self) -> SystemTime {
        (self.now)()
    }

    fn since_epoch(self) -> Duration {
        self.system_time()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default()
    }

    /// What it says beside what cannot be set: how long the machine has run.
    pub(crate) fn reading(self) -> Reading {
        Reading {
            wall: self.now(),
            running: running(),
        }
    }

    /// Now.
    #[must_use]
    pub fn now(self) -> Moment {
        Moment(i64::try_from(self.since_epoch().as_millis()).unwrap_or(i64::MAX))
    }

    /// A UUIDv7: sorts by time.
    pub(crate) fn fresh_id(self) -> Uuid {
        let now = self.since_epoch();
        Uuid::new_v7(Timestamp::from_unix(NoContext, now.as_secs(), now.subsec_nanos()))
    }
}

/// Time since some start, asleep or not, whatever anybody sets.
fn running() -> Duration {
    // Linux counts sleep with this one alone, macOS with the other.
    #[cfg(target_os = "linux")]
    let clock = rustix::time::ClockId::Boottime;
    #[cfg(not(target_os = "linux"))]
    let clock = rustix::time::ClockId::Monotonic;
    let time = rustix::time::clock_gettime(clock);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// Milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub i64);

/// Beyond the year 9999 RFC 3339 has no words.
const LAST: i64 = 253_402_300_799_999;

impl Moment {
    /// Of RFC 3339 text, with any offset.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let parsed = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        let millis = i64::try_from(parsed.unix_timestamp_nanos().div_euclid(1_000_000)).ok()?;
        (0..=LAST).contains(&millis).then_some(Self(millis))
    }

    /// RFC 3339, UTC.
    pub(crate) fn to_text(self) -> String {
        let clamped = self.0.clamp(0, LAST);
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(clamped) * 1_000_000)
            .ok()
            .and_then(|time| time.format(&Rfc3339).ok())
            .unwrap_or_default()
    }

    pub(crate) const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    pub(crate) const fn of_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    pub(crate) fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(millis(duration)))
    }

    pub(crate) fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(millis(duration)))
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_survive_their_text() {
        for millis in [0, 1_790_000_000_123, LAST] {
            assert_eq!(Moment::parse(&Moment(millis).to_text()), Some(Moment(millis)));
        }
        assert_eq!(
            Moment::parse("2026-12-01T01:00:00+01:00"),
            Moment::parse("2026-12-01T00:00:00Z")
        );
        for bad in ["", "2026-12-01", "1969-12-31T23:59:59Z", "now"] {
            assert_eq!(Moment::parse(bad), None, "{bad}");
        }
    }
}
