//! Values that a sentence says: `the password for the router is ...`, `changed from ... to ...`.

use super::{Joint, Place, skip_space, value_at};
use crate::detectors::text::line_after;
use crate::fields::label::Label;

/// Longest run of words between a label and what says its value.
const MAX_WORDS: usize = 40;
/// What says a value, with the space behind it.
#[rustfmt::skip]
const VERBS: &[&str] = &[
    "from ", "is ", "was ", "are ", "changed from ", "changed to ", "reset to ", "set to ", "rotated to ", "updated to ", "ist ",
    "lautet ", "war ", "geändert auf ", "est ", "c'est ", "était ", "es ", "era ", "è ", "é ", "jest ", "это ", "— ",
];
/// The same in scripts without spaces.
const UNSPACED: &[&str] = &[
    "改成了",
    "改为",
    "改成",
    "设置为",
    "设为",
    "重置为",
    "変更",
    "是",
    "为",
    "為",
    "は",
    "은",
    "는",
];

/// The place that the words behind `at` lead to.
pub(super) fn place(text: &str, label: &Label, at: usize) -> Option<Place> {
    let rest = &text[at..];
    if let Some(verb) = UNSPACED.iter().find(|verb| rest.starts_with(**verb)) {
        let end = at + verb.len();
        let colon = ["：", ":"].iter().find(|colon| text[end..].starts_with(**colon));
        let end = end + colon.map_or(0, |colon| colon.len());
        return Some(value_at(text, skip_space(text, end), Joint::Said));
    }
    if at == label.span.end {
        return None;
    }
    let line = line_after(text, at, MAX_WORDS);
    let is_word = |c: char| c.is_alphabetic() || matches!(c, ' ' | '\'' | '-' | '—') || c.is_ascii_digit();
    let words = line.find(|c: char| !is_word(c)).unwrap_or(line.len());
    let said = VERBS
        .iter()
        .chain(if label.entry.language == "pl" {
            &["to "][..]
        } else {
            &[]
        })
        .filter_map(|verb| Some((line[..words].find(verb)?, verb)))
        .filter(|(found, _)| *found == 0 || line[..*found].ends_with(' '))
        .min_by_key(|(found, verb)| (*found, usize::MAX - verb.len()));
    let behind = match said {
        Some((found, verb)) => found + verb.len(),
        None if words > 0 && line[words..].starts_with(": ") => words + 2,
        None => return None,
    };
    Some(value_at(text, skip_space(text, at + behind), Joint::Said))
}
