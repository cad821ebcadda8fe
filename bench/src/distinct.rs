//! Requests that are full of distinct values, type by type and spelling by spelling: what each costs in processor time.

use anyhow::Result;
use masking::{Action, EntityType, Masker, MemoLimits, Policy, PolicyRule};
use xtask::distinct::{kinds, spellings};

use crate::bodies;
use crate::core::{mask, masker_of, timed};
use crate::report::{Figure, Row};
use crate::stats::median;

/// What the goal speaks of, in bytes.
pub(crate) const LARGE: usize = 4_000_000;
const SMALL: usize = LARGE / 4;

/// What a request of a kind costs.
pub(crate) struct Cost {
    pub(crate) name: String,
    pub(crate) small_s: f64,
    pub(crate) large_s: f64,
    values: usize,
}

/// Everything is masked: a request that is refused costs less.
fn masker() -> Result<Masker> {
    let rule = |entity: &EntityType| PolicyRule::shipped(entity).with_action(Action::Mask);
    let all = EntityType::BUILT_IN.iter();
    let policy = all.fold(Policy::default(), |policy, entity| {
        policy.with_rule(entity.clone(), rule(entity))
    });
    masker_of(policy, MemoLimits::default())
}

/// A text by its size in bytes.
type Text = Box<dyn Fn(usize) -> String>;

/// The texts whose name contains `part`.
fn texts(part: &str) -> Vec<(String, Text)> {
    let mut all: Vec<(String, Text)> = Vec::new();
    for kind in kinds() {
        all.push((kind.name.to_owned(), Box::new(|bytes| kind.distinct(bytes))));
    }
    for spelling in spellings() {
        let text = |bytes| {
            let text = kinds()[0].distinct(bytes);
            // Of the size that is asked for when it is spelled.
            let longer = spelling.of(&text).len();
            spelling.of(&kinds()[0].distinct(bytes * bytes / longer.max(bytes)))
        };
        all.push((format!("email as {}", spelling.name), Box::new(text)));
    }
    all.retain(|(name, _)| name.contains(part));
    all
}

/// Measures all whose name contains `part`.
pub(crate) fn measure(part: &str, rounds: usize) -> Result<Vec<Cost>> {
    let masker = masker()?;
    let mut costs = Vec::new();
    for (name, text) in texts(part) {
        let mut values = 0;
        let mut cost = |bytes| -> Result<f64> {
            let text = text(bytes);
            let mut nth = 0;
            let once = || {
                // Nothing is known of it yet.
                nth += 1;
                let body = bodies::say(nth, &text);
                timed(1, || {
                    values = mask(&masker, &body)?;
                    Ok(values)
                })
            };
            let times: Result<Vec<f64>> = std::iter::repeat_with(once).take(rounds).collect();
            Ok(median(&times?))
        };
        let (small_s, large_s) = (cost(SMALL)?, cost(LARGE)?);
        println!(
            "{name}: {:.0} ms, {:.0} ms ({values} values)",
            small_s * 1e3,
            large_s * 1e3
        );
        costs.push(Cost {
            name,
            small_s,
            large_s,
            values,
        });
    }
    Ok(costs)
}

/// The rows of the report.
pub(crate) fn rows(costs: &[Cost]) -> impl Iterator<Item = Row> {
    let figure = |name, value, unit| Figure { name, value, unit };
    costs.iter().map(move |cost| Row {
        scenario: "a request full of distinct values".to_owned(),
        target: cost.name.clone(),
        figures: vec![
            figure("1 MB", cost.small_s * 1e3, "ms"),
            figure("4 MB", cost.large_s * 1e3, "ms"),
            figure("values in 4 MB", cost.values as f64, "number"),
        ],
    })
}

/// Masks the first text whose name contains `part` again and again, for a profiler.
pub(crate) fn repeat(part: &str, mut goes_on: impl FnMut() -> bool) -> Result<()> {
    let masker = masker()?;
    for (_, text) in texts(part).into_iter().take(1) {
        let text = text(LARGE);
        let mut nth = 0;
        while goes_on() {
            nth += 1;
            mask(&masker, &bodies::say(nth, &text))?;
        }
    }
    Ok(())
}
