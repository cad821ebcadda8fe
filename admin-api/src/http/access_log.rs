//! `GET /access-log`.

use std::sync::Arc;

use admin_types::{AccessEntry, Page};
use axum::Json;
use axum::extract::State;

use super::App;
use super::actor::Admin;
use super::overview::unsigned;
use super::parameters::{Parameters, is_id};
use super::problem::Problem;

/// Sign-ins, refusals and changes, the newest first.
#[utoipa::path(get, path = "/access-log", tag = "operators", params(
    ("cursor" = Option<String>, Query, pattern = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", description = "`next_cursor` of the page before"),
    ("limit" = Option<u32>, Query, minimum = 1, maximum = 500, description = "By default 100"),
), responses(
    (status = 200, body = Page<AccessEntry>),
    (status = 400, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 401, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 403, body = admin_types::Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn access_log(
    State(app): State<Arc<App>>,
    _: Admin,
    parameters: Parameters,
) -> Result<Json<Page<AccessEntry>>, Problem> {
    let parameters = parameters.only(&["cursor", "limit"])?;
    let limit = parameters.limit()?;
    let before = parameters.parsed("cursor", "Expected the next_cursor of another page.", is_id)?;
    let mut entries = app.store.access_log(before, limit + 1).await?;
    let has_more = entries.len() > limit as usize;
    entries.truncate(limit as usize);
    let next_cursor = entries
        .last()
        .filter(|_| has_more)
        .map(|entry| entry.id.to_string());
    let items = entries.into_iter().map(|entry| AccessEntry {
        id: entry.id.to_string(),
        occurred_at: entry.occurred_at.to_text(),
        actor: entry.actor,
        action: entry.action,
        target: entry.target,
        source: entry.source,
        count: unsigned(entry.count),
    });
    Ok(Json(Page {
        items: items.collect(),
        next_cursor,
    }))
}
