//! `GET /dashboard`: the console's first screen in one answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use admin_types::{Dashboard, Found, Latencies, LatencyPoint, Percentiles, TotalsPoint};
use axum::Json;
use axum::extract::State;
use proto::audit_v1::Outcome;

use super::App;
use super::actor::Actor;
use super::events::{filter, item};
use super::numbers::{Numbers, allowed};
use super::overview::{MIXES, answer, largest, percentiles, totals, unsigned};
use super::parameters::Parameters;
use super::problem::Problem;
use super::series::{buckets, complete_until, count_points};
use crate::clock::Moment;
use crate::rollup::{Count, Counts, Dimension, Histogram, Latency};
use crate::store::rollups::{Sum, Window};

/// Refused turns that are shown.
const NEWEST: u32 = 8;
/// Pairs of type and action that are told.
const MOST_FOUND: usize = 200;

/// All that the first screen shows. With filters, the numbers are those of the newest events that fit.
#[utoipa::path(get, path = "/dashboard", tag = "traffic", params(
    ("from" = Option<String>, Query, format = DateTime, description = "RFC 3339; by default an hour before `to`"),
    ("to" = Option<String>, Query, format = DateTime, description = "RFC 3339; by default now"),
    ("bucket" = Option<u32>, Query, description = "Seconds, as of a series"),
    ("outcome" = Option<String>, Query, pattern = "^(forwarded|masked|blocked|routed_local|upstream_error|gateway_error|cancelled)$"), ("surface" = Option<String>, Query, pattern = "^(openai\\.(chat|responses|embeddings|completions)|anthropic\\.messages|pass_through)$"),
    ("upstream" = Option<String>, Query, pattern = "^(<redacted>|[A-Za-z0-9._:/@-]{1,128})$"), ("model" = Option<String>, Query, pattern = "^(<redacted>|[A-Za-z0-9._:/@-]{1,128})$"),
    ("entity_type" = Option<String>, Query, pattern = "^(<redacted>|[A-Z0-9_:]{1,72})$"), ("action" = Option<String>, Query, pattern = "^(allow|mask|block|route_local)$"),
    ("caller" = Option<String>, Query, pattern = "^[0-9a-f]{16}$"), ("instance" = Option<String>, Query, pattern = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"),
    ("status" = Option<u16>, Query), ("code" = Option<String>, Query, pattern = "^(<redacted>|[A-Za-z0-9._:/@-]{1,128})$"),
), responses(
    (status = 200, body = Dashboard),
    (status = 400, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 401, body = admin_types::Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn dashboard(
    State(app): State<Arc<App>>,
    _: Actor,
    parameters: Parameters,
) -> Result<Json<Dashboard>, Problem> {
    let parameters = parameters.only(&allowed(&["bucket"]))?;
    let now = app.clock.now();
    let window = parameters.window(now)?;
    let (whole, bucket) = buckets(&parameters, now)?;
    let before = window.before();
    let reach = Window {
        from: before.from.min(whole.from),
        to: window.to.max(whole.to),
    };
    let numbers = Numbers::of(&app.store, &parameters, reach).await?;
    let mut dimensions = vec![
        Dimension::Total,
        Dimension::Caller,
        Dimension::Instance,
        Dimension::Detection,
    ];
    dimensions.extend(MIXES.iter().map(|(dimension, _)| *dimension));
    let (sums, sums_before, added, total, added_before, total_before) = tokio::try_join!(
        numbers.sums(&dimensions, window),
        numbers.sums(&dimensions, before),
        numbers.histogram(Latency::Masking, window),
        numbers.histogram(Latency::Total, window),
        numbers.histogram(Latency::Masking, before),
        numbers.histogram(Latency::Total, before),
    )?;
    let mut refused = filter(&parameters)?;
    let may_be_refused = refused
        .outcome
        .is_none_or(|outcome| outcome == Outcome::Blocked as i32);
    refused.outcome = Some(Outcome::Blocked.into());
    refused.from = Some(Moment::of_seconds(window.from));
    refused.to = Some(Moment::of_seconds(window.to));
    let (outcomes, totals, added_series, total_series, blocked, count) = tokio::try_join!(
        numbers.count_series(Dimension::Outcome, Count::Requests, whole, bucket),
        numbers.total_series(whole, bucket),
        numbers.latency_series(Latency::Masking, whole, bucket),
        numbers.latency_series(Latency::Total, whole, bucket),
        app.store
            .events(&refused, None, if may_be_refused { NEWEST } else { 0 }),
        app.store.event_count(),
    )?;
    let mut overview = answer(window, &sums, &sums_before, &added, &total);
    for (mixes, sums) in [
        (&mut overview.mixes, &sums),
        (&mut overview.previous_mixes, &sums_before),
    ] {
        let by = |dimension: Dimension, value: fn(&Counts) -> i64| {
            let own = sums.iter().filter(|sum| sum.dimension == dimension as i64);
            let parts = own.map(|sum| (sum.key.clone(), unsigned(value(&sum.counts))));
            largest(parts.filter(|(_, count)| *count > 0).collect())
        };
        let more = [
            ("caller", by(Dimension::Caller, |counts| counts.requests)),
            ("instance", by(Dimension::Instance, |counts| counts.requests)),
            ("blocked_caller", by(Dimension::Caller, |counts| counts.blocked)),
        ];
        mixes.extend(more.map(|(name, mix)| (name.to_owned(), mix)));
    }
    Ok(Json(Dashboard {
        now: now.to_text(),
        overview,
        previous_latency_us: Latencies {
            added: percentiles(&added_before),
            total: percentiles(&total_before),
        },
        bucket_seconds: unsigned(bucket),
        complete_until: complete_until(now, bucket),
        outcomes: count_points(outcomes),
        totals: totals_points(totals),
        latencies: latency_points(&added_series, &total_series),
        found: found(&sums),
        previous_found: found(&sums_before),
        blocked: blocked.iter().map(item).collect(),
        has_events: count > 0,
        partial: numbers.partial(),
    }))
}

fn totals_points(rows: Vec<(i64, Counts)>) -> Vec<TotalsPoint> {
    rows.into_iter()
        .map(|(at, counts)| TotalsPoint {
            t: Moment::of_seconds(at).to_text(),
            totals: totals(counts),
        })
        .collect()
}

type Part = fn(&mut Latencies) -> &mut Percentiles;

fn latency_points(added: &BTreeMap<i64, Histogram>, total: &BTreeMap<i64, Histogram>) -> Vec<LatencyPoint> {
    let mut points: BTreeMap<i64, Latencies> = BTreeMap::new();
    let parts: [(&BTreeMap<i64, Histogram>, Part); 2] = [
        (added, |latencies| &mut latencies.added),
        (total, |latencies| &mut latencies.total),
    ];
    for (series, part) in parts {
        for (at, durations) in series {
            *part(points.entry(*at).or_default()) = percentiles(durations);
        }
    }
    points
        .into_iter()
        .map(|(at, latency_us)| LatencyPoint {
            t: Moment::of_seconds(at).to_text(),
            latency_us,
        })
        .collect()
}

/// By type and action, whichever detector it was.
fn found(sums: &[Sum]) -> Vec<Found> {
    let mut pairs: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for sum in sums
        .iter()
        .filter(|sum| sum.dimension == Dimension::Detection as i64)
    {
        let mut names = sum.key.splitn(3, ' ');
        let pair = (names.next().unwrap_or_default(), names.next().unwrap_or_default());
        *pairs.entry(pair).or_default() += unsigned(sum.counts.detections);
    }
    let mut found: Vec<Found> = pairs
        .into_iter()
        .map(|((entity_type, action), count)| Found {
            entity_type: entity_type.to_owned(),
            action: action.to_owned(),
            count,
        })
        .collect();
    found.sort_by(|a, b| {
        b.count
            .cmp(&a.count)
            .then_with(|| a.entity_type.cmp(&b.entity_type))
    });
    found.truncate(MOST_FOUND);
    found
}
