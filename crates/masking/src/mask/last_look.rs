//! The last look at what is about to leave: does a value of this turn still stand in it?

use super::search::{Needles, Searches};
use crate::reading::Unescaped;
use crate::{ByteSpan, EntityType, PlaceholderMap};

/// Searches outbound bytes for the values of a turn, by the same rule as its leaves were searched.
#[derive(Default)]
pub struct LastLook(Searches);

impl LastLook {
    /// For the values that `map` has placeholders for and that tell what they are wherever they stand.
    #[must_use]
    pub fn of(map: &PlaceholderMap) -> Self {
        Self(Searches::new(Needles::of_map(map)))
    }

    pub(super) const fn with(searches: Searches) -> Self {
        Self(searches)
    }

    /// Calls `on_hit` with type and place of each value that stands in `outbound`, JSON or not, in any spelling that JSON
    /// has for it; it says whether to go on.
    pub fn each(&self, outbound: &str, mut on_hit: impl FnMut(&EntityType, ByteSpan) -> bool) {
        if self.0.is_empty() {
            return;
        }
        let unescaped = Unescaped::of(outbound);
        // A part of a name that was told whole is not told again.
        let mut told = 0;
        self.0.each_whole(unescaped.text(), |hit| {
            let is_new = hit.span.end > told;
            told = told.max(hit.span.end);
            !is_new || on_hit(hit.entity, unescaped.written(hit.span))
        });
    }
}

impl std::fmt::Debug for LastLook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LastLook(..)")
    }
}
