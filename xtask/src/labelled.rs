//! The labelled set: made anew from a seed, positives in context and hard negatives from code and logs.

mod checks;
mod negatives;
mod positives;
pub(crate) mod seeded;
pub(crate) mod values;

use std::ops::Range;

use masking::EntityType;

/// A text, and where the private values in it are.
pub struct Sample {
    /// The text.
    pub text: String,
    /// What each value is, and its bytes.
    pub labels: Vec<(EntityType, Range<usize>)>,
}

impl Sample {
    /// `template` with `{}` replaced by a private value.
    fn positive(template: &str, entity: &EntityType, value: &str) -> Self {
        let (before, after) = template.split_once("{}").unwrap_or((template, ""));
        let start = before.len();
        Self {
            text: format!("{before}{value}{after}"),
            labels: vec![(entity.clone(), start..start + value.len())],
        }
    }
}

/// Texts that hold values.
pub fn positives() -> Vec<Sample> {
    positives::all(&mut seeded::Seeded::new(2026))
}

/// Texts that hold none.
pub fn negatives() -> Vec<Sample> {
    let texts = negatives::all(&mut seeded::Seeded::new(1185));
    texts
        .into_iter()
        .map(|text| Sample {
            text,
            labels: Vec::new(),
        })
        .collect()
}
