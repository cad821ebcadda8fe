//! The value of a label that names an address or its street.

use super::han;
use crate::ByteSpan;
use crate::detectors::secret::is_template;
use crate::detectors::text::{char_at, is_unspaced, line_after};
use crate::fields::{Concept, Joint, Label, Place};

/// The longest address in one line, in bytes.
const MAX_ADDRESS: usize = 160;
/// Most digits of a house number or a code.
const MAX_DIGITS: usize = 7;

/// The address at `place`.
pub(in crate::detectors) fn judge(text: &str, label: &Label, place: &Place) -> Option<ByteSpan> {
    if matches!(place.joint, Joint::Adjacent | Joint::Said)
        && !char_at(text, place.at).is_some_and(is_unspaced)
    {
        return None;
    }
    if char_at(text, place.at).is_some_and(is_unspaced) {
        return labelled_han(text, place);
    }
    if !char_at(text, place.at).is_some_and(char::is_alphanumeric) {
        return None;
    }
    let end = place.close.unwrap_or_else(|| place.at + bare(text, place.at));
    let value = text.get(place.at..end)?.trim_end_matches([' ', ',', ';', '.']);
    let is_street = label.entry.concept == Concept::Street;
    let is_sure = place.close.is_some() || is_street;
    (is_postal(value, is_sure) && label.has_owner(text))
        .then(|| ByteSpan::new(place.at, place.at + value.len()))
}

/// Bytes of what stands in the line, before the next field of it.
fn bare(text: &str, at: usize) -> usize {
    let line = line_after(text, at, MAX_ADDRESS);
    let ends = ["  ", "\t", "|", ";", "\"", "<", " - ", "{", "}"];
    ends.iter()
        .filter_map(|end| line.find(end))
        .min()
        .unwrap_or(line.len())
}

/// Whether `value` is a postal address and not one of a machine, a mail box or a program: words of letters, at least one
/// of which is a name, and a short number.
fn is_postal(value: &str, is_sure: bool) -> bool {
    let bytes = value.as_bytes();
    let is_other = bytes.iter().any(|b| {
        matches!(
            b,
            b'@' | b'=' | b'<' | b'>' | b'{' | b'}' | b'_' | b'\\' | b'*' | b'$' | b'`' | b'%'
        )
    }) || value.contains("://")
        || value.contains("::")
        || value.contains("()")
        || value.starts_with("0x");
    let words: Vec<&str> = value
        .split([' ', ',', '/'])
        .filter(|word| !word.is_empty())
        .collect();
    let is_name = |word: &&str| {
        word.chars().filter(|c| c.is_alphabetic()).count() >= 3
            && !word.starts_with(|c: char| c.is_lowercase())
    };
    let is_number = |word: &&str| {
        let digits = word.chars().filter(char::is_ascii_digit).count();
        (1..=MAX_DIGITS).contains(&digits) && !word.contains(['.', ':'])
            || word.ends_with('.') && digits > 0 && digits < 5
    };
    let names = words.iter().filter(|word| is_name(word)).count();
    let has_number = words.iter().any(is_number);
    (4..=MAX_ADDRESS).contains(&value.len())
        && !is_other
        && !is_template(bytes)
        && names > 0
        && words.len() > 1
        && has_number
        && (is_sure || names > 1 || words.len() > 2)
}

/// A Chinese, Japanese or Korean address: what a label of such a script names.
fn labelled_han(text: &str, place: &Place) -> Option<ByteSpan> {
    let (start, end) = han::labelled(text, place.at)?;
    Some(ByteSpan::new(
        start,
        place.close.map_or(end, |close| close.max(start)),
    ))
}
