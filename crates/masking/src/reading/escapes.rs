//! Percent, HTML and backslash escapes, undone over the whole text at once: a label in one word and its value in the
//! next have to meet, whichever of the two is escaped.
//!
//! What was escaped several times by the same means (`%2540`, `&amp;#64;`, `\\\\u0040`) is undone to its end at once.

mod backslash;
mod entity;
mod form;
mod percent;
mod terminal;

use memchr::memchr3;

use super::changes::Changes;

pub(super) use terminal::sequence as terminal_sequence;

/// What an escape stands for, and how many bytes spell it.
struct Escape {
    len: usize,
    /// `None`: nothing, as a terminal's control sequence.
    read: Option<char>,
}

impl Escape {
    /// An escape that shows `char`. Control characters part words, as they do in plain text.
    fn of(len: usize, char: char) -> Option<Self> {
        let is_shown = !char.is_control() || matches!(char, '\n' | '\t' | '\r');
        let read = Some(if is_shown { char } else { ' ' });
        Some(Self { len, read })
    }
}

/// Everything in `text` that is escaped.
pub(super) fn escapes(text: &str) -> Changes {
    let bytes = text.as_bytes();
    let mut changes = Changes::default();
    let mut at = 0;
    let mut has_percent = false;
    while let Some(found) = memchr3(b'%', b'&', b'\\', &bytes[at..]) {
        let start = at + found;
        let escape = match bytes[start] {
            b'%' => percent::read(&bytes[start..]),
            b'&' => entity::read(&bytes[start..]),
            _ => backslash::read(&bytes[start..]),
        };
        let Some(Escape { len, read }) = escape else {
            at = start + 1;
            continue;
        };
        has_percent |= bytes[start] == b'%';
        at = start + len;
        match read {
            Some('\r') => changes.push(start, at, "\n", false),
            // Expressions and Markdown put a backslash before many signs that mean themselves.
            Some(char) if bytes[at - 1] == char as u8 && bytes[start] == b'\\' => {
                changes.push_char(start, at, char, char == '@');
            }
            Some(char) => changes.push_char(start, at, char, tells(char)),
            None => changes.push(start, at, "", false),
        }
    }
    form::add_spaces(text, has_percent, changes)
}

/// The escapes of JSON's strings alone.
pub(super) fn backslashes(text: &str) -> Changes {
    let bytes = text.as_bytes();
    let mut changes = Changes::default();
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'\\', &bytes[at..]) {
        let start = at + found;
        at = start + 1;
        if let Some(Escape { len, read: Some(char) }) = backslash::read(&bytes[start..]) {
            at = start + len;
            changes.push_char(start, at, char, true);
        }
    }
    changes
}

/// Whether a character is part of values or joins them to their labels.
fn tells(char: char) -> bool {
    !(char.is_whitespace() || matches!(char, '\\' | '"' | '\'' | '/' | '(' | ')' | '{' | '}' | '<' | '>' | '&'))
}

/// The value of hexadecimal digits, at most eight of them.
fn hex(digits: &[u8]) -> Option<u32> {
    let value = |value: u32, digit: &u8| Some(value << 4 | char::from(*digit).to_digit(16)?);
    (!digits.is_empty()).then(|| digits.iter().try_fold(0, value)).flatten()
}

/// The character that escaped bytes spell: `byte(n)` is the value of the n-th of them, each `width` bytes long. Bytes
/// that are no UTF-8 are taken as Latin-1.
fn bytes_escape(width: usize, byte: impl Fn(usize) -> Option<u8>) -> Option<Escape> {
    let first = byte(0)?;
    let count = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    };
    let bytes: Option<Vec<u8>> = (0..count).map(&byte).collect();
    let char = bytes
        .as_deref()
        .and_then(|bytes| std::str::from_utf8(bytes).ok())
        .and_then(|text| text.chars().next());
    match char {
        Some(char) => Escape::of(count * width, char),
        None => Escape::of(width, char::from(first)),
    }
}

