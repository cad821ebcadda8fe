//! Runs all rules over a text in one pass for literals and one for numbers.

use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::dfa::DFA;
use aho_corasick::{Anchored, MatchKind, StartKind};
use thiserror::Error;

use super::number;
use super::rule::{Found, Rule, Wake};
use crate::{ByteSpan, Deadline, Detection, NoDeadline};

/// The rules could not be made into one automaton.
#[derive(Debug, Error)]
#[error("the detection rules' literals do not fit one automaton: {0}")]
pub struct RuleSetError(#[from] aho_corasick::BuildError);

/// A place in the text where the automaton stands.
#[derive(Clone, Copy)]
struct Lane {
    state: StateID,
    /// The next byte to read.
    at: usize,
    /// Literals that end here or earlier are another lane's.
    from: usize,
}

/// Places of a long text that are walked at once.
const LANES: usize = 4;
/// Bytes after which it is asked whether anybody still waits.
const STEP: usize = 64 << 10;
/// A shorter text is walked in one place.
const MIN_LANES_BYTES: usize = 512;

/// Rules with the automaton that wakes them.
pub struct RuleSet {
    rules: Vec<Box<dyn Rule>>,
    automaton: DFA,
    /// Who is woken by a pattern of the automaton: rule, and the literal's index in that rule.
    woken: Vec<(usize, usize)>,
    /// Bytes of the longest literal.
    longest: usize,
    on_numbers: Vec<usize>,
    on_codes: Vec<usize>,
    on_postcodes: Vec<usize>,
    on_mixed: Vec<usize>,
    on_whole: Vec<usize>,
    /// By the index of a rule: whether it looks at every text as a whole. Empty where none looks at any.
    always: Vec<bool>,
}

impl RuleSet {
    /// Builds the automaton over all rules' literals.
    ///
    /// # Errors
    /// When there are too many literals for one automaton.
    pub fn new(rules: Vec<Box<dyn Rule>>) -> Result<Self, RuleSetError> {
        let mut woken = Vec::new();
        let mut literals = Vec::new();
        for (rule_index, rule) in rules.iter().enumerate() {
            for (literal_index, literal) in rule.literals().into_iter().enumerate() {
                woken.push((rule_index, literal_index));
                literals.push(literal);
            }
        }
        let automaton = DFA::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .start_kind(StartKind::Unanchored)
            .build(&literals)?;
        let which = |wanted: fn(&dyn Rule) -> bool| {
            rules
                .iter()
                .enumerate()
                .filter(|(_, rule)| wanted(rule.as_ref()))
                .map(|(index, _)| index)
                .collect()
        };
        let longest = literals.iter().map(String::len).max().unwrap_or_default();
        let on_numbers = which(|rule| rule.on_numbers());
        let on_codes = which(|rule| rule.on_codes());
        let on_postcodes = which(|rule| rule.on_postcodes());
        let on_mixed = which(|rule| rule.on_mixed());
        let on_whole: Vec<usize> = which(|rule| rule.on_whole_text());
        let mut always = Vec::new();
        if !on_whole.is_empty() {
            always.resize(rules.len(), false);
            for &rule in &on_whole {
                always[rule] = !woken.iter().any(|(woken, _)| *woken == rule);
            }
        }
        Ok(Self {
            rules,
            automaton,
            woken,
            longest,
            on_numbers,
            on_codes,
            on_postcodes,
            on_mixed,
            on_whole,
            always,
        })
    }

    /// Adds everything that the rules find in `text`, unordered, overlaps included.
    pub fn find(&self, text: &str, detections: &mut Vec<Detection>) {
        let _done = self.find_until(text, detections, &NoDeadline);
    }

    /// The same, given up when `until` has passed; answers whether it was done to the end.
    #[must_use]
    pub fn find_until(&self, text: &str, detections: &mut Vec<Detection>, until: &dyn Deadline) -> bool {
        let mut found = Found {
            first: detections.len(),
            detections: std::mem::take(detections),
            seen: vec![Vec::new(); self.always.len()],
        };
        let mut in_time = self.wake_by_literals(text, &mut found, until);
        if in_time {
            self.wake_by_numbers(text, &mut found);
        }
        for &rule in &self.on_whole {
            in_time = in_time && !(text.len() > STEP && until.has_passed());
            let mut ends = std::mem::take(&mut found.seen[rule]);
            if in_time && (self.always[rule] || !ends.is_empty()) {
                // Four lanes found them, each in order.
                ends.sort();
                self.rules[rule].look(text, Wake::Whole(&ends), &mut found);
            }
        }
        *detections = found.detections;
        in_time
    }

    /// Each step of the automaton waits for the one before it, so a long text is walked in four places at once.
    fn wake_by_literals(&self, text: &str, found: &mut Found, until: &dyn Deadline) -> bool {
        let Ok(start) = self.automaton.start_state(Anchored::No) else {
            return true;
        };
        let bytes = text.as_bytes();
        if bytes.len() < MIN_LANES_BYTES.max(LANES * self.longest) {
            self.walk(
                text,
                Lane {
                    state: start,
                    at: 0,
                    from: 0,
                },
                bytes.len(),
                found,
            );
            return true;
        }
        let share = bytes.len() / LANES;
        let mut lanes: [Lane; LANES] = std::array::from_fn(|nth| {
            let from = nth * share;
            // Literals that began in the lane before end here.
            Lane {
                state: start,
                at: from.saturating_sub(self.longest),
                from,
            }
        });
        for from in (0..share).step_by(STEP / LANES) {
            if from > 0 && until.has_passed() {
                return false;
            }
            let to = share.min(from + STEP / LANES);
            let [a, b, c, d] = std::array::from_fn(|nth| &bytes[lanes[nth].at..][from..to]);
            for (step, (((a, b), c), d)) in a.iter().zip(b).zip(c).zip(d).enumerate() {
                for (lane, byte) in lanes.iter_mut().zip([*a, *b, *c, *d]) {
                    lane.state = self.automaton.next_state(Anchored::No, lane.state, byte);
                    if self.automaton.is_special(lane.state) {
                        self.wake_at(text, lane, lane.at + from + step + 1, found);
                    }
                }
            }
        }
        for (nth, lane) in lanes.into_iter().enumerate() {
            let end = if nth + 1 == LANES {
                bytes.len()
            } else {
                (nth + 1) * share
            };
            self.walk(
                text,
                Lane {
                    at: lane.at + share,
                    ..lane
                },
                end,
                found,
            );
        }
        true
    }

    fn walk(&self, text: &str, mut lane: Lane, end: usize, found: &mut Found) {
        for (step, byte) in text.as_bytes()[lane.at..end].iter().enumerate() {
            lane.state = self.automaton.next_state(Anchored::No, lane.state, *byte);
            if self.automaton.is_special(lane.state) {
                self.wake_at(text, &lane, lane.at + step + 1, found);
            }
        }
    }

    #[cold]
    fn wake_at(&self, text: &str, lane: &Lane, end: usize, found: &mut Found) {
        let state = lane.state;
        if end <= lane.from || !self.automaton.is_match(state) {
            return;
        }
        for nth in 0..self.automaton.match_len(state) {
            let pattern = self.automaton.match_pattern(state, nth);
            let (rule, index) = self.woken[pattern.as_usize()];
            if !self.always.is_empty() && self.rules[rule].on_whole_text() {
                found.seen[rule].push(end);
                continue;
            }
            let at = ByteSpan::new(end - self.automaton.pattern_len(pattern), end);
            self.rules[rule].look(text, Wake::Literal { index, at }, found);
        }
    }

    fn wake_by_numbers(&self, text: &str, found: &mut Found) {
        let found = std::cell::RefCell::new(found);
        number::scan(
            text,
            |run| {
                for &rule in &self.on_numbers {
                    self.rules[rule].look(text, Wake::Number(run), &mut found.borrow_mut());
                }
            },
            |code| {
                for &rule in &self.on_codes {
                    self.rules[rule].look(text, Wake::Code(code), &mut found.borrow_mut());
                }
            },
            |code| {
                for &rule in &self.on_postcodes {
                    self.rules[rule].look(text, Wake::Postcode(code), &mut found.borrow_mut());
                }
            },
            |word| {
                for &rule in &self.on_mixed {
                    self.rules[rule].look(text, Wake::Mixed(word), &mut found.borrow_mut());
                }
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// Notes where its literals stand.
    struct Noted(Arc<Mutex<Vec<ByteSpan>>>);

    impl Rule for Noted {
        fn literals(&self) -> Vec<String> {
            ["needle", "needle in a haystack", "a"].map(String::from).to_vec()
        }

        fn look(&self, _text: &str, wake: Wake<'_>, _found: &mut Found) {
            if let Wake::Literal { at, .. } = wake {
                self.0.lock().unwrap().push(at);
            }
        }
    }

    /// Notes how often it looks at a whole text.
    struct WholeText(&'static [&'static str], Arc<Mutex<Vec<usize>>>);

    impl Rule for WholeText {
        fn literals(&self) -> Vec<String> {
            self.0.iter().map(|literal| (*literal).to_owned()).collect()
        }

        fn on_whole_text(&self) -> bool {
            true
        }

        fn look(&self, text: &str, wake: Wake<'_>, _found: &mut Found) {
            assert!(matches!(wake, Wake::Whole(_)));
            self.1.lock().unwrap().push(text.len());
        }
    }

    #[test]
    fn whole_texts_are_looked_at_once_when_a_literal_is_there() {
        let (gated, always) = (Arc::default(), Arc::default());
        let rules = RuleSet::new(vec![
            Box::new(Noted(Arc::default())),
            Box::new(WholeText(&["key", "token"], Arc::clone(&gated))),
            Box::new(WholeText(&[], Arc::clone(&always))),
        ])
        .unwrap();
        for text in ["a KEY, a token, a key", "nothing", ""] {
            rules.find(text, &mut Vec::new());
        }
        assert_eq!(*gated.lock().unwrap(), [21]);
        assert_eq!(*always.lock().unwrap(), [21, 7, 0]);
    }

    #[test]
    fn every_literal_wakes_once_wherever_the_text_is_cut() {
        let noted = Arc::new(Mutex::new(Vec::new()));
        let rules = RuleSet::new(vec![Box::new(Noted(Arc::clone(&noted)))]).unwrap();
        for padding in 0..700 {
            let text = format!(
                "{}needle in a haystack{}",
                "-".repeat(padding),
                "+".repeat(1000 - padding)
            );
            rules.find(&text, &mut Vec::new());
            let mut spans = std::mem::take(&mut *noted.lock().unwrap());
            spans.sort_unstable();
            let at = |start: usize, end: usize| ByteSpan::new(padding + start, padding + end);
            assert_eq!(
                spans,
                [at(0, 6), at(0, 20), at(10, 11), at(13, 14), at(17, 18)],
                "{padding}"
            );
        }
    }
}
