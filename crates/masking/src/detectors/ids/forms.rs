//! Identifiers that show themselves: a number's grouping, length, prefix or checksum, no word needed beside it.

mod dump;
mod shapes;

use super::card::{self, Card};
use super::kind::{IdKind, Reporter};
use super::national::{asia, europe};
use super::value::{Value, may_end_glued, may_start, may_start_glued};
use super::{iban, vat};
use crate::detectors::text::{is_han, line_after, line_before, word_end};
use crate::detectors::{Found, NumberRun, Rule, Wake};
use crate::{ByteSpan, Score};
use shapes::{Rows, Sizes, Window};

/// Digits that must follow a country code nearby before anything is read.
const CODE_DIGITS: usize = 5;
/// How near.
const CODE_REACH: usize = 12;

/// The rule for numbers, country codes before numbers, and words of letters and digits.
pub(super) struct Forms {
    reporter: Reporter,
}

impl Forms {
    pub(super) fn new() -> Self {
        Self {
            reporter: Reporter::new(),
        }
    }

    fn number(&self, text: &str, run: &NumberRun, found: &mut Found) {
        self.spaced_code(text, run.groups()[0].span.start, found);
        let (all, rows) = (Sizes::of(run), Rows::of(run));
        for first in 0..run.groups().len() {
            let (size, sizes) = (run.digits_of(first, first + 1).len(), all.from(first));
            if (14..=19).contains(&size) {
                self.unbroken(text, run, first, found);
            }
            if size == 8 {
                self.dni(text, run.groups()[first].span, found);
            } else if size == 2 && shapes::is_dotted_eight(text, run, first, sizes) {
                self.dni(text, run.span_of(first, first + 3), found);
            }
            for shape in shapes::of_sizes(sizes) {
                if let Some(window) = shape.at(text, &rows, first)
                    && !dump::is_among_bytes(text, window.span())
                {
                    self.reporter.push(found, shape.kind, window.span(), shape.score);
                }
            }
        }
    }

    /// One group of 14 to 19 digits.
    fn unbroken(&self, text: &str, run: &NumberRun, first: usize, found: &mut Found) {
        let digits = run.digits_of(first, first + 1);
        let (kind, score) = match digits.len() {
            size if card::card(digits) == Some(Card::Bare) => {
                if size < 16 && is_table_entry(text, run.groups()[first].span) {
                    return;
                }
                (IdKind::Card, Score::STRONG)
            }
            15 if shapes::is_nir(digits) && digits[0] <= 2 => (IdKind::FrNir, Score::STRONG),
            18 if shapes::is_resident_id(digits) => (IdKind::CnResidentId, Score::CERTAIN),
            18 if digits[0] == 9 && matches!(digits[1], 1..=3) && shapes::is_uscc(digits) => {
                (IdKind::CnUscc, Score::STRONG)
            }
            _ => return,
        };
        let window = Window::new(text, run, first, 1);
        if window.starts_clear() && window.ends_clear() {
            self.reporter.push(found, kind, window.span(), score);
        }
    }

    /// Eight digits, perhaps with dots: a Spanish DNI when its letter follows.
    fn dni(&self, text: &str, digits: ByteSpan, found: &mut Found) {
        let letter_at = match text.as_bytes()[digits.end..] {
            [b'A'..=b'Z', ..] => digits.end,
            [b'-', b'A'..=b'Z', ..] => digits.end + 1,
            _ => return,
        };
        let end = letter_at + 1;
        if !word_end(text, end) || !may_start(text, digits.start) || is_literal(text, digits.start, letter_at)
        {
            return;
        }
        let value = Value::read(text, digits.start, 9);
        if value.upto(9).is_some_and(europe::es_dni) {
            self.reporter.push(
                found,
                IdKind::EsDni,
                ByteSpan::new(digits.start, end),
                Score::STRONG,
            );
        }
    }

    /// Capitals and one separator before a number: `DE 123 456 789`, `AB 12 34 56 C`, `X-1234567-L`.
    fn spaced_code(&self, text: &str, number: usize, found: &mut Found) {
        let before = &text.as_bytes()[..number];
        let [letters @ .., b' ' | b'-'] = before else {
            return;
        };
        let count = letters
            .iter()
            .rev()
            .take(4)
            .take_while(|b| b.is_ascii_uppercase())
            .count();
        if (1..=3).contains(&count) {
            self.code(text, ByteSpan::new(letters.len() - count, letters.len()), found);
        }
    }

    /// Capitals before a number: a country code, or the letters that some ids start with.
    fn code(&self, text: &str, letters: ByteSpan, found: &mut Found) {
        let reach = &text.as_bytes()[letters.end..];
        let digits = reach
            .iter()
            .take(CODE_REACH)
            .filter(|b| b.is_ascii_digit())
            .count();
        let is_own_word = may_start(text, letters.start);
        if digits < CODE_DIGITS || !is_own_word && !may_start_glued(text, letters.start) {
            return;
        }
        let country = [text.as_bytes()[letters.start], text.as_bytes()[letters.end - 1]];
        let most = iban::length(country).unwrap_or(0).max(vat::MAX_CHARS);
        let mut value = Value::read(text, letters.start, most);
        let spaced = !reach[0].is_ascii_digit();
        let hit = match text.as_bytes()[letters.range()] {
            // Behind the `_` of a name, only what a strong check tells.
            [a, b] if !is_own_word => iban_in(&value, [a, b]),
            _ if !is_own_word => None,
            [b'X'..=b'Z'] if value.whole(9).is_some_and(europe::es_nie) => {
                Some((IdKind::EsNie, 9, Score::STRONG))
            }
            [_] if is_near_han(text, letters) => value
                .whole(10)
                .filter(|chars| asia::tw_national_id(chars))
                .map(|_| (IdKind::TwNationalId, 10, Score::LIKELY)),
            [a, b] => iban_in(&value, [a, b])
                .or_else(|| wrapped_iban(text, letters.start, [a, b], &mut value))
                .or_else(|| nino_in(&value, spaced))
                .or_else(|| vat_in(&value, [a, b], spaced)),
            [a, b, ..] => vat_in(&value, [a, b], spaced),
            _ => None,
        };
        if let Some((kind, chars, score)) = hit {
            self.reporter.push(found, kind, value.span(chars), score);
        }
    }

    /// A word of letters and digits.
    fn mixed(&self, text: &str, word: ByteSpan, found: &mut Found) {
        let bytes = &text.as_bytes()[word.range()];
        let kind = match bytes.len() {
            15 if europe::fr_nir(bytes) => IdKind::FrNir,
            16 if bytes[0].is_ascii_uppercase() && europe::it_codice_fiscale(bytes) => {
                IdKind::ItCodiceFiscale
            }
            18 if is_resident_id_with_x(bytes) => IdKind::CnResidentId,
            18 if asia::cn_uscc(bytes) => IdKind::CnUscc,
            _ => return,
        };
        if may_start_glued(text, word.start) && may_end_glued(text, word.end) {
            self.reporter.push(found, kind, word, Score::CERTAIN);
        }
    }
}

impl Rule for Forms {
    fn on_numbers(&self) -> bool {
        true
    }

    fn on_codes(&self) -> bool {
        true
    }

    fn on_mixed(&self) -> bool {
        true
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        match wake {
            Wake::Number(run) => self.number(text, run, found),
            Wake::Code(letters) => self.code(text, letters, found),
            Wake::Mixed(word) => self.mixed(text, word, found),
            Wake::Literal { .. } | Wake::Postcode(_) | Wake::Whole(_) => {}
        }
    }
}

/// Whether the next number on either side, behind a comma or white space, is as long and no card: this is data. Nothing
/// but the check tells a card of 14 or 15 digits there, and every tenth number passes it.
fn is_table_entry(text: &str, span: ByteSpan) -> bool {
    const LONG: std::ops::RangeInclusive<usize> = 12..=20;
    const MAX_GAP: usize = 12;
    let bytes = text.as_bytes();
    let is_gap = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b',');
    let is_other = |digits: &[u8]| {
        let values: Vec<u8> = digits.iter().map(|b| b - b'0').collect();
        LONG.contains(&values.len()) && card::card(&values).is_none()
    };
    let after = &bytes[span.end..];
    let gap = after.iter().take(MAX_GAP).take_while(|b| is_gap(b)).count();
    let digits = after[gap..]
        .iter()
        .take(LONG.end() + 1)
        .take_while(|b| b.is_ascii_digit())
        .count();
    if gap > 0 && is_other(&after[gap..gap + digits]) {
        return true;
    }
    let before = &bytes[..span.start];
    let gap = before
        .iter()
        .rev()
        .take(MAX_GAP)
        .take_while(|b| is_gap(b))
        .count();
    let end = before.len() - gap;
    let digits = before[..end]
        .iter()
        .rev()
        .take(LONG.end() + 1)
        .take_while(|b| b.is_ascii_digit())
        .count();
    gap > 0 && is_other(&before[end - digits..end])
}

/// Whether Chinese stands on the same line, close by.
fn is_near_han(text: &str, at: ByteSpan) -> bool {
    const WINDOW: usize = 48;
    let has_han = |text: &str| text.chars().any(is_han);
    has_han(line_before(text, at.start, WINDOW)) || has_han(line_after(text, at.end, WINDOW))
}

type Hit = (IdKind, usize, Score);

fn iban_in(value: &Value, country: [u8; 2]) -> Option<Hit> {
    let chars = iban::length(country)?;
    value
        .upto_glued(chars)
        .filter(|text| iban::is_iban(text))
        .map(|_| (IdKind::Iban, chars, Score::CERTAIN))
}

/// An IBAN that goes on in the next line; `value` is then read over the break.
fn wrapped_iban(text: &str, start: usize, country: [u8; 2], value: &mut Value) -> Option<Hit> {
    let chars = iban::length(country).filter(|chars| value.len() < *chars)?;
    let wrapped = Value::read_over_breaks(text, start, chars);
    let hit = iban_in(&wrapped, country)?;
    *value = wrapped;
    Some(hit)
}

fn nino_in(value: &Value, spaced: bool) -> Option<Hit> {
    let spacing = !spaced
        || value.is_grouped(&[2, 2, 2, 2, 1])
        || value.is_grouped(&[2, 6, 1])
        || value.is_grouped(&[2, 7]);
    (spacing && !value.has_lower(9) && europe::uk_nino(value.whole(9)?)).then_some((
        IdKind::UkNino,
        9,
        Score::STRONG,
    ))
}

fn vat_in(value: &Value, country: [u8; 2], spaced: bool) -> Option<Hit> {
    // Two capitals and a short number happen: `DK 12345678` needs a word beside it.
    let shortest = if spaced { 11 } else { 8 };
    let mut lengths = vat::lengths(country).iter().map(|body| body + 2);
    let chars = lengths.find(|&n| {
        n >= shortest
            && !value.has_lower(n)
            && value
                .whole(n)
                .is_some_and(|chars| vat::is_vat(country, &chars[2..]))
    })?;
    Some((
        IdKind::Vat,
        chars,
        if spaced { Score::LIKELY } else { Score::STRONG },
    ))
}

/// Whether eight digits with a letter behind are a typed number of a program (`12345678L`), not a DNI.
fn is_literal(text: &str, start: usize, letter_at: usize) -> bool {
    let bytes = text.as_bytes();
    let suffix = letter_at == start + 8 && matches!(bytes[letter_at], b'L' | b'F' | b'D' | b'M');
    let before = bytes[..start].iter().rev().find(|b| !matches!(b, b' ' | b'\t'));
    suffix
        && (matches!(
            before,
            Some(
                b'=' | b'('
                    | b'['
                    | b'{'
                    | b'<'
                    | b'>'
                    | b'+'
                    | b'-'
                    | b'*'
                    | b'/'
                    | b'%'
                    | b'&'
                    | b'|'
                    | b'?'
            )
        ) || matches!(bytes.get(letter_at + 1), Some(b';' | b']' | b'}'))
            || text[..start].trim_end().ends_with("return"))
}

fn is_resident_id_with_x(chars: &[u8]) -> bool {
    let mut upper = [0; 18];
    upper.copy_from_slice(chars);
    upper[17].make_ascii_uppercase();
    upper[17] == b'X' && asia::cn_resident_id(&upper)
}

#[cfg(test)]
mod tests;
