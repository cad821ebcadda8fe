//! What every store promises, run against each.

mod interleaved;
mod replicated;

use std::sync::Arc;
use std::time::Duration;

use masking::{EntityType, MasterKey, PlaceholderMap, Scope};

use super::*;
use crate::pause::pause as wait;
use crate::shared_store::server::Server;

const KEY: MasterKey = MasterKey::new([1; 32]);

fn caller(credential: &str) -> Caller {
    Caller::named(credential)
}

fn key(text: &str) -> TurnKey {
    TurnKey::try_from(text).unwrap()
}

fn state(id: &str) -> Arc<ChainState> {
    state_of(id, "{}")
}

fn state_of(id: &str, transcript: &str) -> Arc<ChainState> {
    let mut map = PlaceholderMap::new(&KEY, &Scope::new("s"));
    map.placeholder(&EntityType::Person, &format!("Alice {id}"));
    Arc::new(ChainState {
        response_id: id.into(),
        stored: false,
        transcript: Some(transcript.into()),
        map: Arc::new(map.remember()),
    })
}

fn id(held: &Held) -> Option<&str> {
    match held {
        Held::State(state, _) => Some(&state.response_id),
        Held::Nothing | Held::Gone | Held::Unchanged => None,
    }
}

/// Makes a store, empty, with these limits.
type New<'a> = &'a dyn Fn(&config::TurnState) -> TurnStates;

fn limits() -> config::TurnState {
    config::TurnState::default()
}

async fn a_commit_is_what_the_next_turn_gets(new: New<'_>) {
    let (states, me) = (new(&limits()), caller("a"));
    let first = states.claim(&me, &key("k"), None).await.unwrap();
    assert!(matches!(first.held, Held::Nothing));
    let version = states.commit(first.lease, state("resp_1")).await.unwrap();

    let second = states.claim(&me, &key("k"), Some(version)).await.unwrap();
    assert!(matches!(second.held, Held::Unchanged));
    states.release(second.lease).await;

    let third = states.claim(&me, &key("k"), None).await.unwrap();
    let Held::State(held, held_version) = &third.held else {
        panic!("nothing is held");
    };
    assert_eq!((&*held.response_id, *held_version), ("resp_1", version));
    assert_eq!((held.stored, held.transcript.as_deref()), (false, Some("{}")));
    let mut map = PlaceholderMap::new(&KEY, &Scope::new("other"));
    map.join(&held.map);
    assert_eq!(map.expose_originals().next().unwrap().1, "Alice resp_1");
    let next = states.commit(third.lease, state("resp_2")).await.unwrap();
    assert_ne!(next, version);

    let fourth = states.claim(&me, &key("k"), Some(version)).await.unwrap();
    assert_eq!(id(&fourth.held), Some("resp_2"));
}

async fn one_turn_at_a_time(new: New<'_>) {
    let (states, me) = (new(&limits()), caller("a"));
    let first = states.claim(&me, &key("k"), None).await.unwrap();
    let started = tokio::time::Instant::now();
    let second = states.claim(&me, &key("k"), None).await;
    assert_eq!(second.unwrap_err(), ClaimError::Busy);
    assert!(started.elapsed() >= GRACE);
    // Others are not held up.
    let other = states.claim(&me, &key("other"), None).await.unwrap();
    states.release(other.lease).await;
    states.release(first.lease).await;
    assert!(states.claim(&me, &key("k"), None).await.is_ok());
}

async fn a_claim_waits_for_the_commit_that_is_coming(new: New<'_>) {
    let (states, me) = (new(&limits()), caller("a"));
    let first = states.claim(&me, &key("k"), None).await.unwrap();
    let name = key("k");
    let (second, version) = tokio::join!(states.claim(&me, &name, None), async {
        wait(GRACE / 4).await;
        states.commit(first.lease, state("resp_1")).await
    });
    assert!(version.is_ok());
    assert_eq!(id(&second.unwrap().held), Some("resp_1"));
}

async fn callers_do_not_meet(new: New<'_>) {
    let states = new(&limits());
    let mine = states.claim(&caller("a"), &key("k"), None).await.unwrap();
    let theirs = states.claim(&caller("b"), &key("k"), None).await.unwrap();
    states.commit(mine.lease, state("resp_a")).await.unwrap();
    states.release(theirs.lease).await;
    let theirs = states.claim(&caller("b"), &key("k"), None).await.unwrap();
    assert!(matches!(theirs.held, Held::Nothing));
}

async fn a_release_keeps_what_was_committed(new: New<'_>) {
    let (states, me) = (new(&limits()), caller("a"));
    let claim = states.claim(&me, &key("k"), None).await.unwrap();
    states.commit(claim.lease, state("resp_1")).await.unwrap();
    for _ in 0..2 {
        let claim = states.claim(&me, &key("k"), None).await.unwrap();
        assert_eq!(id(&claim.held), Some("resp_1"));
        states.release(claim.lease).await;
    }
}

async fn running_turns_are_as_many_as_chains_may_be(new: New<'_>) {
    let limits = config::TurnState { count: 2, ..limits() };
    let (states, me) = (new(&limits), caller("a"));
    let one = states.claim(&me, &key("1"), None).await.unwrap();
    let two = states.claim(&me, &key("2"), None).await.unwrap();
    let three = states.claim(&me, &key("3"), None).await;
    assert_eq!(three.unwrap_err(), ClaimError::Full);
    // With nothing committed the place is free at once.
    states.release(two.lease).await;
    let three = states.claim(&me, &key("3"), None).await.unwrap();
    states.commit(one.lease, state("resp_1")).await.unwrap();
    states.commit(three.lease, state("resp_3")).await.unwrap();
    for (name, held) in [("1", "resp_1"), ("3", "resp_3")] {
        let claim = states.claim(&me, &key(name), None).await.unwrap();
        assert_eq!(id(&claim.held), Some(held));
        states.release(claim.lease).await;
    }
}

/// Commits a state of its own under each of these names.
async fn commit_all(states: &TurnStates, caller: &Caller, names: &[String]) {
    for name in names {
        let claim = states.claim(caller, &key(name), None).await.unwrap();
        states.commit(claim.lease, state(name)).await.unwrap();
    }
}

async fn held(states: &TurnStates, caller: &Caller, name: &str) -> Held {
    let claim = states.claim(caller, &key(name), None).await.unwrap();
    states.release(claim.lease).await;
    claim.held
}

async fn whoever_holds_most_makes_room_with_its_oldest(new: New<'_>) {
    let limits = config::TurnState { count: 4, ..limits() };
    let (states, me, other) = (new(&limits), caller("a"), caller("b"));
    let names: Vec<String> = (1..=5).map(|n| format!("k{n}")).collect();
    commit_all(&states, &me, &names).await;
    // One alone may have all room, and then gives up its own.
    assert!(matches!(held(&states, &me, "k1").await, Held::Gone));
    assert_eq!(
        id(&held(&states, &me, "k2").await),
        Some("k2"),
        "now it is the last used"
    );
    commit_all(&states, &other, &names[..2]).await;
    assert!(matches!(held(&states, &me, "k3").await, Held::Gone));
    assert!(matches!(held(&states, &me, "k4").await, Held::Gone));
    assert_eq!(id(&held(&states, &me, "k5").await), Some("k5"));
    assert_eq!(id(&held(&states, &me, "k2").await), Some("k2"));
    assert_eq!(id(&held(&states, &other, "k1").await), Some("k1"));
    // A chain that begins anew under its name is there again.
    commit_all(&states, &me, &names[2..3]).await;
    assert_eq!(id(&held(&states, &me, "k3").await), Some("k3"));
}

async fn what_a_turn_has_makes_no_room(new: New<'_>) {
    let limits = config::TurnState { count: 2, ..limits() };
    let (states, me, other) = (new(&limits), caller("a"), caller("b"));
    let names = ["1".to_owned(), "2".to_owned()];
    commit_all(&states, &me, &names).await;
    let running = states.claim(&me, &key("1"), None).await.unwrap();
    commit_all(&states, &other, &names[..1]).await;
    assert!(matches!(held(&states, &me, "2").await, Held::Gone));
    states.release(running.lease).await;
    assert_eq!(id(&held(&states, &me, "1").await), Some("1"));
    assert_eq!(id(&held(&states, &other, "1").await), Some("1"));
}

async fn what_is_too_large_is_forgotten(new: New<'_>) {
    let limits = config::TurnState {
        bytes: 100_000,
        entry_bytes: 60_000,
        ..limits()
    };
    let (states, me) = (new(&limits), caller("a"));
    let commit = async |name: &str, bytes: usize| {
        let claim = states.claim(&me, &key(name), None).await.unwrap();
        states
            .commit(claim.lease, state_of("resp", &"x".repeat(bytes)))
            .await
    };
    assert!(commit("1", 100).await.is_ok());
    assert_eq!(commit("1", 70_000).await, Err(CommitError::TooLarge));
    assert!(matches!(held(&states, &me, "1").await, Held::Gone));

    assert!(commit("1", 50_000).await.is_ok());
    assert!(commit("2", 40_000).await.is_ok());
    // A new state takes the old one's place.
    assert!(commit("1", 55_000).await.is_ok());
    assert_eq!(id(&held(&states, &me, "2").await), Some("resp"));
    assert!(commit("1", 58_000).await.is_ok());
    assert_eq!(id(&held(&states, &me, "2").await), Some("resp"));
    assert!(commit("3", 45_000).await.is_ok());
    assert!(matches!(held(&states, &me, "1").await, Held::Gone), "the oldest");
    assert_eq!(id(&held(&states, &me, "2").await), Some("resp"));
}

async fn what_is_idle_expires_and_no_longer_counts(new: New<'_>) {
    let limits = config::TurnState {
        count: 2,
        idle_seconds: 1,
        ..limits()
    };
    let (states, me) = (new(&limits), caller("a"));
    let one = states.claim(&me, &key("1"), None).await.unwrap();
    states.commit(one.lease, state("resp_1")).await.unwrap();
    let two = states.claim(&me, &key("2"), None).await.unwrap();
    states.commit(two.lease, state("resp_2")).await.unwrap();
    // A turn that runs keeps its chain.
    let two = states.claim(&me, &key("2"), None).await.unwrap();
    wait(Duration::from_millis(1100)).await;
    let three = states.claim(&me, &key("3"), None).await.unwrap();
    states.release(three.lease).await;
    let one = states.claim(&me, &key("1"), None).await.unwrap();
    assert!(matches!(one.held, Held::Nothing));
    states.release(two.lease).await;
    let two = states.claim(&me, &key("2"), None).await.unwrap();
    assert_eq!(id(&two.held), Some("resp_2"));
}

async fn a_dropped_lease_frees_its_key(new: New<'_>) {
    let limits = config::TurnState { count: 1, ..limits() };
    let (states, me) = (new(&limits), caller("a"));
    drop(states.claim(&me, &key("1"), None).await.unwrap());
    wait(GRACE / 4).await;
    let claim = states.claim(&me, &key("2"), None).await.unwrap();
    states.commit(claim.lease, state("resp_2")).await.unwrap();
    drop(states.claim(&me, &key("2"), None).await.unwrap());
    let again = states.claim(&me, &key("2"), None).await.unwrap();
    assert_eq!(id(&again.held), Some("resp_2"));
}

/// Every promise, as tests of one store.
macro_rules! promises {
    ($store:ident: $($name:ident)+) => {
        mod $store {
            $(
                #[tokio::test]
                async fn $name() {
                    super::$name(&*new_store()).await;
                }
            )+
            use super::$store as new_store;
        }
    };
    ($($store:ident)+) => {
        $(promises!($store:
            a_commit_is_what_the_next_turn_gets
            one_turn_at_a_time
            a_claim_waits_for_the_commit_that_is_coming
            callers_do_not_meet
            a_release_keeps_what_was_committed
            running_turns_are_as_many_as_chains_may_be
            whoever_holds_most_makes_room_with_its_oldest
            what_a_turn_has_makes_no_room
            what_is_too_large_is_forgotten
            what_is_idle_expires_and_no_longer_counts
            a_dropped_lease_frees_its_key
        );)+
    };
}

fn in_memory() -> Box<dyn Fn(&config::TurnState) -> TurnStates> {
    Box::new(|limits| TurnStates::new(limits, None, &KEY, TurnStateMetrics::hidden()))
}

#[tokio::test]
async fn a_sweep_drops_what_is_idle_and_metrics_say_so() {
    let metrics = crate::ops::Metrics::new();
    let states = TurnStates::new(&limits(), None, &KEY, metrics.turn_state.clone());
    let idle = states.claim(&caller("a"), &key("idle"), None).await.unwrap();
    let running = states.claim(&caller("a"), &key("running"), None).await.unwrap();
    states.commit(idle.lease, state("resp_1")).await.unwrap();
    let has = |line: &str| {
        let page = metrics.page();
        assert!(page.contains(line), "{line}\n{page}");
    };
    let other = states.claim(&caller("a"), &key("idle"), None).await.unwrap();
    states.commit(other.lease, state("resp_2")).await.unwrap();
    has("bauta_turn_state_entries 1\n");
    states.sweep(Instant::now() + limits().idle());
    has("bauta_turn_state_entries 0\n");
    states.release(running.lease).await;
    has("bauta_turn_state_bytes 0\n");
    for (operation, count) in [("claim", 3), ("commit", 2), ("release", 1)] {
        has(&format!(
            "bauta_turn_state_seconds_count{{operation=\"{operation}\"}} {count}\n"
        ));
    }
}

fn in_redis() -> Box<dyn Fn(&config::TurnState) -> TurnStates> {
    let server = Server::start();
    Box::new(move |limits| on_server(&server, limits, Timing::DEFAULT))
}

/// As a replica sees the store.
fn on_server(server: &Server, limits: &config::TurnState, timing: Timing) -> TurnStates {
    let (shared, metrics) = (
        SharedStore::new(&server.url()).unwrap(),
        TurnStateMetrics::hidden(),
    );
    let redis = Redis::new(Arc::new(shared), limits, &KEY, metrics.clone(), timing);
    TurnStates {
        slots: Slots::new(&KEY),
        store: Store::Redis(Arc::new(redis)),
        metrics,
    }
}

promises!(in_memory in_redis);
