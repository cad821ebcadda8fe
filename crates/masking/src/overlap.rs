//! Severity wins: where detections overlap, the union is covered and the most severe action applies.

use std::sync::Arc;

use crate::policy::{Action, DENY_TERM, GLUED_TERM, Policy};
use crate::{ByteSpan, Detection, EntityType, Score, TextLeaf};

/// Where a value is read that is not spelled as it reads: the number of the reading, and the span in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) reading: usize,
    pub(crate) span: ByteSpan,
}

/// A detection by the leaf's bytes, and where its value reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Located {
    pub(crate) detection: Detection,
    /// `None`: the leaf's bytes are the value.
    pub(crate) read: Option<Read>,
    /// Of what stands again: what happens to it where it was found. A person did not write it here as a secret, so it is
    /// no reason of its own to refuse anything; nor may it pass here and not there.
    pub(crate) seen_as: Option<Action>,
    /// Whether a secret is in it, whatever else it was joined with.
    pub(crate) has_secret: bool,
}

impl Located {
    pub(crate) fn new(detection: Detection, read: Option<Read>) -> Self {
        Self {
            has_secret: detection.entity.is_secret(),
            seen_as: None,
            detection,
            read,
        }
    }

    /// What stands again.
    pub(crate) fn seen_as(self, action: Action) -> Self {
        Self {
            seen_as: Some(action),
            ..self
        }
    }
}

/// A detection that counts, with what happens to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Judged {
    pub(crate) detection: Detection,
    pub(crate) read: Option<Read>,
    pub(crate) action: Action,
    /// As [`Located::seen_as`].
    pub(crate) seen_as: Option<Action>,
    /// Whether a secret is in it, whatever else it was joined with.
    pub(crate) has_secret: bool,
}

impl Judged {
    fn entity(&self) -> &EntityType {
        &self.detection.entity
    }

    /// Whether the operator denied a part of it by name: then no exception for its place or type holds.
    pub(crate) fn is_denied(&self) -> bool {
        self.detection.detector.as_ref() == DENY_TERM
    }

    /// Whether it is nothing but a denied term in a glued form.
    pub(crate) fn is_glued(&self) -> bool {
        self.detection.detector.as_ref() == GLUED_TERM
    }

    /// Orders by what must not be lost: action, severity of the type, certainty, length.
    fn weight(&self) -> (Action, crate::Severity, Score, usize) {
        (
            self.action,
            self.entity().severity(),
            self.detection.score,
            self.detection.span.len(),
        )
    }

    pub(crate) fn located(&self) -> Located {
        Located {
            detection: self.detection.clone(),
            read: self.read,
            seen_as: self.seen_as,
            has_secret: self.has_secret,
        }
    }
}

/// Judges the detections of one text and joins those that overlap; in text order, free of overlaps but for allowed ones.
/// `value` is what a detection reads.
pub(crate) fn resolve<'v>(
    leaf: &TextLeaf<'_>,
    mut located: Vec<Located>,
    policy: &Policy,
    value: impl Fn(&Located) -> &'v str,
) -> Vec<Judged> {
    located.sort_unstable_by_key(|located| {
        let span = located.detection.span;
        (span.start, std::cmp::Reverse(span.end))
    });
    let mut resolved: Vec<Judged> = Vec::with_capacity(located.len());
    let mut allowed: Vec<Judged> = Vec::new();
    for located in located {
        let Some(action) = policy.judge(&located, value(&located), leaf) else {
            continue;
        };
        let Located {
            detection,
            read,
            seen_as,
            has_secret,
        } = located;
        let judged = Judged {
            detection,
            read,
            action,
            seen_as,
            has_secret,
        };
        if action == Action::Allow {
            // Kept apart: a value that may pass must not widen or weaken one that may not.
            allowed.push(judged);
            continue;
        }
        match resolved.last_mut() {
            Some(last) if last.detection.span.overlaps(judged.detection.span) => join(last, judged),
            Some(last) if continues(leaf.text, last, &judged, policy) => join(last, judged),
            _ => resolved.push(judged),
        }
    }
    // Both in text order, and the resolved ones free of overlaps: one step forward for each.
    let mut next = 0;
    allowed.retain(|judged| {
        let span = judged.detection.span;
        while resolved
            .get(next)
            .is_some_and(|other| other.detection.span.end <= span.start)
        {
            next += 1;
        }
        !resolved
            .get(next)
            .is_some_and(|other| other.detection.span.overlaps(span))
    });
    allowed.dedup_by(|later, earlier| earlier.detection.span.overlaps(later.detection.span));
    resolved.extend(allowed);
    resolved.sort_by_key(|judged| judged.detection.span.start);
    resolved
}

fn join(kept: &mut Judged, other: Judged) {
    let span = kept.detection.span.union(other.detection.span);
    let denied = kept.is_denied() || other.is_denied();
    let has_secret = kept.has_secret || other.has_secret;
    // A glued form does not count everywhere: what it is joined with must not pass with it.
    let beside_glued = match (kept.is_glued(), other.is_glued()) {
        (true, false) => Some(name_beside_glued(&other)),
        (false, true) => Some(name_beside_glued(kept)),
        _ => None,
    };
    if other.weight() > kept.weight() {
        *kept = other;
    }
    if kept.detection.span != span {
        kept.detection.span = span;
        kept.read = None;
    }
    kept.has_secret = has_secret;
    if denied {
        kept.detection.detector = DENY_TERM.into();
    } else if let Some(name) = beside_glued {
        kept.detection.detector = name;
    }
}

fn name_beside_glued(judged: &Judged) -> Arc<str> {
    if judged.has_secret {
        DENY_TERM.into()
    } else {
        Arc::clone(&judged.detection.detector)
    }
}

/// Whether `next` is the same thing going on after a gap that the policy bridges.
fn continues(text: &str, last: &Judged, next: &Judged, policy: &Policy) -> bool {
    let gap = ByteSpan::new(last.detection.span.end, next.detection.span.start);
    last.entity() == next.entity()
        && gap.len() <= policy.rule(next.entity()).merge_gap
        && text[gap.range()]
            .chars()
            .all(|c| c.is_whitespace() || matches!(c, ',' | '，' | ';' | '-'))
        && !gap.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(entity: EntityType, start: usize, end: usize, score: Score) -> Detection {
        Detection {
            entity,
            span: ByteSpan::new(start, end),
            score,
            detector: "test".into(),
        }
    }

    fn judged(text: &str, detections: Vec<Detection>, policy: &Policy) -> Vec<Judged> {
        let located = detections
            .into_iter()
            .map(|detection| Located::new(detection, None));
        let value = |located: &Located| &text[located.detection.span.range()];
        let leaf = TextLeaf {
            text,
            label: None,
            class: crate::LeafClass::Text,
            scope: crate::TextScope::User,
            joins_previous: false,
        };
        resolve(&leaf, located.collect(), policy, value)
    }

    fn resolved(text: &str, detections: Vec<Detection>) -> Vec<(EntityType, ByteSpan, Action)> {
        judged(text, detections, &Policy::default())
            .into_iter()
            .map(|j| (j.detection.entity, j.detection.span, j.action))
            .collect()
    }

    #[test]
    fn a_secret_behind_a_longer_weaker_match_is_not_hidden() {
        let text = "12 Main Street sk-proj-0123456789 and more";
        let all = vec![
            at(EntityType::Address, 0, 25, Score::LIKELY),
            at(EntityType::ApiKey, 15, 33, Score::STRONG),
        ];
        assert_eq!(
            resolved(text, all),
            [(EntityType::ApiKey, ByteSpan::new(0, 33), Action::Block)]
        );
    }

    #[test]
    fn chains_of_overlaps_are_covered_whole() {
        let text = "x".repeat(30);
        let all = vec![
            at(EntityType::Phone, 8, 14, Score::STRONG),
            at(EntityType::Email, 0, 10, Score::STRONG),
            at(EntityType::Person, 13, 20, Score::LIKELY),
            at(EntityType::Person, 20, 22, Score::LIKELY),
        ];
        assert_eq!(
            resolved(&text, all),
            [
                (EntityType::Email, ByteSpan::new(0, 20), Action::Mask),
                (EntityType::Person, ByteSpan::new(20, 22), Action::Mask),
            ]
        );
    }

    #[test]
    fn a_secret_inside_something_more_severe_is_not_forgotten() {
        let block = crate::PolicyRule::shipped(&EntityType::Organization).with_action(Action::Block);
        let mask = crate::PolicyRule::shipped(&EntityType::ApiKey).with_action(Action::Mask);
        let policy = Policy::default()
            .with_rule(EntityType::Organization, block)
            .with_rule(EntityType::ApiKey, mask);
        let all = vec![
            at(EntityType::Organization, 0, 20, Score::CERTAIN),
            at(EntityType::ApiKey, 5, 25, Score::CERTAIN),
        ];
        let joined = judged(&"x".repeat(30), all, &policy);
        assert!(joined[0].has_secret && joined[0].action == Action::Block);
    }

    #[test]
    fn what_a_glued_term_is_joined_with_counts_as_before() {
        let named = |entity, detector: &str| Detection {
            detector: detector.into(),
            ..at(entity, 0, 9, Score::CERTAIN)
        };
        let block = crate::PolicyRule::shipped(&EntityType::Organization).with_action(Action::Block);
        let policy = Policy::default().with_rule(EntityType::Organization, block);
        for (other, expected) in [
            (named(EntityType::ApiKey, "key"), DENY_TERM),
            (named(EntityType::Email, "email"), "email"),
            (named(EntityType::Person, DENY_TERM), DENY_TERM),
            (named(EntityType::Person, GLUED_TERM), GLUED_TERM),
        ] {
            let glued = named(EntityType::Organization, GLUED_TERM);
            for both in [vec![glued.clone(), other.clone()], vec![other, glued]] {
                let resolved = judged("blue-sky!", both, &policy);
                assert_eq!(resolved.len(), 1);
                assert_eq!(resolved[0].detection.detector.as_ref(), expected);
            }
        }
    }

    #[test]
    fn allowed_values_neither_widen_nor_hide() {
        let text = "/home/alice/alice@corp.com";
        let all = vec![
            at(EntityType::UsernamePath, 6, 14, Score::STRONG),
            at(EntityType::Email, 12, 26, Score::LIKELY),
        ];
        assert_eq!(
            resolved(text, all),
            [(EntityType::Email, ByteSpan::new(12, 26), Action::Mask)]
        );
    }

    #[test]
    fn an_address_in_two_lines_is_one() {
        let text = "1 Main St, 12345 Town";
        let all = vec![
            at(EntityType::Address, 0, 9, Score::LIKELY),
            at(EntityType::Address, 11, 21, Score::LIKELY),
        ];
        assert_eq!(
            resolved(text, all),
            [(EntityType::Address, ByteSpan::new(0, 21), Action::Mask)]
        );
    }
}
