//! What an object's deciding keys say: `type`, `role`, `signature`.

use super::{At, Place, pair};
use crate::grammar;
use crate::json::Sole;
use crate::leaf::{Label, TextScope};
use crate::path::{PathId, Step};
use crate::tables::{Case, Rule, Shape, Strings, TEXT, UNKNOWN};

/// The part of the table that holds for one object.
pub(super) struct Known {
    shape: &'static Shape,
    case: Option<&'static Case>,
    scope: TextScope,
    signed: bool,
    /// Anything that is not known here may be a file.
    doubtful: bool,
    /// What surrounds the object.
    around: Place,
    /// What the object itself is called.
    label: Label,
}

/// How one member is walked.
pub(super) struct Member {
    pub(super) place: Place,
    /// The key is not of the schema.
    pub(super) is_other: bool,
    /// The key is a name that the API restricts.
    pub(super) restricted: bool,
}

impl Known {
    /// Reads the deciding keys, each in one pass over the object: with as many duplicates as there are members,
    /// asking again for each of them would take quadratic time.
    pub(super) fn of(at: &At<'_, '_, '_>) -> Self {
        let shape = at.place.rule.object.unwrap_or(&UNKNOWN);
        let undecided = Self {
            shape,
            case: None,
            scope: at.place.scope,
            signed: false,
            doubtful: at.place.doubtful || shape.holds_files,
            around: at.place,
            label: at.place.label,
        };
        if shape.types.is_empty() && !shape.roles {
            return undecided;
        }
        let view = at.source.view;
        let [mut kind, mut role, mut signature] = [Sole::Absent; 3];
        for (key, value) in view.tape.members(at.node) {
            match view.string(key).as_deref() {
                Some("type") => kind.add(value),
                Some("role") => role.add(value),
                Some("signature") => signature.add(value),
                _ => {}
            }
        }
        if kind == Sole::Duplicate {
            return Self {
                shape: &UNKNOWN,
                ..undecided
            };
        }
        let string = |sole: Sole| sole.value().and_then(|value| view.string(value));
        let case = string(kind).and_then(|kind| shape.case(&kind));
        let of_role = string(role)
            .filter(|_| shape.roles)
            .and_then(|role| scope_of_role(&role));
        let scope = case
            .and_then(|case| case.scope)
            .or(of_role)
            .unwrap_or(at.place.scope);
        // Signatures are the provider's, on what the model said.
        let is_signature = string(signature).is_some_and(|text| grammar::is_sealed(&text));
        Self {
            shape,
            case,
            scope,
            signed: is_signature && scope == TextScope::Assistant,
            doubtful: at.place.doubtful || shape.holds_files && case.is_none(),
            ..undecided
        }
    }

    /// Whether the object begins what one tool said or is told: no other text goes on in it. `around` is the scope
    /// outside.
    pub(super) fn opens_tool_text(&self, around: TextScope) -> bool {
        self.scope != around && matches!(self.scope, TextScope::ToolInput | TextScope::ToolOutput)
    }

    /// How the member with this key is walked. `next_leaf` is the leaf that the key becomes if it is not of the
    /// schema.
    pub(super) fn member(&self, key: &str, next_leaf: usize, path: impl FnOnce(Step) -> PathId) -> Member {
        let field = self.shape.field(self.case, key);
        let (rule, label, step) = match field {
            Some((name, rule)) => (*rule, known_label(name, rule), Step::Known(name)),
            None => {
                let label = if key.is_empty() {
                    Label::None
                } else if self.label != Label::None && pair::is_wrapper(key) {
                    self.label
                } else {
                    Label::Leaf(next_leaf as u32)
                };
                (*self.shape.others.unwrap_or(&TEXT), label, Step::Other)
            }
        };
        let place = Place {
            rule: self.settle(rule),
            scope: rule.scope.unwrap_or(self.scope),
            path: path(step),
            label,
            doubtful: self.doubtful && (field.is_none() || self.around.doubtful),
            block: self.around.block,
        };
        Member {
            place,
            is_other: field.is_none(),
            restricted: self.shape.restricted_keys,
        }
    }

    /// The rule with what its strings depend on decided, and the stricter choice where that is in doubt.
    fn settle(&self, rule: Rule) -> Rule {
        let strings = match rule.strings {
            Strings::Signed if !self.signed => Strings::Text,
            strings => strings,
        };
        Rule { strings, ..rule }
    }
}

/// Where a schema's key says nothing about its text (`text`, a tool's `name`), it is no context for it.
fn known_label(name: &'static str, rule: &Rule) -> Label {
    match rule.strings {
        Strings::Prose | Strings::Name => Label::None,
        _ => Label::Known(name),
    }
}

fn scope_of_role(role: &str) -> Option<TextScope> {
    match role {
        "system" | "developer" => Some(TextScope::System),
        "user" => Some(TextScope::User),
        "assistant" => Some(TextScope::Assistant),
        "tool" | "function" => Some(TextScope::ToolOutput),
        _ => None,
    }
}
