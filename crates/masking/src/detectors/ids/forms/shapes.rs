//! The groupings in which people write numbers that need no word beside them.

use crate::detectors::NumberRun;
use crate::detectors::ids::card;
use crate::detectors::ids::kind::IdKind;
use crate::detectors::ids::national::{americas, asia, europe};
use crate::detectors::ids::value::{may_end_glued, may_start, may_start_glued};
use crate::detectors::text::file_ending;
use crate::{ByteSpan, Score};

/// What stands between the groups of a shape.
enum Gaps {
    /// The same one between all of them, one of these.
    Same(&'static [&'static str]),
    /// Exactly these, one after the other.
    Exactly(&'static [&'static str]),
}

/// What may stand around a shape.
#[derive(PartialEq, Eq)]
enum Neighbours {
    /// Other numbers, but not joined to it by `-` or `.`.
    Numbers,
    /// Other numbers, even joined behind it by `-`: a card's expiry date or code. Never a list of such groups.
    Card,
    /// No other number.
    None,
}

/// One grouping with its check.
pub(super) struct Shape {
    /// Digits in each group.
    pub(super) sizes: &'static [usize],
    gaps: Gaps,
    neighbours: Neighbours,
    pub(super) kind: IdKind,
    pub(super) score: Score,
    /// Judges the digits, as values.
    passes: fn(&[u8]) -> bool,
}

impl Shape {
    pub(super) fn matches(&self, window: &Window<'_>) -> bool {
        window.has_sizes(self.sizes)
            && (self.neighbours != Neighbours::None || window.is_whole_run())
            && (self.passes)(window.digits())
            && window.has_gaps(&self.gaps)
            && window.starts_clear()
            && match self.neighbours {
                Neighbours::Numbers => window.ends_clear(),
                Neighbours::Card => window.ends_word() && !window.is_series() && !window.is_in_table(),
                Neighbours::None => {
                    window.ends_clear()
                        && window.is_own_word()
                        && !window.is_series()
                        && !window.is_beside_hex()
                        && !window.is_dotted_through()
                }
            }
    }
}

const CARD_GAPS: Gaps = Gaps::Same(&[" ", "-", "\t", "  ", " - "]);
const HYPHENS: Gaps = Gaps::Same(&["-"]);
const SPACES: Gaps = Gaps::Same(&[" "]);
const SPACES_OR_HYPHENS: Gaps = Gaps::Same(&[" ", "-"]);

const fn card(sizes: &'static [usize]) -> Shape {
    Shape {
        sizes,
        gaps: CARD_GAPS,
        neighbours: Neighbours::Card,
        kind: IdKind::Card,
        score: Score::CERTAIN,
        passes: |digits| card::card(digits).is_some(),
    }
}

const fn numbered(sizes: &'static [usize], gaps: Gaps, kind: IdKind, passes: fn(&[u8]) -> bool) -> Shape {
    Shape {
        sizes,
        gaps,
        neighbours: Neighbours::Numbers,
        kind,
        score: Score::STRONG,
        passes,
    }
}

const fn alone(sizes: &'static [usize], gaps: Gaps, kind: IdKind, passes: fn(&[u8]) -> bool) -> Shape {
    Shape {
        sizes,
        gaps,
        neighbours: Neighbours::None,
        kind,
        score: Score::LIKELY,
        passes,
    }
}

/// All shapes whose first two groups have that many digits.
pub(super) fn starting_with(first: usize, second: usize) -> impl Iterator<Item = &'static Shape> {
    let shapes = match first {
        1 => ONE,
        2 => TWO,
        3 => THREE,
        4 => FOUR,
        6 => SIX,
        8 => EIGHT,
        9 => NINE,
        13 => THIRTEEN,
        _ => &[],
    };
    shapes.iter().filter(move |shape| shape.sizes[1] == second)
}

static ONE: &[Shape] = &[numbered(
    &[1, 2, 2, 2, 3, 3, 2],
    SPACES_OR_HYPHENS,
    IdKind::FrNir,
    is_nir,
)];

static TWO: &[Shape] = &[numbered(
    &[2, 3, 3, 4, 2],
    Gaps::Exactly(&[".", ".", "/", "-"]),
    IdKind::BrCnpj,
    is_cnpj,
)];

static THREE: &[Shape] = &[
    numbered(&[3, 2, 4], HYPHENS, IdKind::UsSsn, americas::us_ssn),
    numbered(&[3, 2, 4], HYPHENS, IdKind::UsItin, americas::us_itin),
    numbered(
        &[3, 3, 3, 2],
        Gaps::Exactly(&[".", ".", "-"]),
        IdKind::BrCpf,
        americas::br_cpf,
    ),
    alone(&[3, 3, 3], HYPHENS, IdKind::CaSin, |digits| {
        digits[0] != 0 && americas::ca_sin(digits)
    }),
    // England's numbers start with 4, 6 or 7; the same grouping is also a telephone number's.
    alone(&[3, 3, 4], SPACES, IdKind::UkNhs, |digits| {
        matches!(digits[0], 4 | 6 | 7) && europe::uk_nhs(digits)
    }),
];

static FOUR: &[Shape] = &[
    card(&[4, 4, 4, 4]),
    alone(&[4, 4, 4, 4], Gaps::Same(&["."]), IdKind::Card, |digits| {
        card::card(digits).is_some()
    }),
    card(&[4, 4, 4, 4, 3]),
    card(&[4, 6, 5]),
    card(&[4, 6, 4]),
    alone(&[4, 4, 4, 3], CARD_GAPS, IdKind::Card, |digits| {
        card::card(digits).is_some()
    }),
    alone(&[4, 4, 4, 2], CARD_GAPS, IdKind::Card, |digits| {
        card::card(digits).is_some()
    }),
    alone(&[4, 4, 4], SPACES_OR_HYPHENS, IdKind::InAadhaar, asia::in_aadhaar),
];

static SIX: &[Shape] = &[
    numbered(&[6, 7], HYPHENS, IdKind::KrRrn, |digits| {
        matches!(digits[6], 1..=8) && asia::kr_rrn(digits)
    }),
    numbered(
        &[6, 8, 4],
        SPACES_OR_HYPHENS,
        IdKind::CnResidentId,
        is_resident_id,
    ),
    card(&[6, 13]),
];

static EIGHT: &[Shape] = &[
    numbered(&[8, 4, 2], Gaps::Exactly(&["/", "-"]), IdKind::BrCnpj, is_cnpj),
    card(&[8, 8]),
];

static NINE: &[Shape] = &[alone(&[9, 2], HYPHENS, IdKind::BrCpf, americas::br_cpf)];

static THIRTEEN: &[Shape] = &[numbered(&[13, 2], SPACES_OR_HYPHENS, IdKind::FrNir, is_nir)];

/// Digit values as the ASCII that checks of ids with letters read.
fn ascii<const N: usize>(digits: &[u8]) -> [u8; N] {
    std::array::from_fn(|n| b'0' + digits.get(n).copied().unwrap_or(0))
}

pub(super) fn is_nir(digits: &[u8]) -> bool {
    digits.len() == 15 && europe::fr_nir(&ascii::<15>(digits))
}

pub(super) fn is_resident_id(digits: &[u8]) -> bool {
    digits.len() == 18 && asia::cn_resident_id(&ascii::<18>(digits))
}

pub(super) fn is_uscc(digits: &[u8]) -> bool {
    digits.len() == 18 && asia::cn_uscc(&ascii::<18>(digits))
}

fn is_cnpj(digits: &[u8]) -> bool {
    digits.len() == 14 && americas::br_cnpj(&ascii::<14>(digits))
}

/// Whether eight digits stand here as `12.345.678`.
pub(super) fn is_dotted_eight(text: &str, run: &NumberRun, first: usize) -> bool {
    let window = Window::new(text, run, first, 3);
    window.has_sizes(&[2, 3, 3]) && window.has_gaps(&Gaps::Same(&["."]))
}

/// Some neighbouring groups of a run.
pub(super) struct Window<'a> {
    text: &'a str,
    run: &'a NumberRun,
    first: usize,
    last: usize,
}

impl<'a> Window<'a> {
    /// Up to `count` groups from `first` on.
    pub(super) fn new(text: &'a str, run: &'a NumberRun, first: usize, count: usize) -> Self {
        Self {
            text,
            run,
            first,
            last: run.groups().len().min(first + count),
        }
    }

    pub(super) fn span(&self) -> ByteSpan {
        self.run.span_of(self.first, self.last)
    }

    fn digits(&self) -> &[u8] {
        self.run.digits_of(self.first, self.last)
    }

    fn has_sizes(&self, sizes: &[usize]) -> bool {
        let groups = &self.run.groups()[self.first..self.last];
        groups.len() == sizes.len()
            && groups
                .iter()
                .zip(sizes)
                .all(|(group, size)| group.span.len() == *size)
    }

    /// What stands behind group `n` of the run, before the next one.
    fn gap(&self, n: usize) -> &'a str {
        let groups = self.run.groups();
        &self.text[groups[n].span.end..groups[n + 1].span.start]
    }

    fn has_gaps(&self, gaps: &Gaps) -> bool {
        let mut between = (self.first..self.last - 1).map(|n| self.gap(n));
        match gaps {
            Gaps::Same(any) => {
                let first = self.gap(self.first);
                any.contains(&first) && between.all(|gap| gap == first)
            }
            Gaps::Exactly(wanted) => between.eq(wanted.iter().copied()),
        }
    }

    /// No word, decimal or hyphenated number reaches into the window from the left; a name and `_` may.
    pub(super) fn starts_clear(&self) -> bool {
        may_start_glued(self.text, self.span().start)
    }

    /// No word or decimal goes on behind the window; `_` and a name may.
    fn ends_word(&self) -> bool {
        may_end_glued(self.text, self.span().end) && (!self.is_joined_by(b'.') || self.is_file_name())
    }

    /// Whether the window is the name of a file, whose ending has a digit first: `4111111111111111.7z`.
    fn is_file_name(&self) -> bool {
        file_ending(self.text, self.span().end) > 0
    }

    /// No `_` joins the window to a name.
    fn is_own_word(&self) -> bool {
        let span = self.span();
        may_start(self.text, span.start) && !self.text[span.end..].starts_with('_')
    }

    /// No word, decimal or hyphenated number goes on behind the window.
    pub(super) fn ends_clear(&self) -> bool {
        self.ends_word() && !self.is_joined_by(b'-')
    }

    fn is_joined_by(&self, joint: u8) -> bool {
        match &self.text.as_bytes()[self.span().end..] {
            [first, digit, ..] => *first == joint && digit.is_ascii_digit(),
            _ => false,
        }
    }

    /// Whether the groups have dots between them, and one before: a key of a table, not a number.
    fn is_dotted_through(&self) -> bool {
        self.gap(self.first) == "." && self.text[..self.span().start].ends_with('.')
    }

    fn is_whole_run(&self) -> bool {
        self.first == 0 && self.last == self.run.groups().len()
    }

    fn value(&self, n: usize) -> u32 {
        let digits = self.run.digits_of(n, n + 1);
        digits.iter().fold(0, |value, d| value * 10 + u32::from(*d))
    }

    /// Groups of four that read as plain numbers: all round, all alike, or in steps.
    fn is_series(&self) -> bool {
        /// Neighbours in a list of years or ports are not further apart.
        const STEP: u32 = 300;
        /// Nor is the whole of a list of code points or row numbers.
        const SPREAD: u32 = 100;
        let fours = (self.first..self.last).filter(|n| self.run.groups()[*n].span.len() == 4);
        let values = fours.map(|n| self.value(n));
        if values.clone().count() < 3 {
            return false;
        }
        let (least, most) = values
            .clone()
            .fold((u32::MAX, 0), |(least, most), v| (least.min(v), most.max(v)));
        let pairs = || values.clone().zip(values.clone().skip(1));
        values.clone().all(|v| v.is_multiple_of(10))
            || (1..=SPREAD).contains(&(most - least))
            || pairs().all(|(a, b)| a < b && b - a <= STEP)
            || pairs().all(|(a, b)| b < a && a - b <= STEP)
    }

    /// Whether the window stands in a row of numbers, or of hexadecimal words, that are not cards themselves.
    fn is_in_table(&self) -> bool {
        /// As many groups may stand around a card: an item's number, expiry date and code.
        const AROUND: usize = 4;
        let groups = self.run.groups();
        let gap = self.gap(self.first);
        let linked = |n: usize| self.gap(n) == gap;
        let fours = |n: usize| linked(n) && groups[n].span.len() == 4 && groups[n + 1].span.len() == 4;
        let before = (0..self.first).rev().take_while(|n| fours(*n)).count();
        let after = (self.first..groups.len() - 1).take_while(|n| fours(*n)).count();
        let block = before + after + 1;
        if block >= 8 {
            let mut aligned = (self.first - before..).step_by(4).take(block / 4);
            return !before.is_multiple_of(4)
                || !aligned.all(|n| card::card(self.run.digits_of(n, n + 4)).is_some());
        }
        let around = (0..self.first).rev().take_while(|n| linked(*n)).count()
            + (self.last - 1..groups.len() - 1)
                .take_while(|n| linked(*n))
                .count();
        around > AROUND || self.is_beside_hex()
    }

    /// Whether the next word on either side is four hexadecimal digits with a letter among them.
    fn is_beside_hex(&self) -> bool {
        let is_hex = |word: &[u8]| {
            word.iter().all(u8::is_ascii_hexdigit)
                && word.iter().any(u8::is_ascii_alphabetic)
                && word.iter().any(u8::is_ascii_digit)
        };
        let bytes = self.text.as_bytes();
        let span = self.span();
        let behind = match &bytes[span.end..] {
            [b' ' | b'\t' | b'\n', word @ ..] if word.len() >= 4 => is_hex(&word[..4]),
            _ => false,
        };
        behind
            || match &bytes[..span.start] {
                [word @ .., b' ' | b'\t' | b'\n'] if word.len() >= 4 => is_hex(&word[word.len() - 4..]),
                _ => false,
            }
    }
}
