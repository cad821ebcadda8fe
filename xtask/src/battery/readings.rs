//! Every way in which a text is written so that only its reader sees what it says.

mod backslash;
mod escapes;
mod markup;
mod packed;
mod terminal;
mod unicode;

use super::marked::{Marked, Role, Scope};
use super::places::Place;
use super::subjects::{Form, Subject};

type Change = Box<dyn Fn(&Marked) -> Option<Marked>>;
type Write = Box<dyn Fn(&Marked, &Marked) -> Marked>;

/// How a reading changes a text.
enum Way {
    /// Each stretch of the scope for itself.
    Stretch(Change),
    /// A label and its value together, whatever stands between them.
    Pair(Write),
}

/// One spelling.
pub(super) struct Reading {
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) scopes: &'static [Scope],
    way: Way,
    fits: fn(&Subject, Scope) -> bool,
    /// What it makes of a stretch is a word of its own.
    is_apart: bool,
    /// It puts a line end or words behind the stretch.
    is_line: bool,
}

impl Reading {
    /// `text` as this reading spells it; nothing where that changes nothing or makes no sense.
    pub(super) fn spell(&self, text: &Marked, scope: Scope) -> Option<Marked> {
        match &self.way {
            Way::Stretch(change) => text.at(scope, change),
            Way::Pair(write) => {
                let has_label = text.chars().iter().any(|(_, role)| *role == Role::Label);
                let line = |line: &Marked| {
                    let label = line.chars().iter().rposition(|(_, role)| *role == Role::Label)? + 1;
                    // The beginning of a sentence is no name of a field.
                    if line.slice(0..label).text().ends_with(" is") {
                        return None;
                    }
                    let value = line.chars().iter().position(|(_, role)| *role >= Role::Edge)?;
                    (label <= value).then(|| write(&line.slice(0..label), &line.slice(value..line.len())))
                };
                has_label.then(|| text.at(Scope::Line, line))?
            }
        }
    }

    pub(super) fn fits(&self, subject: &Subject, scope: Scope) -> bool {
        // What stands apart is cut off from the host or the path behind it, which makes it a value.
        let tears = self.is_apart && subject.is_glued() && scope != Scope::All;
        !tears && self.scopes.contains(&scope) && (self.fits)(subject, scope)
    }

    /// Whether it escapes some characters and leaves others.
    pub(super) fn is_partial(&self) -> bool {
        let is_escape = ["percent", "backslash", "quoted-printable"].contains(&self.kind);
        let parts = ["signs", "only", "what must be"];
        is_escape && parts.iter().any(|part| self.name.contains(part))
    }

    pub(super) const fn is_apart(&self) -> bool {
        self.is_apart
    }

    /// Whether the text makes sense in a place once this is done to it.
    pub(super) fn fits_in(&self, place: Place, scope: Scope) -> bool {
        // `key==41` of an address: the sign behind the key would be the first of a code.
        let is_code = self.kind == "quoted-printable"
            && place == Place::Query
            && matches!(scope, Scope::Value | Scope::Label | Scope::Each);
        // The quote behind the value would be one of the next line.
        let tears = self.is_line && place.quotes() && scope == Scope::Line;
        match self.way {
            Way::Pair(_) => place.is_free(),
            Way::Stretch(_) => !is_code && !tears && (scope != Scope::Line || place.is_line()),
        }
    }

    fn only(mut self, scopes: &'static [Scope]) -> Self {
        self.scopes = scopes;
        self
    }

    fn for_codes(mut self) -> Self {
        self.fits = |subject, _| subject.form != Form::Words;
        self
    }

    /// It parts a label from its value, so it is only for values that need none.
    fn parting(mut self) -> Self {
        self.fits = |subject, scope| !(subject.needs_label && matches!(scope, Scope::Value | Scope::Each));
        self
    }

    fn apart(mut self) -> Self {
        self.is_apart = true;
        self
    }

    fn line(mut self) -> Self {
        self.is_line = true;
        self
    }

    /// As [`Self::parting`], wherever it is applied.
    fn always_parting(mut self) -> Self {
        self.fits = |subject, _| !subject.needs_label;
        self
    }
}

/// Each stretch changed by `change`.
fn stretch(
    kind: &'static str,
    name: impl Into<String>,
    change: impl Fn(&Marked) -> Option<Marked> + 'static,
) -> Reading {
    Reading {
        kind,
        name: name.into(),
        scopes: Scope::EVERY,
        way: Way::Stretch(Box::new(change)),
        fits: |_, _| true,
        is_apart: false,
        is_line: false,
    }
}

/// Each character changed by `change`.
fn letters(
    kind: &'static str,
    name: impl Into<String>,
    change: impl Fn(char) -> Option<String> + 'static,
) -> Reading {
    stretch(kind, name, move |text| Some(text.each(&change)))
}

/// Label and value put together anew.
fn pair(
    kind: &'static str,
    name: impl Into<String>,
    write: impl Fn(&Marked, &Marked) -> Marked + 'static,
) -> Reading {
    Reading {
        kind,
        name: name.into(),
        scopes: &[Scope::Line],
        way: Way::Pair(Box::new(write)),
        fits: |subject, _| subject.key.is_some(),
        is_apart: false,
        is_line: false,
    }
}

/// All of them.
pub(super) fn all() -> Vec<Reading> {
    let mut all = Vec::new();
    all.extend(escapes::all());
    all.extend(backslash::all());
    all.extend(markup::all());
    all.extend(terminal::all());
    all.extend(packed::all());
    all.extend(unicode::all());
    all
}
