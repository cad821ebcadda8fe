//! Signing in and out, and what an operator changes about itself.

pub(crate) mod me;
pub(crate) mod methods;
pub(crate) mod password;
pub(crate) mod sign_in;
pub(crate) mod sign_out;
pub(crate) mod totp;

use zeroize::Zeroizing;

use super::App;
use super::actor::Actor;
use super::problem::Problem;
use crate::password::Verdict;
use crate::store::throttle::Counted;

/// Failures of a signed-in operator that cost nothing.
const FREE: i64 = 5;

/// Whether whoever is signed in knows the password: a session that was left open must not be enough to change it. Counted
/// like an attempt to sign in, apart from those: nobody outside can use up an operator's attempts here.
async fn confirmed(app: &App, actor: &Actor, password: Zeroizing<String>) -> Result<(), Problem> {
    let counted = |kind: &str| Counted {
        key: sign_in::digest(kind, &actor.session.operator_id.to_string()),
        free: FREE,
    };
    let (account, session) = (counted("confirm"), counted("confirm-session"));
    let attempt = app
        .store
        .begin_attempt([account, session], app.clock.now())
        .await?;
    if let Some(wait) = attempt {
        return Err(Problem::throttled(wait));
    }
    let operator = app.store.operator(actor.session.operator_id).await?;
    let stored = operator.and_then(|operator| operator.password_hash);
    if app.passwords.verify(stored, password).await? == Verdict::Wrong {
        app.logged(actor, "password.refuse", None).await;
        return Err(Problem::new(
            http::StatusCode::UNPROCESSABLE_ENTITY,
            "password_wrong",
            "The password is not right.",
        ));
    }
    app.store.clear_attempt(&account, &session).await?;
    Ok(())
}
