//! What was found once is looked for everywhere: all values of a request, in one pass over each text.
//!
//! The set is new for every request, so what counts is how soon the search can start. After Karp and Rabin ("Efficient
//! randomized pattern-matching algorithms", 1987): a bit for the hash of three bytes says whether a value may start at a
//! place. Where one may, hashes of what stands there say which ones do, so that the cost does not grow with their number.

mod blocks;
mod fold;
mod keys;
mod needle;
mod tells;

use std::hash::{BuildHasher, RandomState};
use std::sync::OnceLock;

use hashbrown::HashTable;

pub(crate) use self::blocks::BlockSet;
use self::fold::extend_back;
use self::keys::{Keys, Met};
use self::needle::{Needle, PROBES, Place};
use self::tells::is_prose;
use crate::policy::Action;
use crate::{ByteSpan, EntityType, PlaceholderMap};

/// Bytes that decide whether a place is looked at.
const BLOCK: usize = 3;
/// So many values with one key are told apart; more have the middle of a long text in common, and any of them covers it.
const MAX_ALIKE: usize = 8;
/// A hit longer than this is stepped over: whatever stands in it is covered.
const LONG_HIT: usize = 256;

/// The values of a request, to be searched for.
#[derive(Default)]
pub(crate) struct Needles {
    all: Vec<Needle>,
    /// By type and folded text, with the hash of both.
    known: HashTable<(u64, usize)>,
    hasher: RandomState,
}

impl Needles {
    /// The values that a map has placeholders for, as far as they tell.
    pub(crate) fn of_map(map: &PlaceholderMap) -> Self {
        let mut needles = Self::default();
        for (entity, value) in map.expose_values() {
            needles.add(entity, Action::Mask, value, |_| ());
        }
        needles
    }

    /// Adds a value that `action` happens to, and the parts of a name, unless nothing but the place where it was found tells
    /// what it is; `on_added` hears of each.
    pub(crate) fn add(
        &mut self,
        entity: &EntityType,
        action: Action,
        value: &str,
        mut on_added: impl FnMut(Added),
    ) {
        for (text, place) in tells::spellings(entity, value) {
            let folded = fold::folded(&text);
            let hash = self.hasher.hash_one((entity, &folded));
            let is_it = |known: &(u64, usize)| self.all[known.1].is(entity, &folded);
            let nth = if let Some(&(_, nth)) = self.known.find(hash, is_it) {
                let known = &mut self.all[nth];
                known.place = known.place.max(place);
                known.action = known.action.max(action);
                nth
            } else if let Some(needle) = Needle::new(entity, action, &folded, place) {
                let nth = self.all.len();
                self.known.insert_unique(hash, (hash, nth), |known| known.0);
                self.all.push(needle);
                nth
            } else {
                continue;
            };
            on_added(Added { nth, place });
        }
    }
}

/// A value that was added to others, or was one of them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Added {
    nth: usize,
    place: Place,
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
    /// What happens to it where it was found; the most severe.
    pub(crate) action: Action,
}

/// The search for all of them.
#[derive(Default)]
pub(crate) struct Search {
    needles: Vec<Needle>,
    keys: Keys,
    /// A bit for the hash of each key's first block.
    firsts: Vec<u64>,
    /// The same for keys that may start inside a word.
    inside: Vec<u64>,
    /// How far a hash is shifted to be the number of a bit.
    shift: u32,
    /// Signs of the longest value, blanks left out.
    longest: usize,
    /// Of each value, what is asked for first of the blocks of a text; made when the first text has any.
    probes: OnceLock<Vec<Option<[u32; PROBES]>>>,
}

impl Search {
    pub(crate) fn new(needles: Needles) -> Self {
        let Needles {
            all: needles, hasher, ..
        } = needles;
        if needles.is_empty() {
            return Self::default();
        }
        // Most bits stay unset, and those of few keys stay near the processor.
        let bits = (needles.len() * 32).next_power_of_two().clamp(1 << 10, 1 << 20);
        let mut search = Self {
            keys: Keys::of(&needles, hasher.hash_one(needles.len())),
            needles,
            firsts: vec![0; bits / 64],
            inside: vec![0; bits / 64],
            shift: 32 - bits.trailing_zeros(),
            longest: 0,
            probes: OnceLock::new(),
        };
        for needle in &search.needles {
            search.longest = search.longest.max(needle.signs());
            let starts_inside = needle.may_start_inside();
            needle.each_first(|block| {
                let bit = hash(block, 0) >> search.shift;
                set(&mut search.firsts, bit);
                if starts_inside {
                    set(&mut search.inside, bit);
                }
            });
        }
        search
    }

    /// Whether there is nothing to look for.
    pub(crate) const fn is_empty(&self) -> bool {
        self.needles.is_empty()
    }

    /// Whether a text with these blocks may hold a value beside those that were `added` from it, which are in order.
    pub(crate) fn may_meet(&self, blocks: &BlockSet, added: &[Added]) -> bool {
        let is_known = |nth: usize, place: Place| {
            let from = added.partition_point(|added| added.nth < nth);
            let mut same = added[from..].iter().take_while(|added| added.nth == nth);
            same.any(|added| added.place >= place)
        };
        let probes = self
            .probes
            .get_or_init(|| self.needles.iter().map(Needle::probes).collect());
        let mut needles = self.needles.iter().zip(probes).enumerate();
        needles.any(|(nth, (needle, probes))| {
            probes.is_none_or(|probes| blocks.may_hold(probes))
                && blocks.may_hold(needle.blocks())
                && !is_known(nth, needle.place)
        })
    }

    /// How many values are looked for.
    pub(crate) const fn len(&self) -> usize {
        self.needles.len()
    }

    /// Calls `on_hit` for every value that stands in a whole body, which is neither prose nor a program: the parts of names
    /// do not count in it.
    pub(crate) fn each_whole(&self, text: &str, on_hit: impl FnMut(Hit<'_>) -> bool) {
        self.each_at(text, Place::Text, |_| None, on_hit);
    }

    /// Calls `on_hit` for every value that stands in `text`; it says whether to go on. `known` says what is known to cover a
    /// byte.
    pub(crate) fn each(
        &self,
        text: &str,
        known: impl Fn(usize) -> Option<ByteSpan>,
        on_hit: impl FnMut(Hit<'_>) -> bool,
    ) {
        let place = if is_prose(text) { Place::Prose } else { Place::Text };
        self.each_at(text, place, known, on_hit);
    }

    /// The same in a text of the kind that `place` names: in prose all values count.
    fn each_at(
        &self,
        text: &str,
        place: Place,
        known: impl Fn(usize) -> Option<ByteSpan>,
        mut on_hit: impl FnMut(Hit<'_>) -> bool,
    ) {
        if self.is_empty() {
            return;
        }
        let bytes = text.as_bytes();
        let mut met = Met::new();
        let mut at = 0;
        // What was matched to here is not matched backwards again.
        let mut done = 0;
        while let Some(start) = self.next_start(bytes, at) {
            at = start + 1;
            if !text.is_char_boundary(start) || self.is_inside_word(bytes, start) {
                continue;
            }
            self.keys.meet(&text[start..], &mut met);
            if met.is_empty() {
                continue;
            }
            // What covers the place may be the beginning of a longer value.
            if let Some(covered) = known(start)
                && (covered.start < start || signs(&bytes[start..covered.end]) >= self.longest)
            {
                at = at.max(covered.end);
                continue;
            }
            while let Some(first) = met.pop() {
                let needles = self.keys.alike(first).map(|nth| &self.needles[nth]);
                let counts = |needle: &&Needle| needle.place >= place;
                for needle in needles.filter(counts).take(MAX_ALIKE) {
                    let Some(span) = whole(text, start, done, needle) else {
                        continue;
                    };
                    if span.len() > LONG_HIT {
                        done = span.end;
                        at = at.max(done);
                    }
                    let (entity, action) = (&needle.entity, needle.action);
                    if !on_hit(Hit { span, entity, action }) {
                        return;
                    }
                }
            }
        }
    }

    /// Whether a place lies in a word where no key starts that may start there.
    fn is_inside_word(&self, bytes: &[u8], at: usize) -> bool {
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric();
        let goes_on = is_word(&bytes[at]) && bytes[..at].last().is_some_and(is_word);
        goes_on && !is_set(&self.inside, hash(bytes, at) >> self.shift)
    }

    /// Where the next block stands that a key starts with.
    fn next_start(&self, bytes: &[u8], from: usize) -> Option<usize> {
        let rest = bytes.get(from..)?;
        let found = rest
            .array_windows()
            .position(|four| is_set(&self.firsts, hashed(*four) >> self.shift));
        // The last block is followed by nothing.
        let last = || bytes.len().checked_sub(BLOCK).filter(|last| *last >= from);
        let is_start = |last: &usize| is_set(&self.firsts, hash(bytes, *last) >> self.shift);
        found.map_or_else(|| last().filter(is_start), |found| Some(from + found))
    }
}

fn set(bits: &mut [u64], bit: u32) {
    bits[bit as usize / 64] |= 1 << (bit % 64);
}

fn is_set(bits: &[u64], bit: u32) -> bool {
    bits[bit as usize / 64] & 1 << (bit % 64) != 0
}

/// How many bytes are no blanks.
fn signs(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| !byte.is_ascii_whitespace()).count()
}

/// A hash of the block at `at`.
fn hash(bytes: &[u8], at: usize) -> u32 {
    let rest = &bytes[at..];
    hashed(rest.first_chunk::<4>().copied().unwrap_or_else(|| {
        let mut four = [0; 4];
        four[..rest.len()].copy_from_slice(rest);
        four
    }))
}

/// A hash of the first three of four bytes, without regard to case. Fibonacci hashing: the high bits of a product are well
/// mixed.
const fn hashed(four: [u8; 4]) -> u32 {
    // What differs from a letter in the bit of case only has its hash; that costs a second look.
    const CASE: u32 = 0x0020_2020;
    const BLOCK_BITS: u32 = 0x00ff_ffff;
    (u32::from_le_bytes(four) & BLOCK_BITS | CASE).wrapping_mul(0x9e37_79b1)
}

#[cfg(test)]
mod tests;
