//! Operators manage operators, and the log has it.

use http::{Method, StatusCode};
use serde_json::json;

use crate::plane::{PASSWORD, Plane, With};

#[tokio::test]
async fn operators_are_managed() {
    let plane = Plane::start().await;
    let admin = plane.sign_in("ada").await;
    let bob = plane.with_role(&admin, "bob", "auditor").await;
    let again = json!({"username": "BOB", "password": PASSWORD, "role": "admin"});
    let taken = plane
        .call(Method::POST, "/operators", With::cookie(&admin).body(again))
        .await;
    assert_eq!(
        (taken.status, taken.code()),
        (StatusCode::CONFLICT, "operator_exists".to_owned())
    );
    let list = plane.get("/operators", &admin).await;
    assert!(!list.text.contains("argon2"), "a hash leaves");
    let list = list.json();
    let id = |name: &str| {
        let items = list["items"].as_array().unwrap();
        let found = items.iter().find(|item| item["username"] == name).unwrap();
        found["id"].as_str().unwrap().to_owned()
    };
    let patch = async |name: &str, body| {
        plane
            .call(
                Method::PATCH,
                &format!("/operators/{}", id(name)),
                With::cookie(&admin).body(body),
            )
            .await
    };
    // What an operator may do changes at once.
    assert_eq!(
        patch("bob", json!({"role": "operator"})).await.json()["role"],
        "operator"
    );
    assert_eq!(plane.get("/session", &bob).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        patch("bob", json!({"is_enabled": false})).await.status,
        StatusCode::OK
    );
    assert_eq!(
        plane.try_sign_in("bob", PASSWORD).await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        patch("ada", json!({"role": "auditor"})).await.code(),
        "last_admin"
    );
    assert_eq!(
        patch("ada", json!({"is_enabled": false})).await.code(),
        "last_admin"
    );
    assert_eq!(
        patch("ada", json!({"password": "another long password"}))
            .await
            .code(),
        "own_password"
    );
    let remove = async |name: &str| {
        plane
            .call(
                Method::DELETE,
                &format!("/operators/{}", id(name)),
                With::cookie(&admin),
            )
            .await
    };
    assert_eq!(remove("ada").await.code(), "last_admin");
    assert_eq!(remove("bob").await.status, StatusCode::NO_CONTENT);
    assert_eq!(remove("bob").await.code(), "not_found");
    let log = plane.get("/access-log?limit=500", &admin).await.json();
    let actions: Vec<&str> = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["action"].as_str().unwrap())
        .collect();
    for action in [
        "session.begin",
        "operator.add",
        "operator.change",
        "operator.remove",
        "session.refuse",
    ] {
        assert!(actions.contains(&action), "{action}: {actions:?}");
    }
}

#[tokio::test]
async fn sessions_are_ended_by_their_operator_and_by_admins() {
    let plane = Plane::start().await;
    let admin = plane.sign_in("ada").await;
    let bob = plane.with_role(&admin, "bob", "operator").await;
    let id = plane.get("/session", &bob).await.json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/operators/{id}/sessions");
    let own = plane.call(Method::DELETE, &path, With::cookie(&bob)).await;
    assert_eq!(own.json()["ended"], 1);
    assert_eq!(plane.get("/session", &bob).await.status, StatusCode::UNAUTHORIZED);
    plane.sign_in("bob").await;
    assert_eq!(
        plane
            .call(Method::DELETE, &path, With::cookie(&admin))
            .await
            .json()["ended"],
        1
    );
}

#[tokio::test]
async fn replicas_share_sessions_and_attempts() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("admin.db").display());
    let settings = crate::plane::settings(&url, crate::plane::standing);
    let (one, other) = (Plane::of(settings.clone()).await, Plane::of(settings).await);
    let cookie = one.sign_in("ada").await;
    assert_eq!(other.get("/session", &cookie).await.status, StatusCode::OK);
    other
        .call(Method::DELETE, "/session", With::cookie(&cookie))
        .await;
    assert_eq!(
        one.get("/session", &cookie).await.status,
        StatusCode::UNAUTHORIZED
    );
    for nth in 0..5 {
        let plane = if nth % 2 == 0 { &one } else { &other };
        plane.try_sign_in("ada", "a wrong guess").await;
    }
    assert_eq!(
        one.try_sign_in("ada", PASSWORD).await.status,
        StatusCode::TOO_MANY_REQUESTS
    );
}

#[tokio::test]
async fn without_an_operator_the_command_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("admin.db").display());
    let mut settings = crate::plane::settings(&url, crate::plane::system_now);
    settings.bootstrap = None;
    let plane = Plane::of(settings.clone()).await;
    assert!(plane.running.needs_operator());
    let answer = plane.try_sign_in("ada", PASSWORD).await;
    assert_eq!(
        (answer.status, answer.code()),
        (StatusCode::UNAUTHORIZED, "no_operator".to_owned())
    );
    assert!(answer.text.contains("admin-api operator add"));
    // The command works beside a plane that runs.
    let role = admin_types::Role::Admin;
    admin_api::add_operator(&settings.database, "Ada", PASSWORD, role)
        .await
        .unwrap();
    let taken = admin_api::add_operator(&settings.database, "ada", PASSWORD, role).await;
    assert!(taken.unwrap_err().to_string().contains("already"));
    let cookie = plane.sign_in("ada").await;
    let last = admin_api::disable_operator(&settings.database, "ada").await;
    assert!(last.unwrap_err().to_string().contains("nobody would be left"));
    admin_api::add_operator(&settings.database, "bob", PASSWORD, role)
        .await
        .unwrap();
    admin_api::disable_operator(&settings.database, "ada")
        .await
        .unwrap();
    assert_eq!(
        plane.get("/session", &cookie).await.status,
        StatusCode::UNAUTHORIZED
    );
    let names = admin_api::operators(&settings.database).await.unwrap();
    assert_eq!(
        names,
        [("ada".to_owned(), role, false), ("bob".to_owned(), role, true)]
    );
}
