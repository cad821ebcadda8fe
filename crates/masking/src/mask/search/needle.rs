//! One value to search for, and the part of it that finds it.

use super::{BLOCK, hash, signs};
use crate::policy::Action;
use crate::{ByteSpan, EntityType};

/// So much of a value is enough to know it by, in bytes of its folded form: of a longer one, its middle.
const MAX_KEY: usize = 48;

/// Blocks that are asked for first.
pub(super) const PROBES: usize = 3;

/// Where a value counts when it is met again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// In prose only: it is a part of a name, or a name of one word.
    Prose,
    /// In any text.
    Text,
}

/// A value in its folded form.
pub(super) struct Needle {
    pub(super) entity: EntityType,
    pub(super) action: Action,
    pub(super) place: Place,
    text: Box<str>,
    /// Where the key starts, and where it ends.
    key: ByteSpan,
}

impl Needle {
    /// A value that has a piece long enough to be found by.
    pub(super) fn new(entity: &EntityType, action: Action, folded: &str, place: Place) -> Option<Self> {
        let piece = first_piece(folded)?;
        let mut needle = Self {
            entity: entity.clone(),
            action,
            place,
            text: folded.into(),
            key: ByteSpan::new(0, folded.len()),
        };
        if folded.len() > MAX_KEY {
            needle.take_middle(piece);
        }
        Some(needle)
    }

    /// Of a long value, what stands in the middle of its first piece tells it from others that begin alike.
    fn take_middle(&mut self, piece: usize) {
        let text = &*self.text;
        let start = text.floor_char_boundary(piece.saturating_sub(MAX_KEY) / 2);
        let end = text.ceil_char_boundary((start + MAX_KEY).min(text.len()));
        self.key = ByteSpan::new(start, end);
    }

    /// Some of its blocks: a text rarely has them all but not the value. `None` where it has none in every spelling.
    pub(super) fn probes(&self) -> Option<[u32; PROBES]> {
        // From the end, where values of one kind differ.
        let mut probes = self.blocks().rev().step_by(2).take(PROBES);
        let first = probes.next()?;
        Some([
            first,
            probes.next().unwrap_or(first),
            probes.next().unwrap_or(first),
        ])
    }

    /// How many bytes of it are no blanks.
    pub(super) fn signs(&self) -> usize {
        signs(self.text.as_bytes())
    }

    pub(super) fn key(&self) -> &str {
        &self.text[self.key.range()]
    }

    /// What stands before the key.
    pub(super) fn before(&self) -> &str {
        &self.text[..self.key.start]
    }

    /// The key and what stands behind it.
    pub(super) fn behind(&self) -> &str {
        &self.text[self.key.start..]
    }

    pub(super) fn is(&self, entity: &EntityType, folded: &str) -> bool {
        *self.text == *folded && self.entity == *entity
    }

    /// Whether its key is so long that it tells without the rest.
    pub(super) const fn is_long(&self) -> bool {
        self.text.len() > 2 * MAX_KEY
    }

    /// Calls `on_first` with the key's first block as texts may write it: letters beyond ASCII have no case that is told by
    /// one bit.
    pub(super) fn each_first(&self, mut on_first: impl FnMut(&[u8])) {
        let head = self.text.ceil_char_boundary(self.key.start + BLOCK);
        let head = &self.text[self.key.start..head];
        on_first(head.as_bytes());
        if !head.is_ascii() {
            on_first(head.to_uppercase().as_bytes());
            let mut chars = head.chars();
            let first = chars.next().into_iter().flat_map(char::to_uppercase);
            let titled: String = first.chain(chars).collect();
            on_first(titled.as_bytes());
        }
    }

    /// The hashes of the blocks that it has in any spelling, or its key where that is enough.
    pub(super) fn blocks(&self) -> impl DoubleEndedIterator<Item = u32> {
        let text = if self.is_long() { self.key() } else { &self.text };
        let bytes = text.as_bytes();
        let is_fixed = text.chars().all(|char| char.is_ascii() || !has_case(char));
        (0..(bytes.len() + 1).saturating_sub(BLOCK))
            .filter(move |at| {
                let block = &bytes[*at..at + BLOCK];
                // Turkish capitals have an `i` of their own (`İ`), which no bit of case tells.
                let is_spelled_so = !block.contains(&b' ') && !block.contains(&b'i');
                is_spelled_so && (is_fixed || block.is_ascii())
            })
            .map(|at| hash(bytes, at))
    }

    /// Whether its key may start between two letters or digits: the value may, or the key is not where it starts.
    pub(super) fn may_start_inside(&self) -> bool {
        self.is_unmistakable() || self.key.start > 0
    }

    fn is_unmistakable(&self) -> bool {
        self.entity.is_secret() && self.text.len() >= 16
    }

    /// Whether the value may stand at `span`: as a word of its own, unless it could not be part of any other.
    pub(super) fn may_stand(&self, text: &str, span: ByteSpan) -> bool {
        self.is_unmistakable() || is_parted(text, span, self.entity.is_secret())
    }
}

fn has_case(char: char) -> bool {
    !char.to_lowercase().eq([char]) || !char.to_uppercase().eq([char])
}

/// Length of what stands together at the start of a value in any spelling: its first word, or two of them as they are
/// spelled where that is too short to be found by.
fn first_piece(folded: &str) -> Option<usize> {
    let first = folded.find(' ').unwrap_or(folded.len());
    let second = || {
        let rest = &folded[first + 1..];
        first + 1 + rest.find(' ').unwrap_or(rest.len())
    };
    let piece = if first < BLOCK && first < folded.len() {
        second()
    } else {
        first
    };
    (piece >= BLOCK).then_some(piece)
}

/// Neither side goes on with a letter or digit of the same word. Scripts without blanks have no such sides, and names that a
/// secret is part of are put together with `_`.
fn is_parted(text: &str, span: ByteSpan, is_secret: bool) -> bool {
    let inside = &text[span.range()];
    let goes_on = |inner: Option<char>, outer: Option<char>| {
        let is_word = |char: char| char.is_alphanumeric() && !is_unspaced(char);
        inner.is_some_and(is_word) && outer.is_some_and(|outer| is_word(outer) || outer == '_' && !is_secret)
    };
    let before = text[..span.start].chars().next_back();
    let after = text[span.end..].chars().next();
    !goes_on(inside.chars().next(), before) && !goes_on(inside.chars().next_back(), after)
}

/// Han, kana and Hangul, which are written without blanks between words or with endings attached.
pub(super) const fn is_unspaced(char: char) -> bool {
    matches!(char, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}')
}
