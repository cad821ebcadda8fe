//! Whether what stands behind a label is a secret, or code, a reference, documentation or an ordinary word.

use super::Given;
use super::code::{is_algorithm, is_anonymous, is_binary, is_camel_case, is_expression, is_name, is_place};
use super::extent::{Form, Value};
use crate::detectors::secret::{
    changes, has, is_ordinary, is_random, is_template, is_unbroken, without_pieces,
};
use crate::fields::Concept;

/// Shorter passwords are not told from code.
const MIN_PASSWORD: usize = 4;

/// Without quotes, a program's own words stand there too.
const MIN_BARE_PASSWORD: usize = 6;

const MIN_SECRET: usize = 8;

const MIN_KEY: usize = 16;

/// 128 bits in hexadecimal digits.
const MIN_SHUFFLED: usize = 32;

/// A chosen passphrase of words has this many characters.
const MIN_PASSPHRASE: usize = 20;

/// Parts of names that say what a value is, not what it holds.
#[rustfmt::skip]
const NAMING: &[&str] = &[
    "password", "passwd", "secret", "token", "label", "field", "error", "invalid", "login", "user", "reset",
    "form", "message", "auth", "input", "account", "pass", "test",
];

/// Whether `value` is the secret of `label`.
pub(super) fn is_secret(text: &str, given: &Given, value: &Value) -> bool {
    let whole = &text.as_bytes()[value.span.range()];
    if is_template(whole) || is_rules(whole) {
        return false;
    }
    // A template with anything else in it is a value: the rest is looked at as if it stood alone.
    let rest = without_pieces(whole);
    let bytes = &*rest;
    let Some(traits) = Traits::of(bytes) else {
        return false;
    };
    let is_bare = value.form != Form::Quoted;
    if value.form == Form::Adjacent && !is_chosen_by_hand(bytes, traits) {
        return false;
    }
    if bytes.is_empty() || is_binary(bytes) || is_place(bytes) || is_anonymous(bytes) {
        return false;
    }
    if is_bare && is_expression(text, value, bytes) {
        return false;
    }
    // What a machine makes has no space in it, not even an encoded one: `pkcs11:token=Root%20CA`.
    if given.kind != Concept::Password && has(bytes, "%20") {
        return false;
    }
    let is_variable = given.is_constant && (is_tight(given, value) || value.is_setting || given.opens_line);
    let is_type = given.kind != Concept::Password && is_camel_case(bytes);
    let is_name = is_bare && !is_variable && (is_type || is_name(bytes, traits));
    match given.kind {
        Concept::Password => !is_name && is_password(value, bytes, traits, is_variable),
        Concept::Secret if is_variable => bytes.len() >= MIN_SECRET && traits.is_mixed(),
        Concept::Secret => {
            !is_name && bytes.len() >= MIN_SECRET && traits.is_mixed() && is_made(bytes, traits)
        }
        Concept::ApiKey | Concept::Token => {
            let is_mark = given.is_mark && is_uuid(bytes);
            let is_made = is_made(bytes, traits) || is_unbroken(bytes);
            bytes.len() >= MIN_KEY && (traits.digits || is_shuffled(bytes)) && is_made && !is_name && !is_mark
        }
        Concept::PrivateKey => bytes.len() >= MIN_KEY && is_made(bytes, traits) && !is_name,
        Concept::Session => bytes.len() >= MIN_KEY && is_made(bytes, traits) && !is_uuid(bytes),
        _ => false,
    }
}

/// Whether the value is a list of a form's rules: `required|min:8`.
fn is_rules(bytes: &[u8]) -> bool {
    let first = bytes.split(|b| *b == b'|').next().unwrap_or(bytes);
    first.len() < bytes.len() && is_ordinary(first)
}

/// Whether letters alone are long enough, and change their case often enough, to have no digit by chance.
fn is_shuffled(bytes: &[u8]) -> bool {
    bytes.len() >= MIN_SHUFFLED
        && bytes.iter().all(u8::is_ascii_alphabetic)
        && changes(bytes) * 5 >= bytes.len()
}

/// Whether nothing but `=` and a quote stands between label and value, as in the files that shells read.
fn is_tight(given: &Given, value: &Value) -> bool {
    value.span.start == given.end + 1 + usize::from(value.form == Form::Quoted)
}

/// What kinds of characters a value has.
#[derive(Clone, Copy)]
pub(super) struct Traits {
    pub(super) letters: bool,
    pub(super) digits: bool,
    /// Characters that names and paths do not have.
    pub(super) symbols: bool,
}

impl Traits {
    /// `None` for a value with white space inside: a sentence.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let any = |of: fn(&u8) -> bool| bytes.iter().any(of);
        (!any(u8::is_ascii_whitespace)).then(|| Self {
            letters: any(|b| b.is_ascii_alphabetic() || !b.is_ascii()),
            digits: any(u8::is_ascii_digit),
            symbols: any(|b| b"!@#$%^&*+=~?".contains(b)),
        })
    }

    const fn is_mixed(self) -> bool {
        self.letters && self.digits || self.symbols && (self.letters || self.digits)
    }
}

/// Whether a word that nothing joins to its label can be nothing but a password: `S3cretPw99x`.
fn is_chosen_by_hand(bytes: &[u8], traits: Traits) -> bool {
    let any = |of: fn(&u8) -> bool| bytes.iter().any(of);
    let is_cased = any(u8::is_ascii_uppercase) && any(u8::is_ascii_lowercase) && changes(bytes) >= 3;
    let is_marked = any(|b| b"!@#$%^&*".contains(b));
    // `gr4nite-root7`: digits inside words that a mark joins.
    let is_spelled =
        changes(bytes) >= 3 && any(|b| matches!(b, b'-' | b'_')) && !has(bytes, "sha") && !has(bytes, "utf");
    // An expression, a path or an address of mail.
    let is_other = any(|b| b"=/\\()[]{}|:<>".contains(b)) || any(|b| *b == b'@') && any(|b| *b == b'.');
    bytes.len() >= MIN_SECRET
        && traits.letters
        && traits.digits
        && (is_cased || is_marked || is_spelled)
        && !is_other
        && !is_algorithm(bytes)
}

/// The same of a word in quotes.
pub(super) fn is_chosen(word: &[u8]) -> bool {
    Traits::of(word).is_some_and(|traits| is_chosen_by_hand(word, traits))
}

fn is_password(value: &Value, bytes: &[u8], traits: Traits, is_variable: bool) -> bool {
    let is_bare = value.form != Form::Quoted;
    let enough = if is_bare { MIN_BARE_PASSWORD } else { MIN_PASSWORD };
    if bytes.len() < enough {
        return false;
    }
    if traits.is_mixed() {
        return true;
    }
    if traits.digits {
        return bytes.len() >= MIN_BARE_PASSWORD && bytes.iter().all(u8::is_ascii_digit);
    }
    let is_named = NAMING.iter().any(|word| has(bytes, word));
    let joints = bytes.iter().filter(|b| matches!(b, b'-' | b'.')).count();
    let is_phrase = bytes.len() >= MIN_PASSPHRASE && joints >= 3 && !is_named;
    let is_chosen = is_variable && bytes.len() >= MIN_SECRET && !is_named && !is_ordinary(bytes);
    is_random(bytes) || !is_bare && is_phrase || is_chosen && bytes.iter().all(u8::is_ascii_lowercase)
}

/// Identifiers of sessions are UUIDs as often as not, and stand in every agent's requests.
fn is_uuid(bytes: &[u8]) -> bool {
    bytes.len() == 36
        && bytes.iter().all(|b| b.is_ascii_hexdigit() || *b == b'-')
        && bytes.iter().filter(|b| **b == b'-').count() == 4
}

/// Whether a machine made the value: by chance, not in words.
fn is_made(bytes: &[u8], traits: Traits) -> bool {
    is_random(bytes) || traits.symbols && traits.digits && traits.letters && changes(bytes) >= 2
}
