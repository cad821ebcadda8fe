//! Where long runs of one kind of byte stand, sixty-four bytes at a look.

/// Bytes that are looked at together.
const BLOCK: usize = 64;

/// The first run of at least `N` bytes that `is_it` holds for, at or after `from`, where no run is open before. `N` is 12:
/// shifts find runs whose length is a sum of powers of two.
pub(super) fn next_run_of_12(bytes: &[u8], from: usize, is_it: impl Fn(u8) -> bool) -> Option<usize> {
    const LEAST: usize = 12;
    let mut at = from;
    while at + LEAST <= bytes.len() {
        let block = &bytes[at..bytes.len().min(at + BLOCK)];
        let mut run = mask(block, &is_it);
        for shift in [1, 2, 4, 4] {
            run &= run >> shift;
        }
        if run != 0 {
            return Some(at + run.trailing_zeros() as usize);
        }
        at += (block.len() - LEAST + 1).max(1);
    }
    None
}

/// A bit for each byte of at most sixty-four.
pub(super) fn mask(block: &[u8], is_it: impl Fn(u8) -> bool) -> u64 {
    /// Moves the lowest bits of eight bytes into one.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let mut flags = [0_u8; BLOCK];
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
                let found = next_run_of_12(text.as_bytes(), 0, |byte| byte == b'a');
                assert_eq!(found, (length >= 12).then_some(padding * 2), "{padding} {length}");
            }
        }
    }
}
