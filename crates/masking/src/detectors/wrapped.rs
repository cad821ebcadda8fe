//! A value that a line break cuts in two, read as one: terminals, mails and editors wrap long keys.

use std::ops::Range;

use super::secret::{changes, is_random};

/// Longest part of a value in one line, in bytes.
const MAX_PIECE: usize = 512;
/// Most line breaks inside one value.
const MAX_BREAKS: usize = 8;
/// Most spaces that a continued line is indented by.
const MAX_INDENT: usize = 8;

/// The text from some place on without the line breaks that cut a value.
pub(super) struct Unwrapped {
    joined: Vec<u8>,
    /// For each break: how many bytes are joined before it, and where the text goes on behind it.
    breaks: Vec<(usize, usize)>,
    start: usize,
}

impl Unwrapped {
    /// Reads the value whose first part is `part` of the text, across the line break at its end and those behind.
    /// `None` when what follows is other text. From `enough` bytes on the value could be whole, and only an
    /// unmistakable continuation is taken.
    pub(super) fn read(bytes: &[u8], part: Range<usize>, enough: usize) -> Option<Self> {
        let mut next = continuation(bytes, part.end, part.len() >= enough)?;
        let mut this = Self {
            joined: bytes[part.clone()].to_vec(),
            breaks: Vec::new(),
            start: part.start,
        };
        loop {
            this.breaks.push((this.joined.len(), next));
            let end = next + piece_len(bytes, next);
            this.joined.extend_from_slice(&bytes[next..end]);
            match continuation(bytes, end, this.joined.len() >= enough) {
                Some(at) if this.breaks.len() < MAX_BREAKS => next = at,
                _ => return Some(this),
            }
        }
    }

    /// The value and what follows it, without the breaks.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.joined
    }

    /// Where each line's part of the value ends in [`Self::bytes`].
    pub(super) fn piece_ends(&self) -> impl Iterator<Item = usize> {
        self.breaks
            .iter()
            .map(|(joined, _)| *joined)
            .chain([self.joined.len()])
    }

    /// Where in the text the byte before `joined_end` ends.
    pub(super) fn end_in_text(&self, joined_end: usize) -> usize {
        let (joined, text) = self
            .breaks
            .iter()
            .rev()
            .find(|(joined, _)| *joined < joined_end)
            .copied()
            .unwrap_or((0, self.start));
        text + joined_end - joined
    }
}

const fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/' | b'+' | b'=' | b'~' | b'%')
}

fn piece_len(bytes: &[u8], at: usize) -> usize {
    bytes[at..]
        .iter()
        .take(MAX_PIECE)
        .take_while(|b| is_key_byte(**b))
        .count()
}

/// Whether the line ends at `at`, or goes on in the next one behind a backslash.
pub(super) fn is_break(bytes: &[u8], at: usize) -> bool {
    matches!(bytes[at..], [b'\n' | b'\r', ..] | [b'\\', b'\n' | b'\r', ..])
}

/// Where the value goes on behind the line break at `at`.
fn continuation(bytes: &[u8], at: usize, whole: bool) -> Option<usize> {
    let rest = &bytes[at..];
    let line_break = match rest {
        [b'\r', b'\n', ..] => 2,
        [b'\n' | b'\r', ..] => 1,
        [b'\\', b'\r', b'\n', ..] => 3,
        [b'\\', b'\n', ..] => 2,
        _ => return None,
    };
    let indent = rest[line_break..]
        .iter()
        .take(MAX_INDENT)
        .take_while(|b| matches!(b, b' ' | b'\t' | b'>' | b'|'))
        .count();
    let next = at + line_break + indent;
    let piece = &bytes[next..next + piece_len(bytes, next)];
    goes_on(piece, ends_line(&bytes[next + piece.len()..]), whole).then_some(next)
}

/// Whether a line's first piece goes on with a value and is no word of its own.
fn goes_on(piece: &[u8], alone: bool, whole: bool) -> bool {
    match (whole, alone) {
        (false, true) => piece.len() >= 2 && (changes(piece) > 0 || piece.len() <= 8 || !is_word_list(piece)),
        (false, false) => is_random(piece),
        (true, true) => piece.len() >= 4 && is_random(piece),
        (true, false) => false,
    }
}

fn is_word_list(piece: &[u8]) -> bool {
    piece
        .iter()
        .all(|b| b.is_ascii_lowercase() || !b.is_ascii_alphanumeric())
}

/// Whether nothing but closing punctuation is left of the line.
fn ends_line(rest: &[u8]) -> bool {
    rest.iter()
        .take(4)
        .find(|b| {
            !matches!(
                b,
                b'"' | b'\'' | b'`' | b',' | b';' | b')' | b'}' | b']' | b' ' | b'\\'
            )
        })
        .is_none_or(|b| matches!(b, b'\n' | b'\r'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(text: &str, enough: usize) -> Option<String> {
        let first = text.find(['\n', '\r', '\\']).unwrap_or(text.len());
        let unwrapped = Unwrapped::read(text.as_bytes(), 0..first, enough)?;
        Some(String::from_utf8(unwrapped.bytes().to_vec()).unwrap())
    }

    #[test]
    fn a_cut_value_is_joined() {
        for text in [
            "k-abC1\ndE2f",
            "k-abC1\r\n   dE2f\n",
            "k-abC1\\\ndE2f\"\n",
            "k-ab\nC1\ndE2f",
            "k-abC1\n> dE2f",
        ] {
            assert_eq!(
                joined(text, usize::MAX).as_deref(),
                Some("k-abC1dE2f"),
                "{text:?}"
            );
        }
        let enough = joined("k-abC1\ndE2f\nthanks", 8);
        assert_eq!(enough.as_deref(), Some("k-abC1dE2f"));
        let whole = joined("k-abC1dE2f\nx7Yz9Q2w", 0);
        assert_eq!(whole.as_deref(), Some("k-abC1dE2fx7Yz9Q2w"));
    }

    #[test]
    fn ordinary_text_on_the_next_line_is_not() {
        for text in [
            "k-abC1\nThanks for this",
            "k-abC1\n\nx",
            "k-abC1\nconfiguration_name",
            "k-abC1\n",
            "k-abC1",
        ] {
            assert_eq!(joined(text, usize::MAX), None, "{text:?}");
        }
        for text in [
            "k-abC1dE2f\nThanks",
            "k-abC1dE2f\norder12345 is ready",
            "k-abC1dE2f\nx7Yz9Q2w is another",
        ] {
            assert_eq!(joined(text, 0), None, "{text:?}");
        }
    }

    #[test]
    fn ends_are_given_in_the_text() {
        let text = "k-abC1\r\n dE2f\nG3h";
        let unwrapped = Unwrapped::read(text.as_bytes(), 0..6, usize::MAX).unwrap();
        assert_eq!(unwrapped.end_in_text(6), 6);
        assert_eq!(&text[unwrapped.end_in_text(7) - 1..], "dE2f\nG3h");
        assert_eq!(unwrapped.end_in_text(13), text.len());
    }
}
