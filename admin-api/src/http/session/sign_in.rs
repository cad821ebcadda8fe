//! `POST /session`.

use std::sync::Arc;
use std::time::Duration;

use admin_types::{SignIn, SignedIn};
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http::header::{HeaderMap, SET_COOKIE};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::clock::Moment;
use crate::http::App;
use crate::http::actor::{digest_of, fresh_token, set_cookie};
use crate::http::guard::Source;
use crate::http::parameters::{Json, Parameters};
use crate::http::problem::Problem;
use crate::operator_name::normalised;
use crate::password::Verdict;
use crate::store::operators::{Operator, Totp};
use crate::store::sessions::{ABSOLUTE, IDLE};
use crate::store::throttle::Counted;

/// Failures that cost nothing.
const FREE_OF_ACCOUNT: i64 = 5;
const FREE_OF_SOURCE: i64 = 20;
/// How long an address is known that an operator signed in from.
const REMEMBERED: Duration = Duration::from_secs(30 * 86_400);
/// No password is longer, in bytes.
const MAX_PASSWORD: usize = 1024;

/// Begins a session. Why it is refused is not told apart, but for a missing code of the second factor.
#[utoipa::path(post, path = "/session", tag = "session", request_body = SignIn, responses(
    (status = 200, body = SignedIn, description = "The cookie comes with it."),
    (status = 400, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 401, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 403, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 413, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 415, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 429, body = admin_types::Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn sign_in(
    State(app): State<Arc<App>>,
    axum::Extension(source): axum::Extension<Source>,
    parameters: Parameters,
    headers: HeaderMap,
    Json(request): Json<SignIn>,
) -> Result<Response, Problem> {
    parameters.only(&[])?;
    let SignIn {
        username,
        password,
        totp,
    } = request;
    let password = Zeroizing::new(password);
    let username = normalised(&username);
    let now = app.clock.now();
    let account = Counted {
        key: account_key(&app, username.as_deref().unwrap_or_default(), source, now).await?,
        free: FREE_OF_ACCOUNT,
    };
    let from = Counted {
        key: digest("source", &source.network()),
        free: FREE_OF_SOURCE,
    };
    if let Some(wait) = app.store.begin_attempt([account, from], now).await? {
        app.metrics.sign_in("throttled");
        app.refused(source, "session.throttle", None).await;
        return Err(Problem::throttled(wait));
    }
    let operator = match &username {
        Some(name) => app.store.operator_named(name).await?,
        None => None,
    };
    match checked(&app, operator.as_ref(), password, totp.as_deref()).await? {
        Checked::Right => {}
        Checked::CodeMissing => {
            app.metrics.sign_in("totp_required");
            // No failure; neither a success, which would give whoever guesses codes a fresh start.
            app.store.take_back_attempt(&[account, from]).await?;
            return Err(Problem::new(
                StatusCode::UNAUTHORIZED,
                "totp_required",
                "A code of the second factor is needed.",
            ));
        }
        Checked::Wrong => {
            app.metrics.sign_in("refused");
            // A name that nobody has may be a password that was typed into the wrong field.
            let target = operator.map(|operator| operator.username);
            app.refused(source, "session.refuse", target).await;
            return Err(if app.store.has_operators().await? {
                Problem::sign_in_refused()
            } else {
                Problem::no_operator()
            });
        }
    }
    let Some(operator) = operator else {
        return Err(Problem::sign_in_refused());
    };
    app.store.clear_attempt(&account, &from).await?;
    app.metrics.sign_in("signed_in");
    let (cookie, signed_in) = begin(&app, &operator, source, &headers).await?;
    Ok(([(SET_COOKIE, cookie)], axum::Json(signed_in)).into_response())
}

/// By what attempts at an account are counted: where its operator has signed in before, those from there apart from all
/// others. Whoever guesses elsewhere cannot keep the operator out.
async fn account_key(app: &App, username: &str, source: Source, now: Moment) -> Result<[u8; 32], Problem> {
    let address = source.0.to_string();
    let is_known = app
        .store
        .has_signed_in(username, &address, now.minus(REMEMBERED))
        .await?;
    Ok(if is_known {
        digest("account at", &format!("{address} {username}"))
    } else {
        digest("account", username)
    })
}

/// Begins a session of an operator that has proved itself, with a token that nobody saw before; the one that the browser
/// showed ends.
pub(crate) async fn begin(
    app: &App,
    operator: &Operator,
    source: Source,
    headers: &HeaderMap,
) -> Result<(String, SignedIn), Problem> {
    let now = app.clock.now();
    let (token, digest) = fresh_token()?;
    let previous = digest_of(headers, app.is_secure);
    app.store
        .begin_session(operator.id, app.clock.fresh_id(), &digest, previous.as_ref(), now)
        .await?;
    app.write_down(Some(operator.username.clone()), "session.begin", None, source)
        .await;
    let signed_in = SignedIn {
        operator: operator.username.clone(),
        role: operator.role,
        expires_at: now.plus(IDLE.min(ABSOLUTE)).to_text(),
    };
    Ok((set_cookie(&token, app.is_secure), signed_in))
}

enum Checked {
    Right,
    Wrong,
    /// The password is right.
    CodeMissing,
}

/// Takes as long for a name that nobody has.
async fn checked(
    app: &App,
    operator: Option<&Operator>,
    password: Zeroizing<String>,
    code: Option<&str>,
) -> Result<Checked, Problem> {
    if password.len() > MAX_PASSWORD {
        return Ok(Checked::Wrong);
    }
    let stored = operator
        .filter(|operator| operator.is_enabled)
        .and_then(|operator| operator.password_hash.clone());
    let verdict = app.passwords.verify(stored, password).await?;
    let Some(operator) = operator else {
        return Ok(Checked::Wrong);
    };
    if verdict == Verdict::Wrong {
        return Ok(Checked::Wrong);
    }
    if let Totp::On { secret, .. } = &operator.totp {
        let Some(code) = code else {
            return Ok(Checked::CodeMissing);
        };
        let Some(step) = crate::totp::step_of(secret, code, app.clock.now()) else {
            return Ok(Checked::Wrong);
        };
        // A code that was seen on its way is worth nothing a second time.
        if !app.store.use_totp_step(operator.id, step).await? {
            return Ok(Checked::Wrong);
        }
    }
    if let (Verdict::Upgraded(stronger), Some(old)) = (&verdict, &operator.password_hash) {
        app.store.upgrade_hash(operator.id, old, stronger).await?;
    }
    Ok(Checked::Right)
}

pub(super) fn digest(kind: &str, text: &str) -> [u8; 32] {
    Sha256::new()
        .chain_update(kind)
        .chain_update([0])
        .chain_update(text)
        .finalize()
        .into()
}
