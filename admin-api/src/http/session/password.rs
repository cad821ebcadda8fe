//! `PUT /session/password`.

use std::sync::Arc;

use admin_types::PasswordChange;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http::header::SET_COOKIE;
use zeroize::Zeroizing;

use super::{Proof, confirmed};
use crate::http::App;
use crate::http::actor::{Actor, Asked, set_cookie};
use crate::http::parameters::Parameters;
use crate::http::problem::Problem;
use crate::store::operators::{Change, Update};

/// Changes the password of whoever is signed in. All its sessions end, this one too.
#[utoipa::path(put, path = "/session/password", tag = "session", request_body = PasswordChange, responses(
    (status = 204, description = "Changed; sign in again."),
    (status = 400, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 401, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 403, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 413, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 415, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 422, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 429, body = admin_types::Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn change_password(
    State(app): State<Arc<App>>,
    parameters: Parameters,
    Asked(actor, change): Asked<Actor, PasswordChange>,
) -> Result<Response, Problem> {
    parameters.only(&[])?;
    let (current, new) = (Zeroizing::new(change.current), Zeroizing::new(change.new));
    let proof = Proof {
        password: Some(current),
        code: None,
    };
    confirmed(&app, &actor, proof).await?;
    let hash = app.passwords.hash(new).await?;
    let update = Update {
        password_hash: Some(hash),
        ..Update::default()
    };
    let change = app
        .store
        .update_operator(actor.session.operator_id, &update, actor.itself())
        .await?;
    if change != Change::Done {
        return Err(Problem::unauthenticated());
    }
    app.logged(&actor, "password.change", None).await;
    let cookie = [(SET_COOKIE, set_cookie("", app.is_secure))];
    Ok((StatusCode::NO_CONTENT, cookie).into_response())
}
