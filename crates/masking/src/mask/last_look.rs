//! The last look at what is about to leave: does a value of this turn still stand in it?

use super::search::{Needles, Search};
use crate::reading::Unescaped;
use crate::{ByteSpan, EntityType, PlaceholderMap};

/// Escapes are undone in so many bytes at once, so that a body full of them takes no more room.
const PIECE: usize = 256 << 10;
/// What two pieces share: more than any value needs to be known by, in any spelling.
const SEAM: usize = 1024;

/// Searches outbound bytes for the values of a turn, by the same rule as its leaves were searched.
#[derive(Default)]
pub struct LastLook(Search);

impl LastLook {
    /// For the values that `map` has placeholders for and that tell what they are wherever they stand.
    #[must_use]
    pub fn of(map: &PlaceholderMap) -> Self {
        Self(Search::new(Needles::of_map(map)))
    }

    pub(super) const fn with(search: Search) -> Self {
        Self(search)
    }

    /// Calls `on_hit` with type and place of each value that stands in `outbound`, JSON or not, in any spelling that JSON
    /// has for it; it says whether to go on.
    pub fn each(&self, outbound: &str, mut on_hit: impl FnMut(&EntityType, ByteSpan) -> bool) {
        if self.0.is_empty() {
            return;
        }
        // A part of a name that was told whole is not told again.
        let mut told = 0;
        let mut goes_on = true;
        let mut start = 0;
        while goes_on && start < outbound.len() {
            let end = outbound.ceil_char_boundary((start + PIECE).min(outbound.len()));
            let unescaped = Unescaped::of(&outbound[start..end]);
            self.0.each_whole(unescaped.text(), |hit| {
                let written = unescaped.written(hit.span);
                let span = ByteSpan::new(start + written.start, start + written.end);
                if span.end > told {
                    told = span.end;
                    goes_on = on_hit(hit.entity, span);
                }
                goes_on
            });
            if end == outbound.len() {
                return;
            }
            start = outbound.floor_char_boundary(end - SEAM);
        }
    }
}

impl std::fmt::Debug for LastLook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LastLook(..)")
    }
}
