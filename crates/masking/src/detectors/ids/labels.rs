//! Identifiers that stand beside a word that names them: `SSN 078051120`, `护照号：E12345678`, `(943 476 5919, NHS number)`.
//!
//! [`table`] says which words name which kinds; [`reading`] says what a kind's values look like there.

mod column;
mod near;
mod reading;
mod table;

use super::kind::{IdKind, Reporter};
use super::value::{Value, may_begin_with_digits};
use crate::ByteSpan;
use crate::detectors::text::{
    char_at, char_before, has_word, is_unspaced, line_after, starts_with_ignore_case, value_after_label,
};
use crate::detectors::{Found, Rule, Wake};
use reading::{Certainty, Reading};
use table::{Label, Letters, Reach, TABLE};

/// What may be glued to a label: `passportnumber`, `Kontonummer`, `SSNs`.
const GLUED: &[&str] = &[
    "numbers", "nummern", "nummer", "number", "num", "nr", "no", "ids", "id", "s", "号码", "号", "番号",
    "번호",
];

/// What follows an abbreviation that is a label.
const MARKS: &[&str] = &[" ", ":", "#", "=", "\"", "'", "/", "_", "-", ")", "|", ",", "."];
/// No identifier has fewer letters and digits.
const MIN_CHARS: usize = 5;
/// How much of a label's line, and of the next line's indentation, is read to find a value below it.
const BELOW_BYTES: usize = 24;
/// How far before a label the word may stand that it needs.
const COMPANY_BYTES: usize = 72;

/// The rule for labelled identifiers.
pub(super) struct Labels {
    reporter: Reporter,
    /// For each literal, its row of the table.
    rows: Vec<usize>,
    literals: Vec<String>,
}

impl Labels {
    pub(super) fn new() -> Self {
        let (rows, literals) = TABLE
            .iter()
            .enumerate()
            .flat_map(|(row, label)| spellings(label).map(move |word| (row, word)))
            .unzip();
        Self {
            reporter: Reporter::new(),
            rows,
            literals,
        }
    }

    /// The value at `at`, reported under the kind of the label that it fits best; where it ends.
    fn report(
        &self,
        label: &Label,
        text: &str,
        at: usize,
        is_beside: bool,
        found: &mut Found,
    ) -> Option<usize> {
        if !may_begin_with_digits(text, at, label.least_digits()) {
            return None;
        }
        let value = Value::read(text, at, label.most_chars());
        let (kind, reading) = best(label, &value, is_beside)?;
        let span = value.span(reading.chars);
        self.reporter.push(found, kind, span, reading.certainty.score());
        Some(span.end)
    }

    /// The values behind the label, or the one before it.
    fn around(&self, label: &Label, text: &str, at: ByteSpan, found: &mut Found) {
        if !self.behind(label, text, at.end, found) && label.reach == Reach::Near {
            self.before(label, text, at.start, found);
        }
    }

    /// The value behind the label, and the list that it may be the first of.
    fn behind(&self, label: &Label, text: &str, end: usize, found: &mut Found) -> bool {
        let beside = value_beside(text, end);
        let first = match label.reach {
            Reach::Beside => beside.and_then(|at| self.report(label, text, at, true, found)),
            Reach::Near => beside
                .and_then(|at| self.report(label, text, at, true, found))
                .or_else(|| {
                    near::candidates(text, end)
                        .filter(|at| beside != Some(*at))
                        .find_map(|at| self.report(label, text, at, false, found))
                }),
        };
        let mut listed = first;
        while let Some(at) = listed.and_then(|end| near::next_of_list(text, end)) {
            listed = self.report(label, text, at, true, found);
        }
        first.is_some()
    }

    /// The value of an abbreviation in lower case: `sin: 046454286` is a key; `sin(046454286)` is not.
    fn key(&self, label: &Label, text: &str, end: usize, found: &mut Found) {
        let assigned = text[end..]
            .trim_start_matches(['"', '\'', ' '])
            .starts_with([':', '=']);
        if let Some(at) = value_after_label(text, end).filter(|_| assigned) {
            self.report(label, text, at, false, found);
        }
    }

    /// The value before the label: `943 476 5919 (NHS number)`.
    fn before(&self, label: &Label, text: &str, start: usize, found: &mut Found) {
        let Some(ended) = near::value_before(text, start) else {
            return;
        };
        let chars = |bytes: &[u8]| bytes.iter().filter(|b| b.is_ascii_alphanumeric()).count();
        let least = label.least_digits();
        for at in near::group_starts(text, ended).filter(|at| may_begin_with_digits(text, *at, least)) {
            if chars(&text.as_bytes()[at..ended]) < MIN_CHARS {
                break;
            }
            let value = Value::read(&text[..ended], at, label.most_chars());
            let fitting =
                best(label, &value, false).filter(|(_, reading)| value.span(reading.chars).end == ended);
            if let Some((kind, reading)) = fitting {
                let span = ByteSpan::new(at, ended);
                self.reporter.push(found, kind, span, reading.certainty.score());
                return;
            }
        }
    }

    /// The values below a label that heads a column, down to the first cell that holds none.
    fn below(&self, label: &Label, text: &str, at: ByteSpan, found: &mut Found) {
        for cell in column::cells_below(text, at) {
            let value = Value::read(text, cell.start, label.most_chars());
            let fitting =
                best(label, &value, true).filter(|(_, reading)| value.span(reading.chars).end == cell.end);
            let Some((kind, reading)) = fitting else {
                return;
            };
            self.reporter.push(found, kind, cell, reading.certainty.score());
        }
    }
}

/// The kind that is surest of the value; of equals the label's first.
fn best(label: &Label, value: &Value, is_beside: bool) -> Option<(IdKind, Reading)> {
    if value.len() < MIN_CHARS {
        return None;
    }
    let may_be_wrong = label.is_explicit && is_beside;
    label
        .kinds
        .iter()
        .rev()
        .filter_map(|kind| Some((*kind, reading::read(*kind, value, is_beside)?)))
        .filter(|(_, reading)| may_be_wrong || reading.certainty > Certainty::Length)
        .max_by_key(|(_, reading)| reading.certainty)
}

impl Rule for Labels {
    fn literals(&self) -> Vec<String> {
        self.literals.clone()
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let Wake::Literal { index, at } = wake else {
            return;
        };
        let label = &TABLE[self.rows[index]];
        let at = without_mark(text, at);
        let Some(end) = label_end(text, at).filter(|_| label_starts(text, at.start)) else {
            return;
        };
        let is_lower = || text.as_bytes()[at.range()].iter().any(u8::is_ascii_lowercase);
        if label.letters == Letters::Capital && is_lower() {
            self.key(label, text, end, found);
        } else if label.company.is_empty() || has_company(label, text, at.start, end) {
            let at = ByteSpan::new(at.start, end);
            if near::has_digit_around(text, at) {
                self.around(label, text, at, found);
            }
            self.below(label, text, at, found);
        }
    }
}

/// Where the value of a label that ends at `end` starts: as elsewhere, or at once behind a word of a script without
/// spaces, or in the next line of a form.
fn value_beside(text: &str, end: usize) -> Option<usize> {
    value_after_label(text, end)
        .or_else(|| {
            let unspaced = char_before(text, end).is_some_and(is_unspaced);
            (unspaced && char_at(text, end).is_some_and(|c| c.is_ascii_alphanumeric())).then_some(end)
        })
        .or_else(|| value_below(text, end))
}

/// The first letter or digit of the next line, when nothing else follows the label in its own.
fn value_below(text: &str, end: usize) -> Option<usize> {
    let rest = line_after(text, end, BELOW_BYTES);
    let word = rest.trim_matches(|c: char| !c.is_alphanumeric());
    let line_end = end + rest.len();
    let below = text[line_end..]
        .strip_prefix('\r')
        .unwrap_or(&text[line_end..])
        .strip_prefix('\n')?;
    let indented = below.trim_start_matches([' ', '\t', '"', '\'', '*', '-', '|', '>']);
    let is_alone = word.is_empty()
        || ["number", "no", "nr", "id"]
            .iter()
            .any(|noise| word.eq_ignore_ascii_case(noise));
    let is_near = below.len() - indented.len() <= BELOW_BYTES;
    (is_alone && is_near && indented.starts_with(|c: char| c.is_ascii_alphanumeric()))
        .then(|| text.len() - indented.len())
}

/// A label's words with the separators that keys and identifiers write between them. Short abbreviations stand inside many
/// words, so that they wake with what follows them.
fn spellings(label: &Label) -> impl Iterator<Item = String> {
    let (between, behind) = match label.letters {
        Letters::Any => (&[" ", "_", "-", ""][..], &[""][..]),
        Letters::Capital => (&[" "][..], MARKS),
    };
    label.words.iter().flat_map(move |words| {
        let between = if words.contains(' ') { between } else { &[""] };
        between.iter().flat_map(move |between| {
            let word = words.replace(' ', between);
            behind.iter().map(move |mark| format!("{word}{mark}"))
        })
    })
}

/// The literal's place without the mark that an abbreviation wakes with.
fn without_mark(text: &str, at: ByteSpan) -> ByteSpan {
    let label = text[at.range()].trim_end_matches(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric());
    ByteSpan::new(at.start, at.start + label.len())
}

/// Whether a value follows the label and one of the words that it needs stands shortly before it.
fn has_company(label: &Label, text: &str, start: usize, end: usize) -> bool {
    let fits = |at: usize| best(label, &Value::read(text, at, label.most_chars()), true).is_some();
    value_beside(text, end).is_some_and(fits) && {
        let from = text.ceil_char_boundary(start.saturating_sub(COMPANY_BYTES));
        label
            .company
            .iter()
            .any(|word| has_word(&text[from..start], word))
    }
}

/// Whether a label may start here: at a word's start, behind `_`, or at a hump of `camelCase`.
fn label_starts(text: &str, at: usize) -> bool {
    let here = char_at(text, at);
    match char_before(text, at) {
        Some(before) if here.is_some_and(is_unspaced) || is_unspaced(before) => true,
        Some(before) if before.is_ascii_lowercase() => here.is_some_and(|c| c.is_ascii_uppercase()),
        Some(before) => !before.is_alphanumeric(),
        None => true,
    }
}

/// Where a label ends, with what is glued to it and an abbreviation's dot; `None` when it is only the start of a longer
/// word.
fn label_end(text: &str, at: ByteSpan) -> Option<usize> {
    let rest = &text[at.end..];
    let may_be_glued = |byte: u8| !byte.is_ascii() || byte.is_ascii_alphabetic();
    let glued = GLUED
        .iter()
        .filter(|_| rest.bytes().next().is_some_and(may_be_glued))
        .find(|glued| starts_with_ignore_case(rest, glued) && is_end(text, at.end + glued.len()));
    let end = match glued {
        Some(glued) => at.end + glued.len(),
        None if is_end(text, at.end) => at.end,
        None => return None,
    };
    let dotted = matches!(text.as_bytes()[end..], [b'.', b' ' | b':' | b'#', ..]);
    Some(end + usize::from(dotted))
}

/// Whether a label's last word ends at `at`: no letter goes on, except as the next hump of `camelCase`.
fn is_end(text: &str, at: usize) -> bool {
    match char_at(text, at) {
        Some(next) if is_unspaced(next) || char_before(text, at).is_some_and(is_unspaced) => true,
        Some(next) if next.is_ascii_uppercase() => {
            char_before(text, at).is_some_and(|c| c.is_ascii_lowercase())
        }
        Some(next) => !next.is_alphabetic(),
        None => true,
    }
}

#[cfg(test)]
mod tests;
