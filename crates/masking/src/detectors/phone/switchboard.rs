//! Numbers of switchboards in German-speaking countries: the extension stands behind a dash, and `0` is the operator:
//! `030 / 90 26 - 0`, `0221/55501-17`, `0221 555-0`, `(0 30) 90 26-0`.

use super::super::NumberRun;
use super::super::text::{char_before, line_before};
use super::form::{Gap, ends_alone, gap_after, starts_alone};
use super::plan::Plan;

/// Digits of an area code with its zero.
const AREA: std::ops::RangeInclusive<usize> = 2..=6;
/// Digits between area code and extension.
const NUMBER: std::ops::RangeInclusive<usize> = 2..=8;
/// Digits of an extension.
const EXTENSION: std::ops::RangeInclusive<usize> = 1..=4;
/// Groups of an area code before a slash or a bracket.
const MAX_AREA_GROUPS: usize = 3;
/// Groups of the number between area code and extension.
const MAX_GROUPS: usize = 4;
/// How far before a number a word may say that it is a telephone's.
const WINDOW: usize = 32;
/// Words that do, lower case.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "tel", "fon", "fax", "zentrale", "durchwahl", "vermittlung", "ruf", "mobil", "handy", "anruf", "erreich",
    "phone", "hotline", "kontakt",
];

/// Calls `each` with the place of every number of a switchboard among the run's groups.
pub(super) fn in_run(text: &str, run: &NumberRun, plan: &Plan, mut each: impl FnMut(usize, usize)) {
    let mut first = 0;
    while first + 2 < run.groups().len() {
        match at_group(text, run, first, plan) {
            Some((start, last)) => {
                each(start, run.groups()[last].span.end);
                first = last + 1;
            }
            None => first += 1,
        }
    }
}

/// The number whose area code starts at group `first`: where it starts, and its last group.
fn at_group(text: &str, run: &NumberRun, first: usize, plan: &Plan) -> Option<(usize, usize)> {
    if run.digits_of(first, first + 1)[0] != 0 {
        return None;
    }
    // `(0 30)`, `02 21 /`: what a slash or a bracket ends may have blanks.
    let joined = (first..run.groups().len().min(first + MAX_AREA_GROUPS))
        .find(|nth| gap_after(run, *nth) != Gap::Space)
        .filter(|nth| matches!(gap_after(run, *nth), Gap::Slash | Gap::Bracket));
    let area_end = joined.unwrap_or(first) + 1;
    if area_end + 1 >= run.groups().len() {
        return None;
    }
    let area = run.digits_of(first, area_end);
    let behind_area = gap_after(run, area_end - 1);
    let extension = (area_end + 1..run.groups().len().min(area_end + 1 + MAX_GROUPS))
        .find(|nth| gap_after(run, nth - 1) == Gap::Dash)?;
    let number = run.digits_of(area_end, extension);
    let operator = run.digits_of(extension, extension + 1);
    let inner = (area_end..extension - 1).all(|nth| gap_after(run, nth) == Gap::Space);
    let sizes =
        AREA.contains(&area.len()) && NUMBER.contains(&number.len()) && EXTENSION.contains(&operator.len());
    // Vienna's; months are as short, and years behind them.
    let is_month = area.len() == 2 && (number.len() < 4 || matches!(number[..2], [1, 9] | [2, 0]));
    let start = run.groups()[first].span.start;
    let start = match char_before(text, start) {
        Some('(') if behind_area == Gap::Bracket => start - 1,
        _ => start,
    };
    let tells = match behind_area {
        // Issues and dates have short numbers on both sides of the slash.
        Gap::Slash | Gap::Bracket => area.len() + number.len() >= 6 || operator == [0],
        Gap::Space | Gap::Dash => operator == [0] && number.len() >= 3 || is_called(text, start),
        _ => false,
    };
    let is_one = sizes
        && !is_month
        && inner
        && tells
        && starts_alone(text, start)
        && ends_alone(text, run.groups()[extension].span.end)
        && gap_after(run, extension) != Gap::Dash
        && plan.is_german_area(area);
    is_one.then_some((start, extension))
}

fn is_called(text: &str, at: usize) -> bool {
    let before = line_before(text, at, WINDOW).to_lowercase();
    WORDS.iter().any(|word| before.contains(word))
}

#[cfg(test)]
mod tests {
    use super::super::Phone;
    use crate::detectors::testing::{assert_finds, endure};

    #[test]
    fn numbers_of_switchboards() {
        assert_finds(
            Phone::new,
            &[
                ("030 / 90 26 - 0", &["030 / 90 26 - 0"]),
                ("0221/55501-17", &["0221/55501-17"]),
                ("02 21 / 5 55 01-17", &["02 21 / 5 55 01-17"]),
                ("Zentrale 0221 555-0", &["0221 555-0"]),
                ("(0 30) 90 26-0 ist", &["(0 30) 90 26-0"]),
                ("Tel. 04321 / 55 50 - 17", &["04321 / 55 50 - 17"]),
                ("01/5550-17 DW", &["01/5550-17"]),
                ("089/5550-190", &["089/5550-190"]),
            ],
        );
        for text in [
            "03/04-05",
            "01/2026-17",
            "0/5-1",
            "10/55-17",
            "Az. 0012/345-0",
            "0221/55501-17-4",
            "012 34-5",
            "0644 12-3",
            "2026/55501-17",
        ] {
            assert_finds(Phone::new, &[(text, &[])]);
        }
    }

    #[test]
    fn hostile_runs_are_bounded() {
        endure(Phone::new(), &["0221/5-", "030 1 - 0 ", "0 3-", "(0 30) 9 "]);
    }
}
