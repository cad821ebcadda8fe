//! Weak passwords: a word that means anything, behind a label that means nothing else (`spring.datasource.password=tiger`).
//! Only where a file sets it: on a line of its own, in data or in a column, never in a program's statements.

use super::Given;
use super::code::{is_camel_case, is_name};
use super::extent::{Form, Value};
use super::judge::Traits;
use crate::ByteSpan;
use crate::detectors::secret::{has, is_ordinary, is_template, means_password};
use crate::detectors::text::{is_unspaced, line_after, line_before};
use crate::fields::{Column, Concept, Joint, Place, concept_of};

/// The longest word that is weak: longer ones are judged by their look.
const MAX_WORD: usize = 40;
const MIN_WORD: usize = 4;
/// How much around a value is looked at for signs of a program.
const AROUND: usize = 160;
/// So many cells are asked what a column holds.
const SAMPLE: usize = 64;

/// What documentation, types, forms and programs write behind `password`, besides [`is_ordinary`].
#[rustfmt::skip]
const PROGRAM: &[&str] = &[
    "str", "text", "varchar", "char", "bool", "boolean", "bytes", "byte", "int", "integer", "any", "object", "self", "this",
    "field", "type", "name", "label", "data", "body", "params", "args", "arg", "config", "settings", "option", "options", "form",
    "request", "response", "result", "hash", "hashed", "plain", "plaintext", "raw", "enabled", "disabled", "enable", "disable",
    "never", "always", "auto", "basic", "digest", "login", "reset", "change", "changed", "changeme", "changeit", "forgot",
    "invalid", "missing", "empty", "blank", "unset", "unknown", "masked", "redacted", "removed", "generated", "random",
    "example", "sample", "dummy", "placeholder", "yourpassword", "mypassword", "credentials", "credential", "keyring", "vault",
    "file", "stdin", "ask", "prompted", "interactive", "supported", "unsupported", "deprecated", "private", "public", "internal",
    "external", "static", "final", "const", "readonly", "write", "read", "email", "username", "key", "keys", "number", "date",
    "new", "old", "current", "confirm", "confirmed", "repeat", "from", "with", "for", "and", "the", "not", "yes", "correct",
    "incorrect", "wrong", "same", "other", "plain_text", "ldap", "oauth", "ssl", "tls", "auth", "authentication", "expired",
    "length", "strength", "policy", "rules", "minlength", "maxlength", "pattern", "validators", "schema", "model", "entity",
    "input_password", "textinput", "secure", "sensitive", "protected", "encrypted", "crypt", "sha256", "sha512", "md5",
];

/// The weak password at `place`.
pub(super) fn read(text: &str, given: &Given, place: &Place) -> Option<Value> {
    let is_set = given.kind == Concept::Password && (!given.is_doubtful || given.is_constant);
    let is_joined = matches!(place.joint, Joint::Assigned | Joint::Element);
    if !is_set || !is_joined {
        return None;
    }
    let end = place.close.unwrap_or_else(|| place.at + bare(text, place.at));
    let word = text.get(place.at..end)?;
    let is_alone =
        place.close.is_some() || ends_setting(text, end) && (given.opens_line || is_in_list(text, given));
    let is_name =
        !word.is_empty() && place.close.is_none() && !given.is_constant && is_program_name(word.as_bytes());
    let fits = is_alone
        && is_word(word.as_bytes())
        && !is_name
        && !is_program(text, place.at, place.close.is_some());
    fits.then_some(Value {
        span: ByteSpan::new(place.at, end),
        form: if place.close.is_some() {
            Form::Quoted
        } else {
            Form::Bare
        },
        is_setting: place.is_setting,
    })
}

/// Whether a bare word is a name of a program's: `Sha256Key`, `user1`.
fn is_program_name(word: &[u8]) -> bool {
    Traits::of(word).is_some_and(|traits| is_name(word, traits) && !word.contains(&b'_'))
        || is_camel_case(word)
}

/// Bytes of the bare word at `at`.
fn bare(text: &str, at: usize) -> usize {
    let is_part = |c: &char| c.is_alphanumeric() || matches!(c, '_' | '-' | '!' | '.');
    text[at..]
        .chars()
        .take(MAX_WORD + 1)
        .take_while(is_part)
        .map(char::len_utf8)
        .sum()
}

/// Whether a setting ends at `end`: with its line, before a comment, or before the next setting of the same line.
fn ends_setting(text: &str, end: usize) -> bool {
    let rest = line_after(text, end, 48).trim_end();
    let behind = rest.trim_start();
    let next = || {
        let name = behind.trim_start_matches([',', ' ']);
        let letters = name
            .bytes()
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'))
            .count();
        rest.starts_with([' ', ',']) && letters > 0 && name[letters..].starts_with('=')
    };
    rest.is_empty() || behind.starts_with('#') && rest.starts_with(' ') || next()
}

/// Whether other settings stand before the label in its line: `user=root password=toor`.
fn is_in_list(text: &str, given: &Given) -> bool {
    let line = line_before(text, given.end, AROUND);
    let before = line.rsplit_once(' ').map_or("", |(before, _)| before);
    let words = || before.split_ascii_whitespace();
    words().next().is_some()
        && words().all(|word| {
            word.contains('=') || matches!(word, "export" | "set" | "SET" | "ENV" | "ARG" | "-" | "-e")
        })
}

/// Whether a word may be a weak password rather than what documentation, types and programs write there.
pub(super) fn is_word(word: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(word) else {
        return false;
    };
    let lower = text.to_lowercase();
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '!' | '.' | '@' | '#' | '$');
    let has_password = [
        "pass", "pwd", "test", "secret", "token", "change", "your", "example", "redact",
    ]
    .iter()
    .any(|part| has(word, part));
    // A word with a digit is no name of the program's: `secret123`, `hello_123`.
    let is_named = has_password && text.contains('_');
    let is_numbered = word.iter().any(u8::is_ascii_digit) && word.iter().any(u8::is_ascii_alphabetic);
    // `secret123` is chosen, `changeme123` is not.
    let letters = word.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let stem = &word[..letters];
    let is_repeated = text.chars().all(|c| text.starts_with(c));
    (MIN_WORD..=MAX_WORD).contains(&word.len())
        && text.chars().all(is_part)
        && text.contains(char::is_alphabetic)
        && !text.contains(is_unspaced)
        && !is_repeated
        && !is_named
        && text.starts_with(char::is_alphanumeric)
        && (!is_template(word) || is_numbered && means_password(stem))
        && !is_ordinary_word(word)
        && !means_password(word)
        && concept_of(&lower) != Some(Concept::Password)
        && !PROGRAM.contains(&lower.as_str())
        && (!has_password || is_numbered && !has(word, "your") && !has(word, "example"))
        && (is_numbered || !text.contains('_'))
        && !text.contains('.')
}

/// The words that stand where a value would, without those that people do choose.
fn is_ordinary_word(word: &[u8]) -> bool {
    const CHOSEN: [&str; 3] = ["letmein", "bcrypt", "foobar"];
    is_ordinary(word)
        && !CHOSEN
            .iter()
            .any(|chosen| word.eq_ignore_ascii_case(chosen.as_bytes()))
}

/// Whether the lines around `at` are a program's, where a word is a name; in quotes it is a literal, but a form's or a
/// translation's word stands there too.
fn is_program(text: &str, at: usize, is_quoted: bool) -> bool {
    let line = line_before(text, at, AROUND);
    let rest = line_after(text, at, AROUND);
    let is_statement = rest.trim_end().ends_with([';', '{', ')', '(']) && !is_quoted;
    let is_call = line.contains('(') && !line.contains(['{', ':']);
    let first = line.trim_start();
    let starts = [
        "const ", "let ", "var ", "val ", "def ", "fn ", "return ", "if ", "self.", "this.", "public ",
        "private ", "assert", "await ",
    ];
    let is_code = starts.iter().any(|word| first.starts_with(word));
    is_statement || is_call || is_code && !is_quoted
}

/// Whether most of a column's cells are words of their own, and not all one.
pub(super) fn is_column(text: &str, column: &Column) -> bool {
    let cells: Vec<&str> = column
        .cells
        .iter()
        .take(SAMPLE)
        .map(|cell| &text[cell.range()])
        .collect();
    let words = cells
        .iter()
        .filter(|cell| !cell.contains(' ') && is_word(cell.as_bytes()))
        .count();
    let is_one = cells.len() > 2 && cells.iter().all(|cell| *cell == cells[0]);
    words * 2 > cells.len() && !is_one
}
