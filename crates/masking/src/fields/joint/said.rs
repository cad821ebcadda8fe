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
    if at == label.span.end || !label.entry.concept.is_said() {
        return None;
    }
    let line = line_after(text, at, MAX_WORDS);
    let is_word = |c: char| c.is_alphabetic() || matches!(c, ' ' | '\'' | '-' | '—') || c.is_ascii_digit();
    let end = line.find(|c: char| !is_word(c)).unwrap_or(line.len());
    let mut starts =
        std::iter::once(0).chain(memchr::memchr_iter(b' ', &line.as_bytes()[..end]).map(|space| space + 1));
    let behind = starts.find_map(|start| verb(&line[start..end], label).map(|verb| start + verb));
    let behind = behind.or_else(|| (end > 0 && line[end..].starts_with(": ")).then_some(end + 2))?;
    Some(value_at(text, skip_space(text, at + behind), Joint::Said))
}

/// Bytes of what says a value, if `words` start with it.
fn verb(words: &str, label: &Label) -> Option<usize> {
    let polish: &[&str] = if label.entry.language == "pl" {
        &["to "]
    } else {
        &[]
    };
    let found = VERBS
        .iter()
        .chain(polish)
        .filter(|verb| words.as_bytes().first() == verb.as_bytes().first() && words.starts_with(**verb));
    found.map(|verb| verb.len()).max()
}
