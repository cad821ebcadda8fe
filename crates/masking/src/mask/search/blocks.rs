//! Which blocks of three bytes stand in a text: where one of a value's is missing, the value cannot stand.

use super::{BLOCK, hash, hashed, is_set, set as set_bit};

/// The blocks of some texts, by their hashes.
pub(crate) struct BlockSet {
    /// A bit for each hash; about as many as the texts have bytes, so that most of them stay unset.
    bits: Box<[u64]>,
    shift: u32,
}

impl BlockSet {
    /// Of texts of so many bytes together.
    pub(crate) fn of<'t>(bytes: usize, texts: impl Iterator<Item = &'t str>) -> Self {
        /// The hashes have no more bits.
        const MOST: usize = 1 << 31;
        let len = bytes.next_power_of_two().clamp(64, MOST);
        let mut set = Self {
            bits: vec![0; len / 64].into(),
            shift: 32 - len.trailing_zeros(),
        };
        for text in texts {
            let bytes = text.as_bytes();
            for four in bytes.array_windows() {
                set_bit(&mut set.bits, hashed(*four) >> set.shift);
            }
            if let Some(last) = bytes.len().checked_sub(BLOCK) {
                set_bit(&mut set.bits, hash(bytes, last) >> set.shift);
            }
        }
        set
    }

    /// Whether a value may stand in one of the texts, by its blocks.
    pub(super) fn may_hold(&self, blocks: impl IntoIterator<Item = u32>) -> bool {
        let mut blocks = blocks.into_iter();
        blocks.all(|block| is_set(&self.bits, block >> self.shift))
    }

    /// How much memory it takes, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val::<[u64]>(&self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::super::needle::{Needle, Place};
    use super::*;
    use crate::{Action, EntityType};

    #[test]
    fn a_value_that_stands_in_a_text_is_held_in_any_spelling() {
        for (value, text) in [
            ("zorvath quellinger", "told ZORVATH\n\tQuellinger so"),
            ("müllerström", "then MÜLLERSTRÖM said"),
            ("王小明", "联系人：王小明。"),
            ("zo@corp.com", "x <Zo@Corp.com>"),
            ("selim demir", "Sayın SELİM DEMİR,"),
        ] {
            let needle = Needle::new(&EntityType::Person, Action::Mask, value, Place::Text).unwrap();
            assert!(
                BlockSet::of(text.len(), [text].into_iter()).may_hold(needle.blocks()),
                "{value}"
            );
            let other = BlockSet::of(64, ["nothing of it stands here", "王明"].into_iter());
            assert!(!other.may_hold(needle.blocks()), "{value}");
        }
    }
}
