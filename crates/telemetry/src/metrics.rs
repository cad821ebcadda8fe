//! The metrics of one service: a recorder of its own, because several services may run in one process. Handles are made
//! once and kept; whoever holds one only touches an atomic.

mod level;
pub mod names;

use std::fmt;

use metrics::{Key, KeyName, Label, Level as Verbosity, Metadata, Recorder as _};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

pub use level::Level;
pub use metrics::{Counter, Histogram};

/// The media type of [`Registry::page`].
/// <https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>
pub const PAGE_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

const METADATA: Metadata<'static> = Metadata::new(module_path!(), Verbosity::INFO, None);

/// All metrics of one service.
pub struct Registry {
    recorder: PrometheusRecorder,
    page: PrometheusHandle,
}

impl Registry {
    /// `buckets` are of each histogram that there will be.
    ///
    /// # Panics
    /// When a histogram has no buckets.
    #[must_use]
    pub fn new(buckets: &[(&str, &[f64])]) -> Self {
        let mut builder = PrometheusBuilder::new().with_recommended_naming(true);
        for (name, bounds) in buckets {
            builder = builder
                .set_buckets_for_metric(Matcher::Full((*name).to_owned()), bounds)
                .expect("every histogram has buckets");
        }
        let recorder = builder.build_recorder();
        let page = recorder.handle();
        Self { recorder, page }
    }

    /// What a metric is about, in a sentence; of a metric with labels to be said once.
    pub fn describe(&self, name: &'static str, about: &'static str) {
        // The page keeps one table for all kinds.
        self.recorder
            .describe_counter(KeyName::from_const_str(name), None, about.into());
    }

    /// A counter without labels, on the page from the start.
    pub fn counter(&self, name: &'static str, about: &'static str) -> Counter {
        self.describe(name, about);
        self.labelled_counter(name, Vec::new())
    }

    /// One of the counters of a name, on the page from now on.
    pub fn labelled_counter(&self, name: &'static str, labels: Vec<Label>) -> Counter {
        self.recorder.register_counter(&key(name, labels), &METADATA)
    }

    /// A gauge without labels.
    pub fn level(&self, name: &'static str, about: &'static str) -> Level {
        self.describe(name, about);
        Level::new(self.recorder.register_gauge(&key(name, Vec::new()), &METADATA))
    }

    /// A constant that its labels tell.
    pub fn info(&self, name: &'static str, about: &'static str, labels: Vec<Label>) {
        self.describe(name, about);
        self.recorder.register_gauge(&key(name, labels), &METADATA).set(1);
    }

    /// A histogram without labels.
    pub fn histogram(&self, name: &'static str, about: &'static str) -> Histogram {
        self.describe(name, about);
        self.labelled_histogram(name, Vec::new())
    }

    /// One of the histograms of a name.
    pub fn labelled_histogram(&self, name: &'static str, labels: Vec<Label>) -> Histogram {
        self.recorder.register_histogram(&key(name, labels), &METADATA)
    }

    /// Sorts what histograms were given into their buckets. To be called every few seconds: until then each observation is
    /// kept.
    pub fn upkeep(&self) {
        self.page.run_upkeep();
    }

    /// The page that Prometheus reads, metrics in the order of their names.
    #[must_use]
    pub fn page(&self) -> String {
        let page = self.page.render();
        let mut families: Vec<&str> = page.split_inclusive("\n\n").collect();
        families.sort_unstable();
        families.concat()
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Registry")
    }
}

/// A label whose value is known when the program is built.
#[must_use]
pub const fn label(name: &'static str, value: &'static str) -> Label {
    Label::from_static_parts(name, value)
}

/// A label whose value comes from configuration.
pub fn configured_label(name: &'static str, value: String) -> Label {
    Label::new(name, value)
}

fn key(name: &'static str, labels: Vec<Label>) -> Key {
    Key::from_parts(name, labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_says_what_was_counted() {
        let registry = Registry::new(&[("t_seconds", &[0.5, 1.0])]);
        registry.counter("t_things", "Things").increment(2);
        registry.describe("t_kinds", "Kinds");
        registry
            .labelled_counter("t_kinds", vec![label("kind", "a"), label("colour", "b")])
            .increment(1);
        registry.level("t_open", "Open").raise();
        registry.histogram("t_seconds", "Time").record(0.7);
        registry.upkeep();
        registry.info("t_info", "Build", vec![label("version", "1")]);
        let page = registry.page();
        for line in [
            "# HELP t_things_total Things\n# TYPE t_things_total counter\nt_things_total 2\n",
            "t_kinds_total{kind=\"a\",colour=\"b\"} 1\n",
            "# HELP t_open Open\n# TYPE t_open gauge\nt_open 1\n",
            "# HELP t_seconds Time\n# TYPE t_seconds histogram\nt_seconds_bucket{le=\"0.5\"} 0\nt_seconds_bucket{le=\"1\"} 1\n",
            "t_seconds_count 1\n",
            "t_info{version=\"1\"} 1\n",
        ] {
            assert!(page.contains(line), "{line}\n{page}");
        }
        assert!(page.find("t_info").unwrap() < page.find("t_kinds").unwrap());
    }

    #[test]
    fn two_services_do_not_share_a_counter() {
        let (a, b) = (Registry::new(&[]), Registry::new(&[]));
        a.counter("t", "T").increment(1);
        let _ = b.counter("t", "T");
        assert!(a.page().contains("t_total 1\n"));
        assert!(b.page().contains("t_total 0\n"));
    }
}
