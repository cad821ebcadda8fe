//! `GET /instances`.

use std::sync::Arc;
use std::time::Duration;

use admin_types::{InstanceCounters, InstanceItem, Page, Posture, Spool};
use axum::Json;
use axum::extract::State;
use proto::fleet_v1::{KeyScope, Profile, WhenFull};

use super::App;
use super::actor::Actor;
use super::parameters::Parameters;
use super::problem::Problem;
use crate::clock::{Moment, SKEW};
use crate::store::instances::Instance;

/// An instance that is silent for longer may be gone.
const STALE: Duration = Duration::from_secs(30);
const MAX_ITEMS: u32 = 500;

/// Instances, the last that reported first; those that are silent for a week are forgotten.
#[utoipa::path(get, path = "/instances", tag = "fleet", responses(
    (status = 200, body = Page<InstanceItem>),
    (status = 400, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 401, body = admin_types::Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn instances(
    State(app): State<Arc<App>>,
    _: Actor,
    parameters: Parameters,
) -> Result<Json<Page<InstanceItem>>, Problem> {
    parameters.only(&[])?;
    let now = app.clock.now();
    let instances = app.store.instances(MAX_ITEMS).await?;
    Ok(Json(Page {
        items: instances.iter().map(|instance| item(instance, now)).collect(),
        next_cursor: None,
    }))
}

fn item(instance: &Instance, now: Moment) -> InstanceItem {
    let report = &instance.report;
    let started = Moment(i64::try_from(report.started_at_ms).unwrap_or(i64::MAX));
    let counters = report.counters.unwrap_or_default();
    let spool = report.spool.unwrap_or_default();
    InstanceItem {
        instance_id: instance.id.to_string(),
        version: report.version.clone(),
        started_at: started.to_text(),
        reported_at: instance.reported_at.to_text(),
        uptime_seconds: report.reported_at_ms.saturating_sub(report.started_at_ms) / 1000,
        is_stale: instance.reported_at < now.minus(STALE) || instance.reported_at > now.plus(SKEW),
        posture: report.posture.as_ref().map(posture),
        counters: InstanceCounters {
            requests: counters.requests,
            masked: counters.masked,
            blocked: counters.blocked,
            errors: counters.errors,
            active_streams: counters.active_streams,
            active_sockets: counters.active_sockets,
            events_dropped: counters.events_dropped,
        },
        spool: Spool {
            events: spool.events,
            bytes: spool.bytes,
            limit_bytes: spool.limit_bytes,
            oldest_age_ms: spool.oldest_age_ms,
        },
    }
}

fn posture(posture: &proto::fleet_v1::Posture) -> Posture {
    let profile = match posture.profile() {
        Profile::Strict => "strict",
        Profile::Agent => "agent",
        Profile::Unspecified => "unknown",
    };
    let key_scope = match posture.key_scope() {
        KeyScope::Global => "global",
        KeyScope::Caller => "caller",
        KeyScope::Session => "session",
        KeyScope::Request => "request",
        KeyScope::Unspecified => "unknown",
    };
    let when_full = match posture.when_full() {
        WhenFull::DropOldest => "drop_oldest",
        WhenFull::RefuseRequests => "refuse_requests",
        WhenFull::Unspecified => "unknown",
    };
    Posture {
        policy_revision: posture.policy_revision.clone(),
        profile: profile.to_owned(),
        key_scope: key_scope.to_owned(),
        requires_gateway_key: posture.requires_gateway_key,
        has_master_key: posture.has_master_key,
        dangerous_switches: posture.dangerous_switches,
        provider_credentials: posture.provider_credentials,
        upstreams: posture.upstreams,
        custom_rules: posture.custom_rules,
        shares_turn_state: posture.shares_turn_state,
        has_egress_proxy: posture.has_egress_proxy,
        when_full: when_full.to_owned(),
        has_spool_directory: posture.has_spool_directory,
    }
}
