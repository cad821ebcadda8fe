//! Which bytes of a body the schema accounts for: its keys, enumerations, identifiers and signs, and no text of anybody's;
//! and which may hold credentials for the provider.

use std::ops::Range;

use super::splice::Layer;
use crate::credential::Credential;
use crate::leaf::{FieldClass, Leaf};

/// The bytes of one body that are the schema's own.
pub struct SchemaBytes {
    /// Everything else, in order.
    texts: Vec<Range<usize>>,
    credentials: Vec<(Range<usize>, Credential)>,
}

impl SchemaBytes {
    pub(super) fn of(layers: &[Layer<'_>], leaves: &[Leaf<'_>]) -> Self {
        let text = |leaf: &&Leaf<'_>| !matches!(leaf.class, FieldClass::Exempt | FieldClass::Identifier);
        let mut texts: Vec<Range<usize>> = leaves
            .iter()
            .filter(text)
            .map(|leaf| in_body(layers, leaf))
            .collect();
        texts.sort_unstable_by_key(|range| (range.start, range.end));
        texts.dedup();
        let credential = |leaf: &Leaf<'_>| Some((in_body(layers, leaf), leaf.credential?));
        Self {
            texts,
            credentials: leaves.iter().filter_map(credential).collect(),
        }
    }

    /// Whether no byte of `range` belongs to a text.
    #[must_use]
    pub fn covers(&self, range: Range<usize>) -> bool {
        let from = self.texts.partition_point(|text| text.end <= range.start);
        self.texts.get(from).is_none_or(|text| range.end <= text.start)
    }

    /// The place of a credential that all of `range` stands in.
    #[must_use]
    pub fn credential(&self, range: Range<usize>) -> Option<Credential> {
        let holds =
            |(place, _): &&(Range<usize>, Credential)| place.start <= range.start && range.end <= place.end;
        self.credentials
            .iter()
            .find(holds)
            .map(|(_, credential)| *credential)
    }
}

/// Where a leaf stands in the body; of one in a string or a document, the whole string.
fn in_body(layers: &[Layer<'_>], leaf: &Leaf<'_>) -> Range<usize> {
    let (mut layer, mut range) = (leaf.layer, leaf.range());
    while let Some(site) = &layers[layer as usize].site {
        (layer, range) = (site.layer, site.range.clone());
    }
    range
}
