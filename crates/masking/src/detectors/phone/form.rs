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

/// A run's groups, looked at once for all the forms that they may have.
pub(super) struct Groups<'a> {
    run: &'a NumberRun,
    lengths: [usize; NumberRun::MAX_GROUPS],
    /// What stands behind each group but the last.
    gaps: [Gap; NumberRun::MAX_GROUPS],
}

impl<'a> Groups<'a> {
    pub(super) fn of(run: &'a NumberRun) -> Self {
        let mut groups = Self {
            run,
            lengths: [0; NumberRun::MAX_GROUPS],
            gaps: [Gap::Other; NumberRun::MAX_GROUPS],
        };
        for (length, group) in groups.lengths.iter_mut().zip(run.groups()) {
            *length = group.span.len();
        }
        for (gap, next) in groups.gaps.iter_mut().zip(run.groups().iter().skip(1)) {
            *gap = Gap::of(next.joint.bytes());
        }
        groups
    }

    fn count(&self) -> usize {
        self.run.groups().len()
    }

    /// `count` groups from `first` on.
    pub(super) fn form(&'a self, first: usize, count: usize) -> Form<'a> {
        Form {
            groups: self,
            first,
            count,
            digits: self.run.digits_of(first, first + count),
        }
    }
}

/// Some consecutive groups of a run.
pub(super) struct Form<'a> {
    groups: &'a Groups<'a>,
    first: usize,
    count: usize,
    pub(super) digits: &'a [u8],
}

/// Where a number stands.
pub(super) struct Place {
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Form<'_> {
    /// Where the form stands, if nothing continues it on either side.
    pub(super) fn place(&self, text: &str) -> Option<Place> {
        let span = self.groups.run.span_of(self.first, self.first + self.count);
        let bracketed = self.gaps()[0] == Gap::Bracket;
        if bracketed && char_before(text, span.start)? != '(' {
            return None;
        }
        let start = span.start - usize::from(bracketed);
        let (before, after) = (self.gap_before(), self.gap_after());
        let open_before = bracketed || matches!(before, None | Some(Gap::Space));
        let alone = open_before
            && matches!(after, None | Some(Gap::Space))
            && (is_enclosed(text, start, span.end)
                || starts_alone(text, start) && ends_alone(text, span.end));
        alone.then_some(Place { start, end: span.end })
    }

    /// Whether spaces only link the group before or behind: this may be a piece of a list.
    pub(super) fn is_in_list(&self) -> bool {
        self.gap_before() == Some(Gap::Space) || self.gap_after() == Some(Gap::Space)
    }

    fn gap_before(&self) -> Option<Gap> {
        self.first.checked_sub(1).map(|before| self.groups.gaps[before])
    }

    fn gap_after(&self) -> Option<Gap> {
        let last = self.first + self.count;
        (last < self.groups.count()).then(|| self.groups.gaps[last - 1])
    }

    pub(super) fn lengths(&self) -> &[usize] {
        &self.groups.lengths[self.first..self.first + self.count]
    }

    pub(super) fn gaps(&self) -> &[Gap] {
        &self.groups.gaps[self.first..self.first + self.count - 1]
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
pub(super) fn gap_after(run: &NumberRun, before: usize) -> Gap {
    run.groups()
        .get(before + 1)
        .map_or(Gap::Other, |next| Gap::of(next.joint.bytes()))
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
