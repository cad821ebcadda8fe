//! Somebody else puts files into the spool, deletes them or cuts them.

use std::fs::File;
use std::path::PathBuf;

use super::{Place, are_all, gateway, secret, turns};
use crate::admin::Admin;
use crate::support::Upstream;

/// The only segment in a place.
fn segment(place: &Place) -> PathBuf {
    let entries = std::fs::read_dir(place.path().join("spool")).unwrap();
    let mut segments: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "spool"))
        .collect();
    assert_eq!(segments.len(), 1, "{segments:?}");
    segments.remove(0)
}

/// What a metric is.
fn number(page: &str, name: &str) -> usize {
    let line = page.lines().find(|line| line.starts_with(name)).unwrap();
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn events_of_several_instances_arrive_under_the_token_of_each() {
    let (upstream, admin, place, other) = (
        Upstream::start().await,
        Admin::dead(secret()).await,
        Place::new(),
        Place::new(),
    );
    let first = gateway(&upstream, &place.settings(&admin, &[])).await;
    let mut done = turns(&first, 10).await;
    first.stopped().await;
    let replica = gateway(&upstream, &other.settings(&admin, &[])).await;
    done.extend(turns(&replica, 10).await);
    replica.stopped().await;
    let spool = place.path().join("spool");
    std::fs::copy(segment(&other), spool.join("00000000000000000007.spool")).unwrap();
    // A whole record that is no event: its length, its checksum, itself.
    let no_event = [3, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255];
    let mut no_event = no_event.to_vec();
    let sum = crc32fast::hash(&[&no_event[..4], &no_event[8..]].concat());
    no_event[4..8].copy_from_slice(&sum.to_le_bytes());
    std::fs::write(spool.join("00000000000000000009.spool"), no_event).unwrap();
    let second = gateway(&upstream, &place.settings(&admin, &[])).await;
    done.extend(turns(&second, 10).await);
    admin.run();
    admin.has(30).await;
    admin.look(|seen| {
        assert!(are_all(seen, &done));
        let mut instances: Vec<_> = seen.events.values().map(|event| &event.instance_id).collect();
        instances.sort();
        instances.dedup();
        assert_eq!(instances.len(), 3);
    });
    let page = second.metrics().await;
    assert_eq!(number(&page, "bauta_audit_streams_refused_total "), 0);
    assert_eq!(number(&page, "bauta_audit_events_refused_total "), 1);
    second.stopped().await;
    assert!(place.written().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_directory_loses_nothing() {
    let (upstream, admin, place) = (Upstream::start().await, Admin::dead(secret()).await, Place::new());
    let first = gateway(&upstream, &place.settings(&admin, &[])).await;
    let mut done = turns(&first, 10).await;
    std::fs::remove_dir_all(place.path().join("spool")).unwrap();
    done.extend(turns(&first, 10).await);
    first.stopped().await;
    let second = gateway(&upstream, &place.settings(&admin, &[])).await;
    admin.run();
    admin.has(20).await;
    assert!(admin.look(|seen| are_all(seen, &done)));
    second.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_segment_is_in_the_way_of_nothing() {
    let (upstream, admin, place) = (Upstream::start().await, Admin::dead(secret()).await, Place::new());
    let gateway = gateway(&upstream, &place.settings(&admin, &[])).await;
    turns(&gateway, 20).await;
    let file = File::options().write(true).open(segment(&place)).unwrap();
    file.set_len(file.metadata().unwrap().len() / 2).unwrap();
    let after = turns(&gateway, 10).await;
    // It is noticed by who looks after the files, or reads them.
    let mut page = gateway.metrics().await;
    while number(&page, "bauta_audit_events_dropped_total ") == 0 {
        page = gateway.metrics().await;
    }
    let lost = number(&page, "bauta_audit_events_dropped_total ");
    assert!((10..=12).contains(&lost), "{lost}");
    assert_eq!(number(&page, "bauta_audit_spool_events "), 30 - lost);
    admin.run();
    admin.has(30 - lost).await;
    assert!(admin.look(|seen| after.iter().all(|id| seen.events.contains_key(id))));
    gateway.stopped().await;
    assert!(place.written().is_empty());
}
