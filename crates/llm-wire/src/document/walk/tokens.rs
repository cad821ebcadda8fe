//! Token ids: text in another alphabet, read with the vocabulary of the request's model.

use std::borrow::Cow;

use super::{At, Walk};
use crate::document::splice::Wrap;
use crate::error::WireError;
use crate::json::{Kind, View};
use crate::leaf::{FieldClass, Form, OpaqueKind};
use crate::vocabulary::Vocabulary;

/// What ids are read with.
pub(in crate::document) struct TokenIds<'a> {
    pub(in crate::document) vocabulary: &'a dyn Vocabulary,
    /// The request's model, if it names just one.
    pub(in crate::document) model: Option<String>,
    /// Bytes that texts may still take: an id of two bytes can stand for a hundred.
    pub(in crate::document) left: usize,
}

impl TokenIds<'_> {
    fn text(&mut self, ids: &[u32]) -> Option<String> {
        let text = self.vocabulary.text(self.model.as_deref()?, ids, self.left)?;
        self.left = self.left.checked_sub(text.len())?;
        Some(text)
    }
}

impl<'a> Walk<'a> {
    /// An array of texts, of ids, or of arrays of ids. Ids that cannot be read, all of them, are one leaf.
    pub(super) fn texts_or_tokens(&mut self, at: &At<'_, '_, 'a>) -> Result<(), WireError> {
        let view = at.source.view;
        if !holds_numbers(view, at.node) {
            return self.array(at);
        }
        let Some(texts) = self.texts_of(view, at.node) else {
            let text = Cow::Owned(view.raw(at.node).to_owned());
            let written = (Form::String, at.source.layer, at.range());
            self.push(at.place, text, FieldClass::Opaque(OpaqueKind::Tokens), written);
            return Ok(());
        };
        for (node, text) in texts {
            let at = At { node, ..*at };
            self.document(&at, text, at.site(Wrap::Tokens))?;
        }
        Ok(())
    }

    /// Each list of ids, and the text that it stands for.
    fn texts_of(&mut self, view: View<'_>, node: usize) -> Option<Vec<(usize, String)>> {
        if let Some(ids) = ids_of(view, node) {
            return Some(vec![(node, self.ids.text(&ids)?)]);
        }
        view.elements(node)
            .map(|list| {
                let is_list = view.is(list, Kind::Array);
                let ids = is_list.then(|| ids_of(view, list)).flatten()?;
                Some((list, self.ids.text(&ids)?))
            })
            .collect()
    }
}

/// Numbers in arrays; those of objects are no ids.
fn holds_numbers(view: View<'_>, array: usize) -> bool {
    view.elements(array)
        .any(|element| view.is(element, Kind::Number) || holds_numbers(view, element))
}

/// The ids of an array that holds nothing else.
fn ids_of(view: View<'_>, array: usize) -> Option<Vec<u32>> {
    let is_digits = |number: &&str| number.bytes().all(|byte| byte.is_ascii_digit());
    view.elements(array)
        .map(|element| {
            let number = view.is(element, Kind::Number).then(|| view.raw(element))?;
            Some(number).filter(is_digits)?.parse().ok()
        })
        .collect()
}
