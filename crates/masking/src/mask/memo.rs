//! Remembers what was detected in a text, so that a resent history costs a hash instead of a detection.
//!
//! In memory only, bounded, and without text: a keyed hash leads to spans and types, and to hashes of three bytes each.

use std::hash::Hasher;
use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use siphasher::sip128::{Hasher128, SipHasher13};

use super::search::BlockSet;
use crate::TextLeaf;
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

/// What is known of a text.
#[derive(Clone)]
pub(crate) struct Known {
    pub(crate) judged: Arc<[Judged]>,
    /// Whether it reads in one way only, just as it is written.
    pub(crate) is_plain: bool,
    /// What may stand in its readings.
    pub(crate) blocks: Option<Arc<BlockSet>>,
}

#[derive(Clone)]
struct ByEntry;

impl Weighter<MemoKey, Known> for ByEntry {
    fn weight(&self, _key: &MemoKey, known: &Known) -> u64 {
        let blocks = known.blocks.as_ref().map_or(0, |blocks| 32 + blocks.bytes());
        (96 + size_of_val::<[Judged]>(&known.judged) + blocks) as u64
    }
}

/// The detection memo of one [`Masker`](crate::Masker). Its detectors and its policy are fixed, so what is known of a leaf
/// follows from what its readings are made of: the text, its key, its class and its scope.
pub(crate) struct Memo {
    seed: [u8; 16],
    cache: Option<Cache<MemoKey, Known, ByEntry>>,
}

impl Memo {
    /// `seed` must be unpredictable to callers: with it known, texts of one hash could be made.
    pub(crate) fn new(limits: MemoLimits, seed: [u8; 16]) -> Self {
        let estimate = usize::try_from(limits.bytes / 128).unwrap_or(usize::MAX);
        let cache = (limits.bytes > 0).then(|| Cache::with_weighter(estimate, limits.bytes, ByEntry));
        Self { seed, cache }
    }

    /// The key of a leaf worth remembering.
    pub(crate) fn key(&self, leaf: &TextLeaf<'_>) -> Option<MemoKey> {
        if leaf.text.len() < MIN_BYTES || self.cache.is_none() {
            return None;
        }
        let mut hasher = SipHasher13::new_with_key(&self.seed);
        let label = leaf.label.unwrap_or_default();
        hasher.write(&[leaf.class as u8, leaf.scope as u8]);
        hasher.write_usize(label.len());
        hasher.write(label.as_bytes());
        hasher.write(leaf.text.as_bytes());
        Some(MemoKey(hasher.finish128().as_u128()))
    }

    pub(crate) fn recall(&self, key: MemoKey) -> Option<Known> {
        self.cache.as_ref()?.get(&key)
    }

    pub(crate) fn remember(&self, key: MemoKey, known: &Known) {
        if let Some(cache) = &self.cache {
            cache.insert(key, known.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LeafClass, TextScope};

    #[test]
    fn all_that_readings_are_made_of_counts() {
        let memo = Memo::new(MemoLimits::default(), [7; 16]);
        let text = "x".repeat(MIN_BYTES);
        let leaf = TextLeaf {
            text: &text,
            label: Some("a"),
            class: LeafClass::Text,
            scope: TextScope::User,
            joins_previous: false,
        };
        let key = |leaf: TextLeaf<'_>| memo.key(&leaf).unwrap().0;
        let same = key(leaf);
        assert_eq!(key(leaf), same);
        let longer = format!("{text}y");
        for other in [
            TextLeaf { label: None, ..leaf },
            TextLeaf {
                text: &longer,
                ..leaf
            },
            TextLeaf {
                class: LeafClass::Number,
                ..leaf
            },
            TextLeaf {
                scope: TextScope::System,
                ..leaf
            },
        ] {
            assert_ne!(key(other), same);
        }
        assert!(
            memo.key(&TextLeaf {
                text: "short",
                ..leaf
            })
            .is_none()
        );
    }

    #[test]
    fn memory_is_bounded() {
        let memo = Memo::new(MemoLimits { bytes: 64 << 10 }, [7; 16]);
        let nothing = Known {
            judged: Arc::from([]),
            is_plain: true,
            blocks: None,
        };
        for nth in 0..100_000_u128 {
            memo.remember(MemoKey(nth), &nothing);
        }
        assert!(memo.cache.as_ref().unwrap().weight() <= 64 << 10);
    }
}
