//! Addresses in the orders of the continent: `Hauptstraße 5, 10115 Berlin`, `12 rue de la Paix, 75002 Paris`,
//! `Calle Mayor 5, 28013 Madrid`.

use super::super::names::is_common_word;
use super::super::text::{cased_word, char_at, char_before, word_start};
use super::place::{Town, after};
use crate::ByteSpan;

/// Bytes of the word that a street word ends, and of the words before it.
const MAX_WORD: usize = 40;
/// Words of the longest street name.
const MAX_WORDS: usize = 6;

/// Ends of street names before a house number.
#[rustfmt::skip]
pub(super) const NUMBER_BEHIND: &[&str] = &[
    "straße", "strasse", "str.", "allee", "platz", "gasse", "weg", "ring", "damm", "ufer", "chaussee", "straat",
    "laan", "gracht", "plein", "gatan",
];
/// Of them those that leave no doubt without a town.
const SURE: &[&str] = &[
    "straße", "strasse", "str.", "allee", "gasse", "chaussee", "straat", "gracht",
];
/// Street words before the name, the house number last.
#[rustfmt::skip]
pub(super) const STREET_FIRST: &[&str] = &[
    "calle ", "avenida ", "paseo ", "plaza ", "c/ ", "via ", "viale ", "piazza ", "corso ", "rua ", "praça ",
    "carrer ", "carrera ", "av. ", "avda. ", "avda ", "camino ", "ronda ", "gran vía ", "largo ", "travessa ",
    "alameda ", "estrada ", "ul. ",
];
/// Of them those that are lower case.
const LOWER: &[&str] = &["ul. "];
/// Of them those that leave no doubt without a town.
const PLAIN: &[&str] = &[
    "calle ", "avenida ", "carrer ", "carrera ", "av. ", "avda. ", "avda ", "ul. ",
];
/// French street words, the house number first.
#[rustfmt::skip]
pub(super) const NUMBER_FIRST: &[&str] = &[
    "rue ", "avenue ", "boulevard ", "place ", "chemin ", "impasse ", "quai ", "allée ", "route ", "cours ",
    "square ",
];

/// Words inside street names.
#[rustfmt::skip]
const LINKS: &[&str] = &[
    "de", "la", "le", "les", "du", "des", "del", "los", "las", "y", "di", "da", "do", "dos", "el", "d", "l", "della",
    "dei",
];

/// `Hauptstraße 5, 10115 Berlin`, `Berliner Straße 12a`, `Prinsengracht 263, 1016 GV Amsterdam`.
pub(super) fn number_behind(text: &str, at: ByteSpan) -> Option<(usize, usize)> {
    let number = text[at.end..].strip_prefix(' ')?;
    number.starts_with(|c: char| c.is_ascii_digit()).then_some(())?;
    let end = house_end(text, at.end + 1)?;
    let mut start = at.start;
    while let Some(c) = char_before(text, start) {
        if !(c.is_alphabetic() || c == '-') || at.start - start > MAX_WORD {
            break;
        }
        start -= c.len_utf8();
    }
    if !char_at(text, start).is_some_and(char::is_uppercase) {
        return None;
    }
    let alone = start == at.start;
    let mut named = !alone && at.start - start > 1;
    // `Berliner Straße`, `Am Alten Platz`.
    for _ in 0..2 {
        let Some(before) = text[..start].strip_suffix(' ').filter(|_| alone) else {
            break;
        };
        let word = before.len()
            - before
                .bytes()
                .rev()
                .take(MAX_WORD)
                .take_while(|b| b.is_ascii_alphabetic() || *b >= 0x80 || *b == b'-')
                .count();
        if !text.is_char_boundary(word) || !char_at(text, word).is_some_and(char::is_uppercase) {
            break;
        }
        start = word;
        named = true;
    }
    let (stop, town) = after(text, end);
    let sure = SURE
        .iter()
        .any(|sure| text[at.range()].eq_ignore_ascii_case(sure));
    let accepted = named && (sure || town == Some(Town::Coded));
    accepted.then_some((start, stop))
}

/// `Calle Mayor 5, 28013 Madrid`, `Via Roma, 12`.
pub(super) fn street_first(text: &str, at: ByteSpan) -> Option<(usize, usize)> {
    let word = text[at.range()].to_ascii_lowercase();
    let is_cased = text.as_bytes()[at.start].is_ascii_uppercase() || LOWER.contains(&word.as_str());
    (word_start(text, at.start) && is_cased).then_some(())?;
    let name = street_name(text, at.end).filter(|end| is_name(&text[at.end..*end]))?;
    let gap = text[name..]
        .bytes()
        .take(2)
        .take_while(|b| matches!(b, b',' | b' '))
        .count();
    let rest = &text[name + gap..];
    let marked = ["nº ", "n.º ", "no ", "n° ", "n. ", "nr. ", "núm. ", "num. "]
        .iter()
        .find(|mark| rest.starts_with(**mark))
        .map_or(0, |mark| mark.len());
    let number = name + gap + marked;
    if gap == 0 || !char_at(text, number).is_some_and(|c| c.is_ascii_digit()) {
        return None;
    }
    let end = house_end(text, number)?;
    let (stop, town) = after(text, end);
    let is_plain = PLAIN.contains(&word.as_str());
    (town == Some(Town::Coded) || is_plain || (town.is_some() && word != "via ")).then_some((at.start, stop))
}

/// `12 rue de la Paix, 75002 Paris`, `5 bis, avenue Victor-Hugo`.
pub(super) fn number_first(text: &str, at: ByteSpan) -> Option<(usize, usize)> {
    let before = text[..at.start].strip_suffix(' ')?;
    let before = before.strip_suffix(',').unwrap_or(before);
    let before = ["bis", "ter", "quater"]
        .iter()
        .find_map(|repeat| before.strip_suffix(repeat))
        .map_or(before, |rest| rest.trim_end_matches(' '));
    let digits = before
        .bytes()
        .rev()
        .take(5)
        .take_while(u8::is_ascii_digit)
        .count();
    let start = before.len() - digits;
    if !(1..=4).contains(&digits) || !word_start(text, start) || before[..start].ends_with(['.', '/', '-']) {
        return None;
    }
    let name = street_name(text, at.end).filter(|end| is_name(&text[at.end..*end]))?;
    let (stop, town) = after(text, name);
    let french = text[at.range()].eq_ignore_ascii_case("rue ")
        || text[at.range()].starts_with(['a', 'b', 'c', 'i', 'q', 'A', 'B']);
    (town == Some(Town::Coded) || (french && text[at.end..].starts_with(char::is_alphabetic)))
        .then_some((start, stop))
}

/// Whether a street's name is more than everyday words of English: `via Header 1`, `2 Place Holders`.
fn is_name(words: &str) -> bool {
    let mut capitals = words
        .split(' ')
        .filter(|word| word.starts_with(char::is_uppercase))
        .peekable();
    capitals.peek().is_none() || !capitals.all(is_common_word)
}

/// Where the street's name ends: capitalised words, articles between.
fn street_name(text: &str, at: usize) -> Option<usize> {
    let mut end = None;
    let mut from = at;
    for _ in 0..MAX_WORDS {
        let Some(stop) = cased_word(text, from) else { break };
        let word = &text[from..stop];
        let elided = word
            .strip_prefix(['d', 'l'])
            .is_some_and(|rest| rest.starts_with(['\'', '’']));
        if word.starts_with(char::is_uppercase) || elided {
            end = Some(stop);
        } else if !LINKS.contains(&word) {
            break;
        }
        match text.as_bytes().get(stop) {
            Some(b' ') => from = stop + 1,
            _ => break,
        }
    }
    end
}

/// Where the house number at `at` ends: `5`, `5a`, `5-7`, `5 a`.
fn house_end(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let count = |from: usize| {
        bytes[from..]
            .iter()
            .take(6)
            .take_while(|b| b.is_ascii_digit())
            .count()
    };
    let digits = count(at);
    let mut end = at + digits;
    if !(1..=4).contains(&digits) {
        return None;
    }
    if matches!(bytes.get(end), Some(b'-' | b'/')) && (1..=4).contains(&count(end + 1)) {
        end += 1 + count(end + 1);
    }
    if bytes.get(end).is_some_and(u8::is_ascii_alphabetic) {
        end += 1;
    }
    let more = char_at(text, end).is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '%');
    let decimal = matches!(bytes[end..], [b'.' | b':', b'0'..=b'9', ..]);
    (!more && !decimal).then_some(end)
}
