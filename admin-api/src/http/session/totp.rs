//! `POST` and `DELETE /session/totp`: the second factor.

use std::sync::Arc;

use admin_types::{TotpConfirmation, TotpEnrolment};
use axum::extract::State;
use http::StatusCode;
use zeroize::Zeroizing;

use super::{Proof, confirmed};
use crate::http::App;
use crate::http::actor::{Actor, Asked};
use crate::http::parameters::Parameters;
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
    parameters: Parameters,
    Asked(actor, request): Asked<Actor, TotpConfirmation>,
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
            let proof = Proof {
                password: Some(Zeroizing::new(password)),
                code: None,
            };
            confirmed(&app, &actor, proof).await?;
            let enrolment = crate::totp::fresh(&actor.session.username).map_err(|_| Problem::internal())?;
            let pending = Totp::Pending(enrolment.secret.to_string());
            set(&app, &actor, &pending).await?;
            TotpEnrolment {
                secret: Some(enrolment.secret.to_string()),
                url: Some(enrolment.url.to_string()),
                is_confirmed: false,
            }
        }
        (None, Some(code), Totp::Pending(secret)) => {
            let proof = Proof {
                password: None,
                code: Some((&secret, &code)),
            };
            let last_step = confirmed(&app, &actor, proof).await?.unwrap_or_default();
            set(&app, &actor, &Totp::On { secret, last_step }).await?;
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
    parameters: Parameters,
    Asked(actor, request): Asked<Actor, TotpConfirmation>,
) -> Result<StatusCode, Problem> {
    parameters.only(&[])?;
    let operator = of(&app, &actor).await?;
    let Totp::On { secret, .. } = operator.totp else {
        return Err(Problem::not_found());
    };
    let proof = Proof {
        password: Some(Zeroizing::new(request.password.unwrap_or_default())),
        code: Some((&secret, request.code.as_deref().unwrap_or_default())),
    };
    confirmed(&app, &actor, proof).await?;
    set(&app, &actor, &Totp::Off).await?;
    app.logged(&actor, "totp.remove", None).await;
    Ok(StatusCode::NO_CONTENT)
}

async fn of(app: &App, actor: &Actor) -> Result<Operator, Problem> {
    let found = app.store.operator(actor.session.operator_id).await?;
    found.ok_or_else(Problem::unauthenticated)
}

async fn set(app: &App, actor: &Actor, totp: &Totp) -> Result<(), Problem> {
    let (id, by) = (actor.session.operator_id, actor.itself());
    if app.store.set_totp(id, totp, by).await? {
        Ok(())
    } else {
        Err(Problem::unauthenticated())
    }
}
