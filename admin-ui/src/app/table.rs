//! Moving through rows with the keyboard.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{HtmlElement, KeyboardEvent};

/// Moves the focus among elements with `data-row` by `step`; the first row when none has it.
pub(crate) fn step_row(step: i32) {
    let rows = document().query_selector_all("[data-row]");
    let Ok(rows) = rows else { return };
    let active = document().active_element();
    let all: Vec<HtmlElement> = (0..rows.length())
        .filter_map(|nth| rows.item(nth))
        .filter_map(|node| node.dyn_into().ok())
        .collect();
    let current = active.and_then(|active| all.iter().position(|row| row.contains(Some(&active))));
    let next = match current {
        Some(nth) => nth
            .saturating_add_signed(step as isize)
            .min(all.len().saturating_sub(1)),
        None => 0,
    };
    if let Some(row) = all.get(next) {
        let _ = row.focus();
    }
}

/// Whether a key was meant for a field.
pub(crate) fn is_typing(event: &KeyboardEvent) -> bool {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<HtmlElement>().ok());
    target.is_some_and(|target| {
        matches!(target.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT") || target.is_content_editable()
    })
}
