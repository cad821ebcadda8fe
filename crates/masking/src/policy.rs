//! What happens to a detection: per type and text scope an action, per type a threshold, plus lists of values.

mod public_address;
mod rule;

use std::collections::{HashMap, HashSet};

use self::public_address::is_public;
use crate::EntityType;
use crate::mask::{LeafClass, TextLeaf};
use crate::overlap::Located;
use crate::placeholder::is_spelled_placeholder;

pub use rule::{Action, Profile, Rule};

/// The name of detectors made from `deny_terms`: what they find is never allowed through.
pub const DENY_TERM: &str = "deny_term";

/// The same of terms found in a glued form (`BLUE_SKY_URL`), which do not count in identifiers and names.
pub const GLUED_TERM: &str = "deny_term.glued";

/// The whole policy; cheap to ask.
#[derive(Clone, Default)]
pub struct Policy {
    profile: Profile,
    rules: HashMap<EntityType, Rule>,
    ignored: HashSet<EntityType>,
    allowed: HashSet<String>,
    masks_public_addresses: bool,
    observe: bool,
}

impl std::fmt::Debug for Policy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Policy")
            .field("profile", &self.profile)
            .field("rules", &self.rules)
            .field("ignored", &self.ignored)
            .field("allowed", &self.allowed.len())
            .field("masks_public_addresses", &self.masks_public_addresses)
            .field("observe", &self.observe)
            .finish()
    }
}

impl Policy {
    /// What holds for types without a rule of their own.
    #[must_use]
    pub const fn with_profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// Masks the addresses that are nobody's (`noreply@...`, `user@example.com`) like all others.
    #[must_use]
    pub const fn with_public_addresses_masked(mut self, masked: bool) -> Self {
        self.masks_public_addresses = masked;
        self
    }

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
            .unwrap_or_else(|| Rule::shipped_for(entity, self.profile))
    }

    /// What happens in `leaf` to what reads `value`; `None` when it does not count.
    pub(crate) fn judge(&self, located: &Located, value: &str, leaf: &TextLeaf<'_>) -> Option<Action> {
        let detection = &located.detection;
        let entity = &detection.entity;
        let rule = self.rule(entity);
        let action = located.seen_as.unwrap_or_else(|| rule.action_in(leaf.scope));
        if matches!(detection.detector.as_ref(), DENY_TERM | GLUED_TERM) {
            return Some(action.max(Action::Mask));
        }
        if detection.score < rule.threshold
            || is_spelled_placeholder(value)
            || self.ignored.contains(entity)
            || self.is_allowed(value)
        {
            return None;
        }
        let is_meant_to_leave = leaf.class == LeafClass::Credential && entity.is_secret()
            || *entity == EntityType::Email && !self.masks_public_addresses && is_public(value);
        Some(if is_meant_to_leave { Action::Allow } else { action })
    }

    fn is_allowed(&self, value: &str) -> bool {
        !self.allowed.is_empty() && self.allowed.contains(&value.trim().to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ByteSpan, Detection, Score, TextScope};

    fn found(entity: EntityType, detector: &str) -> Located {
        let detection = Detection {
            entity,
            span: ByteSpan::new(0, 5),
            score: Score::LIKELY,
            detector: detector.into(),
        };
        Located::new(detection, None)
    }

    fn leaf(scope: TextScope, class: LeafClass) -> TextLeaf<'static> {
        TextLeaf {
            text: "",
            label: None,
            class,
            scope,
            joins_previous: false,
        }
    }

    fn judged(policy: &Policy, located: &Located, value: &str) -> Option<Action> {
        policy.judge(located, value, &leaf(TextScope::User, LeafClass::Text))
    }

    #[test]
    fn shipped_actions_follow_severity() {
        for (entity, action) in [
            (EntityType::Email, Action::Mask),
            (EntityType::ApiKey, Action::Block),
            (EntityType::UsernamePath, Action::Allow),
        ] {
            assert_eq!(
                judged(&Policy::default(), &found(entity, "rule"), "12345"),
                Some(action)
            );
        }
    }

    #[test]
    fn lists_and_thresholds_drop_but_deny_terms_stay() {
        let mut unsure = Rule::shipped(&EntityType::Iban);
        unsure.threshold = Score::CERTAIN;
        let policy = Policy::default()
            .with_allowed_values([" A@B.c ".to_owned()])
            .with_ignored_types([EntityType::Phone])
            .with_rule(EntityType::Iban, unsure);
        for (entity, detector, value, action) in [
            (EntityType::Email, "email", "a@B.c", None),
            (EntityType::Phone, "phone", "12345", None),
            (EntityType::Iban, "iban", "12345", None),
            (EntityType::Email, DENY_TERM, "a@B.c", Some(Action::Mask)),
            (EntityType::Email, DENY_TERM, "noreply@b.com", Some(Action::Mask)),
            (EntityType::UsernamePath, DENY_TERM, "alice", Some(Action::Mask)),
        ] {
            assert_eq!(
                judged(&policy, &found(entity, detector), value),
                action,
                "{value}"
            );
        }
    }

    #[test]
    fn an_agents_secrets_are_masked_where_nobody_can_take_them_out() {
        let agent = Policy::default().with_profile(Profile::Agent);
        for scope in TextScope::ALL {
            let in_scope = |policy: &Policy, entity| {
                policy.judge(&found(entity, "rule"), "12345", &leaf(scope, LeafClass::Text))
            };
            let is_masked = matches!(
                scope,
                TextScope::Assistant | TextScope::ToolInput | TextScope::ToolOutput
            );
            let expected = if is_masked { Action::Mask } else { Action::Block };
            assert_eq!(
                in_scope(&agent, EntityType::Password),
                Some(expected),
                "{scope:?}"
            );
            assert_eq!(in_scope(&agent, EntityType::Phone), Some(Action::Mask));
            assert_eq!(
                in_scope(&Policy::default(), EntityType::Password),
                Some(Action::Block)
            );
        }
    }

    #[test]
    fn addresses_that_are_nobodys_pass_unless_the_operator_says_so() {
        let block = Rule::shipped(&EntityType::Email).with_action(Action::Block);
        let policy = Policy::default().with_rule(EntityType::Email, block);
        let email = found(EntityType::Email, "email");
        assert_eq!(judged(&policy, &email, "noreply@corp.com"), Some(Action::Allow));
        assert_eq!(judged(&policy, &email, "alice@corp.com"), Some(Action::Block));
        let policy = policy.with_public_addresses_masked(true);
        assert_eq!(judged(&policy, &email, "noreply@corp.com"), Some(Action::Block));
        let person = found(EntityType::Person, "person");
        assert_eq!(
            judged(&Policy::default(), &person, "noreply@corp.com"),
            Some(Action::Mask)
        );
    }

    #[test]
    fn only_secrets_pass_where_the_provider_is_meant_to_get_them() {
        let here = leaf(TextScope::ToolDefinition, LeafClass::Credential);
        let judged = |entity, detector: &str| {
            Policy::default().judge(&found(entity, detector), "alice@corp.com", &here)
        };
        assert_eq!(judged(EntityType::ApiKey, "key"), Some(Action::Allow));
        assert_eq!(judged(EntityType::ApiKey, DENY_TERM), Some(Action::Block));
        assert_eq!(judged(EntityType::Email, "email"), Some(Action::Mask));
    }

    #[test]
    fn what_stands_again_is_what_it_was() {
        let again = found(EntityType::Password, "again");
        for action in [Action::Mask, Action::Block] {
            let again = again.clone().seen_as(action);
            assert_eq!(judged(&Policy::default(), &again, "12345"), Some(action));
        }
    }
}
