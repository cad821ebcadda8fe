//! Where a URL begins: looks at a byte that may complete such a beginning, and back from it.

use memchr::{memchr2, memchr3};

use super::super::LOOK_BACK;
use super::Place;

/// Tags that may enclose a place: those that text shows inside an attribute count too.
const MAX_TAGS: usize = 4;
/// Bytes of the longest attribute name that is looked for, and the spaces around it.
const MAX_NAME: usize = 16;

/// The bytes that can complete a URL's beginning, in text order.
pub(super) struct Triggers<'a> {
    text: &'a [u8],
    /// The next `/`, `:` or `(`, and the next `=` or `?`, once looked for; the text's length where there is none.
    known: [Option<usize>; 2],
}

impl<'a> Triggers<'a> {
    pub(super) const fn new(text: &'a [u8]) -> Self {
        Self {
            text,
            known: [None; 2],
        }
    }

    /// The first one at `from` or later; `from` never goes back.
    pub(super) fn next(&mut self, from: usize) -> Option<usize> {
        let rest = &self.text[from..];
        let place = |found: Option<usize>| found.map_or(self.text.len(), |n| from + n);
        let [punctuation, query] = &mut self.known;
        let fresh = |known: &Option<usize>| known.filter(|&at| at >= from);
        let first = fresh(punctuation).unwrap_or_else(|| place(memchr3(b'/', b':', b'(', rest)));
        let second = fresh(query).unwrap_or_else(|| place(memchr2(b'=', b'?', rest)));
        (*punctuation, *query) = (Some(first), Some(second));
        let next = first.min(second);
        (next < self.text.len()).then_some(next)
    }
}

/// The place after the trigger at `at`.
pub(super) fn opened(text: &[u8], at: usize) -> Place {
    let before = &text[at.saturating_sub(LOOK_BACK)..at];
    let bare = |quoted| Place::Bare {
        quoted,
        parens: 0,
        brackets: 0,
    };
    match text[at] {
        b'/' => match authority(before) {
            Some(quoted) => bare(quoted),
            None if is_www_host(before) => bare(false),
            None => Place::Text,
        },
        b'?' if is_www_host(before) => bare(false),
        b':' if is_definition(before) => Place::BeforeDestination { definition: true },
        b':' if is_opaque_scheme(before) => bare(false),
        b'(' if before.last() == Some(&b']') => Place::BeforeDestination { definition: false },
        // CSS.
        b'(' if ends_in_word(before, b"url") => Place::BeforeAttribute,
        b'=' if is_url_attribute(before) => Place::BeforeAttribute,
        _ => Place::Text,
    }
}

/// Whether a `/` here completes a URL's `//` (in JSON perhaps `\/\/`), and if so whether `'` stands before the URL.
fn authority(before: &[u8]) -> Option<bool> {
    let ([head @ .., b'\\', b'/', b'\\'] | [head @ .., b'/']) = before else {
        return None;
    };
    match head {
        [scheme @ .., b':'] => {
            let letters = scheme.iter().rev().take_while(|b| is_scheme(**b)).count();
            let start = scheme.len() - letters;
            Some(start > 0 && scheme[start - 1] == b'\'')
        }
        // Protocol-relative, where only a URL can stand.
        [.., quote @ (b'"' | b'\'' | b'(' | b'=' | b'<')] => Some(*quote == b'\''),
        [.., b' ' | b'\t' | b'\n'] => head.trim_ascii_end().ends_with(b"]:").then_some(false),
        _ => None,
    }
}

const fn is_scheme(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'.' | b'-')
}

fn is_www_host(before: &[u8]) -> bool {
    let is_host = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-');
    let length = before.iter().rev().take_while(is_host).count();
    let host = &before[before.len() - length..];
    host.get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case(b"www."))
}

fn is_opaque_scheme(before: &[u8]) -> bool {
    [b"mailto".as_slice(), b"data"]
        .iter()
        .any(|name| ends_in_word(before, name))
}

fn ends_in_word(text: &[u8], word: &[u8]) -> bool {
    let Some(start) = text.len().checked_sub(word.len()) else {
        return false;
    };
    let is_whole = start == 0 || !(text[start - 1].is_ascii_alphanumeric() || text[start - 1] == b'_');
    is_whole && text[start..].eq_ignore_ascii_case(word)
}

/// Whether a `:` here makes a reference definition: `[label]:` at a line's start, in a quote or list too. Footnotes
/// (`[^1]:`) are prose.
fn is_definition(before: &[u8]) -> bool {
    let [label @ .., b']'] = before else {
        return false;
    };
    let brackets = memchr::memrchr2_iter(b'[', b']', label);
    let Some(open) = brackets.into_iter().find(|at| !label[..*at].ends_with(b"\\")) else {
        // A label that is longer than we look back.
        return before.len() == LOOK_BACK;
    };
    if label[open] == b']' || matches!(label.get(open + 1), None | Some(b'^')) {
        return false;
    }
    let is_marker = |b: &&u8| {
        matches!(
            b,
            b' ' | b'\t' | b'>' | b'-' | b'*' | b'+' | b'.' | b')' | b'0'..=b'9'
        )
    };
    let markers = label[..open].iter().rev().take_while(is_marker).count();
    matches!(
        &label[..open - markers],
        [] | [.., b'\n'] | [.., b'\\', b'n'] | [.., b'"']
    )
}

/// Whether an `=` here stands in an HTML tag after the name of an attribute that holds a URL.
fn is_url_attribute(before: &[u8]) -> bool {
    const NAMES: [&[u8]; 12] = [
        b"href",
        b"src",
        b"srcset",
        b"action",
        b"formaction",
        b"poster",
        b"cite",
        b"background",
        b"ping",
        b"data",
        b"imagesrcset",
        // `<meta http-equiv=refresh content="0;url=...">`
        b"url",
    ];
    let named = before.trim_ascii_end();
    NAMES.iter().any(|name| ends_in_word(named, name)) && is_in_tag(named)
}

/// Whether an HTML tag that `text` opens is still open at its end.
fn is_in_tag(text: &[u8]) -> bool {
    let mut starts = memchr::memrchr_iter(b'<', text)
        .filter(|at| text.get(at + 1).is_some_and(u8::is_ascii_alphabetic))
        .take(MAX_TAGS)
        .peekable();
    if starts.peek().is_none() {
        // A tag with a long attribute before this one may have begun earlier than we look back.
        return text.len() + MAX_NAME >= LOOK_BACK && !text.contains(&b'>') && text.contains(&b'"');
    }
    starts.any(|at| !is_closed(&text[at..]))
}

/// Whether a `>` that no quotes enclose stands in what follows a tag's start.
fn is_closed(tag: &[u8]) -> bool {
    let mut quote = None;
    tag.iter().any(|byte| match quote {
        Some(open) => {
            if *byte == open {
                quote = None;
            }
            false
        }
        None => {
            if matches!(byte, b'"' | b'\'') {
                quote = Some(*byte);
            }
            *byte == b'>'
        }
    })
}
