//! How an instance is set up, as checks: a state and one sentence each, which says what to do.

use std::collections::HashSet;

use admin_types::{InstanceItem, Posture};

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// As it should be.
    Good,
    /// Somebody should know.
    Note,
    /// Somebody should do something.
    Bad,
}

impl State {
    /// For class names and screen readers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Note => "note",
            Self::Bad => "bad",
        }
    }
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What is looked at.
    pub title: &'static str,
    /// How it came out.
    pub state: State,
    /// One sentence.
    pub sentence: String,
}

/// The checks of an instance.
#[must_use]
pub fn checks(posture: &Posture) -> Vec<Check> {
    let check = |title, state, sentence: &str| Check {
        title,
        state,
        sentence: sentence.to_owned(),
    };
    let mut checks = vec![
        if posture.has_master_key {
            check("Key", State::Good, "Placeholders stay the same after a restart.")
        } else {
            check(
                "Key",
                State::Bad,
                "The key is lost at a restart: set masking.master_key_file so that placeholders stay the same.",
            )
        },
        match posture.dangerous_switches {
            0 => check("Dangerous switches", State::Good, "None is on."),
            1 => check(
                "Dangerous switches",
                State::Bad,
                "One is on: look under [dangerous] and switch it off.",
            ),
            more => Check {
                title: "Dangerous switches",
                state: State::Bad,
                sentence: format!("{more} are on: look under [dangerous] and switch them off."),
            },
        },
        if posture.requires_gateway_key {
            check("Callers", State::Good, "Callers show a key of the gateway.")
        } else {
            check(
                "Callers",
                State::Note,
                "Anybody who reaches it may use it: set a gateway key where the network is shared.",
            )
        },
        match (posture.has_spool_directory, posture.when_full.as_str()) {
            (false, _) => check(
                "Audit",
                State::Bad,
                "Events that are not delivered are lost at a restart: set audit.spool_dir.",
            ),
            (true, "refuse_requests") => check(
                "Audit",
                State::Good,
                "Events are kept on disk; when that is full, requests are refused.",
            ),
            (true, _) => check(
                "Audit",
                State::Good,
                "Events are kept on disk; when that is full, the oldest go first.",
            ),
        },
        match posture.key_scope.as_str() {
            "global" => check(
                "Scope",
                State::Note,
                "Placeholders are equal for all callers: set masking.scope to caller where callers must not be compared.",
            ),
            "caller" => check("Scope", State::Good, "Each caller has placeholders of its own."),
            "session" => check(
                "Scope",
                State::Good,
                "Each conversation has placeholders of its own.",
            ),
            "request" => check("Scope", State::Good, "Each request has placeholders of its own."),
            other => Check {
                title: "Scope",
                state: State::Note,
                sentence: format!("Scope is {other}."),
            },
        },
    ];
    let upstreams = if posture.has_egress_proxy {
        "through a proxy"
    } else {
        "directly, names pinned"
    };
    checks.push(Check {
        title: "Upstreams",
        state: State::Good,
        sentence: format!("{} configured, reached {upstreams}.", posture.upstreams),
    });
    checks.push(Check {
        title: "Policy",
        state: if posture.profile == "unknown" {
            State::Note
        } else {
            State::Good
        },
        sentence: format!(
            "Profile {}, {}, revision {}.",
            posture.profile,
            match posture.custom_rules {
                0 => "no rules of its own".to_owned(),
                1 => "one rule of its own".to_owned(),
                more => format!("{more} rules of its own"),
            },
            posture
                .policy_revision
                .get(..8)
                .unwrap_or(&posture.policy_revision),
        ),
    });
    checks
}

/// In what running instances are not alike: titles of checks, `version`.
#[must_use]
pub fn differences(instances: &[InstanceItem]) -> HashSet<&'static str> {
    let running: Vec<&InstanceItem> = instances.iter().filter(|instance| !instance.is_stale).collect();
    let mut found = HashSet::new();
    if running
        .iter()
        .map(|instance| &instance.version)
        .collect::<HashSet<_>>()
        .len()
        > 1
    {
        found.insert("version");
    }
    let all: Vec<Vec<Check>> = running
        .iter()
        .filter_map(|instance| instance.posture.as_ref())
        .map(checks)
        .collect();
    if let Some(first) = all.first() {
        for other in &all {
            for (a, b) in first.iter().zip(other) {
                if a != b {
                    found.insert(a.title);
                }
            }
        }
    }
    found
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn posture() -> Posture {
        Posture {
            policy_revision: "0123456789abcdef".to_owned(),
            profile: "strict".to_owned(),
            key_scope: "caller".to_owned(),
            requires_gateway_key: true,
            has_master_key: true,
            dangerous_switches: 0,
            provider_credentials: 1,
            upstreams: 2,
            custom_rules: 0,
            shares_turn_state: false,
            has_egress_proxy: false,
            when_full: "drop_oldest".to_owned(),
            has_spool_directory: true,
        }
    }

    fn instance(posture: Posture) -> InstanceItem {
        InstanceItem {
            instance_id: String::new(),
            version: "0.1.0".to_owned(),
            started_at: String::new(),
            reported_at: String::new(),
            uptime_seconds: 0,
            is_stale: false,
            posture: Some(posture),
            counters: admin_types::InstanceCounters::default(),
            spool: admin_types::Spool::default(),
        }
    }

    #[test]
    fn a_good_instance_has_nothing_to_do() {
        assert!(checks(&posture()).iter().all(|check| check.state == State::Good));
    }

    #[test]
    fn what_is_wrong_says_what_to_do() {
        let bad = Posture {
            has_master_key: false,
            dangerous_switches: 2,
            has_spool_directory: false,
            ..posture()
        };
        let wrong: Vec<Check> = checks(&bad)
            .into_iter()
            .filter(|check| check.state == State::Bad)
            .collect();
        assert_eq!(wrong.len(), 3);
        assert!(wrong.iter().all(|check| check.sentence.contains(": ")));
    }

    #[test]
    fn differences_stand_out_between_running_instances() {
        let one = instance(posture());
        let other = instance(Posture {
            policy_revision: "f".repeat(16),
            ..posture()
        });
        assert_eq!(
            differences(&[one.clone(), other.clone()]),
            HashSet::from(["Policy"])
        );
        let silent = InstanceItem {
            is_stale: true,
            ..other
        };
        assert_eq!(differences(&[one, silent]), HashSet::new());
    }
}
