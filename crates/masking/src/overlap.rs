//! Severity wins: where detections overlap, the union is covered and the most severe action applies.

use crate::policy::{Action, DENY_TERM, Policy};
use crate::{ByteSpan, Detection, EntityType, Score};

/// A detection that counts, with what happens to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Judged {
    pub(crate) detection: Detection,
    pub(crate) action: Action,
}

impl Judged {
    fn entity(&self) -> &EntityType {
        &self.detection.entity
    }

    /// Whether the operator denied a part of it by name: then no exception for its place or type holds.
    pub(crate) fn is_denied(&self) -> bool {
        self.detection.detector.as_ref() == DENY_TERM
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
}

/// Judges the detections of one text and joins those that overlap; in text order, free of overlaps but for allowed ones.
pub(crate) fn resolve(text: &str, mut detections: Vec<Detection>, policy: &Policy) -> Vec<Judged> {
    detections.sort_unstable_by_key(|d| (d.span.start, std::cmp::Reverse(d.span.end)));
    let mut resolved: Vec<Judged> = Vec::with_capacity(detections.len());
    let mut allowed = Vec::new();
    for detection in detections {
        let Some(action) = policy.judge(&detection, text) else {
            continue;
        };
        let judged = Judged { detection, action };
        if action == Action::Allow {
            // Kept apart: a value that may pass must not widen or weaken one that may not.
            allowed.push(judged);
            continue;
        }
        match resolved.last_mut() {
            Some(last) if last.detection.span.overlaps(judged.detection.span) => join(last, judged),
            Some(last) if continues(text, last, &judged, policy) => join(last, judged),
            _ => resolved.push(judged),
        }
    }
    allowed.retain(|judged| {
        !resolved
            .iter()
            .any(|other| other.detection.span.overlaps(judged.detection.span))
    });
    allowed.dedup_by(|later, earlier| earlier.detection.span.overlaps(later.detection.span));
    resolved.extend(allowed);
    resolved.sort_by_key(|judged| judged.detection.span.start);
    resolved
}

fn join(kept: &mut Judged, other: Judged) {
    let span = kept.detection.span.union(other.detection.span);
    let denied = kept.is_denied() || other.is_denied();
    if other.weight() > kept.weight() {
        *kept = other;
    }
    kept.detection.span = span;
    if denied {
        kept.detection.detector = DENY_TERM.into();
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

    fn resolved(text: &str, detections: Vec<Detection>) -> Vec<(EntityType, ByteSpan, Action)> {
        resolve(text, detections, &Policy::default())
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
