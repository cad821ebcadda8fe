//! PHONE: numbers that a label, a country code or their spelling makes phone numbers; never a bare integer alone.
//!
//! Lengths and blocks come from libphonenumber's metadata. Short codes (`112`, `10086`) and letters in the place of digits
//! are not looked for.

mod extension;
mod file_name;
mod form;
mod international;
mod labelled;
mod local;
mod national;
mod plan;
mod switchboard;

use std::sync::Arc;

use self::plan::Plan;
use super::text::{char_before, line_after, value_after_label};
use super::{Found, NumberRun, Rule, Wake};
use crate::{EntityType, Score};

/// What a label is worth.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Label {
    /// The value is a phone number, in words that may also stand inside a longer name (`homePhone`).
    Noun,
    /// The same, as a whole word only.
    Word,
    /// The value may be something else: it must be long.
    Hint,
}

const LABELS: &[(&str, Label)] = &[
    ("phone", Label::Noun),
    ("telefon", Label::Noun),
    ("teléfono", Label::Noun),
    ("téléphone", Label::Noun),
    ("whatsapp", Label::Noun),
    ("celular", Label::Noun),
    ("电话", Label::Noun),
    ("電話", Label::Noun),
    ("手机", Label::Noun),
    ("手機", Label::Noun),
    ("座机", Label::Noun),
    ("传真", Label::Noun),
    ("热线", Label::Noun),
    ("联系方式", Label::Noun),
    ("携帯", Label::Noun),
    ("mobile", Label::Word),
    ("fax", Label::Word),
    ("tel", Label::Word),
    ("tél", Label::Word),
    ("handy", Label::Word),
    ("handynummer", Label::Word),
    ("mobil", Label::Word),
    ("móvil", Label::Word),
    ("msisdn", Label::Word),
    ("cell", Label::Hint),
    ("contact", Label::Hint),
    ("call", Label::Hint),
    ("dial", Label::Hint),
    ("me at", Label::Hint),
    ("me on", Label::Hint),
    ("us at", Label::Hint),
    ("us on", Label::Hint),
    ("微信", Label::Hint),
    ("拨打", Label::Hint),
    ("致电", Label::Hint),
    ("短信", Label::Hint),
    ("联系", Label::Hint),
];
/// Digits that a number behind a hint must have.
const HINTED: usize = 10;
const LABELLED: usize = 7;
/// Bytes of a second label behind a `/`.
const SECOND_LABEL: usize = 16;

/// How far behind its label the value of a sibling key may start.
const SIBLING: usize = 96;

/// Finds phone numbers.
pub struct Phone {
    name: Arc<str>,
    plan: Plan,
}

impl Phone {
    /// The rule, as `phone`.
    #[must_use]
    pub fn new() -> Self {
        Self {
            name: "phone".into(),
            plan: Plan::default(),
        }
    }

    fn push(&self, text: &str, start: usize, end: usize, score: Score, found: &mut Found) {
        let end = extension::end_with_extension(text, end);
        found.push(EntityType::Phone, start, end, score, &self.name);
    }

    fn look_at_label(&self, text: &str, label: Label, start: usize, end: usize, found: &mut Found) {
        let bytes = text.as_bytes();
        let inside = char_before(text, start).is_some_and(|c| c.is_ascii_alphabetic());
        let camel = bytes[start].is_ascii_uppercase() && start > 0 && bytes[start - 1].is_ascii_lowercase();
        if label != Label::Noun && inside && !camel {
            return;
        }
        let Some(value) = value_behind(text, end) else {
            return;
        };
        let least = if label == Label::Hint { HINTED } else { LABELLED };
        if let Some((start, end)) = labelled::number_at(text, value, least, &self.plan) {
            self.push(text, start, end, Score::STRONG, found);
        }
    }

    fn look_at_numbers(&self, text: &str, run: &NumberRun, found: &mut Found) {
        let bytes = text.as_bytes();
        let prefixed = run.groups().iter().any(|group| {
            matches!(bytes[..group.span.start], [.., b'+'] | [.., b'+', b'('])
                || bytes[group.span.start..].starts_with(b"00")
        });
        if prefixed {
            international::in_run(text, run, |start, end| {
                self.push(text, start, end, Score::STRONG, found);
            });
        }
        switchboard::in_run(text, run, &self.plan, |start, end| {
            self.push(text, start, end, Score::LIKELY, found);
        });
        local::in_run(text, run, |start, end| {
            self.push(text, start, end, Score::LIKELY, found);
        });
        file_name::in_run(text, run, &self.plan, |start, end| {
            self.push(text, start, end, Score::LIKELY, found);
        });
        if run.groups().len() > 1 && run.digits().len() >= 9 {
            national::in_run(text, run, &self.plan, |start, end| {
                self.push(text, start, end, Score::LIKELY, found);
            });
        }
    }
}

impl Default for Phone {
    fn default() -> Self {
        Self::new()
    }
}

impl Rule for Phone {
    fn literals(&self) -> Vec<String> {
        LABELS.iter().map(|(label, _)| (*label).to_owned()).collect()
    }

    fn on_numbers(&self) -> bool {
        true
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        match wake {
            Wake::Literal { index, at } => self.look_at_label(text, LABELS[index].1, at.start, at.end, found),
            Wake::Number(run) => self.look_at_numbers(text, run, found),
            _ => {}
        }
    }
}

/// Where the value of the label that ends at `end` starts: a plural, an opening bracket of a list, a count or a second
/// label may stand between (`phones: [`, `phone2:`, `Tel/Fax:`).
fn value_behind(text: &str, end: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let opens = |at: usize| matches!(bytes.get(at), Some(b'+' | b'(' | b'0'..=b'9'));
    let start = match bytes.get(end)? {
        _ if bytes[end - 1] >= 0x80 && opens(end) => end,
        b's' | b'1'..=b'9' => value_after_label(text, end + 1)?,
        b'.' => end + 1,
        b'/' => end + 2 + line_after(text, end + 1, SECOND_LABEL).find(':')?,
        b'"' | b'\\' if sibling(text, end).is_some() => sibling(text, end)?,
        _ => value_after_label(text, end)?,
    };
    let marks = bytes[start..]
        .iter()
        .take(4)
        .take_while(|b| matches!(b, b'[' | b' ' | b'"' | b'\'' | b':'));
    let start = start + marks.count();
    opens(start).then_some(start)
}

/// The value beside a label that is a value itself: `"system": "phone", "value": "..."` (FHIR's `ContactPoint`).
fn sibling(text: &str, end: usize) -> Option<usize> {
    let window = &text[end..text.floor_char_boundary(text.len().min(end + SIBLING))];
    let object = &window[..window.find(['{', '}']).unwrap_or(window.len())];
    let is_value = object.trim_start_matches(['"', '\\', ' ']).starts_with(',');
    let key = object.find("\"value").filter(|_| is_value)? + "\"value".len();
    let value = object[key..]
        .trim_start_matches(['"', '\\', ' '])
        .strip_prefix(':')?;
    let value = value.trim_start_matches(['"', '\\', ' ']);
    Some(end + object.len() - value.len())
}

#[cfg(test)]
mod tests;
