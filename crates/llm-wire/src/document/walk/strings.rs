//! What a string is by its rule and its looks: exempt, text, JSON, or base64.

use std::borrow::Cow;

use super::{At, Place, Source, Walk};
use crate::document::splice::{Layer, Site, Wrap};
use crate::error::WireError;
use crate::grammar;
use crate::json::{Tape, View};
use crate::leaf::{FieldClass, Form, OpaqueKind};
use crate::payload::{self, Payload, Spelling};
use crate::tables::{Strings, TEXT};

/// JSON in a string in a string...: each level at least doubles the escapes, so real data never comes near.
const MAX_LEVELS: usize = 8;

impl<'a> Walk<'a> {
    pub(super) fn string(&mut self, at: &At<'_, '_, 'a>) -> Result<(), WireError> {
        let text = at.text();
        if text.is_empty() {
            return Ok(());
        }
        let class = match at.place.rule.strings {
            Strings::Enumeration if grammar::is_plain_enumeration(&text) => FieldClass::Exempt,
            Strings::Enumeration if grammar::is_enumeration(&text) => FieldClass::Identifier,
            Strings::Model if grammar::is_model(&text) => FieldClass::Identifier,
            Strings::Identifier if grammar::is_identifier(&text) => FieldClass::Identifier,
            Strings::Sealed if grammar::is_sealed(&text) => FieldClass::Sealed,
            Strings::Signed => FieldClass::Sealed,
            Strings::DataUrl(kind) => {
                let found = payload::data_url(&text, kind);
                return self.payload(at, text, found);
            }
            Strings::Base64(kind) => {
                let media_type = at.place.media_type.and_then(|node| at.source.view.string(node));
                let found = payload::base64(&text, kind, media_type.as_deref());
                return self.payload(at, text, found);
            }
            _ => return self.text(at, text),
        };
        self.leaf(at, text, class);
        Ok(())
    }

    /// A string that is inspected: JSON in it is walked, and so is a text document in a `data:` URL anywhere.
    fn text(&mut self, at: &At<'_, '_, 'a>, text: Cow<'a, str>) -> Result<(), WireError> {
        if let Payload::Document { text, spelling } = payload::data_url(&text, OpaqueKind::File) {
            return self.document(at, text, spelling);
        }
        match self.json_in(&text)? {
            Some(tape) => self.nested(at, Wrap::Escaped, text, tape),
            None => {
                self.leaf(at, text, FieldClass::Text);
                Ok(())
            }
        }
    }

    /// A string in the place of base64.
    fn payload(&mut self, at: &At<'_, '_, 'a>, text: Cow<'a, str>, found: Payload) -> Result<(), WireError> {
        match found {
            Payload::Text => self.text(at, text),
            Payload::Opaque(kind) => {
                self.leaf(at, text, FieldClass::Opaque(kind));
                Ok(())
            }
            Payload::Document { text, spelling } => self.document(at, text, spelling),
        }
    }

    /// A text that was base64.
    fn document(&mut self, at: &At<'_, '_, 'a>, text: String, spelling: Spelling) -> Result<(), WireError> {
        let wrap = Wrap::Base64(spelling);
        if let Some(tape) = self.json_in(&text)? {
            return self.nested(at, wrap, Cow::Owned(text), tape);
        }
        let layer = self.layers.len() as u32;
        let range = 0..text.len();
        self.layers.push(Layer {
            text: Cow::Owned(text.clone()),
            site: Some(at.site(wrap)),
        });
        self.push(
            at.place,
            Cow::Owned(text),
            FieldClass::Text,
            (Form::Plain, layer, range),
        );
        Ok(())
    }

    /// The index of a text that is an object or an array as a whole.
    fn json_in(&mut self, text: &str) -> Result<Option<Tape>, WireError> {
        if !may_be_json(text) {
            return Ok(None);
        }
        let mut tape = self.spare_tapes.pop().unwrap_or_default();
        match tape.read(text, self.bounds) {
            Ok(()) if self.levels >= MAX_LEVELS => Err(WireError::TooDeep { limit: MAX_LEVELS }),
            Ok(()) => {
                self.bounds.values -= tape.len();
                Ok(Some(tape))
            }
            Err(WireError::Malformed { .. }) => {
                self.spare_tapes.push(tape);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn nested(
        &mut self,
        at: &At<'_, '_, 'a>,
        wrap: Wrap,
        text: Cow<'a, str>,
        tape: Tape,
    ) -> Result<(), WireError> {
        let layer = self.layers.len();
        // The text moves in when it has been walked.
        self.layers.push(Layer {
            text: Cow::Borrowed(""),
            site: Some(at.site(wrap)),
        });
        let body = match &text {
            Cow::Borrowed(text) => Some(*text),
            Cow::Owned(_) => None,
        };
        let source = Source {
            view: View {
                text: &text,
                tape: &tape,
            },
            body,
            layer: layer as u32,
        };
        let place = Place {
            rule: TEXT,
            media_type: None,
            ..at.place
        };
        self.levels += 1;
        let result = self.value(&At {
            source: &source,
            node: 0,
            place,
        });
        self.levels -= 1;
        self.layers[layer].text = text;
        self.spare_tapes.push(tape);
        result
    }
}

impl At<'_, '_, '_> {
    fn site(&self, wrap: Wrap) -> Site {
        Site {
            layer: self.source.layer,
            range: self.source.view.tape.node(self.node).range(),
            wrap,
        }
    }
}

/// Begins and ends like an object or an array.
fn may_be_json(text: &str) -> bool {
    let text = text.trim_matches([' ', '\t', '\n', '\r']).as_bytes();
    matches!(
        (text.first(), text.last()),
        (Some(b'{'), Some(b'}')) | (Some(b'['), Some(b']'))
    )
}
