//! API_KEY by form: keys whose provider marks them with a prefix or another fixed part. Keys that only their context
//! tells apart are in `service_key`.

mod alphabet;
mod families;
mod shape;

use std::sync::Arc;

use self::families::{FAMILIES, Family, WORDS};
pub(super) use self::shape::Shape;
use super::rule::{Found, Rule, Wake};
use super::secret::{is_random, is_template, may_end, may_start};
use super::wrapped::{Unwrapped, is_break};
use crate::{ByteSpan, EntityType, Score};

/// A key with this many bytes of fixed text is not something else by chance.
const UNMISTAKABLE: usize = 4;
/// A run of this length without `-` and `_` is no text.
const UNBROKEN: usize = 20;
/// Behind an anchor of this length a key is found even where it is glued to a word.
const UNMISTAKABLE_IN_A_WORD: usize = 8;
/// Keys that may be longer than this start only where nothing before could belong to them.
const LONG: usize = 256;
/// How far back an earlier anchor is looked for.
const INSIDE_REACH: usize = 64;
/// How far behind an access key id its secret may stand.
const COMPANION_REACH: usize = 200;

/// How long digests are in hex: MD5, SHA-1 and the SHA-2 family.
const DIGESTS: [usize; 6] = [32, 40, 56, 64, 96, LONGEST_DIGEST];
/// SHA-512's.
const LONGEST_DIGEST: usize = 128;

/// Finds keys by the shapes of [`FAMILIES`].
pub(super) struct ApiKeys {
    anchors: Vec<Anchor>,
    words: Vec<Known>,
}

/// One literal and the families whose keys it marks.
struct Anchor {
    literal: &'static str,
    families: Vec<Known>,
}

struct Known {
    shape: Shape,
    companion: Option<Shape>,
    detector: Arc<str>,
}

/// A key that was found, and as what.
struct Key<'a> {
    known: &'a Known,
    start: usize,
    end: usize,
}

impl ApiKeys {
    pub(super) fn new() -> Self {
        let mut anchors: Vec<Anchor> = Vec::new();
        for family in FAMILIES.iter().copied().flatten() {
            let known = known(family);
            let literal = known
                .shape
                .anchor()
                .expect("a test finds an anchor in every shape of the table");
            match anchors.iter_mut().find(|anchor| anchor.literal == literal) {
                Some(anchor) => anchor.families.push(known),
                None => anchors.push(Anchor {
                    literal,
                    families: vec![known],
                }),
            }
        }
        let words = WORDS.iter().map(known).collect();
        Self { anchors, words }
    }

    /// Looks at the anchor of keys.
    fn look_at_anchor(&self, bytes: &[u8], index: usize, at: ByteSpan, found: &mut Found) {
        let anchor = &self.anchors[index];
        if bytes[at.range()] != *anchor.literal.as_bytes() || found.covers(at.start, &EntityType::ApiKey) {
            return;
        }
        let keys = anchor.families.iter().filter_map(|known| known.key_at(bytes, at));
        let longest = keys.reduce(|best, next| if next.end > best.end { next } else { best });
        let Some(Key { known, start, end }) = longest else {
            return;
        };
        let score = if known.is_unmistakable() {
            Score::CERTAIN
        } else {
            Score::STRONG
        };
        found.push(EntityType::ApiKey, start, end, score, &known.detector);
        if let Some(secret) = known.companion_behind(bytes, end) {
            found.push(
                EntityType::ApiKey,
                secret.start,
                secret.end,
                Score::LIKELY,
                &known.detector,
            );
        }
    }

    /// Looks at a word that may be a key or its first part.
    fn look_at_word(&self, bytes: &[u8], word: ByteSpan, found: &mut Found) {
        // The letter of an escape (`\\n`) is none of the word.
        let start = word.start + usize::from(bytes[..word.start].ends_with(b"\\"));
        for known in &self.words {
            let Ok(end) = known.shape.read(bytes, start) else {
                continue;
            };
            let key = &bytes[start..end];
            if may_end(bytes, end) && is_random(key) && !is_template(key) {
                found.push(
                    EntityType::ApiKey,
                    word.start,
                    end,
                    Score::STRONG,
                    &known.detector,
                );
            }
        }
    }
}

fn known(family: &Family) -> Known {
    let shape = |text| Shape::parse(text).expect("a test reads every shape of the tables");
    Known {
        shape: shape(family.shape),
        companion: family.companion.map(shape),
        detector: format!("api_key.{}", family.provider).into(),
    }
}

/// Made-up keys, one for each family: provider and key. For labelled sets and tests; the same for the same seed.
pub fn samples(seed: u64) -> impl Iterator<Item = (&'static str, String)> {
    let families = FAMILIES.iter().copied().flatten().chain(WORDS);
    families.zip(seed..).filter_map(|(family, seed)| {
        let shape = Shape::parse(family.shape)?;
        Some((family.provider, shape.sample(seed)))
    })
}

impl Rule for ApiKeys {
    fn literals(&self) -> Vec<String> {
        let lower = |anchor: &Anchor| anchor.literal.to_ascii_lowercase();
        self.anchors.iter().map(lower).collect()
    }

    fn on_mixed(&self) -> bool {
        true
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let bytes = text.as_bytes();
        match wake {
            Wake::Literal { index, at } => self.look_at_anchor(bytes, index, at, found),
            Wake::Mixed(word) => self.look_at_word(bytes, word, found),
            Wake::Number(_) | Wake::Code(_) | Wake::Postcode(_) | Wake::Whole(_) => {}
        }
    }
}

impl Known {
    /// Whether the form alone says that it is a key: by its fixed text, or by a long run without the `-` and `_` that
    /// join words.
    fn is_unmistakable(&self) -> bool {
        self.shape.literal_bytes() >= UNMISTAKABLE || self.shape.has_unbroken_run(UNBROKEN)
    }

    fn key_at(&self, bytes: &[u8], at: ByteSpan) -> Option<Key<'_>> {
        let start = self.shape.head(bytes, at.start)?;
        let glued = at.len() < UNMISTAKABLE_IN_A_WORD && !may_start(bytes, start);
        if glued || self.is_inside(bytes, at) {
            return None;
        }
        let end = match self.shape.tail(bytes, at.start) {
            Ok(end) if self.shape.is_open() && is_break(bytes, end) => {
                self.wrapped_end(bytes, at, end).unwrap_or(end)
            }
            Ok(end) => trim(bytes, at.end, end),
            Err(stop) if is_break(bytes, stop) => self.wrapped_end(bytes, at, stop)?,
            Err(_) => return None,
        };
        let secret = longer(&bytes[start..at.start], &bytes[at.end..end]);
        let is_likely = || {
            if self.is_unmistakable() {
                !is_wordy(secret)
            } else {
                is_random(secret)
            }
        };
        // `task-sk-model`: a short anchor behind a hyphen is part of a name, unless what follows can be none.
        let is_named = at.len() < UNMISTAKABLE && is_hyphenated(bytes, start) && !is_random(secret);
        let is_key = may_end(bytes, end)
            && is_likely()
            && !is_named
            && !is_template(secret)
            && !is_template(&bytes[start..end]);
        is_key.then_some(Key {
            known: self,
            start,
            end,
        })
    }

    /// Whether the anchor stands inside a run that a key of this family would be part of. Only asked where keys are
    /// long: there, a run of anchors would be read as often as it has anchors.
    fn is_inside(&self, bytes: &[u8], anchor: ByteSpan) -> bool {
        let is_part = |byte: &u8| self.shape.goes_on_with(*byte);
        let Some(before) = anchor.start.checked_sub(1).map(|at| bytes[at]).filter(is_part) else {
            return false;
        };
        if self.shape.longest() <= LONG {
            return false;
        }
        // What a URL, an assignment or a name puts before a key may be of the alphabet too; an earlier key's anchor may
        // not.
        let is_open = matches!(before, b'/' | b'=' | b'~' | b'_' | b'-' | b'.' | b':')
            || before.is_ascii_alphanumeric() && may_start(bytes, anchor.start);
        let window = &bytes[anchor.start.saturating_sub(INSIDE_REACH)..anchor.start];
        let run = window.iter().rev().take_while(|b| is_part(b)).count();
        let literal = &bytes[anchor.range()];
        !is_open
            || window[window.len() - run..]
                .windows(literal.len())
                .any(|part| part == literal)
    }

    /// Where the key of this anchor ends that goes on behind the line break at `stop`.
    fn wrapped_end(&self, bytes: &[u8], anchor: ByteSpan, stop: usize) -> Option<usize> {
        if is_name_above_digest(bytes, anchor, stop) {
            return None;
        }
        let unwrapped = Unwrapped::read(bytes, anchor.start..stop, self.shape.shortest_tail())?;
        let end = self.shape.tail(unwrapped.bytes(), 0).ok()?;
        may_end(unwrapped.bytes(), end).then(|| unwrapped.end_in_text(end))
    }

    /// The secret that belongs to the key id that ends at `from`.
    fn companion_behind(&self, bytes: &[u8], from: usize) -> Option<ByteSpan> {
        let companion = self.companion.as_ref()?;
        let to = bytes.len().min(from + COMPANION_REACH);
        let mut at = from;
        while at < to {
            let Some(end) = companion.tail(bytes, at).ok().filter(|_| may_start(bytes, at)) else {
                at += 1;
                continue;
            };
            let secret = &bytes[at..end];
            // A commit's hash is no secret of an alphabet that has capitals.
            let fits_case = !companion.has_capitals() || secret.iter().any(u8::is_ascii_uppercase);
            if may_end(bytes, end) && is_random(secret) && !is_template(secret) && fits_case {
                return Some(ByteSpan::new(at, end));
            }
            at = end;
        }
        None
    }
}

/// A key's text ends before the full stop of its sentence.
fn trim(bytes: &[u8], from: usize, end: usize) -> usize {
    let dots = bytes[from..end].iter().rev().take_while(|b| **b == b'.').count();
    end - dots
}

/// Whether the byte at `start` follows a hyphen inside a word.
fn is_hyphenated(bytes: &[u8], start: usize) -> bool {
    matches!(bytes[..start], [.., before, b'-'] if before.is_ascii_alphanumeric())
}

/// Whether a word stands between the anchor and the line break at `stop`, and the next line opens with a digest, or the
/// word is one of several joined by hyphens: a file name or a branch above a checksum or a commit, and no cut key.
fn is_name_above_digest(bytes: &[u8], anchor: ByteSpan, stop: usize) -> bool {
    let head = &bytes[anchor.end..stop];
    let is_name = !head.is_empty()
        && head
            .iter()
            .all(|b| b.is_ascii_lowercase() || matches!(b, b'-' | b'_' | b'.' | b'/'))
        && head.iter().any(|b| !b.is_ascii_hexdigit());
    let digest = bytes[stop..]
        .iter()
        .skip_while(|b| matches!(b, b'\r' | b'\n' | b' ' | b'\t'))
        .take(LONGEST_DIGEST + 1)
        .take_while(|b| b.is_ascii_hexdigit())
        .count();
    let is_joined = anchor.len() < UNMISTAKABLE && is_hyphenated(bytes, anchor.start);
    is_name && (is_joined || DIGESTS.contains(&digest))
}

fn longer<'a>(left: &'a [u8], right: &'a [u8]) -> &'a [u8] {
    if left.len() > right.len() { left } else { right }
}

/// Whether the value could be words joined by `-` and `_`, and nothing random.
fn is_wordy(value: &[u8]) -> bool {
    let any = |of: fn(&u8) -> bool| value.iter().any(of);
    let one_case = !any(u8::is_ascii_uppercase) || !any(u8::is_ascii_lowercase);
    let joined = any(|b| !b.is_ascii_alphanumeric()) || !any(u8::is_ascii_uppercase);
    !any(u8::is_ascii_digit) && one_case && joined
}

#[cfg(test)]
mod tests;
