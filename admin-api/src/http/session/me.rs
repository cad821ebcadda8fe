//! `GET /session`.

use std::sync::Arc;

use admin_types::Me;
use axum::Json;
use axum::extract::State;

use crate::http::App;
use crate::http::actor::Actor;
use crate::http::parameters::Parameters;
use crate::http::problem::Problem;
use crate::store::operators::Totp;
use crate::store::sessions::ABSOLUTE;

/// Who is signed in.
#[utoipa::path(get, path = "/session", tag = "session", responses(
    (status = 200, body = Me),
    (status = 401, body = admin_types::Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn me(
    State(app): State<Arc<App>>,
    actor: Actor,
    parameters: Parameters,
) -> Result<Json<Me>, Problem> {
    parameters.only(&[])?;
    let session = &actor.session;
    let operator = app
        .store
        .operator(session.operator_id)
        .await?
        .ok_or_else(Problem::unauthenticated)?;
    Ok(Json(Me {
        id: operator.id.to_string(),
        operator: operator.username,
        role: operator.role,
        expires_at: session.expires_at().to_text(),
        ends_at: session.created_at.plus(ABSOLUTE).to_text(),
        has_totp: matches!(operator.totp, Totp::On { .. }),
        has_password: operator.password_hash.is_some(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }))
}
