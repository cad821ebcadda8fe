//! The time by which something may be deleted for its age: that of a clock that has gone evenly for a while. A clock that
//! jumps ahead for a moment deletes nothing. Pure.

use std::time::Duration;

use crate::clock::Moment;

/// A clock that is set right goes on from there after this.
pub(crate) const LASTING: Duration = Duration::from_secs(600);
/// What a clock may gain or lose from one look to the next.
const SLACK_MILLIS: i64 = 60_000;

/// Compares the wall clock with one that only goes on.
#[derive(Debug, Default)]
pub(crate) struct Steady {
    believed: Option<Offset>,
    /// Another one that the clock has shown since then.
    shown: Option<(Offset, Duration)>,
}

/// How far the wall clock is from the other one, in milliseconds.
#[derive(Clone, Copy, Debug)]
struct Offset(i64);

impl Offset {
    fn between(wall: Moment, up: Duration) -> Self {
        Self(wall.minus(up).0)
    }

    const fn is_near(self, other: Self) -> bool {
        self.0.abs_diff(other.0) <= SLACK_MILLIS.unsigned_abs()
    }
}

impl Steady {
    /// Looks at both clocks: `up` goes evenly. None until the wall clock has gone evenly for [`LASTING`].
    pub(crate) fn look(&mut self, wall: Moment, up: Duration) -> Option<Moment> {
        let now = Offset::between(wall, up);
        if self.believed.is_some_and(|believed| believed.is_near(now)) {
            self.believed = Some(now);
            self.shown = None;
            return Some(wall);
        }
        match self.shown.filter(|(shown, _)| shown.is_near(now)) {
            Some((_, since)) if up.saturating_sub(since) >= LASTING => {
                self.believed = Some(now);
                self.shown = None;
                Some(wall)
            }
            Some((_, since)) => {
                self.shown = Some((now, since));
                self.earlier(wall, up)
            }
            None => {
                self.shown = Some((now, up));
                self.earlier(wall, up)
            }
        }
    }

    /// By a clock that is ahead, too much would go; by one that is behind, too little does.
    fn earlier(&self, wall: Moment, up: Duration) -> Option<Moment> {
        self.believed
            .map(|Offset(offset)| Moment(offset).plus(up).min(wall))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: i64 = 1_790_000_000_000;
    const DAY: i64 = 86_400_000;

    fn at(minute: u64) -> Duration {
        Duration::from_secs(60 * minute)
    }

    /// A wall clock that is off by so much.
    fn wall(minute: u64, off: i64) -> Moment {
        Moment(START + off).plus(at(minute))
    }

    #[test]
    fn a_clock_is_believed_once_it_has_gone_evenly() {
        let mut steady = Steady::default();
        for minute in 0..10 {
            assert_eq!(steady.look(wall(minute, 0), at(minute)), None, "{minute}");
        }
        assert_eq!(steady.look(wall(10, 0), at(10)), Some(wall(10, 0)));
    }

    #[test]
    fn a_jump_for_a_moment_changes_nothing() {
        let mut steady = Steady::default();
        for minute in 0..=10 {
            steady.look(wall(minute, 0), at(minute));
        }
        for (minutes, off) in [(11..20, DAY), (20..21, 0), (21..29, 400 * DAY), (29..38, DAY)] {
            for minute in minutes {
                let told = steady.look(wall(minute, off), at(minute));
                assert_eq!(told, Some(wall(minute, 0)), "{minute}");
            }
        }
        // Behind, it is taken at its word: less is deleted.
        let back = wall(38, -DAY / 24);
        assert_eq!(steady.look(back, at(38)), Some(back));
        assert_eq!(steady.look(wall(39, 0), at(39)), Some(wall(39, 0)));
    }

    #[test]
    fn a_clock_that_was_set_is_believed_after_a_while() {
        let mut steady = Steady::default();
        for minute in 0..=10 {
            steady.look(wall(minute, 0), at(minute));
        }
        for minute in 11..21 {
            assert_eq!(steady.look(wall(minute, DAY), at(minute)), Some(wall(minute, 0)));
        }
        assert_eq!(steady.look(wall(21, DAY), at(21)), Some(wall(21, DAY)));
    }

    #[test]
    fn a_clock_that_goes_a_little_wrong_is_followed() {
        let mut steady = Steady::default();
        for minute in 0..100 {
            let now = wall(minute, i64::try_from(minute).unwrap() * 30_000);
            let told = steady.look(now, at(minute));
            assert_eq!(told, (minute >= 10).then_some(now), "{minute}");
        }
    }
}
