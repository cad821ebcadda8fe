//! Text packed as base64, base32 or hexadecimal digits: in one word of any length, in groups, or wrapped over lines.

mod base64;
mod bytes;
mod digits;
mod groups;
mod stretch;
mod words;
mod wrapped;

use super::changes::Changes;
use super::signs::Signs;

/// A packed text and what it says.
struct Unpacked {
    start: usize,
    end: usize,
    text: String,
    /// What it says if some of its letters are only glued to it.
    other: Option<String>,
}

/// Everything in `text` that is packed and holds text, and the same with what else it may say, if there is any.
/// `most` bounds what is inflated, in bytes.
pub(super) fn packed(text: &str, signs: Signs, most: usize) -> [Changes; 2] {
    let all = unpacked(text, signs, most);
    let changes = |says: fn(&Unpacked) -> &str| {
        let mut changes = Changes::default();
        for unpacked in &all {
            let read = in_place(text, unpacked, says(unpacked));
            changes.push(unpacked.start, unpacked.end, &read, true);
        }
        changes
    };
    let is_plain = all.iter().all(|unpacked| unpacked.other.is_none());
    let others = if is_plain {
        Changes::default()
    } else {
        changes(|unpacked| unpacked.other.as_deref().unwrap_or(&unpacked.text))
    };
    [changes(|unpacked| &unpacked.text), others]
}

/// In the order of the text, free of overlaps.
fn unpacked(text: &str, signs: Signs, most: usize) -> Vec<Unpacked> {
    let mut all = Vec::new();
    if signs.has(Signs::CAPITAL) {
        groups::each(text.as_bytes(), most, &mut all);
    }
    words::each(text.as_bytes(), most, &mut all);
    if signs.has(Signs::DIGIT) {
        digits::each(text.as_bytes(), most, &mut all);
    }
    all.sort_by_key(|unpacked| (unpacked.start, std::cmp::Reverse(unpacked.end)));
    let mut end = 0;
    all.retain(|unpacked| {
        let is_free = unpacked.start >= end;
        end = end.max(unpacked.end);
        is_free
    });
    all
}

/// What was unpacked, parted from the words that it was glued to; several lines stand for themselves, so that a table
/// keeps its head.
fn in_place(text: &str, unpacked: &Unpacked, inner: &str) -> String {
    if inner.contains('\n') {
        return format!("\n{inner}\n");
    }
    let glued = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let bytes = text.as_bytes();
    let before = glued(unpacked.start.checked_sub(1).map(|before| &bytes[before]));
    let after = glued(bytes.get(unpacked.end));
    let space = |wanted| if wanted { " " } else { "" };
    // Padding ends a word: a sign that a value follows, in quotes that open or in none, is also one between a label and
    // its value.
    let value = bytes[unpacked.end..]
        .strip_prefix(b"\"")
        .or(bytes[unpacked.end..].strip_prefix(b"'"));
    let value = value.unwrap_or(&bytes[unpacked.end..]);
    let assigns = bytes[..unpacked.end].ends_with(b"=")
        && value
            .first()
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || b"\\%+/".contains(byte));
    format!(
        "{}{inner}{}",
        space(before),
        if assigns { "=" } else { space(after) }
    )
}

#[cfg(test)]
mod tests;
