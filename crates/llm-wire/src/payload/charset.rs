//! Text in bytes: UTF-8, UTF-16 of either order, and the encodings that were used before them.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{ISO_2022_JP, UTF_8, WINDOWS_1252};

/// How much is read to guess an old encoding.
const GUESSED_BYTES: usize = 64 << 10;

/// How a text is written in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Charset {
    Utf8,
    Utf16 { big: bool },
    Old(&'static encoding_rs::Encoding),
}

impl Charset {
    /// The bytes of a text that was read in this charset; ASCII may have been added.
    pub(super) fn encode(self, text: &str) -> Cow<'_, [u8]> {
        match self {
            Self::Utf8 => Cow::Borrowed(text.as_bytes()),
            Self::Utf16 { big: true } => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Self::Utf16 { big: false } => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Self::Old(encoding) => encoding.encode(text).0,
        }
    }
}

/// What bytes are.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// Text, and how it is written; the mark of its byte order is part of it.
    Text(String, Charset),
    /// Like text, in a form that could not be written back.
    Unwritable,
    NotText,
}

/// Reads text that may hold stray control bytes.
pub(super) fn read(bytes: &[u8]) -> Read {
    if bytes.is_empty() {
        return Read::NotText;
    }
    let share = Share::of(bytes);
    if share.broken == 0 && share.controls * 10 <= bytes.len() {
        return utf_8(bytes);
    }
    if let Some(big) = utf_16_order(bytes) {
        return utf_16(bytes, big);
    }
    if share.wide >= share.broken && share.is_text(bytes.len(), 85) {
        return Read::Unwritable;
    }
    if share.controls * 100 > bytes.len().max(100) {
        return Read::NotText;
    }
    old(bytes, share.printable)
}

/// Whether bytes may go on as a text, by the first of them.
pub(super) fn may_be_text(head: &[u8]) -> bool {
    let share = Share::of(head);
    // A character may be cut at the end.
    share.is_text(head.len(), 85) || share.controls * 50 <= head.len().max(50) || utf_16_order(head).is_some()
}

/// Whether bytes are nothing but text, of more than a few letters.
pub(super) fn is_surely_text(bytes: &[u8]) -> bool {
    let mut seen = [false; 256];
    bytes.iter().for_each(|byte| seen[usize::from(*byte)] = true);
    let letters = seen.iter().filter(|seen| **seen).count();
    letters >= 12 && (Share::of(bytes).is_text(bytes.len(), 95) || utf_16_order(bytes).is_some())
}

/// Whether more of the bytes is text than chance would make of random ones, or a part of them is.
pub(crate) fn is_mostly_text(bytes: &[u8]) -> bool {
    const LONG_RUN: usize = 64;
    // Of random bytes less than half is printable, of few by chance more.
    let percent = if bytes.len() < 128 { 75 } else { 66 };
    let printable = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r');
    let longest = bytes.split(|byte| !printable(byte)).map(<[u8]>::len).max();
    longest.unwrap_or_default() >= LONG_RUN
        || Share::of(bytes).is_text(bytes.len(), percent)
        || utf_16_order(bytes).is_some()
        || is_long_utf_16(bytes)
        || match read(bytes) {
            // A few random bytes can be letters of an old encoding.
            Read::Text(_, Charset::Old(_)) => bytes.len() >= 128,
            Read::Text(..) => true,
            Read::Unwritable | Read::NotText => false,
        }
}

/// How much of some bytes is what.
struct Share {
    /// Bytes of characters that are seen, white space included.
    printable: usize,
    controls: usize,
    /// Characters of several bytes, as UTF-8 has them.
    wide: usize,
    /// Sequences that are no UTF-8.
    broken: usize,
}

impl Share {
    fn of(bytes: &[u8]) -> Self {
        let mut share = Self {
            printable: 0,
            controls: 0,
            wide: 0,
            broken: 0,
        };
        for chunk in bytes.utf8_chunks() {
            for c in chunk.valid().chars() {
                match c {
                    '\t' | '\n' | '\r' | '\u{c}' | '\u{1b}' => share.printable += 1,
                    c if c.is_control() => share.controls += c.len_utf8(),
                    c => {
                        share.printable += c.len_utf8();
                        share.wide += usize::from(!c.is_ascii());
                    }
                }
            }
            share.broken += usize::from(!chunk.invalid().is_empty());
        }
        share
    }

    fn is_text(&self, bytes: usize, percent: usize) -> bool {
        bytes > 0 && self.printable * 100 >= bytes * percent
    }
}

fn utf_8(bytes: &[u8]) -> Read {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Read::Unwritable;
    };
    // Japanese in seven bits: letters behind an escape are characters.
    if memchr::memchr(0x1b, bytes).is_some() && guess(bytes) == ISO_2022_JP {
        return old(bytes, bytes.len());
    }
    Read::Text(text.to_owned(), Charset::Utf8)
}

/// The byte order, where nearly all units are characters in use. Without a mark, one in sixteen must be ASCII: what has
/// fewer zeros would be a guess.
fn utf_16_order(bytes: &[u8]) -> Option<bool> {
    let marked = match bytes {
        [0xfe, 0xff, ..] => Some(true),
        [0xff, 0xfe, ..] => Some(false),
        _ => None,
    };
    let units = bytes.len() / 2;
    let used = |big: bool| Some((units_in_use(bytes, big), big)).filter(|(used, _)| used * 10 >= units * 9);
    if let Some(big) = marked {
        return used(big).map(|_| big).filter(|_| units > 1);
    }
    let is_plain = |big: &bool| zeros(bytes, *big) * 16 >= units.max(32);
    let orders = [false, true].into_iter().filter(is_plain);
    orders
        .filter_map(used)
        .max_by_key(|(used, _)| *used)
        .map(|(_, big)| big)
}

fn units_in_use(bytes: &[u8], big: bool) -> usize {
    let units = bytes.chunks_exact(2);
    units.filter(|unit| is_in_use(unit_of(unit, big))).count()
}

/// Units that are one byte wide.
fn zeros(bytes: &[u8], big: bool) -> usize {
    bytes
        .chunks_exact(2)
        .filter(|unit| unit_of(unit, big) < 0x100)
        .count()
}

/// As [`utf_16_order`], by the letters of all languages alone: sure only in a text of some length.
fn is_long_utf_16(bytes: &[u8]) -> bool {
    let units = bytes.len() / 2;
    units >= 32
        && [false, true]
            .iter()
            .any(|big| units_in_use(bytes, *big) * 20 >= units * 19)
}

fn unit_of(unit: &[u8], big: bool) -> u16 {
    let unit = [unit[0], unit[1]];
    if big {
        u16::from_be_bytes(unit)
    } else {
        u16::from_le_bytes(unit)
    }
}

/// White space, and blocks of Unicode that languages of today are written in.
const fn is_in_use(unit: u16) -> bool {
    matches!(unit,
        0x9 | 0xa | 0xd | 0x1b | 0x20..=0x7e | 0xa0..=0x52f | 0x590..=0x6ff | 0x900..=0xdff | 0xe00..=0xe7f
        | 0x1e00..=0x206f | 0x20a0..=0x20bf | 0x2190..=0x21ff | 0x3000..=0x30ff | 0x4e00..=0x9fff
        | 0xac00..=0xdfff | 0xfeff | 0xff00..=0xffef)
}

fn utf_16(bytes: &[u8], big: bool) -> Read {
    let units = bytes.chunks_exact(2);
    if !units.remainder().is_empty() {
        return Read::Unwritable;
    }
    match char::decode_utf16(units.map(|unit| unit_of(unit, big))).collect::<Result<String, _>>() {
        Ok(text) => Read::Text(text, Charset::Utf16 { big }),
        Err(_) => Read::Unwritable,
    }
}

fn guess(bytes: &[u8]) -> &'static encoding_rs::Encoding {
    let first = bytes.iter().position(|byte| *byte >= 0x80 || *byte == 0x1b);
    let from = first.unwrap_or_default();
    let part = &bytes[from..bytes.len().min(from + GUESSED_BYTES)];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(part, part.len() == bytes.len() - from);
    detector.guess(None, Utf8Detection::Deny)
}

/// Text of an encoding before Unicode, where it reads and writes back the same.
fn old(bytes: &[u8], printable: usize) -> Read {
    let encoding = guess(bytes);
    // Any byte is a letter in it, so that most must be plain ones.
    let is_plain = printable * 10 >= bytes.len() * 7;
    if encoding == UTF_8 || encoding == WINDOWS_1252 && !is_plain {
        return Read::NotText;
    }
    match encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) if *encoding.encode(&text).0 == *bytes => {
            Read::Text(text.into_owned(), Charset::Old(encoding))
        }
        Some(_) => Read::Unwritable,
        None if is_plain => Read::Unwritable,
        None => Read::NotText,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was read, once it was written back.
    fn text_of(bytes: &[u8]) -> Option<String> {
        match read(bytes) {
            Read::Text(text, charset) => {
                assert_eq!(*charset.encode(&text), *bytes);
                Some(text)
            }
            _ => None,
        }
    }

    fn utf_16(text: &str, big: bool) -> Vec<u8> {
        Charset::Utf16 { big }.encode(text).into_owned()
    }

    #[test]
    fn texts_of_every_kind_are_read_and_written_back() {
        for text in [
            "Alice, alice@corp.com",
            "\u{feff}with a mark",
            "one \u{1} stray control byte",
            "\u{738b}\u{5c0f}\u{660e} \u{43f}\u{440}\u{438}\u{432}\u{435}\u{442}",
            "\u{1b}[1mbold\u{1b}[0m",
        ] {
            assert_eq!(text_of(text.as_bytes()).as_deref(), Some(text));
            for big in [false, true] {
                let marked = format!("\u{feff}{text}");
                assert_eq!(text_of(&utf_16(&marked, big)), Some(marked));
            }
        }
        for big in [false, true] {
            for text in [
                "Alice Smith, alice@corp.com",
                "Name: \u{738b}\u{5c0f}\u{660e}, Shanghai",
            ] {
                assert_eq!(text_of(&utf_16(text, big)).as_deref(), Some(text), "{big}");
            }
        }
        let german = b"Sehr geehrte Frau M\xfcller, die Stra\xdfe ist gesperrt";
        assert!(text_of(german).unwrap().contains("M\u{fc}ller"));
        let russian = encoding_rs::WINDOWS_1251
            .encode(
                "\u{417}\u{434}\u{440}\u{430}\u{432}\u{441}\u{442}\u{432}\u{443}\u{439}\u{442}\u{435}, \
                     \u{418}\u{432}\u{430}\u{43d} \u{41f}\u{435}\u{442}\u{440}\u{43e}\u{432}",
            )
            .0
            .into_owned();
        assert!(
            text_of(&russian)
                .unwrap()
                .contains("\u{418}\u{432}\u{430}\u{43d}")
        );
        let chinese = encoding_rs::GBK
            .encode("\u{59d3}\u{540d}\u{ff1a}\u{738b}\u{5c0f}\u{660e}\u{ff0c}\u{7535}\u{8bdd}")
            .0
            .into_owned();
        assert!(text_of(&chinese).unwrap().contains("\u{738b}\u{5c0f}\u{660e}"));
        let japanese = ISO_2022_JP
            .encode("\u{540d}\u{524d}: \u{5c71}\u{7530}\u{592a}\u{90ce}")
            .0
            .into_owned();
        assert!(text_of(&japanese).unwrap().contains("\u{5c71}\u{7530}"));
    }

    #[test]
    fn what_cannot_be_written_back_is_no_text_to_write_in() {
        let mut cut = utf_16("Alice Smith in an old encoding", false);
        cut.push(b'x');
        assert_eq!(read(&cut), Read::Unwritable);
        assert_eq!(
            read(b"Name: M\xc3\xbcller \xff and so on, and on"),
            Read::Unwritable
        );
    }

    #[test]
    fn random_bytes_are_no_text() {
        for seed in 1..200_u64 {
            let bytes = noise(seed, 96);
            assert_eq!(read(&bytes), Read::NotText, "{seed}");
            assert!(!is_mostly_text(&bytes), "{seed}");
        }
        assert_eq!(read(b""), Read::NotText);
        assert!(is_mostly_text(b"Alice Smith lives in Hill Street 12"));
        assert!(is_mostly_text(&utf_16(
            "Alice Smith lives in Hill Street 12",
            true
        )));
    }

    fn noise(seed: u64, length: usize) -> Vec<u8> {
        let mut state = seed;
        std::iter::repeat_with(|| {
            state = state
                .wrapping_mul(0x5851_f42d_4c95_7f2d)
                .wrapping_add(0x1405_7b7e_f767_814f);
            (state >> 56) as u8
        })
        .take(length)
        .collect()
    }
}
