//! Percent, HTML and backslash escapes, undone over the whole text at once: a label in one word and its value in the
//! next have to meet, whichever of the two is escaped.
//!
//! What was escaped several times by the same means (`%2540`, `&amp;#64;`, `\\\\u0040`) is undone to its end at once.

mod backslash;
mod entity;
mod form;
mod percent;

use memchr::{memchr, memchr_iter, memchr3, memchr3_iter};

use super::changes::Changes;

/// What an escape stands for, and how many bytes spell it.
struct Escape {
    len: usize,
    read: char,
}

impl Escape {
    /// An escape that shows `char`; what a control character does, its canonical form says.
    const fn of(len: usize, read: char) -> Option<Self> {
        Some(Self { len, read })
    }
}

/// Backslash escapes alone: a percent sign or an ampersand may be a value's own.
pub(super) fn backslashes(text: &str) -> Changes {
    let bytes = text.as_bytes();
    let mut changes = Changes::with_room(text, memchr_iter(b'\\', bytes));
    let mut at = 0;
    while let Some(found) = memchr(b'\\', &bytes[at..]) {
        let start = at + found;
        at = match backslash::read(&bytes[start..]) {
            Some(escape) => push(&mut changes, bytes, start, &escape),
            None => start + 1,
        };
    }
    changes
}

/// Entities alone.
pub(super) fn entities(text: &str) -> Changes {
    let bytes = text.as_bytes();
    let mut changes = Changes::with_room(text, memchr_iter(b'&', bytes));
    let mut at = 0;
    while let Some(found) = memchr(b'&', &bytes[at..]) {
        let start = at + found;
        at = match entity::read(&bytes[start..]) {
            Some(escape) => push(&mut changes, bytes, start, &escape),
            None => start + 1,
        };
    }
    changes
}

/// Percent escapes, with entities and backslash escapes undone as well; nothing where there are only those.
pub(super) fn escapes(text: &str) -> Changes {
    let bytes = text.as_bytes();
    if memchr(b'%', bytes).is_none() {
        return Changes::default();
    }
    let mut changes = Changes::with_room(text, memchr3_iter(b'%', b'&', b'\\', bytes));
    let mut at = 0;
    let mut has_percent = false;
    while let Some(found) = memchr3(b'%', b'&', b'\\', &bytes[at..]) {
        let start = at + found;
        at = start + 1;
        let escape = match bytes[start] {
            b'%' => percent::read(&bytes[start..]).inspect(|_| has_percent = true),
            b'&' => entity::read(&bytes[start..]).filter(|escape| {
                // `&#x6%39;`: a digit of it is escaped itself.
                let end = start + escape.len;
                bytes[end - 1] == b';' || percent::read(&bytes[end..]).is_none()
            }),
            _ => {
                let run = bytes[start..].iter().take_while(|byte| **byte == b'\\').count();
                at = start + run;
                match percent::read(&bytes[at..]) {
                    Some(_) => None,
                    None => backslash::read(&bytes[start..]),
                }
            }
        };
        if let Some(escape) = escape {
            at = push(&mut changes, bytes, start, &escape);
        }
    }
    if has_percent { changes } else { Changes::default() }
}

/// The same in what a form sends, where a plus sign is a blank; nothing where there is none.
pub(super) fn form(text: &str) -> Changes {
    let spaces = form::spaces(text);
    if spaces.is_empty() {
        return Changes::default();
    }
    escapes(text).with_chars(&spaces, ' ')
}

/// Adds an escape; answers where it ends.
fn push(changes: &mut Changes, bytes: &[u8], start: usize, escape: &Escape) -> usize {
    let end = start + escape.len;
    match escape.read {
        // Expressions and Markdown put a backslash before many signs that mean themselves.
        char if bytes[start] == b'\\' && bytes[end - 1] == char as u8 => {
            changes.push_char(start, end, char, matches!(char, '@' | '_'));
        }
        char => changes.push_char(start, end, char, tells(char)),
    }
    end
}

/// Whether a character is part of values or joins them to their labels.
fn tells(char: char) -> bool {
    !(char.is_whitespace()
        || char.is_control()
        || matches!(
            char,
            '\\' | '"' | '\'' | '/' | '(' | ')' | '{' | '}' | '<' | '>' | '&'
        ))
}

/// The value of hexadecimal digits, at most eight of them.
fn hex(digits: &[u8]) -> Option<u32> {
    let value = |value: u32, digit: &u8| Some(value << 4 | char::from(*digit).to_digit(16)?);
    (!digits.is_empty())
        .then(|| digits.iter().try_fold(0, value))
        .flatten()
}

/// The character that escaped bytes spell: `byte(n)` is the value of the n-th of them, each `width` bytes long. A byte
/// alone that is no UTF-8 is taken as a letter of Latin-1; others are pieces of something that is escaped twice.
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
        None if first < 0xc0 || byte(1).is_some_and(|next| !next.is_ascii()) => None,
        None => Escape::of(width, char::from(first)),
    }
}
