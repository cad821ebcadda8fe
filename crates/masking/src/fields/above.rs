//! What stands above a field: the keys of the objects, elements and blocks that hold it (`customer: {name: ...}`).

use super::label::names_owner;
use crate::ByteSpan;

/// How far before a field what holds it is looked for, in bytes.
const REACH: usize = 640;
/// Levels above a field that count.
const MAX_LEVELS: usize = 3;
/// The longest key.
const MAX_KEY: usize = 48;

/// Whether one of the things that hold the field at `label` says that it is a person's.
pub(super) fn has_owner(text: &str, label: ByteSpan) -> bool {
    let from = text.ceil_char_boundary(label.start.saturating_sub(REACH));
    let before = &text[from..label.start];
    match before.as_bytes().last() {
        Some(b'<' | b':') => elements(before),
        Some(b'"' | b'\'' | b' ' | b'{' | b',' | b'\n' | b'\t' | b'\\') | None => {
            objects(before) || blocks(before)
        }
        _ => false,
    }
}

/// The elements that are open where `before` ends.
fn elements(before: &str) -> bool {
    let (mut closed, mut levels) = (0_usize, 0);
    for (at, _) in before.rmatch_indices('<').skip(1) {
        let tag = &before[at + 1..];
        let is_empty = tag.split_once('>').is_some_and(|(tag, _)| tag.ends_with('/'));
        if tag.starts_with('/') {
            closed += 1;
        } else if tag.starts_with(['!', '?']) || is_empty {
        } else if closed > 0 {
            closed -= 1;
        } else {
            let end = tag
                .find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'))
                .unwrap_or(tag.len());
            let name = tag[..end].rsplit(':').next().unwrap_or_default();
            if name.len() <= MAX_KEY && names_owner(name) {
                return true;
            }
            levels += 1;
            if levels == MAX_LEVELS {
                break;
            }
        }
    }
    false
}

/// The keys of the brackets that are open where `before` ends.
fn objects(before: &str) -> bool {
    let (mut closed, mut levels) = (0_usize, 0);
    for (at, byte) in before.bytes().enumerate().rev() {
        match byte {
            b'}' | b']' | b')' => closed += 1,
            b'{' | b'[' | b'(' if closed > 0 => closed -= 1,
            b'{' | b'[' | b'(' => {
                if names_owner(key(&before[..at])) {
                    return true;
                }
                levels += usize::from(byte == b'{');
                if levels == MAX_LEVELS {
                    break;
                }
            }
            _ => {}
        }
    }
    false
}

/// The last word of `before`, behind which an object or a block opens.
fn key(before: &str) -> &str {
    let name = before
        .trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '=' | '>' | '"' | '\'' | '\\'));
    let from = name.ceil_char_boundary(name.len().saturating_sub(MAX_KEY));
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let start = name[from..]
        .rfind(|c| !is_part(c))
        .map_or(from, |at| from + at + 1);
    name.get(start..).unwrap_or_default()
}

/// The keys of the blocks of YAML in which the last line of `before` stands.
fn blocks(before: &str) -> bool {
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '-', '\t']).len();
    let mut lines = before.rsplit('\n');
    let mut deepest = lines.next().map_or(0, indent);
    let mut levels = 0;
    for line in lines {
        let (depth, line) = (indent(line), line.trim());
        if line.is_empty() || depth >= deepest {
            continue;
        }
        deepest = depth;
        if line.strip_suffix(':').is_some_and(|name| names_owner(key(name))) {
            return true;
        }
        levels += 1;
        if depth == 0 || levels == MAX_LEVELS {
            break;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(text: &str) -> bool {
        let at = text.rfind("name").expect("each text has the label");
        has_owner(text, ByteSpan::new(at, at + 4))
    }

    #[test]
    fn owners_above_in_every_notation() {
        for text in [
            "<Patient><name",
            "<a:Customer id=\"1\"><Address><zip>1</zip></Address><name",
            "{\"customer\": {\"id\": 1, \"name",
            "{\"patient\":{\"contact\":[{\"name",
            "customer:\n  id: 1\n  name",
            "Customer(id=1, name",
        ] {
            assert!(owned(text), "{text}");
        }
    }

    #[test]
    fn what_is_closed_or_no_person_owns_nothing() {
        for text in [
            "<Patient>x</Patient><name",
            "{\"customer\": {\"id\": 1}, \"name",
            "customer:\n  id: 1\nname",
            "{\"package\": {\"name",
        ] {
            assert!(!owned(text), "{text}");
        }
    }
}
