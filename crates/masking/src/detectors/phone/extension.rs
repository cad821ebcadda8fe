//! Extensions behind a phone number: `ext. 12`, `x12`, `#12`, `;ext=12`, `转12`.

use super::super::text::{starts_with_ignore_case, word_end};

/// Longest first where one begins another.
#[rustfmt::skip]
const MARKS: &[&str] = &[
    ";ext=", "extension", "extn", "ext", "durchwahl", "dw", "poste", "ramal", "anexo", "interno", "int.", "toestel",
    "tst.", "tst", "wew.", "wew", "klapka", "linka", "dahili", "anknytning", "alanumero", "lokal", "mellék", "доб.",
    "доб", "вн.", "x", "#", "分机号", "分机", "內線", "内線", "内线", "내선번호", "내선", "转", "轉",
];
const MAX_DIGITS: usize = 6;

/// Where the number that ends at `end` ends with its extension.
pub(super) fn end_with_extension(text: &str, end: usize) -> usize {
    let rest = &text.as_bytes()[end..];
    let gap = rest
        .iter()
        .take(3)
        .take_while(|b| matches!(b, b' ' | b',' | b'\t' | b'('))
        .count();
    extension(text, end + gap).unwrap_or(end)
}

fn extension(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    let mark = MARKS.iter().find(|mark| starts_with_ignore_case(rest, mark))?;
    let bytes = &rest.as_bytes()[mark.len()..];
    let gap = bytes
        .iter()
        .take(3)
        .take_while(|b| matches!(b, b' ' | b'.' | b':'))
        .count();
    let digits = bytes[gap..]
        .iter()
        .take(MAX_DIGITS + 1)
        .take_while(|b| b.is_ascii_digit())
        .count();
    let end = at + mark.len() + gap + digits;
    ((1..=MAX_DIGITS).contains(&digits) && word_end(text, end)).then_some(end)
}
