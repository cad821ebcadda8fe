//! Addresses in the English order: `12 Main Street, Springfield, IL 62704`, `221B Baker Street, London NW1 6XE`.

use super::super::names;
use super::super::text::{char_before, is_unspaced, line_after, line_before, word_end, word_start};
use super::place::{Town, after};
use crate::ByteSpan;
use crate::lexicon::is_common_word;

/// Words of the longest street name.
const MAX_WORDS: usize = 4;
/// Bytes of one word.
const MAX_WORD: usize = 24;

/// Street words, a space before them.
#[rustfmt::skip]
pub(super) const STREETS: &[&str] = &[
    " street", " st", " avenue", " ave", " road", " rd", " lane", " ln", " drive", " dr", " boulevard", " blvd",
    " court", " ct", " place", " pl", " way", " square", " sq", " terrace", " parkway", " pkwy", " highway", " hwy",
    " crescent", " close", " gardens", " grove", " mews", " row", " trail", " circle", " broadway", " quay", " walk",
    " hill", " alley", " loop", " turnpike", " pike", " marg", " nagar",
];
/// Post boxes.
#[rustfmt::skip]
pub(super) const BOXES: &[&str] = &[
    "p.o. box", "po box", "p.o.box", "p o box", "gpo box", "private bag", "postfach", "postbus", "boîte postale",
    "apartado postal", "apartado de correos", "apdo. de correos", "casella postale", "caixa postal",
];
/// Street words that are common words too: only with a town, or a capital and nothing behind that goes on.
#[rustfmt::skip]
const WEAK: &[&str] = &[
    "way", "place", "court", "close", "row", "circle", "square", "drive", "trail", "grove", "ct", "pl", "st", "dr",
    "sq", "walk", "hill", "alley", "loop", "pike",
];
/// Of them those that are no abbreviations: alone, they need a name that is no everyday word before them.
#[rustfmt::skip]
const PLAIN: &[&str] = &[
    "way", "place", "court", "close", "row", "circle", "square", "drive", "trail", "grove", "walk", "hill", "alley",
    "loop", "pike",
];
/// Words before a number that count something other than houses.
#[rustfmt::skip]
const COUNTING: &[&str] = &[
    "section", "step", "chapter", "figure", "fig", "phase", "level", "lesson", "top", "part", "version", "release",
    "route", "table", "item", "page", "line", "exercise", "question", "stage", "day", "week", "season", "episode",
    "issue", "module", "task", "rule", "option", "appendix", "article", "paragraph", "volume", "vol", "no", "room",
    "track", "act", "scene", "round", "zone", "interstate", "highway", "exit", "unit", "class", "tier", "type",
    "mile", "the", "all", "only", "about", "best", "first", "last", "next", "other",
];
/// Words that a sentence goes on with behind an address.
#[rustfmt::skip]
const FUNCTION_WORDS: &[&str] = &[
    "and", "or", "in", "at", "is", "was", "to", "for", "with", "on", "near", "where", "by", "from", "but", "as",
    "which", "that", "who", "when", "since", "until", "after", "before", "please", "has", "had", "will", "are",
    "were", "we", "i", "he", "she", "they", "it", "if", "because", "so", "while", "tomorrow", "today", "this",
    "next", "between", "now", "then",
];
/// Words that say that an address follows.
const SAYS: &[&str] = &["at", "to", "from", "address", "of", "near", "in", "lives", "is"];

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
    let is_place = || capital && !is_counted(text, start) && !is_only_street_words(&text[start..at.start]);
    let accepted = match town {
        Some(Town::Coded) => true,
        Some(Town::Loose) => is_place(),
        None => {
            let plain = PLAIN.iter().any(|plain| word.eq_ignore_ascii_case(plain));
            let is_told = || !plain || says_address(text, start) || !has_common_name(&text[start..at.start]);
            is_place() && is_told() && ends_address(text, end, weak && !says_address(text, start))
        }
    };
    accepted.then_some((start, end))
}

/// The last word before `at`, lower case.
fn word_before(text: &str, at: usize) -> String {
    let before = line_before(text, at, MAX_WORD).trim_end_matches([' ', '"', '(']);
    let word = before.rsplit(|c: char| !c.is_alphanumeric()).next();
    word.unwrap_or_default().to_lowercase()
}

/// `Section 12`, `step 3`, `Top 10`: the number counts no houses.
fn is_counted(text: &str, at: usize) -> bool {
    COUNTING.contains(&word_before(text, at).as_str())
}

fn says_address(text: &str, at: usize) -> bool {
    SAYS.contains(&word_before(text, at).as_str())
}

/// Whether the words before the street word are street words themselves: `100 Open Way`, `2 Lane Road`.
fn is_only_street_words(house: &str) -> bool {
    let mut words = house
        .split(' ')
        .skip(1)
        .filter(|word| !word.is_empty())
        .peekable();
    let is_street = |word: &str| {
        let word = word.to_lowercase();
        STREETS.iter().any(|street| street[1..] == word)
    };
    words.peek().is_some() && words.all(is_street)
}

/// Whether each word of the street's name is an everyday one: `42 Open Source Drive`.
fn has_common_name(house: &str) -> bool {
    let mut words = house.split(' ').skip(1).filter(|word| !word.is_empty());
    words.all(|word| is_common_word(word) || word.len() < 3)
}

/// Whether nothing goes on behind a street without a town: a noun makes a heading of it, `Main Street module`.
fn ends_address(text: &str, end: usize, is_strict: bool) -> bool {
    let rest = line_after(text, end, MAX_WORD);
    let rest = rest.strip_prefix('.').unwrap_or(rest);
    let Some(behind) = rest
        .strip_prefix(['"', '\'', '”'])
        .unwrap_or(rest)
        .strip_prefix(' ')
    else {
        return true;
    };
    let word = behind
        .split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or_default();
    if word.is_empty() || word.bytes().all(|b| b.is_ascii_digit()) {
        return true;
    }
    if word.starts_with(char::is_uppercase) {
        // `47 Elm Street Springfield`, not `Main Street Analysis`.
        return !is_strict && !is_common_word(word) && !names::is_common_word(word);
    }
    !is_strict && FUNCTION_WORDS.contains(&word)
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
