//! One clock for all processes of the machine, so that one can stamp what another reads; and pauses.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// Nanoseconds since the machine started.
pub(super) fn now() -> u64 {
    let time = clock_gettime(ClockId::Monotonic);
    let (seconds, nanos) = (time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs());
    seconds * 1_000_000_000 + nanos
}

/// What an event says of when it was written.
const STAMP: &str = "\"stamp\":\"";

/// A member of an event that says when it is written.
pub(super) fn stamp() -> String {
    format!("{STAMP}{}\"", now())
}

/// Microseconds since an event was written, if it says so.
pub(super) fn age(event: &str) -> Option<f64> {
    let stamp = event
        .split_once(STAMP)?
        .1
        .split('"')
        .next()?
        .parse::<u64>()
        .ok()?;
    Some(now().saturating_sub(stamp) as f64 / 1000.0)
}

/// Waits, for nothing but time.
#[expect(
    clippy::disallowed_methods,
    reason = "a caller's pace, and memory that comes to rest, have no event to wait for"
)]
pub(crate) async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}
