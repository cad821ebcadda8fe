//! One tag of HTML or XML.

use memchr::memmem;

/// A longer tag is none: attributes with whole documents in them are text.
const MAX_TAG: usize = 4096;
/// A longer name is none.
const MAX_NAME: usize = 64;

/// A tag (`<name ...>`, `</name>`, `<name/>`), or a comment, declaration or instruction, which has no name.
pub(super) struct Tag<'a> {
    pub(super) name: &'a str,
    pub(super) closes: bool,
    /// `<name/>`.
    pub(super) is_empty: bool,
    /// Where its `>` ends.
    pub(super) end: usize,
}

/// Reads the tags of one text, from left to right.
pub(super) struct Tags<'a> {
    text: &'a str,
    comment_ends: Ends,
    instruction_ends: Ends,
}

impl<'a> Tags<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self {
            text,
            comment_ends: Ends::new(b"-->"),
            instruction_ends: Ends::new(b"?>"),
        }
    }

    /// The tag at the `<` that stands at `start`.
    pub(super) fn at(&mut self, start: usize) -> Option<Tag<'a>> {
        let bytes = self.text.as_bytes();
        match bytes.get(start + 1)? {
            b'!' | b'?' => self.special(start).map(|end| Tag {
                name: "",
                closes: false,
                is_empty: true,
                end,
            }),
            b'/' => self.element(start, start + 2, true),
            _ => self.element(start, start + 1, false),
        }
    }

    fn element(&self, start: usize, from: usize, closes: bool) -> Option<Tag<'a>> {
        let bytes = self.text.as_bytes();
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-' | b'_' | b'.');
        let name = bytes[from..].iter().take(MAX_NAME + 1);
        let length = name.take_while(|byte| is_name(byte)).count();
        if !(1..=MAX_NAME).contains(&length) || !bytes[from].is_ascii_alphabetic() {
            return None;
        }
        let inside = from + length;
        let end = tag_end(bytes, inside, start + MAX_TAG)?;
        let inside = &bytes[inside..end - 1];
        let opens_well = inside
            .first()
            .is_none_or(|byte| byte.is_ascii_whitespace() || *byte == b'/');
        opens_well.then(|| Tag {
            name: &self.text[from..from + length],
            closes,
            is_empty: inside.ends_with(b"/"),
            end,
        })
    }

    /// The end of a comment, a declaration, or what opens or closes a CDATA section; the section's text stays.
    fn special(&mut self, start: usize) -> Option<usize> {
        let rest = &self.text.as_bytes()[start..];
        if rest.starts_with(b"<!--") {
            self.comment_ends.next(self.text.as_bytes(), start + 4)
        } else if rest.starts_with(b"<![CDATA[") {
            Some(start + 9)
        } else if rest.starts_with(b"<?") {
            self.instruction_ends.next(self.text.as_bytes(), start + 2)
        } else {
            let is_declaration = rest.get(2)?.is_ascii_alphabetic();
            let end = tag_end(self.text.as_bytes(), start + 2, start + MAX_TAG);
            end.filter(|_| is_declaration)
        }
    }
}

/// Where a closing sign stands next; each stretch of the text is searched once.
struct Ends {
    sign: &'static [u8],
    /// The last one found, or that there is none any more.
    known: Option<Option<usize>>,
}

impl Ends {
    const fn new(sign: &'static [u8]) -> Self {
        Self { sign, known: None }
    }

    /// The end of the first sign at or after `from`, which never moves back.
    fn next(&mut self, bytes: &[u8], from: usize) -> Option<usize> {
        match self.known {
            Some(None) => return None,
            Some(Some(end)) if end >= from + self.sign.len() => return Some(end),
            _ => {}
        }
        let found = memmem::find(bytes.get(from..)?, self.sign).map(|at| from + at + self.sign.len());
        self.known = Some(found);
        found
    }
}

/// Behind the `>` that ends a tag before `limit`; quoted attributes may hold others.
fn tag_end(bytes: &[u8], from: usize, limit: usize) -> Option<usize> {
    let within = &bytes[from..limit.clamp(from, bytes.len())];
    let mut quote = None;
    for (nth, byte) in within.iter().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(from + nth + 1),
            (None, b'<') => return None,
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), byte) if open == *byte => quote = None,
            _ => {}
        }
    }
    None
}
