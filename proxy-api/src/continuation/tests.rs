mod shared;

use http::HeaderMap;
use masking::{EntityType, MasterKey, PlaceholderMap, Scope};

use super::*;
use crate::caller::Callers;
use crate::config::{Auth, ScopeRule};

const KEY: MasterKey = MasterKey::new([1; 32]);

fn caller(credential: &'static str) -> Caller {
    let mut headers = HeaderMap::new();
    headers.insert("authorization", http::HeaderValue::from_static(credential));
    let session = http::HeaderName::from_static("x-session");
    Callers::new(Auth::Passthrough, vec![], ScopeRule::Caller, session)
        .recognise(&headers, &KEY)
        .unwrap()
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

#[test]
fn a_chain_belongs_to_its_caller() {
    let (store, now) = (store(10, 100_000), Instant::now());
    store.remember(&caller("a"), "resp_1", &map("Alice"), now);
    assert!(store.recall(&caller("a"), "resp_1", now).is_some());
    assert!(store.recall(&caller("b"), "resp_1", now).is_none());
    assert!(store.recall(&caller("a"), "resp_2", now).is_none());
}

#[test]
fn it_is_forgotten_in_time() {
    let (store, now) = (store(10, 100_000), Instant::now());
    store.remember(&caller("a"), "resp_1", &map("Alice"), now);
    let later = now + Duration::from_secs(60);
    assert!(store.recall(&caller("a"), "resp_1", later).is_none());
    store.sweep(later);
    assert!(store.recall(&caller("a"), "resp_1", now).is_none(), "swept");
}

#[test]
fn count_and_bytes_are_bounded() {
    for store in [store(50, 1 << 30), store(1 << 20, 50 * 1024)] {
        let (who, now) = (caller("a"), Instant::now());
        for n in 0..1000 {
            store.remember(&who, &format!("resp_{n}"), &map(&"x".repeat(1024)), now);
        }
        let kept = (0..1000)
            .filter(|n| store.recall(&who, &format!("resp_{n}"), now).is_some())
            .count();
        assert!((1..=50).contains(&kept), "{kept}");
    }
}

#[test]
fn it_can_be_turned_off() {
    let (store, now) = (store(0, 0), Instant::now());
    store.remember(&caller("a"), "resp_1", &map("Alice"), now);
    assert!(store.recall(&caller("a"), "resp_1", now).is_none());
}
