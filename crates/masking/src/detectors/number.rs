//! Numbers as people write them: digit groups with separators between.

mod literal;

pub(super) use self::literal::Literal;
use crate::ByteSpan;
use crate::runs::Places;

/// One unbroken run of ASCII digits inside a [`NumberRun`], or a number that is written in another way (`4.11e15`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// Where it stands in the text.
    pub span: ByteSpan,
    /// Where its digits start in [`NumberRun::digits`].
    pub first_digit: usize,
    /// What links it to the group before it in the text; empty if nothing does.
    pub joint: Joint,
}

/// The separators between two groups.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Joint {
    bytes: [u8; NumberRun::MAX_GAP],
    len: u8,
}

impl Joint {
    /// What stands between two groups, if it may link them.
    fn between(gap: &[u8]) -> Option<Self> {
        if gap.len() > NumberRun::MAX_GAP || !gap.iter().all(|b| is_separator(*b)) {
            return None;
        }
        let mut joint = Self {
            len: gap.len() as u8,
            ..Self::default()
        };
        // Byte by byte: a copy of unknown length is a call.
        for (to, byte) in joint.bytes.iter_mut().zip(gap) {
            *to = *byte;
        }
        Some(joint)
    }

    /// The separators.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

/// Digit groups of one line, each at most [`NumberRun::MAX_GAP`] separators (space, tab, `-`, `.`, `/`, `(`, `)`) from the next.
///
/// Long lists are cut into runs of at most [`NumberRun::MAX_GROUPS`] groups; consecutive runs of one list overlap, so
/// that a number of up to half that many groups lies whole in one of them.
#[derive(Default)]
pub struct NumberRun {
    groups: Vec<Group>,
    digits: Vec<u8>,
}

impl NumberRun {
    /// Fewer digits than this in a whole run wake no rule.
    pub const MIN_DIGITS: usize = 6;
    /// Most groups in a run.
    pub const MAX_GROUPS: usize = 16;
    /// Most separator bytes between two groups.
    pub const MAX_GAP: usize = 3;
    /// Digit groups longer than this are data, not numbers of the kinds that we know: they end a run and belong to none.
    pub const MAX_GROUP_DIGITS: usize = 40;

    /// The groups, in text order; at least one.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The values 0 to 9 of all digits, in text order.
    #[must_use]
    pub fn digits(&self) -> &[u8] {
        &self.digits
    }

    /// The digit values of groups `first..last` (group indices).
    #[must_use]
    pub fn digits_of(&self, first: usize, last: usize) -> &[u8] {
        let end = self
            .groups
            .get(last)
            .map_or(self.digits.len(), |group| group.first_digit);
        &self.digits[self.groups[first].first_digit..end]
    }

    /// From the first digit of group `first` to the last digit of group `last - 1`.
    #[must_use]
    pub fn span_of(&self, first: usize, last: usize) -> ByteSpan {
        ByteSpan::new(self.groups[first].span.start, self.groups[last - 1].span.end)
    }

    /// The number of a literal as the only group, which spans its spelling.
    fn of_literal(literal: &Literal, start: usize) -> Self {
        Self {
            groups: vec![Group {
                span: ByteSpan::new(start, literal.end),
                first_digit: 0,
                joint: Joint::default(),
            }],
            digits: literal.digits().to_vec(),
        }
    }

    fn push(&mut self, bytes: &[u8], span: ByteSpan, joint: Joint) {
        self.groups.push(Group {
            span,
            first_digit: self.digits.len(),
            joint,
        });
        self.digits.extend(bytes[span.range()].iter().map(|b| b - b'0'));
    }

    fn keep_last(&mut self, count: usize) {
        let from = self.groups.len() - count;
        let first = self.groups[from].first_digit;
        self.groups.drain(..from);
        self.digits.drain(..first);
        for group in &mut self.groups {
            group.first_digit -= first;
        }
    }

    fn clear(&mut self) {
        self.groups.clear();
        self.digits.clear();
    }
}

const fn is_separator(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'-' | b'.' | b'/' | b'(' | b')')
}

/// Lengths in bytes of the words that [`scan`] hands to `on_mixed`.
pub(super) const MIXED_BYTES: std::ops::RangeInclusive<usize> = 15..=64;

/// Calls `on_run` for each run of the text and each number that is written otherwise than digit by digit, `on_code` for each capital-letter code before a digit, `on_postcode` for each postal code before its town, and `on_mixed` for
/// each word of [`MIXED_BYTES`] ASCII letters and digits that has both.
pub(super) fn scan(
    text: &str,
    mut on_run: impl FnMut(&NumberRun),
    mut on_code: impl FnMut(ByteSpan),
    mut on_postcode: impl FnMut(ByteSpan),
    mut on_mixed: impl FnMut(ByteSpan),
) {
    let bytes = text.as_bytes();
    let mut run = NumberRun::default();
    let mut at = 0;
    let mut word_end = 0;
    let mut literal_end = 0;
    let mut digits = Places::of(bytes, |byte| byte.is_ascii_digit());
    while let Some(start) = digits.next(at) {
        let end = bytes[start..]
            .iter()
            .position(|b| !b.is_ascii_digit())
            .map_or(bytes.len(), |n| start + n);
        if let Some(code) = code_before(bytes, start) {
            on_code(code);
        }
        if is_before_town(bytes, start, end) {
            on_postcode(ByteSpan::new(start, end));
        }
        if start >= word_end {
            let word = word_around(bytes, start, end);
            word_end = word.end;
            if word.len() > end - start && MIXED_BYTES.contains(&word.len()) {
                on_mixed(word);
            }
        }
        if start >= literal_end && may_be_literal(bytes, start, end) {
            // What did not read as a number does not from its next group on either.
            literal_end = end + 1;
            if let Some(literal) = Literal::at(bytes, start) {
                literal_end = literal.end;
                on_run(&NumberRun::of_literal(&literal, start));
            }
        }
        let last = run.groups.last();
        let joint = last.and_then(|last| Joint::between(&bytes[last.span.end..start]));
        if joint.is_none() {
            flush(&mut run, &mut on_run);
        } else if run.groups.len() == NumberRun::MAX_GROUPS {
            on_run(&run);
            run.keep_last(NumberRun::MAX_GROUPS / 2);
        }
        if end - start <= NumberRun::MAX_GROUP_DIGITS {
            run.push(bytes, ByteSpan::new(start, end), joint.unwrap_or_default());
        } else {
            flush(&mut run, &mut on_run);
        }
        at = end;
    }
    flush(&mut run, &mut on_run);
}

/// Whether digits are written otherwise than one by one, by the byte behind their first ones and the one before.
fn may_be_literal(bytes: &[u8], start: usize, end: usize) -> bool {
    let before = &bytes[..start];
    let is_inside = matches!(before, [.., b'.']) || before.last().is_some_and(u8::is_ascii_alphanumeric);
    match bytes.get(end) {
        Some(separator @ (b'.' | b',' | b'_' | b'\'')) => {
            // A group that the same separator joins to the one before was read with it.
            let is_joined =
                matches!(before, [.., digit, last] if last == separator && digit.is_ascii_digit());
            bytes.get(end + 1).is_some_and(u8::is_ascii_digit) && !is_inside && !is_joined
        }
        Some(b'e' | b'E') => end - start >= NumberRun::MIN_DIGITS && !is_inside,
        Some(b'u' | b'U' | b'i' | b'L' | b'n') => end - start > NumberRun::MIN_DIGITS && !is_inside,
        _ => false,
    }
}

/// Whether digits may be a postal code, or the end of one, with the town behind.
fn is_before_town(bytes: &[u8], start: usize, end: usize) -> bool {
    let behind = match bytes[end..] {
        // `1072AL Amsterdam`.
        [b'A'..=b'Z', b'A'..=b'Z', ref rest @ ..] if end - start == 4 => rest,
        ref rest => rest,
    };
    let [b' ', next, ..] = *behind else {
        return false;
    };
    let is_code = || match end - start {
        4..=6 => true,
        // `00-238`, `4050-262`; `111 43`.
        3 => matches!(bytes[..start], [.., digit, b'-'] if digit.is_ascii_digit()),
        2 => matches!(bytes[..start], [.., digit, b' '] if digit.is_ascii_digit()),
        _ => false,
    };
    (next.is_ascii_uppercase() || !next.is_ascii()) && is_code()
}

fn flush(run: &mut NumberRun, on_run: &mut impl FnMut(&NumberRun)) {
    if run.digits.len() >= NumberRun::MIN_DIGITS {
        on_run(run);
    }
    run.clear();
}

/// The ASCII letters and digits around `start..end`, the first digits of their word.
fn word_around(bytes: &[u8], start: usize, end: usize) -> ByteSpan {
    let before = bytes[..start].iter().rev();
    let letters = before.take_while(|b| b.is_ascii_alphabetic()).count();
    let rest = bytes[end..].iter().take_while(|b| b.is_ascii_alphanumeric());
    ByteSpan::new(start - letters, end + rest.count())
}

fn code_before(bytes: &[u8], digit: usize) -> Option<ByteSpan> {
    let letters = bytes[..digit]
        .iter()
        .rev()
        .take(5)
        .take_while(|b| b.is_ascii_uppercase())
        .count();
    let start = digit - letters;
    let at_word_start = start == 0 || !bytes[start - 1].is_ascii_alphanumeric();
    ((1..=4).contains(&letters) && at_word_start).then(|| ByteSpan::new(start, digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(text: &str) -> Vec<Vec<&str>> {
        let mut all = Vec::new();
        scan(
            text,
            |run| all.push(run.groups().iter().map(|g| &text[g.span.range()]).collect()),
            |_| {},
            |_| {},
            |_| {},
        );
        all
    }

    #[test]
    fn separators_link_groups_and_words_part_them() {
        assert_eq!(
            runs("call (415) 555-0123 or 4111 1111 1111 1111 now"),
            [vec!["415", "555", "0123"], vec!["4111", "1111", "1111", "1111"]]
        );
        assert!(runs("v1.2.3 at 10:30").is_empty());
    }

    #[test]
    fn long_lists_are_cut_with_an_overlap() {
        let list = (10..50).map(|n| n.to_string()).collect::<Vec<_>>().join(" ");
        let all = runs(&list);
        assert!(all.iter().all(|run| run.len() <= NumberRun::MAX_GROUPS));
        assert_eq!(all[0][8..], all[1][..8]);
    }

    #[test]
    fn codes_are_capitals_at_a_word_start() {
        let text = "DE89 xDE89 ATU12345678 ABCDE1 Z9";
        let mut codes = Vec::new();
        scan(
            text,
            |_| {},
            |span| codes.push(&text[span.range()]),
            |_| {},
            |_| {},
        );
        assert_eq!(codes, ["DE", "ATU", "Z"]);
    }

    #[test]
    fn postal_codes_have_a_capital_behind() {
        let text = "50667 Köln, 1072 AL, 00-238 Warszawa, 111 43 Stockholm, 034 北, 5 Km, 12345 rows, 1234567 X, 43 X";
        let mut codes = Vec::new();
        scan(
            text,
            |_| {},
            |_| {},
            |span| codes.push(&text[span.range()]),
            |_| {},
        );
        assert_eq!(codes, ["50667", "1072", "238", "43"]);
    }

    #[test]
    fn mixed_words_come_once_and_whole() {
        let long = "a1".repeat(33);
        let text = format!(
            "钱包1A1zP1eP5QGefi2D。 utf8 1234567890123456 abcdefghijklmnop x_a2b4c6d8e0f2a4b6 {long}"
        );
        let mut words = Vec::new();
        scan(
            &text,
            |_| {},
            |_| {},
            |_| {},
            |span| words.push(&text[span.range()]),
        );
        assert_eq!(words, ["1A1zP1eP5QGefi2D", "a2b4c6d8e0f2a4b6"]);
    }
}
