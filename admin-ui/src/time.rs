//! Times: read, written in a zone, and said in words. Milliseconds since the Unix epoch; the clock is passed in.

/// Milliseconds of a second, a minute, an hour and a day.
pub const SECOND: i64 = 1000;
/// See [`SECOND`].
pub const MINUTE: i64 = 60 * SECOND;
/// See [`SECOND`].
pub const HOUR: i64 = 60 * MINUTE;
/// See [`SECOND`].
pub const DAY: i64 = 24 * HOUR;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

/// A zone: minutes east of Greenwich at an instant, which changes with the season.
#[derive(Clone, Copy, Debug)]
pub struct Zone(pub fn(i64) -> i64);

impl Zone {
    /// Greenwich.
    pub const UTC: Self = Self(|_| 0);

    /// The instant as a wall clock of this zone shows it, in milliseconds.
    #[must_use]
    pub fn local(self, at: i64) -> i64 {
        at + (self.0)(at) * MINUTE
    }

    /// The instant at which a wall clock of this zone shows `local`.
    #[must_use]
    pub fn instant(self, local: i64) -> i64 {
        let guess = local - (self.0)(local) * MINUTE;
        local - (self.0)(guess) * MINUTE
    }
}

/// A calendar date and the time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Civil {
    year: i64,
    month: usize,
    day: i64,
    /// Milliseconds since midnight.
    rest: i64,
}

/// Howard Hinnant's `civil_from_days`.
fn civil(local: i64) -> Civil {
    let (days, rest) = (local.div_euclid(DAY), local.rem_euclid(DAY));
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    Civil {
        year: year_of_era + era * 400 + i64::from(month <= 2),
        month: usize::try_from(month).unwrap_or(1),
        day,
        rest,
    }
}

/// Howard Hinnant's `days_from_civil`.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year - 719_468
}

/// Reads RFC 3339, with any offset, to the millisecond.
#[must_use]
pub fn parse(text: &str) -> Option<i64> {
    let (clock, offset) = match text.strip_suffix(['Z', 'z']) {
        Some(rest) => (rest, 0),
        None => {
            let (rest, zone) = text.split_at_checked(text.len().checked_sub(6)?)?;
            let sign = match zone.as_bytes().first()? {
                b'+' => 1,
                b'-' => -1,
                _ => return None,
            };
            let (hours, minutes) = zone.get(1..)?.split_once(':')?;
            (rest, sign * (number(hours)? * 60 + number(minutes)?))
        }
    };
    Some(parse_local(clock)? - offset * MINUTE)
}

/// Reads `2026-12-01T09:30`, with or without seconds, as a wall clock shows it.
#[must_use]
pub fn parse_local(text: &str) -> Option<i64> {
    let (date, clock) = text.split_once(['T', 't', ' '])?;
    let mut parts = date.splitn(3, '-').map(number);
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let (whole, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut parts = whole.split(':').map(number);
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
    let in_range = (1..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute)
        && (0..=60).contains(&second)
        && parts.next().is_none();
    let is_date = in_range && {
        let back = civil(days(year, month, day) * DAY);
        back.day == day && back.year == year
    };
    let millis = match fraction.get(..3.min(fraction.len()))? {
        "" => 0,
        digits => number(digits)? * [0, 100, 10, 1][digits.len()],
    };
    is_date.then(|| days(year, month, day) * DAY + hour * HOUR + minute * MINUTE + second * SECOND + millis)
}

fn number(text: &str) -> Option<i64> {
    let is_plain = !text.is_empty() && text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit());
    if is_plain { text.parse().ok() } else { None }
}

/// RFC 3339 in UTC, as the API reads it.
#[must_use]
pub fn to_rfc3339(at: i64) -> String {
    let Civil {
        year,
        month,
        day,
        rest,
    } = civil(at);
    let (hour, minute, second, millis) = clock_parts(rest);
    let fraction = if millis == 0 {
        String::new()
    } else {
        format!(".{millis:03}")
    };
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
}

/// `2026-12-01T09:30`: what a field for a time holds.
#[must_use]
pub fn to_field(at: i64, zone: Zone) -> String {
    let Civil {
        year,
        month,
        day,
        rest,
    } = civil(zone.local(at));
    let (hour, minute, ..) = clock_parts(rest);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}")
}

fn clock_parts(rest: i64) -> (i64, i64, i64, i64) {
    (rest / HOUR, rest / MINUTE % 60, rest / SECOND % 60, rest % SECOND)
}

fn month(civil: Civil) -> &'static str {
    MONTHS.get(civil.month - 1).copied().unwrap_or("")
}

/// `14:10`.
#[must_use]
pub fn hour_minute(at: i64, zone: Zone) -> String {
    let (hour, minute, ..) = clock_parts(civil(zone.local(at)).rest);
    format!("{hour:02}:{minute:02}")
}

/// `14:10:32`.
#[must_use]
pub fn clock(at: i64, zone: Zone) -> String {
    let (hour, minute, second, _) = clock_parts(civil(zone.local(at)).rest);
    format!("{hour:02}:{minute:02}:{second:02}")
}

/// `1 Dec`.
#[must_use]
pub fn day(at: i64, zone: Zone) -> String {
    let civil = civil(zone.local(at));
    format!("{} {}", civil.day, month(civil))
}

/// `Tue 1 Dec`.
#[must_use]
pub fn weekday(at: i64, zone: Zone) -> String {
    let days = zone.local(at).div_euclid(DAY).rem_euclid(7);
    let name = usize::try_from(days).ok().and_then(|nth| WEEKDAYS.get(nth));
    format!("{} {}", name.copied().unwrap_or(""), day(at, zone))
}

/// `1 Dec 2026, 14:10:32`.
#[must_use]
pub fn full(at: i64, zone: Zone) -> String {
    format!(
        "{} {}, {}",
        day(at, zone),
        civil(zone.local(at)).year,
        clock(at, zone)
    )
}

/// The same in UTC, said so: what hovering shows.
#[must_use]
pub fn utc(at: i64) -> String {
    format!("{} UTC", full(at, Zone::UTC))
}

/// Short, for a list: the clock of today, else the day with it.
#[must_use]
pub fn in_list(at: i64, now: i64, zone: Zone) -> String {
    let same_day = zone.local(at).div_euclid(DAY) == zone.local(now).div_euclid(DAY);
    if same_day {
        clock(at, zone)
    } else {
        format!("{} {}", day(at, zone), hour_minute(at, zone))
    }
}

/// `14:00 to 15:00`, `1 Dec 14:00 to 2 Dec 09:00`.
#[must_use]
pub fn span(from: i64, to: i64, zone: Zone) -> String {
    let same_day = zone.local(from).div_euclid(DAY) == zone.local(to - 1).div_euclid(DAY);
    if same_day {
        format!(
            "{}, {} to {}",
            day(from, zone),
            hour_minute(from, zone),
            hour_minute(to, zone)
        )
    } else {
        format!(
            "{} {} to {} {}",
            day(from, zone),
            hour_minute(from, zone),
            day(to, zone),
            hour_minute(to, zone)
        )
    }
}

/// `just now`, `41 min ago`, `3 h ago`, `2 d ago`.
#[must_use]
pub fn ago(at: i64, now: i64) -> String {
    match now - at {
        past if past < 5 * SECOND => "just now".to_owned(),
        past => format!("{} ago", length(past)),
    }
}

/// `12 s`, `41 min`, `3 h 20 min`, `2 d 4 h`.
#[must_use]
pub fn length(millis: i64) -> String {
    let with = |whole: i64, unit: &str, rest: i64, small: &str| {
        if rest == 0 {
            format!("{whole} {unit}")
        } else {
            format!("{whole} {unit} {rest} {small}")
        }
    };
    match millis.max(0) {
        short if short < MINUTE => format!("{} s", short / SECOND),
        short if short < HOUR => format!("{} min", short / MINUTE),
        long if long < 10 * HOUR => with(long / HOUR, "h", long % HOUR / MINUTE, "min"),
        long if long < DAY => format!("{} h", long / HOUR),
        long if long < 10 * DAY => with(long / DAY, "d", long % DAY / HOUR, "h"),
        long => format!("{} d", long / DAY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BERLIN: Zone = Zone(|at| if at < 1_793_000_000_000 { 120 } else { 60 });
    const NOON: i64 = 1_796_126_400_000;

    #[test]
    fn times_are_read_and_written() {
        assert_eq!(parse("2026-12-01T12:00:00Z"), Some(NOON));
        assert_eq!(parse("2026-12-01T13:00:00+01:00"), Some(NOON));
        assert_eq!(parse("2026-12-01T12:00:00.25Z"), Some(NOON + 250));
        for at in [0, NOON, NOON + 123, 951_782_400_000, 4_102_444_800_000] {
            assert_eq!(parse(&to_rfc3339(at)), Some(at));
        }
        for bad in [
            "",
            "now",
            "2026-12-01",
            "2026-02-30T00:00:00Z",
            "2026-12-01T25:00:00Z",
            "é026-12-01T12:00:00é",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_zone_shifts_what_is_shown() {
        assert_eq!(full(NOON, BERLIN), "1 Dec 2026, 13:00:00");
        assert_eq!(utc(NOON), "1 Dec 2026, 12:00:00 UTC");
        assert_eq!(weekday(NOON, Zone::UTC), "Tue 1 Dec");
        assert_eq!(to_field(NOON, BERLIN), "2026-12-01T13:00");
        for at in [NOON, NOON - 300 * DAY] {
            assert_eq!(BERLIN.instant(BERLIN.local(at)), at);
        }
        assert_eq!(in_list(NOON, NOON + HOUR, BERLIN), "13:00:00");
        assert_eq!(in_list(NOON - DAY, NOON, BERLIN), "30 Nov 13:00");
        assert_eq!(span(NOON, NOON + HOUR, Zone::UTC), "1 Dec, 12:00 to 13:00");
    }

    #[test]
    fn lengths_are_said_in_two_units_at_most() {
        for (millis, words) in [
            (-5, "0 s"),
            (59_999, "59 s"),
            (41 * MINUTE, "41 min"),
            (3 * HOUR, "3 h"),
            (3 * HOUR + 20 * MINUTE, "3 h 20 min"),
            (23 * HOUR + 59 * MINUTE, "23 h"),
            (2 * DAY + 4 * HOUR, "2 d 4 h"),
            (40 * DAY, "40 d"),
        ] {
            assert_eq!(length(millis), words);
        }
        assert_eq!(ago(NOON, NOON + 2000), "just now");
        assert_eq!(ago(NOON, NOON + 41 * MINUTE), "41 min ago");
        assert_eq!(ago(NOON + HOUR, NOON), "just now");
    }
}
