//! PDF: its head may stand behind other bytes, and all of it may be printable.

use memchr::memmem;

/// Readers look for the head in so many bytes (ISO 32000-1, annex H).
const HEAD_BYTES: usize = 1024;
/// One of these stands in any document, and in no sentence about one.
const PARTS: [&[u8]; 5] = [b" 0 obj", b"endobj", b"endstream", b"startxref", b"%%EOF"];

/// Whether bytes are a document: the head alone is not enough, a text may begin with it.
pub(super) fn is_pdf(bytes: &[u8]) -> bool {
    has_head(bytes) && PARTS.iter().any(|part| memmem::find(bytes, part).is_some())
}

/// Whether the head is there.
pub(super) fn has_head(bytes: &[u8]) -> bool {
    memmem::find(&bytes[..bytes.len().min(HEAD_BYTES)], b"%PDF-").is_some()
}
