//! Remembers what was detected in a text, so that a resent history costs a hash instead of a detection.
//!
//! In memory only, bounded, and without text: a keyed hash leads to spans and types.

use std::hash::Hasher;
use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use siphasher::sip128::{Hasher128, SipHasher13};

use crate::Segment;
use crate::overlap::Judged;

/// Shorter texts are detected faster than they are looked up.
const MIN_BYTES: usize = 64;

/// How much the memo may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoLimits {
    /// In bytes, about; 0 turns the memo off.
    pub bytes: u64,
}

impl Default for MemoLimits {
    fn default() -> Self {
        Self { bytes: 4 << 20 }
    }
}

/// What a text is remembered under.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct MemoKey(u128);

#[derive(Clone)]
struct ByEntry;

impl Weighter<MemoKey, Arc<[Judged]>> for ByEntry {
    fn weight(&self, _key: &MemoKey, judged: &Arc<[Judged]>) -> u64 {
        96 + size_of_val::<[Judged]>(judged) as u64
    }
}

/// The detection memo of one [`Masker`](crate::Masker): policy and detectors are fixed, so the text decides.
pub(crate) struct Memo {
    seed: [u8; 16],
    cache: Option<Cache<MemoKey, Arc<[Judged]>, ByEntry>>,
}

impl Memo {
    /// `seed` must be unpredictable to callers: with it known, texts of one hash could be made.
    pub(crate) fn new(limits: MemoLimits, seed: [u8; 16]) -> Self {
        let estimate = usize::try_from(limits.bytes / 128).unwrap_or(usize::MAX);
        let cache = (limits.bytes > 0).then(|| Cache::with_weighter(estimate, limits.bytes, ByEntry));
        Self { seed, cache }
    }

    /// The key of a text worth remembering.
    pub(crate) fn key(&self, segment: &Segment<'_>) -> Option<MemoKey> {
        if segment.text.len() < MIN_BYTES || self.cache.is_none() {
            return None;
        }
        let mut hasher = SipHasher13::new_with_key(&self.seed);
        let label = segment.label.unwrap_or_default();
        hasher.write_usize(label.len());
        hasher.write(label.as_bytes());
        hasher.write(segment.text.as_bytes());
        Some(MemoKey(hasher.finish128().as_u128()))
    }

    pub(crate) fn recall(&self, key: MemoKey) -> Option<Arc<[Judged]>> {
        self.cache.as_ref()?.get(&key)
    }

    pub(crate) fn remember(&self, key: MemoKey, judged: &Arc<[Judged]>) {
        if let Some(cache) = &self.cache {
            cache.insert(key, Arc::clone(judged));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_label_both_count() {
        let memo = Memo::new(MemoLimits::default(), [7; 16]);
        let text = "x".repeat(MIN_BYTES);
        let key = |text: &str, label| memo.key(&Segment { text, label }).unwrap().0;
        assert_eq!(key(&text, Some("a")), key(&text, Some("a")));
        assert_ne!(key(&text, Some("a")), key(&text, None));
        assert_ne!(key(&text, Some("a")), key(&format!("{text}y"), Some("a")));
        assert!(
            memo.key(&Segment {
                text: "short",
                label: None
            })
            .is_none()
        );
    }

    #[test]
    fn memory_is_bounded() {
        let memo = Memo::new(MemoLimits { bytes: 64 << 10 }, [7; 16]);
        let nothing: Arc<[Judged]> = Arc::from([]);
        for nth in 0..100_000_u128 {
            memo.remember(MemoKey(nth), &nothing);
        }
        assert!(memo.cache.as_ref().unwrap().weight() <= 64 << 10);
    }
}
