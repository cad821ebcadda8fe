//! One request body: its leaves, what it says about itself, and the ways to change it without touching the rest.

pub(crate) mod explain;
mod facts;
mod schema_bytes;
mod splice;
mod strip;
mod walk;

use std::fmt;

pub use facts::Facts;
pub use schema_bytes::SchemaBytes;

use self::splice::{Layer, Patch};
use crate::Surface;
use crate::error::{Malformed, SpliceError, WireError};
use crate::json::{Bounds, Tape, View};
use crate::leaf::{Edit, Label, Leaf};
use crate::path::Paths;

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
    facts: Facts,
    explanation: Vec<Patch>,
    removals: Vec<Patch>,
}

impl<'a> Document<'a> {
    /// Reads a body as strict JSON (RFC 8259) and finds its leaves by the surface's table.
    ///
    /// Errors: anything that two readers could understand differently or not at all, and what is over a limit.
    /// Duplicate keys and numbers of any size are accepted and kept.
    pub fn parse(body: &'a [u8], surface: Surface, limits: &Limits) -> Result<Self, WireError> {
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
        let walked = walk::walk(text, &tape, surface, limits)?;
        let facts = Facts::read(View { text, tape: &tape }, surface);
        Ok(Self {
            surface,
            text,
            tape,
            layers: walked.layers,
            leaves: walked.leaves,
            paths: walked.paths,
            facts,
            explanation: Vec::new(),
            removals: Vec::new(),
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

    /// Removes what Codex says about the machine in `client_metadata`: the entries `x-codex-turn-metadata`
    /// (workspace paths, installation id) and `x-codex-turn-state`. Their leaves are gone too, so that leaf
    /// indices from before no longer hold.
    pub fn strip_client_metadata(&mut self) {
        let removals = strip::patches(self.view());
        if !removals.is_empty() && self.removals.is_empty() {
            self.forget_leaves(&removals);
            self.removals = removals;
        }
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

    /// Drops the leaves inside removed ranges of the body.
    fn forget_leaves(&mut self, removals: &[Patch]) {
        let mut renumbered = Vec::with_capacity(self.leaves.len());
        let mut kept = 0_u32;
        let layers = &self.layers;
        self.leaves.retain(|leaf| {
            let at = splice::body_position(layers, leaf);
            let keep = !removals.iter().any(|removal| removal.range.contains(&at));
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
