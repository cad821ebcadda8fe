//! Values that were found in one place and stand in another, where no detector knew them.

use std::sync::Arc;

use super::search::{Needles, Searches};
use super::texts::Texts;
use super::{LeafClass, counts, locate};
use crate::overlap::{Judged, Located};
use crate::policy::Action;
use crate::{ByteSpan, Deadline, Detection, DetectorError, PlaceholderMap, Score};

/// The name that these detections bear.
const AGAIN: &str = "again";
/// Bytes after which it is asked whether anybody still waits.
const ASKED_BYTES: usize = 64 << 10;

/// What stands again, by leaf, and the search that has met it.
pub(super) struct Again {
    pub(super) found: Vec<(usize, Vec<Located>)>,
    pub(super) search: Searches,
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
    for (leaf, of_leaf) in judged.iter().enumerate() {
        let class = texts.leaves()[leaf].class;
        for one in of_leaf
            .iter()
            .filter(|one| one.action > Action::Allow && counts(class, one))
        {
            needles.add(&one.detection.entity, texts.expose_value(leaf, one));
        }
    }
    let mut found = Vec::new();
    let search = Searches::new(needles);
    if search.is_empty() {
        return Ok(Again { found, search });
    }
    let mut bytes = 0;
    for (leaf, of_leaf) in judged.iter().enumerate() {
        let text = texts.leaves()[leaf];
        if !matches!(text.class, LeafClass::Text | LeafClass::Number) {
            continue;
        }
        bytes += text.text.len();
        if bytes > ASKED_BYTES {
            bytes = 0;
            if until.has_passed() {
                return Err(DetectorError {
                    detector: AGAIN,
                    reason: "nobody waits for it any more",
                });
            }
        }
        let of_leaf = Known(of_leaf);
        let mut hits = Vec::new();
        match texts.readings(leaf) {
            None => search.each(
                text.text,
                |at| of_leaf.covered_from(at),
                |hit| {
                    let detection = detection(hit.entity.clone(), hit.span);
                    hits.extend(of_leaf.unless_known(Located {
                        detection,
                        read: None,
                    }));
                    true
                },
            ),
            Some(readings) => {
                for (number, reading) in readings.iter() {
                    search.each(
                        reading.text(),
                        |_| None,
                        |hit| {
                            let located = locate(readings, number, detection(hit.entity.clone(), hit.span));
                            hits.extend(
                                located
                                    .ok()
                                    .flatten()
                                    .and_then(|located| of_leaf.unless_known(located)),
                            );
                            true
                        },
                    );
                }
            }
        }
        texts.release(leaf);
        if !hits.is_empty() {
            found.push((leaf, hits));
        }
    }
    Ok(Again { found, search })
}

fn detection(entity: crate::EntityType, span: ByteSpan) -> Detection {
    Detection {
        entity,
        span,
        score: Score::CERTAIN,
        detector: AGAIN.into(),
    }
}

/// What was found in a leaf before.
struct Known<'a>(&'a [Judged]);

impl Known<'_> {
    /// Where the detection that covers the byte `at` ends.
    fn covered_from(&self, at: usize) -> Option<usize> {
        let from = self.0.partition_point(|judged| judged.detection.span.end <= at);
        let covers = |judged: &&Judged| judged.action > Action::Allow && judged.detection.span.start <= at;
        let first = self.0.get(from).filter(covers)?;
        Some(first.detection.span.end)
    }

    /// The detection, unless what it covers is covered already.
    fn unless_known(&self, located: Located) -> Option<Located> {
        let span = located.detection.span;
        let from = self
            .0
            .partition_point(|judged| judged.detection.span.end <= span.start);
        let covers = |judged: &Judged| {
            let other = judged.detection.span;
            judged.action > Action::Allow && other.start <= span.start && span.end <= other.end
        };
        let is_known = self.0[from..].first().is_some_and(covers);
        (!is_known).then_some(located)
    }
}
