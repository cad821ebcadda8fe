//! From tables of actions, thresholds and gaps to one rule for each type that they name.

use std::collections::BTreeMap;

use ::masking::{Action, EntityType, PolicyRule, Profile, Score, TextScope};

use super::super::ConfigError;
use super::WrittenPolicy;
use super::finish::Checker;
use super::lists::{NOT_A_TYPE, entity_type};

/// Values further apart are two: the other end of a line is no part of a number.
const MAX_MERGE_GAP: usize = 64;
pub(super) const NEEDS_SWITCH: &str = "this type gives access to something; allowing it needs dangerous.allow_secrets = true \
                                       (or use mask, which lets the request through)";

/// The rules that are made, those of the profile to begin with.
struct Rules {
    profile: Profile,
    made: BTreeMap<EntityType, PolicyRule>,
}

impl Rules {
    fn of(&mut self, entity: &EntityType) -> &mut PolicyRule {
        let shipped = PolicyRule::shipped_for(entity, self.profile);
        self.made.entry(entity.clone()).or_insert(shipped)
    }
}

impl Checker<'_> {
    /// Capitals sort first, so of two spellings the environment's, in small letters, is the last.
    fn per_type<T: Copy>(
        &self,
        key: &str,
        written: &BTreeMap<String, T>,
        rules: &mut Rules,
        set: impl Fn(&EntityType, &mut PolicyRule, T) -> Result<(), String>,
    ) -> Result<(), ConfigError> {
        for (name, value) in written {
            let key = format!("{key}.{name}");
            let entity = entity_type(name).ok_or_else(|| self.fail(&key, NOT_A_TYPE))?;
            set(&entity, rules.of(&entity), *value).map_err(|problem| self.fail(&key, &problem))?;
        }
        Ok(())
    }

    /// What differs from the rules of the profile. An action holds in all scopes but for those that say otherwise.
    pub(super) fn rules(
        &self,
        written: &WrittenPolicy,
        profile: Profile,
    ) -> Result<BTreeMap<EntityType, PolicyRule>, ConfigError> {
        let mut rules = Rules {
            profile,
            made: BTreeMap::new(),
        };
        let allowed = |entity: &EntityType, action| {
            let is_safe = action != Action::Allow || !entity.is_secret() || self.allow_secrets;
            is_safe.then_some(()).ok_or_else(|| NEEDS_SWITCH.to_owned())
        };
        self.per_type("actions", &written.actions, &mut rules, |entity, rule, action| {
            *rule = rule.with_action(action);
            allowed(entity, action)
        })?;
        for (name, actions) in &written.scopes {
            let key = format!("scopes.{name}");
            let scope = text_scope(name).ok_or_else(|| self.fail(&key, &not_a_scope()))?;
            self.per_type(&key, actions, &mut rules, |entity, rule, action| {
                *rule = rule.with_action_in(scope, action);
                allowed(entity, action)
            })?;
        }
        self.per_type(
            "thresholds",
            &written.thresholds,
            &mut rules,
            |_, rule, percent| {
                rule.threshold = Score::new(percent);
                let in_range = percent <= 100;
                in_range
                    .then_some(())
                    .ok_or_else(|| "out of range; allowed: 0 to 100".to_owned())
            },
        )?;
        self.per_type("merge_gaps", &written.merge_gaps, &mut rules, |_, rule, bytes| {
            rule.merge_gap = bytes;
            let in_range = bytes <= MAX_MERGE_GAP;
            in_range
                .then_some(())
                .ok_or_else(|| format!("out of range; allowed: 0 to {MAX_MERGE_GAP}"))
        })?;
        let mut rules = rules.made;
        rules.retain(|entity, rule| *rule != PolicyRule::shipped_for(entity, profile));
        Ok(rules)
    }
}

/// A scope by its name, in any case.
pub(in crate::config) fn text_scope(name: &str) -> Option<TextScope> {
    let is_it = |scope: &TextScope| scope.name().eq_ignore_ascii_case(name);
    TextScope::ALL.into_iter().find(is_it)
}

fn not_a_scope() -> String {
    let allowed = TextScope::ALL.map(TextScope::name).join(", ");
    format!("not a text scope; allowed: {allowed}")
}
