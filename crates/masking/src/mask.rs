//! Masks one request: every leaf is detected (memo first), judged, and given its replacements.
//!
//! What is here decides about the whole request; finding text in a payload and changing it is somebody else's.

mod joined;
mod report;
mod residual;

use std::sync::Arc;

use crate::memo::{Memo, MemoKey, MemoLimits};
use crate::overlap::{Judged, resolve};
use crate::policy::{Action, Policy};
use crate::{ByteSpan, Detection, Detector, DetectorError, Placeholder, PlaceholderMap, Segment};

pub use report::{Counted, Inspected, Masked, Replacement, Touched, Verdict};
pub use residual::ResidualScan;

/// What a leaf is to the walker that found it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LeafClass {
    /// Looked at by every detector.
    Text,
    /// Looked at like text.
    Number,
    /// An identifier that must reach the upstream as it is, unless it holds a secret or a denied term.
    Identifier,
    /// Structure or sealed content: not looked at, but covered by the residual scan.
    Exempt,
}

/// One string, key or number of a request.
#[derive(Clone, Copy)]
pub struct TextLeaf<'a> {
    /// The decoded text.
    pub text: &'a str,
    /// The object key above it.
    pub label: Option<&'a str>,
    /// How far it is looked at.
    pub class: LeafClass,
    /// It goes on where the leaf before it stopped, so a value may lie across the two.
    pub joins_previous: bool,
}

impl std::fmt::Debug for TextLeaf<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TextLeaf")
            .field("bytes", &self.text.len())
            .field("class", &self.class)
            .finish_non_exhaustive()
    }
}

/// Detectors, policy and memo: what masks every request of a process.
pub struct Masker {
    detectors: Vec<Box<dyn Detector>>,
    policy: Policy,
    memo: Memo,
}

impl Masker {
    /// `memo_seed` must be random: it keys the memo's hash.
    #[must_use]
    pub fn new(
        detectors: Vec<Box<dyn Detector>>,
        policy: Policy,
        memo: MemoLimits,
        memo_seed: [u8; 16],
    ) -> Self {
        Self {
            detectors,
            policy,
            memo: Memo::new(memo, memo_seed),
        }
    }

    /// The policy that requests are judged by.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Detects and judges all leaves of a request, and issues placeholders for what is masked.
    ///
    /// # Errors
    /// When a detector cannot decide: the request must be refused.
    pub fn mask(&self, leaves: &[TextLeaf<'_>], map: &mut PlaceholderMap) -> Result<Masked, DetectorError> {
        let mut masked = Masked::default();
        let judged = self.judge_all(leaves, &mut masked)?;
        for (index, of_leaf) in judged.iter().enumerate() {
            for judged in of_leaf
                .iter()
                .filter(|judged| counts(leaves[index].class, judged))
            {
                masked.count(index, judged);
            }
        }
        masked.settle(self.policy.observes());
        if masked.verdict == Verdict::Forward && !self.policy.observes() {
            issue(leaves, &judged, map, &mut masked);
        }
        Ok(masked)
    }

    /// Masks what `masked` left standing elsewhere: a value found in one leaf is masked wherever it stands as a word
    /// of its own. Returns whether anything was added.
    pub fn propagate(&self, leaves: &[TextLeaf<'_>], map: &PlaceholderMap, masked: &mut Masked) -> bool {
        let scan = ResidualScan::new(map);
        let mut added = Vec::new();
        for (index, leaf) in leaves
            .iter()
            .enumerate()
            .filter(|(_, leaf)| leaf.class != LeafClass::Exempt)
        {
            let taken = masked.replacements_of(index);
            scan.each(leaf.text, |span, placeholder| {
                if !taken.iter().any(|replacement| replacement.span.overlaps(span)) {
                    added.push(Replacement {
                        leaf: index,
                        span,
                        placeholder: placeholder.clone(),
                    });
                }
            });
        }
        let any = !added.is_empty();
        masked.add(added);
        any
    }

    /// What would be detected in all leaves and what would happen to it, one by one; changes nothing.
    ///
    /// # Errors
    /// When a detector cannot decide.
    pub fn inspect(&self, leaves: &[TextLeaf<'_>]) -> Result<Vec<Inspected>, DetectorError> {
        let judged = self.judge_all(leaves, &mut Masked::default())?;
        let mut all = Vec::new();
        for (leaf, of_leaf) in judged.iter().enumerate() {
            let counted = of_leaf.iter().filter(|judged| counts(leaves[leaf].class, judged));
            all.extend(counted.map(|judged| Inspected {
                leaf,
                detection: judged.detection.clone(),
                action: judged.action,
            }));
        }
        Ok(all)
    }

    /// The judged detections of every leaf, values across leaves included.
    fn judge_all(
        &self,
        leaves: &[TextLeaf<'_>],
        masked: &mut Masked,
    ) -> Result<Vec<Arc<[Judged]>>, DetectorError> {
        let mut judged = self.judge(leaves, masked)?;
        let across = joined::across_leaves(leaves, &judged, |text| self.judge_text(text))?;
        for (leaf, detections) in across {
            let mut all: Vec<Detection> = judged[leaf]
                .iter()
                .map(|judged| judged.detection.clone())
                .collect();
            all.extend(detections);
            judged[leaf] = resolve(leaves[leaf].text, all, &self.policy).into();
        }
        Ok(judged)
    }

    /// The judged detections of every leaf, from the memo where it knows the text.
    fn judge(
        &self,
        leaves: &[TextLeaf<'_>],
        masked: &mut Masked,
    ) -> Result<Vec<Arc<[Judged]>>, DetectorError> {
        let nothing: Arc<[Judged]> = Arc::from([]);
        let mut judged = vec![Arc::clone(&nothing); leaves.len()];
        let mut wanted: Vec<(usize, Option<MemoKey>)> = Vec::new();
        let mut batch = Vec::new();
        for (index, leaf) in leaves.iter().enumerate() {
            if !is_looked_at(leaf) {
                continue;
            }
            let segment = Segment {
                text: leaf.text,
                label: leaf.label,
            };
            let key = self.memo.key(&segment);
            if let Some(known) = key.and_then(|key| self.memo.recall(key)) {
                masked.memo_hits += 1;
                judged[index] = known;
                continue;
            }
            masked.memo_misses += u64::from(key.is_some());
            wanted.push((index, key));
            batch.push(segment);
        }
        for ((index, key), detections) in wanted.into_iter().zip(self.detect(&batch)?) {
            if !detections.is_empty() {
                judged[index] = resolve(leaves[index].text, detections, &self.policy).into();
            }
            if let Some(key) = key {
                self.memo.remember(key, &judged[index]);
            }
        }
        Ok(judged)
    }

    /// One list for each segment; refuses a detector that answers for another number of them.
    fn detect(&self, batch: &[Segment<'_>]) -> Result<Vec<Vec<Detection>>, DetectorError> {
        let mut all: Vec<Vec<Detection>> = vec![Vec::new(); batch.len()];
        if batch.is_empty() {
            return Ok(all);
        }
        for detector in &self.detectors {
            let found = detector.detect(batch)?;
            if found.len() != batch.len() {
                return Err(DetectorError {
                    detector: detector.name(),
                    reason: "it did not answer for every segment",
                });
            }
            for (segment, (mine, theirs)) in batch.iter().zip(all.iter_mut().zip(found)) {
                if theirs
                    .iter()
                    .any(|detection| segment.text.get(detection.span.range()).is_none_or(str::is_empty))
                {
                    return Err(DetectorError {
                        detector: detector.name(),
                        reason: "it answered with a span outside the text",
                    });
                }
                mine.extend(theirs);
            }
        }
        Ok(all)
    }

    /// What counts in one text, from the memo where it knows it.
    fn judge_text(&self, text: &str) -> Result<Arc<[Judged]>, DetectorError> {
        let segment = Segment { text, label: None };
        let key = self.memo.key(&segment);
        if let Some(known) = key.and_then(|key| self.memo.recall(key)) {
            return Ok(known);
        }
        let detections = self.detect(&[segment])?.pop().unwrap_or_default();
        let judged = resolve(text, detections, &self.policy).into();
        if let Some(key) = key {
            self.memo.remember(key, &judged);
        }
        Ok(judged)
    }
}

fn is_looked_at(leaf: &TextLeaf<'_>) -> bool {
    match leaf.class {
        LeafClass::Exempt => false,
        LeafClass::Text | LeafClass::Number | LeafClass::Identifier => leaf.text.len() > 1,
    }
}

/// An identifier is changed only for a secret or for what the operator denied by name: masking one side of an id pair
/// breaks the request.
fn counts(class: LeafClass, judged: &Judged) -> bool {
    class != LeafClass::Identifier || judged.detection.entity.is_secret() || judged.is_denied()
}

fn issue(leaves: &[TextLeaf<'_>], judged: &[Arc<[Judged]>], map: &mut PlaceholderMap, masked: &mut Masked) {
    for (index, of_leaf) in judged.iter().enumerate() {
        for one in of_leaf
            .iter()
            .filter(|one| one.action == Action::Mask && counts(leaves[index].class, one))
        {
            let span: ByteSpan = one.detection.span;
            let placeholder: Placeholder =
                map.placeholder(&one.detection.entity, &leaves[index].text[span.range()]);
            masked.replacements.push(Replacement {
                leaf: index,
                span,
                placeholder,
            });
        }
    }
}

#[cfg(test)]
mod tests;
