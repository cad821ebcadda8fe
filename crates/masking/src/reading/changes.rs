//! What one way of reading changes in a text, and the text around those places as it reads then.
//!
//! A long text in which little changes is not read twice: only the lines around each change are.

use memchr::{memchr_iter, memchr3_iter};

use super::folded::{Folded, Folding};
use super::marked_span::MarkedSpan;
use crate::ByteSpan;

/// A shorter text in which anything tells is read anew as a whole: a table's head may stand anywhere in it.
const WHOLE_BYTES: usize = 1024;
/// How far the surroundings of a change reach, in bytes: farther than a label stands from its value.
const REACH: usize = 256;
/// The same for a change that shows no letter: what it parts or joins stands directly beside it.
const WEAK_REACH: usize = 128;
/// Changes so near to each other are one, in bytes: their surroundings are much the same.
const CLUSTER_GAP: usize = 16;
/// A table's head is looked for so far above a row, in bytes.
const TABLE_BYTES: usize = 8 << 10;
/// In a larger text memory counts.
const LARGE_BYTES: usize = 64 << 10;
/// Signs between cells that make a line a row.
const MIN_PARTS: usize = 2;

/// One stretch of the text that reads otherwise.
#[derive(Clone, Copy)]
struct Change {
    /// Marked where it shows a letter, a digit or a sign that values are made of.
    written: MarkedSpan,
    /// Where what it reads as stands in [`Changes::reads`].
    read: MarkedSpan,
}

impl Change {
    fn written(&self) -> ByteSpan {
        self.written.span()
    }

    const fn tells(&self) -> bool {
        self.written.is_marked()
    }
}

/// Changes that stand near to each other.
struct Cluster {
    written: ByteSpan,
    tells: bool,
}

/// Changes of one text, in its order, free of overlaps.
#[derive(Default)]
pub(super) struct Changes {
    reads: String,
    list: Vec<Change>,
}

impl Changes {
    /// With room for a change at each of the signs that may begin one in a large text: a list that grows stands twice in
    /// memory for a while.
    pub(super) fn with_room(text: &str, signs: impl Iterator) -> Self {
        let most = if text.len() < LARGE_BYTES {
            0
        } else {
            signs.count()
        };
        Self {
            reads: String::new(),
            list: Vec::with_capacity(most),
        }
    }

    /// `start..end` reads as `read`. `tells`: it shows a letter, a digit or a sign that values are made of.
    pub(super) fn push(&mut self, start: usize, end: usize, read: &str, tells: bool) {
        debug_assert!(self.list.last().is_none_or(|last| last.written().end <= start));
        let from = self.reads.len();
        self.reads.push_str(read);
        self.list.push(Change {
            written: MarkedSpan::new(start, end, tells),
            read: MarkedSpan::new(from, self.reads.len(), false),
        });
    }

    pub(super) fn push_char(&mut self, start: usize, end: usize, read: char, tells: bool) {
        self.push(start, end, read.encode_utf8(&mut [0; 4]), tells);
    }

    /// Also reads the bytes at `places` as `read`, which tells nothing; places inside other changes are left out.
    pub(super) fn with_chars(mut self, places: &[usize], read: char) -> Self {
        if places.is_empty() {
            return self;
        }
        let from = self.reads.len();
        self.reads.push(read);
        let read = MarkedSpan::new(from, self.reads.len(), false);
        let known = self.list.len();
        self.list.extend(places.iter().map(|at| Change {
            written: MarkedSpan::new(*at, *at + 1, false),
            read,
        }));
        self.list[..].sort_by_key(|change| change.written().start);
        if known > 0 {
            self.list
                .dedup_by(|later, earlier| later.written().overlaps(earlier.written()));
        }
        self
    }

    /// Where the text was read to.
    pub(super) fn end(&self) -> usize {
        self.list.last().map_or(0, |last| last.written().end)
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(super) fn retain(&mut self, keep: impl Fn(ByteSpan) -> bool) {
        self.list.retain(|change| keep(change.written()));
    }

    /// Keeps what `keep` says, and with `rows` also what stands in a row with that: one hand spelled all of it.
    pub(super) fn retain_rows(&mut self, rows: bool, keep: impl Fn(ByteSpan) -> bool) {
        if !rows {
            self.retain(keep);
            return;
        }
        let mut kept: Vec<bool> = self.list.iter().map(|change| keep(change.written())).collect();
        let is_row = |at: usize| {
            let (one, next) = (self.list[at - 1].written(), self.list[at].written());
            next.start <= one.end + CLUSTER_GAP
        };
        for at in 1..kept.len() {
            kept[at] |= kept[at - 1] && is_row(at);
        }
        for at in (1..kept.len()).rev() {
            kept[at - 1] |= kept[at] && is_row(at);
        }
        let mut kept = kept.into_iter();
        self.list.retain(|_| kept.next().unwrap_or_default());
    }

    /// What tells, as written.
    pub(super) fn telling(&self) -> impl Iterator<Item = ByteSpan> {
        self.list
            .iter()
            .filter(|change| change.tells())
            .map(Change::written)
    }

    /// The text around the changes, at most about `most` bytes of it, and how many changes are in it.
    pub(super) fn apply(&self, source: &str, most: usize) -> (Folded<'static>, usize) {
        let is_whole = source.len() <= WHOLE_BYTES && self.list.iter().any(Change::tells);
        let windows = if is_whole {
            vec![ByteSpan::new(0, source.len())]
        } else {
            self.windows(source)
        };
        let first = windows.first().map_or(0, |window| window.start);
        let mut folding = Folding::new(source, first).with_room(self.list.len() + windows.len());
        let (mut at, mut end) = (first, first);
        let mut changes = self.list.iter().peekable();
        let mut done = 0;
        for window in windows {
            if folding.len() + window.len() > most {
                break;
            }
            if window.start > at {
                folding.skip(at..window.start);
            }
            while let Some(change) = changes.next_if(|change| change.written().end <= window.end) {
                folding.fold_str(change.written().range(), &self.reads[change.read.span().range()]);
                done += 1;
            }
            (at, end) = (window.end, window.end);
        }
        (folding.finish(end), done)
    }

    /// The whole text with all changes.
    pub(super) fn apply_all(&self, source: &str) -> Folded<'static> {
        let mut folding = Folding::new(source, 0).with_room(self.list.len());
        for change in &self.list {
            folding.fold_str(change.written().range(), &self.reads[change.read.span().range()]);
        }
        folding.finish(source.len())
    }

    /// The changes behind the first `done`.
    pub(super) fn unread(&self, done: usize) -> impl Iterator<Item = ByteSpan> {
        self.list[done..]
            .iter()
            .filter(|change| change.tells())
            .map(Change::written)
    }

    /// The surroundings of all changes, joined where they meet.
    fn windows(&self, source: &str) -> Vec<ByteSpan> {
        let mut windows: Vec<ByteSpan> = Vec::new();
        for cluster in self.clusters() {
            // What the window before holds need not be looked for again.
            let known = windows.last().map_or(0, |last| last.end);
            let mut window = surroundings(source, &cluster, known);
            // The body of a key stands between what is escaped in its first line and in its last.
            if let Some(last) = windows.last()
                && window.start > last.end
                && is_one_body(&source.as_bytes()[last.end..window.start])
            {
                window.start = last.end;
            }
            while let Some(last) = windows.pop_if(|last| window.start <= last.end) {
                window = window.union(last);
            }
            windows.push(window);
        }
        windows
    }

    /// The changes, those that stand so near to each other that they have their surroundings in common as one.
    fn clusters(&self) -> impl Iterator<Item = Cluster> {
        let mut rest = self.list.iter().peekable();
        std::iter::from_fn(move || {
            let first = rest.next()?;
            let mut cluster = Cluster {
                written: first.written(),
                tells: first.tells(),
            };
            while let Some(next) =
                rest.next_if(|next| next.written().start <= cluster.written.end + CLUSTER_GAP)
            {
                cluster.written.end = next.written().end;
                cluster.tells |= next.tells();
            }
            Some(cluster)
        })
    }
}

/// Whether the stretch is of lines without blanks, and no longer than a key.
fn is_one_body(stretch: &[u8]) -> bool {
    const LONGEST: usize = 16 << 10;
    stretch.len() <= LONGEST && memchr::memchr2(b' ', b'\t', stretch).is_none() && stretch.is_ascii()
}

/// The lines that a change stands in; one more on either side if it tells.
fn surroundings(source: &str, change: &Cluster, known: usize) -> ByteSpan {
    let (reach, lines) = if change.tells { (REACH, 2) } else { (WEAK_REACH, 1) };
    let ByteSpan { start, end } = change.written;
    let bytes = source.as_bytes();
    let floor = start.saturating_sub(reach);
    let mut from = start;
    for _ in 0..lines {
        match memchr::memrchr(b'\n', &bytes[floor..from.saturating_sub(1).max(floor)]) {
            Some(found) => from = floor + found + 1,
            None => {
                from = if floor == 0 {
                    0
                } else {
                    word_start(source, floor, start)
                };
                break;
            }
        }
    }
    let ceiling = (end + reach).min(bytes.len());
    let mut to = end;
    for _ in 0..lines {
        match memchr::memchr(b'\n', &bytes[to..ceiling]) {
            Some(found) => to += found + 1,
            None => {
                to = if ceiling == bytes.len() {
                    ceiling
                } else {
                    word_end(source, end, ceiling)
                };
                break;
            }
        }
    }
    ByteSpan::new(head_of_table(bytes, from, start, known), to)
}

/// Where the table starts that the line of `start` is a row of; `from` where it is none.
fn head_of_table(bytes: &[u8], from: usize, start: usize, known: usize) -> usize {
    let is_row = |line: &[u8]| {
        let parts = memchr3_iter(b'|', b',', b'\t', line).take(MIN_PARTS).count();
        parts + memchr_iter(b';', line).take(MIN_PARTS).count() >= MIN_PARTS
    };
    let line = memchr::memrchr(b'\n', &bytes[from..start]).map_or(from, |at| from + at + 1);
    let near = &bytes[start..bytes.len().min(start + 2 * REACH)];
    let end = start + memchr::memchr(b'\n', near).unwrap_or(near.len());
    if !is_row(&bytes[line..end.min(line + REACH * 2)]) {
        return from;
    }
    let floor = from.saturating_sub(TABLE_BYTES);
    let mut head = from;
    while head > floor.max(known) {
        let line_end = head - 1;
        let line = memchr::memrchr(b'\n', &bytes[floor..line_end]).map(|at| floor + at + 1);
        let Some(line) = line.or((floor == 0).then_some(0)) else {
            break;
        };
        if !is_row(&bytes[line..line_end]) {
            break;
        }
        head = line;
    }
    head
}

/// A longer word is cut, in bytes.
const MAX_WORD: usize = 16 << 10;

/// Where the first whole word from `floor` on starts, `limit` at the latest. In text without white space it is that of the
/// letters and digits, which may be packed and cannot be read in pieces.
fn word_start(source: &str, floor: usize, limit: usize) -> usize {
    let floor = source.ceil_char_boundary(floor).min(limit);
    let bytes = source.as_bytes();
    let gap = bytes[floor..limit].iter().position(u8::is_ascii_whitespace);
    let before = bytes[..floor].iter().rev().take(MAX_WORD);
    gap.map_or_else(
        || floor - before.take_while(|byte| is_packed(byte)).count(),
        |gap| floor + gap,
    )
}

/// Where the last whole word up to `ceiling` ends, `limit` at the earliest.
fn word_end(source: &str, limit: usize, ceiling: usize) -> usize {
    let ceiling = source.floor_char_boundary(ceiling).max(limit);
    let bytes = source.as_bytes();
    let gap = bytes[limit..ceiling].iter().rposition(u8::is_ascii_whitespace);
    let behind = bytes[ceiling..].iter().take(MAX_WORD);
    gap.map_or_else(
        || ceiling + behind.take_while(|byte| is_packed(byte)).count(),
        |gap| limit + gap,
    )
}

const fn is_packed(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=')
}
