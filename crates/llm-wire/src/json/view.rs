//! A document and its index together: questions about members and strings.

use std::borrow::Cow;

use super::escape::unescape;
use super::tape::{Kind, Tape};

/// Borrowed text with its tape.
#[derive(Clone, Copy)]
pub(crate) struct View<'t> {
    pub(crate) text: &'t str,
    pub(crate) tape: &'t Tape,
}

/// A member that counts only when its key stands once in its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sole {
    Absent,
    /// Entry of the value.
    Value(usize),
    /// Readers differ in which value they take.
    Duplicate,
}

impl Sole {
    /// Notes one more value.
    pub(crate) fn add(&mut self, value: usize) {
        *self = match self {
            Self::Absent => Self::Value(value),
            Self::Value(_) | Self::Duplicate => Self::Duplicate,
        };
    }

    /// The value, when there is exactly one.
    pub(crate) const fn value(self) -> Option<usize> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Duplicate => None,
        }
    }
}

impl<'t> View<'t> {
    /// The text of a string or key; of anything else, `None`.
    pub(crate) fn string(&self, node: usize) -> Option<Cow<'t, str>> {
        let node = self.tape.node(node);
        match node.kind {
            Kind::String { escaped: false } => Some(Cow::Borrowed(&self.text[node.range()])),
            Kind::String { escaped: true } => Some(unescape(&self.text[node.range()])),
            _ => None,
        }
    }

    /// The bytes of a value as they stand.
    pub(crate) fn raw(&self, node: usize) -> &'t str {
        &self.text[self.tape.node(node).range()]
    }

    /// The bytes of a value as they stand; a string's with its quotes.
    pub(crate) fn outer(&self, node: usize) -> &'t str {
        &self.text[self.tape.node(node).outer_range()]
    }

    pub(crate) fn is(&self, node: usize, kind: Kind) -> bool {
        self.tape.node(node).kind == kind
    }

    /// The value under a key of an object; the last one, as most readers take it. `None` if it is no object.
    pub(crate) fn member(&self, object: usize, name: &str) -> Option<usize> {
        let found = self
            .members(object)
            .filter(|(key, _)| self.string(*key).as_deref() == Some(name))
            .last();
        found.map(|(_, value)| value)
    }

    /// Whether an object has the key just once.
    pub(crate) fn has_one(&self, object: usize, name: &str) -> bool {
        let named = self
            .members(object)
            .filter(|(key, _)| self.string(*key).as_deref() == Some(name));
        named.count() == 1
    }

    /// The text of a string under a key of an object.
    pub(crate) fn member_string(&self, object: usize, name: &str) -> Option<Cow<'t, str>> {
        self.member(object, name).and_then(|value| self.string(value))
    }

    /// Keys and values of an object; nothing of anything else.
    pub(crate) fn members(&self, object: usize) -> impl Iterator<Item = (usize, usize)> + use<'t> {
        self.is(object, Kind::Object)
            .then(|| self.tape.members(object))
            .into_iter()
            .flatten()
    }

    /// Values of an array; nothing of anything else.
    pub(crate) fn elements(&self, array: usize) -> impl Iterator<Item = usize> + use<'t> {
        self.is(array, Kind::Array)
            .then(|| self.tape.elements(array))
            .into_iter()
            .flatten()
    }
}
