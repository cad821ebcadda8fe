//! One request body: its leaves, what it says about itself, and the ways to change it without touching the rest.

pub(crate) mod explain;
mod facts;
mod schema_bytes;
mod splice;
mod strip;
mod walk;
mod withhold;

use std::fmt;

pub use facts::Facts;
pub use schema_bytes::SchemaBytes;

use self::splice::{Layer, Patch};
use self::walk::TokenIds;
use crate::Surface;
use crate::error::{Malformed, SpliceError, WireError};
use crate::json::{Bounds, Tape, View};
use crate::leaf::{Edit, FieldClass, Label, Leaf, OpaqueKind, TextScope};
use crate::path::Paths;
use crate::payload;
use crate::vocabulary::{NoVocabulary, Vocabulary};

/// How much a request may hold before it is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Objects and arrays inside each other, those of JSON inside strings included; more than 512 count as 512.
    pub depth: usize,
    /// Bytes of one string or number, as written.
    pub leaf_bytes: usize,
    /// Values and keys of the document, those of JSON inside strings included.
    pub values: usize,
}

impl Limits {
    /// For a body that was within its limits before placeholders, which are longer than what they stand for, came into it.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            depth: MAX_DEPTH,
            leaf_bytes: usize::MAX,
            values: usize::MAX,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 128,
            leaf_bytes: 8 << 20,
            values: 1 << 20,
        }
    }
}

/// Bytes of text for a byte of token ids; languages have one or two.
const TEXT_PER_ID_BYTES: usize = 4;
/// The walk takes up to 1 KiB of stack for a level, and threads have 2 MiB.
const MAX_DEPTH: usize = 512;

impl Limits {
    pub(crate) fn bounds(&self) -> Bounds {
        Bounds {
            depth: self.depth.min(MAX_DEPTH),
            leaf_bytes: self.leaf_bytes,
            values: self.values,
            lone_surrogates: false,
        }
    }
}

/// A request body with the places of its text. Holds the caller's bytes and writes them back unchanged, except
/// where an edit, the explanation or the removal of client metadata says otherwise.
pub struct Document<'a> {
    surface: Surface,
    text: &'a str,
    tape: Tape,
    layers: Vec<Layer<'a>>,
    leaves: Vec<Leaf<'a>>,
    paths: Paths,
    labels: Vec<String>,
    facts: Facts,
    explanation: Vec<Patch>,
    removals: Vec<Patch>,
    is_stripped: bool,
}

impl<'a> Document<'a> {
    /// Reads a body as strict JSON (RFC 8259) and finds its leaves by the surface's table.
    ///
    /// Errors: anything that two readers could understand differently or not at all, and what is over a limit.
    /// Duplicate keys and numbers of any size are accepted and kept.
    ///
    /// Token ids are not read: see [`parse_with`](Self::parse_with).
    pub fn parse(body: &'a [u8], surface: Surface, limits: &Limits) -> Result<Self, WireError> {
        Self::parse_with(body, surface, limits, &NoVocabulary)
    }

    /// As [`parse`](Self::parse), with the words that token ids stand for. Ids that are read leave as text.
    pub fn parse_with(
        body: &'a [u8],
        surface: Surface,
        limits: &Limits,
        vocabulary: &'a dyn Vocabulary,
    ) -> Result<Self, WireError> {
        if body.starts_with(b"\xef\xbb\xbf") {
            return Err(WireError::Malformed {
                at: 0,
                kind: Malformed::ByteOrderMark,
            });
        }
        let text = std::str::from_utf8(body).map_err(|error| WireError::Malformed {
            at: error.valid_up_to(),
            kind: Malformed::InvalidUtf8,
        })?;
        let tape = Tape::parse(text, limits.bounds())?;
        let view = View { text, tape: &tape };
        let facts = Facts::read(view, surface);
        let ids = TokenIds {
            vocabulary,
            model: facts.model.clone().filter(|_| view.has_one(0, "model")),
            left: text
                .len()
                .saturating_mul(TEXT_PER_ID_BYTES)
                .min(limits.leaf_bytes),
        };
        let walked = walk::walk(text, &tape, surface, limits, ids)?;
        Ok(Self {
            surface,
            text,
            tape,
            layers: walked.layers,
            leaves: walked.leaves,
            paths: walked.paths,
            labels: walked.labels,
            facts,
            explanation: Vec::new(),
            removals: Vec::new(),
            is_stripped: false,
        })
    }

    /// Every string, key and number that the surface's table does not make structure; empty strings are left out.
    ///
    /// They stand in the order of the text, except that citations and annotations follow the content list they
    /// stand in.
    #[must_use]
    pub fn leaves(&self) -> &[Leaf<'a>] {
        &self.leaves
    }

    /// What the request says about itself.
    #[must_use]
    pub const fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Whether a model is asked for just once: of several, other readers may take another one.
    #[must_use]
    pub fn names_one_model(&self) -> bool {
        let view = View {
            text: self.text,
            tape: &self.tape,
        };
        view.has_one(0, "model")
    }

    /// How many messages the request has, or items its input; a text alone is one.
    #[must_use]
    pub fn messages(&self) -> usize {
        facts::messages(self.view())
    }

    /// Where a leaf stands, without any word of the caller's: `messages[].content[].text`. Indices are `[]`, keys
    /// outside the surface's schema `*`. Empty for a leaf that is the whole body or does not exist.
    #[must_use]
    pub fn path(&self, leaf: usize) -> String {
        self.leaves
            .get(leaf)
            .map(|leaf| self.paths.write(leaf.path))
            .unwrap_or_default()
    }

    /// The key that a leaf's value stands under, through arrays; `None` for keys, outside of objects, and where
    /// the key says nothing about the text (`content`, a tool's `name`). It may be the caller's own word: context
    /// for detectors, not for logs.
    #[must_use]
    pub fn label(&self, leaf: usize) -> Option<&str> {
        match self.leaves.get(leaf)?.label {
            Label::None => None,
            Label::Known(name) => Some(name),
            Label::Leaf(key) => self.leaves.get(key as usize).map(|key| key.text.as_ref()),
            Label::Path(path) => self.labels.get(path as usize).map(String::as_str),
        }
    }

    /// Which bytes of the body are the schema's own.
    #[must_use]
    pub fn schema(&self) -> SchemaBytes {
        SchemaBytes::of(&self.layers, &self.leaves)
    }

    /// Adds a sentence to the request's instructions when it is written: behind what the caller sends there, so
    /// that prefixes which the provider caches stay as they are. Embeddings and completions have no such place.
    /// A later call replaces the sentence.
    pub fn explain(&mut self, sentence: &str) {
        self.explanation = explain::patches(self.view(), self.surface, sentence);
    }

    /// As [`explain`](Self::explain), at the beginning of the first message of a user: for models without a system role.
    pub fn explain_to_user(&mut self, sentence: &str) {
        self.explanation = explain::patches_to_user(self.view(), self.surface, sentence);
    }

    /// Removes what Codex says about the machine in `client_metadata`: the entries `x-codex-turn-metadata`
    /// (workspace paths, installation id) and `x-codex-turn-state`. Their leaves are gone too, so that leaf
    /// indices from before no longer hold.
    pub fn strip_client_metadata(&mut self) {
        let removals = strip::patches(self.view());
        if !removals.is_empty() && !self.is_stripped {
            self.forget_leaves(&removals);
            self.removals.extend(removals);
            self.is_stripped = true;
        }
    }

    /// Puts a text in the place of each content block with content of a kind that `is_withheld` names. The text says
    /// what was there and how much; the block's `cache_control` stays. Content that stands where the schema has no
    /// room for a text keeps its leaf. As with client metadata, leaf indices from before no longer hold.
    pub fn withhold(&mut self, is_withheld: impl Fn(OpaqueKind) -> bool) {
        let body = self.view();
        let is_responses = self.surface == Surface::OpenAiResponses;
        let text_type = if is_responses { "input_text" } else { "text" };
        let mut patches: Vec<Patch> = Vec::new();
        let mut end = 0;
        for leaf in &self.leaves {
            let block = leaf.block as usize;
            let is_opaque = matches!(leaf.class, FieldClass::Opaque(kind) if is_withheld(kind));
            // What a model said has a text of another type there, and no files.
            let has_room = block > 0 && !(is_responses && leaf.scope == TextScope::Assistant);
            if !is_opaque || !has_room || !withhold::is_replaceable(body, block) {
                continue;
            }
            let range = withhold::range(body, block);
            // Inside a block that is replaced already.
            if range.start < end {
                continue;
            }
            end = range.end;
            patches.extend(withhold::patches(body, block, text_type, &leaf.text));
        }
        if !patches.is_empty() {
            self.forget_leaves(&patches);
            self.removals.extend(patches);
        }
    }

    /// What the content of an opaque leaf is called: words of a closed list, by its first bytes.
    #[must_use]
    pub fn content_name(&self, leaf: usize) -> &'static str {
        self.leaves
            .get(leaf)
            .map_or("", |leaf| payload::describe(&leaf.text).0)
    }

    /// Whether the body is written differently even without an edit.
    #[must_use]
    pub fn is_rewritten(&self) -> bool {
        !self.removals.is_empty() || self.layers.iter().any(Layer::is_tokens)
    }

    /// The body with the edits made. An edited number becomes a string; a replacement is escaped for where it
    /// stands, through every level of JSON in strings; an edited base64 document is encoded again.
    ///
    /// `edits` are sorted by leaf and start and do not overlap.
    ///
    /// Errors: edits that are not, or that do not fit their leaves.
    pub fn splice(&self, edits: &[Edit<'_>]) -> Result<Vec<u8>, SpliceError> {
        let mut patches = splice::body_patches(&self.layers, &self.leaves, edits)?;
        patches.extend(self.explanation.iter().chain(&self.removals).cloned());
        Ok(splice::apply(self.text, patches).into_bytes())
    }

    fn view(&self) -> View<'_> {
        View {
            text: self.text,
            tape: &self.tape,
        }
    }

    /// Drops the leaves inside removed ranges of the body, which stand in its order.
    fn forget_leaves(&mut self, removals: &[Patch]) {
        let mut renumbered = Vec::with_capacity(self.leaves.len());
        let mut kept = 0_u32;
        let layers = &self.layers;
        self.leaves.retain(|leaf| {
            let at = splice::body_position(layers, leaf);
            let next = removals.partition_point(|removal| removal.range.end <= at);
            let keep = removals.get(next).is_none_or(|removal| at < removal.range.start);
            renumbered.push(kept);
            kept += u32::from(keep);
            keep
        });
        for leaf in &mut self.leaves {
            if let Label::Leaf(key) = &mut leaf.label {
                *key = renumbered[*key as usize];
            }
        }
    }
}

impl fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("surface", &self.surface)
            .field("bytes", &self.text.len())
            .field("leaves", &self.leaves.len())
            .finish_non_exhaustive()
    }
}

/// A JSON string with its quotes.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    crate::json::escape_into(text, &mut quoted);
    quoted.push('"');
    quoted
}
