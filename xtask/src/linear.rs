//! Four times the input costs about four times the processor time, whatever it is made of (readings.md, rule 4).

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// How much more work there is, and what that may cost. On a quiet machine it is at most six times as much; who else uses
/// its caches makes it seven or eight. A cost that grows with the square is 16 times as large.
const BYTES: (usize, f64) = (4, 10.0);
/// Tables of values leave the caches one after the other, and are sorted: sixteen times as many may cost six times as much
/// each. A cost that grows with the square would be 256 times as large.
const VALUES: (usize, f64) = (16, 96.0);
/// Less than this tells nothing.
const LEAST: Duration = Duration::from_millis(5);
/// What other processes do to the caches makes some rounds slower, and none faster.
const ROUNDS: usize = 5;
/// Rounds that take so long together are enough.
const ENOUGH: Duration = Duration::from_secs(1);

static ALONE: Mutex<()> = Mutex::new(());

/// Prepares work of a size, outside of what is measured.
pub type Prepare<'a> = &'a dyn Fn(usize) -> Box<dyn FnOnce() + 'a>;

/// Asserts that work of `size` bytes and four times as much cost the same by the byte.
///
/// # Panics
/// When they do not.
pub fn assert_linear(name: &str, size: usize, prepare: Prepare<'_>) {
    assert_costs(name, size, BYTES, prepare);
}

/// The same of so many values, each somewhere else in memory.
///
/// # Panics
/// When their cost grows with their square.
pub fn assert_linear_in_values(name: &str, values: usize, prepare: Prepare<'_>) {
    assert_costs(name, values, VALUES, prepare);
}

fn assert_costs(name: &str, size: usize, (times, most): (usize, f64), prepare: Prepare<'_>) {
    // What runs beside it takes its caches.
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let cost = |size| {
        let (mut least, mut spent) = (Duration::MAX, Duration::ZERO);
        for _ in 0..ROUNDS {
            let round = cpu_time(prepare(size));
            (least, spent) = (least.min(round), spent + round);
            if spent > ENOUGH {
                break;
            }
        }
        least
    };
    let (one, more) = (cost(size), cost(times * size));
    let ratio = more.as_secs_f64() / one.max(LEAST).as_secs_f64();
    assert!(
        ratio <= most,
        "{name}: {size} cost {one:?}, {times} times as much {more:?}"
    );
}

fn cpu_time(work: impl FnOnce()) -> Duration {
    let start = thread_time();
    work();
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
