//! Where numbers come from: the sums that are kept, or, where filters ask for what no sum tells apart, events that are
//! read and summed up here, at most so many.

use std::collections::{BTreeMap, HashMap, HashSet};

use admin_types::Partial;

use super::events::{FILTERS, filter};
use super::parameters::Parameters;
use super::problem::Problem;
use crate::clock::Moment;
use crate::event::Event;
use crate::rollup::{Count, Counts, Dimension, Histogram, Latency, MINUTE, Minutes, Names, Rollups};
use crate::store::events::Position;
use crate::store::rollups::{Sum, Window};
use crate::store::{Store, StoreError};

/// Events that are read for one answer; about a quarter of a second.
const MOST: usize = 50_000;
/// Those of a page.
const PAGE: u32 = 5000;

/// Parameters that a screen's numbers may have.
pub(super) fn allowed(more: &[&'static str]) -> Vec<&'static str> {
    FILTERS.iter().chain(more).copied().collect()
}

pub(super) enum Numbers<'a> {
    Kept(&'a Store),
    Read(Box<Read>),
}

pub(super) struct Read {
    rollups: Rollups,
    partial: Option<Partial>,
}

impl<'a> Numbers<'a> {
    /// What answers for `reach`.
    pub(super) async fn of(
        store: &'a Store,
        parameters: &Parameters,
        reach: Window,
    ) -> Result<Self, Problem> {
        let mut filter = filter(parameters)?;
        let is_filtered = FILTERS
            .iter()
            .any(|name| !matches!(*name, "from" | "to") && parameters.text(name).is_some());
        if !is_filtered {
            return Ok(Self::Kept(store));
        }
        filter.from = Some(Moment::of_seconds(reach.from));
        filter.to = Some(Moment::of_seconds(reach.to));
        let mut events: Vec<Event> = Vec::new();
        let mut is_whole = false;
        while !is_whole && events.len() < MOST {
            let page = store
                .events(&filter, events.last().map(Position::of), PAGE)
                .await?;
            is_whole = page.len() < PAGE as usize;
            events.extend(page);
        }
        let oldest = events.last().filter(|_| !is_whole);
        let partial = oldest.map(|event| Partial {
            since: event.occurred_at.to_text(),
            events: events.len() as u64,
        });
        let names = Names::of(events.iter());
        let rollups = Minutes::of(events.iter(), &names).widened(&HashSet::new());
        Ok(Self::Read(Box::new(Read { rollups, partial })))
    }

    pub(super) fn partial(&self) -> Option<Partial> {
        match self {
            Self::Kept(_) => None,
            Self::Read(read) => read.partial.clone(),
        }
    }

    pub(super) async fn sums(
        &self,
        dimensions: &[Dimension],
        window: Window,
    ) -> Result<Vec<Sum>, StoreError> {
        match self {
            Self::Kept(store) => store.sums(dimensions, window).await,
            Self::Read(read) => Ok(read.sums(dimensions, window)),
        }
    }

    pub(super) async fn histogram(&self, latency: Latency, window: Window) -> Result<Histogram, StoreError> {
        match self {
            Self::Kept(store) => store.histogram(latency, window).await,
            Self::Read(read) => {
                let mut all = Histogram::default();
                for durations in read.latencies(latency, window, MINUTE).values() {
                    all.add(durations);
                }
                Ok(all)
            }
        }
    }

    pub(super) async fn count_series(
        &self,
        dimension: Dimension,
        count: Count,
        window: Window,
        bucket: i64,
    ) -> Result<Vec<(i64, String, i64)>, StoreError> {
        match self {
            Self::Kept(store) => store.count_series(dimension, count, window, bucket).await,
            Self::Read(read) => {
                let rows = read.counts(dimension, window, bucket).into_iter();
                Ok(rows
                    .map(|((at, key), counts)| (at, key.to_owned(), counts.of_kind(count)))
                    .collect())
            }
        }
    }

    /// All sums of each bucket.
    pub(super) async fn total_series(
        &self,
        window: Window,
        bucket: i64,
    ) -> Result<Vec<(i64, Counts)>, StoreError> {
        match self {
            Self::Kept(store) => store.total_series(window, bucket).await,
            Self::Read(read) => {
                let rows = read.counts(Dimension::Total, window, bucket).into_iter();
                Ok(rows.map(|((at, _), counts)| (at, counts)).collect())
            }
        }
    }

    /// The durations of all turns of each bucket.
    pub(super) async fn latency_series(
        &self,
        latency: Latency,
        window: Window,
        bucket: i64,
    ) -> Result<BTreeMap<i64, Histogram>, StoreError> {
        match self {
            Self::Kept(store) => {
                let series = store
                    .latency_series(Dimension::Total, latency, window, bucket)
                    .await?;
                Ok(series
                    .into_iter()
                    .map(|((at, _), durations)| (at, durations))
                    .collect())
            }
            Self::Read(read) => Ok(read.latencies(latency, window, bucket)),
        }
    }
}

impl Read {
    fn sums(&self, dimensions: &[Dimension], window: Window) -> Vec<Sum> {
        let mut sums: HashMap<(i64, &str), Sum> = HashMap::new();
        for (slot, counts) in &self.rollups.counts {
            if slot.width != MINUTE || !dimensions.contains(&slot.dimension) || !window.has(slot.bucket) {
                continue;
            }
            let dimension = slot.dimension as i64;
            let sum = sums.entry((dimension, &slot.key)).or_insert_with(|| Sum {
                dimension,
                key: slot.key.clone(),
                counts: Counts::default(),
                last_bucket: slot.bucket,
            });
            sum.counts.add(*counts);
            sum.last_bucket = sum.last_bucket.max(slot.bucket);
        }
        sums.into_values().collect()
    }

    fn counts(&self, dimension: Dimension, window: Window, bucket: i64) -> BTreeMap<(i64, &str), Counts> {
        let mut rows: BTreeMap<(i64, &str), Counts> = BTreeMap::new();
        for (slot, counts) in &self.rollups.counts {
            if slot.width == MINUTE && slot.dimension == dimension && window.has(slot.bucket) {
                let at = slot.bucket.div_euclid(bucket) * bucket;
                rows.entry((at, &slot.key)).or_default().add(*counts);
            }
        }
        rows
    }

    fn latencies(&self, latency: Latency, window: Window, bucket: i64) -> BTreeMap<i64, Histogram> {
        let mut rows: BTreeMap<i64, Histogram> = BTreeMap::new();
        for (slot, durations) in &self.rollups.latencies {
            if slot.width == MINUTE && slot.dimension == Dimension::Total && window.has(slot.bucket) {
                let at = slot.bucket.div_euclid(bucket) * bucket;
                rows.entry(at).or_default().add(match latency {
                    Latency::Total => &durations.total,
                    Latency::Masking => &durations.masking,
                });
            }
        }
        rows
    }
}
