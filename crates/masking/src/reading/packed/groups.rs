//! Base64 and base32 in short groups of one length, in a line or over lines: `emVs ZGFA Y29y cC5j b20=`.

use super::Unpacked;
use super::base64::{decode, in_alphabet, padding};
use super::bytes::text_of;
use super::words::digits;
use crate::runs::{BLOCK, block_at, mask};

/// Longer groups are words that are found by themselves.
const MAX_GROUP: usize = 11;
const MIN_GROUP: usize = 2;
/// Fewer groups are words that happen to be of one length.
const MIN_GROUPS: usize = 3;
/// Base32 is written in groups of eight characters, two of which hold a short value.
const BASE32_GROUP: usize = 8;
/// Base64 of fewer characters holds no value.
const MIN_CHARS: usize = 10;
/// No line of groups is longer.
const MAX_LINE: usize = 160;
/// Most white space between two groups: a line end and an indentation.
const MAX_GAP: usize = 12;

/// Adds every list of groups that holds text.
pub(super) fn each(bytes: &[u8], most: usize, all: &mut Vec<Unpacked>) {
    // What stands before is read.
    let mut read = 1;
    let mut at = 0;
    while at + 1 < bytes.len() {
        let mut mixed = mixed_at(bytes, at);
        while mixed != 0 {
            let found = at + mixed.trailing_zeros() as usize;
            mixed &= mixed - 1;
            if found >= read {
                read = list_around(bytes, found, most, all);
            }
        }
        at += BLOCK - 2;
    }
}

/// Adds the list that the byte at `found` belongs to, if it holds text; where to read on.
fn list_around(bytes: &[u8], found: usize, most: usize, all: &mut Vec<Unpacked>) -> usize {
    let Some((start, width)) = first_group(bytes, found) else {
        // What else stands in the word says the same.
        let rest = bytes[found..].iter().take(MAX_GROUP + 1);
        return found + rest.take_while(|byte| in_alphabet(**byte)).count().max(1);
    };
    let (groups, end) = gather(bytes, start, width);
    let next = end.max(found + 1);
    let least = if width == BASE32_GROUP { 2 } else { MIN_GROUPS };
    if groups.len() < least {
        return next;
    }
    let joined: Vec<u8> = groups.concat();
    if joined.len() < MIN_CHARS {
        return next;
    }
    let text = digits(&joined, most).or_else(|| decode(&joined).and_then(|decoded| text_of(&decoded, most)));
    all.extend(text.map(|text| Unpacked {
        start,
        end,
        text,
        other: None,
    }));
    next
}

/// A bit for each byte of the block at `at` that is a capital behind a small letter, beside a digit, or last of several
/// before a small one, or stands among as many capitals as a group of base32 has: packed text is full of them, and prose
/// has hardly any. The first and the last byte of the block are not looked at.
fn mixed_at(bytes: &[u8], at: usize) -> u64 {
    let block = block_at(bytes, at);
    let has_capital = block
        .iter()
        .fold(false, |any, byte| any | byte.is_ascii_uppercase());
    if !has_capital {
        return 0;
    }
    let upper = mask(&block, |byte| byte.is_ascii_uppercase());
    let others = mask(&block, |byte| byte.is_ascii_lowercase() | byte.is_ascii_digit());
    let digit = mask(&block, |byte| byte.is_ascii_digit());
    let small = others & !digit;
    let eight = [1, 2, 4].into_iter().fold(upper, |run, shift| run & run >> shift);
    upper & (others << 1) | digit & (upper << 1) | upper & (upper << 1) & (small >> 1) | eight << 1
}

/// The first group of the list around `inside`, and the groups' length.
fn first_group(bytes: &[u8], inside: usize) -> Option<(usize, usize)> {
    let (mut start, end) = group_around(bytes, inside)?;
    let parts = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_whitespace);
    if !parts(bytes.get(end)) && !parts(start.checked_sub(1).map(|before| &bytes[before])) {
        return None;
    }
    let mut width = end - start;
    // The group itself may be shorter, and the last: the one before it says.
    if let Some((before, wider)) = word_before(bytes, start).filter(|(_, wider)| *wider > width) {
        (start, width) = (before, wider);
    }
    while let Some(before) = group_before(bytes, start, width) {
        start = before;
    }
    let follows = next_group(bytes, start + width).is_some();
    (follows && (MIN_GROUP..=MAX_GROUP).contains(&width)).then_some((start, width))
}

fn group_around(bytes: &[u8], inside: usize) -> Option<(usize, usize)> {
    let floor = inside.saturating_sub(MAX_GROUP + 1);
    let before = bytes[floor..inside]
        .iter()
        .rev()
        .take_while(|byte| in_alphabet(**byte))
        .count();
    let after = bytes[inside..]
        .iter()
        .take(MAX_GROUP + 1)
        .take_while(|byte| in_alphabet(**byte))
        .count();
    (before + after <= MAX_GROUP).then_some((inside - before, inside + after))
}

/// Start and width of the word before white space.
fn word_before(bytes: &[u8], start: usize) -> Option<(usize, usize)> {
    let floor = start.saturating_sub(MAX_GAP);
    let gap = bytes[floor..start]
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_whitespace())
        .count();
    let end = start - gap;
    let width = bytes[..end]
        .iter()
        .rev()
        .take(MAX_GROUP + 1)
        .take_while(|byte| in_alphabet(**byte))
        .count();
    (gap > 0 && width > 0).then_some((end - width, width))
}

fn group_before(bytes: &[u8], start: usize, width: usize) -> Option<usize> {
    let floor = start.saturating_sub(MAX_GAP);
    let gap = bytes[floor..start]
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_whitespace())
        .count();
    let before = (start - gap).checked_sub(width)?;
    let is_group = gap > 0
        && bytes[before..start - gap].iter().all(|byte| in_alphabet(*byte))
        && before
            .checked_sub(1)
            .is_none_or(|outer| !in_alphabet(bytes[outer]));
    is_group.then_some(before)
}

/// Where the next group starts behind white space; in another line only where that line holds nothing else.
fn next_group(bytes: &[u8], end: usize) -> Option<usize> {
    let gap = bytes
        .get(end..)?
        .iter()
        .take(MAX_GAP)
        .take_while(|byte| byte.is_ascii_whitespace())
        .count();
    let at = end + gap;
    let starts = gap > 0 && bytes.get(at).is_some_and(|byte| in_alphabet(*byte));
    let breaks = memchr::memchr(b'\n', &bytes[end..at]).is_some();
    (starts && (!breaks || is_line_of_groups(bytes, at))).then_some(at)
}

/// Whether nothing but letters, blanks and padding stands in the line from `start` on.
fn is_line_of_groups(bytes: &[u8], start: usize) -> bool {
    let line = &bytes[start..bytes.len().min(start + MAX_LINE)];
    let line = memchr::memchr(b'\n', line)
        .map_or(line, |end| &line[..end])
        .trim_ascii_end();
    let groups = &line[..line.len() - line.iter().rev().take_while(|byte| **byte == b'=').count()];
    groups
        .iter()
        .all(|byte| in_alphabet(*byte) || byte.is_ascii_whitespace())
}

/// All groups of the length from `start` on, a shorter last one included, and where they end.
fn gather(bytes: &[u8], start: usize, width: usize) -> (Vec<&[u8]>, usize) {
    let mut groups = vec![&bytes[start..start + width]];
    let mut end = start + width;
    while let Some(at) = next_group(bytes, end) {
        let len = bytes[at..]
            .iter()
            .take(width + 1)
            .take_while(|byte| in_alphabet(**byte))
            .count();
        let pads = padding(&bytes[at + len..]);
        let is_last = len < width;
        if len > width || is_last && pads == 0 && !closes(bytes, at + len) {
            break;
        }
        groups.push(&bytes[at..at + len]);
        end = at + len + pads;
        if is_last || pads > 0 {
            break;
        }
    }
    (groups, end)
}

/// Whether a text or a line ends here.
fn closes(bytes: &[u8], at: usize) -> bool {
    bytes
        .get(at)
        .is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b' ')
}
