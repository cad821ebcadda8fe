//! `GET /callers`.

use std::collections::HashMap;
use std::sync::Arc;

use admin_types::{CallerItem, Page};
use axum::Json;
use axum::extract::State;

use super::App;
use super::actor::Actor;
use super::numbers::{Numbers, allowed};
use super::overview::{totals, unsigned};
use super::parameters::Parameters;
use super::problem::Problem;
use super::series::buckets;
use crate::clock::Moment;
use crate::rollup::{Count, Dimension};
use crate::store::rollups::Window;

/// Parts of a window that a caller's activity has.
const PARTS: usize = 30;

/// Who asked, those with the most turns first.
#[utoipa::path(get, path = "/callers", tag = "traffic", params(
    ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
    ("limit" = Option<u32>, Query, minimum = 1, maximum = 500, description = "By default 100"),
    ("from" = Option<String>, Query, format = DateTime, description = "RFC 3339; by default an hour before `to`"),
    ("to" = Option<String>, Query, format = DateTime, description = "RFC 3339; by default now"),
    ("outcome" = Option<String>, Query, pattern = "^(forwarded|masked|blocked|routed_local|upstream_error|gateway_error|cancelled)$"), ("surface" = Option<String>, Query, pattern = "^(openai\\.(chat|responses|embeddings|completions)|anthropic\\.messages|pass_through)$"),
    ("upstream" = Option<String>, Query, pattern = "^(<redacted>|[A-Za-z0-9._:/@-]{1,128})$"), ("model" = Option<String>, Query, pattern = "^(<redacted>|[A-Za-z0-9._:/@-]{1,128})$"),
    ("entity_type" = Option<String>, Query, pattern = "^(<redacted>|[A-Z0-9_:]{1,72})$"), ("action" = Option<String>, Query, pattern = "^(allow|mask|block|route_local)$"),
    ("caller" = Option<String>, Query, pattern = "^[0-9a-f]{16}$"), ("instance" = Option<String>, Query, pattern = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"),
    ("status" = Option<u16>, Query), ("code" = Option<String>, Query, pattern = "^(<redacted>|[A-Za-z0-9._:/@-]{1,128})$"),
), responses(
    (status = 200, body = Page<CallerItem>),
    (status = 400, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 401, body = admin_types::Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn callers(
    State(app): State<Arc<App>>,
    _: Actor,
    parameters: Parameters,
) -> Result<Json<Page<CallerItem>>, Problem> {
    let parameters = parameters.only(&allowed(&["cursor", "limit"]))?;
    let limit = parameters.limit()? as usize;
    let now = app.clock.now();
    let window = parameters.window(now)?;
    let (whole, bucket) = buckets(&parameters, now)?;
    let after = parameters.parsed("cursor", "Expected the next_cursor of another page.", place)?;
    let numbers = Numbers::of(&app.store, &parameters, window).await?;
    let (mut sums, rows) = tokio::try_join!(
        numbers.sums(&[Dimension::Caller], window),
        numbers.count_series(Dimension::Caller, Count::Requests, whole, bucket),
    )?;
    let mut activity = activity(rows, whole);
    sums.sort_by(|a, b| {
        b.counts
            .requests
            .cmp(&a.counts.requests)
            .then_with(|| a.key.cmp(&b.key))
    });
    let mut rest = sums.into_iter().skip_while(|sum| {
        after
            .as_ref()
            .is_some_and(|(requests, key)| (-sum.counts.requests, &sum.key) <= (-requests, key))
    });
    let page: Vec<_> = rest.by_ref().take(limit).collect();
    let last = page.last().filter(|_| rest.next().is_some());
    let next_cursor = last.map(|sum| format!("{}-{}", sum.counts.requests, sum.key));
    let items = page.iter().map(|sum| CallerItem {
        caller_id: sum.key.clone(),
        totals: totals(sum.counts),
        detections: unsigned(sum.counts.detections),
        last_seen: Moment::of_seconds(sum.last_bucket.max(window.from)).to_text(),
        activity: activity.remove(&sum.key).unwrap_or_else(|| vec![0; PARTS]),
    });
    Ok(Json(Page {
        items: items.collect(),
        next_cursor,
    }))
}

/// Turns by caller, in equal parts of the window.
fn activity(rows: Vec<(i64, String, i64)>, window: Window) -> HashMap<String, Vec<u64>> {
    let length = (window.to - window.from).max(1);
    let mut callers: HashMap<String, Vec<u64>> = HashMap::new();
    for (at, key, count) in rows {
        let nth = usize::try_from((at - window.from) * PARTS as i64 / length).unwrap_or_default();
        let parts = callers.entry(key).or_insert_with(|| vec![0; PARTS]);
        if let Some(part) = parts.get_mut(nth) {
            *part += unsigned(count);
        }
    }
    callers
}

/// The row after which a page begins.
fn place(text: &str) -> Option<(i64, String)> {
    let (requests, key) = text.split_once('-')?;
    let is_number = !requests.is_empty() && requests.bytes().all(|b| b.is_ascii_digit());
    let requests = if is_number {
        requests.parse().ok()?
    } else {
        return None;
    };
    (key.len() <= 64).then(|| (requests, key.to_owned()))
}
