//! The checks that need more than one key, and the step to final types.

mod audit;
mod bounds;
mod egress;
mod places;
mod turn_state;

use std::path::Path;

use figment::Figment;

use self::egress::Checking;
use super::upstreams::{self, BUILT_IN};
use super::{
    Auth, Config, ConfigError, Dangerous, GatewayKey, Log, Masking, Profiles, Secret, Telemetry, Upstream,
    Written, gateway_keys, policy,
};
use crate::master_key;

pub(super) fn finish(written: Written, profiles: Profiles, figment: &Figment) -> Result<Config, ConfigError> {
    bounds::check(&written.limits, &written.timeouts, &written.turn_state, figment)?;
    bounds::check_sockets(&written.websocket, figment)?;
    let audit = audit::finish(written.audit, &written.dangerous, figment)?;
    check_log(&written.log, figment)?;
    check_telemetry(&written.telemetry, figment)?;
    let masking = finish_masking(written.masking, figment)?;
    let turn_state = turn_state::finish(written.turn_state, &masking, figment)?;
    let auth = written.server.auth;
    let gateway_keys = finish_keys(written.gateway_keys, auth, figment)?;
    let profile = profiles.decide(written.policy.profile);
    let policy = policy::finish(written.policy, profile, &written.dangerous, figment)?;
    let upstreams = finish_upstreams(written.upstreams, auth, &written.dangerous, figment)?;
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
        dangerous: written.dangerous,
    })
}

fn check_log(log: &Log, figment: &Figment) -> Result<(), ConfigError> {
    telemetry::check_filter(&log.level)
        .map_err(|error| ConfigError::key(figment, "log.level", &error.to_string()))
}

fn check_telemetry(telemetry: &Telemetry, figment: &Figment) -> Result<(), ConfigError> {
    if let Some(collector) = &telemetry.otlp_endpoint
        && !matches!(collector.path(), "" | "/")
    {
        let problem = "has a path; expected http://host:port or https://host:port of a collector that speaks OTLP over gRPC";
        return Err(ConfigError::key(figment, "telemetry.otlp_endpoint", problem));
    }
    bounds::in_range(
        figment,
        "telemetry.sample_ratio",
        telemetry.sample_ratio,
        0.0,
        1.0,
    )
}

fn finish_masking(mut masking: Masking, figment: &Figment) -> Result<Masking, ConfigError> {
    let from_file = masking.master_key_file.is_some() && masking.master_key.is_none();
    let key = "masking.master_key";
    let file = masking.master_key_file.as_deref();
    masking.master_key = secret(masking.master_key.take(), file, key, figment)?;
    if let Some(secret) = &masking.master_key
        && let Err(error) = master_key::parse(secret)
    {
        let key = if from_file { "masking.master_key_file" } else { key };
        return Err(ConfigError::key(figment, key, &error.to_string()));
    }
    if masking.session_header.parse::<http::HeaderName>().is_err() {
        let problem = "not a header name; allowed: letters, digits and -";
        return Err(ConfigError::key(figment, "masking.session_header", problem));
    }
    Ok(masking)
}

fn finish_keys(
    written: gateway_keys::Written,
    auth: Auth,
    figment: &Figment,
) -> Result<Vec<GatewayKey>, ConfigError> {
    let keys = gateway_keys::finish(written).map_err(|id| {
        let problem = "not an id; allowed: 1 to 64 of a-z, 0-9, _ and -";
        ConfigError::key(figment, &format!("gateway_keys.{id}"), problem)
    })?;
    match auth {
        Auth::GatewayKeys if keys.is_empty() => {
            let problem = "`gateway_keys` needs at least one key in [gateway_keys]";
            Err(ConfigError::key(figment, "server.auth", problem))
        }
        Auth::Passthrough if !keys.is_empty() => {
            let problem = "keys have no effect with server.auth = \"passthrough\"; \
                           set server.auth = \"gateway_keys\" or remove them";
            Err(ConfigError::key(figment, "gateway_keys", problem))
        }
        _ => Ok(keys),
    }
}

fn finish_upstreams(
    mut written: upstreams::Written,
    auth: Auth,
    dangerous: &Dangerous,
    figment: &Figment,
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
            figment,
        };
        upstreams.extend(checking.finish(entry)?);
    }
    Ok(upstreams)
}

fn secret(
    inline: Option<Secret>,
    file: Option<&Path>,
    key: &str,
    figment: &Figment,
) -> Result<Option<Secret>, ConfigError> {
    match (inline, file) {
        (Some(_), Some(_)) => Err(ConfigError::key(
            figment,
            key,
            "given both inline and as a file; allowed: one of the two",
        )),
        (Some(secret), None) => Ok(Some(secret)),
        (None, Some(path)) => Secret::from_file(path)
            .map(Some)
            .map_err(|problem| ConfigError::key(figment, &format!("{key}_file"), &problem)),
        (None, None) => Ok(None),
    }
}
