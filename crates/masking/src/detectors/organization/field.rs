//! The value of a label that names a company.

use crate::ByteSpan;
use crate::detectors::names::is_common_word;
use crate::detectors::text::{cased_word, char_at};
use crate::fields::{Joint, Label, Place};

/// Most words of a name.
const MAX_WORDS: usize = 5;

/// The capitalised words at `place`, if they fill it.
pub(in crate::detectors) fn judge(text: &str, label: &Label, place: &Place) -> Option<ByteSpan> {
    let is_told =
        matches!(place.joint, Joint::Assigned | Joint::Element | Joint::Column) && !label.entry.is_doubtful;
    char_at(text, place.at).filter(|c| c.is_uppercase() && is_told && label.has_owner(text))?;
    let (mut end, mut from, mut is_telling) = (place.at, place.at, false);
    for _ in 0..MAX_WORDS {
        let Some(stop) = cased_word(text, from) else { break };
        let word = &text[from..stop];
        if !word.starts_with(char::is_uppercase) {
            return None;
        }
        is_telling |= !is_common_word(word) && word.len() > 1;
        end = stop;
        match text[stop..].strip_prefix(' ') {
            Some(rest) if rest.starts_with(char::is_uppercase) => from = stop + 1,
            _ => break,
        }
    }
    let ends = match text.as_bytes()[end..] {
        [] => true,
        [b'.', next, ..] => !next.is_ascii_alphanumeric(),
        [b'<', next, ..] => matches!(next, b'/' | b'b'),
        [byte, ..] => b".\n\r,;\"'|)}\t".contains(&byte),
    };
    let is_whole = place.close.is_none_or(|close| close == end);
    (is_telling && ends && is_whole).then(|| ByteSpan::new(place.at, end))
}
