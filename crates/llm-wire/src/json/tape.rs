//! The flat index of one JSON document: one entry per value and key, in the order of the text.

use std::ops::Range;

use super::scan;
use crate::error::{Malformed, WireError};

/// What one entry of the tape is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Object,
    Array,
    /// A string value or an object's key.
    String {
        /// Holds at least one backslash.
        escaped: bool,
    },
    Number,
    /// `true`, `false` or `null`.
    Literal,
}

/// One value or key. An object's entries follow it as key, value, key, value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    start: u32,
    end: u32,
    /// The entry behind this one and all that it contains.
    next: u32,
    pub(crate) kind: Kind,
}

impl Node {
    /// The value's bytes; a string's without its quotes.
    pub(crate) const fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The value's bytes; a string's with its quotes.
    pub(crate) const fn outer_range(&self) -> Range<usize> {
        match self.kind {
            Kind::String { .. } => self.start as usize - 1..self.end as usize + 1,
            _ => self.range(),
        }
    }
}

/// How much one document may hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Containers inside each other.
    pub(crate) depth: usize,
    /// Bytes of one string or number as written.
    pub(crate) leaf_bytes: usize,
    /// Values and keys.
    pub(crate) values: usize,
    /// Whether half a surrogate pair may stand alone: valid by the grammar, and what upstreams send that cut a
    /// stream between UTF-16 units.
    pub(crate) lone_surrogates: bool,
}

/// The index of a whole document; entry 0 is its value.
#[derive(Default)]
pub(crate) struct Tape {
    nodes: Vec<Node>,
    /// Containers that are not closed yet; empty but while reading.
    open: Vec<u32>,
}

impl Tape {
    /// Reads the whole of `text`, which must be one JSON value and white space.
    ///
    /// Errors: what is not RFC 8259 or over a bound; lone surrogates too, unless the bounds let them pass.
    pub(crate) fn parse(text: &str, bounds: Bounds) -> Result<Self, WireError> {
        let mut tape = Self::default();
        tape.read(text, bounds)?;
        Ok(tape)
    }

    /// As [`parse`](Self::parse), in the memory of an earlier document. After an error, the tape holds nothing of
    /// use.
    pub(crate) fn read(&mut self, text: &str, bounds: Bounds) -> Result<(), WireError> {
        if u32::try_from(text.len()).is_err() {
            return Err(WireError::TooLarge {
                limit: u32::MAX as usize,
            });
        }
        self.nodes.clear();
        self.open.clear();
        self.nodes.reserve(text.len() / 64 + 4);
        let mut reader = Reader {
            bytes: text.as_bytes(),
            at: 0,
            nodes: &mut self.nodes,
            open: &mut self.open,
            bounds,
        };
        reader.document()
    }

    pub(crate) fn node(&self, index: usize) -> Node {
        self.nodes[index]
    }

    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The entries of a value and of all that it contains.
    pub(crate) fn subtree(&self, value: usize) -> Range<usize> {
        value..self.nodes[value].next as usize
    }

    /// The entries of an array's values.
    pub(crate) fn elements(&self, array: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.nodes[array].next as usize;
        let mut at = array + 1;
        std::iter::from_fn(move || {
            let here = at;
            (here < end).then(|| {
                at = self.nodes[here].next as usize;
                here
            })
        })
    }

    /// The entries of an object's keys and values, duplicates included.
    pub(crate) fn members(&self, object: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let end = self.nodes[object].next as usize;
        let mut at = object + 1;
        std::iter::from_fn(move || {
            let key = at;
            (key < end).then(|| {
                at = self.nodes[key + 1].next as usize;
                (key, key + 1)
            })
        })
    }
}

/// What may come next.
enum Expect {
    Value,
    Key,
    /// A value has ended: a comma, or the end of what it stands in.
    After,
}

struct Reader<'t> {
    bytes: &'t [u8],
    at: usize,
    nodes: &'t mut Vec<Node>,
    open: &'t mut Vec<u32>,
    bounds: Bounds,
}

impl Reader<'_> {
    fn document(&mut self) -> Result<(), WireError> {
        let mut expect = Expect::Value;
        loop {
            let byte = self.next_token();
            expect = match (expect, byte) {
                (Expect::After, None) if self.open.is_empty() => return Ok(()),
                (_, None) => return self.fail(Malformed::UnexpectedEnd),
                (Expect::Value, Some(byte)) => self.value(byte)?,
                (Expect::Key, Some(b'"')) => self.key()?,
                (Expect::Key, Some(_)) => return self.fail(Malformed::UnexpectedByte),
                (Expect::After, Some(byte)) => self.after(byte)?,
            };
        }
    }

    fn value(&mut self, first: u8) -> Result<Expect, WireError> {
        match first {
            b'{' => return self.container(Kind::Object, b'}', Expect::Key),
            b'[' => return self.container(Kind::Array, b']', Expect::Value),
            b'"' => self.string()?,
            b'-' | b'0'..=b'9' => self.number()?,
            b't' => self.literal(b"true")?,
            b'f' => self.literal(b"false")?,
            b'n' => self.literal(b"null")?,
            _ => return self.fail(Malformed::UnexpectedByte),
        }
        Ok(Expect::After)
    }

    fn container(&mut self, kind: Kind, close: u8, inside: Expect) -> Result<Expect, WireError> {
        if self.open.len() >= self.bounds.depth {
            return Err(WireError::TooDeep {
                limit: self.bounds.depth,
            });
        }
        self.open.push(self.nodes.len() as u32);
        self.push(kind, self.at, self.at)?;
        self.at += 1;
        if self.next_token() == Some(close) {
            self.after(close)
        } else {
            Ok(inside)
        }
    }

    fn key(&mut self) -> Result<Expect, WireError> {
        self.string()?;
        match self.next_token() {
            Some(b':') => {
                self.at += 1;
                Ok(Expect::Value)
            }
            Some(_) => self.fail(Malformed::UnexpectedByte),
            None => self.fail(Malformed::UnexpectedEnd),
        }
    }

    fn after(&mut self, byte: u8) -> Result<Expect, WireError> {
        let Some(&container) = self.open.last() else {
            return self.fail(Malformed::TrailingBytes);
        };
        let is_object = self.nodes[container as usize].kind == Kind::Object;
        self.at += 1;
        match (byte, is_object) {
            (b',', true) => Ok(Expect::Key),
            (b',', false) => Ok(Expect::Value),
            (b'}', true) | (b']', false) => {
                let next = self.nodes.len() as u32;
                let node = &mut self.nodes[container as usize];
                node.end = self.at as u32;
                node.next = next;
                self.open.pop();
                Ok(Expect::After)
            }
            _ => {
                self.at -= 1;
                self.fail(Malformed::UnexpectedByte)
            }
        }
    }

    fn string(&mut self) -> Result<(), WireError> {
        let start = self.at + 1;
        let end = scan::string_end(self.bytes, start, self.bounds.lone_surrogates)
            .map_err(|(at, kind)| WireError::Malformed { at, kind })?;
        self.at = end.quote + 1;
        self.push(Kind::String { escaped: end.escaped }, start, end.quote)
    }

    fn number(&mut self) -> Result<(), WireError> {
        let start = self.at;
        self.at += usize::from(self.bytes[start] == b'-');
        let whole = self.at;
        self.digits()?;
        if self.bytes[whole] == b'0' && self.at > whole + 1 {
            self.at = whole + 1;
            return self.fail(Malformed::UnexpectedByte);
        }
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.bytes.get(self.at), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.bytes.get(self.at), Some(b'+' | b'-')));
            self.digits()?;
        }
        self.push(Kind::Number, start, self.at)
    }

    fn digits(&mut self) -> Result<(), WireError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let count = rest
            .iter()
            .position(|byte| !byte.is_ascii_digit())
            .unwrap_or(rest.len());
        if count == 0 {
            let end = rest.is_empty();
            return self.fail(if end {
                Malformed::UnexpectedEnd
            } else {
                Malformed::UnexpectedByte
            });
        }
        self.at += count;
        Ok(())
    }

    fn literal(&mut self, word: &[u8]) -> Result<(), WireError> {
        if !self.bytes[self.at..].starts_with(word) {
            return self.fail(Malformed::UnexpectedByte);
        }
        let start = self.at;
        self.at += word.len();
        self.push(Kind::Literal, start, self.at)
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize) -> Result<(), WireError> {
        if end - start > self.bounds.leaf_bytes {
            return Err(WireError::LeafTooLarge {
                at: start,
                limit: self.bounds.leaf_bytes,
            });
        }
        if self.nodes.len() >= self.bounds.values {
            return Err(WireError::TooManyValues {
                limit: self.bounds.values,
            });
        }
        let next = self.nodes.len() as u32 + 1;
        self.nodes.push(Node {
            start: start as u32,
            end: end as u32,
            next,
            kind,
        });
        Ok(())
    }

    /// Skips white space; the byte behind it.
    fn next_token(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(self.at) {
            self.at += 1;
        }
        self.bytes.get(self.at).copied()
    }

    fn fail<T>(&self, kind: Malformed) -> Result<T, WireError> {
        Err(WireError::Malformed { at: self.at, kind })
    }
}

#[cfg(test)]
mod tests;
