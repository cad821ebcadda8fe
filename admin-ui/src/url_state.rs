//! The range and the filters of all screens, as the query of the address: a link shows a colleague the same screen.

use crate::time::{DAY, HOUR, MINUTE, Zone, parse, span, to_rfc3339};

/// Ranges that end now: name in the address, words, length.
pub const RANGES: [(&str, &str, i64); 6] = [
    ("15m", "15 minutes", 15 * MINUTE),
    ("1h", "1 hour", HOUR),
    ("6h", "6 hours", 6 * HOUR),
    ("24h", "24 hours", DAY),
    ("7d", "7 days", 7 * DAY),
    ("30d", "30 days", 30 * DAY),
];
const USUAL: usize = 3;
/// As long as the control plane answers for.
const LONGEST: i64 = 400 * DAY;
const MAX_VALUE: usize = 128;

/// What a filter is about: name in the address and in the API, words.
pub const FILTERS: [(&str, &str); 10] = [
    ("outcome", "Outcome"),
    ("surface", "Surface"),
    ("upstream", "Upstream"),
    ("model", "Model"),
    ("caller", "Caller"),
    ("instance", "Instance"),
    ("entity_type", "Type"),
    ("action", "Action"),
    ("status", "Status"),
    ("code", "Error code"),
];

/// A time range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// The last so many milliseconds: the number is one of [`RANGES`]. It follows the time.
    Last(usize),
    /// From and to, in milliseconds.
    Fixed(i64, i64),
}

impl Range {
    /// From and to, at a time.
    #[must_use]
    pub fn window(self, now: i64) -> (i64, i64) {
        match self {
            Self::Last(nth) => (now - RANGES.get(nth).map_or(DAY, |range| range.2), now),
            Self::Fixed(from, to) => (from, to),
        }
    }

    /// Its end moves.
    #[must_use]
    pub fn follows(self) -> bool {
        matches!(self, Self::Last(_))
    }

    /// `Last 24 hours`, `1 Dec, 12:00 to 13:00`.
    #[must_use]
    pub fn words(self, zone: Zone) -> String {
        match self {
            Self::Last(nth) => format!("Last {}", RANGES.get(nth).map_or("", |range| range.1)),
            Self::Fixed(from, to) => span(from, to, zone),
        }
    }
}

/// What the address says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlState {
    /// Of all screens.
    pub range: Range,
    /// Name and value; each name once, in the order of [`FILTERS`].
    pub filters: Vec<(String, String)>,
    /// What a screen keeps for itself: `event` that is open.
    pub open: Option<String>,
    /// Parts that were not understood.
    pub left_out: Vec<String>,
}

impl Default for UrlState {
    fn default() -> Self {
        Self {
            range: Range::Last(USUAL),
            filters: Vec::new(),
            open: None,
            left_out: Vec::new(),
        }
    }
}

impl UrlState {
    /// Reads pairs of a query; what it does not understand it names.
    #[must_use]
    pub fn of<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut state = Self::default();
        let (mut from, mut to) = (None, None);
        for (name, value) in pairs {
            match name {
                "range" => match RANGES.iter().position(|range| range.0 == value) {
                    Some(nth) => state.range = Range::Last(nth),
                    None => state.leave_out(name, value),
                },
                "from" | "to" => match parse(value) {
                    Some(at) if name == "from" => from = Some(at),
                    Some(at) => to = Some(at),
                    None => state.leave_out(name, value),
                },
                "open" if is_plain(value) => state.open = Some(value.to_owned()),
                _ if FILTERS.iter().any(|filter| filter.0 == name)
                    && is_plain(value)
                    && state.filter(name).is_none()
                    && (name != "status" || is_status(value)) =>
                {
                    state.filters.push((name.to_owned(), value.to_owned()));
                }
                _ => state.leave_out(name, value),
            }
        }
        match (from, to) {
            (Some(from), Some(to)) if from < to && to - from <= LONGEST => {
                state.range = Range::Fixed(from, to);
            }
            (None, None) => {}
            _ => state.left_out.push("from and to".to_owned()),
        }
        state.sort();
        state
    }

    /// Reads a query, with or without its `?`.
    #[must_use]
    pub fn of_query(query: &str) -> Self {
        let pairs: Vec<(String, String)> = query
            .trim_start_matches('?')
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(name, value)| (unescaped(name), unescaped(value)))
            .collect();
        Self::of(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    }

    fn leave_out(&mut self, name: &str, value: &str) {
        let short: String = format!("{name}={value}").chars().take(60).collect();
        self.left_out.push(short);
    }

    fn sort(&mut self) {
        let place = |name: &str| FILTERS.iter().position(|filter| filter.0 == name);
        self.filters.sort_by_key(|(name, _)| place(name));
    }

    /// The value of a filter.
    #[must_use]
    pub fn filter(&self, name: &str) -> Option<&str> {
        let found = self.filters.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// With a filter set, changed, or without it.
    #[must_use]
    pub fn with(&self, name: &str, value: Option<&str>) -> Self {
        let mut state = self.clone();
        state.filters.retain(|(key, _)| key != name);
        if let Some(value) = value {
            state.filters.push((name.to_owned(), value.to_owned()));
        }
        state.sort();
        state.open = None;
        state
    }

    /// With another range.
    #[must_use]
    pub fn ranged(&self, range: Range) -> Self {
        Self {
            range,
            ..self.clone()
        }
    }

    /// With something open, or nothing.
    #[must_use]
    pub fn opened(&self, open: Option<&str>) -> Self {
        Self {
            open: open.map(str::to_owned),
            ..self.clone()
        }
    }

    /// The query for the address, with `?`, or nothing.
    #[must_use]
    pub fn query(&self) -> String {
        let mut pairs = match self.range {
            Range::Last(USUAL) => Vec::new(),
            Range::Last(nth) => vec![("range", RANGES.get(nth).map_or("", |range| range.0).to_owned())],
            Range::Fixed(from, to) => vec![("from", to_rfc3339(from)), ("to", to_rfc3339(to))],
        };
        pairs.extend(
            self.filters
                .iter()
                .map(|(name, value)| (name.as_str(), value.clone())),
        );
        pairs.extend(self.open.iter().map(|open| ("open", open.clone())));
        joined("?", &pairs)
    }

    /// The query for the API at a time: whole seconds, so that a refresh asks for the same within one.
    #[must_use]
    pub fn api_query(&self, now: i64) -> String {
        let (from, to) = self.range.window(now);
        let mut pairs = vec![
            ("from", to_rfc3339(from / 1000 * 1000)),
            ("to", to_rfc3339(to / 1000 * 1000)),
        ];
        pairs.extend(
            self.filters
                .iter()
                .map(|(name, value)| (name.as_str(), value.clone())),
        );
        joined("?", &pairs)
    }
}

fn is_plain(value: &str) -> bool {
    !value.is_empty() && value.len() <= MAX_VALUE && !value.chars().any(char::is_control)
}

fn is_status(value: &str) -> bool {
    value.len() == 3 && value.bytes().all(|b| b.is_ascii_digit())
}

fn joined(before: &str, pairs: &[(&str, String)]) -> String {
    if pairs.is_empty() {
        return String::new();
    }
    let parts: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", escaped(value)))
        .collect();
    format!("{before}{}", parts.join("&"))
}

/// Percent-encoding for a value of a query.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b':' | b'/' | b'@' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// The text that a percent-encoded one stands for; what is no encoding stands for itself.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let byte = digits.and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (first, byte) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            (b'+', _) => {
                bytes.push(b' ');
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_decoded() {
        let state = UrlState::of_query("?model=a%26b%3Dc%20d&open=x+y&flag");
        assert_eq!(state.filter("model"), Some("a&b=c d"));
        assert_eq!(state.open.as_deref(), Some("x y"));
        assert_eq!(state.left_out, ["flag="]);
        assert_eq!(unescaped("%zz%e4%"), "%zz\u{fffd}%");
    }

    fn of(text: &str) -> UrlState {
        UrlState::of(text.split('&').filter_map(|pair| pair.split_once('=')))
    }

    #[test]
    fn an_address_says_the_same_again() {
        for text in [
            "range=1h",
            "outcome=blocked&caller=0123456789abcdef",
            "from=2026-12-01T12:00:00Z&to=2026-12-01T13:00:00Z&model=gpt-5",
            "range=7d&status=429&open=0190a000-0000-7000-8000-000000000007",
        ] {
            let state = of(text);
            assert_eq!(state.left_out, Vec::<String>::new());
            assert_eq!(state.query(), format!("?{text}"));
        }
        assert_eq!(of("range=24h").query(), "");
    }

    #[test]
    fn what_is_not_understood_is_named() {
        let state = of("range=2y&color=red&outcome=blocked&status=abc&outcome=masked&from=yesterday");
        assert_eq!(state.range, Range::Last(USUAL));
        assert_eq!(state.filter("outcome"), Some("blocked"));
        assert_eq!(
            state.left_out,
            [
                "range=2y",
                "color=red",
                "status=abc",
                "outcome=masked",
                "from=yesterday"
            ]
        );
        let backwards = of("from=2026-12-01T12:00:00Z&to=2026-12-01T11:00:00Z");
        assert_eq!(backwards.left_out, ["from and to"]);
        let newer = of("outcome=some_new_outcome");
        assert_eq!(newer.filter("outcome"), Some("some_new_outcome"));
    }

    #[test]
    fn filters_are_set_and_removed() {
        let state = of("model=gpt-5").with("outcome", Some("blocked"));
        assert_eq!(state.query(), "?outcome=blocked&model=gpt-5");
        assert_eq!(state.with("outcome", None).query(), "?model=gpt-5");
        assert_eq!(
            state.with("model", Some("a&b=c d")).query(),
            "?outcome=blocked&model=a%26b%3Dc%20d"
        );
    }

    #[test]
    fn the_api_gets_times() {
        let state = of("range=1h&outcome=blocked");
        assert_eq!(
            state.api_query(1_796_126_400_999),
            "?from=2026-12-01T11:00:00Z&to=2026-12-01T12:00:00Z&outcome=blocked"
        );
        assert_eq!(state.range.words(Zone::UTC), "Last 1 hour");
    }
}
