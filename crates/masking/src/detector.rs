//! The seam at which detectors plug in, deterministic ones and models alike.

use thiserror::Error;

use crate::Detection;

/// One piece of text to inspect, already decoded from the payload.
#[derive(Clone, Copy)]
pub struct Segment<'a> {
    /// The text itself, as the model would read it.
    pub text: &'a str,
    /// The object key that the text stands under, if any: context for values such as `{"ssn": "..."}`.
    pub label: Option<&'a str>,
}

impl std::fmt::Debug for Segment<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Segment")
            .field("bytes", &self.text.len())
            .finish_non_exhaustive()
    }
}

/// A detector could not do its work; the request must be refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("detector {detector} is unavailable: {reason}")]
pub struct DetectorError {
    /// The detector's name.
    pub detector: &'static str,
    /// Why, in constant words: never text from the request.
    pub reason: &'static str,
}

/// Finds private text in all segments of a request at once.
///
/// The call may be slow (a model): callers run it off the async threads. Order and number of the results are
/// those of the batch.
pub trait Detector: Send + Sync {
    /// A stable name: it becomes part of the detection memo's key.
    fn name(&self) -> &'static str;

    /// One list of detections for each segment.
    ///
    /// # Errors
    /// When the detector cannot decide; there is no partial answer.
    fn detect(&self, batch: &[Segment<'_>]) -> Result<Vec<Vec<Detection>>, DetectorError>;
}
