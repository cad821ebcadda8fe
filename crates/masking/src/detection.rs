//! What a detector reports; never the text itself.

use std::sync::Arc;

use crate::{ByteSpan, EntityType};

/// How sure a detector is, in percent (0 to 100).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(u8);

impl Score {
    /// A documented form with its own checksum, or an unmistakable prefix.
    pub const CERTAIN: Self = Self(100);
    /// A form that ordinary text does not have.
    pub const STRONG: Self = Self(85);
    /// A form that needs the context which was found beside it.
    pub const LIKELY: Self = Self(70);
    /// A weak form with weak context.
    pub const POSSIBLE: Self = Self(50);

    /// `percent`, at most 100.
    #[must_use]
    pub const fn new(percent: u8) -> Self {
        Self(if percent > 100 { 100 } else { percent })
    }

    /// From 0 to 100.
    #[must_use]
    pub const fn percent(self) -> u8 {
        self.0
    }
}

/// One piece of private text: type, place, certainty, and who found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detection {
    /// What it is.
    pub entity: EntityType,
    /// Where it is: in the text of the reading that the detector saw, in the leaf's text for everybody else.
    pub span: ByteSpan,
    /// How sure the detector is.
    pub score: Score,
    /// The detector's stable name, as audit events and metrics show it (`email`, `api_key.github`).
    pub detector: Arc<str>,
}
