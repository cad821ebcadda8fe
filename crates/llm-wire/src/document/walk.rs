//! Walks a document along its surface's table and collects the leaves, into JSON in strings and text in base64.

mod above;
mod known;
mod pair;
mod strings;
mod tokens;
mod words;

use std::borrow::Cow;
use std::ops::Range;

use self::known::Known;
use self::pair::Pair;
pub(super) use self::tokens::TokenIds;
use self::words::Words;
use super::Limits;
use super::splice::Layer;
use crate::Surface;
use crate::error::WireError;
use crate::grammar;
use crate::json::{Bounds, Kind, Tape, View};
use crate::leaf::{FieldClass, Form, Label, Leaf, TextScope};
use crate::path::{PathId, Paths, Step};
use crate::tables::{self, Rule, Strings, TEXT};

/// What was found in a document.
pub(super) struct Walked<'a> {
    pub(super) layers: Vec<Layer<'a>>,
    pub(super) leaves: Vec<Leaf<'a>>,
    pub(super) paths: Paths,
    /// What [`Label::Path`] numbers.
    pub(super) labels: Vec<String>,
}

/// Collects the leaves of `text`, whose index is `tape`.
///
/// Errors: JSON in strings that is over a limit.
pub(super) fn walk<'a>(
    text: &'a str,
    tape: &Tape,
    surface: Surface,
    limits: &Limits,
    ids: TokenIds<'a>,
) -> Result<Walked<'a>, WireError> {
    let left = limits.values.saturating_sub(tape.len());
    let mut walk = Walk {
        bounds: Bounds {
            values: left,
            ..limits.bounds()
        },
        layers: vec![Layer {
            text: Cow::Borrowed(text),
            site: None,
        }],
        leaves: Vec::with_capacity(tape.len() / 2 + 1),
        paths: Paths::new(),
        labels: Vec::new(),
        levels: 0,
        prose: None,
        goes_on: false,
        aside: Vec::new(),
        ids,
        spare_tapes: Vec::new(),
    };
    let source = Source {
        view: View { text, tape },
        body: Some(text),
        layer: 0,
    };
    let place = Place {
        rule: Rule {
            object: Some(tables::request(surface)),
            ..TEXT
        },
        scope: TextScope::Metadata,
        path: Paths::ROOT,
        label: Label::None,
        doubtful: false,
        block: 0,
    };
    walk.value(&At {
        source: &source,
        node: 0,
        place,
    })?;
    walk.set_aside(&source, 0)?;
    Ok(Walked {
        layers: walk.layers,
        leaves: walk.leaves,
        paths: walk.paths,
        labels: walk.labels,
    })
}

/// One JSON text being walked: the body, or a string inside it.
struct Source<'t, 'a> {
    view: View<'t>,
    /// The same text, where it is borrowed from the body itself.
    body: Option<&'a str>,
    layer: u32,
}

/// What the table and the surroundings say about a value.
#[derive(Clone, Copy)]
struct Place {
    rule: Rule,
    scope: TextScope,
    path: PathId,
    label: Label,
    /// Nothing is known of it, where there may be files.
    doubtful: bool,
    /// The content block around it; 0 for none.
    block: u32,
}

/// One value: where it is, and what it is there.
#[derive(Clone, Copy)]
struct At<'s, 't, 'a> {
    source: &'s Source<'t, 'a>,
    node: usize,
    place: Place,
}

impl<'a> At<'_, '_, 'a> {
    /// The decoded text of a string, a key or a number.
    fn text(&self) -> Cow<'a, str> {
        let view = self.source.view;
        let node = view.tape.node(self.node);
        match (node.kind, self.source.body) {
            (Kind::String { escaped: true }, _) | (_, None) => {
                let text = view
                    .string(self.node)
                    .unwrap_or_else(|| Cow::Borrowed(view.raw(self.node)));
                Cow::Owned(text.into_owned())
            }
            (_, Some(body)) => Cow::Borrowed(&body[node.range()]),
        }
    }
}

struct Walk<'a> {
    /// What is left for JSON in strings.
    bounds: Bounds,
    layers: Vec<Layer<'a>>,
    leaves: Vec<Leaf<'a>>,
    paths: Paths,
    labels: Vec<String>,
    /// Strings that are being walked as JSON.
    levels: usize,
    /// Whose text the last inspected leaf is, if it is text of the conversation: more of it may continue there.
    prose: Option<TextScope>,
    /// The next leaf goes on where the one before it ended a line.
    goes_on: bool,
    /// Values to walk once the list around them has ended.
    aside: Vec<(usize, Place)>,
    ids: TokenIds<'a>,
    /// The memory of tapes that are done with: there may be many small documents in strings.
    spare_tapes: Vec<Tape>,
}

impl<'a> Walk<'a> {
    fn value(&mut self, at: &At<'_, '_, 'a>) -> Result<(), WireError> {
        match at.source.view.tape.node(at.node).kind {
            Kind::Object => self.inside(|walk| walk.object(at)),
            Kind::Array if at.place.rule.tokens => self.inside(|walk| walk.texts_or_tokens(at)),
            Kind::Array => self.inside(|walk| walk.array(at)),
            Kind::String { .. } => self.string(at),
            Kind::Number => {
                let number = at.text();
                let is_setting = at.place.rule.setting && grammar::is_setting(&number);
                let class = if is_setting {
                    FieldClass::Exempt
                } else {
                    FieldClass::Number
                };
                self.leaf(at, number, class);
                Ok(())
            }
            Kind::Literal => Ok(()),
        }
    }

    /// One level deeper. The tape bounds the depth of its own document; what is left is for JSON in strings.
    fn inside(&mut self, walk: impl FnOnce(&mut Self) -> Result<(), WireError>) -> Result<(), WireError> {
        self.bounds.depth = self.bounds.depth.saturating_sub(1);
        let result = walk(self);
        self.bounds.depth += 1;
        result
    }

    fn object(&mut self, at: &At<'_, '_, 'a>) -> Result<(), WireError> {
        let known = Known::of(at);
        if known.opens_tool_text(at.place.scope) {
            self.prose = None;
        }
        let mut pair = Pair::default();
        for (key, value) in at.source.view.tape.members(at.node) {
            if at.place.path == Paths::ROOT {
                self.prose = None;
            }
            let name = at.source.view.string(key).unwrap_or_default();
            let path = |step| self.paths.child(at.place.path, step);
            let mut member = known.member(&name, self.leaves.len(), path);
            if member.is_other && above::is_short_for(&name) {
                member.place.label = self.path_label(at.place.label, &name, member.place.label);
            }
            if at.place.scope == TextScope::Metadata && above::is_session_id(&name) {
                member.place.label = Label::None;
            }
            if member.is_other && !name.is_empty() {
                self.key(
                    &At {
                        node: key,
                        place: member.place,
                        ..*at
                    },
                    member.restricted,
                );
            }
            if member.place.rule.aside {
                self.aside.push((value, member.place));
                continue;
            }
            let next = self.leaves.len();
            self.value(&At {
                node: value,
                place: member.place,
                ..*at
            })?;
            if self.leaves.len() == next + 1 {
                pair.see(&name, next);
            }
        }
        if let Some((name, value)) = pair.both() {
            self.leaves[value].label = Label::Leaf(name as u32);
        }
        Ok(())
    }

    /// The label of a key that says little without the ones above it.
    fn path_label(&mut self, parent: Label, name: &str, label: Label) -> Label {
        let parent = match parent {
            Label::Leaf(key) => self.leaves.get(key as usize).map(|key| key.text.as_ref()),
            Label::Path(path) => self.labels.get(path as usize).map(String::as_str),
            Label::None | Label::Known(_) => None,
        };
        let Some(path) = parent.and_then(|parent| above::joined(parent, name)) else {
            return label;
        };
        self.labels.push(path);
        Label::Path(self.labels.len() as u32 - 1)
    }

    fn array(&mut self, at: &At<'_, '_, 'a>) -> Result<(), WireError> {
        let rule = at.place.rule.element();
        let path = self.paths.child(at.place.path, Step::Element);
        let is_part = at.source.layer == 0 && rule.object.is_some_and(|shape| shape.is_part);
        let element = |node: usize| Place {
            rule,
            path,
            block: if is_part { node as u32 } else { at.place.block },
            ..at.place
        };
        let mark = self.aside.len();
        let first = self.leaves.len();
        let mut in_line = false;
        let mut words = Words::default();
        for node in at.source.view.tape.elements(at.node) {
            self.goes_on = in_line;
            let place = element(node);
            let next = self.leaves.len();
            self.value(&At { node, place, ..*at })?;
            self.goes_on = false;
            let is_string = matches!(at.source.view.tape.node(node).kind, Kind::String { .. });
            let word = self
                .leaves
                .get(next)
                .filter(|_| is_string && self.leaves.len() == next + 1);
            if let Some(label) = words.see(word.map(|leaf| (next, leaf.text.as_ref()))) {
                self.leaves[next].label = Label::Leaf(label as u32);
            }
            // A text as a list of its lines, as notebooks keep it.
            in_line = is_string && at.source.view.raw(node).ends_with("\\n");
        }
        self.named_by_first(at, first);
        self.set_aside(at.source, mark)
    }

    /// Two strings the first of which is a setting's name: `["DB_PASSWORD", "..."]`.
    fn named_by_first(&mut self, at: &At<'_, '_, 'a>, first: usize) {
        let is_pair =
            at.source.view.tape.elements(at.node).take(3).count() == 2 && self.leaves.len() == first + 2;
        if is_pair && grammar::is_constant(&self.leaves[first].text) {
            self.leaves[first + 1].label = Label::Leaf(first as u32);
        }
    }

    fn set_aside(&mut self, source: &Source<'_, 'a>, mark: usize) -> Result<(), WireError> {
        for (node, place) in self.aside.split_off(mark) {
            self.value(&At { source, node, place })?;
        }
        Ok(())
    }

    fn key(&mut self, at: &At<'_, '_, 'a>, restricted: bool) {
        let place = Place {
            rule: TEXT,
            label: Label::None,
            ..at.place
        };
        self.leaf(&At { place, ..*at }, at.text(), FieldClass::Text);
        if let Some(key) = self.leaves.last_mut() {
            key.is_key = true;
            key.restricted_name = restricted;
        }
    }

    fn leaf(&mut self, at: &At<'_, '_, 'a>, text: Cow<'a, str>, class: FieldClass) {
        let node = at.source.view.tape.node(at.node);
        let form = if node.kind == Kind::Number {
            Form::Number
        } else {
            Form::String
        };
        self.push(at.place, text, class, (form, at.source.layer, node.range()));
    }

    /// Adds a leaf that is written in a form at a range of a layer.
    fn push(
        &mut self,
        place: Place,
        text: Cow<'a, str>,
        class: FieldClass,
        written: (Form, u32, Range<usize>),
    ) {
        let (form, layer, range) = written;
        let credential = place.rule.credential.filter(|place| place.is_form_of(&text));
        let is_prose = class == FieldClass::Text && place.rule.strings == Strings::Prose;
        self.leaves.push(Leaf {
            text,
            class,
            scope: place.scope,
            is_key: false,
            joins_previous: is_prose && self.prose == Some(place.scope)
                || class == FieldClass::Text && std::mem::take(&mut self.goes_on),
            restricted_name: place.rule.strings == Strings::Name,
            credential,
            label: place.label,
            path: place.path,
            form,
            layer,
            block: place.block,
            start: range.start as u32,
            end: range.end as u32,
        });
        if matches!(class, FieldClass::Text | FieldClass::Number) {
            self.prose = is_prose.then_some(place.scope);
        }
    }
}
