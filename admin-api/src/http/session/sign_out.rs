//! `DELETE /session`.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http::header::SET_COOKIE;

use crate::http::App;
use crate::http::actor::{Actor, set_cookie};
use crate::http::parameters::Parameters;
use crate::http::problem::Problem;

/// Ends this session at once.
#[utoipa::path(delete, path = "/session", tag = "session", responses(
    (status = 204, description = "The session has ended."),
    (status = 401, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 403, body = admin_types::Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn sign_out(
    State(app): State<Arc<App>>,
    actor: Actor,
    parameters: Parameters,
) -> Result<Response, Problem> {
    parameters.only(&[])?;
    app.store.end_session(&actor.session.digest).await?;
    app.logged(&actor, "session.end", None).await;
    let cookie = [(SET_COOKIE, set_cookie("", app.is_secure))];
    Ok((StatusCode::NO_CONTENT, cookie).into_response())
}
