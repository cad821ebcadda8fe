//! The text as detectors see it, with a map back to the bytes that the caller sent.
//!
//! A view is canonical (compatibility forms folded, invisible characters gone) or decoded (one kind of encoding in one
//! word undone). It judges nothing.

mod base64;
mod canonical;
mod encoded;
mod terminal;

use std::borrow::Cow;

pub(crate) use base64::base64_runs;
pub(crate) use canonical::canonical;
pub(crate) use encoded::encoded_words;

use crate::ByteSpan;

/// A stretch of the view that does not stand byte for byte in the original.
#[derive(Clone, Copy)]
struct Fold {
    view: ByteSpan,
    original: ByteSpan,
}

/// Text that differs from the original only in known stretches.
pub(crate) struct View<'a> {
    text: Cow<'a, str>,
    /// Where the view's first byte stands in the original.
    offset: usize,
    /// In text order; between two folds both sides are equal.
    folds: Vec<Fold>,
}

impl<'a> View<'a> {
    fn same(text: &'a str) -> Self {
        Self {
            text: Cow::Borrowed(text),
            offset: 0,
            folds: Vec::new(),
        }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The original bytes that the view's `span` came from; what was removed inside it is included.
    pub(crate) fn original(&self, span: ByteSpan) -> ByteSpan {
        if self.folds.is_empty() {
            return ByteSpan::new(span.start + self.offset, span.end + self.offset);
        }
        let start = self
            .fold_at(span.start)
            .map_or_else(|| self.shifted(span.start), |fold| fold.original.start);
        let last = span.end.saturating_sub(1).max(span.start);
        let end = self
            .fold_at(last)
            .map_or_else(|| self.shifted(last) + 1, |fold| fold.original.end);
        ByteSpan::new(start, end.max(start))
    }

    /// Whether any stretch of `span` reads differently in the original.
    pub(crate) fn touches_fold(&self, span: ByteSpan) -> bool {
        let from = self.folds.partition_point(|fold| fold.view.end < span.start);
        self.folds[from..]
            .iter()
            .take_while(|fold| fold.view.start < span.end)
            .any(|fold| fold.view.overlaps(span) || (fold.view.is_empty() && fold.view.start > span.start))
    }

    /// The fold that made the view's byte `at`, if one did.
    fn fold_at(&self, at: usize) -> Option<&Fold> {
        let after = self.folds.partition_point(|fold| fold.view.start <= at);
        self.folds[..after]
            .iter()
            .rev()
            .find(|fold| !fold.view.is_empty())
            .filter(|fold| at < fold.view.end)
    }

    /// Where an unfolded byte of the view stands in the original.
    fn shifted(&self, at: usize) -> usize {
        let after = self.folds.partition_point(|fold| fold.view.end <= at);
        match self.folds[..after].last() {
            Some(fold) => fold.original.end + (at - fold.view.end),
            None => self.offset + at,
        }
    }
}

/// Collects a view from left to right.
struct Builder<'a> {
    original: &'a str,
    text: String,
    folds: Vec<Fold>,
    offset: usize,
    copied: usize,
}

impl<'a> Builder<'a> {
    fn new(original: &'a str, from: usize) -> Self {
        Self {
            original,
            text: String::with_capacity(64),
            folds: Vec::new(),
            offset: from,
            copied: from,
        }
    }

    /// `original[start..end]` reads as `decoded`; what lies before is taken over as it is.
    fn fold(&mut self, start: usize, end: usize, decoded: impl IntoIterator<Item = char>) {
        self.text.push_str(&self.original[self.copied..start]);
        let from = self.text.len();
        self.text.extend(decoded);
        self.folds.push(Fold {
            view: ByteSpan::new(from, self.text.len()),
            original: ByteSpan::new(start, end),
        });
        self.copied = end;
    }

    fn finish(mut self, end: usize) -> View<'static> {
        self.text.push_str(&self.original[self.copied..end]);
        View {
            text: Cow::Owned(self.text),
            offset: self.offset,
            folds: self.folds,
        }
    }
}
