//! What a string is by its rule and its looks: exempt, text, JSON, or base64.

use std::borrow::Cow;
use std::ops::Range;

use super::{At, Place, Source, Walk};
use crate::document::splice::{Layer, Site, Wrap};
use crate::error::WireError;
use crate::grammar;
use crate::json::{Offsets, Tape, View};
use crate::leaf::{FieldClass, Form, OpaqueKind};
use crate::payload::{self, Content, Payload};
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
                let found = payload::base64(&text, kind);
                return self.payload(at, text, found);
            }
            _ => return self.text(at, text),
        };
        self.leaf(at, text, class);
        Ok(())
    }

    /// A string that is inspected: a text document in a `data:` URL is decoded anywhere, a file seen where any may be.
    fn text(&mut self, at: &At<'_, '_, 'a>, text: Cow<'a, str>) -> Result<(), WireError> {
        let found = if at.place.doubtful {
            payload::doubtful(&text)
        } else {
            payload::data_url(&text, OpaqueKind::File)
        };
        let is_document = matches!(found.content, Content::Document { .. });
        if is_document || at.place.doubtful && found.content != Content::Text {
            return self.payload(at, text, found);
        }
        self.plain(at, text)
    }

    fn plain(&mut self, at: &At<'_, '_, 'a>, text: Cow<'a, str>) -> Result<(), WireError> {
        match self.json_in(&text)? {
            Some(tape) => self.nested(at, at.site(Wrap::Escaped), text, tape),
            None => {
                self.leaf(at, text, FieldClass::Text);
                Ok(())
            }
        }
    }

    /// A string in the place of base64: what stands before the payload is text where there is room for any.
    fn payload(
        &mut self,
        at: &At<'_, '_, 'a>,
        mut text: Cow<'a, str>,
        found: Payload,
    ) -> Result<(), WireError> {
        let Payload {
            start,
            wordy,
            content,
        } = found;
        if content == Content::Text {
            return self.plain(at, text);
        }
        let (whole, layer) = (at.range(), at.source.layer);
        let from = whole.start + Offsets::new(&at.source.view.text[whole.clone()]).advance(start);
        if wordy {
            let head = part(&text, 0..start);
            let written = (Form::String, layer, whole.start..from);
            self.push(at.place, head, FieldClass::Text, written);
            text = part(&text, start..text.len());
        }
        match content {
            Content::Document { text, spelling } => {
                let site = Site {
                    layer,
                    range: from..whole.end,
                    wrap: Wrap::Base64(spelling),
                };
                self.document(at, text, site)
            }
            Content::Opaque(kind) => {
                let range = if wordy { from..whole.end } else { whole };
                self.push(
                    at.place,
                    text,
                    FieldClass::Opaque(kind),
                    (Form::String, layer, range),
                );
                Ok(())
            }
            Content::Text => Ok(()),
        }
    }

    /// A text that was written in another alphabet.
    pub(super) fn document(
        &mut self,
        at: &At<'_, '_, 'a>,
        text: String,
        site: Site,
    ) -> Result<(), WireError> {
        if let Some(tape) = self.json_in(&text)? {
            return self.nested(at, site, Cow::Owned(text), tape);
        }
        let layer = self.layers.len() as u32;
        let range = 0..text.len();
        self.layers.push(Layer {
            text: Cow::Owned(text.clone()),
            site: Some(site),
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
        site: Site,
        text: Cow<'a, str>,
        tape: Tape,
    ) -> Result<(), WireError> {
        let layer = self.layers.len();
        // The text moves in when it has been walked.
        self.layers.push(Layer {
            text: Cow::Borrowed(""),
            site: Some(site),
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
            doubtful: false,
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
    pub(super) fn range(&self) -> Range<usize> {
        self.source.view.tape.node(self.node).range()
    }

    pub(super) fn site(&self, wrap: Wrap) -> Site {
        Site {
            layer: self.source.layer,
            range: self.range(),
            wrap,
        }
    }
}

fn part<'a>(text: &Cow<'a, str>, range: Range<usize>) -> Cow<'a, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[range]),
        Cow::Owned(text) => Cow::Owned(text[range].to_owned()),
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
