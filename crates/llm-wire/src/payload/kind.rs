//! What bytes are called, from a closed list: by their first bytes, and for people only.

use super::base64::Packed;
use super::{head, medium, pdf};

/// Name and first bytes; what stands at another place than the start is in [`name_of`].
const KNOWN: [(&str, &[u8]); 22] = [
    ("ZIP archive or office document", b"PK\x03\x04"),
    ("ZIP archive or office document", b"PK\x05\x06"),
    ("older office document", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ("compressed file", b"\x1f\x8b"),
    ("compressed file", b"\x28\xb5\x2f\xfd"),
    ("compressed file", b"\x04\x22\x4d\x18"),
    ("compressed file", b"BZh91AY&SY"),
    ("compressed file", b"\xfd7zXZ\0"),
    ("7z archive", b"7z\xbc\xaf\x27\x1c"),
    ("RAR archive", b"Rar!\x1a\x07"),
    ("program", b"\x7fELF"),
    ("database", b"SQLite format 3\0"),
    ("PNG image", b"\x89PNG\r\n\x1a\n"),
    ("JPEG image", b"\xff\xd8\xff"),
    ("GIF image", b"GIF8"),
    ("TIFF image", b"II*\0"),
    ("TIFF image", b"MM\0*"),
    ("FLAC recording", b"fLaC\0"),
    ("Ogg recording", b"OggS\0"),
    ("WebM or Matroska file", b"\x1a\x45\xdf\xa3"),
    ("MP3 recording", b"ID3"),
    ("icon", b"\0\0\x01\0"),
];

/// Whether bytes begin like nothing but a file of a known kind.
pub(super) fn is_known(head: &[u8]) -> bool {
    name_of(head).is_some()
}

/// Whether bytes begin like something that was compressed or is a document.
pub(crate) fn is_file(head: &[u8]) -> bool {
    // RFC 1950: deflate, and a check over the first two bytes.
    let zlib = matches!(head, [0x78, second, ..] if (0x7800 + u16::from(*second)).is_multiple_of(31));
    zlib || is_known(head)
}

fn name_of(head: &[u8]) -> Option<&'static str> {
    if pdf::has_head(head) {
        return Some("PDF document");
    }
    match (head, head.get(8..12)) {
        ([b'R', b'I', b'F', b'F', ..], Some(b"WEBP")) => return Some("WebP image"),
        ([b'R', b'I', b'F', b'F', ..], Some(b"WAVE")) => return Some("WAV recording"),
        ([b'F', b'O', b'R', b'M', ..], Some(b"AIFF" | b"AIFC")) => return Some("AIFF recording"),
        (_, Some(brand)) if head.get(4..8) == Some(b"ftyp") => {
            let is_picture = medium::is_picture_brand(brand);
            return Some(if is_picture {
                "HEIF or AVIF image"
            } else {
                "MP4 file"
            });
        }
        _ => {}
    }
    if medium::is_bitmap(head, usize::MAX) {
        return Some("BMP image");
    }
    let found = KNOWN.iter().find(|(_, start)| head.starts_with(start));
    found.map(|(name, _)| *name)
}

/// Name and size in bytes of what a payload's string holds.
pub(crate) fn describe(text: &str) -> (&'static str, usize) {
    let start = head::has_data_scheme(text).then(|| head::read(text)).flatten();
    let data = &text[start.map_or(0, |head| head.end)..];
    match Packed::read(data) {
        Some(packed) => (
            name_of(&packed.head()).unwrap_or("file of unknown type"),
            packed.bytes(),
        ),
        None => ("file of unknown type", data.len()),
    }
}
