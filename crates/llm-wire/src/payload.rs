//! Base64 in strings: bare or in `data:` URLs (RFC 2397); text in it is decoded, everything else stays opaque.

use std::borrow::Cow;

use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD, Encoding};
use memchr::memchr2;

use crate::leaf::OpaqueKind;

/// Shorter runs are never taken for a picture, a recording or a document: a name is also valid base64.
const MIN_OPAQUE_BYTES: usize = 32;
/// How much is looked at to tell text from other bytes.
const SNIFFED_BASE64_BYTES: usize = 1024;

/// What a string in a payload's place holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Payload {
    /// Ordinary text.
    Text,
    /// Bytes that are no text.
    Opaque(OpaqueKind),
    /// A text document.
    Document {
        /// The document.
        text: String,
        /// How to write it back.
        spelling: Spelling,
    },
}

/// How an encoded document is written: what stands before the base64, and its alphabet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spelling {
    /// Bytes before the base64.
    pub(crate) prefix: usize,
    url_alphabet: bool,
    padded: bool,
}

impl Spelling {
    fn of(base64: &str) -> Self {
        Self {
            prefix: 0,
            url_alphabet: base64.bytes().any(|byte| matches!(byte, b'-' | b'_')),
            padded: base64.ends_with('=') || base64.len().is_multiple_of(4),
        }
    }

    fn encoding(self) -> Encoding {
        match (self.url_alphabet, self.padded) {
            (false, true) => BASE64,
            (false, false) => BASE64_NOPAD,
            (true, true) => BASE64URL,
            (true, false) => BASE64URL_NOPAD,
        }
    }

    /// A document's text in this spelling, without what stands before the base64.
    pub(crate) fn encode(self, text: &str) -> String {
        self.encoding().encode(text.as_bytes())
    }
}

/// A bare base64 string, or a `data:` URL; `media_type` is what a field beside it says.
pub(crate) fn base64(text: &str, kind: OpaqueKind, media_type: Option<&str>) -> Payload {
    if has_data_scheme(text) {
        data_url(text, kind)
    } else {
        encoded(text, 0, kind, media_type)
    }
}

/// A `data:` URL; any other text is text.
pub(crate) fn data_url(text: &str, kind: OpaqueKind) -> Payload {
    match media_type_of(text) {
        Some((media_type, prefix)) => encoded(text, prefix, kind, Some(media_type)),
        None => Payload::Text,
    }
}

fn has_data_scheme(text: &str) -> bool {
    text.get(..5)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"))
}

/// The media type of a base64 `data:` URL, and how many bytes stand before its data.
///
/// With any parameter but a character set there is room for text, so the whole URL is text.
fn media_type_of(url: &str) -> Option<(&str, usize)> {
    if !has_data_scheme(url) {
        return None;
    }
    let comma = url.bytes().take(256).position(|byte| byte == b',')?;
    let header = url.get(5..comma)?.strip_suffix(";base64")?;
    let (media_type, parameter) = header.split_once(';').unwrap_or((header, "charset=utf-8"));
    let charset = parameter.strip_prefix("charset=")?;
    let word = |text: &str| {
        text.len() <= 96
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'+' | b'-' | b'_'))
    };
    (word(media_type) && word(charset)).then_some((media_type, comma + 1))
}

/// What the field may hold, unless the media type says that it is something less harmless.
fn stricter(kind: OpaqueKind, media_type: &str) -> OpaqueKind {
    let top = media_type.split('/').next().unwrap_or_default();
    match kind {
        OpaqueKind::Image if top.eq_ignore_ascii_case("image") => kind,
        OpaqueKind::Audio if top.eq_ignore_ascii_case("audio") => kind,
        _ => OpaqueKind::File,
    }
}

fn is_text_type(media_type: &str) -> bool {
    let media_type = media_type.to_ascii_lowercase();
    media_type.starts_with("text/")
        || [
            "json",
            "xml",
            "yaml",
            "javascript",
            "csv",
            "markdown",
            "toml",
            "sql",
        ]
        .iter()
        .any(|word| media_type.ends_with(word))
}

fn encoded(text: &str, prefix: usize, kind: OpaqueKind, media_type: Option<&str>) -> Payload {
    let base64 = &text[prefix..];
    let short = base64.len() < MIN_OPAQUE_BYTES;
    if !base64.bytes().all(is_base64_byte) || (short && !media_type.is_some_and(is_text_type)) {
        return Payload::Text;
    }
    match document(base64) {
        Found::Text(text, spelling) => Payload::Document {
            text,
            spelling: Spelling { prefix, ..spelling },
        },
        Found::UnreadableText => Payload::Opaque(OpaqueKind::File),
        Found::Bytes if short => Payload::Text,
        Found::Bytes => Payload::Opaque(media_type.map_or(kind, |media_type| stricter(kind, media_type))),
    }
}

const fn is_base64_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=' | b'\r' | b'\n')
}

enum Found {
    Text(String, Spelling),
    /// Begins like a text and cannot be read as one to its end.
    UnreadableText,
    Bytes,
}

fn document(base64: &str) -> Found {
    let wrapped = memchr2(b'\r', b'\n', base64.as_bytes()).is_some();
    let base64: Cow<'_, str> = if wrapped {
        base64.split(['\r', '\n']).collect()
    } else {
        Cow::Borrowed(base64)
    };
    let spelling = Spelling::of(&base64);
    let sniffed = base64.get(..SNIFFED_BASE64_BYTES).unwrap_or(&base64);
    let complete = sniffed.len() == base64.len();
    // A beginning of whole groups has no padding.
    let start = Spelling {
        padded: complete && spelling.padded,
        ..spelling
    }
    .encoding()
    .decode(sniffed.as_bytes());
    if !start.is_ok_and(|start| looks_like_text(&start, complete)) {
        return Found::Bytes;
    }
    match spelling
        .encoding()
        .decode(base64.as_bytes())
        .map(String::from_utf8)
    {
        Ok(Ok(text)) => Found::Text(text, spelling),
        _ => Found::UnreadableText,
    }
}

fn looks_like_text(bytes: &[u8], complete: bool) -> bool {
    let readable = match std::str::from_utf8(bytes) {
        Ok(_) => true,
        // A character may be cut where the look ends.
        Err(error) => !complete && error.error_len().is_none(),
    };
    let control = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b);
    readable && !bytes.is_empty() && !bytes.starts_with(b"%PDF-") && !bytes.iter().any(control)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document_text(payload: Payload) -> Option<(String, Spelling)> {
        match payload {
            Payload::Document { text, spelling } => Some((text, spelling)),
            _ => None,
        }
    }

    #[test]
    fn text_is_decoded_and_written_back_in_its_spelling() {
        let note = "Name: Alice M\u{fc}ller, \u{738b}\u{603b}?>~ tel 415-555-0123.";
        for encoding in [BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD] {
            let encoded = encoding.encode(note.as_bytes());
            let (text, spelling) = document_text(base64(&encoded, OpaqueKind::File, None)).unwrap();
            assert_eq!(text, note);
            assert_eq!(spelling.encode(&text), encoded);
            let url = format!("data:text/plain;charset=utf-8;base64,{encoded}");
            let (text, spelling) = document_text(data_url(&url, OpaqueKind::Image)).unwrap();
            assert_eq!(text, note);
            assert_eq!(&url[..spelling.prefix], "data:text/plain;charset=utf-8;base64,");
        }
        let wrapped = BASE64.encode(note.as_bytes()).replacen('g', "g\r\n", 2);
        assert_eq!(
            document_text(base64(&wrapped, OpaqueKind::File, None)).unwrap().0,
            note
        );
    }

    #[test]
    fn text_behind_a_picture_is_found() {
        let encoded = BASE64.encode("Alice Smith, alice@example.com, ".repeat(200).as_bytes());
        assert!(document_text(base64(&encoded, OpaqueKind::Image, Some("image/png"))).is_some());
        assert!(
            document_text(data_url(
                &format!("data:image/png;base64,{encoded}"),
                OpaqueKind::Image
            ))
            .is_some()
        );
    }

    #[test]
    fn bytes_are_opaque_by_field_and_media_type() {
        let png = BASE64.encode(&[b"\x89PNG\r\n\x1a\n".as_slice(), &[0; 64]].concat());
        let opaque = |kind| Payload::Opaque(kind);
        assert_eq!(
            base64(&png, OpaqueKind::Image, Some("image/png")),
            opaque(OpaqueKind::Image)
        );
        assert_eq!(
            base64(&png, OpaqueKind::Image, Some("application/pdf")),
            opaque(OpaqueKind::File)
        );
        assert_eq!(base64(&png, OpaqueKind::Audio, None), opaque(OpaqueKind::Audio));
        let url = |header: &str| data_url(&format!("data:{header},{png}"), OpaqueKind::Image);
        assert_eq!(url("image/png;base64"), opaque(OpaqueKind::Image));
        assert_eq!(url("application/zip;base64"), opaque(OpaqueKind::File));
        assert_eq!(url("image/png;name=alice.png;base64"), Payload::Text);
        assert_eq!(url("image/png"), Payload::Text);
        let pdf = BASE64.encode(b"%PDF-1.4 all of it in plain characters, which happens");
        assert_eq!(
            base64(&pdf, OpaqueKind::File, Some("application/pdf")),
            opaque(OpaqueKind::File)
        );
    }

    #[test]
    fn text_that_cannot_be_read_is_a_file() {
        let latin = [b"Name: ".repeat(300), vec![0xfc; 3]].concat();
        let encoded = BASE64.encode(&latin);
        assert_eq!(
            base64(&encoded, OpaqueKind::Image, None),
            Payload::Opaque(OpaqueKind::File)
        );
        let utf_16: Vec<u8> = "Alice Smith in an old encoding"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let encoded = BASE64.encode(&utf_16);
        assert_eq!(
            base64(&encoded, OpaqueKind::Image, Some("text/plain")),
            Payload::Opaque(OpaqueKind::File)
        );
    }

    #[test]
    fn names_and_sentences_are_not_payloads() {
        for text in [
            "Alice",
            "AliceSmith",
            "My name is Alice Smith and I live in Hill Street 12",
            "",
            "alice@corp.com",
        ] {
            assert_eq!(base64(text, OpaqueKind::Image, None), Payload::Text, "{text}");
            assert_eq!(data_url(text, OpaqueKind::Image), Payload::Text, "{text}");
        }
        assert_eq!(
            data_url("https://example.com/a.png", OpaqueKind::Image),
            Payload::Text
        );
        assert!(document_text(data_url("data:text/plain;base64,QWxpY2U=", OpaqueKind::Image)).is_some());
    }
}
