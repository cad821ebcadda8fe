//! Made-up private values, and the search for them in whatever left the gateway.

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER_PERMISSIVE};
use memchr::memmem;

use crate::fake::FakeProvider;

/// Values of personal types, in spellings that the detectors know without more context than [`LETTER`] gives.
pub const EMAIL: &str = "zofia.kanarek@kanarek-logistik.de";
/// A person, behind an honorific in [`LETTER`].
pub const PERSON: &str = "Zofia Kanarek";
/// A number of the United States.
pub const PHONE: &str = "+1 415-555-2671";
/// Passes Luhn.
pub const CARD: &str = "4539 1488 0343 6467";
/// Passes mod 97.
pub const IBAN: &str = "DE89 3704 0044 0532 0130 00";
/// A secret: requests that hold it are refused unless the policy masks it.
pub const API_KEY: &str = "sk-proj-Kz8vTq2mWb5nXr9cYd3fGh6jLp4sQa7uEi1oRt0yUw5e";

/// A letter with one value of each personal type.
pub const LETTER: &str = "Please write to Dr. Zofia Kanarek, zofia.kanarek@kanarek-logistik.de, \
    phone +1 415-555-2671, about card 4539 1488 0343 6467 and IBAN DE89 3704 0044 0532 0130 00.";

/// A seal as providers make them, over thinking.
pub const SEAL: &str = "EqQBCgIYAhIMix/U8IAgqR6ODkEjL1v7nmKQ/h2naOl/xW4Si8OA88aV225ICwZ8UvfPyiLj9bMEiWbT/eXV6RdQi5PJrbOn\
    UlggprO+Q13Y5L2QPPwe90am5/K3v2rsBUj9SHV6I5/6oCaNNZxnLcIACOrl19YQ";
/// Thinking that the provider keeps to itself.
pub const REDACTED: &str =
    "EmwKAhgBnvFaO12b+MBbmRLM4EhYSkwCBtn8LVxZxusxrQi8ij5Zqi/YQCdCdLabbS89HBXWv8xEC0QhYIsI4ZR8GrZ0ncKv";

/// All values of this module.
pub const ALL: &[&str] = &[EMAIL, PERSON, PHONE, CARD, IBAN, API_KEY];

/// A word that nobody takes for private: it goes to the provider, and nothing that the gateway writes down may have it.
pub const WORD: &str = "quetzalcoatlus";

/// Fails when one of `values` reached the provider in any spelling that [`occurs`] knows.
///
/// # Panics
/// On the first value that did.
pub fn assert_none_reached(fake: &FakeProvider, values: &[&str]) {
    let wire = fake.wire();
    let requests = fake.requests();
    let bodies = requests.iter().map(|request| request.body.to_vec());
    for carried in wire.into_iter().chain(bodies) {
        assert_none_in("what the provider received", &carried, values);
    }
}

/// Fails when one of `values` is in `bytes`.
///
/// # Panics
/// On the first value that is.
pub fn assert_none_in(place: &str, bytes: &[u8], values: &[&str]) {
    let views = views(bytes);
    for value in values {
        assert!(!occurs_in(&views, value), "{value:?} is in {place}");
    }
}

/// Whether `value` is in `bytes`: as it is, squeezed, or behind percent, HTML, JSON, base64 or hexadecimal encoding.
pub fn occurs(bytes: &[u8], value: &str) -> bool {
    occurs_in(&views(bytes), value)
}

fn occurs_in(views: &[Vec<u8>], value: &str) -> bool {
    let squeezed = squeezed(value.as_bytes());
    views
        .iter()
        .any(|view| memmem::find(view, value.as_bytes()).is_some() || memmem::find(view, &squeezed).is_some())
}

/// The bytes and what they say once decoded, two levels deep, each also squeezed.
fn views(bytes: &[u8]) -> Vec<Vec<u8>> {
    let decoders = [percent, html, json_escapes, base64, hexadecimal];
    let mut views = vec![bytes.to_vec()];
    for _ in 0..2 {
        let known: Vec<Vec<u8>> = views.clone();
        for decoded in known.iter().flat_map(|view| decoders.map(|decode| decode(view))) {
            if !views.contains(&decoded) {
                views.push(decoded);
            }
        }
    }
    let squeezed: Vec<Vec<u8>> = views.iter().map(|view| squeezed(view)).collect();
    views.extend(squeezed);
    views
}

/// Without white space, dashes and invisible characters, in lower case.
fn squeezed(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let kept = text.chars().filter(|c| {
        !c.is_whitespace()
            && !matches!(
                c,
                '-' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
            )
    });
    kept.flat_map(char::to_lowercase).collect::<String>().into_bytes()
}

fn percent(bytes: &[u8]) -> Vec<u8> {
    replaced(bytes, b'%', |rest| {
        let code = std::str::from_utf8(rest.get(..2)?).ok()?;
        Some((u32::from(u8::from_str_radix(code, 16).ok()?), 2))
    })
}

fn html(bytes: &[u8]) -> Vec<u8> {
    replaced(bytes, b'&', |rest| {
        let end = rest.iter().take(10).position(|byte| *byte == b';')?;
        let name = std::str::from_utf8(&rest[..end]).ok()?;
        let code = match name {
            "commat" => 0x40,
            "period" => 0x2e,
            "amp" => 0x26,
            _ => match name.strip_prefix("#x").or_else(|| name.strip_prefix("#X")) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => name.strip_prefix('#')?.parse().ok()?,
            },
        };
        Some((code, end + 1))
    })
}

fn json_escapes(bytes: &[u8]) -> Vec<u8> {
    replaced(bytes, b'\\', |rest| match rest.first()? {
        b'u' => {
            let code = std::str::from_utf8(rest.get(1..5)?).ok()?;
            Some((u32::from_str_radix(code, 16).ok()?, 5))
        }
        b'n' => Some((0x0a, 1)),
        b't' => Some((0x09, 1)),
        other @ (b'/' | b'"' | b'\\') => Some((u32::from(*other), 1)),
        _ => None,
    })
}

/// `bytes` with what follows each `mark` decoded to a code point; `decode` also says how much it took.
fn replaced(bytes: &[u8], mark: u8, decode: impl Fn(&[u8]) -> Option<(u32, usize)>) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        match (*first == mark).then(|| decode(tail)).flatten() {
            Some((code, taken)) => {
                match u8::try_from(code) {
                    // A percent-encoded byte may be half of a character.
                    Ok(byte) if mark == b'%' || byte < 0x80 => out.push(byte),
                    _ => {
                        let letter = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                        out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
                    }
                }
                rest = &tail[taken..];
            }
            None => out.push(*first),
        }
    }
    out
}

/// Every run of base64 letters, decoded, one after the other.
fn base64(bytes: &[u8]) -> Vec<u8> {
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte);
    let mut out = Vec::new();
    for run in bytes.split(|byte| !is_letter(byte)).filter(|run| run.len() >= 16) {
        let whole = if run.len() % 4 == 1 { &run[1..] } else { run };
        let decoded = BASE64_NOPAD
            .decode(whole)
            .or_else(|_| BASE64URL_NOPAD.decode(whole));
        if let Ok(decoded) = decoded {
            out.extend_from_slice(&decoded);
            out.push(b'\n');
        }
    }
    out
}

/// Every run of hexadecimal digits, decoded from its first and from its second, one after the other.
fn hexadecimal(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let runs = bytes.split(|byte| !byte.is_ascii_hexdigit());
    for run in runs.filter(|run| run.len() >= 16) {
        for run in [run, &run[1..]] {
            let whole = &run[..run.len() / 2 * 2];
            out.extend(HEXLOWER_PERMISSIVE.decode(whole).unwrap_or_default());
            out.push(b'\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use data_encoding::{BASE64, HEXLOWER, HEXUPPER};

    use super::*;

    #[test]
    fn finds_a_value_behind_each_encoding() {
        for hidden in [
            EMAIL.to_owned(),
            EMAIL.to_uppercase(),
            EMAIL.replace('@', "%40"),
            EMAIL.replace('@', "&#64;"),
            EMAIL.replace('@', "\\u0040"),
            EMAIL.replace('@', "\\\\u0040"),
            EMAIL.replace('k', "k\u{200b}"),
            format!("data {} end", BASE64.encode(EMAIL.as_bytes())),
            format!("\\x{}", HEXLOWER.encode(EMAIL.as_bytes())),
            format!("X'0{}'", HEXUPPER.encode(EMAIL.as_bytes())),
            HEXLOWER.encode(BASE64.encode(EMAIL.as_bytes()).as_bytes()),
            BASE64.encode(format!("mail: {}", EMAIL.replace('@', "%40")).as_bytes()),
        ] {
            assert!(occurs(hidden.as_bytes(), EMAIL), "{hidden}");
        }
        assert!(occurs(b"card 4539-1488-0343-6467", CARD));
        assert!(occurs(b"card 4539148803436467", CARD));
    }

    #[test]
    fn finds_nothing_where_nothing_is() {
        assert!(!occurs(
            b"<EMAIL_k7qf2m> zofia at kanarek-logistik.de %zz &#; \\u00",
            EMAIL
        ));
    }
}
