//! Who asks: the session behind the cookie, and what its role permits.

use std::sync::Arc;
use std::time::Duration;

use admin_types::Role;
use axum::extract::{FromRequest, FromRequestParts, Request};
use data_encoding::BASE64URL_NOPAD;
use http::header::{COOKIE, HeaderMap, HeaderName};
use http::request::Parts;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::App;
use super::guard::Source;
use super::parameters::Json;
use super::problem::Problem;
use crate::store::operators::By;
use crate::store::sessions::{Digest, Session};

/// A request that the console makes by itself: the operator may be gone.
pub(crate) const BACKGROUND: HeaderName = HeaderName::from_static("x-bauta-background");
/// Activity is written down no more often than this.
const ACTIVITY: Duration = Duration::from_secs(10);
const TOKEN: usize = 32;

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Actor {
    pub(crate) session: Session,
    pub(crate) source: Source,
}

impl Actor {
    /// What this session does as an admin.
    pub(crate) const fn as_admin(&self) -> By<'_> {
        By::Admin(&self.session.digest)
    }

    /// What it does to its own operator.
    pub(crate) const fn itself(&self) -> By<'_> {
        By::Own(&self.session.digest)
    }
}

/// Somebody who manages operators.
#[derive(Clone, Debug)]
pub(crate) struct Admin(pub(crate) Actor);

impl FromRequestParts<Arc<App>> for Actor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let source = *parts.extensions.get::<Source>().ok_or_else(Problem::internal)?;
        let now = app.clock.now();
        let session = match digest_of(&parts.headers, app.is_secure) {
            Some(digest) => app.store.session(&digest, now).await?,
            None => None,
        };
        let Some(session) = session else {
            app.refused(source, "request.refuse_session", None).await;
            return Err(Problem::unauthenticated());
        };
        let is_activity = !parts.headers.contains_key(&BACKGROUND) && !parts.uri.path().ends_with("/live");
        let mut session = session;
        if is_activity && session.active_at < now.minus(ACTIVITY) {
            app.store.touch_session(&session.digest, now).await?;
            session.active_at = now;
        }
        Ok(Self { session, source })
    }
}

impl FromRequestParts<Arc<App>> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let actor = Actor::from_request_parts(parts, app).await?;
        if actor.session.role != Role::Admin {
            app.logged(&actor, "request.refuse_role", None).await;
            return Err(Problem::forbidden());
        }
        Ok(Self(actor))
    }
}

/// Who asks for what. The session is looked at before the body is read, and again when all of it is there: it may have
/// ended meanwhile.
pub(crate) struct Asked<A, T>(pub(crate) A, pub(crate) T);

impl<A, T> FromRequest<Arc<App>> for Asked<A, T>
where
    A: FromRequestParts<Arc<App>, Rejection = Problem> + Send,
    T: DeserializeOwned + Send,
{
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        drop(A::from_request_parts(&mut parts, app).await?);
        let request = Request::from_parts(parts.clone(), body);
        let Json(asked) = Json::from_request(request, app).await?;
        Ok(Self(A::from_request_parts(&mut parts, app).await?, asked))
    }
}

/// The digest of the session token that a request shows; none for anything that is not exactly one of ours.
pub(crate) fn digest_of(headers: &HeaderMap, is_secure: bool) -> Option<Digest> {
    let name = cookie_name(is_secure);
    let mut found = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(key, _)| *key == name);
    let (Some((_, value)), None) = (found.next(), found.next()) else {
        return None;
    };
    let token = BASE64URL_NOPAD
        .decode(value.as_bytes())
        .ok()
        .map(Zeroizing::new)?;
    (token.len() == TOKEN).then(|| Sha256::digest(token.as_slice()).into())
}

/// A browser takes a `__Host-` cookie from this very host over TLS alone.
pub(crate) const fn cookie_name(is_secure: bool) -> &'static str {
    if is_secure {
        "__Host-bauta_session"
    } else {
        "bauta_session"
    }
}

/// A fresh session token: what the cookie holds, and its digest.
pub(crate) fn fresh_token() -> Result<(Zeroizing<String>, Digest), Problem> {
    let token = Zeroizing::new(crate::random::bytes::<TOKEN>().map_err(|_| Problem::internal())?);
    let digest = Sha256::digest(token.as_slice()).into();
    Ok((Zeroizing::new(BASE64URL_NOPAD.encode(token.as_slice())), digest))
}

/// `Set-Cookie` for a token; an empty one ends the cookie.
pub(crate) fn set_cookie(token: &str, is_secure: bool) -> String {
    let name = cookie_name(is_secure);
    let age = if token.is_empty() { "; Max-Age=0" } else { "" };
    let secure = if is_secure { "; Secure" } else { "" };
    format!("{name}={token}; Path=/; HttpOnly; SameSite=Strict{secure}{age}")
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn cookies(text: &str) -> HeaderMap {
        HeaderMap::from_iter([(COOKIE, HeaderValue::from_str(text).unwrap())])
    }

    #[test]
    fn a_cookie_leads_to_its_digest() {
        let (token, digest) = fresh_token().unwrap();
        let header = cookies(&format!("theme=dark; __Host-bauta_session={}", *token));
        assert_eq!(digest_of(&header, true), Some(digest));
        assert_eq!(digest_of(&header, false), None);
        let twice = cookies(&format!("bauta_session={0}; bauta_session={0}", *token));
        for bad in [
            twice,
            cookies("bauta_session="),
            cookies("bauta_session=AAAA"),
            HeaderMap::new(),
        ] {
            assert_eq!(digest_of(&bad, false), None);
        }
    }

    #[test]
    fn cookies_are_strict() {
        assert_eq!(
            set_cookie("abc", true),
            "__Host-bauta_session=abc; Path=/; HttpOnly; SameSite=Strict; Secure"
        );
        assert!(set_cookie("", false).ends_with("Max-Age=0"));
    }
}
