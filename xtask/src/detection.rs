//! Precision and recall of the detectors that ship, over the labelled set.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;
use masking::detectors::{DeterministicDetector, RuleSet, built_in};
use masking::{
    Detection, EntityType, LeafClass, Masker, MasterKey, MemoLimits, NoDeadline, PlaceholderMap, Policy,
    Scope, TextLeaf, TextScope,
};

use xtask::labelled::{self, Sample};

use crate::everyday_table;

/// Counts of one entity type.
#[derive(Default)]
struct Tally {
    labels: usize,
    /// Labels that a detection of their type covers whole.
    right: usize,
    /// Labels that detections of any type cover whole.
    covered: usize,
    detections: usize,
    /// Detections of this type that touch no label of it.
    wrong: usize,
}

impl Tally {
    fn precision(&self) -> f64 {
        ratio(self.detections - self.wrong, self.detections)
    }

    fn recall(&self) -> f64 {
        ratio(self.right, self.labels)
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        1.0
    } else {
        part as f64 / whole as f64
    }
}

/// What the detectors make of the labelled set.
pub(crate) struct Report {
    types: BTreeMap<EntityType, Tally>,
    positives: usize,
    negatives: usize,
    /// Negatives in which something was detected.
    disturbed: Vec<String>,
    /// Labels that nothing covers.
    missed: Vec<String>,
    /// Detections that touch no label of their type.
    wrong: Vec<String>,
}

/// Runs the detectors over the set.
pub(crate) fn measure() -> Result<Report> {
    let detector = DeterministicDetector::new(RuleSet::new(built_in())?);
    let masker = Masker::new(
        vec![Box::new(detector)],
        Policy::default(),
        MemoLimits::default(),
        [0; 16],
    );
    let nothing = PlaceholderMap::new(&MasterKey::new([0; 32]), &Scope::new("detection"));
    let (positives, negatives) = (labelled::positives(), labelled::negatives());
    let mut report = Report {
        types: BTreeMap::new(),
        positives: positives.len(),
        negatives: negatives.len(),
        disturbed: Vec::new(),
        missed: Vec::new(),
        wrong: Vec::new(),
    };
    for sample in positives.iter().chain(&negatives) {
        let leaf = TextLeaf {
            text: &sample.text,
            label: None,
            class: LeafClass::Text,
            scope: TextScope::User,
            joins_previous: false,
        };
        let found: Vec<Detection> = masker
            .inspect(&[leaf], &nothing, &NoDeadline)?
            .into_iter()
            .map(|found| found.detection)
            .collect();
        report.add(sample, &found);
    }
    Ok(report)
}

impl Report {
    fn add(&mut self, sample: &Sample, found: &[Detection]) {
        for (entity, label) in &sample.labels {
            let covers = |d: &&Detection| d.span.start <= label.start && label.end <= d.span.end;
            let tally = self.types.entry(entity.clone()).or_default();
            tally.labels += 1;
            tally.right += usize::from(found.iter().filter(covers).any(|d| d.entity == *entity));
            let covered = found.iter().any(|d| covers(&d));
            tally.covered += usize::from(covered);
            if !covered {
                self.missed
                    .push(format!("{entity}: {}", sample.text.escape_debug()));
            }
        }
        for detection in found {
            let touches = sample.labels.iter().any(|(entity, label)| {
                *entity == detection.entity
                    && detection.span.start < label.end
                    && label.start < detection.span.end
            });
            let tally = self.types.entry(detection.entity.clone()).or_default();
            tally.detections += 1;
            tally.wrong += usize::from(!touches);
            if !touches && !sample.labels.is_empty() {
                let found = &sample.text[detection.span.range()];
                let text = sample.text.escape_debug();
                self.wrong
                    .push(format!("{}: {found} in {text}", detection.entity));
            }
        }
        if sample.labels.is_empty() {
            self.disturbed.extend(
                found
                    .iter()
                    .map(|d| format!("{} by {}: {}", d.entity, d.detector, sample.text.escape_debug())),
            );
        }
    }

    fn markdown(&self) -> String {
        let mut text = format!(
            "# Detection\n\n\
             What the detectors that ship find in a labelled set, made anew by `cargo run -p xtask -- detection`: {} values in\n\
             context, in English, Chinese and the languages of their countries, and {} hard negatives from code, logs and prose.\n\
             The values are made up, right in form and check digits; nothing here was used to tune thresholds per type. The set is a\n\
             yardstick of our own making: it shows what got better or worse, not what texts from elsewhere would give. The second part\n\
             is nearer to those.\n\n## The labelled set\n\n\
             *Recall*: values that a detection of their own type covers whole. *Covered*: values that detections of any type cover\n\
             whole, which is what keeps them from leaving. *Precision*: detections of the type that belong to a value of it.\n\n\
             | type | values | recall | covered | precision |\n|---|---|---|---|---|\n",
            self.positives, self.negatives
        );
        for (entity, tally) in &self.types {
            let _ = writeln!(
                text,
                "| {entity} | {} | {:.3} | {:.3} | {:.3} |",
                tally.labels,
                tally.recall(),
                ratio(tally.covered, tally.labels),
                tally.precision()
            );
        }
        let quiet = self.negatives - self.disturbed.len().min(self.negatives);
        let _ = writeln!(
            text,
            "\nOf {} hard negatives, {quiet} are left alone.\n\n\
             Names, organisations and addresses are found where their context says so (labels, honorifics, salutations,\n\
             signatures, legal suffixes, street forms). A name in free text without any of that is not found by rules: put it\n\
             on `deny_terms`, or wait for the local model.",
            self.negatives
        );
        text
    }

    /// Writes the page; prints what was missed or wrong.
    pub(crate) fn write(&self, page: &Path) -> Result<()> {
        let markdown = format!("{}\n\n{}", self.markdown(), everyday_table::section()?);
        std::fs::write(page, &markdown)?;
        println!("{markdown}");
        for line in self.missed.iter().map(|line| format!("missed    {line}")) {
            println!("{line}");
        }
        for line in self.wrong.iter().map(|line| format!("wrong     {line}")) {
            println!("{line}");
        }
        for line in self.disturbed.iter().map(|line| format!("disturbed {line}")) {
            println!("{line}");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_detectors_hold_their_level() {
        // Some contexts say nothing about their value: those are missed.
        let report = measure().unwrap();
        assert!(report.negatives >= 500);
        for (entity, tally) in &report.types {
            assert!(
                ratio(tally.covered, tally.labels) >= 0.9,
                "{entity}: {:#?}",
                report.missed
            );
            assert!(tally.precision() >= 0.95, "{entity}: {:#?}", report.disturbed);
        }
        assert!(
            report.disturbed.len() * 100 <= report.negatives,
            "{:#?}",
            report.disturbed
        );
    }
}
