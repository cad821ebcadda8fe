//! Values that were found in one place and stand in another, where no detector knew them.

use std::cell::Cell;
use std::sync::{Arc, LazyLock};

use super::search::{Needles, Search};
use super::texts::Texts;
use super::{LeafClass, TextLeaf, counts, in_time, locate, value};
use crate::overlap::{Judged, Located};
use crate::policy::Action;
use crate::reading::Readings;
use crate::{ByteSpan, Deadline, Detection, DetectorError, EntityType, PlaceholderMap, Score};

/// The name that these detections bear.
const AGAIN: &str = "again";
static SHARED_AGAIN: LazyLock<Arc<str>> = LazyLock::new(|| AGAIN.into());
/// Bytes after which it is asked whether anybody still waits.
const ASKED_BYTES: usize = 64 << 10;

/// What stands again, by leaf, and the search that has met it.
pub(super) struct Again {
    pub(super) found: Vec<(usize, Vec<Located>)>,
    pub(super) search: Search,
}

/// What of the values found, and of those that `map` has placeholders for, stands elsewhere, by leaf; and the search for
/// them all.
pub(super) fn found_again(
    texts: &mut Texts<'_>,
    judged: &[Arc<[Judged]>],
    map: &PlaceholderMap,
    until: &dyn Deadline,
) -> Result<Again, DetectorError> {
    let mut needles = Needles::of_map(map);
    let mut added = Vec::new();
    let mut added_to = Vec::with_capacity(judged.len());
    for (leaf, of_leaf) in judged.iter().enumerate() {
        let class = texts.leaves()[leaf].class;
        let (from, text) = (added.len(), texts.leaves()[leaf].text);
        let mut last = None;
        for one in of_leaf.iter().filter(|one| is_looked_for(class, one)) {
            let entity = &one.detection.entity;
            // A list that says one value over and over says it once.
            let written = one
                .read
                .is_none()
                .then(|| (entity, &text[one.detection.span.range()]));
            if std::mem::replace(&mut last, written) == written && written.is_some() {
                continue;
            }
            needles.add(entity, one.action, texts.expose_value(leaf, one), |one| {
                added.push(one);
            });
        }
        added[from..].sort_unstable();
        added_to.push(added.len());
    }
    let mut found = Vec::new();
    let search = Search::new(needles);
    if search.is_empty() {
        return Ok(Again { found, search });
    }
    let (mut bytes, mut from) = (0, 0);
    for ((leaf, of_leaf), to) in judged.iter().enumerate().zip(added_to) {
        let own = &added[std::mem::replace(&mut from, to)..to];
        let text = texts.leaves()[leaf];
        if !is_searched(text.class) || texts.holds_only(leaf, &search, own) {
            continue;
        }
        bytes += text.text.len();
        if bytes > ASKED_BYTES {
            bytes = 0;
            in_time(until)?;
        }
        let hits = hits(&search, text.text, texts.readings(leaf), of_leaf);
        texts.release(leaf);
        if !hits.is_empty() {
            found.push((leaf, hits));
        }
    }
    Ok(Again { found, search })
}

/// What of the values found in a text stands in it elsewhere.
pub(super) fn found_beside(leaf: &TextLeaf<'_>, readings: &Readings<'_>, judged: &[Judged]) -> Vec<Located> {
    if !is_searched(leaf.class) {
        return Vec::new();
    }
    let mut needles = Needles::default();
    for one in judged.iter().filter(|one| is_looked_for(leaf.class, one)) {
        let value = value(leaf.text, Some(readings), one.read, one.detection.span);
        needles.add(&one.detection.entity, one.action, value, |_| ());
    }
    let search = Search::new(needles);
    let readings = (!readings.is_plain()).then_some(readings);
    hits(&search, leaf.text, readings, judged)
}

const fn is_searched(class: LeafClass) -> bool {
    matches!(class, LeafClass::Text | LeafClass::Number | LeafClass::Credential)
}

fn is_looked_for(class: LeafClass, judged: &Judged) -> bool {
    judged.action > Action::Allow && counts(class, judged)
}

/// The values that stand in a text, in any of its readings, and that are not known to.
fn hits(search: &Search, text: &str, readings: Option<&Readings<'_>>, judged: &[Judged]) -> Vec<Located> {
    let known = Known::new(judged);
    let mut hits = Vec::new();
    let Some(readings) = readings else {
        search.each(
            text,
            |at| known.covering(at),
            |hit| {
                if !known.cover(hit.span) {
                    let located = Located::new(detection(hit.entity, hit.span), None);
                    hits.push(located.seen_as(hit.action));
                }
                true
            },
        );
        return hits;
    };
    for (number, reading) in readings.iter() {
        search.each(
            reading.text(),
            |_| None,
            |hit| {
                if readings
                    .written(number, hit.span)
                    .is_some_and(|span| !known.cover(span))
                {
                    let located = locate(readings, number, detection(hit.entity, hit.span));
                    hits.extend(located.ok().flatten().map(|located| located.seen_as(hit.action)));
                }
                true
            },
        );
    }
    hits
}

fn detection(entity: &EntityType, span: ByteSpan) -> Detection {
    Detection {
        entity: entity.clone(),
        span,
        score: Score::CERTAIN,
        detector: Arc::clone(&SHARED_AGAIN),
    }
}

/// What was found in a leaf before. It is asked for one place after the other, mostly in the order of the text.
struct Known<'a> {
    judged: &'a [Judged],
    /// The first that ended behind the place that was asked for last.
    near: Cell<usize>,
}

impl<'a> Known<'a> {
    const fn new(judged: &'a [Judged]) -> Self {
        Self {
            judged,
            near: Cell::new(0),
        }
    }

    /// The detection that the byte `at` lies in.
    fn covering(&self, at: usize) -> Option<ByteSpan> {
        let first = self
            .behind(at)
            .filter(|judged| judged.detection.span.start <= at)?;
        Some(first.detection.span)
    }

    /// Whether one of them covers all of `span`.
    fn cover(&self, span: ByteSpan) -> bool {
        self.behind(span.start).is_some_and(|judged| {
            let other = judged.detection.span;
            other.start <= span.start && span.end <= other.end
        })
    }

    /// The first that ends behind `at`, unless it may pass.
    fn behind(&self, at: usize) -> Option<&'a Judged> {
        /// So many are asked one by one.
        const FEW: usize = 4;
        let is_over = |judged: &Judged| judged.detection.span.end <= at;
        let (before, rest) = self.judged.split_at(self.near.get());
        let near = if before.last().is_none_or(is_over) {
            let next = rest.iter().take(FEW).position(|judged| !is_over(judged));
            before.len() + next.unwrap_or_else(|| rest.partition_point(is_over))
        } else {
            before.partition_point(is_over)
        };
        self.near.set(near);
        let first = self.judged.get(near)?;
        (first.action > Action::Allow).then_some(first)
    }
}
