//! Company names in letters: capitalised words before a legal form.

use super::super::names::is_common_word;
use super::super::text::{char_before, is_unspaced, line_before, word_end};
use crate::ByteSpan;

/// Words of the longest name.
const MAX_WORDS: usize = 6;
/// Bytes of one word.
const MAX_WORD: usize = 40;
/// Bytes of a statement before a name in it.
const MAX_STATEMENT: usize = 80;

/// What wakes the rule before a legal form; [`SPELLINGS`] says how it is written.
pub(super) const FORMS: &[&str] = &[
    " inc",
    " ltd",
    " llc",
    " l.l.c.",
    " gmbh",
    " mbh",
    " ag",
    " s.a.",
    " plc",
    " corp",
    " limited",
    " incorporated",
    " se",
    " kg",
    " ohg",
    " b.v.",
    " bv",
    " n.v.",
    " nv",
    " s.r.l.",
    " srl",
    " s.p.a.",
    " spa",
    " sarl",
    " sas",
    " s.l.",
    " s.a.s.",
    " pty",
    " pte",
    " llp",
    " asa",
    " aps",
    " a/s",
    " oy",
    " e.v.",
    " ltda",
    " k.k.",
    " kgaa",
    " ug",
];
/// Legal forms as they are written, longest first where one begins another.
const SPELLINGS: &[&str] = &[
    "Incorporated",
    "Inc.",
    "Inc",
    "INC.",
    "INC",
    "Ltda.",
    "Ltda",
    "Ltd.",
    "Ltd",
    "LTD.",
    "LTD",
    "Limited",
    "LIMITED",
    "LLC",
    "L.L.C.",
    "GmbH",
    "GMBH",
    "mbH",
    "AG",
    "S.A.S.",
    "S.A.",
    "PLC",
    "plc",
    "Plc",
    "Corporation",
    "Corp.",
    "Corp",
    "CORP.",
    "CORP",
    "SE",
    "KGaA",
    "KG",
    "OHG",
    "B.V.",
    "BV",
    "N.V.",
    "NV",
    "S.r.l.",
    "S.R.L.",
    "Srl",
    "SRL",
    "S.p.A.",
    "S.P.A.",
    "SpA",
    "SARL",
    "SAS",
    "S.L.",
    "Pty",
    "Pte",
    "LLP",
    "ASA",
    "ApS",
    "A/S",
    "Oy",
    "e.V.",
    "K.K.",
    "UG",
];
/// What may follow a legal form and belongs to it.
const TAILS: &[&str] = &[
    " & Co. KG",
    " & Co. KGaA",
    " Ltd.",
    " Ltd",
    " e Hijos",
    " de C.V.",
    " S.A.",
];
/// Forms that are also abbreviations of other things.
const SHORT: &[&str] = &["AG", "SE", "KG", "BV", "NV", "UG", "SAS", "Oy"];
/// Words before a form that are no company.
const NOT_BEFORE: &[&str] = &[
    "Java", "Windows", "iPhone", "Jakarta", "Standard", "Rate", "Access", "Very", "Is", "Not", "Highly",
    "Strictly", "Time", "Weight", "Max", "Min", "The", "Your", "Our", "My", "This", "An", "A", "Any", "Each",
    "Is", "Be", "Are", "Per",
];
/// Lower-case words inside company names.
const LINKS: &[&str] = &[
    "and", "of", "de", "und", "et", "y", "für", "di", "&", "the", "van",
];
/// Capitalised words that a sentence puts before a company.
const LEADS: &[&str] = &[
    "Contact",
    "Copyright",
    "With",
    "For",
    "At",
    "From",
    "Dear",
    "The",
    "By",
    "In",
    "On",
    "And",
    "Ask",
    "Our",
    "When",
    "Since",
    "While",
    "If",
    "But",
    "Both",
    "As",
    "Company",
    "Customer",
    "Client",
    "Vendor",
    "Supplier",
    "Employer",
    "Der",
    "Die",
    "Das",
    "Bei",
    "Mit",
    "La",
    "El",
    "To",
    "Sie",
    "Wir",
    "Firma",
];

/// The company whose legal form stands at `at`, a space before it.
pub(super) fn before_form(text: &str, at: ByteSpan) -> Option<(usize, usize)> {
    let form_at = at.start + 1;
    // Code is full of words that begin as a form does in small letters: ` self`, ` args`, ` index`.
    if !may_open_form(text.as_bytes()[form_at]) {
        return None;
    }
    let form = SPELLINGS.iter().find(|form| {
        let end = form_at + form.len();
        text[form_at..].starts_with(**form) && word_end(text, end) && end >= at.end
    })?;
    let end = form_at + form.len();
    if matches!(text.as_bytes().get(end), Some(b'(' | b'=' | b'_' | b'/')) {
        return None;
    }
    let start = name_start(text, at.start)?;
    if is_list(text, ByteSpan::new(start, end), form) {
        return None;
    }
    let last = text[start..at.start].rsplit(' ').next().unwrap_or_default();
    let is_other = NOT_BEFORE.iter().any(|word| last.eq_ignore_ascii_case(word));
    if is_other || (SHORT.contains(form) && !is_plain_word(last)) {
        return None;
    }
    let tail = TAILS.iter().find(|tail| text[end..].starts_with(**tail));
    Some((start, end + tail.map_or(0, |tail| tail.len())))
}

/// Whether the spelling of a form begins with `byte`: a capital, or the letters of `plc`, `mbH` and `e.V.`.
const fn may_open_form(byte: u8) -> bool {
    byte.is_ascii_uppercase() || matches!(byte, b'p' | b'm' | b'e')
}

/// Whether the name and the form are two members of a list in a program: `{LengthLimitError, Limited}`, `CONSTS, INC`.
fn is_list(text: &str, company: ByteSpan, form: &str) -> bool {
    const STATEMENTS: [&str; 4] = ["use ", "pub use ", "import ", "export "];
    let Some((name, _)) = text[company.range()].rsplit_once(", ") else {
        return false;
    };
    let before = line_before(text, company.start, MAX_STATEMENT);
    let in_statement = STATEMENTS
        .iter()
        .any(|statement| before.trim_start().starts_with(statement));
    let in_braces = before.ends_with('{') || text[company.end..].starts_with('}');
    let is_hump = |pair: &[u8]| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase();
    let is_identifier = !name.contains(' ')
        && match form {
            "INC" => !name.contains(char::is_lowercase),
            "Limited" | "Incorporated" | "Corporation" => name.as_bytes().windows(2).any(is_hump),
            _ => false,
        };
    in_statement || in_braces || is_identifier
}

/// Whether a word is no code or abbreviation, so that a short form behind it is more than one too.
fn is_plain_word(word: &str) -> bool {
    !word.bytes().any(|b| b.is_ascii_digit()) && (word.len() > 3 || word.contains(char::is_lowercase))
}

/// Where the name that ends at `end` starts; a comma may close it.
fn name_start(text: &str, end: usize) -> Option<usize> {
    let end = end - usize::from(text[..end].ends_with(','));
    let mut start = end;
    let mut count = 0;
    let mut at = end;
    for _ in 0..MAX_WORDS {
        let from = word_from(text, at);
        let word = &text[from..at];
        if is_capitalised(word) {
            start = from;
            count += 1;
        } else if !(count > 0 && LINKS.contains(&word)) {
            break;
        }
        match text[..from].strip_suffix(' ') {
            Some(rest) if !rest.ends_with([' ', ',', '.', ':', ';', '!', '?']) => at = rest.len(),
            _ => break,
        }
    }
    while count > 1
        && let Some((first, rest)) = text[start..end].split_once(' ')
        && (LEADS.contains(&first) || LINKS.contains(&first))
    {
        start = end - rest.len();
        count -= usize::from(!LINKS.contains(&first));
    }
    let name = &text[start..end];
    let telling = name
        .split(' ')
        .any(|word| word.len() > 1 && !is_common_word(word) && !LEADS.contains(&word));
    (count > 0 && telling).then_some(start)
}

fn word_from(text: &str, end: usize) -> usize {
    let mut from = end;
    while let Some(c) = char_before(text, from) {
        let belongs =
            (c.is_alphanumeric() && !is_unspaced(c)) || matches!(c, '\'' | '’' | '-' | '&' | '.' | '+');
        if !belongs || end - from > MAX_WORD {
            break;
        }
        from -= c.len_utf8();
    }
    // The sign that opens a literal is no part of a word.
    from + usize::from(from < end && text[from..].starts_with('\''))
}

/// `Wexford`, `3M`, `Co.`, `eBay`; not `the`, `12` or `e.g.`.
fn is_capitalised(word: &str) -> bool {
    let mut chars = word.chars();
    let Some(first) = chars.next() else { return false };
    let rises = first.is_lowercase() && chars.next().is_some_and(char::is_uppercase);
    let inner_dot = word.trim_end_matches('.').contains('.');
    let has_letters = word.chars().any(char::is_alphabetic);
    (rises || ((first.is_uppercase() || first.is_ascii_digit()) && has_letters)) && !inner_dot
}
