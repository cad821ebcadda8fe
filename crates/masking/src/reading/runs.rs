//! Where long runs of one kind of byte stand, sixty-four bytes at a look.

/// Bytes that are looked at together.
pub(super) const BLOCK: usize = 64;

/// The first run of at least twelve bytes that `is_it` holds for, at or after `from`, in a block of which some byte
/// `tells`. What stands before `from` is no part of it.
pub(super) fn next_run_of_12(
    bytes: &[u8],
    from: usize,
    is_it: impl Fn(u8) -> bool + Copy,
    tells: impl Fn(u8) -> bool + Copy,
) -> Option<usize> {
    const LEAST: usize = 12;
    let mut at = from;
    while at + LEAST <= bytes.len() {
        let block = block_at(bytes, at);
        if !block.iter().fold(false, |any, byte| any | tells(*byte)) {
            // A run that begins here and tells in the next block has its last letters there too.
            at += BLOCK - LEAST;
            continue;
        }
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

/// The block at `at`; behind the end of the text stand zeros.
pub(super) fn block_at(bytes: &[u8], at: usize) -> [u8; BLOCK] {
    let rest = &bytes[at..];
    rest.first_chunk().copied().unwrap_or_else(|| {
        let mut block = [0; BLOCK];
        block[..rest.len()].copy_from_slice(rest);
        block
    })
}

/// A bit for each byte.
pub(super) fn mask(block: &[u8; BLOCK], is_it: impl Fn(u8) -> bool + Copy) -> u64 {
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
    fn runs_are_found_wherever_they_stand() {
        for padding in 0..200 {
            for length in [11, 12, 13, 100] {
                let text = format!(
                    "{}{}{}",
                    "- ".repeat(padding),
                    "a".repeat(length),
                    " -".repeat(40)
                );
                let found = next_run_of_12(text.as_bytes(), 0, |byte| byte == b'a', |byte| byte == b'a');
                assert_eq!(found, (length >= 12).then_some(padding * 2), "{padding} {length}");
            }
        }
    }
}
