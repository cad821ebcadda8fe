//! Names behind titles: `Mr. Smith`, `Dr. Alice Jones`, `Frau Müller`, `Mme Dupont`. The title itself stays.

use super::super::names::{name_at, particles_end};
use super::super::text::{line_before, word_start};
use super::Span;
use crate::ByteSpan;
use crate::lexicon::is_common_word;

/// Lower case; in the text the first letter must be a capital and the others must not, unless the name is in capitals.
pub(super) const TITLES: &[&str] = &[
    "mr. ",
    "mr ",
    "mrs. ",
    "mrs ",
    "ms. ",
    "ms ",
    "mx. ",
    "miss ",
    "dr. ",
    "dr ",
    "prof. ",
    "prof ",
    "professor ",
    "sir ",
    "rev. ",
    "herr ",
    "herrn ",
    "frau ",
    "m. ",
    "mme ",
    "mme. ",
    "mlle ",
    "monsieur ",
    "madame ",
    "sr. ",
    "sra. ",
    "srta. ",
    "señor ",
    "señora ",
    "senhor ",
    "senhora ",
    "dona ",
    "doña ",
    "dra. ",
    "signor ",
    "signora ",
    "sig. ",
    "dott. ",
    "shri ",
    "smt. ",
    "dhr. ",
    "mevr. ",
    "prof.ssa ",
    "dott.ssa ",
    "sig.ra ",
    "avv. ",
    "docteur ",
    "maître ",
    "don ",
    "mevrouw ",
    "sayın ",
    "pan ",
    "pani ",
    "fru ",
    "de heer ",
    "Господин ",
    "Госпожа ",
    "господин ",
    "госпожа ",
    "г-н ",
    "г-жа ",
    "κ. ",
    "κα ",
    "Κύριος ",
    "Κυρία ",
    "κύριος ",
    "κυρία ",
];

/// Titles that prose writes in lower case too; what follows must then be no everyday word.
const SOFT: &[&str] = &[
    "monsieur ",
    "madame ",
    "docteur ",
    "maître ",
    "mevrouw ",
    "de heer ",
    "herrn ",
    "señor ",
    "señora ",
    "senhor ",
    "senhora ",
    "signor ",
    "signora ",
    "sayın ",
    "professor ",
    "pani ",
    "г-н ",
    "г-жа ",
    "господин ",
    "госпожа ",
    "κ. ",
    "κα ",
    "κύριος ",
    "κυρία ",
];
/// Titles that are other words as well: a known first name has to follow.
const WORDS: &[&str] = &["don ", "pan ", "pani ", "fru "];
const STREET_WINDOW: usize = 32;

/// The name behind the title at `at`.
pub(super) fn after_title(text: &str, at: ByteSpan) -> Option<Span> {
    if !word_start(text, at.start) {
        return None;
    }
    let title = &text[at.range()];
    let mut letters = title.chars().filter(|c| c.is_alphabetic());
    let is_soft = !letters.next().is_some_and(char::is_uppercase);
    if is_soft && !SOFT.contains(&title) {
        return None;
    }
    let shouted = letters.clone().any(char::is_uppercase);
    if title == "M. " && !is_monsieur(text, at.start) {
        return None;
    }
    let family = particles_end(text, at.end);
    let name = name_at(text, family)?;
    // `MR REVIEW` is no person, `MR. SMITH` is.
    let shout_fits = !shouted || name.is_capitals && (title.contains('.') || name.is_known);
    let word = title.to_lowercase();
    let is_plain =
        !WORDS.contains(&word.as_str()) && (!is_soft || !is_common_word(&text[name.start..name.end]));
    if !is_plain && !name.is_known {
        return None;
    }
    let street = title.starts_with("Dr") && follows_street(text, at.start);
    (shout_fits && !street && name.end - name.start > 1).then_some((at.end, name.end))
}

/// Whether `M.` is no initial (`Robert M. Smith`, `J. M. Smith`) and no numbering.
fn is_monsieur(text: &str, at: usize) -> bool {
    let before = line_before(text, at, STREET_WINDOW).trim_end();
    let word = before.rsplit(' ').next().unwrap_or_default();
    !word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
}

/// Whether `Dr` ends a street's name: `12 Mulholland Dr`.
fn follows_street(text: &str, at: usize) -> bool {
    let before = line_before(text, at, STREET_WINDOW).trim_end();
    before
        .rsplit(' ')
        .take(3)
        .skip(1)
        .any(|word| word.bytes().all(|b| b.is_ascii_digit()) && !word.is_empty())
}
