//! One level's automaton: is the text JSON, and is it in a string?

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum State {
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

/// What a byte was.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Read {
    /// This byte, inside the string.
    Inner(u8),
    /// The text's own.
    Own,
    /// The beginning of an escape.
    Escape,
}

impl State {
    pub(super) const fn is_string(self) -> bool {
        matches!(self, Self::InString | Self::Escaped | Self::Hex(..))
    }

    /// The state after `byte`, and what that is.
    pub(super) fn step(self, byte: u8) -> (Self, Read) {
        match (self, byte) {
            (Self::Undecided | Self::Opened(_) | Self::Ended, b' ' | b'\t' | b'\r' | b'\n') => {
                (self, Read::Own)
            }
            // Lines of JSON follow one another.
            (Self::Undecided | Self::Ended, b'{' | b'[') => (Self::Opened(byte), Read::Own),
            (Self::Outside | Self::Opened(_), b'"') => (Self::InString, Read::Own),
            (Self::Opened(b'{'), b'}')
            | (Self::Opened(b'['), b'{' | b'[' | b']' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n')
            | (Self::Outside, b' ' | b'\t' | b'\r' | b'\n' | b'{' | b'}' | b'[' | b']' | b',' | b':')
            | (Self::Outside, b'0'..=b'9' | b'+' | b'-' | b'.' | b'E') => (Self::Outside, Read::Own),
            // Of `true`, `false`, `null`, and of `NaN` and `Infinity`, which some write.
            (Self::Outside, byte) if b"truefalsnNIity".contains(&byte) => (Self::Outside, Read::Own),
            (Self::Undecided | Self::Opened(_) | Self::Ended | Self::Outside | Self::Prose, _) => {
                (Self::Prose, Read::Own)
            }
            (Self::InString, b'"') => (Self::Outside, Read::Own),
            (Self::InString, b'\\') => (Self::Escaped, Read::Escape),
            (Self::InString, _) => (Self::InString, Read::Inner(byte)),
            (Self::Escaped, b'u') => (Self::Hex(4, 0), Read::Escape),
            (Self::Escaped, _) => (Self::InString, Read::Inner(unescaped(byte))),
            (Self::Hex(left, value), _) => {
                let value = value << 4 | char::from(byte).to_digit(16).unwrap_or_default();
                match left {
                    // No character beyond ASCII has a meaning in JSON.
                    1 => (
                        Self::InString,
                        Read::Inner(u8::try_from(value).unwrap_or(u8::MAX)),
                    ),
                    _ => (Self::Hex(left - 1, value), Read::Escape),
                }
            }
        }
    }
}

const fn unescaped(byte: u8) -> u8 {
    match byte {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' | b'f' => b' ',
        other => other,
    }
}
