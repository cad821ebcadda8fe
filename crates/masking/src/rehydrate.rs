//! Puts the originals back into an answer as it streams, one [`Rehydrator`] per text channel.
//!
//! Nothing waits but a possible placeholder at the end of what has arrived; the result is the same however the text
//! is cut. The text itself is found by `spelling`, the places where it must stay masked by `links`.

mod escape;
mod lexicon;
mod links;
mod spelling;
mod unknown;

use std::fmt;
use std::sync::Arc;

use escape::JsonText;
pub use lexicon::Lexicon;
use links::Links;
use spelling::{Found, Hit};

/// Bytes before a place that may decide what the place means; kept when the text itself has gone out.
const LOOK_BACK: usize = 256;
/// Text that has gone out is dropped from the buffer once it is this long.
const DROP_FROM: usize = 2048;
/// Long texts are worked on in pieces of this size, so that no buffer grows with them.
const PIECE: usize = 16 * 1024;

/// How a restored value is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Escape {
    /// As it is.
    #[default]
    None,
    /// JSON-escaped: the text is JSON, as tool call arguments are. Inside a string that holds JSON itself, once more.
    Json,
    /// As `Json` in a text that begins as JSON does, as it is elsewhere.
    Auto,
}

/// How one channel is rehydrated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RehydrateOptions {
    /// How a restored value is written.
    pub escape: Escape,
    /// Whether values are restored inside URLs too. Off for text that is shown: a rendered image or a followed link
    /// would carry the value to whoever the model named. On where the text is data, as the arguments of trusted tools.
    pub in_urls: bool,
}

/// What a channel's text held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RehydrateCounts {
    /// Placeholders replaced by their originals.
    pub restored: u64,
    /// Placeholder-shaped text that the map does not know.
    pub unresolved: u64,
    /// Placeholders left as they are because they stand in a URL.
    pub kept_in_urls: u64,
}

/// Restores one text channel.
pub struct Rehydrator {
    lexicon: Arc<Lexicon>,
    options: RehydrateOptions,
    counts: RehydrateCounts,
    /// What has arrived; up to `done` it has gone out.
    text: String,
    done: usize,
    links: Links,
    json: JsonText,
}

impl Rehydrator {
    /// At the start of a channel.
    #[must_use]
    pub fn new(lexicon: Arc<Lexicon>, options: RehydrateOptions) -> Self {
        Self {
            lexicon,
            options,
            counts: RehydrateCounts::default(),
            text: String::new(),
            done: 0,
            links: Links::default(),
            json: JsonText::default(),
        }
    }

    /// Takes the next piece of text and appends to `out` what is certain: everything, except a possible placeholder
    /// at the end.
    pub fn push(&mut self, text: &str, out: &mut String) {
        if self.lexicon.is_empty() {
            out.push_str(text);
            return;
        }
        let mut rest = text;
        while !rest.is_empty() {
            let (piece, later) = rest.split_at(rest.floor_char_boundary(PIECE));
            self.text.push_str(piece);
            self.work(false, out);
            rest = later;
        }
    }

    /// The channel has ended: appends what was held back. The next push starts a new text; the counts go on.
    pub fn finish(&mut self, out: &mut String) {
        self.work(true, out);
        self.text.clear();
        self.done = 0;
        self.links = Links::default();
        self.json = JsonText::default();
    }

    /// What has been seen since the start.
    #[must_use]
    pub const fn counts(&self) -> RehydrateCounts {
        self.counts
    }

    fn work(&mut self, ended: bool, out: &mut String) {
        loop {
            match spelling::find(&self.lexicon, self.text.as_bytes(), self.done, ended) {
                Found::Placeholder(hit) => {
                    self.pass(hit.start, out);
                    self.replace(&hit, out);
                }
                Found::Certain { until } => {
                    self.pass(until, out);
                    break;
                }
            }
        }
        if self.done >= DROP_FROM {
            let dropped = self.text.floor_char_boundary(self.done - LOOK_BACK);
            self.text.drain(..dropped);
            self.done -= dropped;
        }
    }

    fn pass(&mut self, until: usize, out: &mut String) {
        let from = self.done;
        self.counts.unresolved += unknown::count(self.text.as_bytes(), from, until);
        let mut at = from;
        while at < until {
            // What a byte is to a link depends on what the text was before it, however the text is cut.
            let is_json = self.is_json();
            let next = self.follow(at, until);
            if !self.options.in_urls {
                self.links.follow(&self.text, at, next, is_json);
            }
            at = next;
        }
        out.push_str(&self.text[from..until]);
        self.done = until;
    }

    fn replace(&mut self, hit: &Hit, out: &mut String) {
        if !self.options.in_urls && self.links.placeholder_is_inside() {
            out.push_str(&self.text[hit.start..hit.end]);
            self.counts.kept_in_urls += 1;
        } else {
            escape::write(self.lexicon.expose(hit.name), self.escapes(), out);
            self.counts.restored += 1;
        }
        let mut at = hit.start;
        while at < hit.end {
            at = self.follow(at, hit.end);
        }
        self.done = hit.end;
    }

    /// Takes note of `from..until`, or of its beginning up to where the text turns out to be JSON or not; answers how far.
    fn follow(&mut self, from: usize, until: usize) -> usize {
        match self.options.escape {
            Escape::None => until,
            Escape::Json | Escape::Auto => self
                .text
                .ceil_char_boundary(from + self.json.follow(&self.text.as_bytes()[from..until])),
        }
    }

    fn is_json(&self) -> bool {
        match self.options.escape {
            Escape::None => false,
            Escape::Json => true,
            Escape::Auto => self.json.is_json(),
        }
    }

    /// How often a value is escaped here.
    fn escapes(&self) -> usize {
        match self.options.escape {
            Escape::None => 0,
            Escape::Json => self.json.depth().max(1),
            Escape::Auto => self.json.depth(),
        }
    }
}

impl fmt::Debug for Rehydrator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rehydrator")
            .field("options", &self.options)
            .field("counts", &self.counts)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
