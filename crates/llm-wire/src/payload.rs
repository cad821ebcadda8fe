//! What a string in the place of a payload holds: the bytes decide, never the field or a media type beside it.

mod base64;
mod charset;
mod head;
mod kind;
mod medium;
mod pdf;

pub(crate) use base64::Spelling;
pub(crate) use charset::is_mostly_text;
pub(crate) use kind::{describe, is_file};

use self::base64::Packed;
use self::charset::Read;
use crate::leaf::OpaqueKind;

/// What a string in a payload's place holds, and what stands before it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Payload {
    /// Bytes of the string before the payload: the head of a `data:` URL.
    pub(crate) start: usize,
    /// The head of the URL has room for text.
    pub(crate) wordy: bool,
    pub(crate) content: Content,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Ordinary text.
    Text,
    /// Bytes that are no text, or text that could not be written back.
    Opaque(OpaqueKind),
    /// A text document, and how to write it back.
    Document { text: String, spelling: Spelling },
}

impl Payload {
    const TEXT: Self = Self {
        start: 0,
        wordy: false,
        content: Content::Text,
    };

    fn bare(content: Content) -> Self {
        Self {
            content,
            ..Self::TEXT
        }
    }
}

/// A bare base64 string, or a `data:` URL, in a field for this kind of content.
pub(crate) fn base64(text: &str, field: OpaqueKind) -> Payload {
    if head::has_data_scheme(text) {
        data_url(text, field)
    } else {
        Payload::bare(content(text, field))
    }
}

/// A `data:` URL in a field for this kind of content; any other text is text.
pub(crate) fn data_url(text: &str, field: OpaqueKind) -> Payload {
    if !head::has_data_scheme(text) {
        return Payload::TEXT;
    }
    let Some(head) = head::read(text) else {
        return Payload::TEXT;
    };
    let data = &text[head.end..];
    let content = if !head.is_base64 {
        percent_encoded(data)
    } else if head.is_odd {
        // Readers differ in whether this is a URL at all: no picture goes through it, and no text is written into it.
        match content(data, OpaqueKind::File) {
            Content::Text => Content::Text,
            _ => Content::Opaque(OpaqueKind::File),
        }
    } else {
        content(data, field)
    };
    match content {
        Content::Text => Payload::TEXT,
        content => Payload {
            start: head.end,
            wordy: head.is_wordy,
            content,
        },
    }
}

/// A string where anything may stand: only what begins like nothing but a file is one.
pub(crate) fn doubtful(text: &str) -> Payload {
    const LEAST: usize = 32;
    if head::has_data_scheme(text) {
        return data_url(text, OpaqueKind::File);
    }
    let is_file =
        text.len() >= LEAST && Packed::read(text).is_some_and(|packed| kind::is_known(&packed.head()));
    Payload::bare(if is_file {
        content(text, OpaqueKind::File)
    } else {
        Content::Text
    })
}

/// Data of a URL that is not base64: text stays as it is written, escapes and all.
fn percent_encoded(data: &str) -> Content {
    let bytes = head::percent_decoded(data);
    match charset::read(&bytes) {
        Read::Text(..) if !pdf::is_pdf(&bytes) => Content::Text,
        _ if !data.contains('%') => Content::Text,
        _ => Content::Opaque(OpaqueKind::File),
    }
}

fn content(text: &str, field: OpaqueKind) -> Content {
    let Some(packed) = Packed::read(text) else {
        return Content::Text;
    };
    let head = packed.head();
    if medium::of(&head, packed.bytes()) == Some(field) && !packed.hides_text() {
        return Content::Opaque(field);
    }
    let file = Content::Opaque(OpaqueKind::File);
    if !charset::may_be_text(&head) {
        return if packed.is_short() { Content::Text } else { file };
    }
    let bytes = packed.decode();
    if pdf::is_pdf(&bytes) {
        return file;
    }
    match charset::read(&bytes) {
        Read::Text(text, charset) => match packed.spelling(charset) {
            Some(spelling) => Content::Document { text, spelling },
            None => file,
        },
        Read::NotText if packed.is_short() => Content::Text,
        Read::Unwritable | Read::NotText => file,
    }
}

#[cfg(test)]
mod tests;
