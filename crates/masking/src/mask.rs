//! Masks one request: every leaf is detected (memo first), judged, and given its replacements.
//!
//! What is here decides about the whole request; finding text in a payload and changing it is somebody else's.

mod again;
mod joined;
mod last_look;
mod memo;
mod report;
mod search;
mod texts;

use std::sync::Arc;

use self::memo::{Known, Memo, MemoKey};
use self::search::{BlockSet, Search};
use self::texts::Texts;
use crate::overlap::{Judged, Located, Read, resolve};
use crate::policy::{Action, Policy};
use crate::reading::Readings;
use crate::{
    ByteSpan, Deadline, Detection, Detector, DetectorError, EntityType, PlaceholderMap, Reading, Score,
    TextScope,
};

pub use last_look::LastLook;
pub use memo::MemoLimits;
pub use report::{Counted, Inspected, Masked, Replacement, Touched, Verdict};

/// Readings are shown to detectors in batches of about so many bytes.
const BATCH_BYTES: usize = 1 << 20;
/// A text with more values is not remembered: it would push out a thousand others, and what is known of it is as large as
/// what the memo may hold.
const MOST_REMEMBERED: usize = 16_384;
/// The name that errors bear which are no detector's.
const MASKER: &str = "masker";
/// Placeholders after which it is asked whether anybody still waits: each is a keyed hash or two, about a microsecond.
const ASKED_PLACEHOLDERS: usize = 8192;
/// The name that detections of what could not be read to the end bear.
const UNREAD: &str = "unread";

/// What a leaf is to the walker that found it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LeafClass {
    /// Looked at by every detector.
    Text,
    /// Looked at like text.
    Number,
    /// An identifier that must reach the upstream as it is, unless it holds a secret or a denied term.
    Identifier,
    /// A name at a documented path, such as a model's: looked at like text, but a denied term must stand in it as a word.
    Name,
    /// What the provider is meant to get: looked at like text, but secrets pass.
    Credential,
    /// Structure or sealed content: not looked at. The last look at what leaves covers what is sealed.
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
    /// Who wrote it, or what it is for.
    pub scope: TextScope,
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

/// What counts in each leaf.
type JudgedLeaves = Vec<Arc<[Judged]>>;

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
    /// When a detector cannot decide, or `until` has passed: the request must be refused.
    pub fn mask(
        &self,
        leaves: &[TextLeaf<'_>],
        map: &mut PlaceholderMap,
        until: &dyn Deadline,
    ) -> Result<Masked, DetectorError> {
        let mut masked = Masked::default();
        let mut texts = Texts::of(leaves);
        let (judged, search) = self.judge_all(&mut texts, map, &mut masked, until)?;
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
            issue(&mut texts, &judged, map, &mut masked, until)?;
            masked.last_look = LastLook::with(search);
        }
        Ok(masked)
    }

    /// What would be detected in all leaves and what would happen to it, one by one; changes nothing.
    ///
    /// # Errors
    /// When a detector cannot decide, or `until` has passed.
    pub fn inspect(
        &self,
        leaves: &[TextLeaf<'_>],
        map: &PlaceholderMap,
        until: &dyn Deadline,
    ) -> Result<Vec<Inspected>, DetectorError> {
        let mut texts = Texts::of(leaves);
        let (judged, _) = self.judge_all(&mut texts, map, &mut Masked::default(), until)?;
        let mut all = Vec::new();
        for (leaf, of_leaf) in judged.iter().enumerate() {
            for judged in of_leaf.iter().filter(|judged| counts(leaves[leaf].class, judged)) {
                all.push(Inspected {
                    leaf,
                    value: texts.expose_value(leaf, judged).to_owned(),
                    detection: judged.detection.clone(),
                    action: judged.action,
                });
            }
        }
        Ok(all)
    }

    /// The judged detections of every leaf: in it, across leaves, and of what was found elsewhere; and the search for that.
    fn judge_all(
        &self,
        texts: &mut Texts<'_>,
        map: &PlaceholderMap,
        masked: &mut Masked,
        until: &dyn Deadline,
    ) -> Result<(JudgedLeaves, Search), DetectorError> {
        let mut judged = self.judge(texts, masked, until)?;
        let across = joined::across_leaves(texts.leaves(), &judged, |text, scope| {
            self.judge_text(text, scope, until)
        })?;
        for (leaf, detections) in across {
            let found = detections
                .into_iter()
                .map(|detection| Located::new(detection, None));
            texts.forget(leaf);
            let text = texts.leaves()[leaf];
            judged[leaf] = self.judge_again(&text, texts.readings(leaf), &judged[leaf], found);
        }
        let again = again::found_again(texts, &judged, map, until)?;
        for (leaf, found) in again.found {
            let text = texts.leaves()[leaf];
            judged[leaf] = self.judge_again(&text, texts.readings(leaf), &judged[leaf], found);
        }
        in_time(until)?;
        Ok((judged, again.search))
    }

    /// The judged detections of every leaf by itself, from the memo where it knows the text.
    fn judge(
        &self,
        texts: &mut Texts<'_>,
        masked: &mut Masked,
        until: &dyn Deadline,
    ) -> Result<Vec<Arc<[Judged]>>, DetectorError> {
        let nothing: Arc<[Judged]> = Arc::from([]);
        let mut judged = vec![nothing; texts.leaves().len()];
        let mut batch = Vec::new();
        let mut bytes = 0;
        for index in 0..judged.len() {
            let leaf = texts.leaves()[index];
            if !is_looked_at(&leaf) {
                continue;
            }
            let key = self.memo.key(&leaf);
            if let Some(known) = key.and_then(|key| self.memo.recall(key)) {
                masked.memo_hits += 1;
                texts.note(index, &known);
                judged[index] = known.judged;
                continue;
            }
            masked.memo_misses += u64::from(key.is_some());
            let readings = Readings::of(&leaf, until);
            in_time(until)?;
            bytes += readings.bytes();
            batch.push((index, key, readings));
            if bytes > BATCH_BYTES {
                self.judge_batch(std::mem::take(&mut batch), texts, &mut judged, until)?;
                bytes = 0;
            }
        }
        self.judge_batch(batch, texts, &mut judged, until)?;
        Ok(judged)
    }

    fn judge_batch<'a>(
        &self,
        batch: Vec<(usize, Option<MemoKey>, Readings<'a>)>,
        texts: &mut Texts<'a>,
        judged: &mut [Arc<[Judged]>],
        until: &dyn Deadline,
    ) -> Result<(), DetectorError> {
        let readings: Vec<&Readings<'a>> = batch.iter().map(|(.., readings)| readings).collect();
        let found = self.detect(&readings, until)?;
        for ((index, key, readings), located) in batch.into_iter().zip(found) {
            let known = self.known(&texts.leaves()[index], key, &readings, located);
            texts.note(index, &known);
            texts.keep(index, readings);
            judged[index] = known.judged;
        }
        Ok(())
    }

    /// What is known of a leaf by what was found in it; the memo knows it from now on.
    fn known(
        &self,
        leaf: &TextLeaf<'_>,
        key: Option<MemoKey>,
        readings: &Readings<'_>,
        located: Vec<Located>,
    ) -> Known {
        let mut known = Known {
            judged: self.resolve(leaf, Some(readings), located).into(),
            is_plain: readings.is_plain(),
            blocks: None,
        };
        if let Some(key) = key.filter(|_| known.judged.len() <= MOST_REMEMBERED) {
            let beside = again::found_beside(leaf, readings, &known.judged);
            if !beside.is_empty() {
                known.judged = self.judge_again(leaf, Some(readings), &known.judged, beside);
            }
            let texts = readings.iter().map(|(_, reading)| reading.text());
            known.blocks = Some(BlockSet::of(readings.bytes(), texts).into());
            self.memo.remember(key, &known);
        }
        known
    }

    /// Judges what was found in a text.
    fn resolve(
        &self,
        leaf: &TextLeaf<'_>,
        readings: Option<&Readings<'_>>,
        located: Vec<Located>,
    ) -> Vec<Judged> {
        resolve(leaf, located, &self.policy, |located| {
            value(leaf.text, readings, located.read, located.detection.span)
        })
    }

    /// Judges a text with more detections than it had.
    fn judge_again(
        &self,
        leaf: &TextLeaf<'_>,
        readings: Option<&Readings<'_>>,
        judged: &[Judged],
        found: impl IntoIterator<Item = Located>,
    ) -> Arc<[Judged]> {
        let all = judged.iter().map(Judged::located).chain(found).collect();
        self.resolve(leaf, readings, all).into()
    }

    /// What all detectors find in all readings, one list for each leaf.
    fn detect(
        &self,
        leaves: &[&Readings<'_>],
        until: &dyn Deadline,
    ) -> Result<Vec<Vec<Located>>, DetectorError> {
        let mut all: Vec<Vec<Located>> = leaves.iter().map(|readings| unread(readings)).collect();
        for detector in &self.detectors {
            let numbered = || {
                let of_leaf = |(leaf, readings): (usize, &&Readings<'_>)| {
                    readings
                        .iter()
                        .map(move |(number, _)| (leaf, number))
                        .collect::<Vec<_>>()
                };
                leaves.iter().enumerate().flat_map(of_leaf)
            };
            let places: Vec<(usize, usize)> = numbered()
                .filter(|(leaf, number)| detector.reads(leaves[*leaf].nth(*number)))
                .collect();
            if places.is_empty() {
                continue;
            }
            let batch: Vec<&Reading<'_>> = places
                .iter()
                .map(|(leaf, number)| leaves[*leaf].nth(*number))
                .collect();
            let found = detector.detect(&batch, until)?;
            if found.len() != batch.len() {
                return Err(DetectorError {
                    detector: detector.name(),
                    reason: "it did not answer for every reading",
                });
            }
            for ((leaf, number), detections) in places.into_iter().zip(found) {
                all[leaf].reserve(detections.len());
                for detection in detections {
                    let located =
                        locate(leaves[leaf], number, detection).map_err(|reason| DetectorError {
                            detector: detector.name(),
                            reason,
                        })?;
                    all[leaf].extend(located);
                }
            }
        }
        Ok(all)
    }

    /// What counts in one text, from the memo where it knows it.
    fn judge_text(
        &self,
        text: &str,
        scope: TextScope,
        until: &dyn Deadline,
    ) -> Result<Arc<[Judged]>, DetectorError> {
        let leaf = TextLeaf {
            text,
            label: None,
            class: LeafClass::Text,
            scope,
            joins_previous: false,
        };
        let key = self.memo.key(&leaf);
        if let Some(known) = key.and_then(|key| self.memo.recall(key)) {
            return Ok(known.judged);
        }
        let readings = Readings::of(&leaf, until);
        in_time(until)?;
        let located = self.detect(&[&readings], until)?.pop().unwrap_or_default();
        Ok(self.known(&leaf, key, &readings, located).judged)
    }
}

/// A detection by the leaf's bytes; none where it reaches over text that was left out.
fn locate(
    readings: &Readings<'_>,
    number: usize,
    detection: Detection,
) -> Result<Option<Located>, &'static str> {
    let reading = readings.nth(number);
    let span = detection.span;
    if reading.text().get(span.range()).is_none_or(str::is_empty) {
        return Err("it answered with a span outside the text");
    }
    let Some(written) = readings.written(number, span) else {
        return Ok(None);
    };
    // What stands in the leaf just so is read there.
    let is_written = readings.nth(0).leaf_text().get(written.range()) == reading.text().get(span.range());
    let read = (!is_written).then_some(Read {
        reading: number,
        span,
    });
    let detection = Detection {
        span: written,
        ..detection
    };
    Ok(Some(Located::new(detection, read)))
}

/// What could not be read to the end: nobody can say what is in it.
fn unread(readings: &Readings<'_>) -> Vec<Located> {
    let one = |span: &ByteSpan| {
        let detection = Detection {
            entity: EntityType::Opaque,
            span: *span,
            score: Score::CERTAIN,
            detector: UNREAD.into(),
        };
        Located::new(detection, None)
    };
    readings.unread().iter().map(one).collect()
}

/// What a detection reads: the leaf's own bytes, or what a reading makes of them.
fn value<'v>(
    text: &'v str,
    readings: Option<&'v Readings<'_>>,
    read: Option<Read>,
    span: ByteSpan,
) -> &'v str {
    match (read, readings) {
        (Some(read), Some(readings)) => &readings.nth(read.reading).text()[read.span.range()],
        _ => &text[span.range()],
    }
}

/// # Errors
/// When nobody waits for the work any more.
fn in_time(until: &dyn Deadline) -> Result<(), DetectorError> {
    if until.has_passed() {
        return Err(DetectorError {
            detector: MASKER,
            reason: "nobody waits for it any more",
        });
    }
    Ok(())
}

fn is_looked_at(leaf: &TextLeaf<'_>) -> bool {
    match leaf.class {
        LeafClass::Exempt => false,
        LeafClass::Text
        | LeafClass::Number
        | LeafClass::Identifier
        | LeafClass::Name
        | LeafClass::Credential => leaf.text.len() > 1,
    }
}

/// An identifier is changed only for a secret or for what the operator denied by name: masking one side of an id pair
/// breaks the request.
fn counts(class: LeafClass, judged: &Judged) -> bool {
    match class {
        LeafClass::Identifier => judged.has_secret || judged.is_denied(),
        LeafClass::Name => !judged.is_glued(),
        LeafClass::Text | LeafClass::Number | LeafClass::Credential | LeafClass::Exempt => true,
    }
}

fn issue(
    texts: &mut Texts<'_>,
    judged: &[Arc<[Judged]>],
    map: &mut PlaceholderMap,
    masked: &mut Masked,
    until: &dyn Deadline,
) -> Result<(), DetectorError> {
    for (index, of_leaf) in judged.iter().enumerate() {
        let leaf = texts.leaves()[index];
        for one in of_leaf
            .iter()
            .filter(|one| one.action == Action::Mask && counts(leaf.class, one))
        {
            if masked.replacements.len().is_multiple_of(ASKED_PLACEHOLDERS) {
                in_time(until)?;
            }
            let span = one.detection.span;
            let value = texts.expose_value(index, one);
            masked.replacements.push(Replacement {
                leaf: index,
                span,
                placeholder: map.placeholder_of(&one.detection.entity, value, &leaf.text[span.range()]),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
