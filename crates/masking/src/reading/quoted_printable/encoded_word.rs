//! Encoded words of mail headers (RFC 2047): `=?UTF-8?B?...?=`, several of which in a row say one text.

use data_encoding::BASE64_NOPAD;

/// Longest word, in bytes; the standard allows 75.
const MAX_WORD: usize = 512;
/// Most white space between two words of one text: a line end and an indentation.
const MAX_GAP: usize = 8;

/// The text of the encoded words at the start of `bytes`, and how many bytes they take.
pub(super) fn text(bytes: &[u8]) -> Option<(usize, String)> {
    let (mut text, mut open) = (String::new(), Vec::new());
    let (mut at, mut end) = (0, 0);
    while let Some((len, charset, said)) = word(&bytes[at..]) {
        match charset {
            // A character may go on in the next word.
            Charset::Utf8 => open.extend(said),
            Charset::Latin => {
                text.push_str(&String::from_utf8_lossy(&std::mem::take(&mut open)));
                text.extend(said.into_iter().map(char::from));
            }
        }
        end = at + len;
        let gap = bytes[end..].iter().take(MAX_GAP);
        at = end + gap.take_while(|byte| byte.is_ascii_whitespace()).count();
    }
    text.push_str(&String::from_utf8_lossy(&open));
    (end > 0).then_some((end, text))
}

enum Charset {
    Utf8,
    /// One byte, one character: close enough for what values are made of.
    Latin,
}

/// One word: its bytes, and what it says.
fn word(bytes: &[u8]) -> Option<(usize, Charset, Vec<u8>)> {
    let rest = bytes[..bytes.len().min(MAX_WORD)].strip_prefix(b"=?")?;
    let mut parts = rest.splitn(3, |byte| *byte == b'?');
    let (charset, encoding, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let said = &rest[..memchr::memmem::find(rest, b"?=")?];
    let len = 2 + charset.len() + 1 + encoding.len() + 1 + said.len() + 2;
    // A language may follow: `utf-8*en`.
    let name = charset.split(|byte| *byte == b'*').next()?.to_ascii_lowercase();
    let charset = match &*name {
        b"utf-8" | b"utf8" | b"us-ascii" => Charset::Utf8,
        b"iso-8859-1" | b"iso-8859-15" | b"windows-1252" => Charset::Latin,
        _ => return None,
    };
    let said = match encoding {
        b"B" | b"b" => {
            let unpadded = said.len() - said.iter().rev().take_while(|byte| **byte == b'=').count();
            BASE64_NOPAD.decode(&said[..unpadded]).ok()?
        }
        b"Q" | b"q" => quoted(said),
        _ => return None,
    };
    Some((len, charset, said))
}

/// The encoding that is named Q: quoted-printable with `_` for a blank.
fn quoted(said: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(said.len());
    let mut at = 0;
    while let Some(byte) = said.get(at) {
        let digits = said
            .get(at + 1..at + 3)
            .and_then(|digits| std::str::from_utf8(digits).ok());
        let spelled = digits
            .filter(|_| *byte == b'=')
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(spelled.unwrap_or(if *byte == b'_' { b' ' } else { *byte }));
        at += if spelled.is_some() { 3 } else { 1 };
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_a_row_say_one_text() {
        for (words, said) in [
            (
                "=?UTF-8?B?SWhyZSBJQkFOIERFODkzNzA0?=\r\n =?UTF-8?B?MDA0NDA1MzIwMTMwMDA=?= x",
                "Ihre IBAN DE89370400440532013000",
            ),
            (
                "=?utf-8?Q?J=C3=BCrgen_?= =?utf-8?q?Gro=C3=9Fmann?=",
                "Jürgen Großmann",
            ),
            ("=?iso-8859-1?Q?J=FCrgen?=", "Jürgen"),
            ("=?utf-8*de?b?SsO8?=\n\t=?utf-8?b?cmdlbg==?=", "Jürgen"),
        ] {
            assert_eq!(text(words.as_bytes()).unwrap().1, said, "{words}");
        }
        for other in ["=?x", "=?utf-8?B?!!?=", "=?koi8-r?Q?a?=", "a=?b:c?="] {
            assert!(text(other.as_bytes()).is_none(), "{other}");
        }
    }
}
