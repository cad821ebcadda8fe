//! PASSWORD: secrets in the configuration of routers, switches, firewalls and agents, which stand behind keywords and not
//! behind `=`: `snmp-server community X RO`, `enable secret 5 X`, `neighbor 10.0.0.1 password X`.
//!
//! The keywords stand in manuals too. What tells a secret there is that it is no word, or that the line goes on as such lines
//! do: it ends, or with an access, an address, a number.

mod keywords;
mod wireless;

use std::sync::Arc;

use self::keywords::{DOCUMENTED, FORMS, MENU_KEYS, MENUS, Place, STATEMENTS, Statement, TAILS};
use super::rule::{Found, Rule, Wake};
use super::secret::is_given_password;
use super::text::{line_after, line_before, word_start};
use crate::lexicon::is_common_word;
use crate::{ByteSpan, EntityType, Score};

/// A longer line is read so far, in bytes.
const MAX_LINE: usize = 256;
/// Lines of a block that are read.
const MAX_LINES: usize = 8;
/// The longest prompt, and what tools write before a line.
const MAX_PROMPT: usize = 64;
/// What FortiOS writes before what it encrypted.
const ENCRYPTED: &str = " enc ";
/// What it encrypted is longer.
const MIN_ENCRYPTED: usize = 8;

/// Finds secrets behind keywords.
pub(super) struct Devices {
    detector: Arc<str>,
    /// By the index of the literal.
    statements: Vec<(&'static str, &'static Statement)>,
}

impl Devices {
    pub(super) fn new() -> Self {
        let statements = STATEMENTS
            .iter()
            .flat_map(|statement| statement.first.iter().map(move |first| (*first, statement)));
        Self {
            detector: "password.device".into(),
            statements: statements.collect(),
        }
    }
}

impl Rule for Devices {
    fn literals(&self) -> Vec<String> {
        let first = self.statements.iter().map(|(first, _)| *first);
        let others = MENUS.into_iter().chain([ENCRYPTED]).chain(wireless::LITERALS);
        first.chain(others).map(str::to_owned).collect()
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let Wake::Literal { index, at } = wake else {
            return;
        };
        let mut push = |span: ByteSpan| {
            found.push(
                EntityType::Password,
                span.start,
                span.end,
                Score::LIKELY,
                &self.detector,
            );
        };
        if let Some((_, statement)) = self.statements.get(index) {
            return statement.secrets(text, at, push);
        }
        match index - self.statements.len() {
            menu if menu < MENUS.len() => menu_secrets(text, at.end, push),
            menu if menu == MENUS.len() => encrypted(text, at.end).into_iter().for_each(push),
            other => {
                if let Some(span) = wireless::secret(text, at, other - MENUS.len() - 1) {
                    push(span);
                }
            }
        }
    }
}

impl Statement {
    /// Calls `on_secret` with what stands behind the first words at `at`.
    fn secrets(&self, text: &str, at: ByteSpan, on_secret: impl FnMut(ByteSpan)) {
        let is_whole = text[at.range()].ends_with([' ', '-'])
            || matches!(text.as_bytes().get(at.end), Some(b' ' | b'\t' | b'='));
        if !is_whole || !word_start(text, at.start) {
            return;
        }
        let starts = starts_line(text, at.start);
        if self.is_first && !starts {
            return;
        }
        let line = line_after(text, at.end, MAX_LINE);
        let words = || words(text, ByteSpan::new(at.end, at.end + line.len()));
        match self.place {
            Place::Next => secret(&words(), starts).into_iter().for_each(on_secret),
            Place::Nth(nth) => {
                let mut words = words();
                words.retain(|word| !word.text.starts_with('-'));
                let rest = words.get(nth..).unwrap_or_default();
                secret(rest, starts).into_iter().for_each(on_secret);
            }
            Place::Behind(marks) if self.is_first => {
                let words = words();
                // `Username and password required`, `username = password = None`.
                let is_named = !line.trim_start().starts_with(['=', ':']);
                if words.first().is_some_and(|name| is_named && !is_joint(name.text)) {
                    behind(&words[1..], marks, starts, on_secret);
                }
            }
            Place::Behind(marks) => behind(&words(), marks, starts, on_secret),
            Place::Below(marks) => lines_below(text, at.end)
                .map(|line| self::words(text, line))
                .filter(|words| words.first().is_some_and(|word| marks.contains(&word.text)))
                .filter_map(|words| secret(&words[1..], true))
                .for_each(on_secret),
        }
    }
}

/// Calls `on_secret` with what stands behind each of `marks` among the words.
fn behind(words: &[Word<'_>], marks: &[&str], starts_line: bool, mut on_secret: impl FnMut(ByteSpan)) {
    let mut read = 0;
    for (nth, word) in words.iter().enumerate() {
        if word.start < read || !marks.iter().any(|mark| word.text.eq_ignore_ascii_case(mark)) {
            continue;
        }
        if let Some(span) = secret(&words[nth + 1..], starts_line) {
            read = span.end;
            on_secret(span);
        }
    }
}

fn is_joint(word: &str) -> bool {
    ["and", "or", "/", "&", "is", "must", "field", "the", "name"]
        .contains(&word.to_ascii_lowercase().as_str())
}

/// A word of a line, or what quotes enclose.
struct Word<'t> {
    text: &'t str,
    start: usize,
    is_quoted: bool,
}

/// The words of a part of the text; the mark that ends a statement is part of none.
fn words(text: &str, line: ByteSpan) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut rest = &text[line.range()];
    loop {
        rest = rest.trim_start_matches([' ', '\t', '=', ':']);
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let closed = quote.and_then(|quote| rest[1..].split_once(quote));
        let (word, behind) = match closed {
            Some(closed) => closed,
            None => {
                let end = rest.find([' ', '\t']).unwrap_or(rest.len());
                let (word, behind) = rest.split_at(end);
                (
                    word.trim_end_matches([';', ',', '`', '"', '\'', ')', '.']),
                    behind,
                )
            }
        };
        if !word.is_empty() {
            words.push(Word {
                text: word,
                start: word.as_ptr() as usize - text.as_ptr() as usize,
                is_quoted: closed.is_some(),
            });
        }
        if behind.is_empty() {
            return words;
        }
        rest = behind;
    }
}

/// The secret that `words` start with, behind what says how it is written.
fn secret(words: &[Word<'_>], starts_line: bool) -> Option<ByteSpan> {
    let is_number = |word: &Word<'_>| word.text.len() <= 3 && word.text.bytes().all(|b| b.is_ascii_digit());
    let is_form = |word: &&Word<'_>| {
        let known = FORMS.iter().any(|form| word.text.eq_ignore_ascii_case(form));
        !word.is_quoted && (known || is_number(word))
    };
    let forms = words.iter().take_while(is_form).count();
    let (forms, rest) = words.split_at(forms.min(words.len().saturating_sub(1)));
    let (value, tail) = rest.split_first()?;
    let is_documented = DOCUMENTED
        .iter()
        .any(|word| value.text.eq_ignore_ascii_case(word));
    if is_documented || !is_given_password(value.text.as_bytes()) || value.text.starts_with(['[', '(', '|']) {
        return None;
    }
    let is_plain = value
        .text
        .bytes()
        .all(|b| b.is_ascii_alphabetic() || matches!(b, b'-' | b'_' | b'/'))
        && !has_capital_inside(value.text);
    let goes_on = tail.first().is_some_and(|word| {
        let known = TAILS.iter().any(|tail| word.text.eq_ignore_ascii_case(tail));
        known
            || word
                .text
                .starts_with(|c: char| c.is_ascii_digit() || matches!(c, '{' | '#' | '!'))
    });
    let is_typed = value.is_quoted || forms.iter().any(is_number);
    let is_set = || goes_on || tail.is_empty() && starts_line && (is_typed || !is_common_word(value.text));
    (!is_plain || is_set()).then(|| ByteSpan::new(value.start, value.start + value.text.len()))
}

/// Whether a capital stands behind a small letter: no word of a sentence.
fn has_capital_inside(word: &str) -> bool {
    word.as_bytes()
        .windows(2)
        .any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase())
}

/// Whether what stands at `at` is the first word of its line, or the first behind a prompt or the marks of other tools.
fn starts_line(text: &str, at: usize) -> bool {
    let before = line_before(text, at, MAX_PROMPT).trim_end();
    let before = before
        .strip_suffix("set")
        .or_else(|| before.strip_suffix("no"))
        .unwrap_or(before)
        .trim_end();
    before.is_empty() || before.ends_with(['#', '>', '`', '"', '\'', '+', '-', '|', '→', '$', '%'])
}

/// The lines below the one that `from` is in, as long as they are indented.
fn lines_below(text: &str, from: usize) -> impl Iterator<Item = ByteSpan> {
    let mut at = from + line_after(text, from, MAX_LINE).len();
    (0..MAX_LINES).map_while(move |_| {
        let rest = &text[at..];
        let rest = rest.strip_prefix('\r').unwrap_or(rest).strip_prefix('\n')?;
        let start = text.len() - rest.len();
        let line = line_after(text, start, MAX_LINE);
        at = start + line.len();
        line.starts_with([' ', '\t']).then(|| ByteSpan::new(start, at))
    })
}

/// Calls `on_secret` with the secrets among the `name=value` pairs behind the menu of RouterOS that ends at `from`, and in the
/// lines below it that add to it.
fn menu_secrets(text: &str, from: usize, mut on_secret: impl FnMut(ByteSpan)) {
    let mut at = from;
    for _ in 0..MAX_LINES {
        let line = line_after(text, at, MAX_LINE);
        let mut from = 0;
        while let Some(equals) = line[from..].find('=').map(|equals| from + equals) {
            let name = line[..equals].rsplit([' ', '\t']).next().unwrap_or_default();
            let behind = &line[equals + 1..];
            let (start, len) = match behind.strip_prefix('"') {
                Some(inner) => (1, inner.find('"').unwrap_or(inner.len())),
                None => (0, behind.find([' ', '\t']).unwrap_or(behind.len())),
            };
            let value = &behind[start..start + len];
            if MENU_KEYS.contains(&name) && is_given_password(value.as_bytes()) {
                let start = at + equals + 1 + start;
                on_secret(ByteSpan::new(start, start + len));
            }
            from = equals + 1 + start + len;
        }
        at += line.len();
        let rest = &text[at..];
        let next = rest
            .strip_prefix('\r')
            .unwrap_or(rest)
            .strip_prefix('\n')
            .unwrap_or_default();
        if !["add ", "set ", " "].iter().any(|start| next.starts_with(start)) {
            return;
        }
        at = text.len() - next.len();
    }
}

/// What FortiOS encrypted, behind its mark that ends at `from`.
fn encrypted(text: &str, from: usize) -> Option<ByteSpan> {
    let word = line_after(text, from, MAX_LINE);
    let word = &word[..word.find([' ', '\t', '"']).unwrap_or(word.len())];
    let is_base64 = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    let is_made = word.len() >= MIN_ENCRYPTED
        && word.bytes().all(is_base64)
        && word.bytes().any(|b| b.is_ascii_digit())
        && word.bytes().any(|b| b.is_ascii_uppercase());
    (is_made && text[..from].ends_with("ENC ")).then(|| ByteSpan::new(from, from + word.len()))
}

#[cfg(test)]
mod tests;
