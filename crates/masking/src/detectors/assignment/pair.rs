//! Settings written as a name and a value, each under its own key: Kubernetes, ECS task definitions, Postman, Hadoop.

use super::label::Label;
use super::value::{self, Operator, Value};
use crate::detectors::text::{ends_with_ignore_case, starts_with_ignore_case};

/// Most white space, quotes and marks between a name and the key of its value, in bytes.
const MAX_GAP: usize = 48;
/// How far before its name a value may start.
const REACH: usize = 160;

/// The value of the pair that `label` names, behind the name or before it.
pub(super) fn value(text: &str, label: &Label) -> Option<Value> {
    let value = behind(text, label).or_else(|| before(text, label))?;
    Some(Value {
        is_setting: true,
        ..value
    })
}

/// `"name": "PASSWORD", "value": "..."`, `<name>password</name><value>...</value>`.
fn behind(text: &str, label: &Label) -> Option<Value> {
    let gap = gap(&text.as_bytes()[label.span.end..]);
    let mut at = label.span.end + gap;
    if gap == 0 || !text.is_char_boundary(at) {
        return None;
    }
    // The end of the element that holds the name.
    for tag in ["name>", "key>"] {
        if text[..at].ends_with("</") && starts_with_ignore_case(&text[at..], tag) {
            at += tag.len();
            at += self::gap(&text.as_bytes()[at..]);
        }
    }
    let is_tag = text[..at].ends_with('<');
    let after = at + "value".len();
    if !starts_with_ignore_case(&text[at..], "value") {
        return None;
    }
    if is_tag {
        return text[after..]
            .starts_with('>')
            .then(|| value::read(text, after + 1, label.kind, Operator::Tag))?;
    }
    value::read(text, assigned(text, after)?, label.kind, Operator::Assign)
}

/// `"value": "...", "name": "PASSWORD"`.
fn before(text: &str, label: &Label) -> Option<Value> {
    let from = text.ceil_char_boundary(label.span.start.saturating_sub(REACH));
    let window = &text[from..label.span.start];
    let name = without_marks(window);
    let between = ["name", "key"]
        .iter()
        .find(|key| ends_with_ignore_case(name, key))
        .map(|key| &name[..name.len() - key.len()])?;
    let key = between.rfind("value").or_else(|| between.rfind("Value"))?;
    let at = assigned(text, from + key + "value".len())?;
    let value = value::read(text, at, label.kind, Operator::Assign)?;
    let is_whole = value.span.end <= from + between.len()
        && without_marks(&text[value.span.end..from + between.len()]).is_empty();
    is_whole.then_some(value)
}

/// Where the value of the key that ends at `end` starts.
fn assigned(text: &str, end: usize) -> Option<usize> {
    let skip = |at: usize, marks: &[u8]| {
        let rest = text.as_bytes()[at..].iter().take(8);
        at + rest.take_while(|b| marks.contains(b)).count()
    };
    let operator = skip(end, b"\\\"' ");
    matches!(text.as_bytes().get(operator), Some(b':' | b'=')).then(|| skip(operator + 1, b"> \t"))
}

/// Bytes of what parts a name from the next key.
fn gap(bytes: &[u8]) -> usize {
    let is_gap = |b: &&u8| {
        b.is_ascii_whitespace() || matches!(b, b',' | b';' | b'"' | b'\'' | b'\\' | b'<' | b'/' | b'>')
    };
    bytes.iter().take(MAX_GAP).take_while(is_gap).count()
}

fn without_marks(text: &str) -> &str {
    text.trim_end_matches(|c: char| {
        c.is_ascii_whitespace() || matches!(c, ',' | ';' | '"' | '\'' | '\\' | ':' | '=')
    })
}
