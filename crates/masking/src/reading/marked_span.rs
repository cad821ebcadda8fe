//! A span and a mark in eight bytes, for what there is one of for every few bytes of a text.

use crate::ByteSpan;

/// A longer text is not read: its places would not fit.
pub(super) const MAX_TEXT: usize = MARK as usize - 1;

const MARK: u32 = 1 << 31;

/// A span of a text of at most [`MAX_TEXT`] bytes, with or without a mark.
#[derive(Clone, Copy)]
pub(super) struct MarkedSpan {
    start: u32,
    /// The highest bit is the mark.
    end: u32,
}

impl MarkedSpan {
    pub(super) const fn new(start: usize, end: usize, is_marked: bool) -> Self {
        debug_assert!(start <= end && end <= MAX_TEXT);
        Self {
            start: start as u32,
            end: end as u32 | if is_marked { MARK } else { 0 },
        }
    }

    pub(super) const fn span(self) -> ByteSpan {
        ByteSpan::new(self.start as usize, (self.end & !MARK) as usize)
    }

    pub(super) const fn is_marked(self) -> bool {
        self.end & MARK != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_and_marks_come_back() {
        for (start, end) in [(0, 0), (3, 7), (7, MAX_TEXT)] {
            for is_marked in [false, true] {
                let marked = MarkedSpan::new(start, end, is_marked);
                assert_eq!(
                    (marked.span(), marked.is_marked()),
                    (ByteSpan::new(start, end), is_marked)
                );
            }
        }
    }
}
