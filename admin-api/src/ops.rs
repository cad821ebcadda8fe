//! Health, readiness and metrics, on the private listener.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::get;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use tokio::time::timeout;

use crate::metrics::Metrics;
use crate::store::{Store, StoreError};

/// A database that takes longer is not ready.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Clone)]
struct Ops {
    store: Store,
    metrics: Arc<Metrics>,
}

/// `/health`: the process answers. `/ready`: the database does too, and has its tables.
pub(crate) fn router(store: Store, metrics: Arc<Metrics>) -> Router {
    Router::new()
        .route("/health", get(async || "ok\n"))
        .route("/ready", get(ready))
        .route("/metrics", get(render))
        .with_state(Ops { store, metrics })
}

async fn ready(State(ops): State<Ops>) -> impl IntoResponse {
    match timeout(PATIENCE, ops.store.ping()).await {
        Ok(Ok(())) => (StatusCode::OK, "ready\n"),
        Ok(Err(StoreError::Schema(_))) => (StatusCode::SERVICE_UNAVAILABLE, "a table is missing\n"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}

async fn render(State(ops): State<Ops>) -> impl IntoResponse {
    let kind = [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (kind, ops.metrics.render())
}
