//! Who an address in a letter's head belongs to: the line above it.

use super::super::names;
use super::super::text::line_before;

/// Bytes of the longest line with a name.
const MAX_LINE: usize = 64;
/// Titles before a name.
#[rustfmt::skip]
const TITLES: &[&str] = &[
    "Herrn", "Herr", "Frau", "Fr.", "Hr.", "Mr.", "Mrs.", "Ms.", "Mr", "Mrs", "Ms", "Miss", "Dr.", "Prof.",
    "Dipl.-Ing.", "M.", "Mme", "Mlle", "Monsieur", "Madame", "Sr.", "Sra.", "D.", "Dña.", "Sig.", "Sig.ra", "Sig.na",
    "Dhr.", "Mevr.", "Mw.", "Pan", "Pani", "Familie", "Fam.", "c/o", "z. Hd.", "z.Hd.", "Attn:", "ATTN", "An", "To:",
    "Exmo.", "Sr", "Sra", "dhr.", "mw.", "Mevrouw", "Señor", "Señora", "Hd.", "z.",
];

/// Lines above an address that may stand between it and the name: `c/o`, a company, a department.
const MAX_BETWEEN: usize = 2;

/// The name in a line above `at`, where an address starts its own line.
pub(super) fn above(text: &str, at: usize) -> Option<(usize, usize)> {
    let indented = line_before(text, at, MAX_LINE);
    if !indented
        .chars()
        .all(|c| matches!(c, ' ' | '\t' | '>' | '|' | '*'))
    {
        return None;
    }
    let mut line_start = at - indented.len();
    for _ in 0..=MAX_BETWEEN {
        let above = text[..line_start].strip_suffix('\n')?;
        let above = above.strip_suffix('\r').unwrap_or(above);
        let line = line_before(above, above.len(), MAX_LINE);
        // A longer line is a sentence, an empty one ends the block.
        if line.len() + 4 > MAX_LINE || line.trim().is_empty() {
            return None;
        }
        if let Some(name) = name_in(text, above.len() - line.len(), above.len()) {
            return Some(name);
        }
        if !line.trim().starts_with(|c: char| c.is_uppercase() || c == 'c')
            || line.trim().ends_with([':', '.', ';', '{', '}'])
        {
            return None;
        }
        line_start = above.len() - line.len();
    }
    None
}

/// The name that a line is, titles before it.
fn name_in(text: &str, from: usize, to: usize) -> Option<(usize, usize)> {
    let line = &text[from..to];
    let end = from + line.trim_end_matches([' ', '\t', ',', '|', '*']).len();
    let mut start = to - line.trim_start_matches([' ', '\t', '>', '|', '*']).len();
    while let Some(title) = TITLES.iter().find(|title| {
        let rest = text.get(start..end).and_then(|rest| rest.strip_prefix(**title));
        rest.is_some_and(|rest| rest.starts_with(' '))
    }) {
        start += title.len() + 1;
    }
    let name = names::name_at(text, start)?;
    (name.end == end && name.words > 1 && (name.is_known || !name.is_capitals))
        .then_some((name.start, name.end))
}
