//! How much time has passed since something came, as far as a process can know. Clocks are set, jump and come back; the time
//! that a machine runs does not. So time is counted from what it ran, and a clock is asked only how long nobody counted.
//! Pure: readings come in, what holds comes out.

use std::time::Duration;

use crate::clock::Moment;

/// A clock that is further off than the time that passed has jumped.
const JUMP: i64 = 3_600_000;
/// Of a pause that only a clock tells of, so much is believed at once.
const BELIEVED: i64 = 86_400_000;
/// What a clock says after a jump is believed when it has gone on from there for so long.
const HELD: i64 = 6 * 3_600_000;

/// What both clocks of a machine say at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    /// The one that can be set.
    pub(crate) wall: Moment,
    /// How long the machine has run, or been asleep, since its start.
    pub(crate) running: Duration,
}

impl Reading {
    fn running_millis(self) -> i64 {
        i64::try_from(self.running.as_millis()).unwrap_or(i64::MAX)
    }

    /// Milliseconds that passed since another.
    fn since(self, other: Self) -> i64 {
        self.running_millis()
            .saturating_sub(other.running_millis())
            .max(0)
    }

    /// Whether both clocks went equally far since another.
    fn agrees_with(self, other: Self) -> bool {
        let passed = self.wall.0.saturating_sub(other.wall.0);
        passed.saturating_sub(self.since(other)).saturating_abs() <= JUMP
    }
}

/// What outlives a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    /// How far time was counted.
    pub(crate) counted: Moment,
    /// What the clock said then.
    pub(crate) wall: Moment,
}

/// Counts time.
#[derive(Clone, Debug)]
pub(crate) struct Age {
    counted: Moment,
    last: Reading,
    /// The clock was right, as far as anybody knows.
    agreed: Reading,
    /// It has jumped, and since when it goes on from there.
    jumped: Option<Reading>,
    /// Before this process; until what the clock tells of it is believed, or found wrong.
    pause: Option<Pause>,
    /// What came since then seems to be older than it is.
    misjudged: Option<Moment>,
}

#[derive(Clone, Copy, Debug)]
struct Pause {
    /// Milliseconds of it that are counted.
    counted: i64,
    /// How far time was counted at its end.
    end: Moment,
}

/// Whether the clock can be gone by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wall {
    /// It goes on as time does.
    Sure,
    /// It has just jumped.
    Jumps,
    /// It has jumped, and has not gone on from there for long.
    Doubted,
}

impl Age {
    /// Goes on from what another process stored.
    pub(crate) fn resume(stored: Option<Stored>, now: Reading) -> Self {
        let Some(stored) = stored else {
            return Self {
                counted: now.wall,
                last: now,
                agreed: now,
                jumped: None,
                pause: None,
                misjudged: None,
            };
        };
        // A clock behind what was stored tells of no pause.
        let pause = now.wall.0.saturating_sub(stored.wall.0).max(0);
        let believed = pause.min(BELIEVED);
        let end = Moment(stored.counted.0.saturating_add(believed));
        Self {
            counted: end,
            last: now,
            agreed: Reading {
                wall: stored.wall,
                ..now
            },
            jumped: None,
            pause: Some(Pause {
                counted: believed,
                end,
            }),
            misjudged: None,
        }
    }

    /// How far time is counted.
    pub(crate) const fn counted(&self) -> Moment {
        self.counted
    }

    /// What was written down of what had come since then tells too early a time: a pause before it was counted later.
    pub(crate) const fn misjudged(&self) -> Option<Moment> {
        self.misjudged
    }

    /// Everything is written down, and another process may have counted further.
    pub(crate) fn stored(&mut self, counted: Moment) {
        self.counted = self.counted.max(counted);
        self.misjudged = None;
    }

    /// Counts on.
    pub(crate) fn read(&mut self, now: Reading) -> Wall {
        self.counted = Moment(self.counted.0.saturating_add(now.since(self.last)));
        self.last = now;
        if now.agrees_with(self.agreed) {
            // Also when it comes back: what it told of did not pass.
            (self.agreed, self.jumped, self.pause) = (now, None, None);
            return Wall::Sure;
        }
        match self.jumped {
            Some(jumped) if now.agrees_with(jumped) => {
                if now.since(jumped) < HELD {
                    return Wall::Doubted;
                }
                self.count_pause(now);
                (self.agreed, self.jumped) = (now, None);
                Wall::Sure
            }
            _ => {
                self.jumped = Some(now);
                Wall::Jumps
            }
        }
    }

    fn count_pause(&mut self, now: Reading) {
        let Some(pause) = self.pause.take() else { return };
        let passed = now.wall.0.saturating_sub(self.agreed.wall.0);
        let left = passed
            .saturating_sub(now.since(self.agreed))
            .saturating_sub(pause.counted);
        if left > 0 {
            self.counted = Moment(self.counted.0.saturating_add(left));
            self.misjudged = Some(pause.end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;
    const DAY: i64 = 24 * HOUR;
    const START: i64 = 1_790_000_000_000;

    /// The machine ran so long, and the clock is off by so much.
    fn at(ran: i64, off: i64) -> Reading {
        Reading {
            wall: Moment(START + ran + off),
            running: Duration::from_millis(ran as u64 + 5_000_000),
        }
    }

    fn stored(counted: i64, wall: i64) -> Option<Stored> {
        Some(Stored {
            counted: Moment(START + counted),
            wall: Moment(START + wall),
        })
    }

    #[test]
    fn a_jump_counts_nothing_and_is_forgotten_when_the_clock_comes_back() {
        for jump in [31 * DAY, -31 * DAY, 2 * HOUR, -START] {
            let mut age = Age::resume(None, at(0, 0));
            assert_eq!(age.read(at(60_000, 0)), Wall::Sure);
            assert_eq!(age.read(at(120_000, jump)), Wall::Jumps, "{jump}");
            assert_eq!(age.read(at(180_000, jump)), Wall::Doubted, "{jump}");
            assert_eq!(age.read(at(240_000, 0)), Wall::Sure, "{jump}");
            assert_eq!(age.counted(), Moment(START + 240_000));
        }
    }

    #[test]
    fn a_clock_that_goes_on_is_believed_and_changes_no_age() {
        let mut age = Age::resume(None, at(0, -START));
        assert_eq!(age.read(at(60_000, 0)), Wall::Jumps);
        assert_eq!(age.read(at(5 * HOUR, 0)), Wall::Doubted);
        assert_eq!(age.read(at(7 * HOUR, 0)), Wall::Sure);
        assert_eq!(age.counted(), Moment(7 * HOUR));
    }

    #[test]
    fn a_clock_that_goes_anywhere_is_never_believed() {
        let mut age = Age::resume(None, at(0, 0));
        for nth in 1..1000 {
            assert_eq!(age.read(at(nth * HOUR, nth * 2 * HOUR)), Wall::Jumps, "{nth}");
        }
        assert_eq!(age.counted(), Moment(START + 999 * HOUR));
    }

    #[test]
    fn a_pause_counts_for_a_day_at_once_and_wholly_when_the_clock_goes_on() {
        // As long as it was: nothing is doubted.
        let mut age = Age::resume(stored(0, 0), at(0, HOUR / 2));
        assert_eq!(age.counted(), Moment(START + HOUR / 2));
        assert_eq!(age.read(at(60_000, HOUR / 2)), Wall::Sure);
        let mut age = Age::resume(stored(0, 0), at(0, 10 * DAY));
        assert_eq!(age.counted(), Moment(START + DAY));
        assert_eq!(age.read(at(60_000, 10 * DAY)), Wall::Jumps);
        assert_eq!(age.read(at(7 * HOUR, 10 * DAY)), Wall::Sure);
        assert_eq!(age.counted(), Moment(START + 10 * DAY + 7 * HOUR));
        assert_eq!(age.misjudged(), Some(Moment(START + DAY)));
        // The clock was wrong, and the pause is another one.
        let mut age = Age::resume(stored(0, 0), at(0, 31 * DAY));
        assert_eq!(age.read(at(60_000, 31 * DAY)), Wall::Jumps);
        assert_eq!(age.read(at(HOUR, 2 * DAY)), Wall::Jumps);
        assert_eq!(age.read(at(8 * HOUR, 2 * DAY)), Wall::Sure);
        assert_eq!(age.counted(), Moment(START + 2 * DAY + 8 * HOUR));
        // The clock was wrong.
        let mut age = Age::resume(stored(0, 0), at(0, 31 * DAY));
        assert_eq!(age.read(at(60_000, 31 * DAY)), Wall::Jumps);
        assert_eq!(age.read(at(120_000, 0)), Wall::Sure);
        assert_eq!(age.counted(), Moment(START + DAY + 120_000));
        // And so is one that is behind.
        let age = Age::resume(stored(5 * DAY, 0), at(0, -START));
        assert_eq!(age.counted(), Moment(START + 5 * DAY));
    }
}
