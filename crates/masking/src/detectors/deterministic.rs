//! The detector that runs the rules over every reading.

use super::rule_set::RuleSet;
use crate::{Deadline, Detection, Detector, DetectorError, Reading};

const NAME: &str = "deterministic";

/// All deterministic rules as one [`Detector`].
pub struct DeterministicDetector {
    rules: RuleSet,
}

impl DeterministicDetector {
    /// A detector that runs `rules`.
    #[must_use]
    pub const fn new(rules: RuleSet) -> Self {
        Self { rules }
    }
}

impl Detector for DeterministicDetector {
    fn name(&self) -> &'static str {
        NAME
    }

    fn reads(&self, _reading: &Reading<'_>) -> bool {
        true
    }

    fn detect(
        &self,
        batch: &[&Reading<'_>],
        until: &dyn Deadline,
    ) -> Result<Vec<Vec<Detection>>, DetectorError> {
        let look = |reading: &&Reading<'_>| {
            let mut found = Vec::new();
            if !self.rules.find_until(reading.text(), &mut found, until) {
                return Err(DetectorError {
                    detector: NAME,
                    reason: "nobody waits for it any more",
                });
            }
            Ok(found)
        };
        batch.iter().map(look).collect()
    }
}
