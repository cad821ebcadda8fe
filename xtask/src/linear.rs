//! Four times the input costs at most six times the processor time, whatever it is made of (readings.md, rule 4).

use std::hint::black_box;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// What four times the work may cost: four times as much, and what larger tables cost beyond the processor's caches.
const MOST: f64 = 6.0;
/// Less than this tells nothing.
const LEAST: Duration = Duration::from_millis(5);
const ROUNDS: usize = 3;
/// What grows too fast does so each time; what other processes do to the caches does not.
const ATTEMPTS: usize = 3;

/// Prepares work of a size, outside of what is measured.
pub type Prepare<'a> = &'a dyn Fn(usize) -> Box<dyn FnOnce() + 'a>;

/// Asserts that work of `size` and four times as much cost the same by the byte.
///
/// # Panics
/// When they do not.
pub fn assert_linear(name: &str, size: usize, prepare: Prepare<'_>) {
    // What else runs on the machine makes a round slower, never faster.
    let cost = |size| (0..ROUNDS).map(|_| cpu_time(prepare(size))).min();
    let mut seen = Vec::new();
    let is_linear = (0..ATTEMPTS).any(|_| {
        let (one, four) = (cost(size).unwrap_or_default(), cost(4 * size).unwrap_or_default());
        seen.push((one, four));
        four.as_secs_f64() <= MOST * one.max(LEAST).as_secs_f64()
    });
    assert!(is_linear, "{name}, {size} and four times as much: {seen:?}");
}

fn cpu_time(work: impl FnOnce()) -> Duration {
    let start = thread_time();
    black_box(work());
    thread_time() - start
}

/// Time that this thread spent on a processor: other processes do not count.
fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(
        time.tv_sec.unsigned_abs(),
        u32::try_from(time.tv_nsec).unwrap_or_default(),
    )
}
