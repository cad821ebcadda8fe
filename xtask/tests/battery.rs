//! The whole battery through the masking core: no value leaves, no harmless text changes, but for those that are known.

use std::fmt::Write as _;

use xtask::battery::{self, Battery, Fate};

/// So many of those that went wrong are named.
const NAMED: usize = 40;
/// Of some 44,300 cases, those that leak today: most are two or three encodings in each other. To be lowered.
const KNOWN_LEAKS: usize = 27;
/// Of some 39,300 twins, those that change today: by chance.
const KNOWN_CHANGES: usize = 3;

fn assert_at_most(known: usize, what: &str, wrong: &[String]) {
    let mut named = String::new();
    for line in wrong.iter().step_by(wrong.len().div_ceil(NAMED).max(1)) {
        let _ = writeln!(named, "  {line}");
    }
    assert!(
        wrong.len() <= known,
        "{} {what}, {known} are known, some of them:\n{named}",
        wrong.len()
    );
}

#[test]
fn no_value_leaves() {
    let battery = Battery::new().unwrap();
    let mut leaks = Vec::new();
    for case in battery::cases() {
        if let Fate::Bad(left) = battery.judge(&case).unwrap() {
            leaks.push(format!("{} leaves {left}", case.id));
        }
    }
    assert_at_most(KNOWN_LEAKS, "values leak", &leaks);
}

#[test]
fn no_harmless_text_changes() {
    let battery = Battery::new().unwrap();
    let mut changed = Vec::new();
    for twin in battery::twins() {
        if let Fate::Bad(replaced) = battery.judge_twin(&twin).unwrap() {
            changed.push(format!("{}: {replaced}", twin.id));
        }
    }
    assert_at_most(KNOWN_CHANGES, "harmless texts change", &changed);
}
