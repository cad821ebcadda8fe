//! What the secret rules share: where a secret may start, and whether a value is one rather than documentation or code.

mod piece;
mod template;
mod words;

pub(crate) use self::piece::{behind_pieces, piece_at, piece_in_value, without_pieces};
pub(crate) use self::template::is_template;

/// Words for a secret, which documentation writes in its place.
#[rustfmt::skip]
const PASSWORD_WORDS: &[&str] = &[
    "password", "passwd", "passphrase", "passcode", "passwort", "pass", "pwd", "pw", "secret", "token", "apikey",
];

/// Words that stand where a value would: types, literals and names that documentation uses.
#[rustfmt::skip]
const ORDINARY: &[&str] = &[
    "password", "passwd", "passphrase", "passcode", "passwort", "secret", "token", "apikey", "string",
    "optional", "required", "undefined", "null", "none", "true", "false", "default", "hidden", "encrypted",
    "hashed", "input", "prompt", "getpass", "environ", "process", "admin", "root", "user", "test",
    "testing", "postgres", "mysql", "guest", "value", "bcrypt", "letmein", "foobar",
];

/// Whether a secret may start at `at`: no ASCII letter or digit stands directly before, unless it ends an escape
/// (`\n`, `%3D`, `\u003d`).
#[must_use]
pub(crate) fn may_start(bytes: &[u8], at: usize) -> bool {
    let before = &bytes[at.saturating_sub(6)..at];
    let Some(last) = before.last() else {
        return true;
    };
    !last.is_ascii_alphanumeric() || ends_escape(before)
}

fn ends_escape(before: &[u8]) -> bool {
    match before {
        [.., b'\\', b'n' | b'r' | b't' | b'b' | b'f'] => true,
        [.., b'%', high, low] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => true,
        [b'\\', b'u', code @ ..] => code.len() == 4 && code.iter().all(u8::is_ascii_hexdigit),
        _ => false,
    }
}

/// Whether a secret may end at `at`: no ASCII letter or digit follows.
#[must_use]
pub(crate) fn may_end(bytes: &[u8], at: usize) -> bool {
    !bytes.get(at).is_some_and(u8::is_ascii_alphanumeric)
}

/// Shorter values in a password's place are something else more often.
const MIN_GIVEN: usize = 4;

/// Whether a value that a grammar puts in a password's place is one, and not what documentation writes there.
#[must_use]
pub(crate) fn is_given_password(value: &[u8]) -> bool {
    value.len() >= MIN_GIVEN
        && value[0] != b'-'
        && !is_template(value)
        && !is_ordinary(value)
        && !means_password(value)
}

/// Whether a value is a word for itself: `password`, `secret`.
#[must_use]
pub(crate) fn means_password(bytes: &[u8]) -> bool {
    PASSWORD_WORDS
        .iter()
        .any(|word| bytes.eq_ignore_ascii_case(word.as_bytes()))
}

/// Whether a value is a word that stands where a value would: a type, a literal, a default.
#[must_use]
pub(crate) fn is_ordinary(bytes: &[u8]) -> bool {
    ORDINARY
        .iter()
        .any(|word| bytes.eq_ignore_ascii_case(word.as_bytes()))
}

/// Whether `word`, ASCII lower-case, stands anywhere in the value in any case.
#[must_use]
pub(crate) fn has(value: &[u8], word: &str) -> bool {
    value
        .windows(word.len())
        .any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}

/// Whether letters, digits and cases follow one another as chance puts them, and not as words and numbers do.
#[must_use]
pub(crate) fn is_random(value: &[u8]) -> bool {
    let changes = changes(value);
    if value.iter().any(u8::is_ascii_digit) {
        return changes >= 2.max(value.len() / 6);
    }
    // Of words written in one, at most every fourth letter is a capital.
    let capitals = value.iter().filter(|b| b.is_ascii_uppercase()).count();
    let small = value.iter().filter(|b| b.is_ascii_lowercase()).count();
    changes >= 2.max(value.len() / 7) && capitals * 4 > value.len() && small * 4 > value.len()
}

/// Whether a value is one unbroken word of letters and at least three digits: what a machine writes, or somebody who
/// makes up a key.
#[must_use]
pub(crate) fn is_unbroken(value: &[u8]) -> bool {
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    digits >= 3 && digits < value.len() && value.iter().all(u8::is_ascii_alphanumeric)
}

/// How often a letter stands next to a digit, or a capital behind a small letter.
#[must_use]
pub(crate) fn changes(value: &[u8]) -> usize {
    value
        .windows(2)
        .filter(|pair| {
            let (left, right) = (pair[0], pair[1]);
            left.is_ascii_alphabetic() && right.is_ascii_digit()
                || left.is_ascii_digit() && right.is_ascii_alphabetic()
                || left.is_ascii_lowercase() && right.is_ascii_uppercase()
        })
        .count()
}

/// How many different bytes a value has.
#[must_use]
pub(crate) fn distinct(value: &[u8]) -> u32 {
    let mut seen = [0_u128; 2];
    for byte in value {
        seen[usize::from(byte >> 7)] |= 1 << (byte & 127);
    }
    seen[0].count_ones() + seen[1].count_ones()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_start_behind_anything_but_a_word() {
        for open in ["", "/", "~", "key=", "：", "\\n", "%3D", "\\u003d", "_", "é"] {
            assert!(may_start(open.as_bytes(), open.len()), "{open}");
        }
        for closed in ["a", "Z9", "xn", "3D", "u003d"] {
            assert!(!may_start(closed.as_bytes(), closed.len()), "{closed}");
        }
    }

    #[test]
    fn words_are_not_random() {
        for random in ["q7Zr2XvT9mKc4LwP", "9f86d081884c7d659a2feaa0c55ad015", "aB3d"] {
            assert!(is_random(random.as_bytes()), "{random}");
        }
        for words in [
            "configuration_file_name",
            "order12345",
            "SomeLongerCamelCaseName",
            "Def2",
        ] {
            assert!(!is_random(words.as_bytes()), "{words}");
        }
    }
}
