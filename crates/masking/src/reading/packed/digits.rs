//! Bytes written as pairs of hexadecimal digits with something between them: `7a 65`, `0x7a, 0x65`, `7a:65`, and the
//! lines of a dump.

use super::Unpacked;
use super::bytes::text_of;

/// Fewer bytes hold no value.
const MIN_BYTES: usize = 8;
/// Longest stretch between two groups inside one line.
const MAX_GAP: usize = 6;
/// Longest stretch between the groups of two lines of a dump: its text, a line end and an offset.
const MAX_LINE_GAP: usize = 48;

/// Adds every list of pairs that holds text.
pub(super) fn each(bytes: &[u8], most: usize, all: &mut Vec<Unpacked>) {
    let mut at = 0;
    while let Some(start) = next_group(bytes, at) {
        let list = List::gather(bytes, start);
        at = list.end.max(start + 1);
        if list.decoded.len() >= MIN_BYTES
            && list.groups > 2
            && let Some(text) = text_of(&list.decoded, most)
        {
            all.push(Unpacked {
                start,
                end: list.end,
                text,
            });
        }
    }
}

/// Where the next pair may start a list: the first digit of a readable character is 2 to 7, and another group follows.
fn next_group(bytes: &[u8], from: usize) -> Option<usize> {
    const BLOCK: usize = 32;
    let may_start = |at: usize| {
        matches!(bytes[at], b'2'..=b'7')
            && (at == 0 || !bytes[at - 1].is_ascii_alphanumeric() || is_prefix(bytes, at))
            && group(bytes, at).is_some_and(|end| next_in_line(bytes, end).is_some())
    };
    let mut at = from;
    while at < bytes.len() {
        let block = &bytes[at..bytes.len().min(at + BLOCK)];
        let is_digit = |byte: &u8| matches!(byte, b'2'..=b'7');
        if block.iter().fold(false, |any, byte| any | is_digit(byte))
            && let Some(nth) = (0..block.len()).find(|nth| may_start(at + nth))
        {
            return Some(at + nth);
        }
        at += BLOCK;
    }
    None
}

/// Whether `0x`, `\x` or `%` stands before.
fn is_prefix(bytes: &[u8], at: usize) -> bool {
    at >= 2 && matches!(bytes[at - 1], b'x' | b'X') && matches!(bytes[at - 2], b'0' | b'\\')
}

/// The end of a group of two, four, eight or sixteen digits.
fn group(bytes: &[u8], at: usize) -> Option<usize> {
    let len = bytes[at..].iter().take(17).take_while(|byte| byte.is_ascii_hexdigit()).count();
    let ends = !bytes.get(at + len).is_some_and(u8::is_ascii_alphanumeric);
    (ends && matches!(len, 2 | 4 | 8 | 16)).then_some(at + len)
}

/// Where the next group of the same line starts.
fn next_in_line(bytes: &[u8], end: usize) -> Option<usize> {
    let gap = bytes[end..]
        .iter()
        .take(MAX_GAP + 1)
        .take_while(|byte| matches!(byte, b' ' | b',' | b':' | b';' | b'-' | b'\t' | b'\n' | b'\r' | b'"' | b'\''))
        .count();
    if !(1..=MAX_GAP).contains(&gap) {
        return None;
    }
    let at = end + gap;
    let prefix = match bytes.get(at..)? {
        [b'0' | b'\\', b'x' | b'X', ..] => 2,
        _ => 0,
    };
    group(bytes, at + prefix).map(|_| at + prefix)
}

/// Where the groups go on in the next line of a dump: behind an offset of at least four digits.
fn next_in_dump(bytes: &[u8], end: usize) -> Option<usize> {
    let line = bytes.get(end..bytes.len().min(end + MAX_LINE_GAP))?;
    let break_at = memchr::memchr(b'\n', line)?;
    let offset = &line[break_at + 1..];
    let digits = offset.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let gap = offset[digits..].iter().take_while(|byte| matches!(byte, b':' | b' ' | b'\t')).count();
    let at = end + break_at + 1 + digits + gap;
    ((4..=16).contains(&digits) && gap > 0 && group(bytes, at).is_some()).then_some(at)
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
        let mut next = Some(start);
        while let Some(at) = next {
            let Some(end) = group(bytes, at) else {
                break;
            };
            let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or_default() as u8;
            let pairs = bytes[at..end].chunks_exact(2);
            list.decoded.extend(pairs.map(|pair| digit(pair[0]) << 4 | digit(pair[1])));
            list.groups += 1;
            list.end = end;
            next = next_in_line(bytes, end).or_else(|| next_in_dump(bytes, end));
        }
        list
    }
}
