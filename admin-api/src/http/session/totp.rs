//! `POST` and `DELETE /session/totp`: the second factor.

use std::sync::Arc;

use admin_types::{TotpConfirmation, TotpEnrolment};
use axum::extract::State;
use http::StatusCode;
use zeroize::Zeroizing;

use super::confirmed;
use crate::http::App;
use crate::http::actor::Actor;
use crate::http::parameters::{Json, Parameters};
use crate::http::problem::Problem;
use crate::store::operators::{Operator, Totp};

/// With the password it makes a secret and shows it once; with a code it confirms it, and asks for codes from then on.
#[utoipa::path(post, operation_id = "enrol_totp", path = "/session/totp", tag = "session", request_body = TotpConfirmation, responses(
    (status = 200, body = TotpEnrolment),
    (status = 400, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 401, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 403, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 409, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 413, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 415, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 422, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 429, body = admin_types::Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn enrol(
    State(app): State<Arc<App>>,
    actor: Actor,
    parameters: Parameters,
    Json(request): Json<TotpConfirmation>,
) -> Result<axum::Json<TotpEnrolment>, Problem> {
    parameters.only(&[])?;
    let operator = of(&app, &actor).await?;
    let enrolment = match (request.password, request.code, operator.totp) {
        (_, _, Totp::On { .. }) => {
            return Err(Problem::conflict(
                "totp_exists",
                "There is a second factor already: remove it first.",
            ));
        }
        (Some(password), None, _) => {
            confirmed(&app, &actor, Zeroizing::new(password)).await?;
            let enrolment = crate::totp::fresh(&actor.session.username).map_err(|_| Problem::internal())?;
            app.store
                .set_totp(operator.id, &Totp::Pending(enrolment.secret.to_string()))
                .await?;
            TotpEnrolment {
                secret: Some(enrolment.secret.to_string()),
                url: Some(enrolment.url.to_string()),
                is_confirmed: false,
            }
        }
        (None, Some(code), Totp::Pending(secret)) => {
            let step = crate::totp::step_of(&secret, &code, app.clock.now()).ok_or_else(wrong_code)?;
            app.store
                .set_totp(
                    operator.id,
                    &Totp::On {
                        secret,
                        last_step: step,
                    },
                )
                .await?;
            app.logged(&actor, "totp.enrol", None).await;
            TotpEnrolment {
                secret: None,
                url: None,
                is_confirmed: true,
            }
        }
        _ => {
            return Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "totp_order",
                "First send the password, which makes a secret, then a code of it.",
            ));
        }
    };
    Ok(axum::Json(enrolment))
}

/// Removes the second factor.
#[utoipa::path(delete, operation_id = "remove_totp", path = "/session/totp", tag = "session", request_body = TotpConfirmation, responses(
    (status = 204, description = "Removed."),
    (status = 400, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 401, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 403, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 404, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 413, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 415, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 422, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 429, body = admin_types::Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    actor: Actor,
    parameters: Parameters,
    Json(request): Json<TotpConfirmation>,
) -> Result<StatusCode, Problem> {
    parameters.only(&[])?;
    let operator = of(&app, &actor).await?;
    let Totp::On { secret, .. } = operator.totp else {
        return Err(Problem::not_found());
    };
    confirmed(&app, &actor, Zeroizing::new(request.password.unwrap_or_default())).await?;
    let code = request.code.unwrap_or_default();
    let step = crate::totp::step_of(&secret, &code, app.clock.now()).ok_or_else(wrong_code)?;
    if !app.store.use_totp_step(operator.id, step).await? {
        return Err(wrong_code());
    }
    app.store.set_totp(operator.id, &Totp::Off).await?;
    app.logged(&actor, "totp.remove", None).await;
    Ok(StatusCode::NO_CONTENT)
}

async fn of(app: &App, actor: &Actor) -> Result<Operator, Problem> {
    let found = app.store.operator(actor.session.operator_id).await?;
    found.ok_or_else(Problem::unauthenticated)
}

fn wrong_code() -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "totp_wrong",
        "The code is not right, or was used before.",
    )
}
