//! PHONE: numbers that a label, a country code or their spelling makes phone numbers; never a bare integer alone.
//!
//! Lengths and blocks come from libphonenumber's metadata. Short codes (`112`, `10086`) and letters in the place of digits
//! are not looked for.

mod cell;
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

pub(super) use self::labelled::LabelledPhones;
use self::plan::Plan;
use super::{Found, NumberRun, Rule, Wake};
use crate::{EntityType, Score};

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
    fn on_numbers(&self) -> bool {
        true
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        if let Wake::Number(run) = wake {
            self.look_at_numbers(text, run, found);
        }
    }
}

#[cfg(test)]
mod tests;
