//! Emphasis, code and links of Markdown.

use memchr::{memchr, memchr_iter, memchr2, memchr3};

use super::super::signs::Signs;
use super::Mark;

/// A link's text is no longer than this, in bytes.
const MAX_LINK_TEXT: usize = 512;
/// So is its address.
const MAX_ADDRESS: usize = 1024;
const SIGNS: [u8; 4] = *b"*`~_";
/// Longer runs of one sign are rules and fences.
const MAX_RUN: usize = 3;

/// Adds the signs that a rendered text does not show.
pub(super) fn signs(text: &str, signs: Signs, marks: &mut Vec<Mark>) {
    let bytes = text.as_bytes();
    if signs.has(Signs::EMPHASIS) {
        pairs(bytes, |at| memchr3(b'*', b'`', b'~', &bytes[at..]), marks);
    }
    if signs.has(Signs::UNDERSCORE) {
        pairs(bytes, |at| memchr(b'_', &bytes[at..]), marks);
    }
    if signs.has(Signs::BRACKET) {
        links(bytes, marks);
    }
}

/// Signs that open directly before a word and close directly behind one, in one line or, where programs hardly have them
/// so, in one paragraph. Inside a word an underscore is part of it.
fn pairs(bytes: &[u8], next: impl Fn(usize) -> Option<usize>, marks: &mut Vec<Mark>) {
    // By the sign: where it opened, and how many of it.
    let mut open = [None; SIGNS.len()];
    let (mut at, mut line_end) = (0, 0);
    while let Some(found) = next(at) {
        let start = at + found;
        let sign = bytes[start];
        // Inside a word an underscore is part of it.
        let is_inner = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
        if sign == b'_' && start > 0 && is_inner(start - 1) && is_inner(start + 1) {
            at = start + 2;
            continue;
        }
        let count = bytes[start..]
            .iter()
            .take(MAX_RUN + 1)
            .take_while(|byte| **byte == sign)
            .count();
        at = start + count;
        if count > MAX_RUN {
            continue;
        }
        if start >= line_end {
            // Emphasis may go over the end of a line, but not over that of a paragraph.
            let goes_on = open.iter().any(Option::is_some)
                && memchr::memmem::find(&bytes[line_end..start], b"\n\n").is_none();
            for (slot, sign) in open.iter_mut().zip(SIGNS) {
                if !(goes_on && matches!(sign, b'~' | b'_')) {
                    *slot = None;
                }
            }
            line_end = memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |nth| start + nth);
        }
        // A blank that is set off by itself.
        let again = at + 1..at + 1 + count;
        if bytes.get(at) == Some(&b' ')
            && start > 0
            && !bytes[start - 1].is_ascii_whitespace()
            && bytes
                .get(again.clone())
                .is_some_and(|signs| signs.iter().all(|byte| *byte == sign))
        {
            marks.extend([mark(start, at), mark(again.start, again.end)]);
            at = again.end;
            continue;
        }
        let (before, after) = (
            start.checked_sub(1).map(|before| bytes[before]),
            bytes.get(at).copied(),
        );
        let touches = |byte: Option<u8>| byte.is_some_and(|byte| !byte.is_ascii_whitespace());
        let in_word = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
        let (may_close, may_open) = match sign {
            b'_' => (
                touches(before) && !in_word(after),
                touches(after) && !in_word(before),
            ),
            _ => (touches(before), touches(after)),
        };
        let Some(slot) = SIGNS.iter().position(|known| *known == sign) else {
            continue;
        };
        let slot = &mut open[slot];
        match *slot {
            Some((opened, same)) if may_close && same == count => {
                *slot = None;
                marks.extend([opened, start].map(|start| mark(start, start + count)));
            }
            _ if may_open => *slot = Some((start, count)),
            _ => {}
        }
    }
}

/// What surrounds the text of `[text](address)` and `[text][1]`; the address is read in the plain text.
fn links(bytes: &[u8], marks: &mut Vec<Mark>) {
    for close in memchr_iter(b']', bytes) {
        if !matches!(bytes.get(close + 1), Some(b'(' | b'[')) {
            continue;
        }
        let floor = close.saturating_sub(MAX_LINK_TEXT);
        let Some(open) = memchr::memrchr(b'[', &bytes[floor..close]).map(|nth| floor + nth) else {
            continue;
        };
        let closing = if bytes[close + 1] == b'(' { b')' } else { b']' };
        let ceiling = (close + MAX_ADDRESS).min(bytes.len());
        let Some(end) = memchr2(closing, b'\n', &bytes[close + 2..ceiling]).map(|nth| close + 2 + nth) else {
            continue;
        };
        if open + 1 == close || bytes[end] == b'\n' {
            continue;
        }
        let image = usize::from(open > 0 && bytes[open - 1] == b'!');
        marks.extend([mark(open - image, open + 1), mark(close, end + 1)]);
    }
}

const fn mark(start: usize, end: usize) -> Mark {
    Mark {
        start,
        end,
        read: "",
        tells: true,
    }
}
