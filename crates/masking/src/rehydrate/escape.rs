//! How a restored value is written where it stands: JSON escapes (RFC 8259, section 7), and where JSON strings are.

use std::fmt::Write;

use zeroize::Zeroizing;

/// How often a value is JSON-escaped.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Times {
    Never,
    Once,
    Twice,
}

pub(super) fn write(value: &str, times: Times, out: &mut String) {
    match times {
        Times::Never => out.push_str(value),
        Times::Once => json(value, out),
        Times::Twice => {
            let mut inner = Zeroizing::new(String::with_capacity(2 * value.len()));
            json(value, &mut inner);
            json(&inner, out);
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

/// Follows a text that may be JSON, to know where its strings are.
#[derive(Clone, Copy, Default)]
pub(super) enum JsonText {
    /// White space so far.
    #[default]
    Undecided,
    /// Began with something else than `{` or `[`.
    Prose,
    /// JSON, outside its strings.
    Outside,
    /// Inside a string of it.
    InString {
        /// The last byte was the backslash of an escape.
        escaped: bool,
    },
}

impl JsonText {
    pub(super) fn follow(&mut self, text: &[u8]) {
        if matches!(self, Self::Prose) {
            return;
        }
        for &byte in text {
            *self = match (*self, byte) {
                (Self::Undecided, b' ' | b'\t' | b'\r' | b'\n') => Self::Undecided,
                (Self::Undecided, b'{' | b'[') => Self::Outside,
                (Self::Undecided | Self::Prose, _) => Self::Prose,
                (Self::Outside, b'"') | (Self::InString { escaped: true }, _) => {
                    Self::InString { escaped: false }
                }
                (Self::Outside, _) | (Self::InString { escaped: false }, b'"') => Self::Outside,
                (Self::InString { escaped: false }, b'\\') => Self::InString { escaped: true },
                (inside @ Self::InString { .. }, _) => inside,
            };
        }
    }

    pub(super) const fn is_json(self) -> bool {
        matches!(self, Self::Outside | Self::InString { .. })
    }

    pub(super) const fn in_string(self) -> bool {
        matches!(self, Self::InString { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_read_back() {
        let value = "a\"b\\c\n\r\t\u{0}\u{1f}\u{7f}é\u{2028}😀";
        let mut out = String::new();
        write(value, Times::Twice, &mut out);
        let nested: String = serde_json::from_str(&format!("\"{out}\"")).unwrap();
        let back: String = serde_json::from_str(&format!("\"{nested}\"")).unwrap();
        assert_eq!(back, value);
    }

    #[test]
    fn strings_are_known_by_their_quotes() {
        let after = |text: &str| {
            let mut json = JsonText::default();
            json.follow(text.as_bytes());
            (json.is_json(), json.in_string())
        };
        assert_eq!(after(" \n"), (false, false));
        assert_eq!(after("so \"it"), (false, false));
        assert_eq!(after(" {\"a\": "), (true, false));
        assert_eq!(after("[\"a\\\""), (true, true));
        assert_eq!(after("[\"a\\\\\""), (true, false));
    }
}
