//! `GET /overview`.

use std::collections::BTreeMap;
use std::sync::Arc;

use admin_types::{Latencies, Mix, Overview, Percentiles, Totals};
use axum::Json;
use axum::extract::State;

use super::App;
use super::actor::Actor;
use super::parameters::Parameters;
use super::problem::Problem;
use crate::clock::Moment;
use crate::rollup::{Counts, Dimension, Histogram, Latency, OTHER};
use crate::store::rollups::{Sum, Window};

/// Parts of a mix that are shown one by one.
const MAX_PARTS: usize = 20;

pub(super) const MIXES: [(Dimension, &str); 6] = [
    (Dimension::Surface, "surface"),
    (Dimension::Upstream, "upstream"),
    (Dimension::Model, "model"),
    (Dimension::Outcome, "outcome"),
    (Dimension::EntityType, "entity_type"),
    (Dimension::Action, "action"),
];

/// Totals, percentiles and mixes of a window, with the window before.
#[utoipa::path(get, path = "/overview", tag = "traffic", params(
    ("from" = Option<String>, Query, format = DateTime, description = "RFC 3339; by default an hour before `to`"),
    ("to" = Option<String>, Query, format = DateTime, description = "RFC 3339; by default now"),
), responses(
    (status = 200, body = Overview),
    (status = 400, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 401, body = admin_types::Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn overview(
    State(app): State<Arc<App>>,
    _: Actor,
    parameters: Parameters,
) -> Result<Json<Overview>, Problem> {
    let window = parameters.only(&["from", "to"])?.window(app.clock.now())?;
    let mut dimensions = vec![Dimension::Total];
    dimensions.extend(MIXES.iter().map(|(dimension, _)| *dimension));
    let (now, before, added, total) = tokio::try_join!(
        app.store.sums(&dimensions, window),
        app.store.sums(&dimensions, window.before()),
        app.store.histogram(Latency::Masking, window),
        app.store.histogram(Latency::Total, window),
    )?;
    Ok(Json(answer(window, &now, &before, &added, &total)))
}

pub(super) fn answer(
    window: Window,
    now: &[Sum],
    before: &[Sum],
    added: &Histogram,
    total: &Histogram,
) -> Overview {
    Overview {
        from: Moment::of_seconds(window.from).to_text(),
        to: Moment::of_seconds(window.to).to_text(),
        totals: totals_of(now),
        previous: totals_of(before),
        latency_us: Latencies {
            added: percentiles(added),
            total: percentiles(total),
        },
        mixes: mixes(now),
        previous_mixes: mixes(before),
    }
}

fn totals_of(sums: &[Sum]) -> Totals {
    let total = sums.iter().find(|sum| sum.dimension == Dimension::Total as i64);
    totals(total.map(|sum| sum.counts).unwrap_or_default())
}

pub(super) fn totals(counts: Counts) -> Totals {
    Totals {
        requests: unsigned(counts.requests),
        masked: unsigned(counts.masked),
        blocked: unsigned(counts.blocked),
        errors: unsigned(counts.errors),
        values_masked: unsigned(counts.values_masked),
        input_tokens: unsigned(counts.input_tokens),
        output_tokens: unsigned(counts.output_tokens),
    }
}

pub(super) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

pub(super) fn percentiles(durations: &Histogram) -> Percentiles {
    Percentiles {
        p50: durations.percentile(0.5),
        p95: durations.percentile(0.95),
        p99: durations.percentile(0.99),
    }
}

fn mixes(sums: &[Sum]) -> BTreeMap<String, Vec<Mix>> {
    let of = |dimension: Dimension| {
        let own = sums.iter().filter(|sum| sum.dimension == dimension as i64);
        let parts = own.map(|sum| {
            let counts = sum.counts;
            let count = if dimension.is_of_turns() {
                counts.requests
            } else {
                counts.detections
            };
            (sum.key.clone(), unsigned(count))
        });
        largest(parts.collect())
    };
    MIXES
        .iter()
        .map(|(dimension, name)| ((*name).to_owned(), of(*dimension)))
        .collect()
}

/// The largest parts, and all others as one.
pub(super) fn largest(mut parts: Vec<(String, u64)>) -> Vec<Mix> {
    parts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let rest: u64 = parts.iter().skip(MAX_PARTS).map(|(_, count)| count).sum();
    parts.truncate(MAX_PARTS);
    if rest > 0 {
        match parts.iter_mut().find(|(key, _)| key == OTHER) {
            Some((_, count)) => *count += rest,
            None => parts.push((OTHER.to_owned(), rest)),
        }
    }
    parts.into_iter().map(|(key, count)| Mix { key, count }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_parts_are_one() {
        let parts = (0..30).map(|n| (format!("m{n:02}"), n)).collect();
        let mix = largest(parts);
        assert_eq!((mix.len(), mix[0].key.as_str()), (21, "m29"));
        assert_eq!(
            mix[20],
            Mix {
                key: OTHER.to_owned(),
                count: (0..10).sum()
            }
        );
    }
}
