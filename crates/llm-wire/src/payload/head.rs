//! The head of a `data:` URL (RFC 2397), in the spellings that lenient readers take too.

/// What stands before the data.
pub(super) struct Head {
    /// Its length in bytes.
    pub(super) end: usize,
    pub(super) is_base64: bool,
    /// Besides media type and character set, there is text in it.
    pub(super) is_wordy: bool,
    /// Written in a way that not every reader takes for a URL.
    pub(super) is_odd: bool,
}

/// Whether a reader could take `text` for a `data:` URL: white space and controls before and in it are dropped by some.
pub(super) fn has_data_scheme(text: &str) -> bool {
    let mut letters = text.bytes().filter(|byte| *byte > b' ');
    b"data:".iter().all(|expected| {
        letters
            .next()
            .is_some_and(|byte| byte.eq_ignore_ascii_case(expected))
    })
}

/// The head of a text that has the scheme; `None` without a comma.
pub(super) fn read(text: &str) -> Option<Head> {
    let end = memchr::memchr(b',', text.as_bytes())? + 1;
    let head = &text[..end - 1];
    let compact: String = head.chars().filter(|c| *c > ' ').collect();
    let fields = compact.get(5..).unwrap_or_default();
    let is_base64 = fields
        .rsplit(';')
        .next()
        .is_some_and(|last| last.eq_ignore_ascii_case("base64"));
    let is_odd = compact.len() != head.len() || is_base64 && !fields.ends_with(";base64");
    Some(Head {
        end,
        is_base64,
        is_wordy: is_odd || !is_plain(fields),
        is_odd,
    })
}

/// Nothing but a media type, a character set and `base64`.
fn is_plain(fields: &str) -> bool {
    let mut fields = fields.split(';');
    let media_type = fields.next().unwrap_or_default();
    is_word(media_type)
        && fields.all(|field| field == "base64" || field.strip_prefix("charset=").is_some_and(is_word))
}

/// Short, without digits in a row: neither an address nor a number fits in.
fn is_word(text: &str) -> bool {
    let mut digits = 0;
    text.len() <= 96
        && text.bytes().all(|byte| {
            digits = if byte.is_ascii_digit() { digits + 1 } else { 0 };
            digits <= 5 && (byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'+' | b'-' | b'_'))
        })
}

/// The bytes that percent escapes stand for.
pub(super) fn percent_decoded(data: &str) -> Vec<u8> {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let bytes = data.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match (digit(bytes.get(at + 1)), digit(bytes.get(at + 2))) {
            (Some(high), Some(low)) if byte == b'%' => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}
