//! Who a caller is: the id of its gateway key, or a keyed hash of the credential that it passes through; for what is
//! kept between turns also its upstream, which alone can tell whether a credential is what it says.

use std::fmt;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use http::HeaderMap;
use masking::{MasterKey, Scope};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use crate::config::{Anonymous, Auth, GatewayKey, ScopeRule};
use crate::error::GatewayError;
use crate::upstream::headers::credentials;

/// Sessions are named by UUIDs and the like; the name is hashed with each placeholder's scope.
const MAX_SESSION: usize = 256;

/// Keyed hash of who asks, 16 hex digits: the same in audit events and logs, of no use elsewhere.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub(crate) struct CallerId(String);

impl CallerId {
    fn of(key: &[u8; 32]) -> Self {
        Self(HEXLOWER.encode(&key[..8]))
    }

    /// For turns that were refused before their caller was known.
    pub(crate) fn unknown(master: &MasterKey) -> Self {
        Self::of(&master.derive("caller: unknown", b""))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CallerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A caller that may go on.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) id: CallerId,
    /// The whole keyed hash: what placeholders are bound to.
    pub(crate) key: [u8; 32],
    /// What is kept for it at its upstream.
    pub(crate) owner: Owner,
    /// Whether it can be told from others when it comes back.
    pub(crate) returns: bool,
}

#[cfg(test)]
impl Caller {
    /// A caller of tests.
    pub(crate) fn named(name: &str) -> Self {
        let key = MasterKey::new([1; 32]).derive("caller", name.as_bytes());
        Self {
            id: CallerId::of(&key),
            key,
            owner: Owner(key),
            returns: true,
        }
    }
}

/// A caller at one upstream: who chains belong to, and whose share of the room they take.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Owner(pub(crate) [u8; 32]);

impl fmt::Debug for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Owner(..)")
    }
}

/// A request whose caller is asked for.
pub(crate) struct Asking<'a> {
    pub(crate) headers: &'a HeaderMap,
    /// The name of the upstream that it is for.
    pub(crate) upstream: &'a str,
    /// Whether that one is known to check tokens.
    pub(crate) verifies_tokens: bool,
    pub(crate) turn: Uuid,
}

/// Recognises callers.
pub(crate) struct Callers {
    auth: Auth,
    anonymous: Anonymous,
    keys: Vec<GatewayKey>,
    scope: ScopeRule,
    session_header: http::HeaderName,
}

impl Callers {
    pub(crate) fn new(
        auth: Auth,
        anonymous: Anonymous,
        keys: Vec<GatewayKey>,
        scope: ScopeRule,
        session_header: http::HeaderName,
    ) -> Self {
        Self {
            auth,
            anonymous,
            keys,
            scope,
            session_header,
        }
    }

    /// Whether the caller's own credential goes upstream.
    pub(crate) fn pass_credentials(&self) -> bool {
        self.auth == Auth::Passthrough
    }

    /// Who asks.
    ///
    /// # Errors
    /// With gateway keys, when none of them is shown.
    pub(crate) fn recognise(&self, asking: &Asking<'_>, master: &MasterKey) -> Result<Caller, GatewayError> {
        let shown: Vec<&[u8]> = credentials(asking.headers)
            .into_iter()
            .map(|value| without_scheme(value.as_bytes()))
            .filter(|value| !value.is_empty())
            .collect();
        let mut returns = true;
        let key = match (self.auth, &*shown) {
            (Auth::GatewayKeys, _) => {
                let id = shown
                    .first()
                    .and_then(|shown| self.gateway_key(shown))
                    .ok_or(GatewayError::GatewayKey)?;
                master.derive("caller: gateway key", id.as_bytes())
            }
            (Auth::Passthrough, []) => {
                returns = self.anonymous == Anonymous::Shared;
                master.derive("caller: anonymous", b"")
            }
            (Auth::Passthrough, [token]) => {
                // Anybody can write a token: its words count only where somebody reads its signature.
                match Subject::of_jwt(token).filter(|_| asking.verifies_tokens) {
                    Some(subject) => master.derive("caller: token subject", &subject.to_bytes()),
                    None => master.derive("caller: credential", token),
                }
            }
            // There is no telling which of them the upstream believes: only all together name the caller.
            (Auth::Passthrough, several) => master.derive("caller: credentials", &several.join(&0)),
        };
        let upstream = asking.upstream.as_bytes();
        let owner = if returns {
            master.derive("owner", &[&key[..], upstream].concat())
        } else {
            master.derive(
                "owner: of one turn",
                &[&asking.turn.as_bytes()[..], upstream].concat(),
            )
        };
        Ok(Caller {
            id: CallerId::of(&key),
            key,
            owner: Owner(owner),
            returns,
        })
    }

    /// The scope whose requests share placeholders.
    pub(crate) fn scope(&self, caller: &Caller, headers: &HeaderMap, turn: Uuid) -> Scope {
        let caller = HEXLOWER.encode(&caller.key);
        match self.scope {
            ScopeRule::Caller => Scope::new(&caller),
            ScopeRule::Request => Scope::new(&format!("{caller} request {turn}")),
            ScopeRule::Session => match headers
                .get(&self.session_header)
                .and_then(|value| value.to_str().ok())
            {
                Some(session) if (1..=MAX_SESSION).contains(&session.len()) => {
                    Scope::new(&format!("{caller} session {session}"))
                }
                // Without a session nothing is shared: the narrow reading is the safe one.
                _ => Scope::new(&format!("{caller} request {turn}")),
            },
        }
    }

    /// Compares with every key, in a time that does not tell which one was near.
    fn gateway_key(&self, shown: &[u8]) -> Option<&str> {
        let digest: [u8; 32] = Sha256::digest(shown).into();
        let mut found = None;
        for key in &self.keys {
            if bool::from(key.sha256.ct_eq(&digest)) {
                found = Some(key.id.as_str());
            }
        }
        found
    }
}

/// `Bearer x` and `x` are one credential, and `Bearer` alone is none.
fn without_scheme(value: &[u8]) -> &[u8] {
    let value = value.trim_ascii();
    match value.split_at_checked(6) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case(b"bearer") => match rest {
            [] => rest,
            [b' ' | b'\t', ..] => rest.trim_ascii(),
            _ => value,
        },
        _ => value,
    }
}

/// Issuer and subject of a JWT. The token itself rotates hourly; a scope that changed with it would break
/// conversations. It is not verified here: that is the upstream's part, where a forged one gets no answer.
#[derive(Deserialize)]
struct Subject {
    iss: String,
    sub: String,
}

impl Subject {
    fn of_jwt(token: &[u8]) -> Option<Self> {
        let mut parts = token.split(|b| *b == b'.');
        let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let payload = BASE64URL_NOPAD.decode(payload).ok()?;
        serde_json::from_slice(&payload).ok()
    }

    fn to_bytes(&self) -> Vec<u8> {
        [self.iss.as_bytes(), b"\0", self.sub.as_bytes()].concat()
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn callers(auth: Auth, keys: &[(&str, &str)], scope: ScopeRule) -> Callers {
        let keys = keys
            .iter()
            .map(|(id, key)| GatewayKey {
                id: (*id).to_owned(),
                sha256: Sha256::digest(key).into(),
            })
            .collect();
        Callers::new(
            auth,
            Anonymous::Shared,
            keys,
            scope,
            http::HeaderName::from_static("x-bauta-session"),
        )
    }

    fn shown(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", HeaderValue::from_str(value).unwrap());
        headers
    }

    fn jwt(payload: &str, signature: &str) -> String {
        format!(
            "Bearer e30.{}.{signature}",
            BASE64URL_NOPAD.encode(payload.as_bytes())
        )
    }

    fn asking(headers: &HeaderMap) -> Asking<'_> {
        Asking {
            headers,
            upstream: "openai",
            verifies_tokens: true,
            turn: Uuid::from_u128(1),
        }
    }

    fn recognised(callers: &Callers, asking: &Asking<'_>) -> Caller {
        callers.recognise(asking, &MasterKey::new([1; 32])).unwrap()
    }

    fn id(callers: &Callers, headers: &HeaderMap) -> Result<CallerId, GatewayError> {
        callers
            .recognise(&asking(headers), &MasterKey::new([1; 32]))
            .map(|caller| caller.id)
    }

    #[test]
    fn credentials_tell_callers_apart() {
        let callers = callers(Auth::Passthrough, &[], ScopeRule::Caller);
        let one = id(&callers, &shown("Bearer sk-one")).unwrap();
        assert_eq!(one.as_str().len(), 16);
        assert_ne!(one, id(&callers, &shown("Bearer sk-two")).unwrap());
        assert_ne!(one, id(&callers, &HeaderMap::new()).unwrap());
        let mut by_key = HeaderMap::new();
        by_key.insert("x-api-key", HeaderValue::from_static("sk-one"));
        assert_eq!(one, id(&callers, &by_key).unwrap());
    }

    #[test]
    fn a_rotated_token_is_the_same_caller() {
        let callers = callers(Auth::Passthrough, &[], ScopeRule::Caller);
        let first = jwt(r#"{"iss":"https://i.example","sub":"user-1","exp":1}"#, "c2ln");
        let later = jwt(r#"{"iss":"https://i.example","sub":"user-1","exp":2}"#, "b3RoZXI");
        let other = jwt(r#"{"iss":"https://i.example","sub":"user-2","exp":1}"#, "c2ln");
        let one = id(&callers, &shown(&first)).unwrap();
        assert_eq!(one, id(&callers, &shown(&later)).unwrap());
        assert_ne!(one, id(&callers, &shown(&other)).unwrap());
        // Without a subject the token itself counts.
        let bare = jwt(r#"{"iss":"https://i.example"}"#, "c2ln");
        let bare_later = jwt(r#"{"iss":"https://i.example"}"#, "b3RoZXI");
        assert_ne!(
            id(&callers, &shown(&bare)).unwrap(),
            id(&callers, &shown(&bare_later)).unwrap()
        );
    }

    #[test]
    fn a_token_speaks_for_itself_where_nobody_checks_it() {
        let callers = callers(Auth::Passthrough, &[], ScopeRule::Caller);
        let theirs = shown(&jwt(r#"{"iss":"https://i.example","sub":"user-1"}"#, "c2ln"));
        let forged = shown(&jwt(r#"{"iss":"https://i.example","sub":"user-1"}"#, ""));
        let at = |headers, verifies_tokens| {
            let asking = Asking {
                verifies_tokens,
                ..asking(headers)
            };
            recognised(&callers, &asking)
        };
        assert_eq!(at(&theirs, true).owner, at(&forged, true).owner);
        assert_ne!(at(&theirs, false).owner, at(&forged, false).owner);
        assert_ne!(at(&theirs, false).key, at(&forged, false).key);
    }

    #[test]
    fn chains_belong_to_a_caller_at_its_upstream_and_placeholders_to_the_caller() {
        let callers = callers(Auth::Passthrough, &[], ScopeRule::Caller);
        let headers = shown("Bearer sk-one");
        let elsewhere = Asking {
            upstream: "groq",
            ..asking(&headers)
        };
        let (here, there) = (
            recognised(&callers, &asking(&headers)),
            recognised(&callers, &elsewhere),
        );
        assert_ne!(here.owner, there.owner);
        assert_eq!((here.key, here.id), (there.key, there.id));
    }

    #[test]
    fn callers_without_a_credential_share_chains_where_the_operator_says_so() {
        let (nobody, mut callers) = (
            HeaderMap::new(),
            callers(Auth::Passthrough, &[], ScopeRule::Caller),
        );
        let turn = |callers: &Callers, turn| {
            let turn = Uuid::from_u128(turn);
            recognised(
                callers,
                &Asking {
                    turn,
                    ..asking(&nobody)
                },
            )
        };
        let (one, other) = (turn(&callers, 1), turn(&callers, 2));
        assert!(one.returns && one.owner == other.owner);
        callers.anonymous = Anonymous::Separate;
        let (one, other) = (turn(&callers, 1), turn(&callers, 2));
        assert!(!one.returns && one.owner != other.owner);
        assert_eq!(one.id, other.id, "in audit events they are one");
    }

    #[test]
    fn a_forged_token_beside_a_key_is_another_caller() {
        let callers = callers(Auth::Passthrough, &[], ScopeRule::Caller);
        let theirs = shown(&jwt(r#"{"iss":"https://i.example","sub":"user-1"}"#, "c2ln"));
        let theirs_id = id(&callers, &theirs).unwrap();
        let own_key = HeaderValue::from_static("sk-own");
        let mut beside = theirs.clone();
        beside.insert("api-key", own_key.clone());
        assert_ne!(theirs_id, id(&callers, &beside).unwrap());
        // Nor where the forged one does not reach the upstream.
        beside.insert("connection", HeaderValue::from_static("authorization"));
        let mut only_key = HeaderMap::new();
        only_key.insert("api-key", own_key.clone());
        assert_eq!(id(&callers, &only_key).unwrap(), id(&callers, &beside).unwrap());
        let mut twice = theirs;
        twice.append("authorization", own_key);
        assert_ne!(theirs_id, id(&callers, &twice).unwrap());
    }

    #[test]
    fn gateway_keys_are_needed_and_told_apart() {
        let callers = callers(
            Auth::GatewayKeys,
            &[("a", "key-a"), ("b", "key-b")],
            ScopeRule::Caller,
        );
        let a = id(&callers, &shown("Bearer key-a")).unwrap();
        assert_ne!(a, id(&callers, &shown("bearer key-b")).unwrap());
        assert_eq!(
            id(&callers, &shown("Bearer key-c")),
            Err(GatewayError::GatewayKey)
        );
        assert_eq!(id(&callers, &HeaderMap::new()), Err(GatewayError::GatewayKey));
    }

    #[test]
    fn scopes_are_as_wide_as_configured() {
        let turn = |n| Uuid::from_u128(n);
        let mut in_session = shown("Bearer x");
        in_session.insert("x-bauta-session", HeaderValue::from_static("s"));
        let scope = |rule, headers: &HeaderMap, n| {
            let callers = callers(Auth::Passthrough, &[], rule);
            let caller = recognised(&callers, &asking(headers));
            callers.scope(&caller, headers, turn(n))
        };
        let plain = shown("Bearer x");
        assert!(scope(ScopeRule::Caller, &plain, 1) == scope(ScopeRule::Caller, &plain, 2));
        assert!(scope(ScopeRule::Request, &plain, 1) != scope(ScopeRule::Request, &plain, 2));
        assert!(scope(ScopeRule::Session, &in_session, 1) == scope(ScopeRule::Session, &in_session, 2));
        assert!(scope(ScopeRule::Session, &plain, 1) != scope(ScopeRule::Session, &plain, 2));
    }
}
