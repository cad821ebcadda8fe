//! Readings: a text in every form that its reader knows, each with the way back to the bytes that the caller sent.
//!
//! A leaf is read plainly (canonical form, behind its key where that tells something), and then as it looks without
//! markup, with its escapes undone, with packed text unpacked, and with the pieces of values put together; each of these
//! may show something that has to be read so again. It judges nothing.

mod canonical;
mod changes;
mod escapes;
mod folded;
mod joined;
mod label;
mod marked_span;
mod markup;
mod packed;
mod quoted_printable;
mod signs;
mod terminal;

use std::borrow::Cow;
use std::fmt;

use self::canonical::Controls;
use self::changes::Changes;
use self::folded::Folded;
use self::signs::Signs;
use crate::{ByteSpan, Deadline, LeafClass, TextLeaf, TextScope};

/// An encoding inside an encoding inside an encoding is still read; deeper is not what a person or a tool writes.
const MAX_LAYERS: u8 = 3;
/// What is read of a leaf beside its plain form is at most so many times as long as the leaf.
const MAX_TIMES: usize = 4;
/// A short leaf has more room: its surroundings are read again with each change.
const LEAST_BYTES: usize = 16 << 10;
/// So near to what another way of reading has shown, a change may belong to the same value, in bytes.
const NEAR: usize = 256;

/// What reading a text takes at most beside it, in bytes for each of its bytes: its other readings, the way back from them,
/// and what is known of the next one while it is made. Ordinary text takes next to nothing, one of escapes about 10, one of
/// nothing but control characters the most.
pub const READINGS_WEIGHT: usize = 72;

/// A longer leaf is not read: the places of what is read of it would not fit the numbers that hold them.
const LONGEST_LEAF: usize = marked_span::MAX_TEXT / 8;

/// What cannot be read is one run with the next so near to it, in bytes.
const RUN_GAP: usize = 16;

/// One form of one leaf's text.
pub struct Reading<'a> {
    folded: Folded<'a>,
    /// The reading that it was made from; `None`: the leaf itself.
    source: Option<usize>,
    way: Way,
    layers: u8,
    /// Not read itself: it stands between two others.
    is_step: bool,
    leaf: TextLeaf<'a>,
}

/// The ways of reading, in the order in which they are tried: one that comes later sees what an earlier one has shown,
/// and an earlier one comes again only where a later one has shown something for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Plain,
    Joined,
    WithoutMarkup,
    WithoutElements,
    QuotedPrintable,
    Unescaped,
    Entities,
    Decoded,
    Form,
    Unpacked,
}

impl Way {
    const DERIVED: [Self; 9] = [
        Self::Joined,
        Self::WithoutMarkup,
        Self::WithoutElements,
        Self::QuotedPrintable,
        Self::Unescaped,
        Self::Entities,
        Self::Decoded,
        Self::Form,
        Self::Unpacked,
    ];

    /// The signs without any of which it changes nothing; `None` where letters alone may be enough, as in base32.
    const fn needs(self) -> Option<Signs> {
        Some(match self {
            Self::Plain => Signs::LINE,
            Self::Joined => Signs::QUOTE.or(Signs::LINE),
            Self::WithoutMarkup => Signs::TAG
                .or(Signs::EMPHASIS)
                .or(Signs::UNDERSCORE)
                .or(Signs::BRACKET)
                .or(Signs::LINE),
            Self::WithoutElements => Signs::TAG,
            Self::QuotedPrintable => Signs::EQUALS,
            Self::Unescaped => Signs::BACKSLASH,
            Self::Entities => Signs::AMPERSAND,
            Self::Decoded => Signs::PERCENT,
            Self::Form => Signs::PLUS,
            Self::Unpacked => return None,
        })
    }

    /// What it changes in a text with these signs, and what it may change otherwise; `most` bounds what is inflated.
    fn changes(self, text: &str, signs: Signs, most: usize) -> [Changes; 2] {
        // The first line of a text may begin with a sign of a patch.
        let opens = self == Self::WithoutMarkup && text.starts_with(['+', '-', '>', '@']);
        if self.needs().is_some_and(|needs| !signs.has(needs)) && !opens {
            return [Changes::default(), Changes::default()];
        }
        let changes = match self {
            Self::Unpacked => return packed::packed(text, signs, most),
            Self::Plain => Changes::default(),
            Self::Joined => joined::joined(text, signs),
            Self::WithoutMarkup => markup::markup(text, signs),
            Self::WithoutElements => markup::xml(text),
            Self::QuotedPrintable => quoted_printable::quoted_printable(text),
            Self::Unescaped => escapes::backslashes(text),
            Self::Entities => escapes::entities(text),
            Self::Decoded => escapes::escapes(text),
            Self::Form => escapes::form(text),
        };
        [changes, Changes::default()]
    }

    /// Whether it undoes an encoding.
    const fn is_layer(self) -> bool {
        !matches!(
            self,
            Self::Plain | Self::Joined | Self::WithoutMarkup | Self::WithoutElements
        )
    }
}

/// A text in canonical form: what every reading is in.
pub(crate) fn canonical_text(text: &str) -> Cow<'_, str> {
    canonical::canonical(text, Controls::Part).0.text
}

/// JSON with the escapes of its strings undone, and the way back.
pub(crate) struct Unescaped<'a>(Folded<'a>);

impl<'a> Unescaped<'a> {
    /// Undoes every escape that JSON knows, at any depth of strings in strings.
    pub(crate) fn of(json: &'a str) -> Self {
        let changes = escapes::backslashes(json);
        if changes.is_empty() {
            return Self(Folded::same(json));
        }
        Self(changes.apply_all(json))
    }

    pub(crate) fn text(&self) -> &str {
        &self.0.text
    }

    /// The bytes of the JSON that say `span`.
    pub(crate) fn written(&self, span: ByteSpan) -> ByteSpan {
        self.0.written(span)
    }
}

impl<'a> Reading<'a> {
    /// The text in canonical form.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.folded.text
    }

    /// Who wrote the leaf, or what it is for.
    #[must_use]
    pub const fn scope(&self) -> TextScope {
        self.leaf.scope
    }

    /// What the leaf is to the walker that found it.
    #[must_use]
    pub const fn class(&self) -> LeafClass {
        self.leaf.class
    }

    /// The object key above the leaf.
    #[must_use]
    pub const fn label(&self) -> Option<&'a str> {
        self.leaf.label
    }

    /// The leaf's text as it is written.
    pub(crate) const fn leaf_text(&self) -> &'a str {
        self.leaf.text
    }

    /// Whether it says just what the leaf's bytes say.
    fn is_leaf_itself(&self) -> bool {
        self.source.is_none() && self.folded.is_same()
    }
}

impl fmt::Debug for Reading<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reading")
            .field("bytes", &self.text().len())
            .field("way", &self.way)
            .finish_non_exhaustive()
    }
}

/// All readings of one leaf.
pub(crate) struct Readings<'a> {
    all: Vec<Reading<'a>>,
    /// Bytes of the leaf that could not be read to the end.
    unread: Vec<ByteSpan>,
    /// Bytes that may still be read.
    left: usize,
}

impl<'a> Readings<'a> {
    /// Reads a leaf in every way, or in fewer once `until` has passed: whoever asked must not go on then.
    pub(crate) fn of(leaf: &TextLeaf<'a>, until: &dyn Deadline) -> Self {
        let mut readings = Self {
            all: Vec::with_capacity(1),
            unread: Vec::new(),
            left: leaf.text.len().saturating_mul(MAX_TIMES).max(LEAST_BYTES),
        };
        if leaf.text.len() > LONGEST_LEAF {
            readings.push(Folded::same(leaf.text), None, Way::Plain, 0, leaf, false);
            readings.unread.push(ByteSpan::new(0, leaf.text.len()));
            return readings;
        }
        readings.plainly(leaf);
        let mut next = 0;
        while next < readings.all.len() && !until.has_passed() {
            if !readings.all[next].is_step {
                readings.derive(next);
            }
            next += 1;
        }
        readings.join_unread();
        readings
    }

    /// The readings that detectors see, each with its number.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, &Reading<'a>)> {
        self.all
            .iter()
            .enumerate()
            .filter(|(_, reading)| !reading.is_step)
    }

    /// The reading with this number.
    pub(crate) fn nth(&self, number: usize) -> &Reading<'a> {
        &self.all[number]
    }

    /// Whether nothing but the leaf's own bytes is read.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(&*self.all, [only] if only.is_leaf_itself())
    }

    /// Bytes of the leaf that could not be read to the end, in order.
    pub(crate) fn unread(&self) -> &[ByteSpan] {
        &self.unread
    }

    /// How much memory the texts take, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.all.iter().map(|reading| reading.text().len()).sum()
    }

    /// How much memory they take, the way back to the leaf included, in bytes.
    pub(crate) fn held_bytes(&self) -> usize {
        self.all.iter().map(|reading| reading.folded.held_bytes()).sum()
    }

    /// The bytes of the leaf that say `span` of a reading; `None` where it is not the leaf that says it, or where text
    /// between was left out.
    pub(crate) fn written(&self, number: usize, span: ByteSpan) -> Option<ByteSpan> {
        let mut span = span;
        let mut number = number;
        loop {
            let reading = &self.all[number];
            let length = reading.text().len();
            // Whoever reads on to a text's end may count a sign behind it.
            span = ByteSpan::new(span.start.min(length), span.end.min(length));
            if reading.folded.crosses_gap(span) {
                return None;
            }
            span = reading.folded.written(span);
            match reading.source {
                Some(source) => number = source,
                None => return (!span.is_empty()).then_some(span),
            }
        }
    }

    /// The leaf as it stands, behind its key where that tells something about it.
    fn plainly(&mut self, leaf: &TextLeaf<'a>) {
        let (canonical, has_controls) = canonical::canonical(leaf.text, Controls::Part);
        let words = if label::is_value(leaf.text) {
            label::words(leaf)
        } else {
            Vec::new()
        };
        let labelled: Vec<Folded<'static>> = words
            .iter()
            .map(|words| label::before(words, &canonical.text))
            .collect();
        // Behind a label its first line would be no table's head.
        let is_step = !labelled.is_empty() && !label::has_own_structure(&canonical.text);
        self.push(canonical, None, Way::Plain, 0, leaf, is_step);
        for labelled in labelled {
            self.push(labelled, Some(0), Way::Plain, 0, leaf, false);
        }
        if has_controls {
            let (without, _) = canonical::canonical(leaf.text, Controls::Vanish);
            self.push(without, None, Way::Plain, 0, leaf, false);
        }
    }

    /// Adds what a reading shows when it is read in another way.
    fn derive(&mut self, from: usize) {
        let signs = Signs::of(self.all[from].text());
        for way in Way::DERIVED {
            for changes in way.changes(self.all[from].text(), signs, self.left) {
                self.read_changed(from, way, changes);
            }
        }
    }

    /// Adds a reading with changes in it, as far as they are new.
    fn read_changed(&mut self, from: usize, way: Way, mut changes: Changes) {
        let reading = &self.all[from];
        if reading.way != Way::Plain {
            // What stands far from any change was read in this way before.
            let reach = if way > reading.way { NEAR } else { 0 };
            changes.retain_rows(reach > 0, |written| self.is_shown_near(from, written, reach));
            changes.retain(|written| !reading.folded.crosses_gap(written));
        }
        if changes.is_empty() {
            return;
        }
        let layers = reading.layers + u8::from(way.is_layer());
        if layers > MAX_LAYERS {
            self.leave_unread(from, changes.telling().collect());
            return;
        }
        let (folded, read) = changes.apply(reading.text(), self.left);
        let unread = changes.unread(read).collect();
        self.leave_unread(from, unread);
        if read > 0 {
            self.left = self.left.saturating_sub(folded.text.len());
            let leaf = self.all[from].leaf;
            let first = self.all.len();
            self.add(folded, from, way, layers, &leaf);
            if !label::is_value(leaf.text) {
                self.label(first);
            }
        }
    }

    /// Adds the readings from `first` on behind the leaf's key: what is written too long to be what a key names may read as
    /// short as that.
    fn label(&mut self, first: usize) {
        for number in first..self.all.len() {
            let Reading {
                folded,
                way,
                layers,
                leaf,
                is_step,
                ..
            } = &self.all[number];
            let all = ByteSpan::new(0, folded.text.len());
            if *is_step || !label::is_value(&folded.text) || folded.crosses_gap(all) {
                continue;
            }
            let (way, layers, leaf) = (*way, *layers, *leaf);
            for words in label::words(&leaf) {
                let labelled = label::before(&words, self.all[number].text());
                self.push(labelled, Some(number), way, layers, &leaf, false);
            }
        }
    }

    /// Whether what stands at `span` of a reading, or at most `reach` bytes beside it, was shown by its way.
    fn is_shown_near(&self, number: usize, span: ByteSpan, reach: usize) -> bool {
        let reading = &self.all[number];
        reading.folded.is_folded_near(span, reach)
            || reading.source.is_some_and(|source| {
                let before = &self.all[source];
                before.is_step && before.folded.is_folded_near(reading.folded.written(span), reach)
            })
    }

    /// Adds a reading in canonical form, which what was decoded need not have.
    fn add(&mut self, folded: Folded<'static>, from: usize, way: Way, layers: u8, leaf: &TextLeaf<'a>) {
        let (canonical, has_controls) = canonical::canonical(&folded.text, Controls::Part);
        if canonical.is_same() && !has_controls {
            self.push(folded, Some(from), way, layers, leaf, false);
            return;
        }
        let canonical = canonical.into_owned();
        let without = has_controls.then(|| {
            let (without, _) = canonical::canonical(&folded.text, Controls::Vanish);
            without.into_owned()
        });
        let step = Some(self.all.len());
        self.push(folded, Some(from), way, layers, leaf, true);
        self.push(canonical, step, way, layers, leaf, false);
        if let Some(without) = without {
            self.left = self.left.saturating_sub(without.text.len());
            self.push(without, step, way, layers, leaf, false);
        }
    }

    fn push(
        &mut self,
        folded: Folded<'a>,
        source: Option<usize>,
        way: Way,
        layers: u8,
        leaf: &TextLeaf<'a>,
        is_step: bool,
    ) {
        self.all.push(Reading {
            folded,
            source,
            way,
            layers,
            is_step,
            leaf: *leaf,
        });
    }

    /// What cannot be read is covered run by run: stretches that nearly touch are one.
    fn join_unread(&mut self) {
        self.unread.sort_unstable();
        self.unread.dedup_by(|later, earlier| {
            let touch = later.start <= earlier.end + RUN_GAP;
            if touch {
                *earlier = earlier.union(*later);
            }
            touch
        });
    }

    fn leave_unread(&mut self, from: usize, spans: Vec<ByteSpan>) {
        let written = spans.into_iter().filter_map(|span| self.written(from, span));
        let written: Vec<ByteSpan> = written.collect();
        self.unread.extend(written);
    }
}

#[cfg(test)]
mod tests;
