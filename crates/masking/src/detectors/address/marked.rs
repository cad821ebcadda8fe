//! Addresses whose street word and house number are marked: `Atatürk Caddesi No: 15 Daire: 4`, `ул. Тверская, д. 7, кв. 12`,
//! `Váci utca 14`, `Calle 72 # 10-34`.

use super::super::text::{cased_word, char_at, char_before, word_end, word_start};
use super::coded::with_district;
use super::place::after;
use crate::ByteSpan;

/// Turkish street words behind the name.
#[rustfmt::skip]
pub(super) const TURKISH: &[&str] = &[
    " caddesi", " cad.", " cd.", " sokak", " sokağı", " sok.", " sk.", " bulvarı", " bulv.", " blv.",
];
/// Cyrillic street words, before the name or behind it.
#[rustfmt::skip]
pub(super) const CYRILLIC: &[&str] = &[
    "ул. ", "Ул. ", "улица ", "Улица ", "улица,", "вул. ", "вулиця ", "проспект", "Проспект", "пр-т ", "пр-т,",
    "пр. ", "пер. ", "переулок", "шоссе", "наб. ", "набережная", "бульвар", "бул. ", "площадь ", "пл. ",
];
/// Hungarian street words behind the name.
pub(super) const HUNGARIAN: &[&str] = &[
    " utca ",
    " út ",
    " útja ",
    " tér ",
    " tere ",
    " körút ",
    " krt. ",
    " köz ",
];
/// Colombian street words before a number.
#[rustfmt::skip]
pub(super) const COLOMBIAN: &[&str] = &[
    "calle ", "cl. ", "cra. ", "cra ", "carrera ", "kr ", "diagonal ", "transversal ", "av. ",
];

/// Words of the longest name before or behind a street word.
const MAX_NAME: usize = 3;
/// Marks before a flat, a floor, a building in Turkish and Russian.
#[rustfmt::skip]
const UNITS: &[&str] = &[
    "no", "daire", "kat", "d", "k", "blok", "кв", "корп", "корпус", "стр", "к", "оф", "эт", "этаж", "под", "офис",
    "лит",
];
/// Before the number of a house in Russian.
const HOUSE: &[&str] = &["д. ", "д.", "дом ", "№ ", "№", "буд. ", "б. "];

/// `Bağdat Cad. No:112/5 Kadıköy`; `at` is the street word with its blank.
pub(super) fn turkish(text: &str, at: ByteSpan) -> Option<(usize, usize)> {
    let start = name_before(text, at.start)?;
    let rest = &text[at.end..];
    let gap = rest.len() - rest.trim_start_matches([' ', ',', '.']).len();
    let number = at.end + gap;
    let has_mark = ["No", "NO", "no", "Nº", "№"]
        .iter()
        .find(|mark| text[number..].starts_with(**mark));
    let end = match has_mark {
        Some(mark) => counted(text, number + mark.len())?,
        None if gap > 0 => counted(text, number)
            .filter(|_| after(text, counted(text, number).unwrap_or(number)).1.is_some())?,
        None => return None,
    };
    let (stop, _) = after(text, units(text, end));
    Some((start, with_district(text, stop)))
}

/// `ул. Тверская, д. 7, кв. 12`, `Невский проспект, 28`, `бул. Витоша 15`.
pub(super) fn cyrillic(text: &str, at: ByteSpan) -> Option<(usize, usize)> {
    word_start(text, at.start).then_some(())?;
    let bare = text[at.range()].trim_end_matches([' ', ',']);
    let word_ends = at.start + bare.len();
    if !bare.ends_with('.') && !word_end(text, word_ends) {
        return None;
    }
    let behind = name_behind(text, word_ends);
    let (start, name) = match behind {
        Some(end) => (at.start, end),
        None => (
            name_before(text, at.start - usize::from(text[..at.start].ends_with(' ')))?,
            word_ends,
        ),
    };
    let gap = text[name..].len() - text[name..].trim_start_matches([',', ' ']).len();
    let number = name + gap;
    let mark = HOUSE
        .iter()
        .find(|mark| text[number..].starts_with(**mark))
        .map_or(0, |mark| mark.len());
    let end = (gap > 0).then(|| counted(text, number + mark))??;
    Some((with_places_before(text, start), after(text, units(text, end)).0))
}

/// `Váci utca 14. 2. em. 5.`
pub(super) fn hungarian(text: &str, at: ByteSpan) -> Option<(usize, usize)> {
    let start = name_before(text, at.start)?;
    let end = counted(text, at.end)?;
    Some((with_places_before(text, start), after(text, end).0))
}

/// `Calle 72 # 10-34`, `Cra. 7 No. 71-21`.
pub(super) fn colombian(text: &str, at: ByteSpan) -> Option<(usize, usize)> {
    word_start(text, at.start).then_some(())?;
    let street = numbered(text, at.end)?;
    let rest = &text[street..];
    let mark = [" # ", " #", " No. ", " No ", " N° ", " Nº ", " n.º "]
        .iter()
        .find(|mark| rest.starts_with(**mark))?;
    let cross = numbered(text, street + mark.len())?;
    let dash = [" - ", "-"]
        .iter()
        .find(|dash| text[cross..].starts_with(**dash))?;
    let end = numbered(text, cross + dash.len()).filter(|end| word_end(text, *end))?;
    Some((at.start, after(text, end).0))
}

/// Where a number of at most three digits with perhaps a letter ends: `72`, `7A`.
fn numbered(text: &str, at: usize) -> Option<usize> {
    let bytes = &text.as_bytes()[at..];
    let digits = bytes.iter().take(4).take_while(|b| b.is_ascii_digit()).count();
    let letter = usize::from(bytes.get(digits).is_some_and(u8::is_ascii_uppercase));
    (1..=3).contains(&digits).then_some(at + digits + letter)
}

/// Where the house number at `at` ends, a colon or a dot before it: `: 15`, `112/5`, `7к2`.
fn counted(text: &str, at: usize) -> Option<usize> {
    let gap = text[at..].len() - text[at..].trim_start_matches([':', '.', ' ']).len();
    let start = at + gap;
    let bytes = &text.as_bytes()[start..];
    let digits = bytes.iter().take(5).take_while(|b| b.is_ascii_digit()).count();
    if gap > 3 || !(1..=4).contains(&digits) {
        return None;
    }
    let mut end = start + digits;
    let second = text[end..].strip_prefix(['/', '-']).unwrap_or_default();
    let more = second
        .bytes()
        .take(5)
        .take_while(u8::is_ascii_alphanumeric)
        .count();
    if (1..=4).contains(&more) {
        end += 1 + more;
    } else if char_at(text, end).is_some_and(char::is_alphabetic) {
        end += char_at(text, end).map_or(0, char::len_utf8);
    }
    word_end(text, end).then_some(end)
}

/// Where flats, floors and buildings behind a house number end.
fn units(text: &str, mut end: usize) -> usize {
    for _ in 0..3 {
        let rest = &text[end..];
        let gap = rest.len() - rest.trim_start_matches([',', ' ', '/']).len();
        let word = &rest[gap..];
        let letters: usize = word
            .chars()
            .take(8)
            .take_while(|c| c.is_alphabetic())
            .map(char::len_utf8)
            .sum();
        if gap == 0 || !UNITS.contains(&word[..letters].to_lowercase().as_str()) {
            break;
        }
        match counted(text, end + gap + letters) {
            Some(stop) => end = stop,
            None => break,
        }
    }
    end
}

/// Where the capitalised words before `at` start, numbers with a dot among them.
fn name_before(text: &str, at: usize) -> Option<usize> {
    const MAX_WORD: usize = 40;
    let mut start = None;
    let mut end = at;
    for _ in 0..MAX_NAME {
        let floor = text.ceil_char_boundary(end.saturating_sub(MAX_WORD));
        let word: usize = text[floor..end]
            .chars()
            .rev()
            .take_while(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '\''))
            .map(char::len_utf8)
            .sum();
        let from = end - word;
        let is_name = |word: &str| word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
        if word == 0 || !is_name(&text[from..end]) {
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

/// Where the capitalised words behind `at` end.
fn name_behind(text: &str, at: usize) -> Option<usize> {
    let mut end = None;
    let mut from = at;
    for _ in 0..MAX_NAME {
        let next = text[from..].strip_prefix(' ').map(|_| from + 1)?;
        let stop = cased_word(text, next).filter(|_| char_at(text, next).is_some_and(char::is_uppercase));
        let Some(stop) = stop else { break };
        end = Some(stop);
        from = stop;
        if !text[stop..].starts_with(' ') {
            break;
        }
    }
    end
}

/// Where the town and the code before a street start: `125009, г. Москва, `, `1051 Budapest, `.
fn with_places_before(text: &str, street: usize) -> usize {
    const MAX_PLACES: usize = 4;
    const MAX_PLACE: usize = 48;
    let mut start = street;
    for _ in 0..MAX_PLACES {
        let before = text[..start].trim_end_matches(' ');
        let Some(before) = before.strip_suffix(',') else {
            break;
        };
        let floor = text.ceil_char_boundary(before.len().saturating_sub(MAX_PLACE));
        let window = &before[floor..];
        let from = window
            .rfind([',', '\n', ':', ';', '"', '(', '\t', '|'])
            .map_or(0, |at| at + 1);
        let piece = window[from..].trim_start_matches(' ');
        let at = before.len() - piece.len();
        let is_whole = from > 0 || floor == 0;
        let words = || piece.split(' ');
        let is_place_word = |word: &str| {
            word.starts_with(char::is_uppercase)
                || matches!(
                    word,
                    "г." | "обл." | "область" | "р-н" | "край" | "м." | "с." | "пос."
                )
                || matches!(word.len(), 4..=6) && word.bytes().all(|b| b.is_ascii_digit())
        };
        if !is_whole
            || words().count() > 4
            || !words().all(is_place_word)
            || char_before(text, at).is_some_and(char::is_alphanumeric)
        {
            break;
        }
        start = at;
    }
    start
}
