//! What masking a request comes to: the verdict, the replacements, and counts without values.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::LastLook;
use crate::overlap::Judged;
use crate::policy::Action;
use crate::{ByteSpan, Detection, EntityType, Placeholder};

/// What is to be done with the request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verdict {
    /// Make the replacements and forward it.
    #[default]
    Forward,
    /// Send it unmasked to the local upstream.
    RouteLocal,
    /// Refuse it.
    Block,
}

/// One stretch of a leaf and what leaves in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// Index of the leaf.
    pub leaf: usize,
    /// Bytes of the leaf's text.
    pub span: ByteSpan,
    /// What stands for them.
    pub placeholder: Placeholder,
}

/// Detections of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// What was found.
    pub entity: EntityType,
    /// What happened to it; in observe mode, what would have.
    pub action: Action,
    /// Who found it.
    pub detector: Arc<str>,
    /// How often.
    pub count: u64,
}

/// One detection of a request and what would happen to it.
#[derive(Clone, PartialEq, Eq)]
pub struct Inspected {
    /// Index of the leaf.
    pub leaf: usize,
    /// What it says, for [`PlaceholderMap::placeholder_of`](crate::PlaceholderMap::placeholder_of).
    pub value: String,
    /// What was found, and where in the leaf's text.
    pub detection: Detection,
    /// What would happen to it.
    pub action: Action,
}

impl std::fmt::Debug for Inspected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inspected")
            .field("leaf", &self.leaf)
            .field("detection", &self.detection)
            .field("action", &self.action)
            .finish_non_exhaustive()
    }
}

/// A leaf that holds something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Touched {
    /// Index of the leaf.
    pub leaf: usize,
    /// What it holds.
    pub entity: EntityType,
    /// What happens to it.
    pub action: Action,
}

/// The outcome of masking one request.
#[derive(Debug, Default)]
pub struct Masked {
    /// What is to be done.
    pub verdict: Verdict,
    /// In leaf order, then in text order; never overlapping. Empty unless the verdict is to forward.
    pub replacements: Vec<Replacement>,
    /// Everything detected, by entity type, action and detector.
    pub detections: Vec<Counted>,
    /// Each leaf that holds something, once per type and action.
    pub touched: Vec<Touched>,
    /// Texts that the memo knew.
    pub memo_hits: u64,
    /// Texts that it did not know.
    pub memo_misses: u64,
    /// The last look at what will leave, for the values of this turn.
    pub last_look: LastLook,
}

impl Masked {
    pub(super) fn count(&mut self, leaf: usize, judged: &Judged) {
        let Detection { entity, detector, .. } = &judged.detection;
        let action = judged.action;
        // Most values stand beside others like them.
        match self.detections.last_mut() {
            Some(last) if last.action == action && last.entity == *entity && last.detector == *detector => {
                last.count += 1;
            }
            _ => self.detections.push(Counted {
                entity: entity.clone(),
                action,
                detector: Arc::clone(detector),
                count: 1,
            }),
        }
        match self.touched.last() {
            Some(last) if last.leaf == leaf && last.action == action && last.entity == *entity => {}
            _ => self.touched.push(Touched {
                leaf,
                entity: entity.clone(),
                action,
            }),
        }
    }

    /// Draws the verdict from what was counted.
    pub(super) fn settle(&mut self, observe: bool) {
        let mut tally: BTreeMap<(EntityType, Action, Arc<str>), u64> = BTreeMap::new();
        for run in std::mem::take(&mut self.detections) {
            *tally.entry((run.entity, run.action, run.detector)).or_default() += run.count;
        }
        self.detections = tally
            .into_iter()
            .map(|((entity, action, detector), count)| Counted {
                entity,
                action,
                detector,
                count,
            })
            .collect();
        let severest = self.detections.iter().map(|counted| counted.action).max();
        self.verdict = match severest {
            Some(Action::Block) if !observe => Verdict::Block,
            Some(Action::RouteLocal) if !observe => Verdict::RouteLocal,
            _ => Verdict::Forward,
        };
    }
}
