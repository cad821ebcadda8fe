//! Where long runs of one kind of byte stand, sixty-four bytes at a look.

/// Bytes that are looked at together.
pub(crate) const BLOCK: usize = 64;

/// The first run of at least twelve bytes that `is_it` holds for, at or after `from`. What stands before `from` is no part of
/// it.
pub(crate) fn next_run_of_12(bytes: &[u8], from: usize, is_it: impl Fn(u8) -> bool + Copy) -> Option<usize> {
    const LEAST: usize = 12;
    let mut at = from;
    while at + LEAST <= bytes.len() {
        let block = block_at(bytes, at);
        // Twelve is the sum of these and one: what is left of a bit are runs that begin there.
        let mut run = mask(&block, is_it);
        for shift in [1, 2, 4, 4] {
            run &= run >> shift;
        }
        if run != 0 {
            let start = at + run.trailing_zeros() as usize;
            let before = bytes[from..start].iter().rev();
            return Some(start - before.take_while(|byte| is_it(**byte)).count());
        }
        at += BLOCK - LEAST + 1;
    }
    None
}

/// The bytes that something holds for, in order, a block at a look.
pub(crate) struct Places<'a, F> {
    bytes: &'a [u8],
    is_it: F,
    block: usize,
    /// What is left of the block.
    left: u64,
}

impl<'a, F: Fn(u8) -> bool + Copy> Places<'a, F> {
    pub(crate) fn of(bytes: &'a [u8], is_it: F) -> Self {
        let left = if bytes.is_empty() {
            0
        } else {
            Self::look(bytes, 0, is_it)
        };
        Self {
            bytes,
            is_it,
            block: 0,
            left,
        }
    }

    /// The next one at or after `from`, which never goes back.
    pub(crate) fn next(&mut self, from: usize) -> Option<usize> {
        loop {
            if from > self.block {
                self.left &= u64::MAX
                    .checked_shl((from - self.block).min(BLOCK) as u32)
                    .unwrap_or(0);
            }
            if self.left != 0 {
                return Some(self.block + self.left.trailing_zeros() as usize);
            }
            self.block = from.max(self.block + BLOCK);
            if self.block >= self.bytes.len() {
                return None;
            }
            self.left = Self::look(self.bytes, self.block, self.is_it);
        }
    }

    fn look(bytes: &[u8], at: usize, is_it: F) -> u64 {
        let block = block_at(bytes, at);
        match block.iter().fold(false, |any, byte| any | is_it(*byte)) {
            true => mask(&block, is_it),
            false => 0,
        }
    }
}

/// The block at `at`; behind the end of the text stand zeros.
pub(crate) fn block_at(bytes: &[u8], at: usize) -> [u8; BLOCK] {
    let rest = &bytes[at..];
    rest.first_chunk().copied().unwrap_or_else(|| {
        let mut block = [0; BLOCK];
        block[..rest.len()].copy_from_slice(rest);
        block
    })
}

/// A bit for each byte.
pub(crate) fn mask(block: &[u8; BLOCK], is_it: impl Fn(u8) -> bool + Copy) -> u64 {
    /// Moves the lowest bits of eight bytes into one.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let mut flags = [0; BLOCK];
    for (flag, byte) in flags.iter_mut().zip(block) {
        *flag = u8::from(is_it(*byte));
    }
    let mut mask = 0;
    for (nth, eight) in flags.as_chunks::<8>().0.iter().enumerate() {
        mask |= (u64::from_le_bytes(*eight).wrapping_mul(GATHER) >> 56) << (nth * 8);
    }
    mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_met_in_order() {
        let text = "7".repeat(3) + &"-".repeat(130) + "8-9" + &"-".repeat(62) + "1";
        let all: Vec<usize> = (0..text.len())
            .filter(|at| text.as_bytes()[*at] != b'-')
            .collect();
        let mut places = Places::of(text.as_bytes(), |byte| byte.is_ascii_digit());
        let mut at = 0;
        for expected in all {
            assert_eq!(places.next(at), Some(expected));
            at = expected + 1;
        }
        assert_eq!(places.next(at), None);
        let mut places = Places::of(text.as_bytes(), |byte| byte.is_ascii_digit());
        assert_eq!(
            (places.next(2), places.next(100), places.next(199)),
            (Some(2), Some(133), None)
        );
    }

    #[test]
    fn runs_are_found_wherever_they_stand() {
        for padding in 0..200 {
            for length in [11, 12, 13, 100] {
                let text = format!(
                    "{}{}{}",
                    "- ".repeat(padding),
                    "a".repeat(length),
                    " -".repeat(40)
                );
                let found = next_run_of_12(text.as_bytes(), 0, |byte| byte == b'a');
                assert_eq!(found, (length >= 12).then_some(padding * 2), "{padding} {length}");
            }
        }
    }
}
