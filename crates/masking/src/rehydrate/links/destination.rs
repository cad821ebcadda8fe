//! Markdown's destinations: `](` to the closing parenthesis, and the first word after `]:`.
//!
//! Lenient on purpose: labels aren't matched, backslashes before `]` don't count, and blanks don't end a destination
//! in parentheses, since renderers differ in all of that. A blank line ends it for all.

/// Bytes after which `](` is taken for code.
const MAX: u32 = 2048;

/// Follows one text.
#[derive(Clone, Copy, Default)]
pub(super) struct Destination {
    state: State,
    left: u32,
    /// Whether the line holds nothing but blanks and marks of quotes so far.
    line_is_blank: bool,
    before: u8,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Text,
    /// After `]`.
    Bracket,
    Before(Kind),
    /// In it, after so many open parentheses.
    Inside(Kind, u32),
    /// Between `<` and `>`.
    Angle(Kind),
    /// After a backslash in one of the last two, whose parentheses these are; `None` for angles.
    Escaped(Kind, Option<u32>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Link,
    Definition,
}

impl Destination {
    pub(super) const fn keeps(&self) -> bool {
        !matches!(self.state, State::Text | State::Bracket)
    }

    pub(super) fn push(&mut self, byte: u8) {
        self.state = match self.state {
            State::Text | State::Bracket if byte == b']' => State::Bracket,
            State::Bracket if matches!(byte, b'(' | b':') => {
                self.left = MAX;
                self.line_is_blank = false;
                State::Before(if byte == b'(' {
                    Kind::Link
                } else {
                    Kind::Definition
                })
            }
            State::Text | State::Bracket => State::Text,
            inside => self.inside(inside, byte),
        };
        self.before = byte;
    }

    fn inside(&mut self, state: State, byte: u8) -> State {
        self.left -= 1;
        if self.left == 0 || byte == b'\n' && self.line_is_blank {
            return State::Text;
        }
        if byte == b'\n' {
            self.line_is_blank = true;
        } else if !(byte.is_ascii_whitespace() || byte == b'>') {
            self.line_is_blank = false;
        }
        match (state, byte) {
            (State::Inside(Kind::Definition, _) | State::Angle(Kind::Definition), b'(')
                if self.before == b']' =>
            {
                self.left = MAX;
                State::Before(Kind::Link)
            }
            (State::Before(Kind::Link), b')') => State::Text,
            (State::Before(kind), b'<') => State::Angle(kind),
            (State::Before(kind), b'(') => State::Inside(kind, 1),
            (State::Before(kind), b'\\') => State::Escaped(kind, Some(0)),
            // A quote's mark on the next line.
            (State::Before(_), b'>') => state,
            (State::Before(_), _) if byte.is_ascii_whitespace() => state,
            (State::Before(kind), _) => State::Inside(kind, 0),
            (State::Escaped(kind, Some(parens)), _) if !byte.is_ascii_whitespace() => {
                State::Inside(kind, parens)
            }
            (State::Escaped(kind, None), _) if byte != b'\n' => State::Angle(kind),
            (State::Angle(kind), b'\\') => State::Escaped(kind, None),
            (State::Angle(kind), b'>') => State::Inside(kind, 0),
            (State::Angle(Kind::Link), b'\n') => State::Inside(Kind::Link, 0),
            (State::Angle(Kind::Definition) | State::Escaped(Kind::Definition, None), b'\n') => State::Text,
            (State::Angle(_), _) => state,
            (State::Inside(kind, parens), b'\\') => State::Escaped(kind, Some(parens)),
            (State::Inside(Kind::Definition, _) | State::Escaped(Kind::Definition, _), _)
                if byte.is_ascii_whitespace() =>
            {
                State::Text
            }
            (State::Inside(kind, parens), b'(') => State::Inside(kind, parens.saturating_add(1)),
            (State::Inside(Kind::Link, 0), b')') => State::Text,
            (State::Inside(kind, parens), b')') => State::Inside(kind, parens.saturating_sub(1)),
            (State::Escaped(kind, parens), _) => State::Inside(kind, parens.unwrap_or(0)),
            (State::Inside(..) | State::Text | State::Bracket, _) => state,
        }
    }
}
