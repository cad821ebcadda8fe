//! Events, sums, retention, instances.

use proto::audit_v1::{Action, AuditEvent, Outcome, Surface};
use proto::fleet_v1::InstanceReport;

use super::*;
use crate::clock::Moment;
use crate::event::Event;
use crate::event::tests::{NOW, sample};
use crate::rollup::{Counts, DAY, Dimension};
use crate::store::events::{Filter, Position};
use crate::store::rollups::Window;

pub(super) const INSTANCE: u128 = 7;

pub(super) fn parsed(message: AuditEvent) -> Event {
    Event::parse(message, Uuid::from_u128(INSTANCE), NOW).unwrap()
}

pub(super) fn event(id: u128) -> Event {
    parsed(sample(id, INSTANCE))
}

/// An event so many seconds before [`NOW`].
pub(super) fn earlier(id: u128, seconds: i64) -> Event {
    let mut message = sample(id, INSTANCE);
    message.occurred_at_ms = u64::try_from(NOW.0 - seconds * 1000).unwrap();
    parsed(message)
}

pub(super) fn around_now() -> Window {
    Window::around(Moment(NOW.0 - 60_000), Moment(NOW.0 + 60_000))
}

pub(super) async fn total(store: &Store, window: Window) -> Counts {
    let sums = store.sums(&[Dimension::Total], window).await.unwrap();
    sums.first().map(|sum| sum.counts).unwrap_or_default()
}

pub(super) async fn events_come_back(place: &Place) {
    let store = place.open().await;
    assert_eq!(store.ingest(&[event(1)]).await.unwrap(), 1);
    assert_eq!(store.event(Uuid::from_u128(1)).await.unwrap(), Some(event(1)));
    assert_eq!(store.event(Uuid::from_u128(2)).await.unwrap(), None);
    store.close().await;
    // A restart finds it, and the schema as it is.
    let again = place.open().await;
    assert_eq!(
        again.events(&Filter::default(), None, 10).await.unwrap(),
        [event(1)]
    );
    again.ping().await.unwrap();
}

pub(super) async fn duplicates_are_stored_and_counted_once(place: &Place) {
    let store = place.open().await;
    let batch = || (1..=700).map(event).collect::<Vec<_>>();
    assert_eq!(store.ingest(&batch()).await.unwrap(), 700);
    assert_eq!(store.ingest(&batch()).await.unwrap(), 0);
    // Half of it is new, and half of that stands there twice.
    let mixed: Vec<Event> = (651..=750).chain(701..=750).map(event).collect();
    assert_eq!(store.ingest(&mixed).await.unwrap(), 50);
    // The same id at another time is still the same event.
    let mut moved = sample(1, INSTANCE);
    moved.occurred_at_ms -= 3_600_000;
    assert_eq!(store.ingest(&[parsed(moved)]).await.unwrap(), 0);
    assert_eq!(store.event_count().await.unwrap(), 750);
    let counts = total(&store, around_now()).await;
    assert_eq!(
        (counts.requests, counts.masked, counts.values_masked),
        (750, 750, 1500)
    );
    assert_eq!((counts.input_tokens, counts.output_tokens), (7500, 15_000));
}

pub(super) async fn a_batch_that_breaks_off_leaves_nothing(place: &Place) {
    let store = place.open().await;
    // As a process that is killed in the middle of a batch: the transaction is never committed.
    let batch: Vec<Event> = (1..=600).map(event).collect();
    {
        let mut transaction = store.begin().await.unwrap();
        ingest::insert_for_test(&mut transaction, store.kind, &batch).await;
    }
    assert_eq!(store.events(&Filter::default(), None, 1).await.unwrap(), []);
    assert_eq!(store.ingest(&batch).await.unwrap(), 600);
    assert_eq!(total(&store, around_now()).await.requests, 600);
    assert_eq!(store.event_count().await.unwrap(), 600);
}

pub(super) async fn replicas_can_take_the_same_events(place: &Place) {
    let (one, other) = (place.open().await, place.open().await);
    let (forward, mut backward): (Vec<Event>, Vec<Event>) =
        ((1..=400).map(event).collect(), (201..=600).map(event).collect());
    backward.reverse();
    let (first, second) = tokio::join!(one.ingest(&forward), other.ingest(&backward));
    assert_eq!(first.unwrap() + second.unwrap(), 600);
    assert_eq!(total(&one, around_now()).await.requests, 600);
}

pub(super) async fn pages_have_every_event_once(place: &Place) {
    let store = place.open().await;
    // Many share a millisecond.
    let batch: Vec<Event> = (0..250)
        .map(|n| earlier(n, i64::try_from(n / 100).unwrap()))
        .collect();
    store.ingest(&batch).await.unwrap();
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let page = store.events(&Filter::default(), before, 40).await.unwrap();
        let Some(last) = page.last() else { break };
        before = Some(Position::of(last));
        seen.extend(page.into_iter().map(|event| (event.occurred_at, event.event_id)));
    }
    assert_eq!(seen.len(), 250);
    assert!(seen.is_sorted_by(|a, b| a > b));
}

pub(super) async fn filters_narrow(place: &Place) {
    let store = place.open().await;
    let mut other = sample(2, INSTANCE);
    other.outcome = Outcome::Blocked.into();
    other.surface = Surface::AnthropicMessages.into();
    other.upstream = "anthropic".to_owned();
    other.model = "claude-x".to_owned();
    other.caller_id = "ffffffffffffffff".to_owned();
    other.status = 403;
    other.error_code = "blocked_by_policy".to_owned();
    other.detections[0].entity_type = "API_KEY".to_owned();
    other.detections[0].action = Action::Block.into();
    store
        .ingest(&[event(1), parsed(other), earlier(3, 7200)])
        .await
        .unwrap();
    let found = async |filter: Filter| -> Vec<u128> {
        let events = store.events(&filter, None, 10).await.unwrap();
        events.iter().map(|event| event.event_id.as_u128()).collect()
    };
    let text = |text: &str| Some(text.to_owned());
    let none = Filter::default;
    assert_eq!(found(none()).await, [2, 1, 3]);
    assert_eq!(
        found(Filter {
            from: Some(Moment(NOW.0 - 1)),
            ..none()
        })
        .await,
        [2, 1]
    );
    assert_eq!(
        found(Filter {
            to: Some(NOW),
            ..none()
        })
        .await,
        [3]
    );
    for filter in [
        Filter {
            outcome: Some(3),
            ..none()
        },
        Filter {
            surface: Some(3),
            ..none()
        },
        Filter {
            upstream: text("anthropic"),
            ..none()
        },
        Filter {
            model: text("claude-x"),
            ..none()
        },
        Filter {
            caller: text("ffffffffffffffff"),
            ..none()
        },
        Filter {
            status: Some(403),
            ..none()
        },
        Filter {
            code: text("blocked_by_policy"),
            ..none()
        },
        Filter {
            entity_type: text("API_KEY"),
            ..none()
        },
        Filter {
            action: Some("block"),
            ..none()
        },
        Filter {
            entity_type: text("API_KEY"),
            action: Some("block"),
            ..none()
        },
    ] {
        assert_eq!(found(filter.clone()).await, [2], "{filter:?}");
    }
    for nothing in [
        Filter {
            entity_type: text("EMAIL"),
            action: Some("block"),
            ..none()
        },
        // `_` and `%` mean themselves.
        Filter {
            entity_type: text("API%"),
            ..none()
        },
        Filter {
            entity_type: text("APIXKEY"),
            ..none()
        },
        Filter {
            upstream: text("' OR '1'='1"),
            ..none()
        },
        Filter {
            instance: Some(Uuid::from_u128(8)),
            ..none()
        },
    ] {
        assert_eq!(found(nothing.clone()).await, [] as [u128; 0], "{nothing:?}");
    }
    assert_eq!(
        found(Filter {
            instance: Some(Uuid::from_u128(INSTANCE)),
            ..none()
        })
        .await
        .len(),
        3
    );
}

/// All pages of a filter.
async fn paged(store: &Store, filter: &Filter, limit: u32) -> Vec<u128> {
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let page = store.events(filter, before, limit).await.unwrap();
        let Some(last) = page.last() else { return seen };
        before = Some(Position::of(last));
        seen.extend(page.iter().map(|event| event.event_id.as_u128()));
    }
}

pub(super) async fn filters_find_what_is_rare(place: &Place) {
    let store = place.open().await;
    let is_rare = |n: u128| n.is_multiple_of(7) || (200..230).contains(&n);
    let batch = (1..=900_u128).map(|n| {
        // Three a minute, a gap, and some that are months old.
        let minutes = n / 3 + if n > 400 { 2000 } else { 0 };
        let months = if n > 800 { 250 * DAY } else { 0 };
        let mut message = sample(n, INSTANCE);
        message.occurred_at_ms = u64::try_from(NOW.0).unwrap()
            - u64::try_from(minutes * 60_000).unwrap()
            - u64::try_from(months * 1000).unwrap();
        if is_rare(n) {
            message.caller_id = "ffffffffffffffff".to_owned();
        }
        if n.is_multiple_of(3) {
            message.model = "claude-x".to_owned();
        }
        parsed(message)
    });
    store.ingest(&batch.collect::<Vec<_>>()).await.unwrap();
    let rare = Filter {
        caller: Some("ffffffffffffffff".to_owned()),
        ..Filter::default()
    };
    let both = Filter {
        model: Some("claude-x".to_owned()),
        ..rare.clone()
    };
    let later = Filter {
        from: Some(Moment(NOW.0 - 100 * 60_000)),
        ..both.clone()
    };
    for sums in ["all", "newer than the oldest events", "none"] {
        match sums {
            "all" => {}
            "none" => drop(store.delete_rollups(Moment(NOW.0 + DAY * 1000)).await.unwrap()),
            _ => drop(
                store
                    .delete_rollups(Moment(NOW.0 - 200 * DAY * 1000))
                    .await
                    .unwrap(),
            ),
        }
        for limit in [1, 10, 500] {
            let sorted = |mut ids: Vec<u128>| {
                ids.sort_unstable();
                ids
            };
            let all: Vec<u128> = (1..=900).filter(|n| is_rare(*n)).collect();
            assert_eq!(sorted(paged(&store, &rare, limit).await), all, "{sums}");
            let two: Vec<u128> = all.iter().copied().filter(|n| n.is_multiple_of(3)).collect();
            assert_eq!(sorted(paged(&store, &both, limit).await), two, "{sums}");
            let late: Vec<u128> = two.iter().copied().filter(|n| n / 3 <= 100).collect();
            assert_eq!(sorted(paged(&store, &later, limit).await), late, "{sums}");
        }
    }
}

pub(super) async fn reports_replace_each_other(place: &Place) {
    let store = place.open().await;
    let id = Uuid::from_u128(INSTANCE);
    for version in ["0.1.0", "0.1.1"] {
        let report = InstanceReport {
            version: version.to_owned(),
            started_at_ms: u64::MAX,
            ..InstanceReport::default()
        };
        store.report(id, &report, NOW).await.unwrap();
    }
    let instances = store.instances(10).await.unwrap();
    assert_eq!(instances.len(), 1);
    assert_eq!(
        (instances[0].id, instances[0].report.version.as_str()),
        (id, "0.1.1")
    );
    assert_eq!(store.delete_instances(NOW).await.unwrap(), 0);
    assert_eq!(store.delete_instances(Moment(NOW.0 + 1)).await.unwrap(), 1);
}
