//! What this screen has shown already: a conversation comes again and again, and only what is new in it is worth a line.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, Hash, RandomState};

/// Then it starts anew: some lines are shown a second time.
const MOST: usize = 20_000;

/// Hashes of what was shown; no text.
#[derive(Default)]
pub(crate) struct Known {
    hashes: HashSet<u64>,
    hasher: RandomState,
}

impl Known {
    /// Whether this is shown for the first time; it is known from now on.
    pub(crate) fn is_new(&mut self, shown: &impl Hash) -> bool {
        if self.hashes.len() >= MOST {
            self.hashes.clear();
        }
        self.hashes.insert(self.hasher.hash_one(shown))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_bounded() {
        let mut known = Known::default();
        assert!(known.is_new(&"a") && !known.is_new(&"a"));
        for number in 0..MOST {
            known.is_new(&number);
        }
        assert!(known.hashes.len() <= MOST);
        assert!(known.is_new(&"a"));
    }
}
