//! How this instance is set up, as far as it matters to whoever answers for it: enumerations, numbers and switches.

use std::collections::BTreeSet;

use proto::fleet_v1::{KeyScope, Posture, Profile, WhenFull};

use crate::config::{self, Auth, Config, Delivery, ScopeRule, TurnStore};

/// Holds no name and no value of the configuration.
pub(crate) fn posture(config: &Config, delivery: &Delivery, policy_revision: &str) -> Posture {
    let upstreams: BTreeSet<&str> = config.upstreams.iter().map(|upstream| &*upstream.name).collect();
    Posture {
        policy_revision: policy_revision.to_owned(),
        profile: profile(config.policy.profile).into(),
        key_scope: key_scope(config.masking.scope).into(),
        requires_gateway_key: config.server.auth == Auth::GatewayKeys,
        has_master_key: config.masking.master_key.is_some(),
        dangerous_switches: count(config.dangerous.enabled().len()),
        provider_credentials: count(config.policy.provider_credentials.len()),
        upstreams: count(upstreams.len()),
        custom_rules: count(config.policy.custom_rules()),
        shares_turn_state: config.turn_state.store == TurnStore::Redis,
        has_egress_proxy: config.egress.proxy.is_some(),
        when_full: when_full(delivery.when_full).into(),
        has_spool_directory: delivery.spool_dir.is_some(),
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

const fn profile(profile: config::Profile) -> Profile {
    match profile {
        config::Profile::Strict => Profile::Strict,
        config::Profile::Agent => Profile::Agent,
    }
}

const fn key_scope(scope: ScopeRule) -> KeyScope {
    match scope {
        ScopeRule::Caller => KeyScope::Caller,
        ScopeRule::Session => KeyScope::Session,
        ScopeRule::Request => KeyScope::Request,
    }
}

const fn when_full(rule: config::WhenFull) -> WhenFull {
    match rule {
        config::WhenFull::DropOldest => WhenFull::DropOldest,
        config::WhenFull::RefuseRequests => WhenFull::RefuseRequests,
    }
}
