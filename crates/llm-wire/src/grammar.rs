//! What a value must look like to be taken for an enumeration, an id or sealed bytes. Anything else is text.

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD};

use crate::payload;

/// An enumeration's value: one short word of `[A-Za-z0-9._:/-]` with at least one letter in it.
pub(crate) fn is_enumeration(text: &str) -> bool {
    text.len() <= 64 && is_word(text, |byte| matches!(byte, b'.' | b'_' | b':' | b'/' | b'-'))
}

/// An enumeration's value that could not be a secret either: lower-case letters, `_`, `-` and `.`.
pub(crate) fn is_plain_enumeration(text: &str) -> bool {
    text.len() <= 48
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-' | b'.'))
        && text.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// A model's name: `[A-Za-z0-9._:/@-]`, at most 128 bytes.
///
/// Hosts write versions as `name@20250514` and prefix owners as `@owner/name`; `name@host.tld` is an address.
pub(crate) fn is_model(text: &str) -> bool {
    let address = text.split_once('@').is_some_and(|(before, after)| {
        !before.is_empty() && after.bytes().any(|byte| byte == b'.' || byte == b'@')
    });
    let allowed = |byte| matches!(byte, b'.' | b'_' | b':' | b'/' | b'@' | b'-');
    text.len() <= 128 && !address && is_word(text, allowed)
}

/// An id: `[A-Za-z0-9_.:-]{1,256}`.
pub(crate) fn is_identifier(text: &str) -> bool {
    (1..=256).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':' | b'-'))
}

/// Sealed bytes as providers make them: base64 in either alphabet, of at least 64 letters, that is neither words nor
/// digits, and whose bytes are neither text nor a file.
pub(crate) fn is_sealed(text: &str) -> bool {
    text.len() >= MIN_SEAL_BYTES
        && looks_random(text)
        && sealed_bytes(text)
            .is_some_and(|bytes| !payload::is_mostly_text(&bytes) && !payload::is_file(&bytes))
}

/// The shortest seals that providers make are longer.
const MIN_SEAL_BYTES: usize = 64;

/// Mixed as letters of base64 are: words are in small letters, numbers in digits.
fn looks_random(text: &str) -> bool {
    let mut seen = [false; 128];
    let (mut capitals, mut small) = (0, 0);
    for byte in text.bytes() {
        capitals += usize::from(byte.is_ascii_uppercase());
        small += usize::from(byte.is_ascii_lowercase());
        match seen.get_mut(usize::from(byte)) {
            Some(seen) => *seen = true,
            None => return false,
        }
    }
    let letters = seen.iter().filter(|seen| **seen).count();
    letters >= 24 && capitals * 5 >= text.len() && small * 5 >= text.len()
}

fn sealed_bytes(text: &str) -> Option<Vec<u8>> {
    let letters = text.trim_end_matches('=');
    let is_url = letters.bytes().any(|byte| matches!(byte, b'-' | b'_'));
    let encoding = if is_url { BASE64URL_NOPAD } else { BASE64_NOPAD };
    (text.len() - letters.len() <= 2)
        .then(|| encoding.decode(letters.as_bytes()).ok())
        .flatten()
}

/// A setting's number: too short for anything that a detector of digits could confirm.
pub(crate) fn is_setting(number: &str) -> bool {
    number.len() <= 9
}

fn is_word(text: &str, allowed: impl Fn(u8) -> bool) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || allowed(byte))
        && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Whether a string is written as names of settings are: `DB_PASSWORD`.
pub(crate) fn is_constant(text: &str) -> bool {
    (4..=64).contains(&text.len())
        && text.contains('_')
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enumerations_are_short_words() {
        for text in [
            "user",
            "json_schema",
            "web_search_20250305",
            "reasoning.encrypted_content",
            "24h",
        ] {
            assert!(is_enumeration(text), "{text}");
        }
        let long = "a".repeat(65);
        for text in [
            "",
            "two words",
            "4155550123",
            "415-555-0123",
            "a@b.com",
            "\u{7528}\u{6237}",
            &long,
        ] {
            assert!(!is_enumeration(text), "{text}");
        }
        assert!(is_plain_enumeration("input_text"));
        for text in ["AKIAIOSFODNN7EXAMPLE", "sk-proj-1", "", "___"] {
            assert!(!is_plain_enumeration(text), "{text}");
        }
    }

    #[test]
    fn a_model_is_not_an_address() {
        for text in [
            "gpt-5.1-codex",
            "claude-sonnet-4@20250514",
            "@cf/meta/llama-3.1-8b-instruct",
            "ft:gpt-4o-mini-2024-07-18:acme::abc",
            "models/gemini-2.5-flash",
        ] {
            assert!(is_model(text), "{text}");
        }
        for text in ["alice@corp.com", "gpt alice", "+14155550123", "", "a@b@c"] {
            assert!(!is_model(text), "{text}");
        }
    }

    #[test]
    fn ids_are_bounded_words() {
        assert!(is_identifier("call_aB3.x:y-z"));
        let long = "a".repeat(257);
        for text in ["", "alice@corp.com", "a/b", "a b", &long] {
            assert!(!is_identifier(text), "{text}");
        }
    }

    /// What providers make: bytes that look random.
    fn seal(seed: u32, length: usize) -> Vec<u8> {
        let mut state = seed;
        std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .take(length)
        .collect()
    }

    #[test]
    fn seals_are_what_providers_make() {
        use data_encoding::{BASE64, BASE64URL};
        for seed in 0..200 {
            for length in [48, 96, 1000] {
                let bytes = seal(seed, length);
                assert!(is_sealed(&BASE64.encode(&bytes)), "{seed} {length}");
                assert!(is_sealed(&BASE64URL.encode(&bytes)), "{seed} {length}");
                assert!(is_sealed(&BASE64_NOPAD.encode(&bytes)), "{seed} {length}");
            }
        }
        // A web search's result holds an id in its head.
        let with_id = [
            b"\x12\xa8\x1f\n(\x08\x01\x18\x01\"$7a002652-ff39-454e-8814-d63c595eb7ab\x12\x0c",
            &*seal(7, 300),
        ]
        .concat();
        assert!(is_sealed(&BASE64.encode(&with_id)));
    }

    #[test]
    fn text_is_no_seal_in_any_dress() {
        use data_encoding::{BASE64, BASE64URL, HEXLOWER};
        let note = "Alice Smith, alice@corp.com, 415-555-0123, lives in Hill Street 12, Springfield.";
        let utf_16 = |big: bool| -> Vec<u8> {
            note.encode_utf16()
                .flat_map(|unit| {
                    if big {
                        unit.to_be_bytes()
                    } else {
                        unit.to_le_bytes()
                    }
                })
                .collect()
        };
        let mut stray = note.as_bytes().to_vec();
        stray.insert(20, 0);
        stray.insert(40, 0xff);
        let half = [&*seal(3, 60), note.as_bytes()].concat();
        let mut dressed: Vec<String> = [
            note.as_bytes(),
            BASE64.encode(note.as_bytes()).as_bytes(),
            &utf_16(true),
            &utf_16(false),
            &stray,
            &half,
            b"\x1f\x8b\x08\0\0\0\0\0\0\x03",
        ]
        .map(|bytes| BASE64URL.encode(bytes))
        .into();
        let gzip = [b"\x1f\x8b\x08\0\0\0\0\0\0\x03".as_slice(), &seal(1, 90)].concat();
        let zlib = [b"\x78\x9c".as_slice(), &seal(2, 90)].concat();
        dressed.extend([gzip, zlib].map(|bytes| BASE64.encode(&bytes)));
        dressed.extend([
            String::new(),
            note.to_owned(),
            "1764489600000".to_owned(),
            "4155550123".repeat(8),
            "AliceSmithLivesInHillStreet".repeat(4),
            "alice_smith-lives_in-hill_street".repeat(4),
            HEXLOWER.encode(&seal(1, 64)),
            "gAAAAABo_x-9==".to_owned(),
            format!("{}.{}", BASE64.encode(&seal(1, 48)), "a"),
            format!("{}===", BASE64.encode(&seal(1, 48))),
        ]);
        for text in dressed {
            assert!(!is_sealed(&text), "{text}");
        }
    }
}
