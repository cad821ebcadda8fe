//! Changes to one JSON document, collected in any order and spliced in at the end.

use std::ops::Range;

/// Replacements of byte ranges; kept and reused so that an event without changes does not allocate.
#[derive(Default)]
pub(crate) struct Edits {
    /// Range in the document, range in `text`.
    list: Vec<(Range<usize>, Range<usize>)>,
    text: String,
}

impl Edits {
    pub(crate) fn clear(&mut self) {
        self.list.clear();
        self.text.clear();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Replaces `range` by what `write` appends.
    pub(crate) fn replace(&mut self, range: Range<usize>, write: impl FnOnce(&mut String)) {
        let start = self.text.len();
        write(&mut self.text);
        self.list.push((range, start..self.text.len()));
    }

    /// Appends the document with all changes made.
    pub(crate) fn splice(&mut self, json: &str, out: &mut Vec<u8>) {
        self.list.sort_unstable_by_key(|(range, _)| range.start);
        let mut copied = 0;
        for (range, text) in &self.list {
            debug_assert!(range.start >= copied, "two changes to one place");
            out.extend_from_slice(&json.as_bytes()[copied..range.start]);
            out.extend_from_slice(&self.text.as_bytes()[text.clone()]);
            copied = range.end;
        }
        out.extend_from_slice(&json.as_bytes()[copied..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_land_in_document_order() {
        let mut edits = Edits::default();
        edits.replace(8..9, |text| text.push_str("third"));
        edits.replace(0..2, |text| text.push_str("one"));
        let mut out = Vec::new();
        edits.splice("1 - 2 - 3!", &mut out);
        assert_eq!(out, b"one- 2 - third!");
    }
}
