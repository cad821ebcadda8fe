//! The last look at what is about to leave: does a value of this turn still stand in it?

use super::search::{Needles, Search, is_prose};
use crate::reading::Unescaped;
use crate::{ByteSpan, EntityType, PlaceholderMap};

/// Searches outbound bytes for the values that a map has placeholders for, by the same rule as the leaves were searched.
pub struct LastLook {
    needles: Needles,
}

impl LastLook {
    /// For the values of `map` that tell what they are wherever they stand.
    #[must_use]
    pub fn of(map: &PlaceholderMap) -> Self {
        Self {
            needles: Needles::of_map(map),
        }
    }

    /// Calls `on_hit` with type and place of each value that stands in `outbound`, JSON or not, in any spelling that JSON
    /// has for it; it says whether to go on.
    pub fn each(&self, outbound: &str, mut on_hit: impl FnMut(&EntityType, ByteSpan) -> bool) {
        if self.needles.is_empty() {
            return;
        }
        let search = Search::new(&self.needles);
        let unescaped = Unescaped::of(outbound);
        search.each(unescaped.text(), is_prose(unescaped.text()), |hit| {
            on_hit(hit.entity, unescaped.written(hit.span))
        });
    }
}
