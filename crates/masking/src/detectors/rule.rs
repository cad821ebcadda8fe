//! What a deterministic detector is: what wakes it, and what it finds there.

use std::sync::Arc;

use super::number::NumberRun;
use crate::{ByteSpan, Detection, EntityType, Score};

/// Why a rule is called.
#[derive(Clone, Copy)]
pub enum Wake<'a> {
    /// The literal of that index (in [`Rule::literals`]' order) stands at `at`, in any ASCII case.
    Literal {
        /// Index into the rule's own literals.
        index: usize,
        /// Where it stands.
        at: ByteSpan,
    },
    /// Digit groups with at least [`NumberRun::MIN_DIGITS`] digits in all.
    Number(&'a NumberRun),
    /// One to four capital letters at a word's start, directly before a digit (`DE89`, `ATU1`, `QQ12`): the letters.
    Code(ByteSpan),
    /// Two to six digits with a blank and a capital or a letter beyond ASCII behind them, as a postal code before its town:
    /// the digits. Two and three follow others, which a blank or a hyphen parts from them (`111 43`, `00-238`).
    Postcode(ByteSpan),
    /// A whole word of 15 to 64 ASCII letters and digits that has both (`1A1zP1eP5QGefi2D...`, `RSSMRA85T10A562S`).
    Mixed(ByteSpan),
    /// Once per text, for rules that say so in [`Rule::on_whole_text`]: where their literals end, in order.
    Whole(&'a [usize]),
}

/// A deterministic detector of one or several entity types.
pub trait Rule: Send + Sync {
    /// ASCII lower-case or non-ASCII literals that wake the rule; matched in any ASCII case, so check the case yourself.
    fn literals(&self) -> Vec<String> {
        Vec::new()
    }

    /// Whether [`Wake::Number`] wakes the rule.
    fn on_numbers(&self) -> bool {
        false
    }

    /// Whether [`Wake::Code`] wakes the rule.
    fn on_codes(&self) -> bool {
        false
    }

    /// Whether [`Wake::Postcode`] wakes the rule.
    fn on_postcodes(&self) -> bool {
        false
    }

    /// Whether [`Wake::Mixed`] wakes the rule.
    fn on_mixed(&self) -> bool {
        false
    }

    /// Whether the rule looks at a text as a whole, by [`Wake::Whole`]: once when any of its literals stands in it, or
    /// always when it has none. Its literals do not wake it one by one then, and its work must be linear in the text.
    fn on_whole_text(&self) -> bool {
        false
    }

    /// Looks at the place and reports what it finds, anywhere near it. Bounded work: look at no more than a
    /// constant number of bytes, or only at bytes that no other wake-up of this rule looks at again.
    ///
    /// `text` is the canonical view: compatibility forms folded, invisible characters gone.
    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found);
}

/// Where rules put their detections.
#[derive(Default)]
pub struct Found {
    pub(super) detections: Vec<Detection>,
    /// Where the detections of this text start; those before belong to others.
    pub(super) first: usize,
    /// By the index of a rule that looks at whole texts: where its literals end. Empty without such rules.
    pub(super) seen: Vec<Vec<usize>>,
}

/// How many of the latest detections are looked at: the text is walked in several places at once.
const LATEST: usize = 8;

impl Found {
    /// Whether one of the latest detections, of this type, covers the byte at `at`: what stands there was read already.
    /// Lets a rule leave early where its own literals are part of what it finds.
    #[must_use]
    pub fn covers(&self, at: usize, entity: &EntityType) -> bool {
        self.latest()
            .any(|found| found.span.start < at && at < found.span.end && found.entity == *entity)
    }

    fn latest(&self) -> impl Iterator<Item = &Detection> {
        self.detections[self.first..].iter().rev().take(LATEST)
    }

    /// Reports `start..end` of the text, once: runs of numbers overlap, and the same number is found in both.
    pub fn push(&mut self, entity: EntityType, start: usize, end: usize, score: Score, detector: &Arc<str>) {
        let span = ByteSpan::new(start, end);
        let is_same = |found: &Detection| {
            found.span == span
                && found.score == score
                && found.entity == entity
                && found.detector == *detector
        };
        if self.latest().any(is_same) {
            return;
        }
        self.detections.push(Detection {
            entity,
            span,
            score,
            detector: Arc::clone(detector),
        });
    }
}
