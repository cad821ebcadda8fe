//! Every route and every layer, in order.

use std::any::Any;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router, middleware};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::services::{ServeDir, ServeFile};
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::actor::Actor;
use super::parameters::Parameters;
use super::problem::Problem;
use super::{
    App, access_log, callers, console, dashboard, detectors, events, export, guard, instances, live,
};
use super::{oidc, operators, overview, series, session};

/// A name, a password, a code: no body is larger.
const MAX_BODY: usize = 16 << 10;
/// Until the head of an answer; streams take longer.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(OpenApi)]
#[openapi(info(
    title = "Bauta control plane",
    description = "What the gateway did, without any content of requests and answers. Errors are application/problem+json \
                   with a stable `code`. Every request that changes something needs an `Origin` equal to the public URL."
))]
struct Api;

fn api() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::with_openapi(Api::openapi())
        .routes(routes!(
            session::sign_in::sign_in,
            session::me::me,
            session::sign_out::sign_out
        ))
        .routes(routes!(session::methods::methods))
        .routes(routes!(session::password::change_password))
        .routes(routes!(session::totp::enrol, session::totp::remove))
        .routes(routes!(overview::overview))
        .routes(routes!(dashboard::dashboard))
        .routes(routes!(series::series))
        .routes(routes!(events::list))
        .routes(routes!(export::export))
        .routes(routes!(events::one))
        .routes(routes!(live::live))
        .routes(routes!(detectors::detectors))
        .routes(routes!(callers::callers))
        .routes(routes!(instances::instances))
        .routes(routes!(access_log::access_log))
        .routes(routes!(operators::list, operators::add))
        .routes(routes!(operators::change, operators::remove))
        .routes(routes!(operators::end_sessions))
        .routes(routes!(oidc::start))
        .routes(routes!(oidc::callback))
}

/// The API's description (OpenAPI 3.1).
pub(crate) fn document() -> Document {
    OpenApiRouter::new().nest("/api/v1", api()).into_openapi()
}

async fn openapi(
    State(_): State<Arc<App>>,
    _: Actor,
    parameters: Parameters,
) -> Result<Json<Document>, Problem> {
    parameters.only(&[])?;
    Ok(Json(document()))
}

/// What operators reach.
pub(crate) fn router(app: Arc<App>, static_dir: Option<&Path>) -> Router {
    let (routes, _) = api().split_for_parts();
    let api = routes
        .route("/openapi.json", axum::routing::get(openapi))
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        // Innermost: bodies are bounded before a handler reads them.
        .layer(DefaultBodyLimit::max(MAX_BODY))
        // Before any handler: what changes something comes from our own pages.
        .layer(middleware::from_fn_with_state(
            Arc::clone(&app),
            guard::same_origin,
        ))
        // No request holds a connection for ever.
        .layer(middleware::from_fn(patient));
    let router = Router::new().nest("/api/v1", api);
    let router = match static_dir {
        // The console has routes of its own: what is no file is its first page.
        Some(folder) => {
            let first = ServeFile::new(folder.join("index.html"));
            // The build leaves compressed files beside the others.
            let files = ServeDir::new(folder).precompressed_br().precompressed_gzip();
            let assets = ServeDir::new(folder.join("assets"));
            router
                // Names with a digest: one that is not there is missing, not the first page.
                .nest_service("/assets", assets.precompressed_br().precompressed_gzip())
                .fallback_service(files.fallback(first))
        }
        None => router.merge(console::routes()),
    };
    router
        // A panic is one failed request.
        .layer(CatchPanicLayer::custom(panicked))
        // Every answer, also a refusal, has the headers.
        .layer(middleware::from_fn_with_state(Arc::clone(&app), guard::headers))
        // Outermost: counts everything, and knows the source.
        .layer(middleware::from_fn_with_state(Arc::clone(&app), guard::watch))
        .with_state(app)
}

async fn patient(request: Request, next: Next) -> Response {
    match tokio::time::timeout(PATIENCE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::timeout().into_response(),
    }
}

/// What a panic says may quote something; where it was is in the log.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    Problem::internal().into_response()
}
