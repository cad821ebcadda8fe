//! VEHICLE_ID: vehicle identification numbers (ISO 3779) by check digit or label, licence plates by label only.

use std::sync::Arc;

use super::text::{char_at, is_escaped_percent, is_han, word_end};
use super::{Found, Rule, Wake};
use crate::fields::Place;
use crate::{ByteSpan, EntityType, Score};

/// ISO 3779.
const VIN_LENGTH: usize = 17;
/// Letters and digits of a plate, the region included.
const PLATE_LENGTH: std::ops::RangeInclusive<usize> = 4..=10;
/// Separators inside a plate (`B-AB 1234`).
const MAX_PLATE_GAPS: usize = 3;

/// Weights of the 17 places (49 CFR 565.15).
const WEIGHTS: [u32; VIN_LENGTH] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/// Finds vehicle identification numbers and licence plates.
pub struct VehicleId {
    name: Arc<str>,
}

impl VehicleId {
    /// The rule, as `vehicle_id`.
    #[must_use]
    pub fn new() -> Self {
        Self {
            name: "vehicle_id".into(),
        }
    }
}

impl Default for VehicleId {
    fn default() -> Self {
        Self::new()
    }
}

impl Rule for VehicleId {
    fn on_mixed(&self) -> bool {
        true
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        match wake {
            Wake::Mixed(word)
                if word.len() == VIN_LENGTH
                    && is_certain_vin(&text.as_bytes()[word.range()])
                    && !is_escaped_percent(text, word.start) =>
            {
                found.push(
                    EntityType::VehicleId,
                    word.start,
                    word.end,
                    Score::STRONG,
                    &self.name,
                );
            }
            _ => {}
        }
    }
}

/// The number of a vehicle's frame, or its plate, at the start of a field's value.
pub(super) fn judge(text: &str, is_plate: bool, place: &Place) -> Option<ByteSpan> {
    let span = if is_plate {
        plate_at(text, place.at)
    } else {
        vin_at(text, place.at)
    }?;
    place.close.is_none_or(|close| span.end <= close).then_some(span)
}

/// The check digit is law in North America and China only; elsewhere any character may stand in its place.
fn is_certain_vin(word: &[u8]) -> bool {
    matches!(word[0], b'1'..=b'5' | b'L')
        && !word.iter().any(u8::is_ascii_lowercase)
        && word[13..].iter().all(u8::is_ascii_digit)
        && !matches!(word[9], b'0' | b'U' | b'Z')
        && check_digit(word) == Some(word[8])
}

fn check_digit(word: &[u8]) -> Option<u8> {
    let mut sum = 0;
    for (byte, weight) in word.iter().zip(WEIGHTS) {
        sum += transliterate(*byte)? * weight;
    }
    Some(b"0123456789X"[(sum % 11) as usize])
}

/// The value of a character in a VIN; I, O and Q never stand in one.
fn transliterate(byte: u8) -> Option<u32> {
    let value = match byte.to_ascii_uppercase() {
        digit @ b'0'..=b'9' => digit - b'0',
        b'I' | b'O' | b'Q' => return None,
        letter @ b'A'..=b'H' => letter - b'A' + 1,
        letter @ b'J'..=b'R' => letter - b'J' + 1,
        letter @ b'S'..=b'Z' => letter - b'S' + 2,
        _ => return None,
    };
    Some(u32::from(value))
}

fn vin_at(text: &str, start: usize) -> Option<ByteSpan> {
    let word = text.as_bytes().get(start..start + VIN_LENGTH)?;
    let valid = word.iter().all(|b| transliterate(*b).is_some())
        && word.iter().any(u8::is_ascii_digit)
        && word_end(text, start + VIN_LENGTH);
    valid.then(|| ByteSpan::new(start, start + VIN_LENGTH))
}

/// The plate at `start`: capitals and digits, a Chinese region first if there is one.
fn plate_at(text: &str, start: usize) -> Option<ByteSpan> {
    let region = char_at(text, start).filter(|c| is_han(*c));
    let first = start + region.map_or(0, char::len_utf8);
    let bytes = text.as_bytes();
    let (mut end, mut at) = (first, first);
    let (mut length, mut gaps, mut digits) = (usize::from(region.is_some()), 0, 0);
    while let Some(c) = char_at(text, at) {
        match c {
            '0'..='9' | 'A'..='Z' => {
                length += 1;
                digits += usize::from(c.is_ascii_digit());
                at += 1;
                end = at;
            }
            // A gap belongs to the plate only before more of it.
            ' ' | '-' | '·' | '•' | '.' if gaps < MAX_PLATE_GAPS && end == at => {
                let next = at + c.len_utf8();
                if !bytes
                    .get(next)
                    .is_some_and(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
                {
                    break;
                }
                gaps += 1;
                at = next;
                end = next;
            }
            _ => break,
        }
    }
    let valid = PLATE_LENGTH.contains(&length) && digits > 0 && word_end(text, end);
    valid.then(|| ByteSpan::new(start, end))
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;

    fn found(text: &str) -> Vec<String> {
        testing::found_with_fields(VehicleId::new(), &EntityType::VehicleId, text)
    }

    #[test]
    fn vins_with_a_check_digit_or_a_label() {
        for (text, vin) in [
            ("sold 1HGCM82633A004352 today", "1HGCM82633A004352"),
            ("车辆LSVAA49J132047371已售", "LSVAA49J132047371"),
            ("VIN: WVWZZZ1JZXW000001", "WVWZZZ1JZXW000001"),
            ("\"vin\": \"wvwzzz1jzxw000001\"", "wvwzzz1jzxw000001"),
            ("车架号:WVWZZZ1JZXW000001", "WVWZZZ1JZXW000001"),
            ("chassis no. WVWZZZ1JZXW000001", "WVWZZZ1JZXW000001"),
        ] {
            assert_eq!(found(text), [vin], "{text}");
        }
    }

    #[test]
    fn a_percent_sign_that_is_escaped_begins_none() {
        assert_eq!(found("ts%253D1697078560182"), [""; 0]);
    }

    #[test]
    fn plates_need_their_label() {
        for (text, plate) in [
            ("license plate: 7ABC123", "7ABC123"),
            ("\"licensePlate\": \"AB12 CDE\"", "AB12 CDE"),
            ("Kennzeichen: B-AB 1234", "B-AB 1234"),
            ("immatriculation AB-123-CD", "AB-123-CD"),
            ("车牌号:京A12345", "京A12345"),
            ("车牌是沪A·D12345,", "沪A·D12345"),
            ("plate number is KA 01 AB 1234", "KA 01 AB 1234"),
        ] {
            assert_eq!(found(text), [plate], "{text}");
        }
    }

    #[test]
    fn ids_and_words_are_none() {
        for text in [
            "1HGCM82633A004353",
            "build 1a2b3c4d5e6f7a8b9",
            "AB12 CDE",
            "京A12345",
            "license plate: none",
            "boilerplate number 12345",
            "template number: A1234",
            "vin: \"string\"",
            "vinegar 1HGCM",
            "number plate recognition API2",
            "I0O0Q0I0O0Q0I0O01",
            "chassis: aluminium, 17 mm",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }
}
