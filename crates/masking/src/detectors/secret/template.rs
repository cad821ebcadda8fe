//! Whether a whole value is a template, a reference or documentation: what stands where a secret would.
//!
//! There is one judgement, and it is about the whole value: pieces of templates, words of documentation and filler are
//! taken away, and what is left decides. A part that looks made up never makes a value harmless.

use super::piece::{has_default, is_name_like, piece_at};
use super::words::{Says, word_at};
use super::{changes, distinct, is_random};
use crate::placeholder::is_spelled_placeholder;

/// Letters and digits mixed in a piece this long are a secret, not a number behind a name.
const MIN_MIXED: usize = 4;
const MANY_MIXED: usize = 8;
/// Digits in a row that are no year and no number of an example.
const MIN_DIGITS: usize = 5;
/// Letters in no word of documentation, where nothing says that any words may stand.
const MIN_LETTERS: usize = 8;
/// With a symbol among them, fewer characters are enough.
const MIN_MARKED: usize = 5;
/// Letters and digits, however they are spread.
const MIN_TOTAL: usize = 10;
/// Zeros in a row that stand for anything.
const MIN_ZEROS: usize = 6;
/// Stores of secrets, as their addresses start.
const STORES: [&[u8]; 7] = [
    b"op://", b"vault:", b"arn:", b"env:", b"file:", b"secret:", b"ref+",
];
/// How examples number: from one, and from zero.
const COUNTING: [&[u8]; 2] = [b"12345678901234567890", b"01234567890123456789"];

/// Whether the whole value stands where a secret would and is none: `<your-key>`, `${PW}`, `your-api-key`, `xxxx`,
/// `op://vault/item`, a placeholder of masking.
#[must_use]
pub(crate) fn is_template(value: &[u8]) -> bool {
    is_uniform(value)
        || is_published(value)
        || is_address(value)
        || is_left_open(value)
        || Rest::of(value).is_template()
        || std::str::from_utf8(value).is_ok_and(is_spelled_placeholder)
}

/// Whether something secret would be left of a value that nothing else is known of.
pub(super) fn could_be_secret(value: &[u8]) -> bool {
    !is_uniform(value) && Rest::of(value).is_secret()
}

/// Whether chance made a word, and nobody names anything so: `S3cretPw99x`, no `base64encode`.
pub(super) fn is_made(word: &[u8]) -> bool {
    let any = |of: fn(&u8) -> bool| word.iter().any(of);
    if !any(u8::is_ascii_digit) {
        return word.len() >= 12 && is_random(word);
    }
    let is_cased = any(u8::is_ascii_uppercase) && any(u8::is_ascii_lowercase);
    changes(word) >= 3 && (word.len() >= 8 || word.len() >= 6 && is_cased)
}

/// Whether a few characters make up the whole value.
fn is_uniform(value: &[u8]) -> bool {
    let few = match value.len() {
        0..8 => 1,
        8..16 => 3,
        _ => 5,
    };
    value.len() < 2 || distinct(value) <= few
}

/// Whether the value is an example as AWS publishes them: an access key's id, or its secret.
fn is_published(value: &[u8]) -> bool {
    const IDS: [&[u8]; 3] = [b"AKIA", b"ASIA", b"AIDA"];
    let is_id =
        value.len() == 20 && IDS.iter().any(|id| value.starts_with(id)) && value.ends_with(b"EXAMPLE");
    is_id || value.len() == 40 && value.ends_with(b"EXAMPLEKEY")
}

/// Whether the value says where a secret is kept: a store's address, a URL, a path, a name between marks.
fn is_address(value: &[u8]) -> bool {
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || b"/._-~+%@:,=#?&".contains(b) || !b.is_ascii();
    let is_plain = || value.iter().all(is_part);
    let is_word = |inner: &[u8]| {
        inner.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
            && !inner.is_empty()
            && is_name_like(inner)
    };
    match value {
        [b'/' | b'.' | b'~', ..] => value.contains(&b'/') && is_plain() && !is_random(value),
        [b'@', inner @ .., b'@'] | [b'_', b'_', inner @ .., b'_', b'_'] => is_word(inner),
        [b'a'..=b'z', ..] => {
            let is_url = value.starts_with(b"http://") || value.starts_with(b"https://");
            let store = STORES.iter().find(|store| value.starts_with(store));
            is_url
                || store.is_some_and(|store| {
                    let name = &value[store.len()..];
                    is_plain() && (*store == b"arn:" || is_name_like(name) && !is_unnamed(name))
                })
        }
        _ => false,
    }
}

/// Whether what follows a store's mark has a digit among its letters and no step of a path: `env:hunter2x`.
fn is_unnamed(name: &[u8]) -> bool {
    let any = |of: fn(&u8) -> bool| name.iter().any(of);
    !any(|b| b"/_-.:#".contains(b)) && changes(name) > 0 && any(u8::is_ascii_digit)
}

/// Whether the value is the start of an expression in brackets, of which a quote or a comma cut the rest off.
fn is_left_open(value: &[u8]) -> bool {
    let marks = value
        .iter()
        .take_while(|b| matches!(b, b'$' | b'#' | b'%'))
        .count()
        .min(1);
    let opened = value[marks..]
        .iter()
        .take_while(|b| matches!(b, b'{' | b'[' | b'<' | b'('))
        .count();
    let closes = |b: &u8| matches!(b, b'}' | b']' | b'>' | b')');
    let is_call = value[marks..].first() == Some(&b'(') && marks == 0;
    let inner = &value[marks + opened..];
    let is_open = opened > 0 && !is_call && !value.iter().any(closes);
    is_open && is_name_like(inner) && !(marks > 0 && has_default(inner))
}

/// What is left of a value without pieces of templates, words of documentation and filler.
#[derive(Default)]
struct Rest {
    /// Whether anything was taken away that says that the value is none.
    is_marked: bool,
    /// Whether something is to be put here.
    is_instruction: bool,
    mixed: usize,
    longest_mixed: usize,
    longest_digits: usize,
    letters: usize,
    digits: usize,
    symbols: usize,
    is_random: bool,
}

impl Rest {
    fn of(value: &[u8]) -> Self {
        let mut rest = Self::default();
        let mut at = 0;
        while at < value.len() {
            let byte = value[at];
            if byte.is_ascii_alphanumeric() {
                let token = value[at..]
                    .iter()
                    .take_while(|b| b.is_ascii_alphanumeric())
                    .count();
                rest.read(&value[at..at + token]);
                at += token;
                continue;
            }
            let taken = piece_at(value, at).max(filler(&value[at..]));
            if taken > 0 {
                rest.is_marked = true;
                at += taken;
                continue;
            }
            rest.symbols += usize::from(b"!@#$%^&*+=~?".contains(&byte));
            rest.letters += usize::from(byte >= 0xc0);
            at += 1;
        }
        rest
    }

    /// Takes in letters and digits without a break.
    fn read(&mut self, token: &[u8]) {
        let (mut at, mut fragment) = (0, 0);
        while at < token.len() {
            let (taken, says) = match filler(&token[at..]) {
                0 => word_at(token, at).unwrap_or((0, Says::Nothing)),
                filler => (filler, Says::MadeUp),
            };
            if taken == 0 {
                at += 1;
                continue;
            }
            // Short words are in everything: they only part what a marked value is left with.
            self.is_marked |= says != Says::Nothing;
            self.is_instruction |= says == Says::Instruction;
            self.fragment(&token[fragment..at]);
            at += taken;
            fragment = at;
        }
        self.fragment(&token[fragment..]);
    }

    fn fragment(&mut self, fragment: &[u8]) {
        let digits = fragment.iter().filter(|b| b.is_ascii_digit()).count();
        let letters = fragment.len() - digits;
        self.letters += letters;
        self.digits += digits;
        if digits > 0 && letters > 0 {
            self.mixed += fragment.len();
            self.longest_mixed = self.longest_mixed.max(fragment.len());
        } else if digits > 0 {
            let is_counting = COUNTING.iter().any(|counting| counting.starts_with(fragment));
            self.longest_digits = self.longest_digits.max(if is_counting { 0 } else { digits });
        } else {
            self.is_random |= letters >= MIN_LETTERS && is_random(fragment);
        }
    }

    const fn is_secret(&self) -> bool {
        let total = self.letters + self.digits;
        let is_text = self.is_instruction && self.digits == 0;
        self.is_random
            || self.longest_mixed >= MIN_MIXED
            || self.mixed >= MANY_MIXED
            || self.longest_digits >= MIN_DIGITS
            || self.symbols > 0 && total > 0 && total + self.symbols >= MIN_MARKED && !is_text
            || self.digits > 0 && total >= MIN_TOTAL && !self.is_instruction
    }

    const fn is_template(&self) -> bool {
        self.is_marked && !self.is_secret() && (self.is_instruction || self.letters < MIN_LETTERS)
    }
}

/// Bytes of filler that `bytes` start with: `xxxx`, `***`, `...`.
fn filler(bytes: &[u8]) -> usize {
    let Some(first) = bytes.first() else {
        return 0;
    };
    let least = match first {
        b'x' | b'X' | b'*' | b'.' | b'#' => 3,
        b'0' => MIN_ZEROS,
        _ => return 0,
    };
    let run = bytes.iter().take_while(|b| *b == first).count();
    if run >= least { run } else { 0 }
}

#[cfg(test)]
mod tests;
