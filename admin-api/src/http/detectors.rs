//! `GET /detectors`.

use std::sync::Arc;

use admin_types::{DetectorItem, Detectors};
use axum::Json;
use axum::extract::State;

use super::App;
use super::actor::Actor;
use super::numbers::{Numbers, allowed};
use super::overview::unsigned;
use super::parameters::Parameters;
use super::problem::Problem;
use super::series::{buckets, complete_until, count_points};
use crate::rollup::{Count, Dimension};

const MAX_ITEMS: usize = 500;

/// What detectors found, and how that changed.
#[utoipa::path(get, path = "/detectors", tag = "traffic", params(
    ("from" = Option<String>, Query, format = DateTime, description = "RFC 3339; by default an hour before `to`"),
    ("to" = Option<String>, Query, format = DateTime, description = "RFC 3339; by default now"),
    ("bucket" = Option<u32>, Query, description = "Seconds, as of a series"),
    ("outcome" = Option<String>, Query, pattern = "^(forwarded|masked|blocked|routed_local|upstream_error|gateway_error|cancelled)$"), ("surface" = Option<String>, Query, pattern = "^(openai\\.(chat|responses|embeddings|completions)|anthropic\\.messages|pass_through)$"),
    ("upstream" = Option<String>, Query, pattern = "^(<redacted>|[A-Za-z0-9._:/@-]{1,128})$"), ("model" = Option<String>, Query, pattern = "^(<redacted>|[A-Za-z0-9._:/@-]{1,128})$"),
    ("entity_type" = Option<String>, Query, pattern = "^(<redacted>|[A-Z0-9_:]{1,72})$"), ("action" = Option<String>, Query, pattern = "^(allow|mask|block|route_local)$"),
    ("caller" = Option<String>, Query, pattern = "^[0-9a-f]{16}$"), ("instance" = Option<String>, Query, pattern = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"),
    ("status" = Option<u16>, Query), ("code" = Option<String>, Query, pattern = "^(<redacted>|[A-Za-z0-9._:/@-]{1,128})$"),
), responses(
    (status = 200, body = Detectors),
    (status = 400, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 401, body = admin_types::Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn detectors(
    State(app): State<Arc<App>>,
    _: Actor,
    parameters: Parameters,
) -> Result<Json<Detectors>, Problem> {
    let parameters = parameters.only(&allowed(&["bucket"]))?;
    let now = app.clock.now();
    let window = parameters.window(now)?;
    let (whole, bucket) = buckets(&parameters, now)?;
    let numbers = Numbers::of(&app.store, &parameters, window).await?;
    let (sums, rows) = tokio::try_join!(
        numbers.sums(&[Dimension::Total, Dimension::Detection], window),
        numbers.count_series(Dimension::Detection, Count::Detections, whole, bucket),
    )?;
    let (totals, found): (Vec<_>, Vec<_>) = sums
        .into_iter()
        .partition(|sum| sum.dimension == Dimension::Total as i64);
    let all = found
        .iter()
        .fold(0_i64, |all, sum| all.saturating_add(sum.counts.detections));
    let mut items: Vec<DetectorItem> = found
        .iter()
        .map(|sum| {
            let mut names = sum.key.splitn(3, ' ').map(str::to_owned);
            let mut name = || names.next().unwrap_or_default();
            DetectorItem {
                entity_type: name(),
                action: name(),
                detector: name(),
                count: unsigned(sum.counts.detections),
                permille: permille(sum.counts.detections, all),
            }
        })
        .collect();
    items.sort_by(|a, b| {
        b.count
            .cmp(&a.count)
            .then_with(|| a.entity_type.cmp(&b.entity_type))
    });
    items.truncate(MAX_ITEMS);
    let by = |nth: usize| {
        let named = rows.iter().map(|(at, key, count)| {
            let name = key.splitn(3, ' ').nth(nth).unwrap_or_default();
            (*at, name.to_owned(), *count)
        });
        count_points(named.collect())
    };
    Ok(Json(Detectors {
        items,
        next_cursor: None,
        unresolved_placeholders: totals.first().map_or(0, |sum| unsigned(sum.counts.unresolved)),
        bucket_seconds: unsigned(bucket),
        points: by(2),
        types: by(0),
        actions: by(1),
        complete_until: complete_until(now, bucket),
        partial: numbers.partial(),
    }))
}

/// The share of `all` in thousandths.
fn permille(count: i64, all: i64) -> u64 {
    let share = i128::from(count) * 1000 / i128::from(all.max(1));
    u64::try_from(share).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_large_sums_are_shares() {
        assert_eq!(permille(i64::MAX / 2, i64::MAX), 499);
        assert_eq!((permille(1, 3), permille(0, 0), permille(-1, 5)), (333, 0, 0));
    }
}
