//! The leaves of a request with their readings: made once where there is room, and again where there was none.

use std::sync::Arc;

use super::memo::Known;
use super::search::{Added, BlockSet, Search};
use super::{TextLeaf, value};
use crate::NoDeadline;
use crate::overlap::Judged;
use crate::reading::Readings;

/// Readings beyond so many bytes, the way back included, are made again when they are needed, which few are. With those of
/// one leaf that is at work it is what the largest request may take.
const KEPT_BYTES: usize = 32 << 20;

/// What is known of the readings of a leaf.
enum Kept<'a> {
    /// Nothing.
    Unknown,
    /// It reads in one way only, just as it is written.
    Plain,
    Readings(Readings<'a>),
}

/// The leaves of one request.
pub(super) struct Texts<'a> {
    leaves: &'a [TextLeaf<'a>],
    kept: Vec<Kept<'a>>,
    /// Of the leaves that the memo knows, in all their readings.
    blocks: Vec<Option<Arc<BlockSet>>>,
    bytes: usize,
}

impl<'a> Texts<'a> {
    pub(super) fn of(leaves: &'a [TextLeaf<'a>]) -> Self {
        Self {
            leaves,
            kept: leaves.iter().map(|_| Kept::Unknown).collect(),
            blocks: vec![None; leaves.len()],
            bytes: 0,
        }
    }

    pub(super) const fn leaves(&self) -> &'a [TextLeaf<'a>] {
        self.leaves
    }

    /// Notes what the memo knows of a leaf.
    pub(super) fn note(&mut self, leaf: usize, known: &Known) {
        self.blocks[leaf].clone_from(&known.blocks);
        if known.is_plain {
            self.kept[leaf] = Kept::Plain;
        }
    }

    /// What the memo knows of a leaf is not all of it.
    pub(super) fn forget(&mut self, leaf: usize) {
        self.blocks[leaf] = None;
    }

    /// Whether it is known that a leaf holds no value but those that were `added` from it.
    pub(super) fn holds_only(&self, leaf: usize, search: &Search, added: &[Added]) -> bool {
        self.blocks[leaf].as_ref().is_some_and(|blocks| {
            // A text with fewer bytes than there are values is searched as fast.
            search.len() <= self.leaves[leaf].text.len() && !search.may_meet(blocks, added)
        })
    }

    pub(super) fn keep(&mut self, leaf: usize, readings: Readings<'a>) {
        if readings.is_plain() {
            self.kept[leaf] = Kept::Plain;
        } else if self.bytes + readings.held_bytes() <= KEPT_BYTES {
            self.bytes += readings.held_bytes();
            self.kept[leaf] = Kept::Readings(readings);
        }
    }

    /// The readings of a leaf; `None` where it reads as it is written.
    pub(super) fn readings(&mut self, leaf: usize) -> Option<&Readings<'a>> {
        if matches!(self.kept[leaf], Kept::Unknown) {
            // All of them, as before: what was found in one is looked up in it.
            let readings = Readings::of(&self.leaves[leaf], &NoDeadline);
            self.kept[leaf] = if readings.is_plain() {
                Kept::Plain
            } else {
                self.bytes += readings.held_bytes();
                Kept::Readings(readings)
            };
        }
        match &self.kept[leaf] {
            Kept::Readings(readings) => Some(readings),
            Kept::Plain | Kept::Unknown => None,
        }
    }

    /// Lets go of readings for which there is no room.
    pub(super) fn release(&mut self, leaf: usize) {
        if self.bytes > KEPT_BYTES
            && let Kept::Readings(readings) = &self.kept[leaf]
        {
            self.bytes -= readings.held_bytes();
            self.kept[leaf] = Kept::Unknown;
        }
    }

    /// What a detection says.
    pub(super) fn expose_value(&mut self, leaf: usize, judged: &Judged) -> &str {
        let text = self.leaves[leaf].text;
        let readings = judged.read.and_then(|_| self.readings(leaf));
        value(text, readings, judged.read, judged.detection.span)
    }
}
