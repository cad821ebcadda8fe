//! Signing in and out, and what ends a session.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use http::header::{RETRY_AFTER, SET_COOKIE};
use http::{Method, StatusCode};
use serde_json::json;

use crate::plane::{PASSWORD, Plane, With, settings, standing, system_now};

#[tokio::test]
async fn a_session_begins_and_ends() {
    let plane = Plane::start().await;
    let answer = plane.try_sign_in(" ADA ", PASSWORD).await;
    assert_eq!(
        (answer.status, &answer.json()["role"]),
        (StatusCode::OK, &json!("admin"))
    );
    let header = answer.headers[SET_COOKIE].to_str().unwrap();
    assert!(header.contains("HttpOnly; SameSite=Strict"), "{header}");
    let cookie = answer.cookie();
    let me = plane.get("/session", &cookie).await;
    assert_eq!(me.json()["operator"], "ada");
    let ended = plane
        .call(Method::DELETE, "/session", With::cookie(&cookie))
        .await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    // Stolen before, worthless after.
    let stolen = plane.get("/session", &cookie).await;
    assert_eq!(
        (stolen.status, stolen.code()),
        (StatusCode::UNAUTHORIZED, "unauthenticated".to_owned())
    );
}

#[tokio::test]
async fn a_session_cannot_be_chosen_for_somebody() {
    let plane = Plane::start().await;
    let planted = format!("bauta_session={}", "A".repeat(43));
    let body = json!({"username": "ada", "password": PASSWORD});
    let answer = plane
        .call(
            Method::POST,
            "/session",
            With::cookie(&planted).body(body.clone()),
        )
        .await;
    assert_ne!(answer.cookie(), planted);
    assert_eq!(
        plane.get("/session", &planted).await.status,
        StatusCode::UNAUTHORIZED
    );
    // A second sign-in of the browser ends its first session.
    let first = answer.cookie();
    let second = plane
        .call(Method::POST, "/session", With::cookie(&first).body(body))
        .await
        .cookie();
    assert_eq!(
        plane.get("/session", &first).await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(plane.get("/session", &second).await.status, StatusCode::OK);
}

#[tokio::test]
async fn behind_tls_the_cookie_is_this_hosts() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("admin.db").display());
    let mut settings = settings(&url, system_now);
    settings.server.public_url = Some("https://console.example".to_owned().try_into().unwrap());
    let plane = Plane::of(settings).await;
    let with = With {
        no_origin: true,
        ..With::default()
    }
    .header("origin", "https://console.example")
    .body(json!({"username": "ada", "password": PASSWORD}));
    let answer = plane.call(Method::POST, "/session", with).await;
    let header = answer.headers[SET_COOKIE].to_str().unwrap();
    assert!(
        header.starts_with("__Host-bauta_session=") && header.contains("; Secure"),
        "{header}"
    );
    assert!(answer.headers.contains_key("strict-transport-security"));
}

#[tokio::test]
async fn why_a_sign_in_is_refused_is_not_told() {
    let plane = Plane::start().await;
    let wrong = plane.try_sign_in("ada", "not the password").await;
    let nobody = plane.try_sign_in("nobody", "not the password").await;
    let nonsense = plane.try_sign_in("'; DROP TABLE operators; --", "x").await;
    for answer in [&wrong, &nobody, &nonsense] {
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.text, wrong.text);
        assert!(!answer.headers.contains_key(SET_COOKIE));
    }
    // The log has the name of an operator, and no other: it may be a password.
    let cookie = plane.sign_in("ada").await;
    let log = plane.get("/access-log", &cookie).await;
    assert!(
        log.text.contains("session.refuse") && !log.text.contains("nobody"),
        "{log:?}"
    );
    assert!(!log.text.contains("DROP"));
}

#[tokio::test]
async fn a_refusal_costs_one_hash_whoever_is_asked_for() {
    let plane = Plane::start().await;
    let admin = plane.sign_in("ada").await;
    plane.with_role(&admin, "bob", "auditor").await;
    let list = plane.get("/operators", &admin).await.json();
    let mut bob = list["items"].as_array().unwrap().iter();
    let bob = bob.find(|item| item["username"] == "bob").unwrap()["id"].clone();
    let disable = With::cookie(&admin).body(json!({"is_enabled": false}));
    let path = format!("/operators/{}", bob.as_str().unwrap());
    plane.call(Method::PATCH, &path, disable).await;
    let hashings = async || {
        let metrics = plane.ops("/metrics").await.text;
        let mut lines = metrics.lines();
        let line = lines.find(|line| line.starts_with("bauta_admin_password_hashings_total "));
        line.unwrap().rsplit(' ').next().unwrap().parse::<u64>().unwrap()
    };
    // Somebody, nobody, what is no name, whoever may not sign in.
    for name in ["ada", "nobody", "'; DROP TABLE operators; --", "bob"] {
        let before = hashings().await;
        let answer = plane.try_sign_in(name, "not the password").await;
        assert_eq!(answer.code(), "sign_in_refused", "{name}");
        assert_eq!(hashings().await - before, 1, "{name}");
    }
    // What nobody's password can be is not hashed, for anybody.
    for name in ["ada", "nobody"] {
        let before = hashings().await;
        let answer = plane.try_sign_in(name, &"x".repeat(1025)).await;
        assert_eq!(answer.code(), "sign_in_refused", "{name}");
        assert_eq!(hashings().await, before, "{name}");
    }
}

#[tokio::test]
async fn guessing_is_slowed_down_by_account_and_by_source() {
    let plane = Plane::with_clock(standing).await;
    let attempt = async |name: &str, source: &str| {
        let with = With::default()
            .header("x-forwarded-for", source)
            .body(json!({"username": name, "password": "a wrong guess"}));
        plane.call(Method::POST, "/session", with).await
    };
    // One account from many addresses.
    for nth in 1..=5 {
        assert_eq!(
            attempt("ada", &format!("192.0.2.{nth}")).await.status,
            StatusCode::UNAUTHORIZED
        );
    }
    let throttled = attempt("ada", "192.0.2.99").await;
    assert_eq!(
        (throttled.status, throttled.code()),
        (StatusCode::TOO_MANY_REQUESTS, "throttled".to_owned())
    );
    assert_eq!(throttled.headers[RETRY_AFTER], "1");
    // Many accounts from one network.
    let mut last = StatusCode::OK;
    for nth in 0..30 {
        last = attempt(&format!("user{nth}"), &format!("2001:db8::{nth:x}"))
            .await
            .status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

/// How far the clock of a test is ahead, in seconds.
static AHEAD: AtomicU64 = AtomicU64::new(0);

fn ahead() -> SystemTime {
    system_now() + Duration::from_secs(AHEAD.load(Ordering::Relaxed))
}

#[tokio::test]
async fn idle_means_no_activity_of_an_operator() {
    let plane = Plane::with_clock(ahead).await;
    let pass = |minutes: u64| AHEAD.fetch_add(minutes * 60, Ordering::Relaxed);
    let cookie = plane.sign_in("ada").await;
    pass(20);
    assert_eq!(plane.get("/session", &cookie).await.status, StatusCode::OK);
    pass(20);
    assert_eq!(plane.get("/session", &cookie).await.status, StatusCode::OK);
    // What the console does by itself keeps no session alive.
    let polling = With::cookie(&cookie).header("x-bauta-background", "1");
    pass(20);
    assert_eq!(
        plane.call(Method::GET, "/overview", polling.clone()).await.status,
        StatusCode::OK
    );
    pass(11);
    assert_eq!(
        plane.call(Method::GET, "/overview", polling).await.status,
        StatusCode::UNAUTHORIZED
    );
    // Twelve hours end it, whatever happens.
    let cookie = plane.sign_in("ada").await;
    for _ in 0..35 {
        pass(20);
        assert_eq!(plane.get("/session", &cookie).await.status, StatusCode::OK);
    }
    pass(25);
    assert_eq!(
        plane.get("/session", &cookie).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_new_password_ends_all_sessions() {
    let plane = Plane::start().await;
    let (one, other) = (plane.sign_in("ada").await, plane.sign_in("ada").await);
    let change = async |current: &str, new: &str| {
        let with = With::cookie(&one).body(json!({"current": current, "new": new}));
        plane.call(Method::PUT, "/session/password", with).await
    };
    assert_eq!(
        change("not the password", "another long password").await.code(),
        "password_wrong"
    );
    assert_eq!(change(PASSWORD, "short").await.code(), "password_length");
    assert_eq!(
        change(PASSWORD, "another long password").await.status,
        StatusCode::NO_CONTENT
    );
    for cookie in [&one, &other] {
        assert_eq!(
            plane.get("/session", cookie).await.status,
            StatusCode::UNAUTHORIZED
        );
    }
    assert_eq!(
        plane.try_sign_in("ada", "another long password").await.status,
        StatusCode::OK
    );
    assert_eq!(
        plane.try_sign_in("ada", PASSWORD).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_second_factor_is_asked_for() {
    let plane = Plane::start().await;
    let cookie = plane.sign_in("ada").await;
    let post = async |body| {
        plane
            .call(Method::POST, "/session/totp", With::cookie(&cookie).body(body))
            .await
    };
    assert_eq!(
        post(json!({"password": "not the password"})).await.code(),
        "password_wrong"
    );
    let enrolment = post(json!({"password": PASSWORD})).await.json();
    let secret = totp_rs::Secret::try_from_base32(enrolment["secret"].as_str().unwrap()).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    let now = || u64::try_from(crate::plane::seconds()).unwrap();
    assert_eq!(post(json!({"code": "000000"})).await.code(), "totp_wrong");
    let code = totp.generate(now()).to_string();
    assert_eq!(post(json!({"code": code})).await.json()["is_confirmed"], true);
    assert_eq!(post(json!({"password": PASSWORD})).await.code(), "totp_exists");
    let sign_in = async |body| {
        plane
            .call(Method::POST, "/session", With::default().body(body))
            .await
    };
    let missing = sign_in(json!({"username": "ada", "password": PASSWORD})).await;
    assert_eq!(
        (missing.status, missing.code()),
        (StatusCode::UNAUTHORIZED, "totp_required".to_owned())
    );
    // Only whoever knows the password hears that there is one.
    assert_eq!(
        sign_in(json!({"username": "ada", "password": "wrong guess"}))
            .await
            .code(),
        "sign_in_refused"
    );
    // A code that was used is worth nothing; the next one is.
    let with = |code: &str| json!({"username": "ada", "password": PASSWORD, "totp": code});
    assert_eq!(sign_in(with(&code)).await.code(), "sign_in_refused");
    let next = totp.generate(now() + 30).to_string();
    assert_eq!(sign_in(with(&next)).await.status, StatusCode::OK);
    // Nor can a code be guessed where the factor is removed.
    let guess = json!({"password": PASSWORD, "code": "000000"});
    let mut codes = Vec::new();
    for _ in 0..8 {
        let with = With::cookie(&cookie).body(guess.clone());
        let answer = plane.call(Method::DELETE, "/session/totp", with).await;
        codes.push(answer.code());
    }
    assert_eq!(codes[0], "totp_wrong");
    assert_eq!(codes[7], "throttled", "{codes:?}");
}

/// Sign-ins that go well use nothing up, also those of which the first half is the question for a code.
#[tokio::test]
async fn a_question_for_a_code_is_no_failure() {
    let plane = Plane::with_clock(standing).await;
    let cookie = plane.sign_in("ada").await;
    let enrol = async |body| {
        plane
            .call(Method::POST, "/session/totp", With::cookie(&cookie).body(body))
            .await
    };
    let enrolment = enrol(json!({"password": PASSWORD})).await.json();
    let secret = totp_rs::Secret::try_from_base32(enrolment["secret"].as_str().unwrap()).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    let now = standing()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let code = totp.generate(now).to_string();
    assert_eq!(enrol(json!({"code": code})).await.json()["is_confirmed"], true);
    for _ in 0..30 {
        let answer = plane.try_sign_in("ada", PASSWORD).await;
        assert_eq!(answer.code(), "totp_required");
    }
}

#[tokio::test]
async fn whoever_guesses_elsewhere_keeps_nobody_out() {
    let plane = Plane::with_clock(standing).await;
    let attempt = async |source: &str, password: &str| {
        let with = With::default()
            .header("x-forwarded-for", source)
            .body(json!({"username": "ada", "password": password}));
        plane.call(Method::POST, "/session", with).await.status
    };
    assert_eq!(attempt("192.0.2.1", PASSWORD).await, StatusCode::OK);
    for nth in 1..=8 {
        attempt(&format!("198.51.100.{nth}"), "a wrong guess").await;
    }
    assert_eq!(
        attempt("198.51.100.9", PASSWORD).await,
        StatusCode::TOO_MANY_REQUESTS
    );
    assert_eq!(attempt("192.0.2.1", PASSWORD).await, StatusCode::OK);
    // From there it is counted as well.
    for _ in 0..5 {
        attempt("192.0.2.1", "a wrong guess").await;
    }
    assert_eq!(
        attempt("192.0.2.1", PASSWORD).await,
        StatusCode::TOO_MANY_REQUESTS
    );
}
