//! Numbers for people: short where they are looked at, exact where somebody hovers.

/// Between digits and before units: does not break, and is narrow.
const THIN: char = '\u{202f}';

/// `7`, `999`, `12.4 k`, `3.1 M`.
#[must_use]
pub fn compact(number: u64) -> String {
    scaled(number, 1000.0, &["", "k", "M", "G", "T"], 10_000)
}

/// `512 B`, `12.4 kB`.
#[must_use]
pub fn bytes(number: u64) -> String {
    scaled(number, 1000.0, &["B", "kB", "MB", "GB", "TB"], 1000)
}

/// Below `plain` as it is, else with the unit that leaves one to three digits.
fn scaled(number: u64, step: f64, units: &[&str], plain: u64) -> String {
    if number < plain {
        let text = grouped(number);
        let unit = units.first().copied().unwrap_or("");
        return if unit.is_empty() {
            text
        } else {
            format!("{text}{THIN}{unit}")
        };
    }
    let mut value = number as f64;
    let mut nth = 0;
    // 999 950 is 1 M, not 1000 k.
    while nth + 1 < units.len() && value >= step - 0.5 {
        value /= step;
        nth += 1;
    }
    format!("{}{THIN}{}", short(value), units[nth])
}

/// Three digits at most, without a needless zero.
fn short(value: f64) -> String {
    if value >= 99.95 {
        format!("{value:.0}")
    } else {
        let text = format!("{value:.1}");
        text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
    }
}

/// `12 431`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + 6);
    for (nth, digit) in digits.chars().enumerate() {
        if nth > 0 && (digits.len() - nth).is_multiple_of(3) {
            text.push(THIN);
        }
        text.push(digit);
    }
    text
}

/// `840 µs`, `3.1 ms`, `1.2 s`, `2 min 5 s`.
#[must_use]
pub fn micros(number: u64) -> String {
    let value = number as f64;
    match number {
        0..1000 => format!("{number}{THIN}µs"),
        1000..999_500 => format!("{}{THIN}ms", short(value / 1e3)),
        999_500..60_000_000 => format!("{}{THIN}s", short(value / 1e6)),
        _ => {
            let seconds = number / 1_000_000;
            match (seconds / 60, seconds % 60) {
                (minutes, 0) => format!("{minutes}{THIN}min"),
                (minutes, rest) => format!("{minutes}{THIN}min {rest}{THIN}s"),
            }
        }
    }
}

/// A part of a whole: `37 %`, `0.4 %`, `under 0.1 %`.
#[must_use]
pub fn share(part: u64, whole: u64) -> String {
    if part == 0 || whole == 0 {
        return format!("0{THIN}%");
    }
    match part as f64 * 100.0 / whole as f64 {
        tiny if tiny < 0.1 => format!("under 0.1{THIN}%"),
        small if small < 9.95 => format!("{}{THIN}%", short(small)),
        large => format!("{large:.0}{THIN}%"),
    }
}

/// How a number changed against the window before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// There was nothing before, and is nothing now.
    Nothing,
    /// There was nothing before.
    New,
    /// Less than half a percent.
    Same,
    /// By this share of what it was: 0.12 is 12 % more.
    By(f64),
}

/// Compares with the window before.
#[must_use]
pub fn change(now: u64, before: u64) -> Change {
    if before == 0 {
        return if now == 0 { Change::Nothing } else { Change::New };
    }
    let by = now as f64 / before as f64 - 1.0;
    if by.abs() < 0.005 {
        Change::Same
    } else {
        Change::By(by)
    }
}

impl Change {
    /// `+12 %`, `4.2 times`, `new`, `same`.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::Nothing => "none before".to_owned(),
            Self::New => "none before".to_owned(),
            Self::Same => "as before".to_owned(),
            Self::By(by) if by >= 2.0 => format!("{}{THIN}times", short(by + 1.0)),
            Self::By(by) if by > 0.0 => format!("+{:.0}{THIN}%", by * 100.0),
            Self::By(by) => format!("\u{2212}{:.0}{THIN}%", -by * 100.0),
        }
    }

    /// -1, 0 or 1.
    #[must_use]
    pub fn direction(self) -> i8 {
        match self {
            Self::Nothing | Self::Same | Self::New => 0,
            Self::By(by) => {
                if by > 0.0 {
                    1
                } else {
                    -1
                }
            }
        }
    }
}

/// `1 request`, `12 requests`.
#[must_use]
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_numbers_have_three_digits_at_most() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (9_999, "9 999"),
            (12_431, "12.4 k"),
            (100_000, "100 k"),
            (999_949, "1 M"),
            (3_100_000, "3.1 M"),
            (7_000_000_000_000, "7 T"),
            (u64::MAX, "18446744 T"),
        ] {
            assert_eq!(compact(number).replace(THIN, " "), text);
        }
        assert_eq!(bytes(512).replace(THIN, " "), "512 B");
        assert_eq!(bytes(12_431).replace(THIN, " "), "12.4 kB");
    }

    #[test]
    fn durations_have_the_unit_that_fits() {
        for (number, text) in [
            (0, "0 µs"),
            (840, "840 µs"),
            (3_100, "3.1 ms"),
            (120_000, "120 ms"),
            (999_499, "999 ms"),
            (999_600, "1 s"),
            (1_240_000, "1.2 s"),
            (125_000_000, "2 min 5 s"),
            (60_000_000, "1 min"),
        ] {
            assert_eq!(micros(number).replace(THIN, " "), text);
        }
    }

    #[test]
    fn changes_are_said() {
        for (now, before, text) in [
            (0, 0, "none before"),
            (5, 0, "none before"),
            (100, 100, "as before"),
            (112, 100, "+12 %"),
            (88, 100, "\u{2212}12 %"),
            (420, 100, "4.2 times"),
            (0, 100, "\u{2212}100 %"),
        ] {
            assert_eq!(change(now, before).words().replace(THIN, " "), text);
        }
        assert_eq!(change(88, 100).direction(), -1);
    }

    #[test]
    fn shares_are_of_a_hundred() {
        for (part, whole, text) in [
            (0, 10, "0 %"),
            (1, 0, "0 %"),
            (1, 100_000, "under 0.1 %"),
            (4, 1000, "0.4 %"),
            (37, 100, "37 %"),
        ] {
            assert_eq!(share(part, whole).replace(THIN, " "), text);
        }
    }
}
