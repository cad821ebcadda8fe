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

/// What whoever is signed in has to know: a session that was left open must not be enough.
struct Proof<'a> {
    password: Option<Zeroizing<String>>,
    /// The secret of a second factor, and a code of it.
    code: Option<(&'a str, &'a str)>,
}

/// Whether the proof is right; gives the step of its code. Counted like an attempt to sign in, apart from those: nobody
/// outside can use up an operator's attempts here. Only a proof that is right in whole is no failure.
async fn confirmed(app: &App, actor: &Actor, proof: Proof<'_>) -> Result<Option<i64>, Problem> {
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
    if let Some(password) = proof.password {
        let operator = app.store.operator(actor.session.operator_id).await?;
        let stored = operator.and_then(|operator| operator.password_hash);
        if app.passwords.verify(stored, password).await? == Verdict::Wrong {
            app.logged(actor, "password.refuse", None).await;
            return Err(wrong("password_wrong", "The password is not right."));
        }
    }
    let mut used = None;
    if let Some((secret, code)) = proof.code {
        let step = crate::totp::step_of(secret, code, app.clock.now());
        used = match step {
            Some(step) if app.store.use_totp_step(actor.session.operator_id, step).await? => Some(step),
            _ => {
                app.logged(actor, "totp.refuse", None).await;
                return Err(wrong("totp_wrong", "The code is not right, or was used before."));
            }
        };
    }
    app.store.clear_attempt(&account, &session).await?;
    Ok(used)
}

fn wrong(code: &'static str, detail: &'static str) -> Problem {
    Problem::new(http::StatusCode::UNPROCESSABLE_ENTITY, code, detail)
}
