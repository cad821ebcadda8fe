//! Between a string's text and its escaped form; works on strings that the tape has already checked.

use super::scan::next_stop;
use std::borrow::Cow;

use memchr::memchr;

/// The text of a string's inside (without its quotes); half a surrogate pair, where a tape lets it pass, becomes
/// the replacement character.
pub(crate) fn unescape(source: &str) -> Cow<'_, str> {
    let Some(first) = memchr(b'\\', source.as_bytes()) else {
        return Cow::Borrowed(source);
    };
    // Code and nested JSON hold an escape every few bytes: whole words are written, and what is behind an escape
    // is written over. The text is never longer than its source.
    let bytes = source.as_bytes();
    let mut text = vec![0; bytes.len()];
    text[..first].copy_from_slice(&bytes[..first]);
    let (mut from, mut to) = (first, first);
    while from < bytes.len() {
        let word = bytes[from..].first_chunk::<8>();
        if let (Some(word), Some(room)) = (word, text[to..].first_chunk_mut::<8>()) {
            *room = *word;
            let plain = backslash_in(*word);
            (from, to) = (from + plain, to + plain);
            if plain == 8 {
                continue;
            }
        } else if bytes[from] != b'\\' {
            text[to] = bytes[from];
            (from, to) = (from + 1, to + 1);
            continue;
        }
        if let Some(byte) = short_escape(bytes[from + 1]) {
            text[to] = byte;
            (from, to) = (from + 2, to + 1);
            continue;
        }
        let (character, length) = escape_at(source, from);
        to += character.encode_utf8(&mut text[to..]).len();
        from += length;
    }
    text.truncate(to);
    Cow::Owned(String::from_utf8(text).expect("whole characters of a string and of its escapes"))
}

/// Index of the first backslash, or 8.
fn backslash_in(word: [u8; 8]) -> usize {
    // The lowest bit of each byte: eight bytes are compared in one step.
    const ONES: u64 = 0x0101_0101_0101_0101;
    let differs = u64::from_le_bytes(word) ^ (ONES * 0x5c);
    let hits = differs.wrapping_sub(ONES) & !differs & (ONES * 0x80);
    hits.trailing_zeros() as usize / 8
}

/// Where the first surrogate without its other half stands; it is written in six bytes.
pub(crate) fn lone_surrogate(source: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(run) = memchr(b'\\', &source.as_bytes()[at..]) {
        at += run;
        let (character, length) = escape_at(source, at);
        let is_half = matches!(source.as_bytes().get(at + 2), Some(b'd' | b'D'));
        if is_half && character == char::REPLACEMENT_CHARACTER {
            return Some(at);
        }
        at += length;
    }
    None
}

/// The character that the escape at `at` stands for, and the escape's length.
fn escape_at(source: &str, at: usize) -> (char, usize) {
    if let Some(byte) = source.as_bytes().get(at + 1).copied().and_then(short_escape) {
        return (char::from(byte), 2);
    }
    let unit = |at: usize| {
        let digits = source.get(at + 2..at + 6).unwrap_or_default();
        u32::from_str_radix(digits, 16).unwrap_or_default()
    };
    let high = unit(at);
    if let Some(character) = char::from_u32(high) {
        return (character, 6);
    }
    let low = unit(at + 6);
    let paired = high < 0xdc00 && (0xdc00..0xe000).contains(&low);
    if !paired || source.as_bytes().get(at + 6..at + 8) != Some(br"\u") {
        return (char::REPLACEMENT_CHARACTER, 6);
    }
    let code = 0x1_0000 + ((high & 0x3ff) << 10) + (low & 0x3ff);
    (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 12)
}

/// The character of an escape of two bytes, by its second byte; 0 where there is no such escape.
///
/// A table, because which escape comes next cannot be predicted.
const SHORT_ESCAPES: [u8; 256] = {
    let mut table = [0; 256];
    let pairs = *b"\"\"\\\\//b\x08f\x0cn\nr\rt\t";
    let mut at = 0;
    while at < pairs.len() {
        table[pairs[at] as usize] = pairs[at + 1];
        at += 2;
    }
    table
};

/// The character of an escape of two bytes.
pub(super) const fn short_escape(byte: u8) -> Option<u8> {
    match SHORT_ESCAPES[byte as usize] {
        0 => None,
        character => Some(character),
    }
}

/// Appends `text` as the inside of a JSON string: only what must be escaped is.
pub(crate) fn escape_into(text: &str, out: &mut String) {
    let mut from = 0;
    loop {
        let at = next_stop(text.as_bytes(), from);
        out.push_str(&text[from..at]);
        let Some(&byte) = text.as_bytes().get(at) else {
            return;
        };
        let short = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            8 => "\\b",
            12 => "\\f",
            _ => "",
        };
        out.push_str(short);
        if short.is_empty() {
            out.push_str("\\u00");
            for digit in [byte >> 4, byte & 15] {
                out.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
            }
        }
        from = at + 1;
    }
}

/// Finds where offsets in a string's text stand in its escaped form, for offsets that only grow.
///
/// An offset inside an escaped character counts as the end of that escape.
pub(crate) struct Offsets<'t> {
    source: &'t str,
    at: usize,
    decoded: usize,
}

impl<'t> Offsets<'t> {
    pub(crate) const fn new(source: &'t str) -> Self {
        Self {
            source,
            at: 0,
            decoded: 0,
        }
    }

    /// Where the text's byte `offset` stands in the escaped form; the end for an offset behind the text.
    pub(crate) fn advance(&mut self, offset: usize) -> usize {
        while self.decoded < offset && self.at < self.source.len() {
            // No further than the offset needs, or many edits of one long text would each search all of it.
            let plain = (offset - self.decoded).min(self.source.len() - self.at);
            match memchr(b'\\', &self.source.as_bytes()[self.at..self.at + plain]) {
                Some(run) => {
                    let (character, length) = escape_at(self.source, self.at + run);
                    self.at += run;
                    self.decoded += run;
                    if self.decoded < offset {
                        self.at += length;
                        self.decoded += character.len_utf8();
                    }
                }
                None => {
                    self.at += plain;
                    self.decoded += plain;
                }
            }
        }
        self.at
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_escape_has_its_character() {
        let source = r#"a\"\\\/\b\f\n\r\t\u00e9\u4e2d\ud83d\ude00z"#;
        assert_eq!(unescape(source), "a\"\\/\u{8}\u{c}\n\r\t\u{e9}\u{4e2d}\u{1f600}z");
        assert!(matches!(unescape("plain"), Cow::Borrowed("plain")));
    }

    #[test]
    fn half_a_pair_is_found_and_never_read_past() {
        for (source, at) in [
            (r"a\ud83d", Some(1)),
            (r"\ud83dabcdef", Some(0)),
            (r"\n\ude00\ud83d", Some(2)),
            (r"\ud83d\ude00\ud83d\u0041", Some(12)),
            (r"\ud83d\ude00\uFFFD\ufffd", None),
            ("\u{fffd}", None),
        ] {
            assert_eq!(lone_surrogate(source), at, "{source}");
        }
        assert_eq!(
            unescape("\\ud83d\u{e9}\u{e9}\u{e9}\u{e9}"),
            "\u{fffd}\u{e9}\u{e9}\u{e9}\u{e9}"
        );
    }

    #[test]
    fn offsets_follow_the_escapes() {
        let source = r"\u0041b\ud83d\ude00c\n";
        let text = unescape(source);
        for (offset, expected) in [(0, 0), (1, 6), (2, 7), (6, 19), (7, 20), (8, 22), (99, 22)] {
            assert_eq!(
                Offsets::new(source).advance(offset),
                expected,
                "{offset} in {text}"
            );
        }
    }

    proptest! {
        #[test]
        fn escaping_is_what_the_standard_library_of_json_reads(text in any::<String>()) {
            let mut escaped = String::new();
            escape_into(&text, &mut escaped);
            let read: String = serde_json::from_str(&format!("\"{escaped}\"")).unwrap();
            prop_assert_eq!(&read, &text);
            prop_assert_eq!(unescape(&escaped), text);
        }

        #[test]
        fn offsets_cut_the_source_into_the_pieces_of_the_text(text in "[a\"\\\\\u{e9}\u{1f600}\n]{0,24}", ascii in any::<bool>()) {
            let source = if ascii {
                text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect()
            } else {
                let mut escaped = String::new();
                escape_into(&text, &mut escaped);
                escaped
            };
            let mut offsets = Offsets::new(&source);
            let mut from = 0;
            for (at, character) in text.char_indices() {
                prop_assert_eq!(offsets.advance(at), from);
                from = Offsets::new(&source).advance(at + character.len_utf8());
                prop_assert_eq!(unescape(&source[Offsets::new(&source).advance(at)..from]), character.to_string());
            }
            prop_assert_eq!(offsets.advance(text.len()), source.len());
        }
    }
}
