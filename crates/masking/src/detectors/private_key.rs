//! PRIVATE_KEY: PEM blocks of any kind (RFC 7468, OpenSSH, OpenPGP), whole, without their end or without their start, and
//! PuTTY key files, with or without something around every line. Public keys and certificates are none.

mod loose;
mod prefixed;
mod static_key;

use std::sync::Arc;

use super::rule::{Found, Rule, Wake};
use super::secret::is_template;
use crate::{EntityType, Score};

const LITERALS: [&str; 7] = [
    "-----begin ",
    "---- begin ",
    "-----end ",
    "---- end ",
    "putty-user-key-file-",
    "private-lines:",
    static_key::LITERAL,
];
/// Index of the first of [`loose::LITERALS`].
const LOOSE: usize = LITERALS.len();
/// Longest text between `BEGIN` and the dashes.
const MAX_LABEL: usize = 48;
/// Base64 lines of keys are longer; only the last may be shorter.
const MIN_LINE: usize = 16;
/// A block without its end is only a key with this much base64, a whole one with [`MIN_LINE`].
const MIN_CUT: usize = 40;
/// Most header lines (`Proc-Type: ...`) of a block.
const MAX_HEADERS: usize = 16;
const MAX_HEADER: usize = 200;

/// Finds private keys by the lines around them.
pub(super) struct PrivateKeys {
    detector: Arc<str>,
}

impl PrivateKeys {
    pub(super) fn new() -> Self {
        Self {
            detector: "private_key".into(),
        }
    }
}

impl Rule for PrivateKeys {
    fn literals(&self) -> Vec<String> {
        LITERALS
            .iter()
            .chain(&loose::LITERALS)
            .map(ToString::to_string)
            .collect()
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let Wake::Literal { index, at } = wake else {
            return;
        };
        let bytes = text.as_bytes();
        let span = match index {
            0 | 1 => label_end(bytes, at.end).and_then(|body| {
                let ends = [block_end, prefixed::block_end, loose::block_end];
                let end = ends.into_iter().filter_map(|end| end(bytes, body)).max();
                Some((at.start, end?))
            }),
            2 | 3 => label_end(bytes, at.end).and_then(|end| {
                let starts = [tail_start(bytes, at.start), prefixed::tail_start(bytes, at.start)];
                Some((starts.into_iter().flatten().min()?, end))
            }),
            6 => static_key::block(bytes, at),
            LOOSE.. if found.covers(at.start, &EntityType::PrivateKey) => None,
            LOOSE.. => loose::block(bytes, at),
            _ => putty_end(bytes, at.start).map(|end| (at.start, end)),
        };
        if let Some((start, end)) = span {
            found.push(EntityType::PrivateKey, start, end, Score::CERTAIN, &self.detector);
        }
    }
}

/// Where the line `... PRIVATE KEY-----` ends whose label starts at `at`.
fn label_end(bytes: &[u8], at: usize) -> Option<usize> {
    let label = bytes[at..]
        .iter()
        .take(MAX_LABEL)
        .take_while(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || **b == b' ')
        .count();
    let name = bytes[at..at + label].trim_ascii_end();
    let dashes = bytes[at + label..]
        .iter()
        .take(5)
        .take_while(|b| **b == b'-')
        .count();
    let is_private = name.ends_with(b"PRIVATE KEY") || name.ends_with(b"PRIVATE KEY BLOCK");
    (is_private && dashes >= 4).then_some(at + label + dashes)
}

/// Where the block ends whose body starts at `from`: behind its last line, or behind its base64 when that is missing.
fn block_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut body = Body::new(bytes, from);
    body.read_headers();
    body.read_lines();
    let rest = &bytes[body.at..];
    let closing = [b"-----END ".as_slice(), b"---- END "]
        .iter()
        .find(|closing| rest.starts_with(closing))
        .and_then(|closing| label_end(bytes, body.at + closing.len()));
    let enough = if closing.is_some() { MIN_LINE } else { MIN_CUT };
    (body.base64 >= enough && !is_template(&bytes[from..body.end])).then_some(closing.unwrap_or(body.end))
}

/// Where a PuTTY key file or its private part ends that starts at `from`.
fn putty_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut body = Body::new(bytes, from);
    let mut private = 0;
    for _ in 0..MAX_HEADERS {
        let rest = &bytes[body.at..];
        if rest.starts_with(b"Private-Lines:") {
            if private > 0 {
                break;
            }
            private = body.base64 + MIN_LINE;
        }
        let is_last = rest.starts_with(b"Private-MAC:") || rest.starts_with(b"Private-Hash:");
        if !body.read_header() || is_last {
            break;
        }
        body.read_lines();
    }
    (private > 0 && body.base64 >= private).then_some(body.end)
}

/// Where the base64 lines start that end before the closing line at `to`, when the opening line is missing.
fn tail_start(bytes: &[u8], to: usize) -> Option<usize> {
    let (mut at, mut base64) = (to, 0);
    loop {
        let end = at - filler_back(&bytes[..at]);
        let mut line = bytes[..end].iter().rev().take_while(|b| is_base64(**b)).count();
        // The letter of an escaped line break is none of the line.
        if bytes[..end - line].ends_with(b"\\") {
            line = line.saturating_sub(1);
        }
        if line == 0 || line < MIN_LINE && base64 > 0 {
            break;
        }
        base64 += line;
        at = end - line;
    }
    let opened = bytes[..at - filler_back(&bytes[..at])].ends_with(b"-----");
    (base64 >= MIN_CUT && !opened && !is_template(&bytes[at..to])).then_some(at)
}

/// Reads the lines of a block, real ones or with escaped line breaks, quoted or not.
struct Body<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Behind the last line that belongs to the key.
    end: usize,
    base64: usize,
}

impl<'a> Body<'a> {
    const fn new(bytes: &'a [u8], at: usize) -> Self {
        Self {
            bytes,
            at,
            end: at,
            base64: 0,
        }
    }

    fn read_headers(&mut self) {
        self.at += filler(&self.bytes[self.at..]);
        for _ in 0..MAX_HEADERS {
            if !self.read_header() {
                return;
            }
        }
    }

    /// Skips one `Name: value` line.
    fn read_header(&mut self) -> bool {
        let rest = &self.bytes[self.at..];
        let name = rest
            .iter()
            .take(MAX_LABEL)
            .take_while(|b| b.is_ascii_alphanumeric() || **b == b'-')
            .count();
        if name == 0 || rest.get(name) != Some(&b':') {
            return false;
        }
        let value = rest[name..]
            .iter()
            .take(MAX_HEADER)
            .take_while(|b| !matches!(b, b'\n' | b'\r' | b'\\'))
            .count();
        self.end = self.at + name + value;
        self.at = self.end + filler(&self.bytes[self.end..]);
        true
    }

    /// Reads base64 lines as long as there are any.
    fn read_lines(&mut self) {
        loop {
            let gap = filler(&self.bytes[self.at..]);
            let breaks = memchr::memchr_iter(b'\n', &self.bytes[self.at..self.at + gap]).count();
            self.at += gap;
            // Behind an empty line other text starts.
            if self.base64 > 0 && breaks > 1 {
                return;
            }
            let rest = &self.bytes[self.at..];
            let line = rest.iter().take_while(|b| is_base64(**b)).count();
            let after = &rest[line..];
            let is_header = after.first() == Some(&b':');
            let is_last = rest[..line].ends_with(b"=")
                || rest[..line].starts_with(b"=")
                || after[filler(after)..].starts_with(b"----")
                || after.is_empty();
            if line == 0 || is_header || line < MIN_LINE && !is_last {
                return;
            }
            self.base64 += line;
            self.at += line;
            self.end = self.at;
        }
    }
}

const fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

const fn is_filler(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b',' | b'>' | b'|'
    )
}

/// Bytes between two lines of a key: white space, escaped line breaks, and what joins string literals in source code.
fn filler(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at += match byte {
            b'\\' if bytes[at + 1..].starts_with(b"\\") => 1,
            b'\\' if matches!(bytes.get(at + 1), Some(b'n' | b'r' | b't' | b'"' | b'\n' | b'\r')) => 2,
            b'+' if matches!(bytes.get(at + 1), Some(b' ' | b'\n' | b'\r')) => 1,
            byte if is_filler(*byte) => 1,
            _ => break,
        };
    }
    at
}

fn filler_back(bytes: &[u8]) -> usize {
    let mut len = 0;
    loop {
        let rest = &bytes[..bytes.len() - len];
        len += match rest {
            [.., b'\\', b'n' | b'r' | b't' | b'"'] => 2,
            [.., byte] if is_filler(*byte) || *byte == b'\\' => 1,
            _ => return len,
        };
    }
}

#[cfg(test)]
mod tests;
