//! Hexadecimal groups with colons between: IPv6 (RFC 4291, 2.2) and hardware addresses.

use super::super::text::{follows_template_head, is_escaped_percent, is_word};
use super::Place;

/// An IPv6 address has eight (RFC 4291, 2.2).
const MAX_GROUPS: usize = 8;

/// Groups that stand on their own.
pub(super) struct Groups {
    pub(super) place: Place,
    values: [u16; MAX_GROUPS],
    count: usize,
    /// After how many groups `::` stands.
    gap: Option<usize>,
    pairs_only: bool,
}

impl Groups {
    /// Six or eight pairs (EUI-48, EUI-64).
    pub(super) fn is_hardware(&self) -> bool {
        self.pairs_only && self.gap.is_none() && matches!(self.count, 6 | 8)
    }

    /// The groups as an IPv6 address.
    pub(super) fn v6(&self) -> Option<[u16; MAX_GROUPS]> {
        match self.gap {
            None => (self.count == MAX_GROUPS).then_some(self.values),
            Some(_) if self.count >= MAX_GROUPS => None,
            Some(gap) => {
                let mut all = [0; MAX_GROUPS];
                all[..gap].copy_from_slice(&self.values[..gap]);
                let rest = self.count - gap;
                all[MAX_GROUPS - rest..].copy_from_slice(&self.values[gap..self.count]);
                Some(all)
            }
        }
    }
}

/// The groups around `colon`, the first of their colons; `None` at any later one.
pub(super) fn groups(text: &str, colon: usize) -> Option<Groups> {
    let bytes = text.as_bytes();
    let start = first_group(text, colon)?;
    let mut groups = Groups {
        place: Place { start, end: start },
        values: [0; MAX_GROUPS],
        count: 0,
        gap: None,
        pairs_only: true,
    };
    let mut at = start;
    loop {
        let digits = hex_digits(&bytes[at..]);
        if digits > 4 || digits > 0 && groups.count == MAX_GROUPS {
            return None;
        }
        if digits > 0 {
            groups.values[groups.count] = hex_value(&bytes[at..at + digits]);
            groups.count += 1;
            groups.pairs_only &= digits == 2;
            at += digits;
            groups.place.end = at;
        }
        match (bytes.get(at), bytes.get(at + 1)) {
            (Some(b':'), Some(b':')) if groups.gap.is_none() => {
                groups.gap = Some(groups.count);
                at += 2;
                groups.place.end = at;
            }
            (Some(b':'), Some(next)) if digits > 0 && next.is_ascii_hexdigit() => at += 1,
            _ => break,
        }
    }
    let is_behind_head = bytes.get(at) == Some(&b'_') && follows_template_head(text, start);
    (is_behind_head || ends_alone(bytes, at)).then_some(groups)
}

fn first_group(text: &str, colon: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let digits = bytes[..colon]
        .iter()
        .rev()
        .take(5)
        .take_while(|b| b.is_ascii_hexdigit())
        .count();
    let start = colon - digits;
    let alone = start == 0
        || !(is_word(bytes[start - 1]) || matches!(bytes[start - 1], b':' | b'.'))
        || follows_template_head(text, start);
    let opens = digits > 0 || bytes.get(colon + 1) == Some(&b':');
    (digits <= 4 && alone && opens && !is_escaped_percent(text, start)).then_some(start)
}

fn ends_alone(bytes: &[u8], end: usize) -> bool {
    match bytes.get(end) {
        Some(b':') => false,
        Some(b'.') => !bytes.get(end + 1).is_some_and(u8::is_ascii_digit),
        Some(byte) => !is_word(*byte),
        None => true,
    }
}

pub(super) fn hex_digits(bytes: &[u8]) -> usize {
    bytes.iter().take(5).take_while(|b| b.is_ascii_hexdigit()).count()
}

fn hex_value(digits: &[u8]) -> u16 {
    digits.iter().fold(0, |value, digit| {
        let digit = match digit {
            b'0'..=b'9' => digit - b'0',
            letter => (letter | 0x20) - b'a' + 10,
        };
        value << 4 | u16::from(digit)
    })
}
