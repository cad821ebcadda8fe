//! Bytes written as pairs of hexadecimal digits with something between them: `7a 65`, `0x7a, 0x65`, `7a:65`, and the
//! lines of a dump.

use super::Unpacked;
use super::bytes::text_of;
use crate::runs::Places;

/// Fewer bytes hold no value.
const MIN_BYTES: usize = 8;
/// Longest stretch between two groups inside one line.
const MAX_GAP: usize = 6;
/// Longer words of digits are found by themselves.
const MAX_WORD: usize = 160;
/// Fewer groups are no line of a dump that goes on in the next.
const LEAST_IN_LINE: usize = 4;
/// Longer groups are words, which may stand beside each other by chance.
const LONG_GROUP: usize = 16;
/// Longest stretch between the groups of two lines of a dump: its text, a line end and an offset.
const MAX_LINE_GAP: usize = 96;

/// Adds every list of pairs that holds text.
pub(super) fn each(bytes: &[u8], most: usize, all: &mut Vec<Unpacked>) {
    let mut at = 0;
    let mut digits = Places::of(bytes, |byte| byte.is_ascii_digit());
    while let Some(start) = next_group(bytes, at, &mut digits) {
        let list = List::gather(bytes, start);
        at = list.end.max(start + 1);
        if list.decoded.len() >= MIN_BYTES
            && list.groups > 1
            && let Some(text) = text_of(&list.decoded, most)
        {
            let before = offset(bytes, start).unwrap_or_else(|| prefix(bytes, start));
            all.push(Unpacked {
                start: start - before,
                end: list.end,
                text,
                other: None,
            });
        }
    }
}

/// Where the next list may start: at a word of digits that another one follows, or at those before it.
fn next_group(
    bytes: &[u8],
    from: usize,
    digits: &mut Places<'_, impl Fn(u8) -> bool + Copy>,
) -> Option<usize> {
    let mut at = from;
    while let Some(digit) = digits.next(at) {
        // The word around the digit, which letters may begin.
        let rest = bytes[digit..].iter();
        let end = digit + rest.take_while(|byte| byte.is_ascii_hexdigit()).count();
        at = end;
        if !bytes.get(end).is_some_and(is_sign) {
            continue;
        }
        let before = bytes[from..digit].iter().rev().take(MAX_WORD);
        let start = digit - before.take_while(|byte| byte.is_ascii_hexdigit()).count();
        if !(end - start).is_multiple_of(2) {
            continue;
        }
        let is_start = start == 0 || !bytes[start - 1].is_ascii_alphanumeric() || is_prefix(bytes, start);
        if is_start && group(bytes, start).is_some_and(|end| opens_list(bytes, end)) {
            return Some(first_group(bytes, start, from));
        }
    }
    None
}

/// Whether another group follows the one that ends here. What stands otherwise apart than the groups behind it is an offset.
fn opens_list(bytes: &[u8], end: usize) -> bool {
    let second = next_in_line(bytes, end, None).and_then(|at| group(bytes, at));
    second.is_some_and(|second_end| {
        let is_last = next_in_line(bytes, second_end, None).is_none();
        is_last || next_in_line(bytes, second_end, Some(signs(&bytes[end..]))).is_some()
    })
}

/// The first group of the list that the one at `at` belongs to: bytes of UTF-8 written in letters alone may stand before
/// the first digit (`e8 81 94`).
fn first_group(bytes: &[u8], at: usize, from: usize) -> usize {
    let width = bytes[at..]
        .iter()
        .take_while(|byte| byte.is_ascii_hexdigit())
        .count();
    let mut first = at;
    loop {
        let end = first - prefix(bytes, first);
        let signs = bytes[from..end]
            .iter()
            .rev()
            .take(MAX_GAP + 1)
            .take_while(|byte| is_sign(byte))
            .count();
        let Some(start) = (end - signs).checked_sub(width).filter(|start| *start >= from) else {
            return first;
        };
        let is_group = bytes[start..start + width].iter().all(u8::is_ascii_hexdigit);
        let is_whole = start == 0 || !bytes[start - 1].is_ascii_alphanumeric() || prefix(bytes, start) > 0;
        if !(1..=MAX_GAP).contains(&signs) || !is_group || !is_whole {
            return first;
        }
        first = start;
    }
}

/// Bytes of `0x` or `\x` before a group.
fn prefix(bytes: &[u8], at: usize) -> usize {
    if is_prefix(bytes, at) { 2 } else { 0 }
}

const fn is_sign(byte: &u8) -> bool {
    matches!(
        byte,
        b' ' | b',' | b':' | b';' | b'-' | b'\t' | b'\n' | b'\r' | b'"' | b'\''
    )
}

/// Whether `0x` or `\x` stands before.
fn is_prefix(bytes: &[u8], at: usize) -> bool {
    at >= 2 && matches!(bytes[at - 1], b'x' | b'X') && matches!(bytes[at - 2], b'0' | b'\\')
}

/// The end of a group of pairs of digits.
fn group(bytes: &[u8], at: usize) -> Option<usize> {
    let len = bytes[at..]
        .iter()
        .take(MAX_WORD + 1)
        .take_while(|byte| byte.is_ascii_hexdigit())
        .count();
    let ends = !bytes.get(at + len).is_some_and(u8::is_ascii_alphanumeric);
    (ends && (2..=MAX_WORD).contains(&len) && len.is_multiple_of(2)).then_some(at + len)
}

/// Where the next group of the list starts, behind the same signs as between the groups before it, or behind the end of a
/// line.
fn next_in_line(bytes: &[u8], end: usize, between: Option<&[u8]>) -> Option<usize> {
    let before = bytes[..end]
        .iter()
        .rev()
        .take(MAX_WORD)
        .take_while(|byte| byte.is_ascii_hexdigit())
        .count();
    let signs = signs(&bytes[end..]);
    if !(1..=MAX_GAP).contains(&signs.len()) {
        return None;
    }
    let at = end + signs.len();
    let is_same = between.is_none_or(|between| {
        // Dumps part the halves of a line by one blank more.
        between == signs || between == b" " && signs == b"  " || memchr::memchr(b'\n', signs).is_some()
    });
    let prefix = match bytes.get(at..)? {
        [b'0' | b'\\', b'x' | b'X', ..] => 2,
        _ => 0,
    };
    let next = group(bytes, at + prefix)?;
    let fits = match signs.contains(&b'\n') {
        // Behind a line of full width the rest follows, whatever stands behind it.
        true => is_line_of_digits(bytes, at) || before > LONG_GROUP && next - at - prefix <= before,
        // Long words of digits belong together where a line was wrapped, and nowhere else.
        false => before.max(next - at) <= LONG_GROUP,
    };
    (is_same && fits).then_some(at + prefix)
}

/// Whether nothing but digits and signs stands in the line from `start` on.
fn is_line_of_digits(bytes: &[u8], start: usize) -> bool {
    let line = &bytes[start..bytes.len().min(start + MAX_LINE_GAP * 2)];
    let line = memchr::memchr(b'\n', line).map_or(line, |end| &line[..end]);
    let fits = |byte: &u8| {
        byte.is_ascii_hexdigit() || is_sign(byte) || matches!(byte, b'x' | b'X' | b'\\' | b'}' | b')' | b']')
    };
    line.iter().all(fits)
}

/// What stands between two groups.
fn signs(bytes: &[u8]) -> &[u8] {
    let count = bytes
        .iter()
        .take(MAX_GAP + 1)
        .take_while(|byte| is_sign(byte))
        .count();
    &bytes[..count]
}

/// Bytes of a dump's offset between the start of the line and `start`.
fn offset(bytes: &[u8], start: usize) -> Option<usize> {
    let floor = start.saturating_sub(MAX_GAP + 16);
    let line = memchr::memrchr(b'\n', &bytes[floor..start]).map_or(floor, |at| floor + at + 1);
    let before = bytes[line..start].trim_ascii_end();
    let digits = before.strip_suffix(b":").unwrap_or(before).trim_ascii_start();
    let is_offset =
        before.len() < start - line && digits.len() >= 4 && digits.iter().all(u8::is_ascii_hexdigit);
    is_offset.then_some(start - line)
}

/// Where the groups go on in the next line of a dump: behind an offset of at least four digits.
fn next_in_dump(bytes: &[u8], end: usize) -> Option<usize> {
    let line = bytes.get(end..bytes.len().min(end + MAX_LINE_GAP))?;
    let offset = memchr::memchr(b'\n', line)? + 1;
    let rest = &line[offset..];
    let digits = rest.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let gap = rest[digits..]
        .iter()
        .take_while(|byte| matches!(byte, b':' | b' ' | b'\t'))
        .count();
    let at = end + offset + digits + gap;
    ((4..=16).contains(&digits) && gap > 0 && group(bytes, at).is_some()).then_some(at)
}

/// Whether a dump's text stands behind the group that `rest` begins with, the `nth` of its line: two blanks part it from
/// the bytes, and also the halves of a line of single bytes.
fn is_text_beside(rest: &[u8], width: usize, nth: usize) -> bool {
    // Dumps have sixteen bytes in a line.
    const LINE: usize = 16;
    rest[width..].starts_with(b"  ") && (width > 2 || nth >= LINE)
}

/// Groups that belong together.
struct List {
    decoded: Vec<u8>,
    groups: usize,
    end: usize,
}

impl List {
    fn gather(bytes: &[u8], start: usize) -> Self {
        let mut list = Self {
            decoded: Vec::new(),
            groups: 0,
            end: start,
        };
        let mut between = None;
        let has_offset = offset(bytes, start).is_some();
        let (mut is_dump, mut in_line) = (false, 0);
        let mut next = Some(start);
        while let Some(at) = next {
            let Some(end) = group(bytes, at) else {
                break;
            };
            if list.groups == 1 {
                between = Some(signs(&bytes[list.end..]));
            }
            let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or_default() as u8;
            let pairs = bytes[at..end].chunks_exact(2);
            list.decoded
                .extend(pairs.map(|pair| digit(pair[0]) << 4 | digit(pair[1])));
            list.groups += 1;
            list.end = end;
            in_line += 1;
            let ends_line = has_offset && is_text_beside(&bytes[at..], end - at, in_line);
            let in_line_next = (!ends_line).then(|| next_in_line(bytes, end, between)).flatten();
            next = in_line_next.or_else(|| {
                let is_line = in_line >= LEAST_IN_LINE || has_offset;
                let next = is_line.then(|| next_in_dump(bytes, end)).flatten();
                is_dump |= next.is_some();
                in_line = 0;
                next
            });
        }
        // The text beside the digits says the same.
        if is_dump || has_offset {
            let line = &bytes[list.end..bytes.len().min(list.end + MAX_LINE_GAP)];
            list.end += memchr::memchr(b'\n', line).unwrap_or(line.len());
        }
        list
    }
}
