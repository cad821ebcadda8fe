//! Whether an upstream's models take a system message: what its refusals said.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// So long a refusal is believed: it is the model that has no such role, and each question costs its caller a request.
const BELIEVED: Duration = Duration::from_secs(24 * 60 * 60);
/// More models without the role than any upstream has; names are the callers' words, and somebody may make them up.
const MOST_MODELS: usize = 256;
/// A refusal says it at its beginning.
const MOST_BYTES: usize = 16 * 1024;

/// What refusals call it, in small letters.
const SUBJECTS: [&str; 14] = [
    "system role",
    "system message",
    "system prompt",
    "system instruction",
    "developer role",
    "developer message",
    "developer instruction",
    "'system'",
    "'developer'",
    "`system`",
    "system\\\"",
    "role: system",
    "role:system",
    "instructions are",
];
/// What they say of it.
const REFUSALS: [&str; 10] = [
    "not support",
    "n't support",
    "unsupported",
    "not enabled",
    "not allowed",
    "not permitted",
    "not accept",
    "not valid",
    "invalid value",
    "不支持",
];
/// What templates say that know two roles only.
const TWO_ROLES: [&str; 2] = [
    "only user and assistant roles",
    "roles must alternate user/assistant",
];
/// The same templates where they know three.
const THREE_ROLES: &str = "optional system";

/// Whether a refusal, as the upstream wrote it, is one of a system message.
pub(crate) fn is_refused_in(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(&body[..body.len().min(MOST_BYTES)]).to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    has(&SUBJECTS) && has(&REFUSALS) || has(&TWO_ROLES) && !text.contains(THREE_ROLES)
}

/// The models of one upstream that refused a system message.
#[derive(Default)]
pub(crate) struct SystemRoles(Mutex<HashMap<String, Instant>>);

impl SystemRoles {
    /// Whether `model` refused one a while ago.
    pub(crate) fn is_refused_by(&self, model: &str, now: Instant) -> bool {
        let refused = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        refused.get(model).is_some_and(|at| is_believed(*at, now))
    }

    /// Remembers that `model` refused one; whether that is news.
    pub(crate) fn refused(&self, model: &str, now: Instant) -> bool {
        let mut refused = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        refused.retain(|_, at| is_believed(*at, now));
        if refused.len() >= MOST_MODELS && !refused.contains_key(model) {
            let oldest = refused.iter().min_by_key(|(_, at)| **at);
            if let Some(oldest) = oldest.map(|(name, _)| name.clone()) {
                refused.remove(&oldest);
            }
        }
        refused.insert(model.to_owned(), now).is_none()
    }
}

fn is_believed(at: Instant, now: Instant) -> bool {
    now.saturating_duration_since(at) < BELIEVED
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_known_by_their_words() {
        for refusal in [
            r#"{"error":{"message":"Unsupported value: 'messages[0].role' does not support 'system' with this model."}}"#,
            r#"{"error":{"message":"role 'system' is not supported on this model"}}"#,
            r#"{"message":"System role not supported"}"#,
            r#"{"error":{"message":"Developer instruction is not enabled for models/gemma-3-27b-it"}}"#,
            r#"{"message":"This model doesn't support system messages. Try again without system messages."}"#,
            r#"{"message":"Unsupported role \"system\""}"#,
            r#"{"message":"Conversation roles must alternate user/assistant/user/assistant/..."}"#,
            r#"{"message":"Only user and assistant roles are supported!"}"#,
            r#"{"detail":"Instructions are not valid"}"#,
        ] {
            assert!(is_refused_in(refusal.as_bytes()), "{refusal}");
        }
        for other in [
            "",
            r#"{"error":{"message":"Incorrect API key provided"}}"#,
            r#"{"error":{"message":"The system is overloaded"}}"#,
            r#"{"error":{"message":"temperature is not supported with this model"}}"#,
            r#"{"message":"After the optional system message, conversation roles must alternate user/assistant/user/assistant/..."}"#,
            r#"{"message":"Only user and assistant roles are supported, with the exception of an initial optional system message!"}"#,
        ] {
            assert!(!is_refused_in(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn a_refusal_is_one_models_and_believed_for_a_while() {
        let (now, roles) = (Instant::now(), SystemRoles::default());
        assert!(roles.refused("a", now) && !roles.refused("a", now));
        assert!(roles.is_refused_by("a", now) && !roles.is_refused_by("b", now));
        assert!(!roles.is_refused_by("a", now + BELIEVED));
    }

    #[test]
    fn names_that_somebody_makes_up_do_not_pile_up() {
        let (start, roles) = (Instant::now(), SystemRoles::default());
        for nth in 0..3 * MOST_MODELS as u64 {
            roles.refused(&format!("m{nth}"), start + Duration::from_millis(nth));
        }
        assert_eq!(roles.0.lock().unwrap().len(), MOST_MODELS);
        let last = format!("m{}", 3 * MOST_MODELS - 1);
        assert!(roles.is_refused_by(&last, start) && !roles.is_refused_by("m0", start));
    }
}
