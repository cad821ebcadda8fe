//! Whether a word that wakes can be a label at all: a few bytes and one look-up tell most that can't.

use super::words::MAX_WORD;
use crate::ByteSpan;
use crate::fields::lexicon::{Holding, Lexicon};

/// The word at `at`, of ASCII, if phrases hold it: whole, or without the word for a number behind it. Most that wakes is a
/// part of another word, which a few bytes and one look-up tell.
pub(super) fn waking_word(text: &str, start: usize, at: usize) -> Option<(ByteSpan, Holding)> {
    let bytes = text.as_bytes();
    let lexicon = Lexicon::shared();
    let last = at.checked_sub(1).map(|last| bytes[last]);
    let is_glued = last.is_some_and(|last| {
        last.is_ascii_alphabetic() && !(last.is_ascii_lowercase() && bytes[at].is_ascii_uppercase())
    });
    if is_glued && !lexicon.may_be_glued(start) {
        return None;
    }
    let mut letters = [0; MAX_WORD];
    let mut len = 0;
    while let Some(byte) = bytes.get(at + len).filter(|b| b.is_ascii_alphabetic()) {
        let is_hump = len > 0 && byte.is_ascii_uppercase() && bytes[at + len - 1].is_ascii_lowercase();
        if is_hump || len == MAX_WORD {
            break;
        }
        letters[len] = byte.to_ascii_lowercase();
        len += 1;
    }
    let word = std::str::from_utf8(&letters[..len]).ok()?;
    let known = |word: &str| {
        lexicon
            .holding(word)
            .filter(|holding| holding.may_be_glued || !is_glued)
    };
    // `D.O.B.`, and words with letters that are not ASCII.
    let is_other = bytes
        .get(at + len)
        .is_some_and(|b| *b == b'.' && len == 1 || !b.is_ascii());
    if is_other && let Some(whole) = lexicon.words_at(text, start, at).find(|word| word.len() > len) {
        // Rare enough to be looked at whatever follows.
        let any = Holding {
            is_alone: true,
            reach: 2,
            is_said: true,
            ..Holding::default()
        };
        return Some((whole, any));
    }
    if let Some(holding) = known(word) {
        return Some((ByteSpan::new(at, at + len), holding));
    }
    let ends: &[&str] = match letters[..len].last()? {
        b's' => &["s", "ids", "nos", "numbers"],
        b'r' => &["number", "nr", "nummer"],
        b'o' => &["no", "numero"],
        b'd' => &["id"],
        b'm' => &["num"],
        b'n' => &["nummern"],
        _ => return None,
    };
    let stems = ends
        .iter()
        .filter_map(|end| word.strip_suffix(*end))
        .filter(|stem| stem.len() > 1);
    let (stem, holding) = stems.into_iter().find_map(|stem| Some((stem, known(stem)?)))?;
    Some((ByteSpan::new(at, at + stem.len()), holding))
}

impl Holding {
    /// Whether the word behind `word` may be one of a phrase with it, by its first letter.
    pub(super) fn may_go_on(self, bytes: &[u8], word: ByteSpan) -> bool {
        let next = match bytes[word.end..] {
            // `Acct. No.`
            [b'.', b' ' | b'-', next, ..] => next,
            [mark, next, ..] if is_between(mark) => next,
            [next, ..] => next,
            [] => return false,
        };
        // One that is not ASCII may be a mark of its own.
        !next.is_ascii() || self.behind.has(next)
    }

    /// The same of the word before it, by its last letter.
    pub(super) fn may_come_later(self, bytes: &[u8], word: ByteSpan) -> bool {
        let last = match bytes[..word.start] {
            [.., last, mark] if is_between(mark) => last,
            [.., last] => last,
            [] => return false,
        };
        !last.is_ascii() || self.before.has(last)
    }

    fn has_company(self, bytes: &[u8], word: ByteSpan) -> bool {
        self.may_go_on(bytes, word) || self.may_come_later(bytes, word)
    }

    /// Whether what follows a word that is held may follow a label, or another word of it.
    pub(super) fn may_follow(self, bytes: &[u8], word: ByteSpan) -> bool {
        if !self.is_alone && !self.has_company(bytes, word) {
            return false;
        }
        let is_joined = self.reach > 0;
        match bytes[word.end..] {
            // `PASSWORD('...')` of SQL.
            [b'(', b'\'' | b'"', ..] => true,
            [
                b'(' | b';' | b'!' | b'+' | b'&' | b'%' | b'~' | b'{' | b'}' | b'?',
                ..,
            ] => false,
            [b')' | b',', ..] => self.is_near,
            [b'.', next, ..] if next.is_ascii_alphanumeric() => is_joined,
            // In a sentence, what follows neither the phrase nor a form is no value: names have capitals, numbers digits.
            [b' ', next, ..] if next.is_ascii_lowercase() => {
                self.is_said
                    || self.is_near
                    || self.has_company(bytes, word)
                    || bytes[..word.start].ends_with(b"-")
            }
            // `Mieter 1:`
            [b' ', b'1'..=b'9', b':', ..] => true,
            [b' ', next, ..] if next.is_ascii_alphanumeric() => is_joined || self.is_said || self.is_near,
            _ => true,
        }
    }
}

/// Whether the mark may stand between words of a phrase.
const fn is_between(mark: u8) -> bool {
    matches!(mark, b' ' | b'_' | b'-' | b'.' | b'\'' | b'/')
}
