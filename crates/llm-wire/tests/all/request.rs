//! Requests on their way out: what is found in them, and what changes when they are rewritten.

mod bad_input;
mod explain;
mod golden;
mod hostile;
mod properties;
mod splice;
mod tokens;
mod withhold;

use llm_wire::{Document, Edit, Limits, Surface};

fn parse(body: &str, surface: Surface) -> Document<'_> {
    Document::parse(body.as_bytes(), surface, &Limits::default()).expect("a valid body")
}

/// Replaces `needle` wherever a leaf holds it.
fn replaced(document: &Document<'_>, needle: &str, replacement: &str) -> String {
    let mut edits = Vec::new();
    for (leaf, found) in document.leaves().iter().enumerate() {
        edits.extend(found.text.match_indices(needle).map(|(start, _)| Edit {
            leaf,
            span: start..start + needle.len(),
            replacement,
        }));
    }
    written(document, &edits)
}

fn written(document: &Document<'_>, edits: &[Edit<'_>]) -> String {
    String::from_utf8(document.splice(edits).expect("edits that fit")).expect("UTF-8")
}
