//! Digit groups as candidates for a phone number: their lengths, what stands between them, and whether they stand alone.

use super::super::NumberRun;
use super::super::text::{char_at, char_before, file_ending, is_word_char};

/// Most groups of a national number.
pub(super) const MAX_GROUPS: usize = 5;

/// What stands between two groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    Space,
    Dash,
    Dot,
    Slash,
    /// `) `, `)-`, `)`: the group before was in brackets.
    Bracket,
    Other,
}

impl Gap {
    pub(super) fn of(bytes: &[u8]) -> Self {
        match bytes {
            b"-" | b" -" | b"- " | b" - " => Self::Dash,
            b"." => Self::Dot,
            b"/" | b" / " | b"/ " => Self::Slash,
            b")" | b") " | b")-" | b")/" | b") -" => Self::Bracket,
            _ if bytes.iter().all(|b| matches!(b, b' ' | b'\t')) => Self::Space,
            _ => Self::Other,
        }
    }
}

/// Some consecutive groups of a run.
pub(super) struct Form<'a> {
    run: &'a NumberRun,
    first: usize,
    count: usize,
    pub(super) digits: &'a [u8],
    lengths: [usize; MAX_GROUPS],
    gaps: [Gap; MAX_GROUPS - 1],
}

/// Where a number stands.
pub(super) struct Place {
    pub(super) start: usize,
    pub(super) end: usize,
    /// The group before or behind is linked by spaces only: this may be a piece of a list.
    pub(super) in_list: bool,
}

impl<'a> Form<'a> {
    /// `count` groups of the run from `first` on.
    pub(super) fn new(text: &str, run: &'a NumberRun, first: usize, count: usize) -> Self {
        let mut form = Self {
            run,
            first,
            count,
            digits: run.digits_of(first, first + count),
            lengths: [0; MAX_GROUPS],
            gaps: [Gap::Other; MAX_GROUPS - 1],
        };
        for index in 0..count {
            form.lengths[index] = run.groups()[first + index].span.len();
            if index + 1 < count {
                form.gaps[index] = gap_after(text, run, first + index);
            }
        }
        form
    }

    /// Where the form stands, if nothing continues it on either side.
    pub(super) fn place(&self, text: &str) -> Option<Place> {
        let span = self.run.span_of(self.first, self.first + self.count);
        let bracketed = self.gaps[0] == Gap::Bracket;
        if bracketed && char_before(text, span.start)? != '(' {
            return None;
        }
        let start = span.start - usize::from(bracketed);
        let gap = |before: usize| gap_after(text, self.run, before);
        let before = self.first.checked_sub(1).map(gap);
        let last = self.first + self.count;
        let after = (last < self.run.groups().len()).then(|| gap(last - 1));
        let open_before = bracketed || matches!(before, None | Some(Gap::Space));
        let alone = open_before
            && matches!(after, None | Some(Gap::Space))
            && (is_enclosed(text, start, span.end)
                || starts_alone(text, start) && ends_alone(text, span.end));
        alone.then_some(Place {
            start,
            end: span.end,
            in_list: before == Some(Gap::Space) || after == Some(Gap::Space),
        })
    }

    pub(super) fn lengths(&self) -> &[usize] {
        &self.lengths[..self.count]
    }

    pub(super) fn gaps(&self) -> &[Gap] {
        &self.gaps[..self.count - 1]
    }

    pub(super) fn has_equal_lengths(&self) -> bool {
        self.lengths().windows(2).all(|pair| pair[0] == pair[1])
    }

    /// The gap, if all are the same.
    pub(super) fn uniform_gap(&self) -> Option<Gap> {
        let first = *self.gaps().first()?;
        self.gaps().iter().all(|gap| *gap == first).then_some(first)
    }
}

/// What stands behind group `before`, another group following.
pub(super) fn gap_after(text: &str, run: &NumberRun, before: usize) -> Gap {
    match run.groups().get(before + 1) {
        Some(next) => Gap::of(&text.as_bytes()[run.groups()[before].span.end..next.span.start]),
        None => Gap::Other,
    }
}

/// Whether a number may start at `at`: not inside a word, a decimal, an amount or a list of parts.
pub(super) fn starts_alone(text: &str, at: usize) -> bool {
    match char_before(text, at) {
        None => true,
        // A step of a path, and no escape's number.
        Some('\\') => char_before(text, at - 1).is_some_and(|c| is_word_char(c) || c == ':'),
        Some('.' | '-' | '+' | '$' | '€' | '£' | '¥' | '#' | '@' | '%') => false,
        Some(',') => !char_before(text, at - 1).is_some_and(|c| c.is_ascii_digit()),
        Some(c) => !is_word_char(c),
    }
}

/// Whether a number is a step of a path (`/data/212-555-0123/a.mp3`), or stands where the name of a variable does (`%...%`).
pub(super) fn is_enclosed(text: &str, start: usize, end: usize) -> bool {
    match (char_before(text, start), &text.as_bytes()[end..]) {
        (None | Some('/'), [b'/', next, ..]) | (Some('\\'), [b'\\', next, ..]) => !next.is_ascii_digit(),
        (Some('%'), [b'%', ..]) => true,
        _ => false,
    }
}

/// Whether a number may end at `end`; an extension may follow.
pub(super) fn ends_alone(text: &str, end: usize) -> bool {
    let next = |skip: usize| char_at(text, end + skip);
    match next(0) {
        None => true,
        Some('.') if file_ending(text, end) > 0 => true,
        Some('-' | '/' | '.') => !next(1).is_some_and(is_word_char),
        Some('%' | '°' | '€' | '$') => false,
        Some('x' | 'X' | 'e' | 'E') => super::extension::end_with_extension(text, end) > end,
        Some(c) => !is_word_char(c),
    }
}
