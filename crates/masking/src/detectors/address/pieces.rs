//! An address read backwards from its postal code: the pieces between commas, dashes and line ends before it.

use super::super::text::{char_at, char_before, is_unspaced};

/// Bytes of the longest piece.
const MAX_PIECE: usize = 56;
/// Words of the longest street name.
const MAX_WORDS: usize = 5;

/// Lower-case words inside names of streets, and before them: `ul. Długa`, `rue de la Paix`.
#[rustfmt::skip]
const LINKS: &[&str] = &[
    "de", "la", "le", "les", "du", "des", "del", "los", "las", "y", "di", "da", "do", "dos", "das", "el", "d", "l",
    "della", "dei", "den", "der", "dem", "zum", "zur", "am", "im", "an", "auf", "bei", "van", "het", "op", "ter",
    "ten", "ul.", "al.", "os.", "pl.", "str.", "bul.", "bd.", "sos.", "ulica", "rue", "via", "calle", "rua", "ул.",
    "бул.", "пл.", "пр.", "nad", "pod", "na", "sur", "sous", "en", "und", "e", "i", "och", "og",
];
/// Capitalised words before a number that count something: no street has such a name.
#[rustfmt::skip]
const COUNTED: &[&str] = &[
    "abb", "abbildung", "abs", "absatz", "abschnitt", "anhang", "annex", "apollo", "appendix", "art", "article",
    "artikel", "aufgabe", "aufl", "auflage", "band", "bd", "beispiel", "bild", "bis", "block", "bug", "capítulo",
    "case", "ch", "chapitre", "chapter", "class", "core", "day", "dia", "edition", "eq", "equation", "ex", "exit",
    "exp", "fall", "fig", "figura", "figure", "folge", "gleis", "heft", "ipv", "iso", "issue", "jahr", "kap",
    "kapitel", "kl", "klasse", "lesson", "level", "line", "liste", "los", "mal", "mk", "nr", "no", "nummer", "page",
    "part", "parte", "partie", "pid", "platz", "port", "position", "posten", "punkt", "rev", "revision", "rfc",
    "room", "raum", "schritt", "section", "sección", "seite", "size", "step", "stufe", "tab", "tabelle", "table",
    "tableau", "tag", "teil", "thread", "tom", "top", "type", "unit", "v", "vers", "version", "vol", "volume", "war",
    "week", "woche", "worker", "zeile", "ziffer", "zimmer", "januar", "january", "jan", "februar", "february", "feb",
    "märz", "march", "mar", "april", "apr", "mai", "may", "juni", "june", "jun", "juli", "july", "jul", "august",
    "aug", "september", "sept", "sep", "oktober", "october", "oct", "okt", "november", "nov", "dezember", "december",
    "dec", "dez", "mon", "tue", "wed", "thu", "fri", "sat", "sun",
];

/// A piece of an address, blanks around it gone.
#[derive(Clone, Copy)]
pub(super) struct Piece {
    pub(super) start: usize,
    pub(super) end: usize,
    /// A comma or a line end follows, not only blanks or a dash.
    pub(super) is_parted: bool,
}

/// The piece that ends before `at`, behind the separator that ends there; nothing where no separator does.
pub(super) fn before(text: &str, at: usize) -> Option<Piece> {
    let floor = text.ceil_char_boundary(at.saturating_sub(MAX_PIECE));
    let window = &text[floor..at];
    let trimmed = window.trim_end_matches([' ', '\t', '\n', '\r', '>', '|', '\u{a0}']);
    let gap = &window[trimmed.len()..];
    let (trimmed, mark) = match trimmed.chars().next_back()? {
        c @ (',' | '·' | '•' | '–' | '—' | '-') => (&trimmed[..trimmed.len() - c.len_utf8()], Some(c)),
        // `Am Markt 3 in 50667 Köln`.
        _ => match [" in", " à", " en"]
            .iter()
            .find_map(|word| trimmed.strip_suffix(word))
        {
            Some(before) if !gap.is_empty() => (before, Some(',')),
            _ => (trimmed, None),
        },
    };
    let lines = gap.matches('\n').count();
    let is_dash = matches!(mark, Some('–' | '—' | '-' | '·' | '•'));
    if lines > 1 || mark.is_none() && lines == 0 || is_dash && (!trimmed.ends_with(' ') || gap.is_empty()) {
        return None;
    }
    let piece = trimmed.trim_end_matches([' ', '\t', '\r', '\u{a0}']);
    let end = floor + piece.len();
    let from = piece
        .rfind([
            '\n', ',', ';', ':', '"', '(', '|', '\t', '<', '>', '=', '•', '·', '{', '[', '“', '„', '«',
        ])
        .map_or(0, |mark| {
            mark + piece[mark..].chars().next().map_or(1, char::len_utf8)
        });
    let dash = [" - ", " – ", " — "]
        .iter()
        .filter_map(|dash| piece[from..].rfind(dash).map(|at| from + at + dash.len()))
        .max();
    let from = dash.unwrap_or(from);
    let blanks = piece[from..].len() - piece[from..].trim_start_matches([' ', '\u{a0}']).len();
    let start = floor + from + blanks;
    // A piece that the window cuts is no piece.
    let is_whole = from > 0 || floor == 0 || matches!(char_before(text, floor), Some('\n'));
    // A word that the window cuts is left out.
    let start = if is_whole {
        start
    } else {
        next_word(&text[..end], start)
    };
    (start < end).then_some(Piece {
        start,
        end,
        is_parted: !is_dash,
    })
}

/// The piece behind the town that ends at `at`: `, Am Markt 3`.
pub(super) fn behind(text: &str, at: usize) -> Option<Piece> {
    let rest = &text[at..text.floor_char_boundary(text.len().min(at + MAX_PIECE))];
    let gap = [", ", " - ", " – "]
        .iter()
        .find(|gap| rest.starts_with(**gap))?
        .len();
    let length = rest[gap..]
        .find(['\n', '\r', ',', ';', '"', ')', '(', '|', '\t', '<', '>'])
        .or_else(|| (at + rest.len() == text.len()).then_some(rest.len() - gap))?;
    let piece = rest[gap..gap + length].trim_end_matches([' ', '.']);
    (!piece.is_empty()).then_some(Piece {
        start: at + gap,
        end: at + gap + piece.len(),
        is_parted: rest.starts_with(','),
    })
}

/// Whether [`street_in`] finds one.
pub(super) fn has_street(text: &str, piece: Piece) -> bool {
    street_in(text, piece).is_some()
}

/// Where the next word starts, for a piece whose first is cut.
fn next_word(text: &str, at: usize) -> usize {
    text[at..].find(' ').map_or(text.len(), |blank| at + blank + 1)
}

/// Where the street that ends the piece starts: capitalised words and a house number behind. Answers too whether each
/// word is an everyday one.
pub(super) fn street_in(text: &str, piece: Piece) -> Option<(usize, bool)> {
    let words: Vec<(usize, &str)> = words_backwards(text, piece).collect();
    let numbers = words.iter().take_while(|(_, word)| is_number_part(word)).count();
    let has_number = words[..numbers]
        .iter()
        .any(|(_, word)| word.starts_with(|c: char| c.is_ascii_digit()));
    let mut start = None;
    let mut is_common = true;
    let mut letters = 0;
    if numbers == 0 || !has_number {
        return None;
    }
    for (nth, (at, word)) in words[numbers..].iter().take(MAX_WORDS).enumerate() {
        let bare = word.trim_end_matches(['.', ',']);
        let is_link = LINKS.contains(word);
        let capital = word.starts_with(char::is_uppercase);
        let is_ordinal =
            word.starts_with(|c: char| c.is_ascii_digit()) && word.ends_with('.') && word.len() < 5;
        // A sentence ends before it.
        let ends_sentence = word.ends_with('.') && bare.chars().count() > 5;
        if !(capital || is_link || is_ordinal)
            || ends_sentence && nth > 0
            || word.contains(['@', '/', '_', '$', '*', '`'])
        {
            break;
        }
        if capital && nth == 0 && COUNTED.contains(&bare.to_lowercase().as_str()) {
            return None;
        }
        if capital || is_ordinal || starts_street(word) {
            start = Some(*at);
            letters += bare.chars().filter(|c| c.is_alphabetic()).count();
        }
        is_common &= !capital
            || super::super::names::is_common_word(bare)
            || COUNTED.contains(&bare.to_lowercase().as_str());
    }
    // Letters of other scripts do not part their words.
    let is_word = start.is_some_and(|at| !char_at(text, at).is_some_and(is_unspaced));
    (letters > 2 && is_word).then_some((start?, is_common))
}

/// Lower-case words that start a street: `ul. Długa`, `am Markt`.
fn starts_street(word: &str) -> bool {
    word.ends_with('.')
        || [
            "am", "im", "an", "auf", "zum", "zur", "ulica", "via", "rua", "calle",
        ]
        .contains(&word)
}

/// Whether a French street stands in the piece, its number first: `14 lotissement Les Oliviers`.
pub(super) fn is_french_street(text: &str, piece: Piece) -> bool {
    #[rustfmt::skip]
    const TYPES: &[&str] = &[
        "rue", "avenue", "boulevard", "place", "chemin", "impasse", "quai", "allée", "allées", "route", "cours",
        "square", "lotissement", "hameau", "résidence", "cité", "clos", "villa", "passage", "sentier", "ruelle",
        "esplanade", "promenade", "mail", "parvis", "faubourg", "domaine", "voie", "côte", "montée", "traverse",
        "venelle", "rond-point", "bd", "av.",
    ];
    let text = &text[piece.start..piece.end];
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let mut words = text[digits..].split([' ', ',']).filter(|word| !word.is_empty());
    let mut word = words.next().unwrap_or_default();
    if ["bis", "ter", "quater"].contains(&word) || word.len() == 1 {
        word = words.next().unwrap_or_default();
    }
    (1..=4).contains(&digits)
        && TYPES.contains(&word.to_lowercase().as_str())
        && words.any(|word| word.starts_with(char::is_uppercase) || word.contains('\''))
}

/// Whether the piece is a post box: `BP 1234`, `Apartado de Correos 45`.
pub(super) fn is_box(text: &str, piece: Piece) -> bool {
    #[rustfmt::skip]
    const BOXES: &[&str] = &[
        "bp ", "b.p. ", "cs ", "postfach ", "pf ", "postbus ", "postboks ", "postboks. ", "box ", "boks ", "apdo",
        "apartado", "casella postale ", "c.p. ", "caixa postal ", "skr. poczt. ", "skrytka ", "pl ", "p.o. box ",
        "po box ", "а/я ", "т.к. ",
    ];
    let text = text[piece.start..piece.end].to_lowercase();
    BOXES.iter().any(|head| text.starts_with(head))
        && text.ends_with(|c: char| c.is_ascii_digit())
        && text.len() < 28
}

/// Whether the piece is what stands between a street and its town: a flat, a floor, a quarter.
pub(super) fn is_unit(text: &str, piece: Piece) -> bool {
    const MAX_UNIT: usize = 24;
    let text = &text[piece.start..piece.end];
    let words = || text.split(' ').filter(|word| !word.is_empty());
    let is_short = text.len() <= MAX_UNIT && words().count() <= 4;
    let is_counted = text.contains(|c: char| c.is_ascii_digit() || matches!(c, 'º' | 'ª'));
    let lettered = text.contains('.') && words().any(|word| word.chars().count() == 1);
    let is_quarter = || words().all(|word| word.starts_with(char::is_uppercase) || LINKS.contains(&word));
    let is_date = text.bytes().filter(u8::is_ascii_digit).count() > 4;
    is_short && !is_date && (is_counted || lettered || is_quarter())
}

/// A piece's words, the last first.
fn words_backwards(text: &str, piece: Piece) -> impl Iterator<Item = (usize, &str)> {
    let mut end = piece.end;
    std::iter::from_fn(move || {
        let head = text[piece.start..end].trim_end_matches([' ', '\u{a0}']);
        if head.is_empty() {
            return None;
        }
        let from = head
            .rfind([' ', '\u{a0}'])
            .map_or(0, |at| at + head[at..].chars().next().map_or(1, char::len_utf8));
        end = piece.start + from;
        Some((end, &head[from..]))
    })
}

/// Parts of a house number: `12`, `12b`, `7/12`, `221-H`, `A`, `m.`, `nr.`, `No`.
fn is_number_part(word: &str) -> bool {
    #[rustfmt::skip]
    const MARKS: &[&str] = &[
        "m.", "nr.", "nr", "no.", "no", "nº", "n.º", "n°", "n.", "č.", "č.p.", "bis", "ter", "s/n", "км",
    ];
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        let is_letter = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
        return is_letter || MARKS.contains(&word.to_lowercase().as_str());
    }
    let rest = word[digits..].trim_end_matches('.');
    let tail_is_short = rest.chars().count() <= 5 && rest.chars().filter(|c| c.is_alphabetic()).count() <= 1;
    (1..=3).contains(&digits)
        && tail_is_short
        && rest.chars().all(|c| c.is_alphanumeric() || matches!(c, '/' | '-' | '–' | '+'))
        // An ordinal is a part of the name: `Straße des 17. Juni`.
        && (!word.ends_with('.') || rest.is_empty())
}
