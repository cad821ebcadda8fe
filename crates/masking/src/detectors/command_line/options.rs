//! The value of a long option that a list or a chain of calls gives as a string of its own: `["--db-password", "hunter2"]`.

use crate::detectors::arguments::Arguments;
use crate::detectors::secret::{has, is_given_password, is_random, is_template, is_unbroken};
use crate::lexicon::is_common_word;
use crate::{ByteSpan, EntityType};

/// How an option starts in a list.
pub(super) const LITERALS: [&str; 3] = ["\"--", "'--", "- --"];
/// Longest name of an option.
const MAX_NAME: usize = 48;
/// Shorter keys and tokens are names.
const MIN_KEY: usize = 16;
/// How the names of options end that take a password, and those that take a key.
const PASSWORDS: [&str; 8] = [
    "password",
    "passwd",
    "passphrase",
    "pass",
    "pwd",
    "secret",
    "requirepass",
    "masterauth",
];
const KEYS: [&str; 7] = [
    "token",
    "api-key",
    "apikey",
    "access-key",
    "auth-key",
    "secret-key",
    "encryption-key",
];
/// Parts of words that say what a value is, not what it holds.
const NAMING: [&str; 7] = ["pass", "secret", "token", "user", "prompt", "string", "help"];
/// How far back it is looked for what the option stands in.
const REACH: usize = 256;

/// The secret that the option whose literal stands at `at` takes.
pub(super) fn secret(text: &str, at: ByteSpan) -> Option<(EntityType, ByteSpan)> {
    let bytes = text.as_bytes();
    let from = at.end - "--".len();
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    let end = at.end + bytes[at.end..].iter().take(MAX_NAME).take_while(is_part).count();
    let name = &text[at.end..end];
    let ends = |with: &[&str]| {
        with.iter().any(|word| {
            let own = name.len().checked_sub(word.len());
            own.is_some_and(|own| {
                name[own..].eq_ignore_ascii_case(word)
                    && (own == 0 || word.len() > 4 || matches!(bytes[at.end + own - 1], b'-' | b'_'))
            })
        })
    };
    let is_password = ends(&PASSWORDS);
    if !is_password && !ends(&KEYS) {
        return None;
    }
    let mut arguments = Arguments::behind(text, ByteSpan::new(from, end));
    if !arguments.is_list() {
        return None;
    }
    let value = arguments.next()?;
    let bytes = value.text.as_bytes();
    let span = ByteSpan::new(value.start, value.start + value.text.len());
    if !is_given_password(bytes) {
        return None;
    }
    if is_password {
        let is_plain = bytes
            .iter()
            .all(|b| b.is_ascii_alphabetic() || matches!(b, b' ' | b'-' | b'_' | b'.' | b','));
        let is_chosen = !is_plain || is_in_list(text, from) && is_unknown_word(value.text);
        return is_chosen.then_some((EntityType::Password, span));
    }
    let is_made = bytes.len() >= MIN_KEY && (is_random(bytes) || is_unbroken(bytes)) && !is_template(bytes);
    is_made.then_some((EntityType::ApiKey, span))
}

/// Whether a plain word is none that help or a test would write.
fn is_unknown_word(word: &str) -> bool {
    !word.contains([' ', '_'])
        && !is_common_word(word)
        && !NAMING.iter().any(|part| has(word.as_bytes(), part))
}

/// Whether the option stands in a list, or is what a call adds to one, and is no argument of another call: those define it.
fn is_in_list(text: &str, at: usize) -> bool {
    let from = text.ceil_char_boundary(at.saturating_sub(REACH));
    let before = &text.as_bytes()[from..at];
    let mut depth = 0_usize;
    for (nth, byte) in before.iter().enumerate().rev() {
        match byte {
            b')' | b']' | b'}' => depth += 1,
            b'(' | b'[' | b'{' if depth > 0 => depth -= 1,
            b'[' => return true,
            b'(' => return before[..nth].ends_with(b".arg"),
            b'{' => return false,
            _ => {}
        }
    }
    // An item of YAML.
    true
}
