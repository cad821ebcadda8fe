//! Base64 as lenient readers take it: either alphabet, wrapped at any width, padded or not.

use std::borrow::Cow;
use std::sync::LazyLock;

use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD, Encoding, Specification};

use super::charset::{self, Charset};
use super::kind;

/// A shorter string that is neither text in base64 nor known by its first bytes is taken for a word.
const SHORT: usize = 12;
/// Up to here, a string of letters may be a name written in one word.
const LONGEST_WORD: usize = 256;
/// How much is looked at to tell what bytes are.
const HEAD_BASE64_BYTES: usize = 8192;
/// How much of it is looked at in each of a few places behind the head.
const WINDOW_BASE64_BYTES: usize = 512;
const WINDOWS: usize = 5;

/// Takes both alphabets, and bits behind the last byte as they are.
static LENIENT: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification
        .symbols
        .push_str("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    specification.translate.from.push_str("-_");
    specification.translate.to.push_str("+/");
    specification.check_trailing_bits = false;
    specification.encoding().expect("a constant that a test reads")
});

/// How an encoded document is written: alphabet, padding and character set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spelling {
    url_alphabet: bool,
    padded: bool,
    charset: Charset,
}

impl Spelling {
    /// A document's text in this spelling.
    pub(crate) fn encode(self, text: &str) -> String {
        let encoding = match (self.url_alphabet, self.padded) {
            (false, true) => BASE64,
            (false, false) => BASE64_NOPAD,
            (true, true) => BASE64URL,
            (true, false) => BASE64URL_NOPAD,
        };
        encoding.encode(&self.charset.encode(text))
    }
}

/// A string that is base64 to some reader.
pub(super) struct Packed<'t> {
    /// Letters of either alphabet only.
    letters: Cow<'t, str>,
    padded: bool,
    /// Holds other bytes than letters, padding and white space.
    is_dirty: bool,
}

impl<'t> Packed<'t> {
    /// `None` for names and sentences.
    pub(super) fn read(text: &'t str) -> Option<Self> {
        let unpadded = text.trim_end_matches('=');
        let padding = text.len() - unpadded.len();
        if padding <= 2 && unpadded.bytes().all(is_letter) {
            let packed = Self {
                padded: padding > 0 || unpadded.len().is_multiple_of(4),
                letters: Cow::Borrowed(unpadded),
                is_dirty: false,
            };
            let is_word = padding == 0 && is_word(unpadded) && !packed.holds_words();
            return (!is_word).then_some(packed);
        }
        let packed = Self::gather(text);
        let other = text.len() - packed.letters.len();
        let is_base64 = if let Some(place) = url_place(text) {
            // Its path and its query may be anything but a file, which readers find behind the scheme too.
            kind::is_known(&packed.head()) || kind::is_known(&Self::gather(place).head())
        } else if other * 16 <= text.len() {
            !is_prose(&packed.letters)
        } else {
            // So many other bytes are a sentence, unless what is left begins like nothing but a file.
            kind::is_known(&packed.head())
        };
        is_base64.then_some(packed)
    }

    /// What looks like a word decodes to words: whoever reads the payload sees those.
    fn holds_words(&self) -> bool {
        let bytes = self.head();
        let is_letters = |text: &str| text.chars().all(|c| c.is_alphanumeric() || c == ' ');
        self.letters.len().is_multiple_of(4) && std::str::from_utf8(&bytes).is_ok_and(is_letters)
    }

    /// What a reader takes that drops all other bytes.
    fn gather(text: &str) -> Self {
        let unpadded = text.trim_end_matches('=');
        let padding = text.len() - unpadded.len();
        let letters: String = text
            .bytes()
            .filter(|byte| is_letter(*byte))
            .map(char::from)
            .collect();
        let is_clean = |byte: u8| byte <= b' ' || is_letter(byte);
        Self {
            padded: padding > 0 || letters.len().is_multiple_of(4),
            is_dirty: padding > 2 || !unpadded.bytes().all(is_clean),
            letters: Cow::Owned(letters),
        }
    }

    /// Too short to be a file, and no text in base64.
    pub(super) fn is_short(&self) -> bool {
        self.letters.len() < SHORT
    }

    /// How many bytes it decodes to.
    pub(super) fn bytes(&self) -> usize {
        self.letters.len() / 4 * 3 + (self.letters.len() % 4).saturating_sub(1)
    }

    /// The first bytes.
    pub(super) fn head(&self) -> Vec<u8> {
        self.part(0, HEAD_BASE64_BYTES)
    }

    /// All bytes.
    pub(super) fn decode(&self) -> Vec<u8> {
        self.part(0, self.letters.len())
    }

    fn part(&self, from: usize, length: usize) -> Vec<u8> {
        let letters = self.letters.as_bytes();
        let from = (from / 4 * 4).min(letters.len());
        let part = &letters[from..letters.len().min(from + length / 4 * 4 + 3)];
        // A single letter behind the last group is no byte.
        let whole = part.len() - usize::from(part.len() % 4 == 1);
        LENIENT.decode(&part[..whole]).unwrap_or_default()
    }

    /// Whether nearly all that stands behind the head is text, in places over the whole.
    pub(super) fn hides_text(&self) -> bool {
        const HEAD: usize = 128;
        let Some(rest) = self.letters.len().checked_sub(HEAD + 64) else {
            return false;
        };
        let places = if rest < 4 * WINDOW_BASE64_BYTES {
            1
        } else {
            WINDOWS
        };
        let step = rest / places;
        let window = |nth: usize| self.part(HEAD + nth * step, step.min(WINDOW_BASE64_BYTES));
        let texts = (0..places)
            .filter(|nth| charset::is_surely_text(&window(*nth)))
            .count();
        texts * 5 >= places * 4
    }

    /// How its text is written, where it can be written back.
    pub(super) fn spelling(&self, charset: Charset) -> Option<Spelling> {
        let url_alphabet = self.letters.bytes().any(|byte| matches!(byte, b'-' | b'_'));
        let is_mixed = url_alphabet && self.letters.bytes().any(|byte| matches!(byte, b'+' | b'/'));
        let is_cut = self.letters.len() % 4 == 1;
        (!is_mixed && !is_cut && !self.is_dirty).then_some(Spelling {
            url_alphabet,
            padded: self.padded,
            charset,
        })
    }
}

const fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

/// What stands behind the scheme of an address of something elsewhere.
fn url_place(text: &str) -> Option<&str> {
    let (scheme, place) = text.split_once("://")?;
    let is_scheme = scheme.len() <= 10 && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_scheme.then_some(place)
}

/// A name, a number or an identifier: capitals at the start of words only. Bytes in base64 are two fifths capitals.
fn is_word(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() >= LONGEST_WORD {
        return false;
    }
    let count = |of: fn(&u8) -> bool| bytes.iter().filter(|byte| of(byte)).count();
    let capitals = count(u8::is_ascii_uppercase);
    if bytes.len() < 32 && capitals == count(u8::is_ascii_alphabetic) {
        // Zeros are `AAAA`.
        let mut seen: Vec<u8> = bytes.to_vec();
        seen.sort_unstable();
        seen.dedup();
        return seen.len() * 3 > bytes.len();
    }
    let starts_words = bytes
        .windows(2)
        .all(|pair| !pair[0].is_ascii_uppercase() || pair[1].is_ascii_lowercase());
    starts_words && capitals * 4 <= bytes.len()
}

/// Letters of sentences, in small letters or in capitals nearly all.
fn is_prose(letters: &str) -> bool {
    let count = |of: fn(&u8) -> bool| letters.bytes().filter(of).count();
    let (capitals, small) = (count(u8::is_ascii_uppercase), count(u8::is_ascii_lowercase));
    capitals * 4 <= letters.len() || small * 10 <= capitals
}
