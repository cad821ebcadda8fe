//! Files named after who was called: `4155552671.jpg`, `call_4155552671.wav`, `13800138000.png`.

use super::super::NumberRun;
use super::super::text::{char_before, file_ending, is_word_char};
use super::national::has_context;
use super::plan::Plan;

/// Digits of such a name.
const DIGITS: std::ops::RangeInclusive<usize> = 10..=12;

/// Calls `each` with the place of every number among the run's groups that is the name of a file.
pub(super) fn in_run(text: &str, run: &NumberRun, plan: &Plan, mut each: impl FnMut(usize, usize)) {
    for (nth, group) in run.groups().iter().enumerate() {
        let span = group.span;
        let is_name = DIGITS.contains(&span.len())
            && file_ending(text, span.end) > 0
            && is_number(run.digits_of(nth, nth + 1), plan)
            && starts_name(text, span.start, run.digits_of(nth, nth + 1));
        if is_name {
            each(span.start, span.end);
        }
    }
}

/// Whether digits without a label are a telephone's. Times in seconds start with a 1, and their tenth digit is the last.
fn is_number(digits: &[u8], plan: &Plan) -> bool {
    match digits {
        [0, 0, ..] => false,
        [0, ..] => !is_counting(digits) && plan.is_national(digits),
        [1, ..] => is_chinese_mobile(digits),
        _ => digits.len() == 10 && !is_hour(digits) && !is_counting(digits) && plan.is_north_american(digits),
    }
}

fn is_chinese_mobile(digits: &[u8]) -> bool {
    digits.len() == 11 && digits[0] == 1 && digits[1] >= 3
}

/// Whether the digits are a day and an hour: `2024061110`.
fn is_hour(digits: &[u8]) -> bool {
    let two = |at: usize| digits[at] * 10 + digits[at + 1];
    matches!(two(0), 19 | 20) && matches!(two(4), 1..=12) && matches!(two(6), 1..=31) && two(8) < 24
}

fn is_counting(digits: &[u8]) -> bool {
    digits.windows(2).all(|pair| (pair[0] + 1) % 10 == pair[1])
}

/// Whether a file's name starts at `at`, or goes on there behind a word that tells of telephones.
fn starts_name(text: &str, at: usize, digits: &[u8]) -> bool {
    match char_before(text, at) {
        None => true,
        Some('.' | ',' | '+' | '$' | '#' | '@' | '%') => false,
        Some('_' | '-') => {
            let is_number = char_before(text, at - 1).is_some_and(|c| c.is_ascii_digit());
            !is_number && (is_chinese_mobile(digits) || has_context(text, at))
        }
        Some(before) => !is_word_char(before),
    }
}
