//! One term in the form in which it is looked for: its characters, and the places where glued forms differ.

use std::cmp::Reverse;
use std::ops::Range;

use super::super::text::{char_at, char_before};
use super::{Term, edge};

/// A space of a term stands for up to so many characters of white space.
const MAX_SPACES: usize = 8;
/// Words of a glued form stand up to so many joiners apart: `blue::sky`, `blue\\sky`.
const MAX_JOINERS: usize = 2;
/// A term of one word is found glued to others from so many letters on: shorter ones stand in longer words by chance.
const MIN_LETTERS: usize = 5;
/// A shorter anchor wakes at every other word.
const MIN_ANCHOR: usize = 3;

/// How a term was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As written, as words of their own.
    Whole,
    /// Its words joined otherwise, or to other words.
    Glued,
}

/// What a term consists of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Char(char),
    Space,
    /// `-` in `Blue-Sky`.
    Joiner(char),
    /// Between `Blue` and `Sky` in `BlueSky`.
    Hump,
}

pub(super) struct Needle {
    parts: Vec<Part>,
    /// Characters of `parts` that an automaton finds.
    anchor: Range<usize>,
    case_sensitive: bool,
    /// Whether glued forms count.
    glues: bool,
    /// Whether it has letters, so that a digit beside it is none of its own.
    has_letters: bool,
}

impl Needle {
    pub(super) fn new(term: &Term) -> Self {
        let chars = &term.chars;
        let letters = chars.iter().filter(|c| c.is_alphabetic()).count();
        let words = chars
            .split(|c| *c == ' ')
            .filter(|word| word.iter().any(|c| c.is_alphanumeric()))
            .count();
        let glues = !term.exact && (words > 1 || letters >= MIN_LETTERS);
        let mut parts = Vec::with_capacity(chars.len());
        for (nth, &c) in chars.iter().enumerate() {
            let before = nth.checked_sub(1).map(|before| chars[before]);
            let after = chars.get(nth + 1);
            let between =
                before.is_some_and(char::is_alphanumeric) && after.is_some_and(|c| c.is_alphanumeric());
            if glues && c.is_uppercase() && before.is_some_and(char::is_lowercase) {
                parts.push(Part::Hump);
            }
            parts.push(match c {
                ' ' => Part::Space,
                c if glues && between && is_joiner(c) => Part::Joiner(c),
                c => Part::Char(c),
            });
        }
        Self {
            parts,
            anchor: 0..1,
            case_sensitive: term.case_sensitive,
            glues,
            has_letters: letters > 0,
        }
    }

    /// The stretches that read the same in any case but ASCII's, so that an automaton finds them.
    fn stretches(&self) -> impl Iterator<Item = Range<usize>> {
        let fixed = |part: &Part| matches!(part, Part::Char(c) if self.case_sensitive || is_caseless(*c));
        let mut at = 0;
        std::iter::from_fn(move || {
            at += self.parts[at..].iter().take_while(|part| !fixed(part)).count();
            let run = self.parts[at..].iter().take_while(|part| fixed(part)).count();
            at += run;
            (run > 0).then(|| at - run..at)
        })
    }

    /// What the stretches read, in ASCII lower case.
    pub(super) fn anchors(&self) -> impl Iterator<Item = String> {
        self.stretches().map(|stretch| self.text(stretch))
    }

    /// Takes the stretch that the fewest terms share, or one character.
    pub(super) fn choose_anchor(&mut self, shared: impl Fn(&str) -> usize) {
        let rank = |stretch: &Range<usize>| {
            let is_short = stretch.len() < MIN_ANCHOR;
            (
                is_short,
                shared(&self.text(stretch.clone())),
                Reverse(stretch.len()),
            )
        };
        if let Some(best) = self.stretches().min_by_key(rank) {
            self.anchor = best;
        }
    }

    /// What wakes this term.
    pub(super) fn literals(&self) -> Vec<String> {
        let text = self.text(self.anchor.clone());
        if text.chars().all(is_caseless) || self.case_sensitive {
            return vec![text];
        }
        let mut cases = vec![text.to_lowercase(), text.to_uppercase()];
        cases.dedup();
        cases
    }

    fn text(&self, stretch: Range<usize>) -> String {
        self.parts[stretch]
            .iter()
            .filter_map(|part| match part {
                Part::Char(c) => Some(c.to_ascii_lowercase()),
                Part::Space | Part::Joiner(_) | Part::Hump => None,
            })
            .collect()
    }

    /// Where the term stands whose anchor stands at `at`, and how.
    pub(super) fn around(&self, text: &str, at: Range<usize>) -> Option<(Range<usize>, Form)> {
        if let Some(place) = self.spelled(text, at.clone(), Form::Whole)
            && edge::is_whole(text, &place)
        {
            return Some((place, Form::Whole));
        }
        let place = self.glues.then(|| self.spelled(text, at, Form::Glued))??;
        edge::is_part(text, &place, self.has_letters).then_some((place, Form::Glued))
    }

    /// Where the term's letters stand around the anchor at `at`, whatever stands beside them.
    fn spelled(&self, text: &str, at: Range<usize>, form: Form) -> Option<Range<usize>> {
        let (before, after) = (&self.parts[..self.anchor.start], &self.parts[self.anchor.start..]);
        let end = self.read(Walk::forwards(text, at.start), after.iter().copied(), form)?;
        let start = self.read(
            Walk::backwards(text, at.start),
            before.iter().rev().copied(),
            form,
        )?;
        Some(start..end)
    }

    /// Where a walk over `parts` ends.
    fn read(&self, mut walk: Walk<'_>, parts: impl Iterator<Item = Part>, form: Form) -> Option<usize> {
        let mut parts = parts.peekable();
        while let Some(part) = parts.next() {
            let read = match (part, form) {
                (Part::Char(wanted), _) | (Part::Joiner(wanted), Form::Whole) => {
                    walk.step(|c| self.is_same(c, wanted))
                }
                (Part::Hump, Form::Whole) => true,
                (Part::Space, Form::Whole) => !walk.run(MAX_SPACES, char::is_whitespace).is_empty(),
                (gap, Form::Glued) => {
                    // What the term itself goes on with is not part of the gap: `++` in `C++ Builder`.
                    let next = parts.peek().copied();
                    let is_gap = |c: char| (c.is_whitespace() || is_joiner(c)) && next != Some(Part::Char(c));
                    gap.may_read(walk.run(MAX_SPACES, is_gap))
                }
            };
            if !read {
                return None;
            }
        }
        Some(walk.at)
    }

    fn is_same(&self, a: char, b: char) -> bool {
        a == b || (!self.case_sensitive && a.to_lowercase().eq(b.to_lowercase()))
    }
}

impl Part {
    /// Whether `between` may stand where this parts two words of a glued form. Space beside a joiner parts sentences
    /// (`blue. Sky`) unless a line ends there (`blue-⏎sky`).
    fn may_read(self, between: &str) -> bool {
        let has_space = matches!(self, Self::Space | Self::Joiner('-' | '_'));
        let (joiners, space) = match between.find(char::is_whitespace) {
            Some(at) => between.split_at(at),
            None => (between, ""),
        };
        let is_broken = joiners == "-" && space.starts_with(['\n', '\r']);
        joiners.chars().count() <= MAX_JOINERS
            && (space.is_empty() || has_space && (joiners.is_empty() || is_broken))
            && space.chars().all(char::is_whitespace)
    }
}

/// What parts the words of a name in files, code, addresses and paths.
const fn is_joiner(c: char) -> bool {
    matches!(c, '-' | '_' | '.' | '/' | '\\' | ':' | '+' | '·' | '・' | '•')
}

fn is_caseless(c: char) -> bool {
    c.is_ascii() || (c.to_lowercase().eq([c]) && c.to_uppercase().eq([c]))
}

/// A place in a text that moves one way.
struct Walk<'a> {
    text: &'a str,
    at: usize,
    is_backwards: bool,
}

impl<'a> Walk<'a> {
    const fn forwards(text: &'a str, at: usize) -> Self {
        Self {
            text,
            at,
            is_backwards: false,
        }
    }

    const fn backwards(text: &'a str, at: usize) -> Self {
        Self {
            text,
            at,
            is_backwards: true,
        }
    }

    /// Moves over the next character if it is `wanted`.
    fn step(&mut self, wanted: impl Fn(char) -> bool) -> bool {
        let next = if self.is_backwards {
            char_before(self.text, self.at)
        } else {
            char_at(self.text, self.at)
        };
        let Some(c) = next.filter(|c| wanted(*c)) else {
            return false;
        };
        if self.is_backwards {
            self.at -= c.len_utf8();
        } else {
            self.at += c.len_utf8();
        }
        true
    }

    /// Moves over up to `most` characters that are `wanted`: what they read, in text order.
    fn run(&mut self, most: usize, wanted: impl Fn(char) -> bool) -> &'a str {
        let from = self.at;
        let _ = (0..most).take_while(|_| self.step(&wanted)).count();
        &self.text[from.min(self.at)..from.max(self.at)]
    }
}
