//! What to do with one entity type, and what holds where nobody says.

use serde::Deserialize;

use crate::{EntityType, Score, Severity, TextScope};

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

/// What holds for what the operator says nothing about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// Secrets refuse the request wherever they stand.
    #[default]
    Strict,
    /// Secrets refuse it where a person can take them out, and are masked where a coding agent or its tools put them:
    /// nobody can, and one `cat .env` would end a session for good.
    Agent,
}

impl Profile {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Strict, Self::Agent];

    /// As configuration writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Agent => "agent",
        }
    }
}

/// What no person has written, so that none can take anything out of it.
const BEYOND_REACH: [TextScope; 3] = [TextScope::Assistant, TextScope::ToolInput, TextScope::ToolOutput];

/// What to do with one entity type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What happens to a value, but for the scopes that say otherwise.
    action: Action,
    scoped: [Option<Action>; TextScope::ALL.len()],
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
            scoped: [None; TextScope::ALL.len()],
            threshold: Score::POSSIBLE,
            merge_gap,
        }
    }

    /// The shipped rule of a profile.
    #[must_use]
    pub fn shipped_for(entity: &EntityType, profile: Profile) -> Self {
        let shipped = Self::shipped(entity);
        match profile {
            Profile::Agent if entity.is_secret() => BEYOND_REACH
                .into_iter()
                .fold(shipped, |rule, scope| rule.with_action_in(scope, Action::Mask)),
            Profile::Agent | Profile::Strict => shipped,
        }
    }

    /// The same with one action in all scopes.
    #[must_use]
    pub const fn with_action(self, action: Action) -> Self {
        Self {
            action,
            scoped: [None; TextScope::ALL.len()],
            ..self
        }
    }

    /// The same with another action in one scope.
    #[must_use]
    pub fn with_action_in(mut self, scope: TextScope, action: Action) -> Self {
        self.scoped[scope as usize] = (action != self.action).then_some(action);
        self
    }

    /// What happens to a value in a scope.
    #[must_use]
    pub fn action_in(&self, scope: TextScope) -> Action {
        self.scoped[scope as usize].unwrap_or(self.action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_that_says_the_same_says_nothing() {
        let shipped = Rule::shipped(&EntityType::ApiKey);
        assert_eq!(shipped.with_action_in(TextScope::User, Action::Block), shipped);
        let agent = Rule::shipped_for(&EntityType::ApiKey, Profile::Agent);
        assert_ne!(agent, shipped);
        assert_eq!(
            agent.with_action(Action::Block),
            shipped,
            "one word holds in all scopes"
        );
        assert_eq!(
            Rule::shipped_for(&EntityType::Email, Profile::Agent),
            Rule::shipped(&EntityType::Email)
        );
    }
}
