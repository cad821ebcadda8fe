//! Detects, masks and rehydrates private text: pure and synchronous, no I/O.
//!
//! A request's text leaves go through [`Masker::mask`], which detects (memo first), applies the [`Policy`]
//! and hands back replacements; [`Rehydrator`] puts the originals back into the answer as it streams.

pub mod dangerous;
mod detection;
mod detector;
pub mod detectors;
mod entity;
mod fields;
mod lexicon;
mod mask;
mod overlap;
mod placeholder;
mod policy;
mod reading;
mod rehydrate;
mod runs;
mod span;
mod text_scope;

pub use detection::{Detection, Score};
pub use detector::{Deadline, Detector, DetectorError, NoDeadline, Weight};
pub use entity::{CustomName, EntityType, InvalidEntityType, Severity};
pub use mask::{
    Counted, Inspected, LastLook, LeafClass, Masked, Masker, MemoLimits, Replacement, TextLeaf, Touched,
    Verdict,
};

pub use placeholder::{InvalidPlaceholder, MasterKey, Placeholder, PlaceholderMap, Remembered, Scope};
pub use policy::{Action, DENY_TERM, GLUED_TERM, Policy, Profile, Rule as PolicyRule};
pub use reading::{READINGS_WEIGHT, Reading};
pub use rehydrate::{Escape, Lexicon, RehydrateCounts, RehydrateOptions, Rehydrator};
pub use span::ByteSpan;
pub use text_scope::TextScope;
