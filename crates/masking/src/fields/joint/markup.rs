//! Fields of XML and HTML: elements, attributes that name a value, and siblings (`<td>label</td><td>value</td>`).

use super::{Joint, Place, value_at};
use crate::ByteSpan;
use crate::detectors::text::starts_with_ignore_case;
use crate::fields::label::Label;

/// The longest tag that is read, and the longest text of an element.
const MAX_TAG: usize = 256;
const MAX_TEXT: usize = 2048;
/// Elements inside each other before a value.
const MAX_DEPTH: usize = 3;
/// Attributes that give the value of the one that names it.
const VALUES: [&str; 6] = [
    "value",
    "val",
    "content",
    "default",
    "defaultvalue",
    "android:value",
];

/// The value that markup gives the label.
pub(super) fn place(text: &str, label: &Label) -> Option<Place> {
    let bytes = text.as_bytes();
    let start = label.span.start;
    match bytes.get(start.checked_sub(1)?)? {
        b'<' => content(text, tag_end(bytes, label.span.end)?),
        // `<ns:password>`; not the closing tag.
        b':' if opens_tag(bytes, start) => content(text, tag_end(bytes, label.span.end)?),
        b'"' | b'\'' => named(text, label),
        b'>' | b' ' | b'\t' | b'\n' => sibling(text, label),
        _ => None,
    }
}

/// Whether `<` and the name of a space stand before the `:` at `at - 1`.
fn opens_tag(bytes: &[u8], at: usize) -> bool {
    let name = bytes[..at - 1]
        .iter()
        .rev()
        .take(24)
        .take_while(|b| b.is_ascii_alphanumeric())
        .count();
    bytes[..at - 1 - name].ends_with(b"<")
}

/// Where the tag that goes on at `at` ends, behind its `>`; `None` for one without content.
fn tag_end(bytes: &[u8], at: usize) -> Option<usize> {
    let window = &bytes[at..bytes.len().min(at + MAX_TAG)];
    let end = memchr::memchr2(b'>', b'<', window)?;
    let is_open = window[end] == b'>' && !window[..end].ends_with(b"/");
    let is_tag = window
        .first()
        .is_some_and(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'"' | b'\''));
    (is_open && is_tag).then_some(at + end + 1)
}

/// The text of the element whose opening tag ends at `at`, or of the first one in it.
fn content(text: &str, outer: usize) -> Option<Place> {
    let bytes = text.as_bytes();
    let (mut at, mut child) = (outer, "");
    for _ in 0..MAX_DEPTH {
        let window = &bytes[at..bytes.len().min(at + MAX_TEXT)];
        let end = at + memchr::memchr(b'<', window)?;
        let inner = &text[at..end];
        let is_closed = bytes[end..].starts_with(b"</");
        if !inner.trim().is_empty() {
            // What looks like a tag and is not closed is part of the value.
            let is_child = text[end..]
                .strip_prefix("</")
                .is_some_and(|tag| tag.starts_with(child));
            let at = if is_child { at } else { outer };
            let inner = &text[at..end];
            let start = at + inner.len() - inner.trim_start().len();
            let close = start + inner.trim().len();
            let place = Place::bare(Joint::Element, start);
            // SGML, as OFX is, closes no element that holds text.
            let is_sgml = bytes[end + 1].is_ascii_uppercase() && !inner.contains('\n');
            return (is_closed || is_sgml).then_some(Place {
                close: Some(close),
                ..place
            });
        }
        if is_closed {
            return None;
        }
        let name = end + 1 + name_len(&bytes[end + 1..]);
        child = &text[end + 1..name];
        at = tag_end(bytes, name)?;
    }
    None
}

fn name_len(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take(40)
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b':' | b'-' | b'_' | b'.'))
        .count()
}

/// The value of the element whose attribute names it: `<add key="password" value="..."/>`, `<string name="password">...`.
fn named(text: &str, label: &Label) -> Option<Place> {
    let bytes = text.as_bytes();
    let quote = bytes[label.span.start - 1];
    let end = label.span.end + usize::from(bytes.get(label.span.end) == Some(&quote));
    let from = label.span.start.saturating_sub(MAX_TAG);
    let before = &bytes[from..label.span.start - 1];
    let open = memchr::memrchr2(b'<', b'>', before)?;
    if before[open] != b'<' || before.last() != Some(&b'=') || end == label.span.end {
        return None;
    }
    let window = &text[end..text.floor_char_boundary(text.len().min(end + MAX_TEXT))];
    let tag = ByteSpan::new(end, end + window.find('>')?);
    if let Some(place) = attribute(text, tag) {
        return Some(place);
    }
    // A tag of a page holds what people read: `<label for="password">Password:</label>`.
    let is_form = ["label", "input", "button", "a ", "form", "meta", "link"]
        .iter()
        .any(|name| starts_with_ignore_case(&text[from + open + 1..], name));
    if is_form || text[..tag.end].ends_with('/') {
        return None;
    }
    content(text, tag.end + 1)
}

/// The value among the attributes of a tag's rest.
fn attribute(text: &str, tag: ByteSpan) -> Option<Place> {
    let rest = &text[tag.range()];
    let mut at = 0;
    while let Some(equals) = rest[at..].find('=') {
        let name = rest[at..at + equals].trim();
        let value = value_at(text, tag.start + at + equals + 1, Joint::Element);
        let end = value.close?;
        if VALUES.iter().any(|known| name.eq_ignore_ascii_case(known)) {
            return Some(value);
        }
        at = (end + 1).checked_sub(tag.start)?;
        if at >= rest.len() || !rest.is_char_boundary(at) {
            return None;
        }
    }
    None
}

/// The text of the element behind the one whose text the label is.
fn sibling(text: &str, label: &Label) -> Option<Place> {
    let bytes = text.as_bytes();
    text[..label.span.start].trim_end().ends_with('>').then_some(())?;
    let rest = text[label.span.end..].trim_start_matches([':', ' ', '\t', '\n', '\r', '：', '*', '?']);
    // Emphasis around the label closes first.
    let mut at = text.len() - rest.len();
    for _ in 0..MAX_DEPTH {
        let tag = text[at..].strip_prefix("</")?;
        let close = tag.bytes().take(40).position(|b| b == b'>')?;
        at = text.len() - tag.len() + close + 1;
        let behind = text[at..].trim_start();
        at = text.len() - behind.len();
        if let Some(open) = behind.strip_prefix('<')
            && !open.starts_with('/')
        {
            let name = text.len() - open.len();
            return content(text, tag_end(bytes, name + name_len(&bytes[name..]))?);
        }
    }
    None
}
