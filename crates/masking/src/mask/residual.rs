//! The last look: does an original still stand in what is about to leave?

use std::borrow::Cow;

use crate::{ByteSpan, Placeholder, PlaceholderMap};

/// A shorter original stands in other text by chance (`Al` in a list of words).
const MIN_BYTES: usize = 4;
/// First names that open English sentences as other words: masked where they were found, not wherever they stand.
const AMBIGUOUS: [&str; 24] = [
    "Angel",
    "April",
    "August",
    "Bill",
    "Chase",
    "Christian",
    "Dear",
    "Drew",
    "Faith",
    "Frank",
    "Grace",
    "Grant",
    "Hope",
    "June",
    "Jack",
    "Mark",
    "Mason",
    "Miles",
    "Page",
    "Rich",
    "Rose",
    "Summer",
    "Will",
    "Young",
];

/// A longer shortest needle does not skip further.
const MAX_WINDOW: usize = 64;
/// Bytes that decide how far the search may skip.
const BLOCK: usize = 3;

/// Searches texts for the originals of a turn.
///
/// The set is new for every turn, so what counts is how soon the search can start. After Wu and Manber ("A fast algorithm
/// for multi-pattern searching", 1994): a table over blocks of three bytes says how far the next original can be at the
/// least, and most looks skip nearly the length of the shortest one.
pub struct ResidualScan<'a> {
    /// Sorted by their first four bytes.
    needles: Vec<(u32, &'a Placeholder, Cow<'a, str>)>,
    /// Bytes of the shortest needle.
    window: usize,
    /// By the hash of the block at a window's end: bytes to move on, 0 for a window to look at.
    skips: Vec<u8>,
    /// How far a hash is shifted to be an index of `skips`.
    shift: u32,
}

impl<'a> ResidualScan<'a> {
    /// For searching decoded text.
    #[must_use]
    pub fn new(map: &'a PlaceholderMap) -> Self {
        Self::build(map, false)
    }

    /// For searching what is about to leave: JSON too, where an original may be written with escapes.
    #[must_use]
    pub fn outbound(map: &'a PlaceholderMap) -> Self {
        Self::build(map, true)
    }

    fn build(map: &'a PlaceholderMap, json: bool) -> Self {
        let mut needles = Vec::with_capacity(map.len());
        for (placeholder, original) in map
            .expose_originals()
            .filter(|(_, original)| is_telling(original))
        {
            if json && let Some(escaped) = json_escaped(original) {
                needles.push((first_four(escaped.as_bytes()), placeholder, Cow::Owned(escaped)));
            }
            needles.push((
                first_four(original.as_bytes()),
                placeholder,
                Cow::Borrowed(original),
            ));
        }
        needles.sort_unstable_by_key(|(head, ..)| *head);
        let window = needles
            .iter()
            .map(|(.., needle)| needle.len())
            .min()
            .unwrap_or(MIN_BYTES)
            .min(MAX_WINDOW);
        let blocks = (needles.len() * window * 8)
            .next_power_of_two()
            .clamp(1 << 10, 1 << 18);
        let farthest = u8::try_from(window - BLOCK + 1).unwrap_or(1);
        let mut scan = Self {
            needles,
            window,
            skips: vec![farthest; blocks],
            shift: 32 - blocks.trailing_zeros(),
        };
        for nth in 0..scan.needles.len() {
            for end in BLOCK..=window {
                let block = scan.block(&scan.needles[nth].2.as_bytes()[end - BLOCK..end]);
                let skip = u8::try_from(window - end).unwrap_or_default();
                scan.skips[block] = scan.skips[block].min(skip);
            }
        }
        scan
    }

    /// Calls `on_hit` for each original that stands in `text` as a word of its own.
    pub fn each(&self, text: &str, mut on_hit: impl FnMut(ByteSpan, &'a Placeholder)) {
        self.search(text.as_bytes(), |span, placeholder| {
            on_hit(span, placeholder);
            true
        });
    }

    /// Where the first original stands in `bytes` as a word of its own.
    #[must_use]
    pub fn first(&self, bytes: &[u8]) -> Option<ByteSpan> {
        let mut first = None;
        self.search(bytes, |span, _| {
            first = Some(span);
            false
        });
        first
    }

    /// `on_hit` says whether to go on.
    fn search(&self, bytes: &[u8], mut on_hit: impl FnMut(ByteSpan, &'a Placeholder) -> bool) {
        if self.needles.is_empty() {
            return;
        }
        let mut end = self.window;
        while let Some(block) = bytes.get(end - BLOCK..end) {
            let skip = self.skips[self.block(block)];
            if skip > 0 {
                end += usize::from(skip);
                continue;
            }
            let start = end - self.window;
            let head = first_four(&bytes[start..]);
            let from = self.needles.partition_point(|(other, ..)| *other < head);
            for (_, placeholder, needle) in self.needles[from..]
                .iter()
                .take_while(|(other, ..)| *other == head)
            {
                let span = ByteSpan::new(start, start + needle.len());
                if bytes[start..].starts_with(needle.as_bytes())
                    && is_word(bytes, span)
                    && !on_hit(span, placeholder)
                {
                    return;
                }
            }
            end += 1;
        }
    }

    /// Fibonacci hashing: the high bits of a product are well mixed.
    fn block(&self, block: &[u8]) -> usize {
        let value = block
            .iter()
            .fold(0_u32, |value, byte| value << 8 | u32::from(*byte));
        (value.wrapping_mul(0x9e37_79b1) >> self.shift) as usize
    }
}

fn first_four(bytes: &[u8]) -> u32 {
    bytes.first_chunk().map_or(0, |chunk| u32::from_le_bytes(*chunk))
}

fn is_telling(original: &str) -> bool {
    original.len() >= MIN_BYTES && !AMBIGUOUS.contains(&original)
}

/// Neither side goes on with a letter or digit of the same word.
fn is_word(bytes: &[u8], span: ByteSpan) -> bool {
    let parted = |inner: u8, outer: Option<&u8>| {
        !(inner.is_ascii_alphanumeric() && outer.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_'))
    };
    parted(
        bytes[span.start],
        span.start.checked_sub(1).map(|before| &bytes[before]),
    ) && parted(bytes[span.end - 1], bytes.get(span.end))
}

fn json_escaped(text: &str) -> Option<String> {
    if !text.bytes().any(|b| matches!(b, b'"' | b'\\' | 0..=0x1f)) {
        return None;
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for char in text.chars() {
        match char {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            _ => escaped.push(char),
        }
    }
    Some(escaped)
}
