//! Prometheus metrics of the control plane: a recorder of its own, so that several planes run in one process. Handles are
//! made once where labels are known.

use std::time::Duration;

use metrics::{Counter, Gauge, Histogram, Key, Label, Level, Metadata, Recorder as _};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

const EVENTS: &str = "bauta_admin_events_stored_total";
const DUPLICATES: &str = "bauta_admin_events_duplicate_total";
const INVALID: &str = "bauta_admin_events_invalid_total";
const WRITE_SECONDS: &str = "bauta_admin_write_seconds";
const WRITE_FAILURES: &str = "bauta_admin_write_failures_total";
const REPORTS: &str = "bauta_admin_reports_stored_total";
const REFUSED: &str = "bauta_admin_ingest_refused_total";
const REQUESTS: &str = "bauta_admin_http_requests_total";
const REQUEST_SECONDS: &str = "bauta_admin_http_request_seconds";
const SIGN_INS: &str = "bauta_admin_sign_ins_total";
const HASHINGS: &str = "bauta_admin_password_hashings_total";
const LIVE: &str = "bauta_admin_live_streams";
const DELETED: &str = "bauta_admin_events_deleted_total";
const BUILD: &str = "bauta_admin_build_info";

const SECONDS: [f64; 12] = [
    0.001, 0.002_5, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];
const METADATA: Metadata<'static> = Metadata::new("bauta_admin", Level::INFO, None);

pub(crate) struct Metrics {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    events: Counter,
    duplicates: Counter,
    invalid: Counter,
    write_seconds: Histogram,
    write_failures: Counter,
    reports: Counter,
    deleted: Counter,
    hashings: Counter,
    request_seconds: Histogram,
    live: Gauge,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut builder = PrometheusBuilder::new();
        for name in [WRITE_SECONDS, REQUEST_SECONDS] {
            builder = builder
                .set_buckets_for_metric(Matcher::Full(name.to_owned()), &SECONDS)
                .expect("there are buckets");
        }
        let recorder = builder.build_recorder();
        describe(&recorder);
        let counter = |name: &'static str| recorder.register_counter(&Key::from_static_name(name), &METADATA);
        let histogram =
            |name: &'static str| recorder.register_histogram(&Key::from_static_name(name), &METADATA);
        let version = [Label::new("version", env!("CARGO_PKG_VERSION"))];
        recorder
            .register_gauge(&Key::from_parts(BUILD, version.to_vec()), &METADATA)
            .set(1.0);
        Self {
            handle: recorder.handle(),
            events: counter(EVENTS),
            duplicates: counter(DUPLICATES),
            invalid: counter(INVALID),
            write_seconds: histogram(WRITE_SECONDS),
            write_failures: counter(WRITE_FAILURES),
            reports: counter(REPORTS),
            deleted: counter(DELETED),
            hashings: counter(HASHINGS),
            request_seconds: histogram(REQUEST_SECONDS),
            live: recorder.register_gauge(&Key::from_static_name(LIVE), &METADATA),
            recorder,
        }
    }

    pub(crate) fn events_stored(&self, fresh: usize, duplicates: usize, took: Duration) {
        self.events.increment(fresh as u64);
        self.duplicates.increment(duplicates as u64);
        self.write_seconds.record(took.as_secs_f64());
    }

    pub(crate) fn events_invalid(&self, count: usize) {
        self.invalid.increment(count as u64);
    }

    pub(crate) fn write_failed(&self) {
        self.write_failures.increment(1);
    }

    pub(crate) fn report_stored(&self) {
        self.reports.increment(1);
    }

    pub(crate) fn events_deleted(&self, count: u64) {
        self.deleted.increment(count);
    }

    pub(crate) fn hashing(&self) {
        self.hashings.increment(1);
    }

    /// `reason` is one of a few constants.
    pub(crate) fn ingest_refused(&self, reason: &str) {
        self.labelled(REFUSED, "reason", reason);
    }

    /// `result` is one of a few constants.
    pub(crate) fn sign_in(&self, result: &'static str) {
        self.labelled(SIGN_INS, "result", result);
    }

    pub(crate) fn request(&self, status: u16, took: Duration) {
        self.labelled(REQUESTS, "status", &status.to_string());
        self.request_seconds.record(took.as_secs_f64());
    }

    pub(crate) fn live_streams(&self, change: f64) {
        self.live.increment(change);
    }

    /// In Prometheus' text format.
    pub(crate) fn render(&self) -> String {
        self.handle.render()
    }

    fn labelled(&self, name: &'static str, label: &'static str, value: &str) {
        let key = Key::from_parts(name, vec![Label::new(label, value.to_owned())]);
        self.recorder.register_counter(&key, &METADATA).increment(1);
    }
}

fn describe(recorder: &PrometheusRecorder) {
    let counters = [
        (EVENTS, "Audit events that were stored."),
        (DUPLICATES, "Audit events that were there already."),
        (INVALID, "Audit events that can never be stored."),
        (WRITE_FAILURES, "Transactions of events that failed."),
        (REPORTS, "Reports of instances."),
        (REFUSED, "Calls of instances that were refused, by reason."),
        (REQUESTS, "Requests of operators, by status."),
        (SIGN_INS, "Attempts to sign in, by result."),
        (
            HASHINGS,
            "Passwords that were hashed or checked, names that nobody has among them.",
        ),
        (DELETED, "Audit events that retention removed."),
    ];
    for (name, text) in counters {
        recorder.describe_counter(name.into(), None, text.into());
    }
    recorder.describe_histogram(
        WRITE_SECONDS.into(),
        None,
        "Time of a transaction of events.".into(),
    );
    recorder.describe_histogram(REQUEST_SECONDS.into(), None, "Time to an answer's head.".into());
    recorder.describe_gauge(LIVE.into(), None, "Live streams now.".into());
    recorder.describe_gauge(BUILD.into(), None, "Always 1; a label tells the version.".into());
}
