//! People whom the layout of lines announces: senders of chats, header lists, letterheads, records. One pass over the
//! lines of a text; the first bytes of most of them tell that nobody is there.

use std::collections::HashMap;
use std::sync::Arc;

use super::chat::{self, Sender};
use super::{Span, header, letterhead, record};
use crate::detectors::{Found, Rule, Wake};
use crate::{EntityType, Score};

/// Finds people by the layout of lines.
pub struct PersonLines {
    name: Arc<str>,
}

/// Senders that only more of their kind prove.
#[derive(Default)]
struct Candidates<'t> {
    spans: Vec<Span>,
    times: HashMap<&'t str, usize>,
    known: usize,
}

/// Two of them talk.
const ENOUGH: usize = 2;

impl PersonLines {
    /// The rule, as `person.layout`.
    #[must_use]
    pub fn new() -> Self {
        Self {
            name: "person.layout".into(),
        }
    }

    fn push(&self, (start, end): Span, found: &mut Found) {
        if start < end {
            found.push(EntityType::Person, start, end, Score::LIKELY, &self.name);
        }
    }
}

impl Default for PersonLines {
    fn default() -> Self {
        Self::new()
    }
}

impl<'t> Candidates<'t> {
    fn add(&mut self, text: &'t str, span: Span) {
        *self.times.entry(&text[span.0..span.1]).or_default() += 1;
        self.known += usize::from(chat::opens_known(text, span));
        self.spans.push(span);
    }

    /// Those that are senders: known first names open them, they repeat, or others talk with them.
    fn into_senders(self, text: &'t str) -> impl Iterator<Item = Span> {
        let repeats = self.times.len() < self.spans.len();
        let is_talk = (self.known > 0 || repeats) && self.spans.len() >= ENOUGH;
        let times = self.times;
        self.spans.into_iter().filter(move |span| {
            is_talk || chat::opens_known(text, *span) || times[&text[span.0..span.1]] >= ENOUGH
        })
    }
}

impl Rule for PersonLines {
    fn on_whole_text(&self) -> bool {
        true
    }

    fn look(&self, text: &str, _wake: Wake<'_>, found: &mut Found) {
        let mut candidates = Candidates::default();
        let bytes = text.as_bytes();
        let ends = memchr::memchr2_iter(b'\n', b'\r', bytes).chain([bytes.len()]);
        let mut from = 0;
        for end in ends {
            let start = opening(bytes, from, end);
            from = end + 1;
            let Some(first) = bytes[start..end].first() else {
                continue;
            };
            match first {
                b'a'..=b'z' => record::keyed(text, start, end, |span| self.push(span, found)),
                // Most lines of code end here.
                b'A'..=b'Z' | b'0'..=b'9' | b'[' | b'<' | b'*' | b'_' | b'-' | 0x80.. => {
                    match chat::sender(text, start, end) {
                        Some(Sender::Sure(span)) => self.push(span, found),
                        Some(Sender::Perhaps(span)) => candidates.add(text, span),
                        None => {}
                    }
                    header::people(text, start, end, |span| self.push(span, found));
                    record::keyed(text, start, end, |span| self.push(span, found));
                    letterhead::person(text, start, end, |span| self.push(span, found));
                }
                _ => {}
            }
        }
        for span in candidates.into_senders(text) {
            self.push(span, found);
        }
    }
}

/// Where a line opens behind its indent and the marks of quotes.
fn opening(bytes: &[u8], start: usize, end: usize) -> usize {
    let line = &bytes[start..end];
    let indent = line
        .iter()
        .take_while(|b| matches!(b, b' ' | b'\t' | b'>'))
        .count();
    let start = start + indent;
    // Minutes are lists: `- Maren Tilsiter: sends the report`.
    match &bytes[start..end] {
        [b'-' | b'*' | b'+', b' ', ..] => start + 2,
        [0xe2, 0x80, 0xa2, b' ', ..] => start + 4,
        _ => start,
    }
}
