//! The name before a mail address in angle brackets: `Alice Smith <alice@corp.com>`, as in mail headers and commits.

use super::super::names::name_at;
use super::super::text::{line_before, word_start};
use super::value::{Trust, person_in};
use super::{Span, Strength};
use crate::ByteSpan;

const ADDRESS_WINDOW: usize = 80;
const NAME_WINDOW: usize = 64;

/// The name before the space and bracket at `at`.
pub(super) fn before_bracket(text: &str, at: usize) -> Option<Span> {
    let bytes = text.as_bytes();
    let first = *bytes.get(at + 2)?;
    if !first.is_ascii_alphanumeric() || at == 0 || !holds_address(&bytes[at + 2..]) {
        return None;
    }
    let end = at - usize::from(bytes[at - 1] == b'"');
    let window = line_before(text, end, NAME_WINDOW);
    let start = end - window.len();
    // `"Rivers, Jane (Ext)" <`
    if end < at
        && let Some(open) = window.rfind('"')
        && let Some(person) = person_in(text, ByteSpan::new(start + open + 1, end), Trust::Layout)
    {
        return Some((person.start, person.end));
    }
    let from = window
        .rfind(['"', ':', ';', '<', '>', '(', '\t', '='])
        .map_or(0, |mark| mark + 1);
    // Words that are no name may stand before it: `from Alice Smith <`.
    window[from..]
        .char_indices()
        .map(|(offset, _)| start + from + offset)
        .filter(|place| word_start(text, *place))
        .find_map(|place| {
            let name = name_at(text, place)?;
            let whole = name.end == end && Strength::Medium.accepts(&name);
            (whole || surname_first(text, name.end) == Some(end)).then_some((place, end))
        })
}

/// The end of `Smith, Alice` where `surname_end` is that of `Smith`.
fn surname_first(text: &str, surname_end: usize) -> Option<usize> {
    let comma = text[surname_end..].starts_with(", ");
    let given = comma.then(|| name_at(text, surname_end + 2))??;
    given.is_known.then_some(given.end)
}

fn holds_address(bytes: &[u8]) -> bool {
    let length = bytes
        .iter()
        .take(ADDRESS_WINDOW)
        .take_while(|b| !matches!(b, b'>' | b' ' | b'\n' | b'<' | b'"' | b'/'))
        .count();
    bytes.get(length) == Some(&b'>') && bytes[..length].contains(&b'@')
}
