//! Maps that several replicas share.

use super::*;
use crate::config::Secret;
use crate::pause::pause;
use crate::shared_store::server::Server;

fn limits() -> Limits {
    Limits {
        count: 100,
        bytes: 1 << 20,
        idle_seconds: 60,
    }
}

fn replica_with(url: &Secret, limits: &Limits) -> Continuations {
    let store = Arc::new(SharedStore::new(url).unwrap());
    Continuations::new(limits).sharing(&store, limits, &KEY, Counted::hidden())
}

fn replica(server: &Server) -> Continuations {
    replica_with(&server.url(), &limits())
}

/// What a replica knows once it has asked; asks until that is so much, because writes come behind.
async fn known(replica: &Continuations, who: &Caller, id: &str, count: usize) -> Vec<String> {
    for _ in 0..200 {
        let now = Instant::now();
        replica.fetch(who, &[id], now).await;
        let map = replica.recall(who, id, now).unwrap();
        if map.as_ref().map_or(0, |map| map.len()) >= count {
            let entries = map.iter().flat_map(|map| map.expose_entries());
            return entries.map(|(_, _, original, _)| original.to_owned()).collect();
        }
        pause(Duration::from_millis(10)).await;
    }
    panic!("the map does not come");
}

#[tokio::test]
async fn another_replica_knows_the_chain_of_the_same_caller() {
    let server = Server::start();
    let (one, other) = (replica(&server), replica(&server));
    let (me, now) = (caller("canary-a"), Instant::now());
    one.remember(&me, "resp_canary", &map("Alice"), now);
    assert_eq!(known(&other, &me, "resp_canary", 1).await, ["Alice"]);
    other.fetch(&caller("b"), &["resp_canary"], now).await;
    assert!(!is_there(&other, &caller("b"), "resp_canary", now));
    // Nothing that it holds can be read.
    let everything = server.everything();
    for word in ["canary", "Alice", "PERSON"] {
        let found = everything
            .windows(word.len())
            .any(|window| window == word.as_bytes());
        assert!(!found, "{word}");
    }
}

#[tokio::test]
async fn what_one_replica_forgets_is_nowhere() {
    let server = Server::start();
    let (one, other) = (replica(&server), replica(&server));
    let (me, now) = (caller("a"), Instant::now());
    one.remember(&me, "resp_1", &map("Alice"), now);
    one.forget(&me, "resp_1");
    // What is written after it is there, so that was done before.
    one.remember(&me, "resp_2", &map("Bob"), now);
    assert_eq!(known(&other, &me, "resp_2", 1).await, ["Bob"]);
    other.fetch(&me, &["resp_1"], now).await;
    assert!(!is_there(&other, &me, "resp_1", now));
    one.fetch(&me, &["resp_1"], now).await;
    assert!(!is_there(&one, &me, "resp_1", now));
}

#[tokio::test]
async fn a_conversation_that_goes_on_elsewhere_is_loaded_again() {
    let server = Server::start();
    let (one, other) = (replica(&server), replica(&server));
    let (me, now) = (caller("a"), Instant::now());
    one.remember(&me, "conv_1", &map("Alice"), now);
    assert_eq!(known(&other, &me, "conv_1", 1).await, ["Alice"]);
    other.remember(&me, "conv_1", &map("Bob"), now);
    let both = known(&one, &me, "conv_1", 2).await;
    assert_eq!(both, ["Bob", "Alice"]);
    // What is unchanged stays, and stays in use.
    let later = now + Duration::from_secs(50);
    one.fetch(&me, &["conv_1", "conv_unknown"], later).await;
    assert_eq!(
        one.recall(&me, "conv_1", later + Duration::from_secs(50))
            .unwrap()
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn what_was_used_longest_ago_makes_room() {
    let server = Server::start();
    let limits = Limits { count: 3, ..limits() };
    let (one, other) = (replica_with(&server.url(), &limits), replica(&server));
    let me = caller("a");
    for n in 0..6 {
        one.remember(&me, &format!("resp_{n}"), &map("Alice"), Instant::now());
        known(&other, &me, &format!("resp_{n}"), 1).await;
    }
    let fresh = replica(&server);
    let now = Instant::now();
    let ids: Vec<String> = (0..6).map(|n| format!("resp_{n}")).collect();
    fresh.fetch(&me, &ids, now).await;
    let found: Vec<bool> = ids.iter().map(|id| is_there(&fresh, &me, id, now)).collect();
    assert_eq!(found, [false, false, false, true, true, true]);
    // And others know that it had to.
    assert!(fresh.recall(&me, "resp_0", now).is_err());
}

#[tokio::test]
async fn without_the_store_a_process_knows_its_own() {
    let mut server = Server::start();
    let store = replica(&server);
    server.kill();
    let (me, now) = (caller("a"), Instant::now());
    store.remember(&me, "resp_1", &map("Alice"), now);
    store.fetch(&me, &["resp_1"], now).await;
    assert!(now.elapsed() < Duration::from_secs(2));
    assert!(is_there(&store, &me, "resp_1", now));
    while store.dropped.now() == 0 {
        pause(Duration::from_millis(10)).await;
    }
    // More than the queue holds are dropped at once.
    for n in 0..1000 {
        store.remember(&me, &format!("resp_{n}"), &map("Alice"), now);
    }
    assert!(store.dropped.now() > 500);
}
