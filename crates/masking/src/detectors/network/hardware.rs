//! Hardware addresses with dashes (`00-1A-2B-...`) or dots (`001a.2b3c.4d5e`).

use super::super::text::{follows_template_head, is_word};
use super::Place;
use super::colons::hex_digits;

/// Bytes of six pairs with five marks between.
const PAIRS: usize = 17;
/// Bytes of three groups of four digits with two dots between.
const QUADS: usize = 14;

/// The address whose first dash is at `dash`.
pub(super) fn dashed(text: &str, dash: usize) -> Option<Place> {
    let bytes = text.as_bytes();
    if bytes.get(dash + 3) != Some(&b'-') {
        return None;
    }
    let start = dash.checked_sub(2)?;
    let address = bytes.get(start..start + PAIRS)?;
    let pairs = address.iter().enumerate().all(|(index, byte)| match index % 3 {
        2 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    });
    let place = Place {
        start,
        end: start + PAIRS,
    };
    (pairs && stands_alone(text, &place) && is_own(text, &place)).then_some(place)
}

/// The address in dotted form that starts at `start`.
pub(super) fn dotted(text: &str, start: usize) -> Option<Place> {
    let bytes = text.as_bytes();
    let address = bytes.get(start..start + QUADS)?;
    let quads = address
        .chunks(5)
        .all(|quad| hex_digits(quad) == 4 && quad.get(4).is_none_or(|b| *b == b'.'));
    let place = Place {
        start,
        end: start + QUADS,
    };
    (quads && stands_alone(text, &place)).then_some(place)
}

/// Whether the address is one machine's: neither none (all zeros), nor everybody's (all ones), nor counted up.
pub(super) fn is_own(text: &str, place: &Place) -> bool {
    let digits = || text[place.start..place.end].bytes().filter(u8::is_ascii_hexdigit);
    digits().any(|digit| digit != b'0') && digits().any(|digit| digit | 0x20 != b'f') && !is_counted(digits())
}

/// `12:34:56:78:90:ab`, `00:11:22:33:44:55`: nobody's, but written in documentation.
fn is_counted(digits: impl Iterator<Item = u8> + Clone) -> bool {
    let values = digits.map(|digit| {
        if digit.is_ascii_digit() {
            digit - b'0'
        } else {
            (digit | 0x20) - b'a' + 10
        }
    });
    let follows =
        |(left, right): (u8, u8)| right == (left + 1) % 16 || matches!((left, right), (9, 0) | (0, 10));
    let pairs = || values.clone().step_by(2).zip(values.clone().skip(1).step_by(2));
    let firsts = || values.clone().step_by(2);
    values.clone().zip(values.clone().skip(1)).all(follows)
        || pairs().all(|(high, low)| high == low) && firsts().zip(firsts().skip(1)).all(follows)
}

fn stands_alone(text: &str, place: &Place) -> bool {
    let bytes = text.as_bytes();
    let joins = |byte: Option<&u8>| byte.is_some_and(|b| is_word(*b) || *b == b'-');
    if follows_template_head(text, place.start) {
        return bytes.get(place.end) == Some(&b'_') || !joins(bytes.get(place.end));
    }
    !joins(place.start.checked_sub(1).map(|at| &bytes[at])) && !joins(bytes.get(place.end))
}
