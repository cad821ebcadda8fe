//! What happens to a detection: per type an action and a threshold, plus lists of values.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use crate::placeholder::is_spelled_placeholder;
use crate::{Detection, EntityType, Score, Severity};

/// What happens to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It leaves as it is.
    Allow,
    /// A placeholder leaves in its place.
    Mask,
    /// The whole request goes to the local upstream instead.
    RouteLocal,
    /// The request is refused.
    Block,
}

impl Action {
    /// As configuration, metrics and audit events write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Mask => "mask",
            Self::RouteLocal => "route_local",
            Self::Block => "block",
        }
    }
}

/// The name of detectors made from `deny_terms`: what they find is never allowed through.
pub const DENY_TERM: &str = "deny_term";

/// The same of terms found in a glued form (`BLUE_SKY_URL`), which do not count in identifiers and names.
pub const GLUED_TERM: &str = "deny_term.glued";

/// What to do with one entity type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What happens to a value.
    pub action: Action,
    /// Detections below this score are dropped.
    pub threshold: Score,
    /// Detections at most so many bytes of space or punctuation apart become one.
    pub merge_gap: usize,
}

impl Rule {
    /// The shipped rule: secrets block, incidental values pass, everything else is masked.
    #[must_use]
    pub fn shipped(entity: &EntityType) -> Self {
        let action = match entity.severity() {
            Severity::Secret => Action::Block,
            Severity::Incidental => Action::Allow,
            Severity::Personal | Severity::Regulated => Action::Mask,
        };
        let merge_gap = if matches!(entity, EntityType::Address) {
            2
        } else {
            0
        };
        Self {
            action,
            threshold: Score::POSSIBLE,
            merge_gap,
        }
    }
}

/// The whole policy; cheap to ask.
#[derive(Clone, Default)]
pub struct Policy {
    rules: HashMap<EntityType, Rule>,
    ignored: HashSet<EntityType>,
    allowed: HashSet<String>,
    observe: bool,
}

impl std::fmt::Debug for Policy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Policy")
            .field("rules", &self.rules)
            .field("ignored", &self.ignored)
            .field("allowed", &self.allowed.len())
            .field("observe", &self.observe)
            .finish()
    }
}

impl Policy {
    /// Replaces the rule of one type.
    #[must_use]
    pub fn with_rule(mut self, entity: EntityType, rule: Rule) -> Self {
        self.rules.insert(entity, rule);
        self
    }

    /// Values that are never masked; compared without regard to ASCII case.
    #[must_use]
    pub fn with_allowed_values(mut self, values: impl IntoIterator<Item = String>) -> Self {
        self.allowed
            .extend(values.into_iter().map(|value| value.trim().to_lowercase()));
        self
    }

    /// Types that are not looked at at all.
    #[must_use]
    pub fn with_ignored_types(mut self, types: impl IntoIterator<Item = EntityType>) -> Self {
        self.ignored.extend(types);
        self
    }

    /// With `observe`, everything is reported and nothing is changed.
    #[must_use]
    pub const fn with_observe(mut self, observe: bool) -> Self {
        self.observe = observe;
        self
    }

    /// Whether requests are only reported on.
    #[must_use]
    pub const fn observes(&self) -> bool {
        self.observe
    }

    /// The rule for a type.
    #[must_use]
    pub fn rule(&self, entity: &EntityType) -> Rule {
        self.rules
            .get(entity)
            .copied()
            .unwrap_or_else(|| Rule::shipped(entity))
    }

    /// What happens to a detection that reads `value`; `None` when it does not count.
    pub(crate) fn judge(&self, detection: &Detection, value: &str) -> Option<Action> {
        let rule = self.rule(&detection.entity);
        let denied = matches!(detection.detector.as_ref(), DENY_TERM | GLUED_TERM);
        if denied {
            return Some(rule.action.max(Action::Mask));
        }
        let dropped = detection.score < rule.threshold
            || is_spelled_placeholder(value)
            || self.ignored.contains(&detection.entity)
            || self.is_allowed(value);
        (!dropped).then_some(rule.action)
    }

    fn is_allowed(&self, value: &str) -> bool {
        !self.allowed.is_empty() && self.allowed.contains(&value.trim().to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ByteSpan;

    fn detection(entity: EntityType, detector: &str) -> Detection {
        Detection {
            entity,
            span: ByteSpan::new(0, 5),
            score: Score::LIKELY,
            detector: detector.into(),
        }
    }

    #[test]
    fn shipped_actions_follow_severity() {
        let policy = Policy::default();
        assert_eq!(
            policy.judge(&detection(EntityType::Email, "email"), "a@b.c"),
            Some(Action::Mask)
        );
        assert_eq!(
            policy.judge(&detection(EntityType::ApiKey, "key"), "a@b.c"),
            Some(Action::Block)
        );
        assert_eq!(
            policy.judge(&detection(EntityType::UsernamePath, "path"), "alice"),
            Some(Action::Allow)
        );
    }

    #[test]
    fn lists_and_thresholds_drop_but_deny_terms_stay() {
        let policy = Policy::default()
            .with_allowed_values([" A@B.c ".to_owned()])
            .with_ignored_types([EntityType::Phone])
            .with_rule(
                EntityType::Iban,
                Rule {
                    threshold: Score::CERTAIN,
                    ..Rule::shipped(&EntityType::Iban)
                },
            );
        assert_eq!(
            policy.judge(&detection(EntityType::Email, "email"), "a@B.c"),
            None
        );
        assert_eq!(
            policy.judge(&detection(EntityType::Phone, "phone"), "12345"),
            None
        );
        assert_eq!(policy.judge(&detection(EntityType::Iban, "iban"), "12345"), None);
        assert_eq!(
            policy.judge(&detection(EntityType::Email, DENY_TERM), "a@B.c"),
            Some(Action::Mask)
        );
        assert_eq!(
            policy.judge(&detection(EntityType::UsernamePath, DENY_TERM), "alice"),
            Some(Action::Mask)
        );
    }
}
