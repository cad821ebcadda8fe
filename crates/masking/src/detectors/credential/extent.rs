//! How far the value of a secret goes that nothing encloses.

use super::form;
use crate::ByteSpan;
use crate::detectors::secret::piece_in_value;
use crate::fields::{Concept, Joint, Place};

/// Longest value without quotes, in bytes.
const MAX_BARE: usize = 128;
/// Longest token without quotes, in bytes.
const MAX_BARE_TOKEN: usize = 2048;

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// In quotes, or alone in its cell.
    Quoted,
    /// Bare, behind an operator: `password=hunter2`.
    Bare,
    /// Bare, in a sentence: `the password is hunter2`.
    Prose,
    /// Bare, and nothing but its look joins it to the label: `the password S3cretPw99x`.
    Adjacent,
    /// Bare, between tags: `<password>hunter2</password>`.
    Element,
}

/// A value in the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value {
    pub(super) span: ByteSpan,
    pub(super) form: Form,
    /// It is set by the label's name, in a form that code and prose do not have: `ENV DB_PASSWORD ...`.
    pub(super) is_setting: bool,
}

/// The value at `place`: what encloses it says where it ends, or its own signs.
pub(super) fn read(text: &str, place: &Place, kind: Concept) -> Option<Value> {
    let form = form(place.joint);
    // Laravel: `APP_KEY=base64:...`.
    let is_laravel = kind == Concept::ApiKey && text[place.at..].starts_with("base64:");
    let at = place.at + if is_laravel { "base64:".len() } else { 0 };
    let (end, form) = match place.close {
        Some(close) if place.joint == Joint::Element => (close, form),
        Some(close) => (close, Form::Quoted),
        None if matches!(kind, Concept::Password | Concept::Secret) => {
            (at + bare_len(&text[at..], form)?, form)
        }
        None => (at + token_len(&text.as_bytes()[at..]), form),
    };
    (end > at).then(|| Value {
        span: ByteSpan::new(at, end),
        form,
        is_setting: place.is_setting,
    })
}

/// How long the bare value is; `None` when it is longer than values are.
fn bare_len(rest: &str, form: Form) -> Option<usize> {
    let window = cut(rest, MAX_BARE + 4);
    let bytes = window.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let ends = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => false,
            b'<' | b'$' | b'{' | b'%' | b'#' | b'[' | b'(' if goes_on_behind(bytes, at, form) => {
                at += piece_in_value(bytes, at);
                continue;
            }
            b'<' => at > 0,
            b'"' | b'\'' | b'`' | b'>' | b'\\' => form != Form::Element,
            b',' | b';' | b'&' => form == Form::Bare && ends_item(&bytes[at + 1..]),
            b')' | b']' | b'}' => !bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric),
            0..=b' ' => true,
            0x80.. => window[at..].starts_with(|c: char| c.is_whitespace() || is_east_asian(c)),
            _ => false,
        };
        if ends {
            break;
        }
        at += if byte.is_ascii() {
            1
        } else {
            window[at..].chars().next().map_or(1, char::len_utf8)
        };
    }
    let value = window[..at].trim_end_matches(['.', ',', ';', ':', '?']);
    (at <= MAX_BARE).then_some(value.len())
}

/// Whether a piece of a template stands at `at`, and is part of a bare value: its start, or with more of it behind.
fn goes_on_behind(bytes: &[u8], at: usize, form: Form) -> bool {
    let piece = piece_in_value(bytes, at);
    let behind = bytes.get(at + piece).copied().unwrap_or(b' ');
    let is_part = behind.is_ascii_alphanumeric() || b"!@#$%^&*~+=_-".contains(&behind);
    let is_last = matches!(bytes[at], b'$' | b'#' | b'%') && !behind.is_ascii_graphic();
    piece > 0 && (at == 0 || is_last || is_part && !(form == Form::Element && bytes[at] == b'<'))
}

/// How long the bare value of a machine is; 0 where it goes on as other text does.
fn token_len(bytes: &[u8]) -> usize {
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || b"-_.~+/%".contains(b);
    let mut body = 0;
    while let Some(byte) = bytes.get(body).filter(|_| body < MAX_BARE_TOKEN) {
        let piece = if is_part(byte) && *byte != b'%' {
            0
        } else {
            piece_in_value(bytes, body)
        };
        // Something shaped like a placeholder with a key in it is no piece.
        let opens = body == 0 && *byte == b'<';
        if piece == 0 && !is_part(byte) && !opens {
            break;
        }
        body += piece.max(1);
    }
    let padding = bytes[body..].iter().take(3).take_while(|b| **b == b'=').count();
    let dots = bytes[..body].iter().rev().take_while(|b| **b == b'.').count();
    match bytes.get(body + padding) {
        Some(b'(' | b'[' | b'{' | b':' | b'!' | b'?' | b'@' | b'$' | b'^' | b'=') => 0,
        Some(b) if padding > 0 && b.is_ascii_alphanumeric() => 0,
        _ if padding > 0 => body + padding,
        _ => body - dots,
    }
}

/// Whether a separator is followed by white space, the end, or another `name=`.
fn ends_item(behind: &[u8]) -> bool {
    let name = behind
        .iter()
        .take(40)
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b' '))
        .count();
    match behind.first() {
        None => true,
        Some(first) => {
            first.is_ascii_whitespace() || name > 0 && matches!(behind.get(name), Some(b'=' | b':'))
        }
    }
}

const fn is_east_asian(char: char) -> bool {
    matches!(char, '\u{2018}'..='\u{201F}' | '\u{2E80}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' | '\u{FF00}'..='\u{FFEF}')
}

/// The start of `text`, at most `most` bytes, cut at a character.
fn cut(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most.min(text.len()))]
}
