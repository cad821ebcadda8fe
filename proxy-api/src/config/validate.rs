//! The checks that need more than one key, and the step to final types.

mod audit;
mod bounds;
mod egress;
mod places;
mod turn_state;

use configuration::Layers;

use self::egress::Checking;
use super::upstreams::{self, BUILT_IN};
use super::{
    Auth, Config, ConfigError, Dangerous, GatewayKey, Masking, Profiles, Telemetry, TraceContext, Upstream,
    Written, gateway_keys, policy,
};
use crate::master_key;

pub(super) fn finish(written: Written, profiles: Profiles, layers: &Layers) -> Result<Config, ConfigError> {
    bounds::check(&written.limits, &written.timeouts, &written.turn_state, layers)?;
    bounds::check_sockets(&written.websocket, layers)?;
    let audit = audit::finish(written.audit, &written.dangerous, layers)?;
    written.log.check(layers, "log")?;
    written.telemetry.check(layers, "telemetry")?;
    check_trace_context(&written.trace_context, &written.telemetry, layers)?;
    let masking = finish_masking(written.masking, layers)?;
    let turn_state = turn_state::finish(written.turn_state, &masking, layers)?;
    let auth = written.server.auth;
    let gateway_keys = finish_keys(written.gateway_keys, auth, layers)?;
    let profile = profiles.decide(written.policy.profile);
    let policy = policy::finish(written.policy, profile, &written.dangerous, layers)?;
    let upstreams = finish_upstreams(written.upstreams, auth, &written.dangerous, layers)?;
    Ok(Config {
        server: written.server,
        ops: written.ops,
        gateway_keys,
        upstreams,
        egress: written.egress,
        masking,
        policy,
        rehydrate: written.rehydrate.finish(profile),
        limits: written.limits,
        timeouts: written.timeouts,
        websocket: written.websocket,
        continuations: written.continuations,
        turn_state,
        audit,
        log: written.log,
        telemetry: written.telemetry,
        trace_context: written.trace_context,
        dangerous: written.dangerous,
    })
}

fn check_trace_context(
    rules: &TraceContext,
    telemetry: &Telemetry,
    layers: &Layers,
) -> Result<(), ConfigError> {
    let is_traced = telemetry.otlp_endpoint.is_some();
    for (key, is_on) in [
        ("from_callers", rules.from_callers),
        ("to_upstreams", rules.to_upstreams),
    ] {
        if is_on && !is_traced {
            let problem = "nothing is traced; set telemetry.otlp_endpoint too";
            return Err(layers.wrong(&format!("trace_context.{key}"), problem));
        }
    }
    Ok(())
}

fn finish_masking(mut masking: Masking, layers: &Layers) -> Result<Masking, ConfigError> {
    let from_file = masking.master_key_file.is_some() && masking.master_key.is_none();
    let key = "masking.master_key";
    let file = masking.master_key_file.as_deref();
    masking.master_key = layers.secret(masking.master_key.take(), file, key)?;
    if let Some(secret) = &masking.master_key
        && let Err(error) = master_key::parse(secret)
    {
        let key = if from_file { "masking.master_key_file" } else { key };
        return Err(layers.wrong(key, &error.to_string()));
    }
    if masking.session_header.parse::<http::HeaderName>().is_err() {
        let problem = "not a header name; allowed: letters, digits and -";
        return Err(layers.wrong("masking.session_header", problem));
    }
    Ok(masking)
}

fn finish_keys(
    written: gateway_keys::Written,
    auth: Auth,
    layers: &Layers,
) -> Result<Vec<GatewayKey>, ConfigError> {
    let keys = gateway_keys::finish(written).map_err(|id| {
        let problem = "not an id; allowed: 1 to 64 of a-z, 0-9, _ and -";
        layers.wrong(&format!("gateway_keys.{id}"), problem)
    })?;
    match auth {
        Auth::GatewayKeys if keys.is_empty() => {
            let problem = "`gateway_keys` needs at least one key in [gateway_keys]";
            Err(layers.wrong("server.auth", problem))
        }
        Auth::Passthrough if !keys.is_empty() => {
            let problem = "keys have no effect with server.auth = \"passthrough\"; \
                           set server.auth = \"gateway_keys\" or remove them";
            Err(layers.wrong("gateway_keys", problem))
        }
        _ => Ok(keys),
    }
}

fn finish_upstreams(
    mut written: upstreams::Written,
    auth: Auth,
    dangerous: &Dangerous,
    layers: &Layers,
) -> Result<Vec<Upstream>, ConfigError> {
    for provider in BUILT_IN {
        written.entry(provider.name.to_owned()).or_default();
    }
    let mut upstreams = Vec::with_capacity(written.len() + 2);
    for (name, entry) in written {
        let checking = Checking {
            name: &name,
            auth,
            dangerous,
            layers,
        };
        upstreams.extend(checking.finish(entry)?);
    }
    Ok(upstreams)
}
