//! Keys of wireless networks: of supplicants and access points, as codes and profiles carry them, as systems show them.

use crate::ByteSpan;
use crate::detectors::secret::is_given_password;
use crate::detectors::text::{line_after, line_before, word_start};
use crate::lexicon::is_common_word;

/// What wakes the rule: names of settings, then the head of a code, then labels.
pub(super) const LITERALS: [&str; 20] = [
    "psk=",
    "psk =",
    "wpa_passphrase=",
    "sae_password=",
    "wep_key0=",
    "wep_key1=",
    "wep-key0=",
    "wep-key1=",
    "wifi:",
    "<keymaterial>",
    "key content",
    "wlan-schlüssel",
    "wpa-schlüssel",
    "netzwerkschlüssel",
    "wifi key",
    "wi-fi key",
    "wlan key",
    "clave wifi",
    "clé wifi",
    "chiave wifi",
];
const CODE: usize = 8;
const ELEMENT: usize = 9;
/// WPA's longest key, and what a line writes around it.
const MAX_KEY: usize = 72;
const MAX_CODE: usize = 200;
const MIN_WPA: usize = 8;

/// The key behind the literal of that index at `at`.
pub(super) fn secret(text: &str, at: ByteSpan, index: usize) -> Option<ByteSpan> {
    if !word_start(text, at.start) && index != ELEMENT && index > 1 {
        return None;
    }
    match index {
        CODE => code(text, at.end),
        ELEMENT => {
            let value = line_after(text, at.end, MAX_KEY);
            let value = &value[..value.find('<')?];
            given(text, value)
        }
        _ if index < CODE => setting(text, at),
        _ => {
            let line = line_after(text, at.end, MAX_KEY);
            let value = line.trim_start().strip_prefix([':', '=', '：'])?.trim();
            (value.len() >= MIN_WPA).then(|| given(text, value))?
        }
    }
}

/// The value of a setting: all of its line, or what quotes enclose. Code gives names there.
fn setting(text: &str, at: ByteSpan) -> Option<ByteSpan> {
    let before = line_before(text, at.start, MAX_KEY);
    let starts = before
        .bytes()
        .all(|b| b.is_ascii_whitespace() || matches!(b, b'#' | b'+' | b'-' | b'>' | b'`'));
    let line = line_after(text, at.end, MAX_KEY);
    let spaces = line.len() - line.trim_start().len();
    let line = &line[spaces..];
    if let Some(inner) = line.strip_prefix('"') {
        return given(text, &inner[..inner.find('"')?]);
    }
    let value = line.trim_end_matches([' ', ';', '`', '"']);
    let is_code = value.contains(['(', '[', '{', '.', ',', '<'])
        || value.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_')
            && (value.contains('_') || is_common_word(value));
    (starts && spaces == 0 && !is_code).then(|| given(text, value))?
}

/// The key in the code that starts at `from`: `WIFI:S:name;T:WPA;P:key;;`.
fn code(text: &str, from: usize) -> Option<ByteSpan> {
    let code = line_after(text, from, MAX_CODE);
    let code = &code[..code.find(";;")?];
    let key = code.split(';').find_map(|field| field.strip_prefix("P:"))?;
    given(text, key)
}

fn given(text: &str, value: &str) -> Option<ByteSpan> {
    let start = value.as_ptr() as usize - text.as_ptr() as usize;
    is_given_password(value.as_bytes()).then(|| ByteSpan::new(start, start + value.len()))
}
