//! The order in which events came: retention, live streams; and whose an id is.

use std::time::Duration;

use super::traffic::{INSTANCE, around_now, event, parsed, total};
use super::*;
use crate::age::{Age, Reading};
use crate::clock::Moment;
use crate::event::Event;
use crate::event::tests::{NOW, sample};
use crate::jobs::clean;
use crate::live::{News, look};
use crate::rollup::{DAY, Dimension};
use crate::settings::Retention;
use crate::store::events::Filter;

const MINUTE: i64 = 60_000;
const DAY_MILLIS: i64 = DAY * 1000;
const KEPT: Retention = Retention {
    days: 30,
    events: 1000,
};

/// The machine ran so many milliseconds, and the clock is off by so many.
fn at(ran: i64, off: i64) -> Reading {
    Reading {
        wall: Moment(NOW.0 + ran + off),
        running: Duration::from_millis(ran as u64 + 1),
    }
}

/// Of a proxy whose clock says 1970.
fn timeless(id: u128) -> Event {
    let mut message = sample(id, INSTANCE);
    message.occurred_at_ms = 0;
    parsed(message)
}

pub(super) async fn retention_goes_by_arrival_and_by_count(place: &Place) {
    let store = place.open().await;
    let mut age = None;
    let mut clean = async |now: Reading, retention: Retention| {
        let deleted = clean(&store, &mut age, now, retention).await.unwrap();
        (deleted, store.event_count().await.unwrap())
    };
    let keep = |days, events| Retention { days, events };
    let mut first: Vec<Event> = (100..130).map(event).collect();
    first.push(timeless(1));
    store.ingest(&first).await.unwrap();
    assert_eq!(clean(at(0, 0), KEPT).await, (0, 31));
    assert_eq!(
        clean(at(MINUTE, 0), KEPT).await,
        (0, 31),
        "what an event says of itself is not its age"
    );
    assert_eq!(clean(at(10 * DAY_MILLIS, 0), KEPT).await, (0, 31));
    let second: Vec<Event> = (0..50).map(|id| event(id + 1000)).collect();
    store.ingest(&second).await.unwrap();
    assert_eq!(
        clean(at(10 * DAY_MILLIS + MINUTE, 0), keep(11, 1000)).await,
        (0, 81)
    );
    assert_eq!(
        clean(at(10 * DAY_MILLIS + 2 * MINUTE, 0), keep(9, 1000)).await,
        (31, 50)
    );
    assert_eq!(
        clean(at(10 * DAY_MILLIS + 3 * MINUTE, 0), keep(9, 20)).await,
        (30, 20)
    );
    assert_eq!(
        store.events(&Filter::default(), None, 100).await.unwrap().len(),
        20
    );
    // Sums outlive their events.
    assert_eq!(total(&store, around_now()).await.requests, 81);
    assert_eq!(
        clean(at(19 * DAY_MILLIS + MINUTE / 2, 0), keep(9, 20)).await,
        (0, 20)
    );
    assert_eq!(
        clean(at(19 * DAY_MILLIS + 4 * MINUTE, 0), keep(9, 20)).await,
        (20, 0)
    );
    assert_eq!(total(&store, around_now()).await.requests, 81);
    assert!(
        store
            .delete_rollups(NOW.plus(Duration::from_secs(60)))
            .await
            .unwrap()
            > 0
    );
    assert_eq!(total(&store, around_now()).await.requests, 0);
}

pub(super) async fn a_clock_that_jumps_deletes_nothing(place: &Place) {
    let store = place.open().await;
    store
        .ingest(&(0..5).map(event).collect::<Vec<_>>())
        .await
        .unwrap();
    // As a release without numbers stored it, an hour ago.
    let sql = Sql::new(
        "UPDATE events SET arrival = 0 WHERE event_id = (SELECT event_id FROM events ORDER BY event_id LIMIT 1)",
    );
    sql.execute(&store.writes).await.unwrap();
    store.add_oidc_attempt(&[7; 32], &attempt(), NOW).await.unwrap();
    let mut age = None;
    let cleaned = async |age: &mut Option<Age>, now: Reading| {
        clean(&store, age, now, KEPT).await.unwrap();
        store.event_count().await.unwrap()
    };
    assert_eq!(cleaned(&mut age, at(0, 0)).await, 5);
    for (ran, off) in [
        (1, 31 * DAY_MILLIS),
        (2, 31 * DAY_MILLIS),
        (3, 0),
        (4, -NOW.0),
        (5, 0),
    ] {
        assert_eq!(cleaned(&mut age, at(ran * MINUTE, off)).await, 5, "{off}");
    }
    // A restart, while the clock is wrong; and one that finds it right again.
    for (ran, off) in [(6, 31 * DAY_MILLIS), (7, 400 * DAY_MILLIS), (8, 0)] {
        let mut another = None;
        assert_eq!(cleaned(&mut another, at(ran * MINUTE, off)).await, 5, "{off}");
        assert_eq!(
            cleaned(&mut another, at(ran * MINUTE + 1000, off)).await,
            5,
            "{off}"
        );
    }
    let taken = store.take_oidc_attempt(&[7; 32], NOW).await.unwrap();
    assert!(taken.is_some(), "what else ends by a clock is there too");
    // What time has passed for goes.
    for days in 1..=31 {
        cleaned(&mut age, at(days * DAY_MILLIS, 0)).await;
    }
    assert_eq!(store.event_count().await.unwrap(), 0);
}

fn attempt() -> oidc_attempts::Attempt {
    oidc_attempts::Attempt {
        nonce: "n".to_owned(),
        verifier: "v".to_owned(),
    }
}

pub(super) async fn what_came_after_a_pause_is_not_older_than_it(place: &Place) {
    let store = place.open().await;
    store.ingest(&[event(1)]).await.unwrap();
    clean(&store, &mut None, at(0, 0), KEPT).await.unwrap();
    // Nobody ran for forty days; what waited elsewhere comes now.
    let mut age = None;
    for (ran, id) in [(0, 2), (MINUTE, 3)] {
        clean(&store, &mut age, at(ran, 40 * DAY_MILLIS), KEPT)
            .await
            .unwrap();
        store.ingest(&[event(id)]).await.unwrap();
    }
    let mut left = async |ran: i64| {
        clean(&store, &mut age, at(ran, 40 * DAY_MILLIS), KEPT)
            .await
            .unwrap();
        store.event_count().await.unwrap()
    };
    assert_eq!(left(2 * MINUTE).await, 3);
    // Until the clock has gone on from there, only a day of it counts.
    assert_eq!(left(DAY_MILLIS / 2).await, 2, "the first is forty days old");
    assert_eq!(left(29 * DAY_MILLIS).await, 2);
    assert_eq!(left(31 * DAY_MILLIS).await, 0);
}

pub(super) async fn streams_see_what_comes_whatever_its_clock_says(place: &Place) {
    let store = place.open().await;
    let ahead = |first: u128, count: u128, by: i64| -> Vec<Event> {
        let event = |id: u128| {
            let mut message = sample(id, INSTANCE);
            message.occurred_at_ms = u64::try_from(NOW.0 + by).unwrap();
            parsed(message)
        };
        (first..first + count).map(event).collect()
    };
    let mut told = None;
    let mut looked = async || {
        let mut ids = Vec::new();
        for news in look(&store, NOW, &mut told).await.unwrap() {
            match news {
                News::Event(event) => ids.push(event.event_id.as_u128()),
                News::Tick(tick) => return (ids, tick.omitted),
            }
        }
        panic!("every look ends in a tick");
    };
    store.ingest(&ahead(1, 600, 540_000)).await.unwrap();
    assert_eq!(looked().await, (vec![], 0), "what was there before is no news");
    store.ingest(&ahead(1000, 2, 0)).await.unwrap();
    store.ingest(&[timeless(2000)]).await.unwrap();
    assert_eq!(looked().await, (vec![1000, 1001, 2000], 0));
    store.ingest(&ahead(3000, 60, 540_000)).await.unwrap();
    store.ingest(&ahead(4000, 10, -3_600_000)).await.unwrap();
    let (ids, omitted) = looked().await;
    assert_eq!((ids.len(), omitted), (50, 20));
    assert!((4000..4010).all(|id| ids.contains(&id)), "{ids:?}");
    assert_eq!(looked().await, (vec![], 0));
}

pub(super) async fn an_id_of_another_instance_swallows_nothing(place: &Place) {
    let store = place.open().await;
    let of = |id: u128, instance: u128| {
        Event::parse(sample(id, instance), Uuid::from_u128(instance), NOW).unwrap()
    };
    let batch = |instance: u128| (1..=20).map(|id| of(id, instance)).collect::<Vec<_>>();
    assert_eq!(store.ingest(&batch(8)).await.unwrap(), 20);
    // Both at once, and again.
    let both: Vec<Event> = batch(9).into_iter().chain(batch(10)).chain(batch(8)).collect();
    assert_eq!(store.ingest(&both).await.unwrap(), 40);
    assert_eq!(store.ingest(&both).await.unwrap(), 0);
    let other = place.open().await;
    assert_eq!(other.ingest(&batch(10)).await.unwrap(), 0);
    assert_eq!(store.event_count().await.unwrap(), 60);
    assert_eq!(total(&store, around_now()).await.requests, 60);
    let sums = store.sums(&[Dimension::Instance], around_now()).await.unwrap();
    assert!(sums.iter().all(|sum| sum.counts.requests == 20), "{sums:?}");
    let events = store.events(&Filter::default(), None, 100).await.unwrap();
    let ids: std::collections::HashSet<Uuid> = events.iter().map(|event| event.event_id).collect();
    assert_eq!(ids.len(), 60, "each can be asked for by its id");
    assert_eq!(store.event(Uuid::from_u128(1)).await.unwrap(), Some(of(1, 8)));
}
