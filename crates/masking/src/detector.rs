//! The seam at which detectors plug in, deterministic ones and models alike.

use thiserror::Error;

use crate::{Detection, Reading};

/// A detector could not do its work; the request must be refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("detector {detector} is unavailable: {reason}")]
pub struct DetectorError {
    /// The detector's name.
    pub detector: &'static str,
    /// Why, in constant words: never text from the request.
    pub reason: &'static str,
}

/// How much work a detector is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Tens of megabytes a second: a small request is looked at where it arrives.
    Light,
    /// A model: never on an async thread, however small the request is.
    Heavy,
}

/// Whether anybody still waits for the work. Passed in, since nothing here knows the time.
pub trait Deadline: Sync {
    /// Asked every 64 KiB or so: the work stops when it answers yes.
    fn has_passed(&self) -> bool;
}

/// Work that is never given up.
#[derive(Clone, Copy, Debug)]
pub struct NoDeadline;

impl Deadline for NoDeadline {
    fn has_passed(&self) -> bool {
        false
    }
}

/// Finds private text in readings of a request.
///
/// The call may be slow (a model): callers run it off the async threads. Order and number of the results are
/// those of the batch.
pub trait Detector: Send + Sync {
    /// A stable name, for errors and metrics.
    fn name(&self) -> &'static str;

    /// How much work it is.
    fn weight(&self) -> Weight {
        Weight::Light
    }

    /// Whether it looks at this reading: a model is not asked about numbers, identifiers or code.
    fn reads(&self, reading: &Reading<'_>) -> bool;

    /// One list of detections for each reading, with spans in bytes of its text.
    ///
    /// # Errors
    /// When the detector cannot decide, or `until` has passed; there is no partial answer.
    fn detect(
        &self,
        batch: &[&Reading<'_>],
        until: &dyn Deadline,
    ) -> Result<Vec<Vec<Detection>>, DetectorError>;
}
