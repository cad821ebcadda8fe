//! `GET /session/methods`.

use std::sync::Arc;

use admin_types::SignInMethods;
use axum::Json;
use axum::extract::State;

use crate::http::App;
use crate::http::parameters::Parameters;
use crate::http::problem::Problem;

/// How one can sign in; for whoever is about to.
#[utoipa::path(get, path = "/session/methods", tag = "session", responses(
    (status = 200, body = SignInMethods),
    (status = 400, body = admin_types::Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn methods(
    State(app): State<Arc<App>>,
    parameters: Parameters,
) -> Result<Json<SignInMethods>, Problem> {
    parameters.only(&[])?;
    Ok(Json(SignInMethods {
        password: true,
        oidc: app.provider.is_some(),
        has_operators: app.store.has_operators().await?,
    }))
}
