//! Addresses that end in their postal code: `Rose Cottage, Church Lane, Little Snoring, NR21 0HZ`,
//! `Flat No. 402, Lotus Residency, Indiranagar, Bengaluru 560038`, `Rua Augusta 1500 - São Paulo, 01304-001`.

use super::super::NumberRun;
use super::super::number::Joint;
use super::super::text::{char_before, word_end};
use super::pieces::{self, Piece};
use super::place::lettered;
use crate::ByteSpan;

/// Most pieces before a code.
const MAX_PIECES: usize = 7;
/// Last words of a piece that is a street or a house of its own name.
#[rustfmt::skip]
const BRITISH: &[&str] = &[
    "street", "st", "road", "rd", "lane", "avenue", "ave", "drive", "close", "court", "gardens", "grove", "mews",
    "row", "way", "place", "square", "terrace", "crescent", "hill", "green", "park", "walk", "rise", "view",
    "cottage", "house", "farm", "lodge", "hall", "villa", "villas", "mill", "barn", "rectory", "vicarage", "manor",
    "wharf", "quay", "yard", "parade",
];
/// What an Indian piece starts with, or has in it.
#[rustfmt::skip]
const INDIAN: &[&str] = &[
    "flat", "h.no", "h. no", "house", "plot", "door", "shop", "villa", "apartment", "apartments", "residency",
    "society", "nagar", "colony", "layout", "road", "street", "marg", "sector", "block", "cross", "main", "phase",
    "enclave", "vihar", "towers", "floor", "near", "opp", "gali", "chowk", "bazar", "bazaar", "#", "no.",
];
/// What a Brazilian street starts with.
#[rustfmt::skip]
const BRAZILIAN: &[&str] = &[
    "rua ", "r. ", "av. ", "avenida ", "travessa ", "tv. ", "alameda ", "al. ", "praça ", "pç. ", "estrada ",
    "rodovia ", "largo ",
];

/// The address before a British code, whose letters are at `letters`.
pub(super) fn british(text: &str, letters: ByteSpan) -> Option<(usize, usize)> {
    if letters.len() > 2 {
        return None;
    }
    let bytes = &text.as_bytes()[letters.start..];
    let end = letters.start + lettered(&bytes[..bytes.len().min(12)])?;
    let words = |piece: &str| piece.rsplit(' ').next().unwrap_or_default().to_lowercase();
    let is_street = |piece: &str| BRITISH.contains(&words(piece).trim_end_matches('.'));
    // A town may stand directly before the code.
    let code = match text[..letters.start].strip_suffix(' ') {
        Some(before) if before.ends_with(char::is_alphabetic) => town_start(text, before.len())?,
        _ => letters.start,
    };
    let start = first_piece(text, code, is_street)?;
    word_end(text, end).then_some((start, end))
}

/// The address before an Indian or a Brazilian code among the run's first groups.
pub(super) fn numbered(text: &str, run: &NumberRun) -> Option<(usize, usize)> {
    let groups = run.groups();
    let first = groups[0].span;
    let joint = groups.get(1).map(|next| next.joint);
    let sizes = (first.len(), groups.get(1).map(|next| next.span.len()));
    let (is_indian, end) = match (sizes, joint.as_ref().map(Joint::bytes)) {
        ((5, Some(3)), Some(b"-")) => (false, groups[1].span.end),
        ((3, Some(3)), Some(b" ")) => (true, groups[1].span.end),
        ((6, _), _) => (true, first.end),
        _ => return None,
    };
    let before = text[..first.start].trim_end_matches(' ');
    let is_free = word_end(text, end) && run.digits()[0] != 0 || !is_indian;
    if !is_free || before.len() == first.start && !before.ends_with(['-', '–', ',', '\n']) {
        return None;
    }
    if !is_indian {
        let is_street = |piece: &str| {
            let lower = piece.to_lowercase();
            BRAZILIAN.iter().any(|head| lower.starts_with(head))
        };
        let at = before
            .strip_suffix("CEP")
            .or_else(|| before.strip_suffix("CEP:"))
            .unwrap_or(before);
        let at = if at.ends_with([',', '-', '–', '\n']) {
            first.start.min(at.len() + 1)
        } else {
            return None;
        };
        return Some((first_piece(text, at, is_street)?, end));
    }
    // `Bengaluru 560038`, `Pune - 411001`, `Hyderabad – 500017`.
    let town = before.trim_end_matches(['-', '–', '—']).trim_end_matches(' ');
    if !town.ends_with(char::is_alphabetic) {
        return None;
    }
    let town = town_start(text, town.len())?;
    let is_cue = |piece: &str| {
        let lower = piece.to_lowercase();
        let mut words = lower.split([' ', '-']);
        words.any(|word| INDIAN.iter().any(|cue| word.starts_with(cue)))
    };
    Some((first_piece(text, town, is_cue)?, end))
}

/// Where the capitalised words that end at `at` start.
fn town_start(text: &str, at: usize) -> Option<usize> {
    const MAX_TOWN: usize = 3;
    const MAX_WORD: usize = 40;
    let mut start = None;
    let mut end = at;
    for _ in 0..MAX_TOWN {
        let floor = text.ceil_char_boundary(end.saturating_sub(MAX_WORD));
        let word = text[floor..end]
            .chars()
            .rev()
            .take_while(|c| c.is_alphabetic() || matches!(c, '-' | '\''));
        let from = end - word.map(char::len_utf8).sum::<usize>();
        if from == end || !text[from..].starts_with(char::is_uppercase) {
            break;
        }
        start = Some(from);
        match text[..from].strip_suffix(' ') {
            Some(before) => end = before.len(),
            None => break,
        }
    }
    start
}

/// Where the address starts whose last piece before `at` is the nearest: the furthest piece that may belong to it, if
/// one of them is a street.
fn first_piece(text: &str, at: usize, is_street: impl Fn(&str) -> bool) -> Option<usize> {
    let mut start = None;
    let mut furthest = at;
    let mut has_street = false;
    for _ in 0..MAX_PIECES {
        let Some(piece) = pieces::before(text, furthest) else {
            break;
        };
        let words = &text[piece.start..piece.end];
        if !may_belong(text, piece) {
            break;
        }
        furthest = piece.start;
        let counts =
            words.starts_with(|c: char| c.is_ascii_digit()) || words.contains(|c: char| c.is_ascii_digit());
        if is_street(words) {
            has_street = true;
            start = Some(piece.start);
        } else if counts || !has_street {
            start = has_street.then_some(piece.start).or(start);
        } else if !counts {
            break;
        }
    }
    start.filter(|_| has_street)
}

/// Whether a piece may be a part of an address: short, capitalised or counted, and no sentence.
fn may_belong(text: &str, piece: Piece) -> bool {
    let words = || {
        text[piece.start..piece.end]
            .split(' ')
            .filter(|word| !word.is_empty())
    };
    let is_part = |word: &str| {
        word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit() || c == '#')
            || [
                "de", "da", "do", "das", "dos", "of", "the", "upon", "on", "no.", "apto", "near", "opp",
                "opp.", "e", "nº", "n.", "and", "st",
            ]
            .contains(&word)
    };
    words().count() <= 6 && words().all(is_part) && char_before(text, piece.start) != Some('=')
}
