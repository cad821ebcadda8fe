//! Events of turns reach the control plane: each of them, once, whatever dies in between, and with no value in them.

mod bounds;
mod changed;
mod killed;
mod trust;

use std::collections::HashSet;
use std::path::Path;

use bytes::Bytes;
use futures_util::future::join_all;
use http::Request;
use http_body_util::BodyExt as _;
use http_body_util::channel::Channel;
use serde_json::json;
use uuid::Uuid;

use crate::admin::{Admin, Conduct, Key, Seen};
use crate::support::{Answer, Gateway, Upstream, assistant, chat, event_stream, json_answer, post, whole};

pub(super) const SECRET: &str = "a secret that both sides have, of some length";

/// Where a gateway keeps its key and its spool.
pub(super) struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("key"), SECRET).unwrap();
        Self { folder }
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn text(&self, name: &str) -> String {
        self.path().join(name).display().to_string()
    }

    /// Settings for a gateway that delivers to `admin`, and further ones.
    pub(super) fn settings(
        &self,
        admin: &Admin,
        more: &[(&'static str, &str)],
    ) -> Vec<(&'static str, String)> {
        let mut all = vec![
            ("AUDIT__SINK", "admin".to_owned()),
            ("AUDIT__ENDPOINT", format!("http://{}", admin.address)),
            ("AUDIT__SIGNING_KEY_FILE", self.text("key")),
            ("AUDIT__SPOOL_DIR", self.text("spool")),
        ];
        all.retain(|(key, _)| !more.iter().any(|(own, _)| own == key));
        all.extend(more.iter().map(|(key, value)| (*key, (*value).to_owned())));
        all.retain(|(_, value)| !value.is_empty());
        all
    }

    /// Everything that is in files here, but for the key.
    pub(super) fn written(&self) -> Vec<u8> {
        let mut all = Vec::new();
        for entry in std::fs::read_dir(self.path().join("spool")).unwrap() {
            all.extend(std::fs::read(entry.unwrap().path()).unwrap());
        }
        all
    }
}

pub(super) fn secret() -> Key {
    Key::Secret(SECRET.as_bytes().to_vec())
}

pub(super) async fn gateway(upstream: &Upstream, settings: &[(&'static str, String)]) -> Gateway {
    let settings: Vec<_> = settings
        .iter()
        .map(|(key, value)| (*key, value.as_str()))
        .collect();
    Gateway::with(upstream, &settings).await
}

/// Runs turns, a few at once; gives the ids of those that were answered.
pub(super) async fn turns(gateway: &Gateway, count: usize) -> HashSet<Vec<u8>> {
    let mut done = HashSet::new();
    for first in (0..count).step_by(20) {
        let some = (first..count.min(first + 20)).map(|n| async move {
            let answer = gateway
                .chat(&chat(&format!("write to ann{n}@corp-mail.com")))
                .await;
            assert_eq!(answer.status, 200);
            id_of(&answer)
        });
        done.extend(join_all(some).await);
    }
    done
}

/// The id of the turn that an answer belongs to.
pub(super) fn id_of(answer: &Answer) -> Vec<u8> {
    let id = answer.headers["x-bauta-request-id"].to_str().unwrap();
    Uuid::parse_str(id.trim_start_matches("req_"))
        .unwrap()
        .as_bytes()
        .to_vec()
}

/// Whether exactly these events are stored.
pub(super) fn are_all(seen: &Seen, done: &HashSet<Vec<u8>>) -> bool {
    seen.events.len() == done.len() && done.iter().all(|id| seen.events.contains_key(id))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_turn_arrives_once() {
    let (upstream, admin, place) = (
        Upstream::start().await,
        Admin::start(secret()).await,
        Place::new(),
    );
    let gateway = gateway(&upstream, &place.settings(&admin, &[])).await;
    let done = turns(&gateway, 60).await;
    admin.has(60).await;
    admin.look(|seen| {
        assert!(are_all(seen, &done));
        assert_eq!(seen.repeated, 0);
        let event = seen.events.values().next().unwrap();
        assert_eq!((event.status, event.placeholders_issued), (200, 1));
        assert_eq!(event.detections[0].entity_type, "EMAIL");
        let instance = Uuid::from_slice(&event.instance_id).unwrap().to_string();
        assert!(seen.subjects.iter().all(|subject| *subject == instance));
    });
    gateway.stopped().await;
    // What is stored is not kept here.
    assert!(place.written().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_of_the_whole_load_loses_nothing() {
    let (upstream, admin, place) = (Upstream::start().await, Admin::dead(secret()).await, Place::new());
    let gateway = gateway(&upstream, &place.settings(&admin, &[])).await;
    let done = turns(&gateway, 200).await;
    let page = gateway.metrics().await;
    for line in [
        "bauta_audit_spool_events 200",
        "bauta_audit_events_sent_total 0",
        "bauta_audit_events_dropped_total 0",
    ] {
        assert!(page.contains(line), "{line}\n{page}");
    }
    admin.run();
    admin.has(200).await;
    assert!(admin.look(|seen| are_all(seen, &done)));
    gateway.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_delivers_what_is_left_and_a_start_what_was_not() {
    let (upstream, admin, place) = (Upstream::start().await, Admin::dead(secret()).await, Place::new());
    let first = gateway(&upstream, &place.settings(&admin, &[])).await;
    let mut done = turns(&first, 30).await;
    first.stopped().await;
    admin.run();
    let second = gateway(&upstream, &place.settings(&admin, &[])).await;
    admin.has(30).await;
    // Without a directory, the stop itself delivers.
    let third = gateway(&upstream, &place.settings(&admin, &[("AUDIT__SPOOL_DIR", "")])).await;
    done.extend(turns(&third, 30).await);
    third.stopped().await;
    assert!(admin.look(|seen| are_all(seen, &done)));
    second.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_says_how_it_is() {
    let (upstream, admin, place) = (
        Upstream::start().await,
        Admin::start(secret()).await,
        Place::new(),
    );
    let more = [
        ("POLICY__DENY_TERMS", "[{term=\"canary-seven\",type=\"PERSON\"}]"),
        ("AUDIT__WHEN_FULL", "refuse_requests"),
    ];
    let gateway = gateway(&upstream, &place.settings(&admin, &more)).await;
    turns(&gateway, 3).await;
    let told = |seen: &Seen| {
        let report = seen.reports.last()?;
        (report.counters?.requests == 3).then(|| report.clone())
    };
    let report = admin.until("a report", told).await;
    let (posture, counters, spool) = (
        report.posture.unwrap(),
        report.counters.unwrap(),
        report.spool.unwrap(),
    );
    assert_eq!((counters.masked, counters.errors), (3, 0));
    assert_eq!((posture.dangerous_switches, posture.custom_rules), (2, 1));
    assert!(posture.has_spool_directory && !posture.requires_gateway_key && !posture.has_master_key);
    assert_eq!(
        posture.when_full,
        proto::fleet_v1::WhenFull::RefuseRequests as i32
    );
    assert_eq!(posture.policy_revision.len(), 16);
    assert_eq!(spool.limit_bytes, 256 << 20);
    assert!(report.started_at_ms > 0 && report.started_at_ms <= report.reported_at_ms);
    assert!(!format!("{posture:?}").contains("canary"));
    gateway.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_canary_is_in_spool_metrics_or_on_the_wire() {
    let canaries = [
        "canary.one",
        "canary-two",
        "canary-three",
        "canary-four",
        "canary-five",
    ];
    let (upstream, admin, place) = (Upstream::start().await, Admin::dead(secret()).await, Place::new());
    let gateway = gateway(&upstream, &place.settings(&admin, &[])).await;
    upstream.answer(assistant("the answer says canary-five"));
    let body = serde_json::json!({"model": "a model of canary-four",
        "messages": [{"role": "user", "name": "canary-two", "content": "canary.one@corp-mail.com"}],
        "metadata": {"canary-three": "canary.one@corp-mail.com"}});
    assert_eq!(gateway.chat(&body).await.status, 200);
    let written = place.written();
    assert!(!written.is_empty());
    let page = gateway.metrics().await;
    admin.run();
    admin.has(1).await;
    let wire = admin.look(|seen| seen.bytes.clone());
    for (place, bytes) in [
        ("spool", &written),
        ("wire", &wire),
        ("metrics", &page.into_bytes()),
    ] {
        let text = String::from_utf8_lossy(bytes);
        for canary in canaries {
            assert!(!text.contains(canary), "{canary} in {place}");
        }
        assert!(place == "metrics" || text.contains("<redacted>"), "{place}");
    }
    gateway.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stalled_admin_delays_no_turn() {
    let (upstream, admin, place) = (
        Upstream::start().await,
        Admin::start(secret()).await,
        Place::new(),
    );
    admin.conduct(Conduct::Stall);
    let gateway = gateway(&upstream, &place.settings(&admin, &[])).await;
    let mut done = turns(&gateway, 20).await;
    admin
        .until("a batch", |seen| (seen.batches > 0).then_some(()))
        .await;
    done.extend(turns(&gateway, 20).await);
    assert_eq!(done.len(), 40);
    // It comes to its senses on another connection.
    admin.kill();
    admin.conduct(Conduct::Store);
    admin.run();
    admin.has(40).await;
    assert!(admin.look(|seen| are_all(seen, &done)));
    gateway.stopped().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_written_before_the_last_byte_of_its_answer() {
    let (upstream, admin, place) = (Upstream::start().await, Admin::dead(secret()).await, Place::new());
    let gateway = gateway(&upstream, &place.settings(&admin, &[])).await;
    let stream = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\"}}]}\n\ndata: [DONE]\n\n";
    for round in 0..10 {
        let (mut sender, body) = Channel::<Bytes>::new(1);
        // A body, a stream of known and one of unknown length, one that passes, a refusal, a failure.
        upstream.answer(assistant("Hello."));
        upstream.answer(event_stream(whole(stream)));
        upstream.answer(event_stream(body.boxed_unsync()));
        upstream.answer(assistant("Hello."));
        upstream.answer(json_answer(500, &json!({"error": {"message": "no"}})));
        let streamed = async {
            sender
                .send_data(Bytes::from_static(stream.as_bytes()))
                .await
                .unwrap();
            drop(sender);
        };
        let models = Request::get("/v1/models")
            .header("host", "g")
            .body(whole(""))
            .unwrap();
        let broken = post("/v1/chat/completions").body(whole("{")).unwrap();
        let mut told = round * 6;
        let mut is_told = async || {
            told += 1;
            let page = gateway.metrics().await;
            assert!(
                page.contains(&format!("\nbauta_audit_spool_events {told}\n")),
                "{told}\n{page}"
            );
        };
        assert_eq!(gateway.chat(&chat("hello")).await.status, 200);
        is_told().await;
        assert_eq!(gateway.chat(&chat("hello")).await.text(), stream);
        is_told().await;
        let hello = chat("hello");
        let (answer, ()) = tokio::join!(gateway.chat(&hello), streamed);
        assert_eq!(answer.text(), stream);
        is_told().await;
        assert_eq!(gateway.send(models).await.status, 200);
        is_told().await;
        assert_eq!(gateway.chat(&chat("hello")).await.status, 500);
        is_told().await;
        assert_eq!(gateway.send(broken).await.status, 400);
        is_told().await;
    }
    gateway.stopped().await;
}
