//! Knows whether a place in a text is inside an address that a renderer would fetch, follow or offer.
//!
//! Several readings of the same text go on side by side: a renderer has one of them, and a value is restored only
//! where none objects. Each follows what goes out, restored values included, and needs no look back.

mod destination;
mod escapes;
mod following;
mod host;
mod html;
mod terminal;
mod word;

use destination::Destination;
use escapes::Escapes;
pub(super) use escapes::Seen;
#[cfg(test)]
pub(super) use following::MAX_WORD;
pub(super) use following::{Around, Verdict, closed_bracket, verdict};
pub(super) use host::Hosts;
use html::Html;
use terminal::Terminal;
pub(super) use word::{Extent, Word};

/// Follows one text.
#[derive(Clone, Copy)]
pub(super) struct Links {
    html: Html,
    /// The same where what seems to be a tag is none.
    inner: Html,
    destination: Destination,
    terminal: Terminal,
    escapes: Escapes,
    word: Word,
    /// The same without tags, which some programs take out before they look for links.
    stripped: Word,
}

impl Links {
    /// At the start of a text.
    pub(super) fn new() -> Self {
        Self::with(Word::new(Hosts::Any))
    }

    /// At the start of a JSON string, which may be an address as a whole.
    pub(super) fn in_string() -> Self {
        Self::with(Word::whole(Hosts::Any))
    }

    fn with(word: Word) -> Self {
        Self {
            html: Html::default(),
            inner: Html::restarting(),
            destination: Destination::default(),
            terminal: Terminal::default(),
            escapes: Escapes::default(),
            word,
            stripped: word,
        }
    }

    /// Whether the placeholder of this value stays here, whatever follows.
    pub(super) fn keeps(&self, value: &str) -> bool {
        self.html.keeps()
            || self.inner.keeps()
            || self.destination.keeps()
            || self.terminal.keeps()
            || self.word.keeps(value)
            || self.stripped.keeps(value)
    }

    /// Whether a value here would be the name of a tag.
    pub(super) fn is_after_less(&self) -> bool {
        self.html.is_after_less() || self.inner.is_after_less()
    }

    /// The next byte of the text.
    pub(super) fn push(&mut self, byte: u8) {
        let was_in_tag = self.html.is_in_tag();
        self.markup(byte);
        let (word, stripped) = (&mut self.word, &mut self.stripped);
        let in_tag = was_in_tag || self.html.is_in_tag();
        self.escapes.push(byte, &mut |seen| {
            word.see(seen);
            if !in_tag {
                stripped.see(seen);
            }
        });
    }

    /// The next byte, inside a JSON string of this text: what is bare in there is for the string's own reading.
    pub(super) fn markup(&mut self, byte: u8) {
        self.html.push(byte);
        self.inner.push(byte);
        self.destination.push(byte);
        self.terminal.push(byte);
    }

    /// A placeholder comes next, restored or not.
    pub(super) fn before_placeholder(&mut self) {
        let (word, stripped) = (&mut self.word, &mut self.stripped);
        self.escapes.flush(&mut |seen| {
            word.see(seen);
            stripped.see(seen);
        });
    }

    /// A placeholder stays, written like this.
    pub(super) fn placeholder(&mut self, written: &[u8]) {
        for byte in written {
            self.markup(*byte);
        }
        self.word.placeholder();
        self.stripped.placeholder();
    }

    /// A string of JSON begins or ends here.
    pub(super) fn end_word(&mut self) {
        self.word.end();
        self.stripped.end();
    }
}

#[cfg(test)]
mod tests;
