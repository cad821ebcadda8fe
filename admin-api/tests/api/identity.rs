//! Sign-in at an identity provider, with a provider of the test's own that checks what it is sent.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use admin_api::settings::{Oidc, Secret};
use admin_types::Role;
use axum::extract::{RawForm, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use data_encoding::BASE64URL_NOPAD;
use http::header::{COOKIE, LOCATION, SET_COOKIE};
use http::{Method, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::plane::{Plane, With, seconds, settings, signed, system_now};

const CLIENT_SECRET: &str = "a secret between the provider and us";

/// What the provider knows of the sign-in that is under way.
#[derive(Clone, Default)]
struct Provider {
    issuer: String,
    challenge: Arc<Mutex<String>>,
    claims: Arc<Mutex<Value>>,
}

fn pairs(text: &str) -> HashMap<String, String> {
    let decoded = |part: &str| {
        percent_decode_str(&part.replace('+', " "))
            .decode_utf8()
            .unwrap()
            .into_owned()
    };
    text.split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

async fn token(State(provider): State<Provider>, RawForm(form): RawForm) -> (StatusCode, Json<Value>) {
    let form = pairs(std::str::from_utf8(&form).unwrap());
    let challenge = BASE64URL_NOPAD.encode(&Sha256::digest(form["code_verifier"].as_bytes()));
    if form["code"] != "the-code" || challenge != *provider.challenge.lock().unwrap() {
        return (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"})));
    }
    let claims = provider.claims.lock().unwrap().clone();
    let answer =
        json!({"access_token": "a", "token_type": "Bearer", "id_token": signed(CLIENT_SECRET, &claims)});
    (StatusCode::OK, Json(answer))
}

impl Provider {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let provider = Self {
            issuer: issuer.clone(),
            ..Self::default()
        };
        let metadata = json!({
            "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["HS256"],
        });
        let router = Router::new()
            .route(
                "/.well-known/openid-configuration",
                get(async move || Json(metadata)),
            )
            .route("/keys", get(async || Json(json!({"keys": []}))))
            .route("/token", post(token))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    async fn plane(&self, folder: &tempfile::TempDir) -> Plane {
        let url = format!("sqlite://{}", folder.path().join("admin.db").display());
        let mut settings = settings(&url, system_now);
        settings.oidc = Some(Oidc {
            issuer: self.issuer.clone(),
            client_id: "bauta".to_owned(),
            client_secret: Some(Secret::new(CLIENT_SECRET.to_owned())),
            roles_claim: "groups".to_owned(),
            roles: [
                ("watchers".to_owned(), Role::Auditor),
                ("keepers".to_owned(), Role::Admin),
            ]
            .into(),
        });
        Plane::of(settings).await
    }

    /// Where the browser is sent, and the cookie that it gets. The provider remembers what it has to.
    async fn begin(&self, plane: &Plane, groups: &Value) -> (HashMap<String, String>, String) {
        let started = plane.call(Method::GET, "/oidc/start", With::default()).await;
        assert_eq!(started.status, StatusCode::SEE_OTHER, "{started:?}");
        let place = started.headers[LOCATION].to_str().unwrap();
        let sent = pairs(place.split_once('?').unwrap().1);
        assert_eq!(
            (
                sent["response_type"].as_str(),
                sent["code_challenge_method"].as_str()
            ),
            ("code", "S256")
        );
        self.challenge.lock().unwrap().clone_from(&sent["code_challenge"]);
        *self.claims.lock().unwrap() = json!({
            "iss": self.issuer, "aud": "bauta", "sub": "1234", "iat": seconds(), "exp": seconds() + 300,
            "nonce": sent["nonce"], "preferred_username": "Grace", "groups": groups,
        });
        (sent, started.cookie())
    }
}

async fn callback(plane: &Plane, code: &str, state: &str, cookie: &str) -> crate::plane::Answer {
    let path = format!("/oidc/callback?code={code}&state={state}&session_state=x");
    plane.call(Method::GET, &path, With::cookie(cookie)).await
}

fn session_of(answer: &crate::plane::Answer) -> String {
    let cookies = answer.headers.get_all(SET_COOKIE).iter();
    let mut cookies = cookies.map(|value| value.to_str().unwrap());
    let session = cookies
        .find(|cookie| cookie.starts_with("bauta_session="))
        .unwrap();
    session.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_provider_says_who_and_the_table_what() {
    let (provider, folder) = (Provider::start().await, tempfile::tempdir().unwrap());
    let plane = provider.plane(&folder).await;
    let (sent, cookie) = provider.begin(&plane, &json!(["others", "watchers"])).await;
    let answer = callback(&plane, "the-code", &sent["state"], &cookie).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{answer:?}");
    let session = &session_of(&answer);
    let me = plane.get("/session", session).await.json();
    assert_eq!(
        (&me["operator"], &me["role"], &me["has_password"]),
        (&json!("grace"), &json!("auditor"), &json!(false))
    );
    // The same answer a second time is worth nothing.
    let again = callback(&plane, "the-code", &sent["state"], &cookie).await;
    assert_eq!(again.code(), "sign_in_refused");
    // A role that changed there ends the sessions that began with the old one.
    let (sent, cookie) = provider.begin(&plane, &json!("keepers")).await;
    let answer = callback(&plane, "the-code", &sent["state"], &cookie).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(
        plane.get("/session", session).await.status,
        StatusCode::UNAUTHORIZED
    );
    let admins = session_of(&answer);
    let log = plane.get("/access-log?limit=500", &admins).await.json();
    let by_provider: Vec<&Value> = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["actor"] == "(identity provider)")
        .map(|entry| &entry["action"])
        .collect();
    assert_eq!(by_provider, ["operator.change", "operator.add"]);
    // Whoever has no role there any more has no session here either.
    let (sent, cookie) = provider.begin(&plane, &json!(["others"])).await;
    let answer = callback(&plane, "the-code", &sent["state"], &cookie).await;
    assert_eq!(answer.code(), "sign_in_refused");
    assert_eq!(
        plane.get("/session", &admins).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn whatever_does_not_fit_is_refused() {
    let (provider, folder) = (Provider::start().await, tempfile::tempdir().unwrap());
    let plane = provider.plane(&folder).await;
    let refused = async |answer: crate::plane::Answer| {
        assert_eq!(
            (answer.status, answer.code()),
            (StatusCode::UNAUTHORIZED, "sign_in_refused".to_owned())
        );
    };
    let watchers = json!("watchers");
    // Another browser, another state, another code.
    let (sent, cookie) = provider.begin(&plane, &watchers).await;
    refused(callback(&plane, "the-code", &sent["state"], "bauta_oidc=other").await).await;
    refused(callback(&plane, "the-code", "other", &cookie).await).await;
    refused(callback(&plane, "another-code", &sent["state"], &cookie).await).await;
    // No role.
    let (sent, cookie) = provider.begin(&plane, &json!(["others"])).await;
    refused(callback(&plane, "the-code", &sent["state"], &cookie).await).await;
    // Claims that are not those of this sign-in.
    for (name, value) in [
        ("nonce", json!("other")),
        ("aud", json!("somebody")),
        ("iss", json!("https://elsewhere.example")),
        ("exp", json!(1)),
    ] {
        let (sent, cookie) = provider.begin(&plane, &watchers).await;
        provider.claims.lock().unwrap()[name] = value;
        refused(callback(&plane, "the-code", &sent["state"], &cookie).await).await;
    }
    // Nobody configured it.
    let without = Plane::start().await;
    let answer = without.call(Method::GET, "/oidc/start", With::default()).await;
    assert_eq!(answer.code(), "not_found");
    for (plane, oidc) in [(&plane, true), (&without, false)] {
        let methods = plane.call(Method::GET, "/session/methods", With::default()).await;
        assert_eq!(
            methods.json(),
            json!({"password": true, "oidc": oidc, "has_operators": true})
        );
    }
    assert!(!answer.headers.contains_key(COOKIE));
}
