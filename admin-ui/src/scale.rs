//! From values to places: linear scales, and ticks at round numbers, round durations and round times.

use crate::time::{DAY, HOUR, MINUTE, SECOND, Zone, day, hour_minute};

/// A linear scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Linear {
    /// What is shown.
    pub domain: (f64, f64),
    /// Where.
    pub range: (f64, f64),
}

impl Linear {
    /// The place of a value.
    #[must_use]
    pub fn place(&self, value: f64) -> f64 {
        let (from, to) = self.domain;
        let (start, end) = self.range;
        if to <= from {
            return start;
        }
        start + (value - from) / (to - from) * (end - start)
    }

    /// The value at a place; outside, that of the nearer end.
    #[must_use]
    pub fn value(&self, place: f64) -> f64 {
        let (from, to) = self.domain;
        let (start, end) = self.range;
        if (end - start).abs() < f64::EPSILON {
            return from;
        }
        from + ((place - start) / (end - start)).clamp(0.0, 1.0) * (to - from)
    }
}

/// From zero to a round number that is at least `most`, in about `count` steps of 1, 2 or 5 times a power of ten.
/// Amounts are whole: no step is below `least`.
#[must_use]
pub fn amounts(most: f64, count: usize, least: f64) -> Vec<f64> {
    let wish = (most / count.max(1) as f64).max(least).max(f64::MIN_POSITIVE);
    let power = 10f64.powf(wish.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|step| *step >= wish * 0.999_999)
        .unwrap_or(10.0 * power);
    ticks_to(most, step)
}

/// The same for microseconds, which turn into seconds and minutes.
#[must_use]
pub fn durations(most: f64, count: usize) -> Vec<f64> {
    const MINUTES: [f64; 6] = [15e6, 30e6, 60e6, 120e6, 300e6, 600e6];
    let wish = most / count.max(1) as f64;
    if wish <= 10e6 {
        return amounts(most, count, 1.0);
    }
    let step = MINUTES.into_iter().find(|step| *step >= wish).unwrap_or(wish);
    ticks_to(most, step)
}

fn ticks_to(most: f64, step: f64) -> Vec<f64> {
    let steps = (most / step - 1e-9).ceil().clamp(1.0, 50.0) as usize;
    (0..=steps).map(|nth| nth as f64 * step).collect()
}

/// A time on an axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeTick {
    /// When.
    pub at: i64,
    /// `14:10`, or a day where one begins.
    pub text: String,
    /// A day begins.
    pub is_day: bool,
}

const STEPS: [i64; 16] = [
    SECOND,
    5 * SECOND,
    15 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
];

/// Round times of a zone within a window, `count` at most.
#[must_use]
pub fn times(from: i64, to: i64, count: usize, zone: Zone) -> Vec<TimeTick> {
    let length = (to - from).max(1);
    let count = i64::try_from(count.max(1)).unwrap_or(1);
    let step = STEPS
        .into_iter()
        .find(|step| length / step <= count)
        .unwrap_or_else(|| (length / count / DAY + 1) * DAY);
    // Steps begin at midnight of the zone, whose offset may change within the window.
    let mut local = zone.local(from).div_euclid(step) * step;
    let mut ticks = Vec::new();
    while local <= zone.local(to) {
        let at = zone.instant(local);
        if at >= from && at <= to {
            let is_day = local.rem_euclid(DAY) == 0;
            let text = if is_day {
                day(at, zone)
            } else {
                hour_minute(at, zone)
            };
            ticks.push(TimeTick { at, text, is_day });
        }
        local += step;
    }
    ticks
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_796_126_400_000;

    #[test]
    fn places_and_values_are_each_others_inverse() {
        let scale = Linear {
            domain: (10.0, 20.0),
            range: (100.0, 0.0),
        };
        for value in [10.0, 12.5, 20.0] {
            assert!((scale.value(scale.place(value)) - value).abs() < 1e-9);
        }
        assert!((scale.value(-50.0) - 20.0).abs() < 1e-9);
        let empty = Linear {
            domain: (5.0, 5.0),
            range: (0.0, 1.0),
        };
        assert!(empty.place(5.0).abs() < f64::EPSILON);
    }

    #[test]
    fn amounts_are_round_and_reach_the_top() {
        assert_eq!(amounts(87.0, 4, 1.0), [0.0, 50.0, 100.0]);
        assert_eq!(amounts(3.0, 4, 1.0), [0.0, 1.0, 2.0, 3.0]);
        assert_eq!(amounts(0.0, 4, 1.0), [0.0, 1.0]);
        assert_eq!(amounts(12_431.0, 4, 1.0), [0.0, 5000.0, 10_000.0, 15_000.0]);
        for most in [1.0, 7.0, 99.0, 1e6, 1e12] {
            let ticks = amounts(most, 4, 1.0);
            assert!(
                *ticks.last().unwrap() >= most && ticks.len() <= 6,
                "{most}: {ticks:?}"
            );
        }
        assert_eq!(durations(100e6, 4), [0.0, 30e6, 60e6, 90e6, 120e6]);
    }

    #[test]
    fn times_are_round_in_their_zone() {
        let texts = |from, to, zone| -> Vec<String> {
            times(from, to, 8, zone)
                .into_iter()
                .map(|tick| tick.text)
                .collect()
        };
        assert_eq!(
            texts(NOON, NOON + HOUR, Zone::UTC),
            ["12:00", "12:10", "12:20", "12:30", "12:40", "12:50", "13:00"]
        );
        let half = Zone(|_| 330);
        assert_eq!(texts(NOON, NOON + 2 * HOUR, half)[0], "17:30");
        let week = texts(NOON - 7 * DAY, NOON, Zone::UTC);
        assert_eq!(
            week,
            [
                "25 Nov", "26 Nov", "27 Nov", "28 Nov", "29 Nov", "30 Nov", "1 Dec"
            ]
        );
        assert!(times(NOON - 400 * DAY, NOON, 8, Zone::UTC).len() <= 9);
    }

    #[test]
    fn a_day_with_a_changed_clock_has_each_time_once() {
        // 25 October 2026: at 01:00 UTC the offset falls from two hours to one.
        let zone = Zone(|at| if at < 1_792_890_000_000 { 120 } else { 60 });
        let midnight = 1_792_879_200_000;
        let ticks = times(midnight, midnight + 25 * HOUR, 9, zone);
        let mut sorted = ticks.clone();
        sorted.dedup_by_key(|tick| tick.at);
        assert_eq!(ticks, sorted);
        assert!(ticks.first().unwrap().is_day && ticks.last().unwrap().is_day);
    }
}
