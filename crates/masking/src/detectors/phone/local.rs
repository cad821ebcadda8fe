//! Seven digits without an area code, as North America gives them by word of mouth: `call 5550132 now`, `call me at 555-0132`.

use super::super::NumberRun;
use super::super::text::{char_at, line_after, line_before};
use super::form::{Gap, ends_alone, gap_after, starts_alone};

/// Digits of such a number, in one group or in two.
const SIZES: [usize; 2] = [3, 4];
/// How far before the number the verb may start.
const WINDOW: usize = 24;
/// What asks for a call, directly before the number.
const CALLS: &[&str] = &["call", "dial", "ring", "text", "phone", "ph", "fax"];
/// What may stand between.
#[rustfmt::skip]
const BETWEEN: &[&str] = &[
    "me", "us", "him", "her", "them", "back", "on", "at", "is", "no", "number",
];
/// Before the verb they make it a noun: `function call 5550132`.
#[rustfmt::skip]
const NOUNS: &[&str] = &[
    "function", "system", "api", "rpc", "method", "service", "last", "first", "per", "each", "every", "the", "a",
    "plain",
];
/// What may go on behind the number.
#[rustfmt::skip]
const BEHIND: &[&str] = &[
    "now", "today", "tomorrow", "tonight", "after", "before", "and", "or", "to", "for", "if", "at", "when",
    "between", "until", "please", "asap", "any", "anytime", "ext", "x", "in", "from", "on", "so", "with", "about",
    "as",
];

/// Calls `each` with the place of every such number among the run's groups.
pub(super) fn in_run(text: &str, run: &NumberRun, mut each: impl FnMut(usize, usize)) {
    let groups = run.groups();
    let is_unbroken = |nth: usize| groups[nth].span.len() == SIZES.iter().sum::<usize>();
    let is_split = |nth: usize| {
        groups
            .get(nth + 1)
            .is_some_and(|next| next.span.len() == SIZES[1])
            && groups[nth].span.len() == SIZES[0]
            && matches!(gap_after(run, nth), Gap::Dash | Gap::Space | Gap::Dot)
    };
    let last = if is_unbroken(0) {
        0
    } else if is_split(0) {
        1
    } else {
        return;
    };
    let (start, end) = (groups[0].span.start, groups[last].span.end);
    let is_list = groups.len() > last + 1 && gap_after(run, last) != Gap::Space;
    let is_number = run.digits()[0] > 1
        && !is_list
        && is_asked_for(text, start)
        && starts_alone(text, start)
        && ends_alone(text, end)
        && may_go_on(text, end);
    if is_number {
        each(start, end);
    }
}

/// Whether a verb before `at` asks to call the number.
fn is_asked_for(text: &str, at: usize) -> bool {
    let before = line_before(text, at, WINDOW);
    if !before.ends_with([' ', ':']) {
        return false;
    }
    let mut words = before
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .rev()
        .skip_while(|word| is_any(word, BETWEEN));
    words.next().is_some_and(|word| is_any(word, CALLS))
        && !words.next().is_some_and(|word| is_any(word, NOUNS))
        && !before.contains(['(', '=', '_', '{'])
}

fn may_go_on(text: &str, end: usize) -> bool {
    let rest = line_after(text, end, WINDOW);
    let Some(behind) = rest.strip_prefix(' ') else {
        return !matches!(char_at(text, end), Some('(' | '=' | '[' | '{' | ':'));
    };
    let word = behind
        .split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or_default();
    word.is_empty() || is_any(word, BEHIND)
}

fn is_any(word: &str, words: &[&str]) -> bool {
    words.iter().any(|known| word.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::super::Phone;
    use crate::detectors::testing::assert_finds;

    #[test]
    fn seven_digits_that_somebody_is_asked_to_call() {
        assert_finds(
            Phone::new,
            &[
                ("call 5550132 now", &["5550132"]),
                ("Call me at 555-0132.", &["555-0132"]),
                ("please ring 555 0132 x 17", &["555 0132 x 17"]),
                ("text us: 5550132", &["5550132"]),
            ],
        );
        for text in [
            "call 1234567 now",
            "call 5550132 times",
            "function call 5550132 now",
            "recall 5550132",
            "call(5550132)",
            "call 5550132-4",
            "call site 5550132",
            "call 0x5550132",
        ] {
            assert_finds(Phone::new, &[(text, &[])]);
        }
    }
}
