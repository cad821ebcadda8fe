//! `GET /oidc/start` and `GET /oidc/callback`: there where a provider is configured.

use std::sync::Arc;

use admin_types::Role;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http::header::{COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::App;
use super::guard::Source;
use super::parameters::Parameters;
use super::problem::Problem;
use super::session::sign_in::begin;
use crate::oidc::{Identity, OidcError, Provider};
use crate::operator_name::normalised;
use crate::store::oidc_attempts::Attempt;
use crate::store::operators::{By, Change, Operator, Totp, Update};

/// Sends the browser to the identity provider.
#[utoipa::path(get, operation_id = "start_oidc", path = "/oidc/start", tag = "session", responses(
    (status = 303, description = "To the identity provider."),
    (status = 400, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 404, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 503, body = admin_types::Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn start(State(app): State<Arc<App>>, parameters: Parameters) -> Result<Response, Problem> {
    parameters.only(&[])?;
    let provider = provider(&app)?;
    let started = provider.start(app.clock).await.map_err(refused)?;
    let attempt = Attempt {
        nonce: started.nonce,
        verifier: started.verifier,
    };
    app.store
        .add_oidc_attempt(&digest(&started.state), &attempt, app.clock.now())
        .await?;
    let headers = [
        (LOCATION, started.url),
        (SET_COOKIE, state_cookie(&started.state, app.is_secure)),
    ];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}

/// Where the identity provider sends the browser back to.
#[utoipa::path(get, operation_id = "finish_oidc", path = "/oidc/callback", tag = "session", params(
    ("code" = String, Query), ("state" = String, Query),
), responses(
    (status = 303, description = "To the console, signed in."),
    (status = 400, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 401, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 404, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 503, body = admin_types::Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn callback(
    State(app): State<Arc<App>>,
    axum::Extension(source): axum::Extension<Source>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let provider = provider(&app)?;
    // Providers add parameters of their own: those are left alone.
    let (code, state) = (parameters.text("code"), parameters.text("state"));
    let (Some(code), Some(state)) = (code, state) else {
        return Err(refuse(&app, source).await);
    };
    // The browser that comes back is the one that was sent: nobody can be signed in as somebody else by a link.
    let shown = shown_state(&headers, app.is_secure);
    let is_same = shown.is_some_and(|shown| bool::from(shown.as_bytes().ct_eq(state.as_bytes())));
    let attempt = match is_same {
        true => {
            app.store
                .take_oidc_attempt(&digest(state), app.clock.now())
                .await?
        }
        false => None,
    };
    let Some(attempt) = attempt else {
        return Err(refuse(&app, source).await);
    };
    let finished = provider
        .finish(code.to_owned(), attempt.nonce, attempt.verifier, app.clock)
        .await;
    let identity = match finished {
        Ok(identity) => identity,
        Err(OidcError::Provider) => return Err(refused(OidcError::Provider)),
        Err(error) => {
            tracing::warn!(%error, "a sign-in at the identity provider is refused");
            return Err(refuse(&app, source).await);
        }
    };
    let Some(operator) = operator_of(&app, identity, source).await? else {
        return Err(refuse(&app, source).await);
    };
    app.metrics.sign_in("signed_in");
    let (cookie, _) = begin(&app, &operator, source, &headers).await?;
    let mut response = (StatusCode::SEE_OTHER, [(LOCATION, "/")]).into_response();
    for cookie in [cookie, state_cookie("", app.is_secure)] {
        let value = cookie.parse().map_err(|_| Problem::internal())?;
        response.headers_mut().append(SET_COOKIE, value);
    }
    Ok(response)
}

fn provider(app: &App) -> Result<&Provider, Problem> {
    app.provider.as_ref().ok_or_else(Problem::not_found)
}

fn refused(error: OidcError) -> Problem {
    tracing::warn!(%error, "the identity provider cannot be asked");
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "provider_unavailable",
        "The identity provider does not answer; try again.",
    )
}

async fn refuse(app: &App, source: Source) -> Problem {
    app.metrics.sign_in("refused");
    app.refused(source, "session.refuse_oidc", None).await;
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "sign_in_refused",
        "The identity provider's answer does not sign you in here: start again, or ask for a role.",
    )
}

/// The operator that somebody is, with the role that the provider gives now; none when it may not sign in. Whoever has no
/// role there any more has no session here either.
async fn operator_of(app: &App, identity: Identity, source: Source) -> Result<Option<Operator>, Problem> {
    let known = app.store.operator_of_external(&identity.external_id).await?;
    let Some(role) = identity.role else {
        if let Some(operator) = known
            && app.store.end_sessions_of(operator.id).await? > 0
        {
            by_provider(app, "operator.end_sessions", &operator.username, source).await;
        }
        return Ok(None);
    };
    let Some(operator) = known else {
        return add(app, identity, role, source).await;
    };
    if operator.role != role {
        let update = Update {
            role: Some(role),
            ..Update::default()
        };
        if app
            .store
            .update_operator(operator.id, &update, By::Nobody)
            .await?
            != Change::Done
        {
            return Ok(None);
        }
        by_provider(app, "operator.change", &operator.username, source).await;
    }
    Ok(Some(Operator { role, ..operator }).filter(|operator| operator.is_enabled))
}

async fn add(app: &App, identity: Identity, role: Role, source: Source) -> Result<Option<Operator>, Problem> {
    let tag = data_encoding::HEXLOWER.encode(&digest(&identity.external_id)[..4]);
    let wish = identity.name.as_deref().and_then(normalised);
    let mut operator = Operator {
        id: app.clock.fresh_id(),
        username: wish.unwrap_or_else(|| format!("oidc-{tag}")),
        role,
        password_hash: None,
        is_enabled: true,
        created_at: app.clock.now(),
        totp: Totp::Off,
        external_id: Some(identity.external_id),
    };
    let mut change = app.store.add_operator(&operator, By::Nobody).await?;
    if change == Change::Taken {
        // The name is somebody else's already, and stays so.
        operator.username = format!("oidc-{tag}");
        change = app.store.add_operator(&operator, By::Nobody).await?;
    }
    if change != Change::Done {
        return Ok(None);
    }
    by_provider(app, "operator.add", &operator.username, source).await;
    Ok(Some(operator))
}

/// The actor is the identity provider; the name cannot be an operator's.
async fn by_provider(app: &App, action: &'static str, username: &str, source: Source) {
    let actor = Some("(identity provider)".to_owned());
    app.write_down(actor, action, Some(username.to_owned()), source)
        .await;
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

const fn cookie_name(is_secure: bool) -> &'static str {
    if is_secure {
        "__Host-bauta_oidc"
    } else {
        "bauta_oidc"
    }
}

/// Lax: the browser comes back from another site.
fn state_cookie(state: &str, is_secure: bool) -> String {
    let name = cookie_name(is_secure);
    let age = if state.is_empty() { 0 } else { 600 };
    let secure = if is_secure { "; Secure" } else { "" };
    format!("{name}={state}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}")
}

fn shown_state(headers: &HeaderMap, is_secure: bool) -> Option<&str> {
    let name = cookie_name(is_secure);
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}
