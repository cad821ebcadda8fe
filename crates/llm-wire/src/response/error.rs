//! Errors, as a whole body or inside a stream: their messages may echo the request.

use crate::response::facts;
use crate::response::step::Step;
use crate::response::value::Value;
use crate::restore::ChannelKind;

/// Restores the messages of an error document or event, in any surface's shape; false when it is none.
///
/// Shapes: `{"error": {"message", ..}}`, `{"type": "error", "error": {..}}`, `{"type": "error", "message", ..}` (a
/// Responses event), and those of compatible servers: `{"error": "..."}`, `{"detail": ..}`, a list of the first.
pub(crate) fn restore(root: Value<'_>, step: &mut Step<'_>) -> bool {
    let mut found = false;
    for document in root.elements() {
        found |= one(document, step);
    }
    found | one(root, step)
}

/// Restores every text of an error document, whatever its shape.
pub(crate) fn restore_all(root: Value<'_>, step: &mut Step<'_>) {
    let document = root.elements().next().unwrap_or(root);
    let error = document.get("error").filter(|error| error.is_object());
    facts::error(error.unwrap_or(document), &mut step.session.facts);
    step.whole_texts(&ChannelKind::Error, root);
}

fn one(root: Value<'_>, step: &mut Step<'_>) -> bool {
    let error = root.get("error").filter(|error| !error.is_null());
    let typed = root.string("type").is_some_and(|kind| kind.is("error"));
    let detail = root
        .get("detail")
        .filter(|_| error.is_none() && root.get("type").is_none());
    match (error, typed, detail) {
        (None, false, None) => return false,
        (Some(error), ..) if error.is_object() => facts::error(error, &mut step.session.facts),
        _ => facts::error(root, &mut step.session.facts),
    }
    if let Some(error) = error {
        step.whole_texts(&ChannelKind::Error, error);
    }
    if let Some(detail) = detail {
        step.whole_texts(&ChannelKind::Error, detail);
    }
    step.whole_member(&ChannelKind::Error, root, "message");
    true
}
