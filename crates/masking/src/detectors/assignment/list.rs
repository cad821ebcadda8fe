//! Lists that a label is given: `passwords = ["...", "..."]`.

use super::label::Label;
use super::value::{self, Form, Operator, Value};

/// How much of a list is read, in bytes.
const MAX_LIST: usize = 2048;
/// Shorter items are the parts of rules and tests.
const MIN_ITEM: usize = 6;
/// Most white space before an item, in bytes.
const MAX_SPACE: usize = 64;

/// The quoted items of the list that `label` is given.
pub(super) fn items(text: &str, label: &Label) -> impl Iterator<Item = Value> {
    let bytes = text.as_bytes();
    let kind = label.kind;
    let open = value::assigned(text, label).filter(|at| bytes.get(*at) == Some(&b'['));
    let most = open.map_or(0, |open| open + MAX_LIST);
    let mut next = open.map(|open| open + 1);
    std::iter::from_fn(move || {
        let spaces = |at: usize| {
            let rest = bytes[at..].iter().take(MAX_SPACE);
            at + rest.take_while(|b| b.is_ascii_whitespace()).count()
        };
        let at = spaces(next.take()?);
        let item = value::read(text, at, kind, Operator::QuotedOnly).filter(|_| at < most)?;
        let end = spaces(item.span.end + closing_len(&bytes[item.span.end..]));
        next = (bytes.get(end) == Some(&b',')).then_some(end + 1);
        Some(item)
    })
    .filter(move |item| {
        item.form == Form::Quoted && item.span.len() >= MIN_ITEM && !is_rule(&text[item.span.range()])
    })
}

/// Bytes of the quote that closes an item.
fn closing_len(bytes: &[u8]) -> usize {
    1 + usize::from(bytes.first() == Some(&b'\\'))
}

/// Whether an item is the rule of a form's field: `min:8`.
fn is_rule(item: &str) -> bool {
    item.split_once([':', '=']).is_some_and(|(name, _)| {
        !name.is_empty()
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || matches!(b, b'_' | b'-'))
    })
}
