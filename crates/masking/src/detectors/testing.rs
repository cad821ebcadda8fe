//! Runs single rules over texts, for the tests beside the rules.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::fields::{Columns, Fields};
use super::{Rule, RuleSet};
use crate::EntityType;

/// The reader of fields, whose automaton takes a while to build.
static FIELDS: LazyLock<RuleSet> =
    LazyLock::new(|| rule_set(vec![Box::new(Fields::new()), Box::new(Columns::new())]));

fn rule_set(rules: Vec<Box<dyn Rule>>) -> RuleSet {
    RuleSet::new(rules).expect("their literals fit an automaton")
}

/// What the rule finds in `text`, in text order, as `TYPE text`; what lies inside another of its type is left out.
pub(super) fn typed(rule: impl Rule + 'static, text: &str) -> Vec<String> {
    typed_by(&[&rule_set(vec![Box::new(rule)])], text)
}

/// What the reader of fields finds in `text`, likewise.
pub(super) fn typed_by_fields(text: &str) -> Vec<String> {
    typed_by(&[&FIELDS], text)
}

/// What the rule and the reader of fields find of one type in `text`, in text order.
pub(super) fn found_with_fields(rule: impl Rule + 'static, entity: &EntityType, text: &str) -> Vec<String> {
    let prefix = format!("{entity} ");
    let all = typed_by(&[&rule_set(vec![Box::new(rule)]), &FIELDS], text).into_iter();
    all.filter_map(|line| line.strip_prefix(&prefix).map(str::to_owned))
        .collect()
}

fn typed_by(rules: &[&RuleSet], text: &str) -> Vec<String> {
    let mut detections = Vec::new();
    for rules in rules {
        rules.find(text, &mut detections);
    }
    detections.sort_by_key(|detection| (detection.span.start, std::cmp::Reverse(detection.span.end)));
    let mut covered = HashMap::new();
    detections.retain(|detection| {
        let end = covered.entry(detection.entity.clone()).or_insert(0);
        let inside = *end >= detection.span.end;
        *end = detection.span.end.max(*end);
        !inside
    });
    detections
        .into_iter()
        .map(|detection| format!("{} {}", detection.entity, &text[detection.span.range()]))
        .collect()
}

/// What the rule finds in `text`, in text order.
pub(super) fn found(rule: impl Rule + 'static, text: &str) -> Vec<String> {
    typed(rule, text)
        .into_iter()
        .filter_map(|line| line.split_once(' ').map(|(_, value)| value.to_owned()))
        .collect()
}

/// Fails with every text in which the rule does not find exactly `expected`, as `(text, expected)`; what it finds twice
/// counts once.
pub(super) fn assert_finds<R: Rule + 'static>(rule: impl Fn() -> R, cases: &[(&str, &[&str])]) {
    let wrong: Vec<String> = cases
        .iter()
        .map(|(text, expected)| {
            let mut found = found(rule(), text);
            found.dedup();
            (text, expected, found)
        })
        .filter(|(_, expected, found)| found != *expected)
        .map(|(text, expected, found)| format!("{text:?}: {found:?} instead of {expected:?}"))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Bytes of a hostile text: a rule whose work grows with the square of it would not end.
const HOSTILE_BYTES: usize = 1 << 18;

/// Lets the rule look at long repetitions of each of `runs`.
pub(super) fn endure(rule: impl Rule + 'static, runs: &[&str]) {
    let rules = RuleSet::new(vec![Box::new(rule)]).expect("one rule's literals fit an automaton");
    for run in runs {
        let text = run.repeat(HOSTILE_BYTES / run.len());
        let mut detections = Vec::new();
        rules.find(&text, &mut detections);
        assert!(
            detections
                .iter()
                .all(|detection| text.get(detection.span.range()).is_some()),
            "{run}"
        );
    }
}
