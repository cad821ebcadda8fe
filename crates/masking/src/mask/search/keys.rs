//! The parts of values that find them, by their hashes.

use hashbrown::HashTable;

use super::fold::{Hash, chars};
use super::needle::Needle;

/// Characters at the start of a key that nearly always tell it from other text.
const HEAD: usize = 6;
/// No key has more characters.
const LONGEST: usize = 63;

/// Values with one key: the first of them, and the others by [`Keys::alike`].
#[derive(Clone, Copy)]
struct First {
    hash: u64,
    needle: u32,
}

/// Keys that begin alike: how many characters they have, a bit for each length.
#[derive(Clone, Copy)]
struct Head {
    hash: u64,
    lengths: u64,
}

/// The keys of all values. What stands at a place is hashed character by character: whether a key ends with one of them
/// does not depend on how many keys there are.
#[derive(Default)]
pub(super) struct Keys {
    seed: u64,
    firsts: HashTable<First>,
    /// Of each value, the next one with its key.
    next: Vec<Option<u32>>,
    heads: HashTable<Head>,
    /// A bit for each head's hash; most stay unset.
    filter: Vec<u64>,
    shift: u32,
    /// How many characters heads have, a bit for each length.
    head_lengths: u64,
}

/// The keys that a text starts with, each by the first value with it; the longest first.
pub(super) struct Met {
    first: [u32; LONGEST],
    len: usize,
}

impl Met {
    pub(super) const fn new() -> Self {
        Self {
            first: [0; LONGEST],
            len: 0,
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) fn pop(&mut self) -> Option<usize> {
        self.len = self.len.checked_sub(1)?;
        Some(self.first[self.len] as usize)
    }
}

impl Keys {
    /// Those of `needles`, of which there are fewer than 2^32; `seed` is random.
    pub(super) fn of(needles: &[Needle], seed: u64) -> Self {
        let bits = (needles.len() * 32).next_power_of_two().clamp(1 << 10, 1 << 23);
        let mut keys = Self {
            seed,
            firsts: HashTable::with_capacity(needles.len()),
            next: vec![None; needles.len()],
            heads: HashTable::with_capacity(needles.len()),
            filter: vec![0; bits / 64],
            shift: 64 - bits.trailing_zeros(),
            head_lengths: 0,
        };
        // From the last one: each stands before those that are known.
        for (nth, needle) in needles.iter().enumerate().rev() {
            keys.add(nth, needle.key());
        }
        keys
    }

    fn add(&mut self, nth: usize, key: &str) {
        let mut hash = Hash::new(self.seed);
        let (mut head, mut head_length, mut length) = (hash, 0, 0);
        for char in key.chars().take(LONGEST) {
            hash.add(char);
            length += 1;
            if length <= HEAD {
                (head, head_length) = (hash, length);
            }
        }
        let (hash, head) = (hash.value(), head.value());
        self.head_lengths |= 1 << head_length;
        let bit = head >> self.shift;
        self.filter[(bit / 64) as usize] |= 1 << (bit % 64);
        let lengths = 1 << length;
        let entry = self
            .heads
            .entry(head, |known| known.hash == head, |known| known.hash);
        let entry = entry.and_modify(|known| known.lengths |= lengths);
        entry.or_insert(Head { hash: head, lengths });
        let needle = nth as u32;
        let next = &mut self.next[nth];
        let entry = self
            .firsts
            .entry(hash, |known| known.hash == hash, |known| known.hash);
        let entry = entry.and_modify(|known| *next = Some(std::mem::replace(&mut known.needle, needle)));
        entry.or_insert(First { hash, needle });
    }

    /// Finds the keys that `text` starts with.
    pub(super) fn meet(&self, text: &str, met: &mut Met) {
        met.len = 0;
        let mut hash = Hash::new(self.seed);
        let mut wanted = 0;
        for (nth, char) in chars(text).enumerate() {
            let length = 1 << (nth + 1);
            hash.add(char);
            let value = hash.value();
            if self.head_lengths & length != 0 && self.may_be_head(value) {
                let head = self.heads.find(value, |known| known.hash == value);
                wanted |= head.map_or(0, |head| head.lengths);
            }
            if wanted & length != 0
                && let Some(first) = self.firsts.find(value, |known| known.hash == value)
            {
                met.first[met.len] = first.needle;
                met.len += 1;
            }
            // Neither a head nor a key is longer.
            if (self.head_lengths | wanted) < length << 1 {
                break;
            }
        }
    }

    /// The values with the same key as the value `first`, itself included.
    pub(super) fn alike(&self, first: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(first), |nth| self.next[*nth].map(|next| next as usize))
    }

    fn may_be_head(&self, hash: u64) -> bool {
        let bit = hash >> self.shift;
        self.filter[(bit / 64) as usize] & 1 << (bit % 64) != 0
    }
}
