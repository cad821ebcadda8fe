//! Emphasis, code and links of Markdown.

use memchr::{memchr, memchr_iter, memchr2, memchr3};

use super::Mark;

/// A link's text is no longer than this, in bytes.
const MAX_LINK_TEXT: usize = 512;
/// Longer runs of one sign are rules and fences.
const MAX_RUN: usize = 3;

/// Adds the signs that a rendered text does not show.
pub(super) fn signs(text: &str, marks: &mut Vec<Mark>) {
    let bytes = text.as_bytes();
    pairs(bytes, |at| memchr3(b'*', b'`', b'~', &bytes[at..]), marks);
    pairs(bytes, |at| memchr(b'_', &bytes[at..]), marks);
    links(bytes, marks);
}

/// Signs that open directly before a word and close directly behind one, in one line. Inside a word an underscore is part
/// of it.
fn pairs(bytes: &[u8], next: impl Fn(usize) -> Option<usize>, marks: &mut Vec<Mark>) {
    // By the sign: where it opened, and how many of it.
    let mut open = [None; 128];
    let (mut at, mut line_end) = (0, 0);
    while let Some(found) = next(at) {
        let start = at + found;
        let sign = bytes[start];
        let count = bytes[start..].iter().take(MAX_RUN + 1).take_while(|byte| **byte == sign).count();
        at = start + count;
        if start >= line_end {
            open = [None; 128];
            line_end = memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |nth| start + nth);
        }
        if count > MAX_RUN {
            continue;
        }
        let (before, after) = (start.checked_sub(1).map(|before| bytes[before]), bytes.get(at).copied());
        let touches = |byte: Option<u8>| byte.is_some_and(|byte| !byte.is_ascii_whitespace());
        let in_word = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
        let (may_close, may_open) = match sign {
            b'_' => (touches(before) && !in_word(after), touches(after) && !in_word(before)),
            _ => (touches(before), touches(after)),
        };
        let slot = &mut open[usize::from(sign)];
        match *slot {
            Some((opened, same)) if may_close && same == count => {
                *slot = None;
                marks.extend([opened, start].map(|start| mark(bytes, start, count)));
            }
            _ if may_open => *slot = Some((start, count)),
            _ => {}
        }
    }
}

/// A sign between two words tells most; at a word's edge the word itself is whole.
fn mark(bytes: &[u8], start: usize, count: usize) -> Mark {
    let touches = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
    let before = start.checked_sub(1).map(|before| &bytes[before]);
    Mark {
        start,
        end: start + count,
        read: "",
        tells: touches(before) && touches(bytes.get(start + count)),
    }
}

/// The brackets of `[text](address)` and `[text][1]`.
fn links(bytes: &[u8], marks: &mut Vec<Mark>) {
    for close in memchr_iter(b']', bytes) {
        if !matches!(bytes.get(close + 1), Some(b'(' | b'[')) {
            continue;
        }
        let floor = close.saturating_sub(MAX_LINK_TEXT);
        let Some(open) = memchr::memrchr2(b'[', b'\n', &bytes[floor..close]).map(|nth| floor + nth) else {
            continue;
        };
        if bytes[open] != b'[' || open + 1 == close || memchr2(b'=', b';', &bytes[open..close]).is_some() {
            continue;
        }
        let image = usize::from(open > 0 && bytes[open - 1] == b'!');
        let mark = |start, end, read| Mark {
            start,
            end,
            read,
            tells: false,
        };
        marks.extend([mark(open - image, open + 1, ""), mark(close, close + 1, " ")]);
    }
}
