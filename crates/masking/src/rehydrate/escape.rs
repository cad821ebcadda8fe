//! How a restored value is written where it stands: JSON escapes (RFC 8259, section 7), and where JSON strings are.

use std::fmt::Write;

use zeroize::Zeroizing;

/// JSON in a string in a string: deeper ones are written as if they stood at this depth.
const MAX_LEVELS: usize = 8;

/// Appends `value`, JSON-escaped `times` times.
pub(super) fn write(value: &str, times: usize, out: &mut String) {
    match times {
        0 => out.push_str(value),
        1 => json(value, out),
        _ => {
            let mut inner = Zeroizing::new(String::with_capacity(2 * value.len()));
            json(value, &mut inner);
            write(&inner, times - 1, out);
        }
    }
}

fn json(value: &str, out: &mut String) {
    let mut plain = 0;
    for (at, byte) in value.bytes().enumerate() {
        if byte >= b' ' && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(&value[plain..at]);
        plain = at + 1;
        match byte {
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b'"' | b'\\' => out.extend(['\\', char::from(byte)]),
            control => write!(out, "\\u{control:04x}").expect("writing to a string does not fail"),
        }
    }
    out.push_str(&value[plain..]);
}

/// Follows a text that may be JSON, to know where its strings are, and those of the JSON documents inside its strings.
#[derive(Clone, Default)]
pub(super) struct JsonText {
    /// The text, then the string of it that is open, then the string of that: each decoded from the one before.
    levels: Vec<Level>,
}

#[derive(Clone, Copy, Default)]
struct Level {
    state: State,
    /// Objects and arrays that are open.
    depth: u32,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum State {
    /// White space so far.
    #[default]
    Undecided,
    /// Began with `{` or `[`; what follows decides whether that was JSON.
    Opened(u8),
    Prose,
    /// JSON, outside its strings.
    Outside,
    /// The document is whole: only white space or another one may follow.
    Ended,
    InString,
    /// After the backslash of an escape.
    Escaped,
    /// Inside `\uXXXX`: digits to come, and the value so far.
    Hex(u8, u32),
}

impl JsonText {
    /// Reads on, up to and with the byte at which [`is_json`](Self::is_json) changes; answers how many bytes that are.
    pub(super) fn follow(&mut self, text: &[u8]) -> usize {
        if self.levels.is_empty() {
            self.levels.push(Level::default());
        }
        let before = self.is_json();
        for (at, &byte) in text.iter().enumerate() {
            if self.levels[0].state == State::Prose {
                break;
            }
            self.step(byte);
            if self.is_json() != before {
                return at + 1;
            }
        }
        text.len()
    }

    fn step(&mut self, byte: u8) {
        let mut byte = byte;
        for at in 0..MAX_LEVELS {
            if at == self.levels.len() {
                self.levels.push(Level::default());
            }
            let level = &mut self.levels[at];
            match level.step(byte) {
                Some(inner) => byte = inner,
                None => {
                    if level.state == State::Outside {
                        self.levels.truncate(at + 1);
                    }
                    return;
                }
            }
        }
    }

    pub(super) fn is_json(&self) -> bool {
        let state = self.levels.first().map(|level| level.state);
        !matches!(
            state,
            None | Some(State::Undecided | State::Opened(_) | State::Prose)
        )
    }

    /// How many strings the text stands in, each inside the one before.
    pub(super) fn depth(&self) -> usize {
        self.levels.iter().take_while(|level| level.is_string()).count()
    }
}

impl Level {
    const fn is_string(self) -> bool {
        matches!(self.state, State::InString | State::Escaped | State::Hex(..))
    }

    /// Goes on with `byte`; answers what that means inside the open string.
    fn step(&mut self, byte: u8) -> Option<u8> {
        let is_structure = !matches!(self.state, State::Prose) && !self.is_string();
        let (next, inner) = self.state.step(byte);
        self.state = next;
        match byte {
            b'{' | b'[' if is_structure => self.depth += 1,
            b'}' | b']' if is_structure && next == State::Outside => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    self.state = State::Ended;
                }
            }
            _ => {}
        }
        inner
    }
}

impl State {
    /// The state after `byte`, and what that means inside the string.
    fn step(self, byte: u8) -> (Self, Option<u8>) {
        match (self, byte) {
            (Self::Undecided | Self::Opened(_) | Self::Ended, b' ' | b'\t' | b'\r' | b'\n') => (self, None),
            // Lines of JSON follow one another.
            (Self::Undecided | Self::Ended, b'{' | b'[') => (Self::Opened(byte), None),
            (Self::Outside | Self::Opened(_), b'"') => (Self::InString, None),
            (Self::Opened(b'{'), b'}')
            | (Self::Opened(b'['), b'{' | b'[' | b']' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n')
            | (Self::Outside, _) => (Self::Outside, None),
            (Self::Undecided | Self::Opened(_) | Self::Ended | Self::Prose, _) => (Self::Prose, None),
            (Self::InString, b'"') => (Self::Outside, None),
            (Self::InString, b'\\') => (Self::Escaped, None),
            (Self::InString, _) => (Self::InString, Some(byte)),
            (Self::Escaped, b'u') => (Self::Hex(4, 0), None),
            (Self::Escaped, _) => (Self::InString, Some(unescaped(byte))),
            (Self::Hex(left, value), _) => {
                let value = value << 4 | char::from(byte).to_digit(16).unwrap_or_default();
                match left {
                    // No character beyond ASCII has a meaning in JSON.
                    1 => (Self::InString, Some(u8::try_from(value).unwrap_or(u8::MAX))),
                    _ => (Self::Hex(left - 1, value), None),
                }
            }
        }
    }
}

fn unescaped(byte: u8) -> u8 {
    match byte {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' | b'f' => b' ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_read_back() {
        let value = "a\"b\\c\n\r\t\u{0}\u{1f}\u{7f}é\u{2028}😀";
        for times in 1..4 {
            let mut text = String::new();
            write(value, times, &mut text);
            for _ in 0..times {
                text = serde_json::from_str(&format!("\"{text}\"")).unwrap();
            }
            assert_eq!(text, value);
        }
    }

    #[test]
    fn strings_are_known_by_their_quotes() {
        let after = |text: &str| {
            let mut json = JsonText::default();
            let mut rest = text.as_bytes();
            while !rest.is_empty() {
                rest = &rest[json.follow(rest)..];
            }
            (json.is_json(), json.depth())
        };
        assert_eq!(after(" \n"), (false, 0));
        assert_eq!(after("so \"it"), (false, 0));
        assert_eq!(after("[so \"it"), (false, 0));
        assert_eq!(after("{so \"it"), (false, 0));
        assert_eq!(after(" {\"a\": "), (true, 0));
        assert_eq!(after("[1, \"a\\\""), (true, 1));
        assert_eq!(after("[\"a\\\\\""), (true, 0));
        assert_eq!(after("[\"a\"] \"it"), (false, 0));
        assert_eq!(after("{\"a\": [{}]}\n"), (true, 0));
        assert_eq!(after("{\"a\": [{}]}\n{\"b\": \""), (true, 1));
        assert_eq!(after("[[1], {\"a\": \""), (true, 1));
        let inner = r#" {"a":"b \"c\" "#;
        let nested = serde_json::json!({ "x": inner }).to_string();
        let cut = nested.trim_end_matches("\"}");
        assert_eq!(after(cut), (true, 2));
        assert_eq!(after(&nested), (true, 0));
        let twice = serde_json::json!([nested]).to_string();
        assert_eq!(after(twice.split_once("\\\\\\\" ").unwrap().0), (true, 3));
        assert_eq!(after(r#"{"x":"\u007b\u0022a"#), (true, 2));
    }
}
