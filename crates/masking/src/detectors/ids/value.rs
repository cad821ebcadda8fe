//! Letters and digits of a value as people space them: `DE89 3704 0044`, `12.345.678-Z`. Judges nothing.

use crate::detectors::number::Literal;
use crate::detectors::text::{word_end, word_start};

/// Longest value that is looked at, in letters and digits.
const MAX_CHARS: usize = 40;
/// Most separators between two groups.
const MAX_GAP: usize = 3;
/// A later group of so many letters and no digit is a word, not a part of the value.
const WORD_LETTERS: usize = 5;

/// The letters and digits from a place on, upper-cased, up to the first thing that is neither they nor a separator
/// (space, tab, `-`, `.`, `/`), or to the first word.
pub(super) struct Value {
    chars: [u8; MAX_CHARS],
    /// One past each character, from the value's start.
    ends: [u8; MAX_CHARS],
    /// What follows each character.
    after: [After; MAX_CHARS],
    len: usize,
    start: usize,
    first_lower: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    /// A letter or digit: a value cannot end here.
    Char,
    /// Separators, then a letter or digit.
    Separator,
    /// A space, or several, then a letter or digit.
    Space,
    /// `-`, then a letter.
    Hyphen,
    /// `-` and then a digit: the same number may go on.
    JoiningHyphen,
    /// `.` and then a digit: the same number may go on.
    JoiningDot,
    /// `_`: a name goes on, but a value that is sure of itself may end.
    Underscore,
    /// The end of the value.
    End,
}

impl Value {
    /// Reads at most `most` characters from `start`, where a letter or digit stands.
    pub(super) fn read(text: &str, start: usize, most: usize) -> Self {
        Self::read_with(text, start, most, gap_at)
    }

    /// As [`Self::read`], over line breaks too.
    pub(super) fn read_over_breaks(text: &str, start: usize, most: usize) -> Self {
        Self::read_with(text, start, most, wrapped_gap_at)
    }

    fn read_with(text: &str, start: usize, most: usize, gap_at: impl Fn(&[u8], usize) -> usize) -> Self {
        let bytes = text.as_bytes();
        let mut value = Self {
            chars: [0; MAX_CHARS],
            ends: [0; MAX_CHARS],
            after: [After::Char; MAX_CHARS],
            len: 0,
            start,
            first_lower: usize::MAX,
        };
        let most = most.min(MAX_CHARS);
        let mut at = start;
        if bytes.get(start).is_some_and(u8::is_ascii_digit)
            && let Some(literal) = Literal::at(bytes, start)
            && value.take(&literal, text)
        {
            return value;
        }
        while value.len < most {
            let group = value.len;
            let mut digits = 0;
            for byte in bytes[at..]
                .iter()
                .take(most - group)
                .take_while(|b| b.is_ascii_alphanumeric())
            {
                let n = value.len;
                if byte.is_ascii_lowercase() && value.first_lower > n {
                    value.first_lower = n;
                }
                digits += usize::from(byte.is_ascii_digit());
                at += 1;
                value.chars[n] = byte.to_ascii_uppercase();
                value.ends[n] = (at - start) as u8;
                value.len = n + 1;
            }
            if group > 0 && digits == 0 && value.len - group >= WORD_LETTERS {
                value.len = group;
            }
            if value.len == group {
                break;
            }
            if !bytes.get(at).is_some_and(u8::is_ascii_alphanumeric) {
                let gap = gap_at(bytes, at);
                value.after[value.len - 1] = what_follows(text, at, gap);
                at += gap;
            }
        }
        value
    }

    /// Takes the digits of a number that is not written one by one; false if it has too many.
    fn take(&mut self, literal: &Literal, text: &str) -> bool {
        let digits = literal.digits();
        let Ok(end) = u8::try_from(literal.end - self.start) else {
            return false;
        };
        for (n, digit) in digits.iter().enumerate() {
            self.chars[n] = b'0' + digit;
            self.ends[n] = end;
        }
        self.len = digits.len();
        self.after[self.len - 1] = what_follows(text, literal.end, 0);
        true
    }

    /// The first `n` characters, if they end a group.
    pub(super) fn upto(&self, n: usize) -> Option<&[u8]> {
        (n > 0 && n <= self.len && !matches!(self.after[n - 1], After::Char | After::Underscore))
            .then(|| &self.chars[..n])
    }

    /// As [`Self::upto`], or if `_` follows them: for values that a checksum tells.
    pub(super) fn upto_glued(&self, n: usize) -> Option<&[u8]> {
        let is_glued = n > 0 && n <= self.len && self.after[n - 1] == After::Underscore;
        if is_glued {
            Some(&self.chars[..n])
        } else {
            self.upto(n)
        }
    }

    /// The first `n` characters, whatever follows them but a digit: for values that a checksum and their form tell. One
    /// more character than `n` must have been asked for.
    pub(super) fn cut(&self, n: usize) -> Option<&[u8]> {
        let goes_on = self.after.get(n - 1) == Some(&After::Char)
            && self.chars[..self.len].get(n).is_some_and(u8::is_ascii_digit);
        (n <= self.len && !goes_on).then(|| &self.chars[..n])
    }

    /// As [`Self::upto`], and no `-` or `.` joins further digits to it.
    pub(super) fn whole(&self, n: usize) -> Option<&[u8]> {
        self.upto(n)
            .filter(|_| !matches!(self.after[n - 1], After::JoiningHyphen | After::JoiningDot))
    }

    /// The values of the first `N` characters, if all are digits and they end a group.
    pub(super) fn digits<const N: usize>(&self) -> Option<[u8; N]> {
        super::national::digit_values(self.upto(N)?)
    }

    /// The values of up to `N` digits that the value starts with, and how many they are.
    pub(super) fn leading_digits<const N: usize>(&self) -> ([u8; N], usize) {
        let count = self.chars[..self.len.min(N)]
            .iter()
            .take_while(|c| c.is_ascii_digit())
            .count();
        let digits = std::array::from_fn(|n| if n < count { self.chars[n] - b'0' } else { 0 });
        (digits, count)
    }

    /// How many characters were read.
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// The first two characters: a country prefix, perhaps.
    pub(super) fn first_two(&self) -> Option<[u8; 2]> {
        (self.len >= 2).then(|| [self.chars[0], self.chars[1]])
    }

    /// Whether it starts with a date in digits.
    pub(super) fn is_date(&self) -> bool {
        self.is_grouped(&[4, 2, 2]) || self.is_grouped(&[2, 2, 4])
    }

    /// Whether the first `n` characters are in groups of these sizes.
    pub(super) fn is_grouped(&self, sizes: &[usize]) -> bool {
        let mut n = 0;
        sizes.iter().all(|size| {
            let inner = n..n + size - 1;
            n += size;
            n <= self.len
                && self.after[inner].iter().all(|after| *after == After::Char)
                && !matches!(self.after[n - 1], After::Char | After::Underscore)
        })
    }

    /// Whether the first `n` characters stand together without a separator.
    pub(super) fn is_unbroken(&self, n: usize) -> bool {
        self.is_grouped(&[n])
    }

    /// Whether one of the first `n` characters is a lower-case letter in the text.
    pub(super) const fn has_lower(&self, n: usize) -> bool {
        self.first_lower < n
    }

    /// Whether the first `n` characters read as a number of a program: `6052u32`, `0x1234`.
    pub(super) const fn is_literal(&self, n: usize) -> bool {
        self.chars[0].is_ascii_digit() && self.has_lower(n)
    }

    /// Where a value of `n` characters grows to when the groups that plainly belong to it are taken in: those behind a
    /// hyphen, and those of three or more digits behind a space. At most `most` characters.
    pub(super) fn grown(&self, mut n: usize, most: usize) -> usize {
        while n > 0 && n < self.len {
            let size = (n..self.len)
                .find(|at| self.after[*at] != After::Char)
                .map_or(self.len - n, |at| at - n + 1);
            let group = &self.chars[n..n + size];
            let belongs = match self.after[n - 1] {
                After::Hyphen | After::JoiningHyphen => group.iter().any(u8::is_ascii_digit),
                After::Space => size >= 3 && group.iter().all(u8::is_ascii_digit),
                _ => false,
            };
            if !belongs || n + size > most {
                break;
            }
            n += size;
        }
        n
    }

    /// Where the first `n` characters stand.
    pub(super) const fn span(&self, n: usize) -> crate::ByteSpan {
        crate::ByteSpan::new(self.start, self.start + self.ends[n - 1] as usize)
    }
}

/// Whether a value at `start` may begin with so many digits; tells most that do not without reading them.
pub(super) fn may_begin_with_digits(text: &str, start: usize, least: usize) -> bool {
    let mut digits = 0;
    for byte in text.as_bytes()[start..].iter().take(least * (1 + MAX_GAP)) {
        match byte {
            b'0'..=b'9' => digits += 1,
            b' ' | b'\t' | b'-' | b'.' | b'/' => {}
            // A number may be written otherwise than digit by digit.
            b',' | b'_' | b'\'' | b'e' | b'E' => return true,
            _ => return false,
        }
        if digits == least {
            return true;
        }
    }
    least == 0
}

/// Bytes of separators at `at` that a letter or digit follows.
fn gap_at(bytes: &[u8], at: usize) -> usize {
    let gap = bytes[at..]
        .iter()
        .take(MAX_GAP)
        .take_while(|b| matches!(b, b' ' | b'\t' | b'-' | b'.' | b'/'))
        .count();
    if bytes.get(at + gap).is_some_and(u8::is_ascii_alphanumeric) {
        gap
    } else {
        0
    }
}

/// As [`gap_at`], or one line break with the next line's indentation.
fn wrapped_gap_at(bytes: &[u8], at: usize) -> usize {
    const MAX_WRAPPED: usize = 16;
    let gap = bytes[at..]
        .iter()
        .take(MAX_WRAPPED)
        .take_while(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n' | b'-'))
        .count();
    let breaks = bytes[at..at + gap].iter().filter(|b| **b == b'\n').count();
    if breaks == 1 && bytes.get(at + gap).is_some_and(u8::is_ascii_alphanumeric) {
        gap
    } else {
        gap_at(bytes, at)
    }
}

fn what_follows(text: &str, at: usize, gap: usize) -> After {
    let bytes = text.as_bytes();
    match gap {
        0 if word_end(text, at) => After::End,
        0 if bytes[at] == b'_' => After::Underscore,
        0 => After::Char,
        1 if bytes[at] == b'-' && bytes[at + 1].is_ascii_digit() => After::JoiningHyphen,
        1 if bytes[at] == b'.' && bytes[at + 1].is_ascii_digit() => After::JoiningDot,
        _ if bytes[at] == b'-' => After::Hyphen,
        _ if bytes[at] == b' ' => After::Space,
        _ => After::Separator,
    }
}

/// Whether a value may start at `at`: no word, decimal or hyphenated number goes on there.
pub(super) fn may_start(text: &str, at: usize) -> bool {
    let before = &text.as_bytes()[..at];
    let joined = match before {
        [.., digit, b'-' | b'.'] => digit.is_ascii_digit(),
        [.., last] => *last == b'+',
        [] => false,
    };
    !joined && word_start(text, at)
}

/// Whether a value that is sure of itself may start at `at`: where any may, or behind the `_` of a name.
pub(super) fn may_start_glued(text: &str, at: usize) -> bool {
    may_start(text, at) || text[..at].ends_with('_')
}

/// Whether a value that is sure of itself may end at `end`: where a word does, or before the `_` of a name.
pub(super) fn may_end_glued(text: &str, end: usize) -> bool {
    word_end(text, end) || text[end..].starts_with('_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_are_skipped_and_groups_remembered() {
        let text = "ab12 - 34.5/6-7, 8";
        let value = Value::read(text, 0, MAX_CHARS);
        assert_eq!(value.upto(4), Some(&b"AB12"[..]));
        assert_eq!(value.upto(6), Some(&b"AB1234"[..]));
        assert_eq!(value.upto(3), None);
        assert_eq!(value.whole(6), None);
        assert_eq!(&text[value.span(9).range()], "ab12 - 34.5/6-7");
        assert!(value.upto(10).is_none());
        assert_eq!(value.first_two(), Some(*b"AB"));
        assert_eq!(
            Value::read("12 3a", 0, MAX_CHARS).leading_digits::<5>(),
            ([1, 2, 3, 0, 0], 3)
        );
        assert!(Value::read("2024-01-15", 0, MAX_CHARS).is_date());
        assert!(value.is_grouped(&[4, 2, 1, 1, 1]) && !value.is_grouped(&[4, 3]) && !value.is_grouped(&[6]));
        assert!(value.has_lower(1) && !Value::read("AB", 0, MAX_CHARS).has_lower(2));
    }

    #[test]
    fn a_value_ends_where_its_word_does() {
        assert!(Value::read("123é", 0, MAX_CHARS).upto(3).is_none());
        assert!(Value::read("123_4", 0, MAX_CHARS).upto(3).is_none());
        assert!(Value::read("123号", 0, MAX_CHARS).upto(3).is_some());
        assert!(Value::read("123456", 0, 3).upto(3).is_none());
        assert!(Value::read("123 456", 0, 3).upto(3).is_some());
        let long = "1".repeat(60);
        assert!(Value::read(&long, 0, MAX_CHARS).upto(MAX_CHARS).is_none());
    }

    #[test]
    fn a_word_behind_is_no_part() {
        let value = Value::read("123456789 12 was issued here", 0, MAX_CHARS);
        assert_eq!(value.len(), 14);
        assert!(value.upto(9).is_some() && value.upto(11).is_some());
        assert_eq!(Value::read("MORGA 657054 SM9IJ", 0, MAX_CHARS).len(), 16);
    }

    #[test]
    fn decimals_and_hyphenated_numbers_have_no_start_inside() {
        for text in ["0.123", "1-123", "a123", "+123", "_123"] {
            assert!(!may_start(text, text.len() - 3), "{text}");
        }
        for text in ["123", " 123", "(123", "a-123", "/123", "：123", "no.123"] {
            assert!(may_start(text, text.len() - 3), "{text}");
        }
    }

    #[test]
    fn values_grow_over_what_belongs_to_them() {
        let value = Value::read("D123-456-78-901-0 2027 12", 0, MAX_CHARS);
        assert_eq!(value.grown(4, 18), 17);
        assert_eq!(value.grown(4, 13), 13);
        assert_eq!(Value::read("C1234567 24", 0, MAX_CHARS).grown(8, 18), 8);
    }
}
