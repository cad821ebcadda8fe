//! What the secret rules share: where a secret may start, and whether a value is one rather than documentation or code.

/// Words that only made-up values hold, by their first byte in lower case. Long enough that a random value has none by
/// chance.
const fn placeholder_words(first: u8) -> &'static [&'static str] {
    match first {
        b'e' => &["example"],
        b'p' => &["placeholder"],
        b'c' => &["changeme", "change_me", "change-me", "changeit", "censored"],
        b'r' => &["redacted", "replace_", "replace-", "replaceme"],
        b'i' => &["insert_", "insert-"],
        b'y' => &[
            "your_",
            "your-",
            "yourapi",
            "yourkey",
            "yourtoken",
            "yoursecret",
            "yourpass",
        ],
        b'_' => &["_here"],
        b'-' => &["-here"],
        b'k' => &["keyhere"],
        b't' => &["tokenhere"],
        b'd' => &["dummy"],
        b'f' => &["fake_", "fake-"],
        b'n' => &["notreal", "not-real", "not_real", "not-a-"],
        b'x' => &["xxxx"],
        b'*' => &["***"],
        b'.' => &["..."],
        _ => &[],
    }
}

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

/// Whether a value is one that documentation writes instead of a secret: `xxxx`, `your-api-key`, `...EXAMPLE`.
#[must_use]
pub(crate) fn is_placeholder(value: &[u8]) -> bool {
    let few = match value.len() {
        0..8 => 1,
        8..16 => 3,
        _ => 5,
    };
    distinct(value) <= few
        || longest_repeat(value) * 3 > value.len().max(12)
        || (0..value.len()).any(|at| {
            let word_here = |word: &&str| starts_with(&value[at..], word);
            placeholder_words(value[at].to_ascii_lowercase())
                .iter()
                .any(word_here)
        })
}

fn starts_with(value: &[u8], word: &str) -> bool {
    value.len() >= word.len() && value[..word.len()].eq_ignore_ascii_case(word.as_bytes())
}

/// Whether the value says where a secret is kept: a variable, a template, a store's address, a path.
#[must_use]
pub(crate) fn is_reference(bytes: &[u8]) -> bool {
    const STORES: [&[u8]; 9] = [
        b"op://",
        b"vault:",
        b"arn:",
        b"env:",
        b"file:",
        b"http://",
        b"https://",
        b"secret:",
        b"ref+",
    ];
    let [first, .., last] = bytes else {
        return true;
    };
    let rest = &bytes[1..];
    let is_word = |bytes: &[u8]| bytes.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_');
    match first {
        b'$' => matches!(rest[0], b'{' | b'(' | b'[') || is_variable(rest),
        b'{' | b'[' | b'<' => true,
        b'%' => *last == b'%' || matches!(rest[0], b'(' | b's' | b'{') && rest.len() < 24,
        b'#' => rest[0] == b'{',
        b'/' | b'.' | b'~' => !is_random(bytes),
        b'@' | b'_' => last == first && is_word(&rest[..rest.len() - 1]),
        _ => STORES.iter().any(|store| bytes.starts_with(store)) || has(bytes, "${") || has(bytes, "{{"),
    }
}

/// Whether the bytes behind `$` name a variable, or a member of one: `$pw`, `$this->`, `$Config::`.
fn is_variable(name: &[u8]) -> bool {
    let name = name.strip_suffix(b"-").unwrap_or(name);
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b':');
    name.iter().all(is_part) && !name.first().is_some_and(u8::is_ascii_digit)
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

fn longest_repeat(value: &[u8]) -> usize {
    value.chunk_by(|a, b| a == b).map(<[u8]>::len).max().unwrap_or(0)
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
    fn made_up_values_are_placeholders() {
        for made_up in [
            "xxxxxxxxxxxxxxxxxxxx",
            "XXXX-XXXX-XXXX-XXXX",
            "your-api-key",
            "YOUR_API_KEY_HERE",
            "IOSFODNN7EXAMPLE",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "00000000000000000000",
            "abc...xyz",
            "",
        ] {
            assert!(is_placeholder(made_up.as_bytes()), "{made_up}");
        }
        for real in [
            "9f86d081884c7d659a2feaa0c55ad015",
            "hunter2",
            "q7Zr2XvT9mKc4LwP",
            "AAAb9f86d081884c7d6AA",
            "12345678",
        ] {
            assert!(!is_placeholder(real.as_bytes()), "{real}");
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
