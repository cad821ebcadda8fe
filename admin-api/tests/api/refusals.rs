//! Who doesn't get in: every route of the API, from its own description.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use http::header::CONTENT_TYPE;
use http::{Method, Request, StatusCode};
use http_body_util::Full;
use serde_json::{Value, json};

use crate::plane::{Plane, With, event, system_now, token};

const ID: &str = "0190a000-0000-7000-8000-000000000001";

/// Every operation that needs a session.
fn operations() -> Vec<(Method, String, Value)> {
    let document: Value = serde_json::from_str(&admin_api::openapi()).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let path = path.strip_prefix("/api/v1").unwrap().replace("{id}", ID);
            let is_open = path.starts_with("/oidc")
                || path == "/session/methods"
                || (path == "/session" && method == Method::POST);
            if !is_open {
                all.push((method, path, operation.clone()));
            }
        }
    }
    all.push((Method::GET, "/openapi.json".to_owned(), json!({})));
    assert!(all.len() >= 19, "{all:?}");
    all
}

fn with_some_body(with: With, operation: &Value) -> With {
    if operation["requestBody"].is_null() {
        with
    } else {
        with.body(json!({}))
    }
}

#[test]
fn every_operation_has_a_name_of_its_own() {
    let document: Value = serde_json::from_str(&admin_api::openapi()).unwrap();
    let paths = document["paths"].as_object().unwrap().values();
    let operations = paths.flat_map(|methods| methods.as_object().unwrap().values());
    let mut names: Vec<&str> = operations
        .map(|operation| operation["operationId"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count, "{names:?}");
}

static AHEAD: AtomicU64 = AtomicU64::new(0);

fn ahead() -> SystemTime {
    system_now() + Duration::from_secs(AHEAD.load(Ordering::Relaxed))
}

#[tokio::test]
async fn no_route_answers_without_a_session_that_lives() {
    let plane = Plane::with_clock(ahead).await;
    let expired = plane.sign_in("ada").await;
    AHEAD.store(31 * 60, Ordering::Relaxed);
    let ended = plane.sign_in("ada").await;
    plane.call(Method::DELETE, "/session", With::cookie(&ended)).await;
    let made_up = format!("bauta_session={}", "B".repeat(43));
    for (method, path, operation) in operations() {
        for cookie in [None, Some(&expired), Some(&ended), Some(&made_up)] {
            let with = With {
                cookie: cookie.cloned(),
                ..With::default()
            };
            let answer = plane
                .call(method.clone(), &path, with_some_body(with, &operation))
                .await;
            assert_eq!(
                answer.status,
                StatusCode::UNAUTHORIZED,
                "{method} {path}: {answer:?}"
            );
            assert_eq!(answer.code(), "unauthenticated");
        }
    }
}

#[tokio::test]
async fn roles_are_kept_apart() {
    let plane = Plane::start().await;
    let admin = plane.sign_in("ada").await;
    let auditor = plane.with_role(&admin, "audrey", "auditor").await;
    let operator = plane.with_role(&admin, "oscar", "operator").await;
    let is_admins = |path: &str| path.starts_with("/operators") || path == "/access-log";
    for (method, path, operation) in operations() {
        for cookie in [&auditor, &operator] {
            if is_admins(&path) {
                let with = with_some_body(With::cookie(cookie), &operation);
                let answer = plane.call(method.clone(), &path, with).await;
                assert_eq!(answer.code(), "forbidden", "{method} {path}");
            } else if method == Method::GET && path != "/live" {
                let answer = plane.get(&path, cookie).await;
                let is_known = answer.status != StatusCode::FORBIDDEN && answer.status.as_u16() < 500;
                assert!(is_known, "{method} {path}: {answer:?}");
            }
        }
    }
    // The refusals are written down, with the name that the session proves.
    let log = plane.get("/access-log?limit=500", &admin).await;
    assert!(log.text.contains("request.refuse_role") && log.text.contains("audrey"));
}

#[tokio::test]
async fn nothing_changes_from_another_page() {
    let plane = Plane::start().await;
    let cookie = plane.sign_in("ada").await;
    let mut changing: Vec<(Method, String, Value)> = operations()
        .into_iter()
        .filter(|(method, ..)| *method != Method::GET)
        .collect();
    changing.push((Method::POST, "/session".to_owned(), json!({"requestBody": true})));
    for (method, path, operation) in changing {
        let bare = || With {
            no_origin: true,
            ..with_some_body(With::cookie(&cookie), &operation)
        };
        let ours = format!("http://{}", plane.running.operators());
        for with in [
            bare(),
            bare().header("origin", "https://evil.example"),
            bare().header("origin", "null"),
            bare()
                .header("origin", &ours)
                .header("origin", "https://evil.example"),
            bare()
                .header("origin", &ours)
                .header("sec-fetch-site", "cross-site"),
            bare()
                .header("origin", &ours)
                .header("sec-fetch-site", "same-site"),
        ] {
            let answer = plane.call(method.clone(), &path, with.clone()).await;
            assert_eq!(answer.code(), "foreign_origin", "{method} {path} {with:?}");
        }
    }
    assert_eq!(plane.get("/session", &cookie).await.status, StatusCode::OK);
}

/// What breaks out of SQL that is put together from text.
const HOSTILE: [&str; 6] = ["'", "' OR '1'='1", "1; DROP TABLE events; --", "%", "\\", "\u{0}"];

#[tokio::test]
async fn sql_in_a_parameter_is_text() {
    let plane = Plane::start().await;
    let cookie = plane.sign_in("ada").await;
    plane.deliver(&token(), vec![vec![event(1)]]).await.unwrap();
    for (method, path, operation) in operations() {
        if method != Method::GET || path == "/live" {
            continue;
        }
        let names = operation["parameters"].as_array().cloned().unwrap_or_default();
        for name in names.iter().filter(|name| name["in"] == "query") {
            for hostile in HOSTILE {
                let value =
                    percent_encoding::utf8_percent_encode(hostile, percent_encoding::NON_ALPHANUMERIC);
                let base = match path.as_str() {
                    "/series" => "?metric=requests&",
                    "/events/export" => "?format=csv&",
                    _ => "?",
                };
                let name = name["name"].as_str().unwrap();
                let query = format!("{path}{base}{name}={value}");
                let answer = plane.get(&query, &cookie).await;
                assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}: {answer:?}");
                assert_eq!(answer.code(), "invalid_parameter");
                let told = answer.json()["parameter"].clone();
                assert_eq!(told, name, "{query}: {answer:?}");
            }
        }
        let unknown = plane.get(&format!("{path}?nonsense=1"), &cookie).await;
        assert_eq!(unknown.json()["parameter"], "nonsense", "{path}: {unknown:?}");
    }
    for hostile in HOSTILE {
        let value = percent_encoding::utf8_percent_encode(hostile, percent_encoding::NON_ALPHANUMERIC);
        let answer = plane.get(&format!("/events/{value}"), &cookie).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{hostile}: {answer:?}");
        let body = json!({"username": hostile, "password": "correct horse battery", "role": "admin"});
        let added = plane
            .call(Method::POST, "/operators", With::cookie(&cookie).body(body))
            .await;
        assert_eq!(added.status, StatusCode::BAD_REQUEST, "{hostile}: {added:?}");
    }
    assert_eq!(
        plane.get("/events", &cookie).await.json()["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn ranges_and_pages_are_bounded() {
    let plane = Plane::start().await;
    let cookie = plane.sign_in("ada").await;
    for (query, parameter) in [
        (
            "/overview?from=2026-12-02T00:00:00Z&to=2026-12-01T00:00:00Z",
            "from",
        ),
        ("/overview?from=2020-01-01T00:00:00Z", "from"),
        ("/overview?from=yesterday", "from"),
        (
            "/overview?from=2026-12-01T00:00:00Z&from=2026-12-01T00:00:00Z",
            "from",
        ),
        ("/series", "metric"),
        ("/series?metric=nonsense", "metric"),
        ("/series?metric=requests&by=nonsense", "by"),
        ("/series?metric=requests&bucket=61", "bucket"),
        (
            "/series?metric=requests&bucket=60&from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z",
            "bucket",
        ),
        ("/events?limit=0", "limit"),
        ("/events?limit=501", "limit"),
        ("/events?limit=-1", "limit"),
        ("/events?cursor=AAAA", "cursor"),
        ("/events?outcome=nonsense", "outcome"),
        ("/events/export", "format"),
        ("/events/NOT-AN-ID", "id"),
        ("/access-log?cursor=1", "cursor"),
    ] {
        let answer = plane.get(query, &cookie).await;
        assert_eq!(answer.code(), "invalid_parameter", "{query}");
        assert_eq!(answer.json()["parameter"], parameter, "{query}");
    }
}

#[tokio::test]
async fn every_range_is_forward_and_bounded() {
    let plane = Plane::start().await;
    let cookie = plane.sign_in("ada").await;
    let mut with_range = 0;
    for (method, path, operation) in operations() {
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        if method != Method::GET || !parameters.iter().any(|one| one["name"] == "from") {
            continue;
        }
        with_range += 1;
        let more = match path.as_str() {
            "/series" => "&metric=requests",
            "/events/export" => "&format=csv",
            _ => "",
        };
        let (day, next) = ("2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z");
        for (range, parameter) in [
            (format!("from={next}&to={day}"), "from"),
            (format!("from={day}&to={day}"), "from"),
            (format!("from=2026-13-01T00:00:00Z&to={next}"), "from"),
            (format!("from={day}&to=2026-12-02"), "to"),
            (format!("from={day}&from={day}"), "from"),
        ] {
            let answer = plane.get(&format!("{path}?{range}{more}"), &cookie).await;
            assert_eq!(answer.code(), "invalid_parameter", "{path} {range}");
            assert_eq!(answer.json()["parameter"], parameter, "{path} {range}");
        }
        // Events are read page by page, however long; sums are not.
        if !path.starts_with("/events") {
            let long = format!("{path}?from=2024-01-01T00:00:00Z&to={day}{more}");
            let answer = plane.get(&long, &cookie).await;
            assert_eq!(answer.code(), "invalid_parameter", "{path}: {answer:?}");
            assert_eq!(answer.json()["parameter"], "from", "{path}");
        }
    }
    assert_eq!(with_range, 7);
}

#[tokio::test]
async fn no_body_is_larger_than_a_form() {
    let plane = Plane::start().await;
    let cookie = plane.sign_in("ada").await;
    let mut changing: Vec<(Method, String, Value)> = operations();
    changing.push((Method::POST, "/session".to_owned(), json!({"requestBody": true})));
    let mut with_body = 0;
    for (method, path, operation) in changing {
        if operation["requestBody"].is_null() {
            continue;
        }
        with_body += 1;
        let large = json!({"password": "x".repeat(20_000)});
        let answer = plane
            .call(method.clone(), &path, With::cookie(&cookie).body(large))
            .await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{method} {path}");
        assert_eq!(answer.code(), "too_large");
        // Of the right size, but no JSON of the expected members.
        let strange = With::cookie(&cookie).body(json!({"x": "'; DROP TABLE operators; --"}));
        let answer = plane.call(method.clone(), &path, strange).await;
        assert_eq!(answer.code(), "body", "{method} {path}");
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    }
    assert_eq!(with_body, 6);
    assert_eq!(plane.get("/session", &cookie).await.status, StatusCode::OK);
}

#[tokio::test]
async fn sql_in_a_body_is_text() {
    for hostile in HOSTILE {
        // One for each: so many refusals would be slowed down.
        let plane = Plane::start().await;
        let cookie = plane.sign_in("ada").await;
        let change = async |method: Method, path: &str, body: Value| {
            plane.call(method, path, With::cookie(&cookie).body(body)).await
        };
        let long = format!("{hostile} {}", "x".repeat(12));
        let refused = plane.try_sign_in(hostile, &long).await;
        assert_eq!(refused.code(), "sign_in_refused", "{hostile}");
        let code = json!({"username": "nobody", "password": long, "totp": hostile});
        let refused = change(Method::POST, "/session", code).await;
        assert_eq!(refused.code(), "sign_in_refused", "{hostile}");
        let role = json!({"username": "eve", "password": long, "role": hostile});
        let refused = change(Method::POST, "/operators", role).await;
        assert_eq!(refused.code(), "body", "{hostile}");
        let refused = change(Method::POST, "/session/totp", json!({"code": hostile})).await;
        assert_eq!(refused.code(), "totp_order", "{hostile}");
        for path in ["/operators/{}", "/operators/{}/sessions"] {
            let value = percent_encoding::utf8_percent_encode(hostile, percent_encoding::NON_ALPHANUMERIC);
            let path = path.replace("{}", &value.to_string());
            let refused = plane.call(Method::DELETE, &path, With::cookie(&cookie)).await;
            assert_eq!(refused.json()["parameter"], "id", "{path}: {refused:?}");
        }
        // A password may say anything.
        let quoted = json!({"username": "bob", "password": long, "role": "auditor"});
        let added = change(Method::POST, "/operators", quoted).await;
        assert_eq!(added.status, StatusCode::CREATED, "{hostile}");
        assert_eq!(plane.try_sign_in("bob", &long).await.status, StatusCode::OK);
        let names = plane.get("/operators", &cookie).await.json();
        assert_eq!(names["items"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn bodies_are_bounded_and_of_known_members() {
    let plane = Plane::start().await;
    let post = async |kind: Option<&str>, body: String| {
        let with = With::default();
        let (mut head, _) = plane.request(&Method::POST, "/session", &with).into_parts();
        if let Some(kind) = kind {
            head.headers.insert(CONTENT_TYPE, kind.parse().unwrap());
        }
        plane.send(Request::from_parts(head, Full::from(body))).await
    };
    let json = Some("application/json");
    assert_eq!(
        post(json, "x".repeat(20_000)).await.status,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    assert_eq!(post(json, "{".to_owned()).await.code(), "body");
    assert_eq!(
        post(
            json,
            r#"{"username":"ada","password":"hunter2","x":1}"#.to_owned()
        )
        .await
        .code(),
        "body"
    );
    assert_eq!(post(None, "{}".to_owned()).await.code(), "content_type");
    assert_eq!(
        post(Some("text/plain"), "{}".to_owned()).await.code(),
        "content_type"
    );
}

#[tokio::test]
async fn every_answer_has_the_headers() {
    let plane = Plane::start().await;
    let cookie = plane.sign_in("ada").await;
    for path in ["/session", "/nowhere"] {
        let answer = plane.get(path, &cookie).await;
        let header = |name: &str| answer.headers[name].to_str().unwrap();
        assert!(header("content-security-policy").contains("frame-ancestors 'none'"));
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert_eq!(header("cache-control"), "no-store");
    }
    assert_eq!(plane.get("/nowhere", &cookie).await.code(), "not_found");
    let wrong = plane.call(Method::PUT, "/overview", With::cookie(&cookie)).await;
    assert_eq!(wrong.code(), "method_not_allowed");
}
