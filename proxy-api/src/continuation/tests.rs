mod shared;

use std::time::Duration;

use masking::{EntityType, PlaceholderMap, Scope};

use super::*;

const KEY: MasterKey = MasterKey::new([1; 32]);

fn caller(credential: &str) -> Caller {
    Caller::named(credential)
}

fn map(value: &str) -> Arc<Remembered> {
    let mut map = PlaceholderMap::new(&KEY, &Scope::new("s"));
    map.placeholder(&EntityType::Person, value);
    Arc::new(map.remember())
}

fn store(count: usize, bytes: usize) -> Continuations {
    Continuations::new(&Limits {
        count,
        bytes,
        idle_seconds: 60,
    })
}

fn is_there(store: &Continuations, who: &Caller, id: &str, now: Instant) -> bool {
    store.recall(who, id, now).is_ok_and(|map| map.is_some())
}

#[test]
fn a_chain_belongs_to_its_caller() {
    let (store, now) = (store(10, 100_000), Instant::now());
    store.remember(&caller("a"), "resp_1", &map("Alice"), now);
    assert!(is_there(&store, &caller("a"), "resp_1", now));
    assert!(!is_there(&store, &caller("b"), "resp_1", now));
    assert!(!is_there(&store, &caller("a"), "resp_2", now));
}

#[test]
fn it_is_forgotten_in_time() {
    let (store, now) = (store(10, 100_000), Instant::now());
    store.remember(&caller("a"), "resp_1", &map("Alice"), now);
    let later = now + Duration::from_secs(60);
    assert!(!is_there(&store, &caller("a"), "resp_1", later));
    store.sweep(later);
    assert!(!is_there(&store, &caller("a"), "resp_1", now), "swept");
}

#[test]
fn count_and_bytes_are_bounded() {
    for store in [store(50, 1 << 30), store(1 << 20, 50 * 1024)] {
        let (who, now) = (caller("a"), Instant::now());
        for n in 0..1000 {
            store.remember(&who, &format!("resp_{n}"), &map(&"x".repeat(1024)), now);
        }
        let kept = (0..1000).filter(|n| is_there(&store, &who, &format!("resp_{n}"), now));
        let kept = kept.count();
        assert!((1..=50).contains(&kept), "{kept}");
        assert_eq!(
            store
                .recall(&who, &format!("resp_{}", 1000 - kept - 1), now)
                .unwrap_err(),
            Forgotten(Tombstone::MadeRoom)
        );
    }
}

#[test]
fn one_chain_may_be_as_large_as_all_room_and_a_larger_one_says_so() {
    let (who, now) = (caller("a"), Instant::now());
    let mut values = PlaceholderMap::new(&KEY, &Scope::new("s"));
    for n in 0..1000 {
        values.placeholder(&EntityType::Person, &format!("Alice {n}"));
    }
    let large = Arc::new(values.remember());
    let roomy = store(10, large.bytes() + 1000);
    roomy.remember(&who, "resp_1", &large, now);
    assert!(is_there(&roomy, &who, "resp_1", now));
    let small = store(10, large.bytes());
    small.remember(&who, "resp_1", &large, now);
    assert_eq!(
        small.recall(&who, "resp_1", now).unwrap_err(),
        Forgotten(Tombstone::TooLarge)
    );
}

#[test]
fn turns_that_add_to_a_conversation_at_once_keep_each_others_values() {
    let (store, who, now) = (store(10, 100_000), caller("a"), Instant::now());
    for value in ["Alice", "Bob"] {
        store.add(&who, "conv_1", &map(value), now);
    }
    assert_eq!(store.recall(&who, "conv_1", now).unwrap().unwrap().len(), 2);
}

#[test]
fn what_is_no_more_is_forgotten_for_its_caller_alone() {
    let (store, now) = (store(10, 100_000), Instant::now());
    for who in ["a", "b"] {
        store.remember(&caller(who), "resp_1", &map("Alice"), now);
    }
    store.forget(&caller("a"), "resp_1");
    assert!(!is_there(&store, &caller("a"), "resp_1", now));
    assert!(is_there(&store, &caller("b"), "resp_1", now));
}

#[test]
fn it_can_be_turned_off() {
    let (store, now) = (store(0, 0), Instant::now());
    store.remember(&caller("a"), "resp_1", &map("Alice"), now);
    assert!(!is_there(&store, &caller("a"), "resp_1", now));
}
