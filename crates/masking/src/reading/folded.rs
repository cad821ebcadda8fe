//! A text with some stretches written otherwise, and the way back from it to the text that it was made from.

use std::borrow::Cow;
use std::ops::Range;

use super::marked_span::MarkedSpan;
use crate::ByteSpan;

/// A stretch that reads otherwise than it is written. A text of escapes has one for every few bytes.
#[derive(Clone, Copy)]
struct Fold {
    /// What it reads as, in the folded text; may be empty. Marked: it stands for text of the source that is not read at all.
    read: MarkedSpan,
    /// What is written, in the source; may be empty.
    written: MarkedSpan,
}

impl Fold {
    fn read(&self) -> ByteSpan {
        self.read.span()
    }

    fn written(&self) -> ByteSpan {
        self.written.span()
    }

    const fn is_gap(&self) -> bool {
        self.read.is_marked()
    }
}

/// Text that differs from its source only in known stretches.
pub(super) struct Folded<'a> {
    pub(super) text: Cow<'a, str>,
    /// Where the text starts in the source.
    offset: usize,
    /// In text order; between two folds both sides are equal.
    folds: Vec<Fold>,
}

impl<'a> Folded<'a> {
    /// The source itself.
    pub(super) fn same(source: &'a str) -> Self {
        Self {
            text: Cow::Borrowed(source),
            offset: 0,
            folds: Vec::new(),
        }
    }

    /// With a text of its own; the source's bytes are not held on to.
    pub(super) fn into_owned(self) -> Folded<'static> {
        Folded {
            text: Cow::Owned(self.text.into_owned()),
            offset: self.offset,
            folds: self.folds,
        }
    }

    /// How much memory it takes, in bytes.
    pub(super) fn held_bytes(&self) -> usize {
        let text = match &self.text {
            Cow::Borrowed(_) => 0,
            Cow::Owned(text) => text.capacity(),
        };
        text + self.folds.capacity() * size_of::<Fold>()
    }

    /// Whether it reads as it is written.
    pub(super) fn is_same(&self) -> bool {
        self.folds.is_empty() && self.offset == 0
    }

    /// The bytes of the source that `span` was read from; what was left out inside it is included.
    pub(super) fn written(&self, span: ByteSpan) -> ByteSpan {
        if self.folds.is_empty() {
            return ByteSpan::new(span.start + self.offset, span.end + self.offset);
        }
        let start = self
            .fold_at(span.start)
            .map_or_else(|| self.shifted(span.start), |fold| fold.written().start);
        let last = span.end.saturating_sub(1).max(span.start);
        let end = self
            .fold_at(last)
            .map_or_else(|| self.shifted(last) + 1, |fold| fold.written().end);
        ByteSpan::new(start, end.max(start))
    }

    /// Whether a stretch that reads otherwise lies in `span`, or less than `reach` bytes beside it; what
    /// is gone parted what stands on either side.
    pub(super) fn is_folded_near(&self, span: ByteSpan, reach: usize) -> bool {
        let from = self
            .folds
            .partition_point(|fold| fold.read().end + reach < span.start);
        let touches = |fold: &Fold| {
            let is_nothing = fold.read().is_empty();
            is_nothing || fold.read().end + reach > span.start && fold.read().start < span.end + reach
        };
        self.folds[from..]
            .iter()
            .take_while(|fold| fold.read().start <= span.end + reach)
            .any(|fold| !fold.is_gap() && touches(fold))
    }

    /// Whether `span` reaches over text that was left out as not worth reading.
    pub(super) fn crosses_gap(&self, span: ByteSpan) -> bool {
        let from = self.folds.partition_point(|fold| fold.read().end <= span.start);
        self.folds[from..]
            .iter()
            .take_while(|fold| fold.read().start < span.end)
            .any(Fold::is_gap)
    }

    /// The fold that made the byte `at`, if one did.
    fn fold_at(&self, at: usize) -> Option<&Fold> {
        let after = self.folds.partition_point(|fold| fold.read().start <= at);
        self.folds[..after].last().filter(|fold| at < fold.read().end)
    }

    /// Where an unfolded byte stands in the source.
    fn shifted(&self, at: usize) -> usize {
        let after = self.folds.partition_point(|fold| fold.read().end <= at);
        match self.folds[..after].last() {
            Some(fold) => fold.written().end + (at - fold.read().end),
            None => self.offset + at,
        }
    }
}

/// Room for more folds than there are is given back.
const MANY_FOLDS: usize = 4096;
/// Stands where a stretch was left out: a line of its own that no rule takes for a label or a value.
const GAP: &str = "\n\u{fffc}\n";

/// Writes a folded text from left to right.
pub(super) struct Folding<'a> {
    source: &'a str,
    text: String,
    folds: Vec<Fold>,
    offset: usize,
    copied: usize,
}

impl<'a> Folding<'a> {
    /// Starts at the byte `from` of the source.
    pub(super) fn new(source: &'a str, from: usize) -> Self {
        Self {
            source,
            text: String::with_capacity(64),
            folds: Vec::new(),
            offset: from,
            copied: from,
        }
    }

    /// With room for so many stretches.
    pub(super) fn with_room(mut self, folds: usize) -> Self {
        self.folds.reserve_exact(folds);
        self
    }

    /// `written` reads as `read`; what lies before is taken over as it is.
    pub(super) fn fold(&mut self, written: Range<usize>, read: impl IntoIterator<Item = char>) {
        self.text.push_str(&self.source[self.copied..written.start]);
        let from = self.text.len();
        self.text.extend(read);
        self.push(from, written, false);
    }

    /// The same for a text.
    pub(super) fn fold_str(&mut self, written: Range<usize>, read: &str) {
        self.text.push_str(&self.source[self.copied..written.start]);
        let from = self.text.len();
        self.text.push_str(read);
        self.push(from, written, false);
    }

    /// Leaves a stretch out that is not worth reading: no value may reach over it.
    pub(super) fn skip(&mut self, written: Range<usize>) {
        self.text.push_str(&self.source[self.copied..written.start]);
        let from = self.text.len();
        self.text.push_str(GAP);
        self.push(from, written, true);
    }

    pub(super) const fn len(&self) -> usize {
        self.text.len()
    }

    fn push(&mut self, from: usize, written: Range<usize>, is_gap: bool) {
        self.copied = written.end;
        self.folds.push(Fold {
            read: MarkedSpan::new(from, self.text.len(), is_gap),
            written: MarkedSpan::new(written.start, written.end, false),
        });
    }

    pub(super) const fn is_untouched(&self) -> bool {
        self.folds.is_empty()
    }

    pub(super) fn ends_with(&self, is_it: impl Fn(char) -> bool) -> bool {
        self.text.ends_with(is_it)
    }

    /// Takes over the rest, up to the byte `end` of the source.
    pub(super) fn finish(mut self, end: usize) -> Folded<'static> {
        self.text.push_str(&self.source[self.copied..end]);
        // It is held as long as the request is.
        if self.folds.capacity() > MANY_FOLDS {
            self.text.shrink_to_fit();
            self.folds.shrink_to_fit();
        }
        Folded {
            text: Cow::Owned(self.text),
            offset: self.offset,
            folds: self.folds,
        }
    }
}
