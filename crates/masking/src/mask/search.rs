//! What was found once is looked for everywhere: all values of a request, in one pass over each text.
//!
//! The set is new for every request, so what counts is how soon the search can start. After Wu and Manber ("A fast
//! algorithm for multi-pattern searching", 1994): a table over blocks of three bytes says how far the next value can be
//! at the least. Where one may start, a sorted list says which ones do, so that the cost does not grow with their number.

mod fold;
mod needle;
mod tells;

use std::collections::HashMap;
use std::sync::Arc;

use self::fold::{Match, compare, extend_back, lower};
use self::needle::{Key, Needle};
use crate::{ByteSpan, EntityType, PlaceholderMap};

use self::needle::Place;
use self::tells::is_prose;

/// Bytes that decide how far the search may skip.
const BLOCK: usize = 3;
/// A longer shortest key does not skip further.
const MAX_WINDOW: usize = 32;
/// So many values with one key are told apart; more have the middle of a long text in common, and any of them covers it.
const MAX_ALIKE: usize = 8;
/// A hit longer than this is stepped over: whatever stands in it is covered.
const LONG_HIT: usize = 256;

/// The values of a request, to be searched for.
#[derive(Default)]
pub(crate) struct Needles {
    all: Vec<Needle>,
    known: HashMap<(EntityType, String), usize>,
}

impl Needles {
    /// The values that a map has placeholders for, as far as they tell.
    pub(crate) fn of_map(map: &PlaceholderMap) -> Self {
        let mut needles = Self::default();
        for (entity, value) in map.expose_values() {
            needles.add(entity, value);
        }
        needles
    }

    /// Adds a value, and the parts of a name, unless nothing but the place where it was found tells what it is.
    pub(crate) fn add(&mut self, entity: &EntityType, value: &str) {
        for (text, place) in tells::spellings(entity, value) {
            let folded = fold::folded(&text);
            let key = (entity.clone(), folded);
            if let Some(known) = self.known.get(&key) {
                self.all[*known].place = self.all[*known].place.max(place);
                continue;
            }
            if let Some(needle) = Needle::new(entity, &key.1, place) {
                self.known.insert(key, self.all.len());
                self.all.push(needle);
            }
        }
    }
}

/// The whole value around its key at `start`, where it may stand there.
fn whole(text: &str, start: usize, done: usize, needle: &Needle) -> Option<ByteSpan> {
    let is_long = needle.is_long();
    let to = start + fold::matched(needle.behind(), &text[start..], is_long)?;
    let from = start - extend_back(needle.before(), &text[done.min(start)..start], is_long)?;
    let span = ByteSpan::new(from, to);
    needle.may_stand(text, span).then_some(span)
}

/// A value that stands in a text again.
pub(crate) struct Hit<'a> {
    pub(crate) span: ByteSpan,
    pub(crate) entity: &'a EntityType,
}

/// The search for all of them.
struct Search {
    needles: Arc<[Needle]>,
    /// In the order of their keys.
    order: Vec<usize>,
    keys: Vec<Key>,
    /// Bytes of the shortest key.
    window: usize,
    /// By the hash of the block at a window's end: bytes to move on, 0 for a window to look at.
    skips: Vec<u8>,
    /// A bit for the hash of each key's first block.
    firsts: Vec<u64>,
    /// How far a hash is shifted to be an index of `skips`.
    shift: u32,
}

/// The search in prose, and the one in any other text, where the parts of names are not looked for.
#[derive(Default)]
pub(crate) struct Searches {
    everywhere: Option<Search>,
    prose: Option<Search>,
}

impl Searches {
    pub(crate) fn new(needles: Needles) -> Self {
        let needles: Arc<[Needle]> = needles.all.into();
        let counts = |place| needles.iter().any(|needle: &Needle| needle.place == place);
        let (everywhere, prose) = (counts(Place::Text), counts(Place::Prose));
        let search = |place| Search::new(Arc::clone(&needles), place);
        Self {
            everywhere: everywhere.then(|| search(Place::Text)),
            prose: prose.then(|| search(Place::Prose)),
        }
    }

    /// Whether there is nothing to look for.
    pub(crate) const fn is_empty(&self) -> bool {
        self.everywhere.is_none() && self.prose.is_none()
    }

    /// The same without the parts of names, for what is neither prose nor a program: a whole body.
    pub(crate) fn each_whole(&self, text: &str, on_hit: impl FnMut(Hit<'_>) -> bool) {
        if let Some(everywhere) = &self.everywhere {
            everywhere.each(text, |_| None, on_hit);
        }
    }

    /// Calls `on_hit` for every value that stands in `text`; it says whether to go on. `known` says of a byte up to where
    /// the text from it on is known to be covered.
    pub(crate) fn each(
        &self,
        text: &str,
        known: impl Fn(usize) -> Option<usize>,
        on_hit: impl FnMut(Hit<'_>) -> bool,
    ) {
        match (&self.prose, &self.everywhere) {
            (Some(prose), _) if is_prose(text) => prose.each(text, known, on_hit),
            (_, Some(everywhere)) => everywhere.each(text, known, on_hit),
            _ => {}
        }
    }
}

impl Search {
    /// A search for the needles that count in texts of a kind: in prose all of them do.
    fn new(needles: Arc<[Needle]>, place: Place) -> Self {
        let counts = |needle: &&Needle| needle.place >= place;
        let window = needles.iter().filter(counts).map(Needle::window).min();
        let (order, keys) = needle::sorted(&needles, place);
        let mut search = Self {
            needles,
            order,
            keys,
            window: window.unwrap_or(BLOCK).clamp(BLOCK, MAX_WINDOW),
            skips: Vec::new(),
            firsts: Vec::new(),
            shift: 0,
        };
        search.fill_skips(place);
        search
    }

    fn fill_skips(&mut self, place: Place) {
        let blocks = (self.keys.len() * self.window * 8)
            .next_power_of_two()
            .clamp(1 << 10, 1 << 18);
        self.shift = 32 - blocks.trailing_zeros();
        let farthest = u8::try_from(self.window - BLOCK + 1).unwrap_or(1);
        self.skips = vec![farthest; blocks];
        self.firsts = vec![0; blocks / 64];
        let needles = Arc::clone(&self.needles);
        for needle in needles.iter().filter(|needle| needle.place >= place) {
            needle.each_head(|head| {
                let first = self.block(&head[..BLOCK]);
                self.firsts[first / 64] |= 1 << (first % 64);
                for end in BLOCK..=self.window.min(head.len()) {
                    let block = self.block(&head[end - BLOCK..end]);
                    let skip = u8::try_from(self.window - end).unwrap_or_default();
                    self.skips[block] = self.skips[block].min(skip);
                }
            });
        }
    }

    /// Calls `on_hit` for every value that stands in `text`; it says whether to go on.
    fn each(
        &self,
        text: &str,
        known: impl Fn(usize) -> Option<usize>,
        mut on_hit: impl FnMut(Hit<'_>) -> bool,
    ) {
        let bytes = text.as_bytes();
        if self.keys.is_empty() {
            return;
        }
        let mut end = self.window;
        // What was matched to here is not matched backwards again.
        let mut done = 0;
        while let Some(block) = bytes.get(end - BLOCK..end) {
            let skip = self.skips[self.block(block)];
            if skip > 0 {
                end += usize::from(skip);
                continue;
            }
            let start = end - self.window;
            end += 1;
            let first = self.block(&bytes[start..start + BLOCK]);
            if self.firsts[first / 64] & 1 << (first % 64) == 0 || !text.is_char_boundary(start) {
                continue;
            }
            if let Some(covered) = known(start) {
                end = end.max(covered + self.window);
                continue;
            }
            for key in self.keys_at(&text[start..]) {
                for needle in self.order[key.needles.clone()]
                    .iter()
                    .take(MAX_ALIKE)
                    .map(|nth| &self.needles[*nth])
                {
                    let Some(span) = whole(text, start, done, needle) else {
                        continue;
                    };
                    if span.len() > LONG_HIT {
                        done = span.end;
                        end = end.max(done + self.window);
                    }
                    let entity = &needle.entity;
                    if !on_hit(Hit { span, entity }) {
                        return;
                    }
                }
            }
        }
    }

    /// The keys that `text` starts with, the longest first.
    fn keys_at(&self, text: &str) -> impl Iterator<Item = &Key> {
        let of = |key: &Key| compare(self.needles[self.order[key.needles.start]].key(), text);
        let after = self.keys.partition_point(|key| of(key) != Match::Behind);
        let mut next = after.checked_sub(1);
        std::iter::from_fn(move || {
            loop {
                let key = &self.keys[next?];
                next = key.prefix;
                if of(key) == Match::Starts {
                    return Some(key);
                }
            }
        })
    }

    /// Fibonacci hashing: the high bits of a product are well mixed.
    fn block(&self, block: &[u8]) -> usize {
        let value = block
            .iter()
            .fold(0_u32, |value, byte| value << 8 | u32::from(lower(*byte)));
        (value.wrapping_mul(0x9e37_79b1) >> self.shift) as usize
    }
}

#[cfg(test)]
mod tests;
