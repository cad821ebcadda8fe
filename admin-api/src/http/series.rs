//! `GET /series`.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use admin_types::{Point, Series};
use axum::Json;
use axum::extract::State;

use super::App;
use super::actor::Actor;
use super::overview::unsigned;
use super::parameters::Parameters;
use super::problem::Problem;
use crate::clock::Moment;
use crate::rollup::{Count, Dimension, Histogram, Latency, OTHER};
use crate::store::rollups::Window;

const MAX_BUCKETS: i64 = 500;
/// Without a wish, a bucket is as long as makes about so many.
const USUAL_BUCKETS: i64 = 180;
const MAX_SERIES: usize = 20;
/// The one key of a series that is not split.
const ALL: &str = "all";
/// Lengths that make up hours and days.
const BUCKETS: [i64; 15] = [
    60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000,
];
const BUCKET_FORM: &str = "Expected seconds that make at most 500 buckets: 60, 120, 300, 600, 900, 1800, 3600, 7200, \
                           10800, 21600, 43200, 86400, 172800, 604800 or 2592000.";
const METRIC_FORM: &str = "Expected requests, masked, blocked, errors, detections, tokens, latency_p50, latency_p95, \
                           latency_p99 or masking_p95.";
const BY_FORM: &str = "Expected surface, upstream, model, outcome, entity_type, action, caller or instance.";

#[derive(Clone, Copy)]
enum Metric {
    Count(Count),
    Percentile(Latency, f64),
}

fn metric_of(name: &str) -> Option<Metric> {
    Some(match name {
        "requests" => Metric::Count(Count::Requests),
        "masked" => Metric::Count(Count::Masked),
        "blocked" => Metric::Count(Count::Blocked),
        "errors" => Metric::Count(Count::Errors),
        "detections" => Metric::Count(Count::Detections),
        "tokens" => Metric::Count(Count::Tokens),
        "latency_p50" => Metric::Percentile(Latency::Total, 0.5),
        "latency_p95" => Metric::Percentile(Latency::Total, 0.95),
        "latency_p99" => Metric::Percentile(Latency::Total, 0.99),
        "masking_p95" => Metric::Percentile(Latency::Masking, 0.95),
        _ => return None,
    })
}

fn dimension_of(name: &str) -> Option<Dimension> {
    Some(match name {
        "surface" => Dimension::Surface,
        "upstream" => Dimension::Upstream,
        "model" => Dimension::Model,
        "outcome" => Dimension::Outcome,
        "entity_type" => Dimension::EntityType,
        "action" => Dimension::Action,
        "caller" => Dimension::Caller,
        "instance" => Dimension::Instance,
        _ => return None,
    })
}

/// One number over time, split by something if asked for.
#[utoipa::path(get, path = "/series", tag = "traffic", params(
    ("metric" = String, Query, pattern = "^(requests|masked|blocked|errors|detections|tokens|latency_p50|latency_p95|latency_p99|masking_p95)$",
        description = "requests, masked, blocked, errors, detections, tokens, latency_p50, \
        latency_p95, latency_p99 or masking_p95 (microseconds)"),
    ("from" = Option<String>, Query, format = DateTime, description = "RFC 3339; by default an hour before `to`"),
    ("to" = Option<String>, Query, format = DateTime, description = "RFC 3339; by default now"),
    ("bucket" = Option<u32>, Query, description = "Seconds; at most 500 buckets"),
    ("by" = Option<String>, Query, pattern = "^(surface|upstream|model|outcome|entity_type|action|caller|instance)$",
        description = "surface, upstream, model, outcome, entity_type, action, caller or instance; at most 20 series, one of \
        them `other` where there are more. A turn's duration counts for each entity type and action in it"),
), responses(
    (status = 200, body = Series),
    (status = 400, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 401, body = admin_types::Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn series(
    State(app): State<Arc<App>>,
    _: Actor,
    parameters: Parameters,
) -> Result<Json<Series>, Problem> {
    let parameters = parameters.only(&["metric", "from", "to", "bucket", "by"])?;
    let metric = parameters
        .parsed("metric", METRIC_FORM, metric_of)?
        .ok_or_else(|| Problem::parameter("metric", METRIC_FORM))?;
    let dimension = parameters
        .parsed("by", BY_FORM, dimension_of)?
        .unwrap_or(Dimension::Total);
    let now = app.clock.now();
    let (window, bucket) = buckets(&parameters, now)?;
    let points = match metric {
        Metric::Count(count) => {
            let rows = app.store.count_series(dimension, count, window, bucket);
            count_points(rows.await?)
        }
        Metric::Percentile(latency, share) => {
            let rows = app
                .store
                .latency_series(dimension, latency, window, bucket)
                .await?;
            percentile_points(rows, share)
        }
    };
    Ok(Json(Series {
        metric: parameters.text("metric").unwrap_or_default().to_owned(),
        bucket_seconds: unsigned(bucket),
        points,
        complete_until: complete_until(now, bucket),
    }))
}

/// Buckets from here on are still running.
pub(super) fn complete_until(now: Moment, bucket: i64) -> String {
    Moment::of_seconds(now.seconds().div_euclid(bucket) * bucket).to_text()
}

/// The window in whole buckets, and how long they are.
pub(super) fn buckets(parameters: &Parameters, now: Moment) -> Result<(Window, i64), Problem> {
    let window = parameters.window(now)?;
    let whole = |bucket: i64| Window {
        from: window.from.div_euclid(bucket) * bucket,
        to: (window.to + bucket - 1).div_euclid(bucket) * bucket,
    };
    let count = |bucket: i64| (whole(bucket).to - whole(bucket).from) / bucket;
    let wish = parameters.number::<i64>("bucket", BUCKET_FORM)?;
    let bucket = match wish {
        Some(bucket) if BUCKETS.contains(&bucket) && count(bucket) <= MAX_BUCKETS => bucket,
        Some(_) => return Err(Problem::parameter("bucket", BUCKET_FORM)),
        None => *BUCKETS
            .iter()
            .find(|bucket| count(**bucket) <= USUAL_BUCKETS)
            .unwrap_or(&BUCKETS[BUCKETS.len() - 1]),
    };
    Ok((whole(bucket), bucket))
}

/// The keys that are shown: those with the most.
fn shown(sizes: HashMap<String, i64>) -> HashSet<String> {
    let mut keys: Vec<(String, i64)> = sizes.into_iter().collect();
    keys.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    // All others are one of them.
    let most = if keys.len() > MAX_SERIES {
        MAX_SERIES - 1
    } else {
        MAX_SERIES
    };
    keys.into_iter().take(most).map(|(key, _)| key).collect()
}

fn name_of(key: String) -> String {
    if key.is_empty() { ALL.to_owned() } else { key }
}

pub(super) fn count_points(rows: Vec<(i64, String, i64)>) -> Vec<Point> {
    let mut sizes: HashMap<String, i64> = HashMap::new();
    for (_, key, value) in &rows {
        match sizes.get_mut(key) {
            Some(size) => *size += value,
            None => {
                sizes.insert(key.clone(), *value);
            }
        }
    }
    let shown = shown(sizes);
    let mut points: BTreeMap<i64, BTreeMap<String, u64>> = BTreeMap::new();
    for (at, key, value) in rows {
        let key = if shown.contains(&key) {
            name_of(key)
        } else {
            OTHER.to_owned()
        };
        *points.entry(at).or_default().entry(key).or_default() += unsigned(value);
    }
    in_order(points)
}

fn percentile_points(rows: BTreeMap<(i64, String), Histogram>, share: f64) -> Vec<Point> {
    let mut sizes: HashMap<String, i64> = HashMap::new();
    for ((_, key), durations) in &rows {
        *sizes.entry(key.clone()).or_default() += durations.total();
    }
    let shown = shown(sizes);
    let mut merged: BTreeMap<(i64, String), Histogram> = BTreeMap::new();
    for ((at, key), durations) in rows {
        let key = if shown.contains(&key) {
            name_of(key)
        } else {
            OTHER.to_owned()
        };
        merged.entry((at, key)).or_default().add(&durations);
    }
    let mut points: BTreeMap<i64, BTreeMap<String, u64>> = BTreeMap::new();
    for ((at, key), durations) in merged {
        if let Some(micros) = durations.percentile(share) {
            points.entry(at).or_default().insert(key, micros);
        }
    }
    in_order(points)
}

fn in_order(points: BTreeMap<i64, BTreeMap<String, u64>>) -> Vec<Point> {
    points
        .into_iter()
        .map(|(at, values)| Point {
            t: Moment::of_seconds(at).to_text(),
            values,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_shown_is_other() {
        let rows = (0..25).map(|n| (60, format!("k{n:02}"), n + 1)).collect();
        let points = count_points(rows);
        assert_eq!(points.len(), 1);
        assert_eq!(points[0].values.len(), MAX_SERIES);
        assert_eq!(points[0].values[OTHER], 1 + 2 + 3 + 4 + 5 + 6);
    }
}
