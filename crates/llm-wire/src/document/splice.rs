//! Carries edits of decoded text back to byte ranges of the body, through JSON in strings and base64.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use crate::error::SpliceError;
use crate::json::{Offsets, escape_into};
use crate::leaf::{Edit, Form, Leaf};
use crate::payload::Spelling;

/// A text that leaves are written in: the body (layer 0), or what a string of another layer decodes to.
pub(super) struct Layer<'a> {
    pub(super) text: Cow<'a, str>,
    /// Where it comes from; `None` for the body.
    pub(super) site: Option<Site>,
}

impl Layer<'_> {
    /// It was a list of token ids.
    pub(super) fn is_tokens(&self) -> bool {
        self.site
            .as_ref()
            .is_some_and(|site| matches!(site.wrap, Wrap::Tokens))
    }
}

/// The inside of a string or a part of it, or a list of ids, in another layer's text.
pub(super) struct Site {
    pub(super) layer: u32,
    pub(super) range: Range<usize>,
    pub(super) wrap: Wrap,
}

/// How a layer is written in its site.
pub(super) enum Wrap {
    /// JSON in a JSON string.
    Escaped,
    /// Base64 in a JSON string, or in a part of one.
    Base64(Spelling),
    /// A list of token ids, which becomes a string.
    Tokens,
}

/// Bytes of a layer that are replaced.
#[derive(Clone)]
pub(super) struct Patch {
    pub(super) range: Range<usize>,
    pub(super) text: String,
}

/// The edits as patches of the body, sorted.
pub(super) fn body_patches(
    layers: &[Layer<'_>],
    leaves: &[Leaf<'_>],
    edits: &[Edit<'_>],
) -> Result<Vec<Patch>, SpliceError> {
    check(leaves, edits)?;
    // Ids are replaced by their text in any case: what leaves is what was looked at.
    let ids = layers.iter().enumerate().filter(|(_, layer)| layer.is_tokens());
    let mut patches: BTreeMap<u32, Vec<Patch>> = ids.map(|(layer, _)| (layer as u32, Vec::new())).collect();
    for group in edits.chunk_by(|one, other| one.leaf == other.leaf) {
        let leaf = &leaves[group[0].leaf];
        let source = &layers[leaf.layer as usize].text[leaf.range()];
        leaf_patches(leaf, source, group, patches.entry(leaf.layer).or_default());
    }
    // A layer's own site stands in a layer before it.
    while let Some((layer, mut of_layer)) = patches.pop_last() {
        of_layer.sort_by_key(|patch| (patch.range.start, patch.range.end));
        let layer = &layers[layer as usize];
        let Some(site) = &layer.site else {
            return Ok(of_layer);
        };
        let source = &layers[site.layer as usize].text[site.range.clone()];
        lift(
            layer,
            site,
            source,
            of_layer,
            patches.entry(site.layer).or_default(),
        );
    }
    Ok(Vec::new())
}

/// Where a leaf stands in the body: inside the outermost string that holds it.
pub(super) fn body_position(layers: &[Layer<'_>], leaf: &Leaf<'_>) -> usize {
    let (mut layer, mut at) = (leaf.layer, leaf.range().start);
    while let Some(site) = &layers[layer as usize].site {
        (layer, at) = (site.layer, site.range.start);
    }
    at
}

/// The text with its patches, which do not overlap.
pub(super) fn apply(text: &str, mut patches: Vec<Patch>) -> String {
    patches.sort_by_key(|patch| (patch.range.start, patch.range.end));
    let added: usize = patches.iter().map(|patch| patch.text.len()).sum();
    let mut out = String::with_capacity(text.len() + added);
    let mut at = 0;
    for patch in &patches {
        out.push_str(&text[at..patch.range.start]);
        out.push_str(&patch.text);
        at = patch.range.end;
    }
    out.push_str(&text[at..]);
    out
}

fn check(leaves: &[Leaf<'_>], edits: &[Edit<'_>]) -> Result<(), SpliceError> {
    let mut before = (0, 0);
    for (index, edit) in edits.iter().enumerate() {
        let leaf = leaves
            .get(edit.leaf)
            .ok_or(SpliceError::NoSuchLeaf { edit: index })?;
        if leaf.text.get(edit.span.clone()).is_none() {
            return Err(SpliceError::BadSpan { edit: index });
        }
        if (edit.leaf, edit.span.start) < before {
            return Err(SpliceError::OutOfOrder { edit: index });
        }
        before = (edit.leaf, edit.span.end);
    }
    Ok(())
}

fn leaf_patches(leaf: &Leaf<'_>, source: &str, edits: &[Edit<'_>], patches: &mut Vec<Patch>) {
    let start = leaf.range().start;
    match leaf.form {
        Form::String => {
            let mut offsets = Offsets::new(source);
            patches.extend(edits.iter().map(|edit| {
                let from = start + offsets.advance(edit.span.start);
                let to = start + offsets.advance(edit.span.end);
                Patch {
                    range: from..to,
                    text: escaped(edit.replacement),
                }
            }));
        }
        Form::Plain => patches.extend(edits.iter().map(|edit| {
            let range = start + edit.span.start..start + edit.span.end;
            Patch {
                range,
                text: edit.replacement.to_owned(),
            }
        })),
        Form::Number => {
            let inside = edits.iter().map(|edit| Patch {
                range: edit.span.clone(),
                text: edit.replacement.to_owned(),
            });
            let text = super::quoted(&apply(source, inside.collect()));
            patches.push(Patch {
                range: leaf.range(),
                text,
            });
        }
    }
}

/// Writes a layer's sorted patches as patches of the layer that its site stands in.
fn lift(layer: &Layer<'_>, site: &Site, source: &str, patches: Vec<Patch>, out: &mut Vec<Patch>) {
    match site.wrap {
        Wrap::Escaped => {
            let mut offsets = Offsets::new(source);
            out.extend(patches.into_iter().map(|patch| {
                let from = site.range.start + offsets.advance(patch.range.start);
                let to = site.range.start + offsets.advance(patch.range.end);
                Patch {
                    range: from..to,
                    text: escaped(&patch.text),
                }
            }));
        }
        Wrap::Base64(spelling) => out.push(Patch {
            range: site.range.clone(),
            text: escaped(&spelling.encode(&apply(&layer.text, patches))),
        }),
        Wrap::Tokens => out.push(Patch {
            range: site.range.clone(),
            text: super::quoted(&apply(&layer.text, patches)),
        }),
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape_into(text, &mut out);
    out
}
