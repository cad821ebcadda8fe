//! Numbers with a country code: `+44 20 7946 0958`, `+1 (415) 555-0123`, `0049 30 1234567`.

use super::super::NumberRun;
use super::super::text::{char_before, is_word_char};
use super::form::{self, Gap, gap_after};
use super::plan::{MAX_DIGITS, Plan};

/// The shortest number that is taken for a subscriber's.
const MIN_DIGITS: usize = 8;

/// Calls `each` with the place of every number among the run's groups.
pub(super) fn in_run(text: &str, run: &NumberRun, mut each: impl FnMut(usize, usize)) {
    let mut first = 0;
    while first < run.groups().len() {
        match at_group(text, run, first) {
            Some((start, last)) => {
                each(start, run.groups()[last - 1].span.end);
                first = last;
            }
            None => first += 1,
        }
    }
}

fn at_group(text: &str, run: &NumberRun, first: usize) -> Option<(usize, usize)> {
    let digit = run.groups()[first].span.start;
    let bytes = text.as_bytes();
    match bytes[..digit] {
        [.., b'+'] => after_plus(text, run, first, digit - 1, 0),
        [.., b'+', b'('] => after_plus(text, run, first, digit - 2, 0),
        _ => {
            let group = run.digits_of(first, first + 1);
            // A bare run of digits with two zeros first is padding.
            let dialled = group.len() > 2 && group.starts_with(&[0, 0]) && group[2] != 0;
            let (start, last) = dialled.then(|| after_plus(text, run, first, digit, 2))??;
            let groups = &run.groups()[first..last];
            // Equal groups are a table of code points or the like.
            let table = groups.len() > 1
                && groups
                    .windows(2)
                    .all(|pair| pair[0].span.len() == pair[1].span.len());
            (groups.len() > 1 && !table && form::starts_alone(text, start)).then_some((start, last))
        }
    }
}

/// The longest number of a possible length from group `first` on, `prefix` of whose digits are no part of it.
fn after_plus(
    text: &str,
    run: &NumberRun,
    first: usize,
    start: usize,
    prefix: usize,
) -> Option<(usize, usize)> {
    // `_` joins a number to the name of what it belongs to.
    if char_before(text, start).is_some_and(|c| is_word_char(c) && c != '_' || c == '+') {
        return None;
    }
    let start = start - usize::from(prefix == 0 && closes_early(text, run, first, start));
    let mut digits = [0; MAX_DIGITS + 1];
    let mut count = 0;
    let mut found = None;
    for last in first + 1..=run.groups().len() {
        let group = &run.digits_of(last - 1, last)[if last == first + 1 { prefix } else { 0 }..];
        // (0) is dialled only inside the country.
        if !(group == [0] && last > first + 1) {
            if count + group.len() > MAX_DIGITS {
                break;
            }
            digits[count..count + group.len()].copy_from_slice(group);
            count += group.len();
        }
        let end = run.groups()[last - 1].span.end;
        let ends = form::ends_alone(text, end) || prefix == 0 && ends_name(text, start, end);
        if count >= MIN_DIGITS && ends && Plan::is_international(&digits[..count]) {
            found = Some((start, last));
        }
        if last < run.groups().len() && !continues(run, last, first) {
            break;
        }
    }
    found
}

/// Whether a number with its plus fills what it stands in, or `_` joins it to the rest of a name.
fn ends_name(text: &str, start: usize, end: usize) -> bool {
    text[end..].starts_with('_') || form::is_enclosed(text, start, end)
}

/// Whether the country code has brackets of its own with the plus inside: `(+44) 20 7946 0958`.
fn closes_early(text: &str, run: &NumberRun, first: usize, plus: usize) -> bool {
    text[..plus].ends_with('(') && text.as_bytes().get(run.groups()[first].span.end) == Some(&b')')
}

/// Whether group `next` may go on the number; `+1.4155550123` is a decimal.
fn continues(run: &NumberRun, next: usize, first: usize) -> bool {
    let decimal = next == first + 1 && gap_after(run, first) == Gap::Dot && run.groups()[next].span.len() > 4;
    let gap = run.groups()[next].joint.bytes();
    !decimal && (Gap::of(gap) != Gap::Other || gap.contains(&b'(') || gap.contains(&b')'))
}
