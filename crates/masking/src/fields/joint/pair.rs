//! Settings written as a name and a value, each under its own key: Kubernetes, ECS task definitions, Postman, Hadoop.

use super::{Joint, Place, value_at};
use crate::detectors::text::{ends_with_ignore_case, starts_with_ignore_case};
use crate::fields::label::Label;

/// Most white space, quotes and marks between a name and the key of its value, in bytes.
const MAX_GAP: usize = 48;
/// How far before its name a value may start.
const REACH: usize = 160;
/// Keys of a value, longest first where one begins another.
const VALUES: [&str; 6] = ["value", "val", "answer", "default", "content", "text"];

/// The value of the pair that `label` names, behind the name or before it.
pub(super) fn place(text: &str, label: &Label) -> Option<Place> {
    let place = behind(text, label).or_else(|| before(text, label))?;
    Some(Place {
        is_setting: true,
        ..place
    })
}

/// `"name": "PASSWORD", "value": "..."`, and in YAML on two lines.
fn behind(text: &str, label: &Label) -> Option<Place> {
    // A question ends in its mark: `"What is your phone number?"`.
    let end = label.span.end + usize::from(text[label.span.end..].starts_with('?'));
    let at = end + gap(&text.as_bytes()[end..]);
    if at == end || !text.is_char_boundary(at) {
        return None;
    }
    let key = VALUES
        .iter()
        .find(|key| starts_with_ignore_case(&text[at..], key));
    let is_quoted = text[label.span.end..].starts_with(['"', '\\']);
    let later = || {
        if is_quoted {
            later(text, label.span.end)
        } else {
            None
        }
    };
    let end = key.map(|key| at + key.len()).or_else(later)?;
    Some(value_at(text, assigned(text, end)?, Joint::Assigned))
}

/// Where the key of a value ends further on in the object of a name that ends at `end`: `"system": "phone", "use":
/// "home", "value": ...`.
fn later(text: &str, end: usize) -> Option<usize> {
    let window = &text[end..text.floor_char_boundary(text.len().min(end + REACH))];
    let object = &window[..window.find(['{', '}']).unwrap_or(window.len())];
    let is_value = object.trim_start_matches(['"', '\\', ' ']).starts_with(',');
    let key = "\"value";
    object
        .find(key)
        .filter(|_| is_value)
        .map(|at| end + at + key.len())
}

/// `"value": "...", "name": "PASSWORD"`.
fn before(text: &str, label: &Label) -> Option<Place> {
    let from = text.ceil_char_boundary(label.span.start.saturating_sub(REACH));
    let name = without_marks(&text[from..label.span.start]);
    let between = ["name", "key"]
        .iter()
        .find(|key| ends_with_ignore_case(name, key))
        .map(|key| &name[..name.len() - key.len()])?;
    let key = between.rfind("value").or_else(|| between.rfind("Value"))?;
    let place = value_at(text, assigned(text, from + key + "value".len())?, Joint::Assigned);
    let end = place.close?;
    let is_whole = end <= from + between.len() && without_marks(&text[end..from + between.len()]).is_empty();
    is_whole.then_some(place)
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
    let is_gap = |b: &&u8| b.is_ascii_whitespace() || matches!(b, b',' | b';' | b'"' | b'\'' | b'\\');
    bytes.iter().take(MAX_GAP).take_while(is_gap).count()
}

fn without_marks(text: &str) -> &str {
    text.trim_end_matches(|c: char| {
        c.is_ascii_whitespace() || matches!(c, ',' | ';' | '"' | '\'' | '\\' | ':' | '=')
    })
}
