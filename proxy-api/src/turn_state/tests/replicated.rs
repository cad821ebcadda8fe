//! What only a shared store promises: nothing readable, fences, several replicas, and a server that goes away.

use redis::Connection;

use super::*;

const SHORT: Timing = Timing {
    lease: Duration::from_millis(300),
    renewal: Duration::from_millis(100),
};

/// A holder that has stopped to renew, as one that has crashed.
const STALLED: Timing = Timing {
    lease: Duration::from_millis(300),
    renewal: Duration::from_secs(3600),
};

fn keys(connection: &mut Connection, part: &str) -> Vec<String> {
    redis::cmd("KEYS")
        .arg(format!("*{part}*"))
        .query(connection)
        .unwrap()
}

async fn committed(states: &TurnStates, name: &str, id: &str) {
    let claim = states.claim(&caller("a"), &key(name), None).await.unwrap();
    states.commit(claim.lease, state(id)).await.unwrap();
}

#[tokio::test]
async fn nothing_is_readable() {
    let server = Server::start();
    let states = on_server(&server, &limits(), Timing::DEFAULT);
    let claim = states
        .claim(&caller("canary-credential"), &key("canary-key"), None)
        .await
        .unwrap();
    let text = "canary-transcript".repeat(20_000);
    let version = states
        .commit(claim.lease, state_of("canary-id", &text))
        .await
        .unwrap();
    let _running = states
        .claim(&caller("a"), &key("canary-key"), None)
        .await
        .unwrap();
    let everything = server.everything();
    assert!(everything.len() > text.len());
    for word in ["canary", "Alice", "PERSON", "resp", "transcript"] {
        let found = everything
            .windows(word.len())
            .any(|window| window == word.as_bytes());
        assert!(!found, "{word}");
    }
    assert!(!format!("{version:?}").contains("canary"));
}

#[tokio::test]
async fn a_value_does_not_open_elsewhere() {
    let server = Server::start();
    let states = on_server(&server, &limits(), Timing::DEFAULT);
    committed(&states, "1", "resp_1").await;
    let mut connection = server.connection();
    let first = keys(&mut connection, "value:").pop().unwrap();
    committed(&states, "2", "resp_2").await;
    let second = keys(&mut connection, "value:")
        .into_iter()
        .find(|key| *key != first)
        .unwrap();
    let copied: i64 = redis::cmd("COPY")
        .arg(&[&first, &second])
        .arg("REPLACE")
        .query(&mut connection)
        .unwrap();
    assert_eq!(copied, 1);
    let claim = states.claim(&caller("a"), &key("2"), None).await.unwrap();
    assert!(matches!(claim.held, Held::Nothing));
    let claim = states.claim(&caller("a"), &key("1"), None).await.unwrap();
    assert_eq!(id(&claim.held), Some("resp_1"));
    states.release(claim.lease).await;
    // Nor under another version.
    let changed: i64 = redis::cmd("HSET")
        .arg(&[&first, "version", "0123456789abcdef"])
        .query(&mut connection)
        .unwrap();
    assert_eq!(changed, 0);
    let claim = states.claim(&caller("a"), &key("1"), None).await.unwrap();
    assert!(matches!(claim.held, Held::Nothing));
}

#[tokio::test]
async fn a_lost_lease_changes_nothing() {
    let server = Server::start();
    let states = on_server(&server, &limits(), Timing::DEFAULT);
    let mut connection = server.connection();
    committed(&states, "k", "resp_1").await;

    let gone = states.claim(&caller("a"), &key("k"), None).await.unwrap();
    let lease = keys(&mut connection, "lease:").pop().unwrap();
    redis::cmd("DEL").arg(&lease).exec(&mut connection).unwrap();
    let lost = states.commit(gone.lease, state("resp_2")).await;
    assert_eq!(lost, Err(CommitError::Lost));

    let overtaken = states.claim(&caller("a"), &key("k"), None).await.unwrap();
    assert_eq!(id(&overtaken.held), Some("resp_1"));
    redis::cmd("SET")
        .arg(&[&lease, "somebody else"])
        .exec(&mut connection)
        .unwrap();
    let lost = states.commit(overtaken.lease, state("resp_2")).await;
    assert_eq!(lost, Err(CommitError::Lost));
    // Nor is theirs released.
    assert_eq!(keys(&mut connection, "lease:"), [lease]);
}

#[tokio::test]
async fn a_lease_expires_with_its_holder_and_not_before() {
    let server = Server::start();
    let (one, other) = (
        on_server(&server, &limits(), SHORT),
        on_server(&server, &limits(), STALLED),
    );
    let held = one.claim(&caller("a"), &key("k"), None).await.unwrap();
    wait(3 * SHORT.lease).await;
    let busy = other.claim(&caller("a"), &key("k"), None).await;
    assert_eq!(busy.unwrap_err(), ClaimError::Busy);
    one.commit(held.lease, state("resp_1")).await.unwrap();

    let stalled = other.claim(&caller("a"), &key("k"), None).await.unwrap();
    // Its grace is longer than what the lease has left.
    let taken = one.claim(&caller("a"), &key("k"), None).await.unwrap();
    assert_eq!(id(&taken.held), Some("resp_1"));
    let late = other.commit(stalled.lease, state("resp_late")).await;
    assert_eq!(late, Err(CommitError::Lost));
    one.commit(taken.lease, state("resp_2")).await.unwrap();
    let next = other.claim(&caller("a"), &key("k"), None).await.unwrap();
    assert_eq!(id(&next.held), Some("resp_2"));
}

#[tokio::test]
async fn replicas_see_one_chain() {
    let server = Server::start();
    let limits = config::TurnState { count: 1, ..limits() };
    let replica = || on_server(&server, &limits, Timing::DEFAULT);
    let (one, other) = (replica(), replica());
    committed(&one, "k", "resp_1").await;
    let claim = other.claim(&caller("a"), &key("k"), None).await.unwrap();
    assert_eq!(id(&claim.held), Some("resp_1"));
    let full = one.claim(&caller("a"), &key("k2"), None).await;
    assert_eq!(full.unwrap_err(), ClaimError::Full);
    let busy = one.claim(&caller("a"), &key("k"), None).await;
    assert_eq!(busy.unwrap_err(), ClaimError::Busy);
    other.commit(claim.lease, state("resp_2")).await.unwrap();
    let claim = one.claim(&caller("a"), &key("k"), None).await.unwrap();
    assert_eq!(id(&claim.held), Some("resp_2"));
}

#[tokio::test]
async fn a_server_that_goes_away_is_missed_at_once_and_found_again() {
    let mut server = Server::start();
    let states = on_server(&server, &limits(), Timing::DEFAULT);
    let me = caller("a");
    let held = states.claim(&me, &key("k"), None).await.unwrap();
    server.kill();
    for _ in 0..3 {
        let started = tokio::time::Instant::now();
        let away = states.claim(&me, &key("other"), None).await;
        assert_eq!(away.unwrap_err(), ClaimError::Unavailable);
        assert!(started.elapsed() < Duration::from_secs(2));
    }
    let unknown = states.commit(held.lease, state("resp_1")).await;
    assert_eq!(unknown, Err(CommitError::Unavailable));
    server.restart();
    wait(Duration::from_millis(600)).await;
    let claim = states.claim(&me, &key("k"), None).await.unwrap();
    assert!(matches!(claim.held, Held::Nothing));
    // Idle connections break unseen; the next turn does not notice.
    states.commit(claim.lease, state("resp_2")).await.unwrap();
    server.restart();
    assert!(states.claim(&me, &key("k"), None).await.is_ok());
}

#[tokio::test]
async fn a_server_that_hangs_is_given_up_in_time() {
    let server = Server::start();
    let states = on_server(&server, &limits(), Timing::DEFAULT);
    committed(&states, "k", "resp_1").await;
    let mut connection = server.connection();
    redis::cmd("CLIENT")
        .arg(&["PAUSE", "3000"])
        .exec(&mut connection)
        .unwrap();
    let started = tokio::time::Instant::now();
    let away = states.claim(&caller("a"), &key("k"), None).await;
    assert_eq!(away.unwrap_err(), ClaimError::Unavailable);
    assert!(started.elapsed() < Duration::from_millis(2200));
}

#[tokio::test]
async fn the_index_counts_what_is_there() {
    let server = Server::start();
    let limits = config::TurnState {
        idle_seconds: 1,
        ..limits()
    };
    let states = on_server(&server, &limits, Timing::DEFAULT);
    let mut connection = server.connection();
    for n in 0..5 {
        committed(&states, &n.to_string(), "resp").await;
        committed(&states, &n.to_string(), "resp_longer").await;
    }
    let sizes: Vec<(String, u64)> = redis::cmd("HGETALL")
        .arg(keys(&mut connection, "sizes"))
        .query(&mut connection)
        .unwrap();
    let starting = |start: &str| -> Vec<u64> {
        let sizes = sizes.iter().filter(|(name, _)| name.starts_with(start));
        sizes.map(|(_, size)| *size).collect()
    };
    let owner = sizes
        .iter()
        .find_map(|(name, _)| name.strip_prefix("bytes:"))
        .unwrap();
    let members = starting(owner);
    let sum: u64 = members.iter().sum();
    assert_eq!((members.len(), starting("count:")), (5, vec![5]));
    assert_eq!((starting("total"), starting("bytes:")), (vec![sum], vec![sum]));
    wait(Duration::from_millis(1100)).await;
    let claim = states.claim(&caller("a"), &key("new"), None).await.unwrap();
    states.release(claim.lease).await;
    assert!(keys(&mut connection, "value").is_empty());
    assert_eq!(keys(&mut connection, "expiry"), [""; 0]);
    // What is left goes by itself.
    for key in keys(&mut connection, "") {
        let left: i64 = redis::cmd("PTTL").arg(key).query(&mut connection).unwrap();
        assert!(left > 0);
    }
}
