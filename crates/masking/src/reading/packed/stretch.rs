//! Base64 that is glued to other letters of its alphabet.

use super::base64::{decode, quad};
use super::bytes::text_of;

/// The longest stretch of a run that is base64 of text, whatever stands before and behind it, and what it says if its
/// last characters belong to it or not.
pub(super) fn stretch(run: &[u8], most: usize) -> Option<(usize, usize, (String, Option<String>))> {
    /// Groups of four characters that hold the least text.
    const LEAST: usize = 3;
    let mut best: Option<(usize, usize)> = None;
    for phase in 0..4_usize.min(run.len()) {
        if best == Some((0, run.len())) {
            break;
        }
        let packed = Packed(&run[phase..]);
        let groups = packed.0.len() / 4;
        let (mut group, mut floor) = (0, 0);
        while group + LEAST <= groups {
            // From the last of the least groups backwards: one that is no text is stepped over with all before it.
            let bad = (0..LEAST)
                .rev()
                .find(|nth| !quad(packed.0, (group + nth) * 4).is_some_and(is_part_of_text));
            if let Some(bad) = bad {
                group += bad + 1;
                continue;
            }
            let (from, to) = packed.text_around(group * 3, floor);
            if to - from >= LEAST * 3 {
                let (from, to) = (phase + from / 3 * 4, phase + (to * 4).div_ceil(3));
                if best.is_none_or(|(start, end)| to - from > end - start) {
                    best = Some((from, to));
                }
            }
            group = (to / 3).max(group) + 1;
            floor = to;
        }
    }
    let (from, to) = best?;
    let whole = to - (to - from) % 4;
    let text = text_of(&decode(&run[from..whole])?, most);
    let longer = (to > whole)
        .then(|| text_of(&decode(&run[from..to])?, most))
        .flatten();
    let texts = match (longer, text) {
        (Some(longer), text) => {
            let other = text.filter(|text| *text != longer);
            (longer, other)
        }
        (None, text) => (text?, None),
    };
    Some((from, if run.len() - to == 1 { run.len() } else { to }, texts))
}

/// A run of base64 from a phase on, by its bytes.
struct Packed<'a>(&'a [u8]);

impl Packed<'_> {
    fn byte(&self, at: usize) -> Option<u8> {
        let group = at / 3 * 4;
        if let Some(bytes) = quad(self.0, group) {
            return Some(bytes[at % 3]);
        }
        let rest = self.0.get(group..)?;
        decode(rest)?.get(at % 3).copied()
    }

    /// Bytes of the readable character at `at`.
    fn character(&self, at: usize) -> Option<usize> {
        let first = self.byte(at)?;
        let len = match first {
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => return is_readable(first).then_some(1),
        };
        let mut bytes = [first; 4];
        for (nth, byte) in bytes.iter_mut().enumerate().take(len).skip(1) {
            *byte = self.byte(at + nth)?;
        }
        let char = std::str::from_utf8(&bytes[..len]).ok()?.chars().next()?;
        (!char.is_control()).then_some(len)
    }

    /// The text that the byte `at` lies in, from `floor` on.
    fn text_around(&self, at: usize, floor: usize) -> (usize, usize) {
        let is_inner = |at: &usize| self.byte(*at).is_some_and(|byte| byte & 0xc0 == 0x80);
        let mut from = at.max(floor);
        from += (from..from + 3).take_while(is_inner).count();
        let mut to = from;
        while let Some(len) = self.character(to) {
            to += len;
        }
        let before = |from: usize| {
            let fits = |len: &usize| from >= floor + len && self.character(from - len) == Some(*len);
            (1..=4).find(fits)
        };
        while to > from
            && let Some(len) = before(from)
        {
            from -= len;
        }
        (from, to)
    }
}

/// Whether three bytes may stand in a text, with parts of characters at their ends.
fn is_part_of_text(bytes: [u8; 3]) -> bool {
    let is_inner = |byte: u8| matches!(byte, 0x80..=0xbf);
    let is_first = |byte: u8| matches!(byte, 0xc2..=0xf4);
    let follows = |before: u8, byte: u8| match is_inner(byte) {
        true => !before.is_ascii(),
        false => !is_first(before),
    };
    bytes
        .iter()
        .all(|byte| is_readable(*byte) || is_inner(*byte) || is_first(*byte))
        && follows(bytes[0], bytes[1])
        && follows(bytes[1], bytes[2])
}

/// ASCII that texts are written in; NUL is half of UTF-16, terminals have sequences from ESC to BEL.
const fn is_readable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t' | 0 | 0x1b | 7)
}
