//! Addresses that their postal code proves, whatever the street is called: `Am Markt 3, 50667 Köln`,
//! `Kungsgatan 8, 111 43 Stockholm`, a letter's head over several lines.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::super::names;
use super::super::text::{char_before, word_end};
use super::pieces::{self, Piece};
use super::place::town_words;
use crate::ByteSpan;

/// Most pieces between a street and its postal code.
const MAX_UNITS: usize = 2;
/// Codes of four digits that may be years.
const YEARS: std::ops::RangeInclusive<u32> = 1900..=2099;
/// Ends of street names in countries whose postal codes have four digits.
#[rustfmt::skip]
const STREET_ENDS: &[&str] = &[
    "gasse", "straße", "strasse", "weg", "platz", "gade", "vej", "gata", "gaten", "veien", "vei", "straat", "laan",
    "kade", "plein", "steeg", "dijk", "singel", "gracht", "lei", "dreef", "utca", "allee", "alléen", "markt",
    "stræde", "torv", "plads", "rain",
];
/// Words behind a number that no town is called.
#[rustfmt::skip]
const COUNTED: &[&str] = &[
    "euro", "eur", "usd", "dollar", "dollars", "chf", "stück", "zeilen", "einwohner", "mitarbeiter", "nutzer",
    "personen", "meter", "kilometer", "tonnen", "liter", "jahre", "jahren", "menschen", "besucher", "exemplare",
    "punkte", "zuschauer", "wörter", "zeichen", "seiten", "teilnehmer", "mal", "mio", "mrd", "tsd", "uhr", "watt",
    "volt", "yen", "rubel", "lines", "bytes", "people", "euros", "habitants", "habitantes", "abitanti", "personnes",
    "personas", "persone", "miles", "km", "kg", "kb", "mb", "gb", "hz", "mhz", "foot", "feet", "copies", "units",
    "records", "entries", "steps", "points", "samples", "tokens", "iterations", "epochs", "edition", "editions",
    "maniacs", "ok", "ms", "pm", "am", "utc", "gmt", "cet", "est", "pst", "blocks", "inodes", "total", "linux",
    "unix",
];

/// Letters of countries before a code.
#[rustfmt::skip]
const COUNTRIES: &[&str] = &[
    "D", "DE", "A", "AT", "CH", "F", "FR", "I", "IT", "E", "ES", "P", "PT", "L", "LU", "LV", "LT", "NL", "B", "BE",
    "DK", "S", "SE", "N", "NO", "FI", "PL", "CZ", "SK", "H", "HU", "HR", "SI", "RO", "BG", "GR", "FL", "LI", "MC",
    "EE", "RS", "BA", "MK",
];

static TOWNS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("towns.txt").lines();
    lines
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_whitespace)
        .collect()
});

/// How a postal code is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Code {
    /// Letters, a hyphen or a blank in it: nothing else has its form.
    Formed,
    /// Five or six digits.
    Digits,
    /// Four digits.
    Short,
    /// Four digits of a year.
    Year,
}

/// The address before and around the digits of a postal code.
pub(super) fn address(text: &str, digits: ByteSpan) -> Option<(usize, usize)> {
    let (start, end, code) = code_at(text, digits)?;
    // Most numbers before a capital have no comma or line end before them, nor a street behind.
    let nearest = pieces::before(text, start);
    if nearest.is_none() && !starts_piece(text, start) {
        return None;
    }
    let town = text[end..].strip_prefix(' ').map(|_| end + 1)?;
    let stop = town_words(text, town)?;
    let first = text[town..stop].split([' ', '-']).next()?;
    let is_known = TOWNS.contains(first.to_lowercase().as_str());
    let is_word = names::is_common_word(first) || COUNTED.contains(&first.to_lowercase().as_str());
    if first.chars().count() < 2 || is_word && !is_known {
        return None;
    }
    let stop = with_district(text, stop);
    if let Some(street) = nearest.and_then(|nearest| street_before(text, nearest, code, is_known)) {
        return Some((street, stop));
    }
    let street = pieces::behind(text, stop)?;
    proves(text, street, code, is_known, street.is_parted)?;
    starts_piece(text, start).then_some((start, street.end))
}

/// Whether nothing of a sentence stands before a code: `50667 Köln, Am Markt 3`.
fn starts_piece(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end_matches([' ', '\u{a0}']);
    before.ends_with(['\n', ':', '|', '(', '"', '\t', '>', ',', ';']) || before.is_empty()
}

/// Where the code starts and ends, letters around the digits included.
fn code_at(text: &str, digits: ByteSpan) -> Option<(usize, usize, Code)> {
    let before = &text.as_bytes()[..digits.start];
    let after = &text.as_bytes()[digits.end..];
    let (start, mut code) = match digits.len() {
        // `111 43`.
        2 => {
            let start = before.len().checked_sub(4)?;
            let is_whole = before[start..start + 3].iter().all(u8::is_ascii_digit);
            is_whole.then_some((start, Code::Formed))?
        }
        // `00-238`, `4050-262`.
        3 => {
            let head = &before[..before.len() - 1];
            let count = head
                .iter()
                .rev()
                .take(5)
                .take_while(|b| b.is_ascii_digit())
                .count();
            matches!(count, 2 | 4).then_some((head.len() - count, Code::Formed))?
        }
        4 => (digits.start, Code::Short),
        _ => (digits.start, Code::Digits),
    };
    if digits.len() == 4 {
        let value: u32 = text[digits.range()].parse().ok()?;
        if YEARS.contains(&value) {
            code = Code::Year;
        }
    }
    let mut end = digits.end;
    // `1072 AL Amsterdam`, `1072AL Amsterdam`.
    if let ([b'A'..=b'Z', b'A'..=b'Z', b' ', ..], 4) = (after, digits.len()) {
        end += 2;
        code = Code::Formed;
    }
    if let ([b' ', b'A'..=b'Z', b'A'..=b'Z', b' ', ..], 4) = (after, digits.len()) {
        end += 3;
        code = Code::Formed;
    }
    // `D-50667`, `CH 8004`.
    let letters = match before {
        [head @ .., b'-' | b' '] if start == digits.start => head
            .iter()
            .rev()
            .take(3)
            .take_while(|b| b.is_ascii_uppercase())
            .count(),
        _ => 0,
    };
    let is_country = (1..=2).contains(&letters)
        && COUNTRIES.contains(&&text[start - letters - 1..start - 1])
        && !text[..start - letters - 1].ends_with(char::is_alphanumeric);
    let start = if is_country {
        code = Code::Formed;
        start - letters - 1
    } else {
        start
    };
    let is_joined = char_before(text, start)
        .is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '/' | '_' | '+' | '$' | '#'));
    (!is_joined).then_some((start, end, code))
}

/// Where the street starts that the pieces before a code end in.
fn street_before(text: &str, nearest: Piece, code: Code, is_known: bool) -> Option<usize> {
    let mut piece = nearest;
    for _ in 0..=MAX_UNITS {
        if pieces::is_french_street(text, piece) || pieces::is_box(text, piece) {
            return Some(piece.start);
        }
        if pieces::has_street(text, piece) {
            return proves(text, piece, code, is_known, nearest.is_parted);
        }
        if !pieces::is_unit(text, piece) {
            return None;
        }
        piece = pieces::before(text, piece.start)?;
    }
    None
}

/// Where the street of a piece starts, if it and its code are enough.
fn proves(text: &str, piece: Piece, code: Code, is_known: bool, is_parted: bool) -> Option<usize> {
    let (start, is_common) = pieces::street_in(text, piece)?;
    let is_enough = match code {
        Code::Formed => true,
        Code::Digits => !is_common || is_known,
        Code::Short => is_known || !is_common && (is_street(text, start, piece.end) || is_parted),
        Code::Year => is_known || is_street(text, start, piece.end),
    };
    is_enough.then_some(start)
}

/// Whether one of the words ends as streets do.
fn is_street(text: &str, start: usize, end: usize) -> bool {
    let lower = text[start..end].to_lowercase();
    lower
        .split(|c: char| !c.is_alphabetic())
        .any(|word| STREET_ENDS.iter().any(|end| word.ends_with(end)))
}

/// `København N`, `Praha 1`, `Milano (MI)`, `Beyoğlu/İstanbul`: what belongs to a town behind its name.
pub(super) fn with_district(text: &str, town: usize) -> usize {
    let rest = &text[town..];
    if let Some(province) = rest.strip_prefix('/') {
        return town_words(text, town + 1).unwrap_or(text.len() - province.len());
    }
    let bracket = rest
        .strip_prefix(" (")
        .and_then(|inner| inner.find(')'))
        .filter(|close| *close <= 3);
    if let Some(close) = bracket {
        return town + 3 + close;
    }
    let letters = rest.bytes().skip(1).take_while(u8::is_ascii_alphanumeric).count();
    let is_short = rest.starts_with(' ')
        && (1..=2).contains(&letters)
        && rest
            .bytes()
            .skip(1)
            .take(letters)
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    if is_short && word_end(text, town + 1 + letters) {
        town + 1 + letters
    } else {
        town
    }
}
