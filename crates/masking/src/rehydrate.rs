//! Puts the originals back into an answer as it streams, one [`Rehydrator`] per text channel.
//!
//! Nothing waits but a possible placeholder at the end of what has arrived, and the word that one begins; the result
//! is the same however the text is cut. The text itself is found by `spelling`, the places where it must stay masked
//! by `watch`.

mod escape;
mod levels;
mod lexicon;
mod links;
mod shell;
mod spelling;
mod unknown;
mod watch;

use std::fmt;
use std::sync::Arc;

use crate::dangerous::Excerpt;
use levels::Levels;
pub use lexicon::Lexicon;
use links::{Around, Verdict};
use spelling::{Found, Hit};
use watch::Watched;

/// Bytes before a place that are kept when the text itself has gone out.
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
    /// Whether values are restored inside addresses too. Off for text that is shown: a rendered image or a followed
    /// link would carry the value to whoever the model named. On where the text is data, as the arguments of trusted
    /// tools.
    pub in_urls: bool,
}

/// What a channel's text held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RehydrateCounts {
    /// Placeholders replaced by their originals.
    pub restored: u64,
    /// Placeholder-shaped text that the map does not know.
    pub unresolved: u64,
    /// Placeholders that stay because they stand in an address.
    pub kept_in_urls: u64,
}

/// Restores one text channel.
pub struct Rehydrator {
    lexicon: Arc<Lexicon>,
    escape: Escape,
    watched: Watched,
    counts: RehydrateCounts,
    /// What has arrived; up to `done` it has gone out.
    text: String,
    done: usize,
    levels: Levels,
    /// For a person who watches.
    excerpt: Option<Box<Excerpt>>,
}

/// What becomes of a placeholder.
enum Fate {
    Restored,
    Kept,
    /// More text decides.
    Waits,
}

impl Rehydrator {
    /// At the start of a channel.
    #[must_use]
    pub fn new(lexicon: Arc<Lexicon>, options: RehydrateOptions) -> Self {
        let watched = if options.in_urls {
            Watched::Nothing
        } else {
            Watched::Shown
        };
        Self::watching(lexicon, options.escape, watched)
    }

    /// At the start of a tool's arguments, in whose top-level members of these names shell commands stand: a value in
    /// a word that is an address stays, written without brackets, which would be redirections. A text that isn't JSON
    /// is a command as a whole.
    #[must_use]
    pub fn of_commands(lexicon: Arc<Lexicon>, escape: Escape, members: &'static [&'static str]) -> Self {
        Self::watching(lexicon, escape, Watched::Commands(members))
    }

    fn watching(lexicon: Arc<Lexicon>, escape: Escape, watched: Watched) -> Self {
        Self {
            lexicon,
            escape,
            watched,
            counts: RehydrateCounts::default(),
            text: String::new(),
            done: 0,
            levels: Levels::new(watched, escape),
            excerpt: None,
        }
    }

    /// The same, with an excerpt of the text kept for a person who watches.
    #[must_use]
    pub fn dangerously_watched(self) -> Self {
        Self {
            excerpt: Some(Box::default()),
            ..self
        }
    }

    /// What of the text was kept for a person who watches; it begins anew.
    pub fn dangerously_take_excerpt(&mut self) -> Option<Excerpt> {
        self.excerpt.as_deref_mut().map(std::mem::take)
    }

    /// Takes the next piece of text and appends to `out` what is certain: everything, except a possible placeholder
    /// at the end, and one whose word has not ended.
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

    /// Whether some of the text has not gone out yet.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.done < self.text.len()
    }

    /// The channel has ended: appends what was held back. The next push starts a new text; the counts go on.
    pub fn finish(&mut self, out: &mut String) {
        self.work(true, out);
        self.text.clear();
        self.done = 0;
        self.levels = Levels::new(self.watched, self.escape);
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
                    match self.fate(&hit, ended) {
                        Fate::Restored => self.restore(&hit, out),
                        Fate::Kept => self.keep(&hit, out),
                        Fate::Waits => break,
                    }
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
        self.levels.push(&self.text.as_bytes()[from..until]);
        out.push_str(&self.text[from..until]);
        if let Some(excerpt) = &mut self.excerpt {
            excerpt.text(&self.text[from..until]);
        }
        self.done = until;
    }

    fn fate(&mut self, hit: &Hit, ended: bool) -> Fate {
        if matches!(self.watched, Watched::Nothing) {
            return Fate::Restored;
        }
        let depth = self.levels.depth();
        let value = self.lexicon.expose(hit.name);
        let mut kept = false;
        let mut names_tag = false;
        for watch in self.levels.watches() {
            watch.before_placeholder();
            kept |= watch.keeps(value);
            names_tag |= watch.is_after_less();
        }
        let around = Around {
            lexicon: &self.lexicon,
            text: &self.text,
            ended,
            depth,
            hosts: self.watched.hosts(),
        };
        let verdict = if kept {
            Verdict::Address
        } else if names_tag {
            links::closed_bracket(around, hit.end)
        } else {
            links::verdict(around, hit.name, hit.end)
        };
        match verdict {
            Verdict::Clear => Fate::Restored,
            Verdict::Address => Fate::Kept,
            Verdict::Unknown => Fate::Waits,
        }
    }

    fn restore(&mut self, hit: &Hit, out: &mut String) {
        let value = self.lexicon.expose(hit.name);
        escape::write(value, self.escapes(), out);
        if let Some(excerpt) = &mut self.excerpt {
            excerpt.value(value, self.lexicon.placeholder(hit.name));
        }
        self.counts.restored += 1;
        // Readers see the value, not its placeholder.
        for (at, watch) in self.levels.watches().enumerate() {
            if at == 0 {
                watch.push(value.as_bytes());
            } else {
                value.bytes().for_each(|byte| watch.push_quoted(byte, false));
            }
        }
        self.pass_placeholder(hit);
    }

    fn keep(&mut self, hit: &Hit, out: &mut String) {
        let written = match self.watched {
            Watched::Commands(_) => self.lexicon.name(hit.name),
            Watched::Nothing | Watched::Shown => &self.text[hit.start..hit.end],
        };
        out.push_str(written);
        if let Some(excerpt) = &mut self.excerpt {
            excerpt.text(written);
        }
        self.counts.kept_in_urls += 1;
        for watch in self.levels.watches() {
            watch.placeholder(written.as_bytes());
        }
        self.pass_placeholder(hit);
    }

    fn pass_placeholder(&mut self, hit: &Hit) {
        self.levels
            .pass_placeholder(&self.text.as_bytes()[hit.start..hit.end]);
        self.done = hit.end;
    }

    /// How often a value is escaped here.
    fn escapes(&self) -> usize {
        match self.escape {
            Escape::None => 0,
            Escape::Json => self.levels.depth().max(1),
            Escape::Auto => self.levels.depth(),
        }
    }
}

impl fmt::Debug for Rehydrator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rehydrator")
            .field("escape", &self.escape)
            .field("watched", &self.watched)
            .field("counts", &self.counts)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
