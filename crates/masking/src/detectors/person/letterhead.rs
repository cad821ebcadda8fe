//! Names that stand on a line of their own because of the line above: below a title (`Frau`, `Madame`) in a letter's head,
//! and below the dashes before a signature. Also the line of a signature that says how to reach somebody.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::super::names::{self, name_at};
use super::Span;
use super::value::{Trust, person_in};
use crate::ByteSpan;

/// Lines that hold nothing else stand before a name.
#[rustfmt::skip]
const HEADS: &[&str] = &[
    "Frau", "Herr", "Herrn", "Frau Dr.", "Herrn Dr.", "Herrn Prof. Dr.", "Frau Prof. Dr.", "An Frau", "An Herrn", "Familie", "Eheleute",
    "Madame", "Monsieur", "Mademoiselle", "Mme", "M.", "Maître", "Docteur", "Mr.", "Mrs.", "Ms.", "Mr", "Mrs", "Ms", "Miss", "Dr.",
    "Señor", "Señora", "Sr.", "Sra.", "D.", "Dña.", "Don", "Doña", "Signor", "Signora", "Sig.", "Sig.ra", "Egr. Sig.", "Gent.ma Sig.ra",
    "Senhor", "Senhora", "Exmo. Senhor", "Exma. Senhora", "De heer", "Mevrouw", "Dhr.", "Mevr.", "Pan", "Pani", "Sz. P.", "Szanowny Pan",
    "Szanowna Pani", "Sayın", "Attn.", "Attn:", "z. Hd.", "z.Hd.", "c/o", "Господин", "Госпожа", "Гражданин", "Гражданка",
    "Bill to", "Bill To", "BILL TO", "Ship to", "Ship To", "SHIP TO", "Sold to", "Sold To", "Billing address", "Shipping address",
    "Rechnungsadresse", "Rechnungsempfänger", "Lieferadresse", "Lieferanschrift", "Empfänger", "Absender", "Facturé à", "Livré à",
    "Adresse de facturation", "Adresse de livraison", "Facturar a", "Intestatario", "Spett.le", "Patient", "Patientin", "Name", "Nom", "Nombre",
    "--", "—",
];
/// Longest line of them.
const LONGEST: usize = 24;
/// Longest line with a name.
const LONGEST_LINE: usize = 200;

static TABLE: LazyLock<HashSet<&'static str>> = LazyLock::new(|| HEADS.iter().copied().collect());

/// Reports the name that the line `start..end` announces: on the next line below a title, or on the line itself.
pub(super) fn person(text: &str, start: usize, end: usize, mut push: impl FnMut(Span)) {
    let line = text[start..end].trim_ascii_end();
    if line.len() <= LONGEST && TABLE.contains(line.trim_end_matches([',', ':']).trim()) {
        if let Some(span) = below(text, end) {
            push(span);
        }
    } else if line.len() < LONGEST_LINE
        && let Some(span) = contact(text, start, end)
    {
        push(span);
    }
}

/// The name that the line below `end` is, or opens with before a bar or a comma.
fn below(text: &str, end: usize) -> Option<Span> {
    let rest = text[end..]
        .strip_prefix("\r\n")
        .or_else(|| text[end..].strip_prefix(['\n', '\r']))?;
    let line = rest
        .split(['\n', '\r'])
        .next()
        .filter(|line| line.len() < LONGEST_LINE)?;
    let line = line.trim_start_matches([' ', '\t', '*', '>', '_']);
    let start = line.as_ptr() as usize - text.as_ptr() as usize;
    let to = line.find([',', '|', '•', '·', '/']).unwrap_or(line.len());
    let name = person_in(text, ByteSpan::new(start, start + to), Trust::Layout)
        .or_else(|| person_in(text, ByteSpan::new(start, start + line.len()), Trust::Layout))?;
    Some((name.start, name.end))
}

/// `Jane Rivers | Senior PM | M: +1 408 555 0117`
fn contact(text: &str, start: usize, end: usize) -> Option<Span> {
    let line = &text[start..end];
    let bar =
        memchr::memchr2(b'|', 0xc2, line.as_bytes()).filter(|bar| line[*bar..].starts_with(['|', '·']))?;
    if !text[start..].starts_with(char::is_uppercase) || !line[..bar].ends_with(' ') {
        return None;
    }
    let name = name_at(text, start)?;
    let rest = &line[bar..];
    let reaches = rest.contains('@')
        || rest.contains("www.")
        || rest.contains('+')
        || rest.bytes().filter(u8::is_ascii_digit).count() > 6;
    (reaches && name.end + 1 == start + bar && names::is_person(text, &name))
        .then_some((name.start, name.end))
}
