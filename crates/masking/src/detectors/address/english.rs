//! Addresses in the English order: `12 Main Street, Springfield, IL 62704`, `221B Baker Street, London NW1 6XE`.

use super::super::text::{char_before, is_unspaced, word_end, word_start};
use super::place::{Town, after};
use crate::ByteSpan;

/// Words of the longest street name.
const MAX_WORDS: usize = 4;
/// Bytes of one word.
const MAX_WORD: usize = 24;

/// Street words, a space before them.
pub(super) const STREETS: &[&str] = &[
    " street",
    " st",
    " avenue",
    " ave",
    " road",
    " rd",
    " lane",
    " ln",
    " drive",
    " dr",
    " boulevard",
    " blvd",
    " court",
    " ct",
    " place",
    " pl",
    " way",
    " square",
    " sq",
    " terrace",
    " parkway",
    " pkwy",
    " highway",
    " hwy",
    " crescent",
    " close",
    " gardens",
    " grove",
    " mews",
    " row",
    " trail",
    " circle",
    " broadway",
];
/// Post boxes.
pub(super) const BOXES: &[&str] = &[
    "p.o. box",
    "po box",
    "p.o.box",
    "postfach",
    "boîte postale",
    "apartado postal",
];
/// Street words that are common words too: only with a town, or a capital and nothing behind that goes on.
const WEAK: &[&str] = &[
    "way", "place", "court", "close", "row", "circle", "square", "drive", "trail", "grove", "ct", "pl", "st",
    "dr", "sq",
];

/// The address whose street word stands at `at`.
pub(super) fn street(text: &str, at: ByteSpan) -> Option<(usize, usize)> {
    word_end(text, at.end).then_some(())?;
    let word = &text[at.start + 1..at.end];
    let (start, named) = house(text, at.start)?;
    let dot = usize::from(text.as_bytes().get(at.end) == Some(&b'.') && word.len() <= 4);
    // `12 Oak St.` at a sentence's end keeps its full stop.
    let (end, town) = after(text, at.end + dot);
    let end = if end == at.end + dot { at.end } else { end };
    let capital = word.starts_with(|c: char| c.is_uppercase()) && named;
    let weak = WEAK.iter().any(|weak| word.eq_ignore_ascii_case(weak));
    let accepted = match town {
        Some(Town::Coded) => true,
        Some(Town::Loose) => capital,
        None => capital && (!weak || !goes_on(text, end)),
    };
    accepted.then_some((start, end))
}

/// Whether a capitalised word follows directly: a heading, not a street.
fn goes_on(text: &str, end: usize) -> bool {
    matches!(text.as_bytes()[end..], [b' ', b'A'..=b'Z', ..])
}

/// Where the house number before the street's name starts, and whether the name's words are capitalised.
fn house(text: &str, end: usize) -> Option<(usize, bool)> {
    let mut at = end;
    let mut capital = true;
    for nth in 0..=MAX_WORDS {
        let from = word_from(text, at);
        let word = &text[from..at];
        let first = word.bytes().next()?;
        // `12 5th Street`: an ordinal is the street's name.
        if first.is_ascii_digit() && !is_ordinal(word) {
            return (nth > 0 && is_house_number(text, from, word)).then_some((from, capital));
        }
        capital &= !first.is_ascii_lowercase() || is_ordinal(word);
        at = text[..from].strip_suffix(' ')?.len();
    }
    None
}

fn word_from(text: &str, end: usize) -> usize {
    let mut from = end;
    while let Some(c) = char_before(text, from) {
        let belongs = (c.is_alphanumeric() && !is_unspaced(c)) || matches!(c, '\'' | '’' | '-' | '.' | '/');
        if !belongs || end - from > MAX_WORD {
            break;
        }
        from -= c.len_utf8();
    }
    // In front of a word it is a quote.
    from + text[from..end].len() - text[from..end].trim_start_matches(['\'', '’']).len()
}

fn is_ordinal(word: &str) -> bool {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    digits > 0 && matches!(&word[digits..], "st" | "nd" | "rd" | "th")
}

/// `12`, `221B`, `12-14`; not `1.5` or the end of `10,000`.
fn is_house_number(text: &str, from: usize, word: &str) -> bool {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &word.as_bytes()[digits..];
    let tail = match rest {
        [] => true,
        [letter] => letter.is_ascii_alphabetic(),
        [b'-' | b'/', more @ ..] => more.len() <= 5 && more.iter().all(u8::is_ascii_alphanumeric),
        _ => false,
    };
    let before = text[..from].bytes().next_back();
    let goes_on =
        before.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b',' | b'_' | b'$' | b'/'));
    (1..=5).contains(&digits) && tail && !goes_on
}

/// `P.O. Box 1234, Springfield, IL 62704`.
pub(super) fn post_box(text: &str, at: ByteSpan) -> Option<(usize, usize)> {
    word_start(text, at.start).then_some(())?;
    let rest = &text[at.end..];
    let gap = rest.bytes().take(2).take_while(|b| *b == b' ').count();
    let digits = rest[gap..]
        .bytes()
        .take(8)
        .take_while(|b| b.is_ascii_digit() || *b == b' ')
        .count();
    let digits = rest[gap..gap + digits].trim_end().len();
    if gap == 0 || digits == 0 || !word_end(rest, gap + digits) {
        return None;
    }
    Some((at.start, after(text, at.end + gap + digits).0))
}
