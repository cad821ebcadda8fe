//! Numbers glued to their neighbours: `acctDE89...`, `?31DE89...?32`, `SSN536904399`, `PAN4539...EXP0927`.
//!
//! What a check digit and the form of a country prove may have words directly before and behind it; what has no check
//! needs the word that names it directly before it.

mod named;

use self::named::{NAMED, digits};
use super::card::{self, Card};
use super::iban;
use super::kind::{IdKind, Reporter};
use super::national::{americas, europe};
use super::value::Value;
use crate::detectors::text::{ends_with_ignore_case, starts_with_ignore_case};
use crate::detectors::{Found, NumberRun, Rule, Wake};
use crate::{ByteSpan, Score};

/// How far before a long number the country of its IBAN may stand: `MT84 MALT 0110 0001...`.
const COUNTRY_REACH: usize = 14;
/// Letters and digits of the words that are looked for in a longer one: `codicefiscaleRSSMRA85T10A562S`.
const CODICE: usize = 16;

/// Words that name a card, before its number, and what stands behind one.
#[rustfmt::skip]
const CARD_WORDS: &[&str] = &[
    "card", "cc", "pan", "ccnum", "visa", "amex", "mastercard", "karte", "carte", "tarjeta", "carta",
];
const BEHIND_CARD: &[&str] = &["exp", "cvv", "cvc", "cid", "valid", "cad", "gültig", "mm/yy"];

/// The rule for what is glued.
pub(super) struct Glued {
    reporter: Reporter,
}

impl Glued {
    pub(super) fn new() -> Self {
        Self {
            reporter: Reporter::new(),
        }
    }

    fn number(&self, text: &str, run: &NumberRun, found: &mut Found) {
        let start = run.groups()[0].span.start;
        let before = &text.as_bytes()[..start];
        let beside = before.last().copied().unwrap_or(b' ');
        if (beside.is_ascii_alphabetic() || is_gap(beside) && ends_in_letter(before))
            && let Some(span) = iban_around(text, start)
        {
            self.reporter.push(found, IdKind::Iban, span, Score::CERTAIN);
        }
        let is_marked = matches!(beside, b'#' | b':' | b'=') || before.ends_with(b"# ");
        if beside.is_ascii_alphabetic() || is_marked {
            self.named(text, start, found);
        }
        for (nth, group) in run.groups().iter().enumerate() {
            if (15..=16).contains(&group.span.len()) {
                self.card(text, group.span, run.digits_of(nth, nth + 1), found);
            } else if group.span.len() == 4
                && run.groups()[nth..]
                    .iter()
                    .take(4)
                    .all(|group| group.span.len() == 4)
            {
                let last = run.groups().len().min(nth + 4);
                self.card(text, run.span_of(nth, last), run.digits_of(nth, last), found);
            }
            if group.span.len() == 9 && is_hl7_ssn(text, group.span) {
                self.reporter
                    .push(found, IdKind::UsSsn, group.span, Score::STRONG);
            }
        }
    }

    /// The number at `start`, directly behind the word that names it, or one mark between.
    fn named(&self, text: &str, start: usize, found: &mut Found) {
        let before = text[..start].trim_end_matches(' ');
        let marked = before.strip_suffix(['#', ':', '=']).unwrap_or(before);
        let named = NAMED
            .iter()
            .find(|named| is_word_before(marked, named.word) || is_word_before(before, named.word))
            .map(|named| (named.kind, named.chars, named.passes));
        let found_here = named.and_then(|(kind, chars, passes)| {
            let value = Value::read(text, start, chars + 1);
            value.cut(chars).filter(|chars| passes(chars))?;
            Some((kind, value.span(chars)))
        });
        if let Some((kind, span)) = found_here.or_else(|| nino(text, start)) {
            self.reporter.push(found, kind, span, Score::STRONG);
        }
    }

    /// A card's number with a word before or behind it that names it.
    fn card(&self, text: &str, span: ByteSpan, digits: &[u8], found: &mut Found) {
        let (before, behind) = (&text[..span.start], &text[span.end..]);
        let is_glued = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphabetic());
        // A card's first track: `%B4539...^NAME^`.
        let is_track = before.ends_with("%B") && behind.starts_with('^');
        if !is_glued(before.bytes().next_back()) && !is_glued(behind.bytes().next()) {
            return;
        }
        let is_named = is_track
            || CARD_WORDS.iter().any(|word| is_word_before(before, word))
            || BEHIND_CARD
                .iter()
                .any(|word| starts_with_ignore_case(behind, word));
        if is_named && card::card(digits) == Some(Card::Bare) {
            self.reporter.push(found, IdKind::Card, span, Score::STRONG);
        }
    }

    /// A tax code of an Italian person among the letters and digits of a longer word.
    fn mixed(&self, text: &str, word: ByteSpan, found: &mut Found) {
        let bytes = &text.as_bytes()[word.range()];
        if bytes.len() <= CODICE {
            return;
        }
        let at = bytes.windows(CODICE).position(|chars| {
            chars[0].is_ascii_uppercase()
                && chars[9..11].iter().all(u8::is_ascii_digit)
                && europe::it_codice_fiscale(chars)
        });
        if let Some(at) = at {
            let start = word.start + at;
            let span = ByteSpan::new(start, start + CODICE);
            self.reporter
                .push(found, IdKind::ItCodiceFiscale, span, Score::STRONG);
        }
    }
}

impl Rule for Glued {
    fn on_numbers(&self) -> bool {
        true
    }

    fn on_mixed(&self) -> bool {
        true
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        match wake {
            Wake::Number(run) => self.number(text, run, found),
            Wake::Mixed(word) => self.mixed(text, word, found),
            _ => {}
        }
    }
}

const fn is_gap(byte: u8) -> bool {
    matches!(byte, b' ' | b'-' | b'.')
}

fn ends_in_letter(before: &[u8]) -> bool {
    matches!(before, [.., letter, _] if letter.is_ascii_alphanumeric())
}

/// The IBAN whose digits reach a long number at `number`: its two letters and two digits stand shortly before.
fn iban_around(text: &str, number: usize) -> Option<ByteSpan> {
    let bytes = text.as_bytes();
    (2..=COUNTRY_REACH.min(number)).find_map(|back| {
        let start = number - back;
        match bytes[start..] {
            [a, b, c, d, ..]
                if a.is_ascii_alphabetic()
                    && b.is_ascii_alphabetic()
                    && c.is_ascii_digit()
                    && d.is_ascii_digit() =>
            {
                iban_at(text, start, [a.to_ascii_uppercase(), b.to_ascii_uppercase()])
            }
            _ => None,
        }
    })
}

/// The IBAN that starts at `start`, whatever stands around it, but for a digit directly behind.
fn iban_at(text: &str, start: usize, country: [u8; 2]) -> Option<ByteSpan> {
    let chars = iban::length(country)?;
    let value = Value::read_over_breaks(text, start, chars + 1);
    value
        .cut(chars)
        .filter(|chars| iban::is_iban(chars) && iban::has_bank_form(chars))
        .map(|_| value.span(chars))
}

/// Whether `before` ends in `word`, and not as the end of a longer one.
fn is_word_before(before: &str, word: &str) -> bool {
    ends_with_ignore_case(before, word)
        && !before.as_bytes()[..before.len() - word.len()]
            .last()
            .is_some_and(u8::is_ascii_alphanumeric)
}

/// `NINOAB123456C`: a British insurance number directly behind its word; `digits` is where its digits start.
fn nino(text: &str, digits: usize) -> Option<(IdKind, ByteSpan)> {
    let start = digits
        .checked_sub(2)
        .filter(|start| text.is_char_boundary(*start))?;
    if !is_word_before(&text[..start], "nino") {
        return None;
    }
    let value = Value::read(text, start, 10);
    let is_one = !value.has_lower(9) && value.cut(9).is_some_and(europe::uk_nino);
    is_one.then(|| (IdKind::UkNino, value.span(9)))
}

/// Whether an identifier of HL7 says that it is a social security number: `536904399^^^USSSA^SS`.
fn is_hl7_ssn(text: &str, span: ByteSpan) -> bool {
    const COMPONENTS: usize = 48;
    let rest = &text.as_bytes()[span.end..];
    if rest.first() != Some(&b'^') {
        return false;
    }
    let end = rest
        .iter()
        .take(COMPONENTS)
        .position(|b| matches!(b, b'~' | b'|' | b'\n' | b'\r'))
        .unwrap_or(rest.len().min(COMPONENTS));
    let is_type = |component: &[u8]| component == b"SS";
    rest[..end].split(|b| *b == b'^').nth(4).is_some_and(is_type)
        && digits::<9>(&text.as_bytes()[span.range()], americas::us_ssn)
}

#[cfg(test)]
mod tests {
    use super::Glued;
    use crate::detectors::testing::{assert_finds, endure};

    fn finds(cases: &[(&str, &[&str])]) {
        assert_finds(Glued::new, cases);
    }

    #[test]
    fn ibans_need_no_space_around_them_and_no_capitals() {
        finds(&[
            ("?31DE89370400440532013000?32X", &["DE89370400440532013000"]),
            ("IBAN:DE89370400440532013000BIC:X", &["DE89370400440532013000"]),
            ("acctDE89370400440532013000", &["DE89370400440532013000"]),
            ("iban nl91abna0417164300", &["nl91abna0417164300"]),
            ("gb29 nwbk 6016 1331 9268 19 is", &["gb29 nwbk 6016 1331 9268 19"]),
            (
                "RO49 AAAA 1B31 0075 9384 0000",
                &["RO49 AAAA 1B31 0075 9384 0000"],
            ),
            ("DE89.3704.0044.0532.0130.00", &["DE89.3704.0044.0532.0130.00"]),
            (
                "DE89 3704 0044\n 0532 0130 00",
                &["DE89 3704 0044\n 0532 0130 00"],
            ),
            ("xDE89370400440532013001", &[]),
            ("xDE893704004405320130009", &[]),
            ("commit be68539007547035", &[]),
            // The check passes, but no bank of the country has letters there.
            ("x de85a70400440532013000", &[]),
        ]);
    }

    #[test]
    fn a_word_directly_before_names_a_number() {
        finds(&[
            ("SSN536904399DOB", &["536904399"]),
            ("SSN#536-90-4399", &["536-90-4399"]),
            ("CPF529.982.247-25", &["529.982.247-25"]),
            ("cpf:529.982.247-25RG:1", &["529.982.247-25"]),
            ("ss# 536904399", &["536904399"]),
            ("%B4539578763621486^TILSITER/M^2709", &["4539578763621486"]),
            ("DNI12345678Z", &["12345678Z"]),
            ("PESEL44051401359", &["44051401359"]),
            ("IdNr86095742719", &["86095742719"]),
            ("NINOAB123456C", &["AB123456C"]),
            ("codicefiscaleRSSMRA85T10A562S", &["RSSMRA85T10A562S"]),
            ("~536904399^^^USSSA^SS", &["536904399"]),
            ("CC:4539578763621486EXP0927", &["4539578763621486"]),
            ("card4539578763621486", &["4539578763621486"]),
            ("4539 5787 6362 1486EXP0927", &["4539 5787 6362 1486"]),
            ("NHS4677371210", &["4677371210"]),
        ]);
        for text in [
            "order536904399",
            "xssn536904399",
            "SSN5369043991",
            "BSN111222334",
            "~536904399^^^HOSP^MR",
            "x4539578763621486EX",
            "card4539578763621487",
            "discard4539578763621486",
            "codicefiscaleRSSMRA85T10A562T",
        ] {
            finds(&[(text, &[])]);
        }
    }

    #[test]
    fn hostile_runs_are_bounded() {
        endure(
            Glued::new(),
            &[
                "de89370400",
                "ssn1",
                "a1",
                "nl91 abna ",
                "1^^^^SS",
                "RSSMRA85T10A",
                "card4539578763621486x",
            ],
        );
    }
}
