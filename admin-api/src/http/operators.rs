//! `/operators`: who may sign in.

use std::sync::Arc;

use admin_types::{EndedSessions, NewOperator, OperatorChange, OperatorItem, Page};
use axum::Json as Answer;
use axum::extract::State;
use http::StatusCode;
use zeroize::Zeroizing;

use super::App;
use super::actor::{Actor, Admin, Asked};
use super::parameters::{Id, Parameters};
use super::problem::Problem;
use crate::operator_name::normalised;
use crate::store::operators::{Change, Operator, Totp, Update};

const NAME_FORM: &str = "Expected a name of a-z, 0-9, `.`, `_`, `@` and `-`, at most 64 characters.";

/// Operators by name.
#[utoipa::path(get, operation_id = "operators", path = "/operators", tag = "operators", params(
    ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
    ("limit" = Option<u32>, Query, minimum = 1, maximum = 500, description = "By default 100"),
), responses(
    (status = 200, body = Page<OperatorItem>),
    (status = 400, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 401, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 403, body = admin_types::Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    _: Admin,
    parameters: Parameters,
) -> Result<Answer<Page<OperatorItem>>, Problem> {
    let parameters = parameters.only(&["cursor", "limit"])?;
    let limit = parameters.limit()?;
    let after = parameters.parsed("cursor", NAME_FORM, normalised)?;
    let mut operators = app.store.operators(after.as_deref(), limit + 1).await?;
    let has_more = operators.len() > limit as usize;
    operators.truncate(limit as usize);
    let next_cursor = operators
        .last()
        .filter(|_| has_more)
        .map(|last| last.username.clone());
    Ok(Answer(Page {
        items: operators.iter().map(item).collect(),
        next_cursor,
    }))
}

/// Adds an operator.
#[utoipa::path(post, operation_id = "add_operator", path = "/operators", tag = "operators", request_body = NewOperator, responses(
    (status = 201, body = OperatorItem),
    (status = 400, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 401, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 403, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 409, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 413, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 415, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 422, body = admin_types::Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn add(
    State(app): State<Arc<App>>,
    parameters: Parameters,
    Asked(Admin(actor), new): Asked<Admin, NewOperator>,
) -> Result<(StatusCode, Answer<OperatorItem>), Problem> {
    parameters.only(&[])?;
    let password = Zeroizing::new(new.password);
    let username = normalised(&new.username).ok_or_else(|| Problem::parameter("username", NAME_FORM))?;
    let operator = Operator {
        id: app.clock.fresh_id(),
        username,
        role: new.role,
        password_hash: Some(app.passwords.hash(password).await?),
        is_enabled: true,
        created_at: app.clock.now(),
        totp: Totp::Off,
        external_id: None,
    };
    done(app.store.add_operator(&operator, actor.as_admin()).await?)?;
    app.logged(&actor, "operator.add", Some(operator.username.clone()))
        .await;
    Ok((StatusCode::CREATED, Answer(item(&operator))))
}

/// Changes role, password, or whether somebody may sign in. Its sessions end.
#[utoipa::path(patch, operation_id = "change_operator", path = "/operators/{id}", tag = "operators", params(("id" = Uuid, Path)),
    request_body = OperatorChange, responses(
    (status = 200, body = OperatorItem),
    (status = 400, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 401, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 403, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 404, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 409, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 413, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 415, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 422, body = admin_types::Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    parameters: Parameters,
    Id(id): Id,
    Asked(Admin(actor), change): Asked<Admin, OperatorChange>,
) -> Result<Answer<OperatorItem>, Problem> {
    parameters.only(&[])?;
    if change.password.is_some() && id == actor.session.operator_id {
        return Err(Problem::conflict(
            "own_password",
            "Your own password is changed with the one until now: PUT /session/password.",
        ));
    }
    let update = Update {
        role: change.role,
        is_enabled: change.is_enabled,
        password_hash: match change.password.map(Zeroizing::new) {
            Some(password) => Some(app.passwords.hash(password).await?),
            None => None,
        },
    };
    done(app.store.update_operator(id, &update, actor.as_admin()).await?)?;
    let operator = app.store.operator(id).await?.ok_or_else(Problem::not_found)?;
    app.logged(&actor, "operator.change", Some(operator.username.clone()))
        .await;
    Ok(Answer(item(&operator)))
}

/// Removes an operator and its sessions.
#[utoipa::path(delete, operation_id = "remove_operator", path = "/operators/{id}", tag = "operators", params(("id" = Uuid, Path)), responses(
    (status = 204, description = "Removed."),
    (status = 400, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 401, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 403, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 404, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 409, body = admin_types::Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    Admin(actor): Admin,
    parameters: Parameters,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    parameters.only(&[])?;
    let operator = app.store.operator(id).await?.ok_or_else(Problem::not_found)?;
    done(app.store.delete_operator(id, actor.as_admin()).await?)?;
    app.logged(&actor, "operator.remove", Some(operator.username))
        .await;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends the sessions of an operator: admins those of anybody, others their own.
#[utoipa::path(delete, path = "/operators/{id}/sessions", tag = "operators", params(("id" = Uuid, Path)), responses(
    (status = 200, body = EndedSessions),
    (status = 400, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 401, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 403, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 404, body = admin_types::Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn end_sessions(
    State(app): State<Arc<App>>,
    actor: Actor,
    parameters: Parameters,
    Id(id): Id,
) -> Result<Answer<EndedSessions>, Problem> {
    parameters.only(&[])?;
    let session = &actor.session;
    if session.role != admin_types::Role::Admin && session.operator_id != id {
        app.logged(&actor, "request.refuse_role", None).await;
        return Err(Problem::forbidden());
    }
    let operator = app.store.operator(id).await?.ok_or_else(Problem::not_found)?;
    let ended = app.store.end_sessions_of(id).await?;
    app.logged(&actor, "operator.end_sessions", Some(operator.username))
        .await;
    Ok(Answer(EndedSessions { ended }))
}

fn done(change: Change) -> Result<(), Problem> {
    match change {
        Change::Done => Ok(()),
        Change::NotFound => Err(Problem::not_found()),
        Change::NotPermitted => Err(Problem::unauthenticated()),
        Change::Taken => Err(Problem::conflict(
            "operator_exists",
            "There is an operator of that name.",
        )),
        Change::LastAdmin => Err(Problem::conflict(
            "last_admin",
            "Nobody would be left who may manage operators.",
        )),
    }
}

fn item(operator: &Operator) -> OperatorItem {
    OperatorItem {
        id: operator.id.to_string(),
        username: operator.username.clone(),
        role: operator.role,
        is_enabled: operator.is_enabled,
        has_password: operator.password_hash.is_some(),
        has_totp: matches!(operator.totp, Totp::On { .. }),
        created_at: operator.created_at.to_text(),
    }
}
