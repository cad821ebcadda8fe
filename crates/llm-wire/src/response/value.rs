//! One value of an answer's JSON: looks fields up and knows where they stand. Changes nothing.

use std::borrow::Cow;
use std::ops::Range;

use crate::json::{Bounds, Kind, Tape, View};

/// Nothing is bounded: the size of the event or body is, and reading takes linear time and no stack.
pub(crate) const UNBOUNDED: Bounds = Bounds {
    depth: usize::MAX,
    leaf_bytes: usize::MAX,
    values: usize::MAX,
    lone_surrogates: true,
};

/// A value of a document that has been read.
#[derive(Clone, Copy)]
pub(crate) struct Value<'a> {
    view: View<'a>,
    at: usize,
}

/// Reads `json` into `tape`; `None` when it is not exactly one JSON document.
pub(crate) fn read<'a>(json: &'a str, tape: &'a mut Tape) -> Option<Value<'a>> {
    tape.read(json, UNBOUNDED).ok()?;
    let view = View { text: json, tape };
    Some(Value { view, at: 0 })
}

impl<'a> Value<'a> {
    pub(crate) fn is_object(self) -> bool {
        self.view.is(self.at, Kind::Object)
    }

    pub(crate) fn is_array(self) -> bool {
        self.view.is(self.at, Kind::Array)
    }

    pub(crate) fn is_string(self) -> bool {
        matches!(self.view.tape.node(self.at).kind, Kind::String { .. })
    }

    pub(crate) fn is_number(self) -> bool {
        self.view.is(self.at, Kind::Number)
    }

    pub(crate) fn is_null(self) -> bool {
        self.view.is(self.at, Kind::Literal) && self.content() == "null"
    }

    /// Whether it holds nothing; an object or array that does is not empty, anything else is.
    pub(crate) fn is_empty(self) -> bool {
        self.members().next().is_none() && self.elements().next().is_none()
    }

    /// The value as it is written; a string without its quotes.
    pub(crate) fn content(self) -> &'a str {
        self.view.raw(self.at)
    }

    /// The bytes of [`content`](Self::content).
    pub(crate) fn content_range(self) -> Range<usize> {
        self.view.tape.node(self.at).range()
    }

    /// The value as it is written, quotes and all.
    pub(crate) fn raw(self) -> &'a str {
        &self.view.text[self.raw_range()]
    }

    /// The bytes of [`raw`](Self::raw).
    pub(crate) fn raw_range(self) -> Range<usize> {
        self.view.tape.node(self.at).outer_range()
    }

    /// What a string or key says; of anything else, `None`.
    pub(crate) fn text(self) -> Option<Cow<'a, str>> {
        self.view.string(self.at)
    }

    /// Whether a string or key says exactly `text`.
    pub(crate) fn is(self, text: &str) -> bool {
        self.text().as_deref() == Some(text)
    }

    /// The member `key` of an object. A repeated key counts by its last value, as most readers have it.
    pub(crate) fn get(self, key: &str) -> Option<Self> {
        self.view.member(self.at, key).map(|at| Self { at, ..self })
    }

    /// The member `key` if it is a string.
    pub(crate) fn string(self, key: &str) -> Option<Self> {
        self.get(key).filter(|value| value.is_string())
    }

    /// What the member `key` says if it is a string.
    pub(crate) fn said(self, key: &str) -> Option<Cow<'a, str>> {
        self.get(key)?.text()
    }

    /// The member `key` as an unsigned integer.
    pub(crate) fn unsigned(self, key: &str) -> Option<u64> {
        self.get(key)
            .filter(|value| value.is_number())?
            .content()
            .parse()
            .ok()
    }

    /// Keys and values of an object; nothing of anything else.
    pub(crate) fn members(self) -> impl Iterator<Item = (Self, Self)> {
        let pairs = self.view.members(self.at);
        pairs.map(move |(key, at)| (Self { at: key, ..self }, Self { at, ..self }))
    }

    /// Values of an array; nothing of anything else.
    pub(crate) fn elements(self) -> impl Iterator<Item = Self> {
        self.view.elements(self.at).map(move |at| Self { at, ..self })
    }

    /// Every key and string in this value, itself included.
    pub(crate) fn strings(self) -> impl Iterator<Item = Self> {
        let entries = self.view.tape.subtree(self.at);
        entries
            .map(move |at| Self { at, ..self })
            .filter(|value| value.is_string())
    }

    /// Every string in this value, itself included, except keys and members whose key `sealed` picks; in no
    /// particular order.
    pub(crate) fn strings_unless(self, sealed: impl Fn(Self) -> bool) -> impl Iterator<Item = Self> {
        let mut open = vec![self];
        std::iter::from_fn(move || {
            while let Some(value) = open.pop() {
                if value.is_string() {
                    return Some(value);
                }
                open.extend(value.elements());
                open.extend(
                    value
                        .members()
                        .filter(|(key, _)| !sealed(*key))
                        .map(|(_, inner)| inner),
                );
            }
            None
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(json: &str, check: impl FnOnce(Value<'_>)) {
        check(read(json, &mut Tape::default()).expect("valid"));
    }

    #[test]
    fn fields_are_found_wherever_they_stand() {
        with(
            r#" {"a":[1,{"b":"x"}],"n":7, "b":"y\n","a":{"c":[]},"\u0064":null} "#,
            |root| {
                assert_eq!(root.said("b").as_deref(), Some("y\n"));
                assert_eq!(root.unsigned("n"), Some(7));
                assert_eq!(root.get("a").unwrap().raw(), r#"{"c":[]}"#, "the last of two");
                assert!(root.get("d").unwrap().is_null(), "an escaped key");
                assert!(root.get("c").is_none() && root.get("b").unwrap().get("c").is_none());
                let strings: Vec<&str> = root.strings().map(Value::content).collect();
                assert_eq!(strings, ["a", "b", "x", "n", "b", r"y\n", "a", "c", r"\u0064"]);
                assert_eq!(root.string("b").unwrap().raw(), r#""y\n""#);
            },
        );
    }

    #[test]
    fn sealed_members_are_left_out_with_all_that_is_in_them() {
        with(
            r#"{"a":["1",{"b":"2","s":"3"}],"s":{"c":["4"]},"d":"5"}"#,
            |root| {
                let mut strings: Vec<&str> = root
                    .strings_unless(|key| key.is("s"))
                    .map(Value::content)
                    .collect();
                strings.sort_unstable();
                assert_eq!(strings, ["1", "2", "5"]);
                let alone = root.get("d").unwrap().strings_unless(|_| true);
                assert_eq!(alone.map(Value::content).collect::<Vec<_>>(), ["5"]);
            },
        );
    }

    #[test]
    fn hostile_documents_are_read_or_refused() {
        let deep = "[".repeat(200_000) + &"]".repeat(200_000);
        with(&deep, |root| {
            assert_eq!(root.strings_unless(|_| false).count(), 0);
        });
        with(r#"{"type":"\ud83d"}"#, |root| {
            assert_eq!(root.said("type").as_deref(), Some("\u{fffd}"));
        });
        for bad in ["", "[DONE]", "{} {}", "\u{feff}{}", &deep[1..]] {
            assert!(read(bad, &mut Tape::default()).is_none());
        }
    }
}
