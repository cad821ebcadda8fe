//! What follows a street: flat or floor, town, state, postal code.

use super::super::text::{cased_word, char_at, starts_with_ignore_case, word_end};

/// Words of the longest town.
const MAX_TOWN: usize = 4;

/// A unit inside a building, before its number.
const UNITS: &[&str] = &[
    "apartment",
    "apt",
    "suite",
    "ste",
    "unit",
    "floor",
    "fl",
    "room",
    "rm",
    "flat",
    "building",
    "bldg",
    "#",
    "piso",
    "etage",
    "appt",
    "apto",
    "apt.",
    "ap.",
    "bl.",
    "esc.",
    "esc",
    "dpto",
    "depto",
    "oficina",
    "sala",
    "bloco",
    "bloque",
    "planta",
    "pta",
    "interno",
    "scala",
    "int.",
    "kat",
    "daire",
    "кв.",
    "кв",
    "оф.",
    "корп.",
    "корпус",
    "стр.",
    "эт.",
];
const DIRECTIONS: &[&str] = &[
    "NE", "NW", "SE", "SW", "N", "S", "E", "W", "North", "South", "East", "West",
];

/// How the postal code of a place is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Town {
    /// A town, perhaps with a state and a code behind.
    Loose,
    /// A code before or behind the town.
    Coded,
}

/// Parts behind a street: units, quarters, towns, states.
const MAX_PARTS: usize = 6;
/// Of them, those that are taken without a code.
const MAX_LOOSE: usize = 3;

/// Where an address goes on to from the street's end, and what the furthest part of it was.
pub(super) fn after(text: &str, street: usize) -> (usize, Option<Town>) {
    let mut end = direction(text, street);
    end = unit(text, end);
    end = unit(text, end);
    let mut town = None;
    // Where the part ends that was looked at last, and whether what is there is still to be taken.
    let mut at_end = end;
    let mut is_open = true;
    for nth in 0..MAX_PARTS {
        let Some(at) = separator(text, at_end) else { break };
        if let Some(stop) = code(text, at).map(|stop| town_behind(text, stop)) {
            return (stop, Some(Town::Coded));
        }
        if let Some(stop) =
            ordinal_unit(text, at).or_else(|| Some(unit(text, at_end)).filter(|stop| *stop > at_end))
        {
            at_end = stop;
            if is_open {
                end = stop;
            }
            continue;
        }
        let Some(stop) = town_words(text, at) else { break };
        if let Some(coded) = behind_town(text, stop) {
            return (coded, Some(Town::Coded));
        }
        is_open &= nth < MAX_LOOSE
            && !text[at_end..at].contains('\n')
            && text[at_end..at].contains(',')
            && is_end(text, stop);
        at_end = stop;
        if is_open {
            end = stop;
            town = Some(Town::Loose);
        } else if !is_end(text, stop) || text[at_end..].starts_with('.') {
            break;
        }
    }
    (end, town)
}

/// `2º B`, `3º izda.`, `2. tv`, `2.º Esq.`, `1. sal`: floor and side.
fn ordinal_unit(text: &str, at: usize) -> Option<usize> {
    const MAX_SIDE: usize = 5;
    let rest = &text[at..];
    let digits = rest.bytes().take(3).take_while(u8::is_ascii_digit).count();
    let mark = ["º ", "ª ", ".º ", "° ", ". "]
        .iter()
        .find(|mark| rest[digits..].starts_with(**mark))?;
    let side = digits + mark.len();
    let letters: usize = rest[side..]
        .chars()
        .take(MAX_SIDE + 1)
        .take_while(|c| c.is_alphabetic())
        .map(char::len_utf8)
        .sum();
    let end = at + side + letters;
    let dot = usize::from(text[end..].starts_with('.'));
    ((1..=2).contains(&digits) && (1..=MAX_SIDE).contains(&letters) && is_end(text, end + dot))
        .then_some(end + dot)
}

fn direction(text: &str, at: usize) -> usize {
    let Some(rest) = text[at..].strip_prefix(' ') else {
        return at;
    };
    DIRECTIONS
        .iter()
        .find(|word| rest.starts_with(**word) && word_end(rest, word.len()))
        .map_or(at, |word| at + 1 + word.len())
}

/// `, Apt. 4B`, ` #12`, `, 3rd Floor` is not.
fn unit(text: &str, at: usize) -> usize {
    let gap = text[at..]
        .bytes()
        .take(2)
        .take_while(|b| matches!(b, b',' | b' ' | b'\n'))
        .count();
    let rest = &text[at + gap..];
    let found = UNITS
        .iter()
        .find(|word| starts_with_ignore_case(rest, word) && (**word == "#" || word_end(rest, word.len())));
    let Some(word) = found.filter(|_| gap > 0) else {
        return at;
    };
    let behind = rest[word.len()..].trim_start_matches(['.', ' ', '#']);
    let number = behind
        .bytes()
        .take(6)
        .take_while(|b| b.is_ascii_alphanumeric() || *b == b'-')
        .count();
    let told = behind.bytes().take(number).any(|b| b.is_ascii_digit()) || number == 1;
    if told {
        text.len() - behind.len() + number
    } else {
        at
    }
}

/// Where the next part starts behind a comma or a line's end, a dash or a space.
fn separator(text: &str, at: usize) -> Option<usize> {
    const DASHES: &[&str] = &[" - ", " – ", " — ", " · ", " • ", " | "];
    let rest = &text[at..];
    if let Some(dash) = DASHES.iter().find(|dash| rest.starts_with(**dash)) {
        return Some(at + dash.len());
    }
    let gap = rest
        .bytes()
        .take(4)
        .take_while(|b| matches!(b, b',' | b' ' | b'\n' | b'\r' | b'.'))
        .count();
    let kinds = &rest[..gap];
    let lines = kinds.bytes().filter(|b| *b == b'\n').count();
    (gap > 0 && lines < 2 && (!kinds.contains('.') || kinds.contains(','))).then_some(at + gap)
}

/// Capitalised words, particles between them.
pub(super) fn town_words(text: &str, at: usize) -> Option<usize> {
    let mut end = None;
    let mut from = at;
    for _ in 0..MAX_TOWN {
        let Some(stop) = cased_word(text, from) else { break };
        let word = &text[from..stop];
        let capital = word.starts_with(char::is_uppercase);
        if !capital
            && ![
                "am", "an", "der", "den", "de", "do", "da", "la", "le", "les", "sur", "upon", "del", "bei",
                "im", "nad", "en", "sous", "di", "op",
            ]
            .contains(&word)
        {
            break;
        }
        // A state's two letters are not the town's.
        let is_state = word.len() == 2 && word.bytes().all(|b| b.is_ascii_uppercase());
        if is_state && end.is_some() {
            break;
        }
        if capital {
            end = Some(stop);
        }
        let dot = usize::from(text.as_bytes().get(stop) == Some(&b'.') && word.len() <= 3);
        match text.as_bytes().get(stop + dot) {
            Some(b' ') => from = stop + dot + 1,
            _ => break,
        }
    }
    end
}

/// `, IL 62704`, ` NW1 6XE`, `, Illinois 62704`, ` 62704` behind a town: where it ends.
fn behind_town(text: &str, town: usize) -> Option<usize> {
    let at = separator(text, town)?;
    if let Some(end) = code(text, at) {
        return Some(end);
    }
    let state = cased_word(text, at).filter(|_| char_at(text, at).is_some_and(char::is_uppercase))?;
    if let Some(end) = text[state..].strip_prefix([' ', ',']).and_then(|rest| {
        let at = text.len() - rest.trim_start_matches(' ').len();
        code(text, at)
    }) {
        return Some(end);
    }
    let letters = &text[at..state];
    let is_short = letters.len() == 2 && letters.bytes().all(|b| b.is_ascii_uppercase());
    (is_short && is_end(text, state)).then_some(state)
}

/// `10115 Berlin`: where the town behind a code ends, or the code itself.
fn town_behind(text: &str, code: usize) -> usize {
    let Some(at) = (text.as_bytes().get(code) == Some(&b' ')).then_some(code + 1) else {
        return code;
    };
    town_words(text, at).unwrap_or(code)
}

/// The postal code at `at`: four to six digits (`62704-1234`, `110 00`, `1012 AB`, `00-238`, `01310-100`, `D-10115`), or
/// British or Canadian.
fn code(text: &str, at: usize) -> Option<usize> {
    let bytes = &text.as_bytes()[at..];
    let bytes = &bytes[..bytes.len().min(16)];
    let lead = match bytes {
        [b'C', b'.', b'P', b'.', b' ', ..] => 5,
        [b'C', b'E', b'P', b' ', ..] => 4,
        [b'C', b'E', b'P', b':', b' ', ..] => 5,
        [b'A'..=b'Z', b'-', b'0'..=b'9', ..] => 2,
        [b'A'..=b'Z', b'A'..=b'Z', b'-', b'0'..=b'9', ..] => 3,
        _ => 0,
    };
    let digits = bytes[lead..].iter().take_while(|b| b.is_ascii_digit()).count();
    let end = match (digits, &bytes[lead + digits..]) {
        (4, [b' ', b'A'..=b'Z', b'A'..=b'Z', ..]) => lead + 7,
        (3, [b' ', b'0'..=b'9', b'0'..=b'9', ..]) => lead + 6,
        (5, [b'-', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', ..]) => lead + 10,
        (4 | 5, [b'-', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', ..]) => lead + digits + 4,
        (2, [b'-', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', ..]) => lead + 6,
        (4..=6, _) => lead + digits,
        _ => return lettered(bytes).map(|length| at + length),
    };
    word_end(text, at + end).then_some(at + end)
}

/// `SW1A 2AA`, `M5V 3L9`: how long the code is.
pub(super) fn lettered(bytes: &[u8]) -> Option<usize> {
    let outward = bytes
        .iter()
        .take_while(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        .count();
    let inward = bytes.get(outward + 1..outward + 4)?;
    let shaped = (2..=4).contains(&outward)
        && bytes[0].is_ascii_uppercase()
        && bytes[..outward].iter().any(u8::is_ascii_digit)
        && bytes[outward] == b' '
        && inward[0].is_ascii_digit();
    let ended = !bytes.get(outward + 4).is_some_and(u8::is_ascii_alphanumeric);
    let british = inward[1..].iter().all(u8::is_ascii_uppercase);
    let canadian = inward[1].is_ascii_uppercase() && inward[2].is_ascii_digit();
    (shaped && ended && (british || canadian)).then_some(outward + 4)
}

/// Whether a part of an address ends here rather than a sentence going on.
fn is_end(text: &str, at: usize) -> bool {
    match text.as_bytes().get(at) {
        None => true,
        Some(b' ') => matches!(text.as_bytes().get(at + 1), Some(b'(' | b'-' | b'|' | b'<')),
        Some(byte) => matches!(
            byte,
            b',' | b'.'
                | b'\n'
                | b'\r'
                | b';'
                | b'"'
                | b'\''
                | b'|'
                | b'<'
                | b')'
                | b'}'
                | b'\\'
                | b'!'
                | b'?'
        ),
    }
}
