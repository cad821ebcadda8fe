//! Values that are a program's own words, references and places rather than secrets.

use super::extent::Value;
use super::judge::Traits;
use crate::detectors::secret::{has, is_random};

/// Most capitals in a row inside the name of a type: `AES256Key`.
const MAX_ACRONYM: usize = 4;

/// Stems of names that end in a number.
#[rustfmt::skip]
const NUMBERED: &[&str] = &[
    "sha", "md", "utf", "base", "int", "uint", "float", "str", "string", "bcrypt", "argon", "scrypt",
    "pbkdf", "aes", "rsa", "ed", "x", "v", "arg", "param", "var", "val", "value", "field", "input", "user",
    "password", "passwd", "pass", "pwd", "token", "key", "secret", "line", "column", "page", "step",
    "option", "version",
];

/// Ends of the names of types.
#[rustfmt::skip]
const TYPES: &[&str] = &[
    "Array", "Buffer", "Bytes", "Code", "Data", "Error", "Hash", "Id", "Info", "Key", "List", "Manager",
    "Option", "Params", "Password", "Private", "Provider", "Public", "Request", "Secret", "Slice", "Status", "String", "Token",
    "Type", "Value", "View",
];

/// Names with digits that follow `password` in prose and code.
#[rustfmt::skip]
const ALGORITHMS: &[&str] = &[
    "sha", "md", "pbkdf", "argon", "bcrypt", "scrypt", "base", "oauth", "utf", "hmac", "aes", "with", "and", "id",
    "gcm", "cbc", "ctr", "rsa", "digest", "hash", "encoded", "crypt",
];

/// Whether a bare value could be the name of something: `sha256`, `new_password_2`, `user1`, `Uint8Array`.
pub(super) fn is_name(bytes: &[u8], traits: Traits) -> bool {
    let is_identifier = bytes
        .iter()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'|'));
    if traits.symbols || !is_identifier || bytes[0].is_ascii_digit() {
        return false;
    }
    let letters = bytes.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let has_stem = NUMBERED
        .iter()
        .any(|stem| bytes[..letters].eq_ignore_ascii_case(stem.as_bytes()));
    let is_numbered = has_stem && bytes[letters..].iter().all(u8::is_ascii_digit);
    is_numbered || bytes.contains(&b'_') && !is_random(bytes) || is_type(bytes)
}

/// Whether the value is the name of a type, perhaps behind its module's, or of one of several: `ed25519.PrivateKey`.
fn is_type(bytes: &[u8]) -> bool {
    let last = bytes.rsplit(|b| matches!(b, b'.' | b'|')).next().unwrap_or(bytes);
    let small = last.iter().take_while(|b| b.is_ascii_lowercase()).count();
    let mut stem = if last.len() < bytes.len() {
        &last[small..]
    } else {
        last
    };
    let mut is_typed = false;
    while let Some(end) = TYPES.iter().find(|end| stem.ends_with(end.as_bytes())) {
        stem = &stem[..stem.len() - end.len()];
        is_typed = true;
    }
    let letters = stem.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let is_numbered = stem[letters..].iter().all(u8::is_ascii_digit);
    is_typed && (is_numbered || is_camel_case(stem))
}

/// Whether the value is several words written as one, as names of types are: `Sha256ApiKeyHasher`. Each part is a
/// capital, small letters and then digits; most of the letters are in parts that are long enough to be words.
pub(super) fn is_camel_case(bytes: &[u8]) -> bool {
    let (mut at, mut words, mut in_words) = (0, 0, 0);
    while at < bytes.len() {
        let run = |from: usize, of: fn(&u8) -> bool| bytes[from..].iter().take_while(|b| of(b)).count();
        let capitals = run(at, u8::is_ascii_uppercase);
        let small = run(at + capitals, u8::is_ascii_lowercase);
        let digits = run(at + capitals + small, u8::is_ascii_digit);
        if capitals == 0 || capitals > MAX_ACRONYM || !matches!(small, 0 | 2..) {
            return false;
        }
        let len = capitals + small + digits;
        if small > 0 {
            words += 1;
            in_words += len;
        }
        at += len;
    }
    words >= 2 && in_words * 2 > bytes.len()
}

/// Whether the value says where a secret is: a resource of Google's, a parameter behind a store's name, a file.
pub(super) fn is_place(bytes: &[u8]) -> bool {
    let is_resource = bytes.starts_with(b"projects/") && has(bytes, "/secrets/");
    let scheme = bytes.iter().take_while(|b| b.is_ascii_lowercase()).count();
    let is_store = scheme > 1 && bytes[scheme..].starts_with(b":/") && !is_random(&bytes[scheme..]);
    let is_file = matches!(bytes, [drive, b':', b'\\' | b'/', ..] if drive.is_ascii_alphabetic());
    is_resource || is_store || is_file
}

/// Whether a bare value is an expression: a call, an index, a path of names, names and operators.
pub(super) fn is_expression(text: &str, value: &Value, bytes: &[u8]) -> bool {
    let after = text.as_bytes().get(value.span.end).copied();
    let opens = |b: &u8| matches!(b, b'(' | b'[' | b'{');
    let called = bytes.iter().position(opens).unwrap_or(0);
    let is_marked = bytes[..called].iter().any(|b| b"!@#$%^".contains(b));
    if called > 0 && !is_marked && bytes[0].is_ascii_alphabetic() || after.is_some_and(|b| opens(&b)) {
        return true;
    }
    if bytes[0] == b'(' && (after == Some(b')') || bytes.contains(&b')')) {
        return true;
    }
    // What stands before a name: a reference, a negation, a variable's or a member's mark.
    let marks = bytes
        .iter()
        .take_while(|b| matches!(b, b'&' | b'*' | b'!' | b'@' | b'$' | b'_'))
        .count();
    let (marks, name) = bytes.split_at(marks);
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b':' | b'-' | b'>');
    let first = name.iter().take_while(is_part).count();
    if first > 0 && name.get(first).is_some_and(opens) {
        return true;
    }
    let is_path = |joint: u8| {
        name.contains(&joint)
            && name.split(|b| *b == joint).all(|name| {
                name.first().is_none_or(|b| b.is_ascii_alphabetic() || *b == b'_')
                    && name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
                    && !is_random(name)
            })
    };
    let letters = name.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let is_number = |rest: &[u8]| rest.len() <= 1 && rest.iter().all(u8::is_ascii_digit);
    // A tag of YAML or a negated name: `!vault1`.
    let is_marked = matches!(marks, b"&" | b"*" | b"!")
        && (letters == name.len() || marks == b"!" && !value.is_setting && is_number(&name[letters..]));
    is_path(b'.') || is_path(b':') || is_marked || is_operation(bytes)
}

/// Whether names stand on both sides of a logical operator: `null||pw1`, `x?y1:z2`.
fn is_operation(bytes: &[u8]) -> bool {
    let is_name = |side: &[u8]| {
        let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'!');
        side.first().is_some_and(|b| !b.is_ascii_digit()) && side.iter().all(is_part)
    };
    let halves = |operator: &[u8]| {
        let at = memchr::memmem::find(bytes, operator)?;
        Some((&bytes[..at], &bytes[at + operator.len()..]))
    };
    let is_joined = ["||", "&&", "==", "!=", "??"].iter().any(|operator| {
        halves(operator.as_bytes()).is_some_and(|(left, right)| is_name(left) && right.len() > 1)
    });
    let is_choice = || {
        let (condition, rest) = halves(b"?")?;
        let colon = memchr::memchr(b':', rest)?;
        Some(is_name(condition) && is_name(&rest[..colon]) && is_name(&rest[colon + 1..]))
    };
    is_joined || is_choice() == Some(true)
}

/// Whether the word is the name of an algorithm and nothing else: `PBKDF2WithHmacSHA256`, `Argon2id`.
pub(super) fn is_algorithm(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    let mut named = false;
    while let [first, behind @ ..] = rest {
        let word = ALGORITHMS.iter().find(|name| {
            rest.len() >= name.len() && rest[..name.len()].eq_ignore_ascii_case(name.as_bytes())
        });
        named |= word.is_some();
        rest = match word {
            Some(word) => &rest[word.len()..],
            None if first.is_ascii_digit() || matches!(first, b'-' | b'_') => behind,
            None => return false,
        };
    }
    named
}

/// Whether the value spells bytes that are no characters (`\x9b`): a constant of a program. What a service issues and
/// what people choose is text.
pub(super) fn is_binary(bytes: &[u8]) -> bool {
    memchr::memmem::find_iter(bytes, b"\\x").any(|at| {
        let digits = bytes
            .get(at + 2..at + 4)
            .and_then(|hex| std::str::from_utf8(hex).ok());
        digits
            .and_then(|hex| u8::from_str_radix(hex, 16).ok())
            .is_some_and(|byte| !byte.is_ascii() || byte.is_ascii_control())
    })
}

/// Whether the value is the address that a visitor without an account gives: `-anonymous@`, `anonymous@host.org`.
pub(super) fn is_anonymous(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"-").unwrap_or(bytes);
    bytes.strip_prefix(b"anonymous@").is_some_and(|host| {
        host.iter()
            .all(|b| b.is_ascii_lowercase() || matches!(b, b'.' | b'-'))
    })
}
