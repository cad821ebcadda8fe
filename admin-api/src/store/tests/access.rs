//! Operators, sessions, attempts, the access log.

use std::time::Duration;

use admin_types::Role;

use super::*;
use crate::clock::{Moment, SKEW};
use crate::event::tests::NOW;
use crate::store::access_log::Entry;
use crate::store::oidc_attempts::Attempt;
use crate::store::operators::{By, Change, Operator, Totp, Update};
use crate::store::sessions::{ABSOLUTE, IDLE};
use crate::store::throttle::Counted;

fn operator(id: u128, name: &str, role: Role) -> Operator {
    Operator {
        id: Uuid::from_u128(id),
        username: name.to_owned(),
        role,
        password_hash: Some("$argon2id$old".to_owned()),
        is_enabled: true,
        created_at: NOW,
        totp: Totp::Off,
        external_id: None,
    }
}

pub(super) async fn operators_are_unique_and_one_admin_stays(place: &Place) {
    let store = place.open().await;
    assert!(!store.has_operators().await.unwrap());
    assert!(
        store
            .add_first_operator(&operator(1, "ada", Role::Admin))
            .await
            .unwrap()
    );
    assert!(
        !store
            .add_first_operator(&operator(2, "bob", Role::Admin))
            .await
            .unwrap()
    );
    assert_eq!(
        store
            .add_operator(&operator(3, "ada", Role::Auditor), By::Nobody)
            .await
            .unwrap(),
        Change::Taken
    );
    let demote = Update {
        role: Some(Role::Auditor),
        ..Update::default()
    };
    let disable = Update {
        is_enabled: Some(false),
        ..Update::default()
    };
    let ada = Uuid::from_u128(1);
    assert_eq!(
        store.update_operator(ada, &demote, By::Nobody).await.unwrap(),
        Change::LastAdmin
    );
    assert_eq!(
        store.update_operator(ada, &disable, By::Nobody).await.unwrap(),
        Change::LastAdmin
    );
    assert_eq!(
        store.delete_operator(ada, By::Nobody).await.unwrap(),
        Change::LastAdmin
    );
    assert_eq!(
        store
            .add_operator(&operator(4, "eve", Role::Admin), By::Nobody)
            .await
            .unwrap(),
        Change::Done
    );
    // Both at once: one of the two stays.
    let eve = Uuid::from_u128(4);
    let other = place.open().await;
    let (one, two) = tokio::join!(
        store.delete_operator(ada, By::Nobody),
        other.update_operator(eve, &demote, By::Nobody)
    );
    let left = [one.unwrap(), two.unwrap()];
    assert_eq!(
        left.iter().filter(|change| **change == Change::LastAdmin).count(),
        1,
        "{left:?}"
    );
    assert_eq!(
        store
            .delete_operator(Uuid::from_u128(9), By::Nobody)
            .await
            .unwrap(),
        Change::NotFound
    );
    assert!(
        store
            .operator_named("'; DROP TABLE operators; --")
            .await
            .unwrap()
            .is_none()
    );
    let names: Vec<String> = store
        .operators(None, 10)
        .await
        .unwrap()
        .into_iter()
        .map(|operator| operator.username)
        .collect();
    assert!(names.contains(&"eve".to_owned()), "{names:?}");
}

/// A request that took its time is not done in the name of a session that has ended.
pub(super) async fn only_a_session_that_lives_changes_operators(place: &Place) {
    let store = place.open().await;
    let (ada, bob) = (Uuid::from_u128(1), Uuid::from_u128(2));
    for (id, name, role) in [(1, "ada", Role::Admin), (2, "bob", Role::Auditor)] {
        let operator = operator(id, name, role);
        store.add_operator(&operator, By::Nobody).await.unwrap();
    }
    let (adas, bobs) = ([1; 32], [2; 32]);
    for (operator, digest) in [(ada, &adas), (bob, &bobs)] {
        let id = Uuid::from_u128(u128::from(digest[0]));
        store
            .begin_session(operator, id, digest, None, NOW)
            .await
            .unwrap();
    }
    let rename = Update {
        password_hash: Some("$argon2id$new".to_owned()),
        ..Update::default()
    };
    let eve = operator(3, "eve", Role::Admin);
    let refused = Change::NotPermitted;
    for by in [By::Admin(&bobs), By::Admin(&[9; 32])] {
        assert_eq!(store.add_operator(&eve, by).await.unwrap(), refused);
        assert_eq!(store.update_operator(bob, &rename, by).await.unwrap(), refused);
        assert_eq!(store.delete_operator(bob, by).await.unwrap(), refused);
    }
    assert!(store.end_session(&bobs).await.unwrap());
    assert_eq!(
        store.update_operator(bob, &rename, By::Own(&bobs)).await.unwrap(),
        refused
    );
    assert!(!store.set_totp(bob, &Totp::Off, By::Own(&bobs)).await.unwrap());
    assert_eq!(
        store.add_operator(&eve, By::Admin(&adas)).await.unwrap(),
        Change::Done
    );
}

pub(super) async fn sessions_end(place: &Place) {
    let store = place.open().await;
    let (ada, digest) = (Uuid::from_u128(1), [1; 32]);
    store
        .add_operator(&operator(1, "ada", Role::Admin), By::Nobody)
        .await
        .unwrap();
    store
        .add_operator(&operator(2, "bob", Role::Admin), By::Nobody)
        .await
        .unwrap();
    let begin = async |digest: &[u8; 32], previous: Option<&[u8; 32]>, id: u128| {
        store
            .begin_session(ada, Uuid::from_u128(id), digest, previous, NOW)
            .await
            .unwrap();
    };
    let is_there = async |digest: &[u8; 32], at: Moment| store.session(digest, at).await.unwrap().is_some();
    begin(&digest, None, 1).await;
    assert!(is_there(&digest, NOW).await);
    // Idle, and whatever happens.
    assert!(!is_there(&digest, NOW.plus(IDLE)).await);
    store.touch_session(&digest, NOW.plus(IDLE / 2)).await.unwrap();
    assert!(is_there(&digest, NOW.plus(IDLE)).await);
    store.touch_session(&digest, NOW.plus(ABSOLUTE)).await.unwrap();
    assert!(!is_there(&digest, NOW.plus(ABSOLUTE)).await);
    // A sign-in ends the session that the browser had.
    begin(&[2; 32], Some(&digest), 2).await;
    assert!(!is_there(&digest, NOW).await);
    assert!(store.end_session(&[2; 32]).await.unwrap());
    assert!(!is_there(&[2; 32], NOW).await);
    // Whatever changes rights ends all of them.
    for update in [
        Update {
            role: Some(Role::Operator),
            ..Update::default()
        },
        Update {
            password_hash: Some("$argon2id$new".to_owned()),
            ..Update::default()
        },
        Update {
            is_enabled: Some(false),
            ..Update::default()
        },
    ] {
        begin(&[3; 32], None, 3).await;
        assert_eq!(
            store.update_operator(ada, &update, By::Nobody).await.unwrap(),
            Change::Done
        );
        assert!(!is_there(&[3; 32], NOW).await, "{update:?}");
    }
    // Of too many the oldest end.
    for nth in 0..25_u8 {
        let at = Moment(NOW.0 + i64::from(nth));
        let id = Uuid::from_u128(u128::from(nth) + 100);
        store
            .begin_session(Uuid::from_u128(2), id, &[100 + nth; 32], None, at)
            .await
            .unwrap();
    }
    assert!(!is_there(&[100; 32], NOW).await);
    assert!(is_there(&[124; 32], NOW).await);
    assert_eq!(store.end_sessions_of(Uuid::from_u128(2)).await.unwrap(), 20);
    begin(&[4; 32], None, 4).await;
    assert_eq!(store.delete_ended_sessions(NOW.plus(IDLE)).await.unwrap(), 1);
}

pub(super) async fn attempts_are_counted_before_they_are_made(place: &Place) {
    let store = place.open().await;
    let (account, source) = (
        Counted {
            key: [1; 32],
            free: 5,
        },
        Counted {
            key: [2; 32],
            free: 20,
        },
    );
    let at = |seconds: u64| NOW.plus(Duration::from_secs(seconds));
    let attempt = async |account: Counted, source: Counted, when: Moment| {
        store.begin_attempt([account, source], when).await.unwrap()
    };
    for _ in 0..5 {
        assert_eq!(attempt(account, source, NOW).await, None);
    }
    assert_eq!(attempt(account, source, NOW).await, Some(Duration::from_secs(1)));
    // From another address it is the same account.
    let elsewhere = Counted {
        key: [3; 32],
        free: 20,
    };
    assert!(attempt(account, elsewhere, NOW).await.is_some());
    assert_eq!(attempt(account, source, at(2)).await, None);
    assert_eq!(
        attempt(account, source, at(2)).await,
        Some(Duration::from_secs(2))
    );
    // Success begins afresh.
    store.clear_attempt(&account, &source).await.unwrap();
    assert_eq!(attempt(account, source, at(2)).await, None);
    // Many accounts from one address.
    for nth in 10..40_u8 {
        attempt(
            Counted {
                key: [nth; 32],
                free: 5,
            },
            source,
            at(3),
        )
        .await;
    }
    assert!(
        attempt(
            Counted {
                key: [99; 32],
                free: 5
            },
            source,
            at(3)
        )
        .await
        .is_some()
    );
    // Many at once count as many.
    let other = place.open().await;
    let busy = Counted {
        key: [50; 32],
        free: 5,
    };
    let calls = (0..30_u8).map(|nth| {
        let store = if nth % 2 == 0 { &store } else { &other };
        let source = Counted {
            key: [100 + nth; 32],
            free: 20,
        };
        async move { store.begin_attempt([busy, source], at(4)).await.unwrap() }
    });
    let results = futures_util::future::join_all(calls).await;
    assert_eq!(results.iter().filter(|wait| wait.is_none()).count(), 5);
    store.delete_old_attempts(at(4000)).await.unwrap();
    assert_eq!(attempt(busy, source, at(4000)).await, None);
}

pub(super) async fn noise_is_bounded_apart(place: &Place) {
    let store = place.open().await;
    let entry = |id: u128, actor: Option<&str>, source: &str| Entry {
        // UUIDv7: the upper 48 bits are milliseconds.
        id: Uuid::from_u128(((NOW.0 as u128) << 80) | id),
        occurred_at: NOW,
        actor: actor.map(str::to_owned),
        action: "session.refuse".to_owned(),
        target: None,
        source: source.to_owned(),
        count: 1,
    };
    store
        .log_access(&entry(1, Some("ada"), "192.0.2.1"))
        .await
        .unwrap();
    for id in 2..50 {
        store.log_access(&entry(id, None, "192.0.2.2")).await.unwrap();
    }
    store
        .log_access(&entry(60, None, "'; DROP TABLE access_log; --"))
        .await
        .unwrap();
    let log = store.access_log(None, 10).await.unwrap();
    assert_eq!(log.len(), 3, "equal refusals are one row");
    assert_eq!((log[1].count, log[2].actor.as_deref()), (48, Some("ada")));
    assert_eq!(store.access_log(Some(log[1].id), 10).await.unwrap().len(), 1);
    store.trim_access_log().await.unwrap();
    assert_eq!(store.access_log(None, 10).await.unwrap().len(), 3);
}

pub(super) async fn codes_and_states_are_used_once(place: &Place) {
    let store = place.open().await;
    let ada = Uuid::from_u128(1);
    store
        .add_operator(&operator(1, "ada", Role::Admin), By::Nobody)
        .await
        .unwrap();
    let on = Totp::On {
        secret: "ABC".to_owned(),
        last_step: 10,
    };
    assert!(store.set_totp(ada, &on, By::Nobody).await.unwrap());
    assert_eq!(store.operator(ada).await.unwrap().unwrap().totp, on);
    assert!(!store.use_totp_step(ada, 10).await.unwrap());
    assert!(store.use_totp_step(ada, 11).await.unwrap());
    assert!(!store.use_totp_step(ada, 11).await.unwrap());
    assert!(store.set_totp(ada, &Totp::Off, By::Nobody).await.unwrap());
    store
        .upgrade_hash(ada, "$argon2id$other", "$argon2id$new")
        .await
        .unwrap();
    let hash = async || store.operator(ada).await.unwrap().unwrap().password_hash.unwrap();
    assert_eq!(hash().await, "$argon2id$old");
    store
        .upgrade_hash(ada, "$argon2id$old", "$argon2id$new")
        .await
        .unwrap();
    assert_eq!(hash().await, "$argon2id$new");

    let attempt = Attempt {
        nonce: "n".to_owned(),
        verifier: "v".to_owned(),
    };
    store.add_oidc_attempt(&[7; 32], &attempt, NOW).await.unwrap();
    assert!(store.take_oidc_attempt(&[8; 32], NOW).await.unwrap().is_none());
    assert_eq!(
        store
            .take_oidc_attempt(&[7; 32], NOW)
            .await
            .unwrap()
            .unwrap()
            .verifier,
        "v"
    );
    assert!(store.take_oidc_attempt(&[7; 32], NOW).await.unwrap().is_none());
    store.delete_old_oidc_attempts(NOW).await.unwrap();
}

pub(super) async fn what_a_wrong_clock_wrote_keeps_nobody_in_or_out(place: &Place) {
    let store = place.open().await;
    let (ada, day) = (Uuid::from_u128(1), Duration::from_secs(86_400));
    store
        .add_operator(&operator(1, "ada", Role::Admin), By::Nobody)
        .await
        .unwrap();
    // A session that began while the clock was a day ahead, or was used then.
    let (begun, used) = ([1; 32], [2; 32]);
    let ahead = NOW.plus(day);
    for (digest, at) in [(begun, ahead), (used, NOW)] {
        let id = Uuid::from_u128(u128::from(digest[0]));
        store.begin_session(ada, id, &digest, None, at).await.unwrap();
    }
    store.touch_session(&used, ahead).await.unwrap();
    for digest in [&begun, &used] {
        assert!(store.session(digest, NOW).await.unwrap().is_none());
    }
    // Nor does it come back when that day has passed.
    assert_eq!(store.delete_ended_sessions(NOW).await.unwrap(), 2);
    // Clocks of replicas differ a little.
    store
        .begin_session(ada, Uuid::from_u128(3), &[3; 32], None, NOW.plus(SKEW))
        .await
        .unwrap();
    assert!(store.session(&[3; 32], NOW).await.unwrap().is_some());
    assert_eq!(store.delete_ended_sessions(NOW).await.unwrap(), 0);

    // Attempts of a day ahead do not lock an operator out until then.
    let counted = |key: u8| Counted {
        key: [key; 32],
        free: 1,
    };
    let attempt = async |at: Moment| {
        let both = [counted(1), counted(2)];
        store.begin_attempt(both, at).await.unwrap()
    };
    for _ in 0..2 {
        attempt(ahead).await;
    }
    assert!(attempt(ahead).await.is_some());
    assert_eq!(attempt(NOW).await, None);
    assert!(attempt(NOW).await.is_some(), "they count afresh");
    let nobody = [counted(8), counted(9)];
    store.begin_attempt(nobody, ahead).await.unwrap();
    store.delete_old_attempts(NOW).await.unwrap();
    let rows = Sql::new("SELECT COUNT(*) AS rows FROM login_throttle");
    let row = rows.fetch_one(&store.reads).await.unwrap();
    assert_eq!(row.try_get::<i64, _>("rows").unwrap(), 2);

    // A sign-in at a provider that began a day ahead is over.
    let begun = Attempt {
        nonce: "n".to_owned(),
        verifier: "v".to_owned(),
    };
    store.add_oidc_attempt(&[7; 32], &begun, ahead).await.unwrap();
    assert!(store.take_oidc_attempt(&[7; 32], NOW).await.unwrap().is_none());

    // A refusal is counted in a row of its own minute.
    let entry = |id: u128, at: Moment| Entry {
        id: Uuid::from_u128(((at.0 as u128) << 80) | id),
        occurred_at: at,
        actor: None,
        action: "session.refuse".to_owned(),
        target: None,
        source: "192.0.2.1".to_owned(),
        count: 1,
    };
    store.log_access(&entry(1, ahead)).await.unwrap();
    store.log_access(&entry(2, NOW)).await.unwrap();
    let log = store.access_log(None, 10).await.unwrap();
    let counts: Vec<i64> = log.iter().map(|entry| entry.count).collect();
    assert_eq!(counts, [1, 1], "{log:?}");
}

pub(super) async fn a_newer_database_is_accepted_by_one_release(place: &Place) {
    let store = place.open().await;
    let newer = async |version: i64| {
        let mut sql = Sql::new(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (",
        );
        sql.bind(version)
            .push(", 'later', TRUE, ")
            .bind(vec![0_u8; 4])
            .push(", 0)");
        sql.execute(&store.writes).await.unwrap();
    };
    newer(2001).await;
    place.open().await.ping().await.unwrap();
    newer(3001).await;
    let error = Store::open(&place.url, 2).await.unwrap_err().to_string();
    assert!(error.contains("more than one ahead"), "{error}");
}
