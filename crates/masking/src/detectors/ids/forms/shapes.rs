//! The groupings in which people write numbers that need no word beside them.

use std::cell::Cell;

use crate::detectors::NumberRun;
use crate::detectors::ids::kind::IdKind;
use crate::detectors::ids::national::{americas, asia, europe};
use crate::detectors::ids::value::{may_end_glued, may_start, may_start_glued};
use crate::detectors::ids::{card, health};
use crate::detectors::number::Joint;
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

/// How many digits each group of a run has, a nibble for each; the groups behind the last have none.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Sizes(u64);

impl Sizes {
    const NIBBLE: usize = 4;
    /// Longer groups count as this long, which no shape's are.
    const MOST: usize = 15;

    pub(super) fn of(run: &NumberRun) -> Self {
        const { assert!(NumberRun::MAX_GROUPS * Self::NIBBLE <= u64::BITS as usize) };
        let sizes = run.groups().iter().rev();
        Self(sizes.fold(0, |all, group| {
            all << Self::NIBBLE | group.span.len().min(Self::MOST) as u64
        }))
    }

    const fn of_shape(sizes: &[usize]) -> Self {
        let (mut all, mut nth) = (0, sizes.len());
        while nth > 0 {
            nth -= 1;
            assert!(sizes[nth] < Self::MOST);
            all = all << Self::NIBBLE | sizes[nth] as u64;
        }
        Self(all)
    }

    const fn first(self) -> u64 {
        self.0 & Self::MOST as u64
    }

    /// Those from group `first` on.
    pub(super) const fn from(self, first: usize) -> Self {
        Self(self.0 >> (first * Self::NIBBLE))
    }

    /// Whether the first groups are as long as a shape's.
    const fn start_with(self, shape: Self, groups: usize) -> bool {
        (self.0 ^ shape.0) << (u64::BITS as usize - groups * Self::NIBBLE) == 0
    }
}

/// Groups of the longest shape.
const MAX_GROUPS: usize = 7;

/// One grouping with its check.
pub(super) struct Shape {
    /// Digits in each group.
    sizes: Sizes,
    groups: usize,
    gaps: Gaps,
    neighbours: Neighbours,
    pub(super) kind: IdKind,
    pub(super) score: Score,
    /// Judges the digits, as values.
    passes: fn(&[u8]) -> bool,
}

impl Shape {
    /// The window from group `first` on, if it is of this shape; its groups have the shape's sizes.
    pub(super) fn at<'a>(&self, text: &'a str, rows: &Rows<'a>, first: usize) -> Option<Window<'a>> {
        let window = Window::new(text, rows.run, first, self.groups);
        self.matches(&window, rows).then_some(window)
    }

    fn matches(&self, window: &Window<'_>, rows: &Rows<'_>) -> bool {
        (self.neighbours != Neighbours::None || window.is_whole_run())
            && (self.passes)(window.digits())
            && window.has_gaps(&self.gaps)
            && window.starts_clear()
            && match self.neighbours {
                Neighbours::Numbers => window.ends_clear(),
                Neighbours::Card => window.ends_word() && !window.is_series() && !window.is_in_table(rows),
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
        sizes: Sizes::of_shape(sizes),
        groups: sizes.len(),
        gaps: CARD_GAPS,
        neighbours: Neighbours::Card,
        kind: IdKind::Card,
        score: Score::CERTAIN,
        passes: |digits| card::card(digits).is_some(),
    }
}

const fn numbered(sizes: &'static [usize], gaps: Gaps, kind: IdKind, passes: fn(&[u8]) -> bool) -> Shape {
    Shape {
        sizes: Sizes::of_shape(sizes),
        groups: sizes.len(),
        gaps,
        neighbours: Neighbours::Numbers,
        kind,
        score: Score::STRONG,
        passes,
    }
}

const fn alone(sizes: &'static [usize], gaps: Gaps, kind: IdKind, passes: fn(&[u8]) -> bool) -> Shape {
    Shape {
        sizes: Sizes::of_shape(sizes),
        groups: sizes.len(),
        gaps,
        neighbours: Neighbours::None,
        kind,
        score: Score::LIKELY,
        passes,
    }
}

/// All shapes whose groups have the sizes that stand there.
pub(super) fn of_sizes(sizes: Sizes) -> impl Iterator<Item = &'static Shape> {
    let shapes = match sizes.first() {
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
    shapes
        .iter()
        .filter(move |shape| sizes.start_with(shape.sizes, shape.groups))
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
    numbered(&[3, 4, 4, 2], Gaps::Same(&["."]), IdKind::ChAhv, europe::ch_ahv),
    // England's numbers start with 4, 6 or 7; the same grouping is also a telephone number's.
    alone(&[3, 3, 4], SPACES, IdKind::UkNhs, |digits| {
        matches!(digits[0], 4 | 6 | 7) && health::uk_nhs(digits)
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

/// Whether eight digits stand at group `first`, whose sizes are the first of `sizes`, as `12.345.678`.
pub(super) fn is_dotted_eight(text: &str, run: &NumberRun, first: usize, sizes: Sizes) -> bool {
    const DOTTED: Sizes = Sizes::of_shape(&[2, 3, 3]);
    sizes.start_with(DOTTED, 3) && Window::new(text, run, first, 3).has_gaps(&Gaps::Same(&["."]))
}

/// A run's rows of groups of four, of which the last one judged is remembered: each card in a row asks for it.
pub(super) struct Rows<'a> {
    run: &'a NumberRun,
    /// Its first group, how many it has, and whether all of it are cards.
    judged: Cell<(usize, usize, bool)>,
}

impl<'a> Rows<'a> {
    pub(super) const fn of(run: &'a NumberRun) -> Self {
        Self {
            run,
            judged: Cell::new((0, 0, false)),
        }
    }

    /// Whether each four of the `count` groups from `from` on are a card.
    fn are_cards(&self, from: usize, count: usize) -> bool {
        let (judged_from, judged_count, are_cards) = self.judged.get();
        if (judged_from, judged_count) == (from, count) {
            return are_cards;
        }
        let mut fours = (from..).step_by(4).take(count / 4);
        let are_cards = fours.all(|n| card::card(self.run.digits_of(n, n + 4)).is_some());
        self.judged.set((from, count, are_cards));
        are_cards
    }
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

    /// What stands behind group `n` of the run, before the next one.
    fn gap(&self, n: usize) -> Joint {
        self.run.groups()[n + 1].joint
    }

    fn has_gaps(&self, gaps: &Gaps) -> bool {
        let mut between = (self.first..self.last - 1).map(|n| self.gap(n));
        match gaps {
            Gaps::Same(any) => {
                let first = self.gap(self.first);
                between.all(|gap| gap == first) && any.iter().any(|gap| first.bytes() == gap.as_bytes())
            }
            Gaps::Exactly(wanted) => wanted.iter().all(|gap| {
                between
                    .next()
                    .is_some_and(|joint| joint.bytes() == gap.as_bytes())
            }),
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
        self.gap(self.first).bytes() == b"." && self.text[..self.span().start].ends_with('.')
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
        let mut values = [0; MAX_GROUPS];
        let mut count = 0;
        for n in (self.first..self.last).filter(|n| self.run.groups()[*n].span.len() == 4) {
            values[count] = self.value(n);
            count += 1;
        }
        let values = &values[..count];
        let (Some(least), Some(most)) = (values.iter().min(), values.iter().max()) else {
            return false;
        };
        let mut pairs = values.windows(2);
        count >= 3
            && (values.iter().all(|v| v.is_multiple_of(10))
                || (1..=SPREAD).contains(&(most - least))
                || pairs
                    .clone()
                    .all(|pair| pair[0] < pair[1] && pair[1] - pair[0] <= STEP)
                || pairs.all(|pair| pair[1] < pair[0] && pair[0] - pair[1] <= STEP))
    }

    /// Whether the window stands in a row of numbers, or of hexadecimal words, that are not cards themselves.
    fn is_in_table(&self, rows: &Rows<'_>) -> bool {
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
            return !before.is_multiple_of(4) || !rows.are_cards(self.first - before, block);
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
