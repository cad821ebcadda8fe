//! A text without its markup: as whoever looks at the rendered page, the terminal or the patch reads it.

mod html;
mod lines;
mod markdown;
mod tag;

use super::changes::Changes;
use super::signs::Signs;

/// Which elements go.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Elements {
    /// Those of HTML. Others may be the labels of what they hold.
    Html,
    /// All that are closed.
    All,
}

/// HTML elements, comments, Markdown's signs and the signs at the start of quoted and changed lines.
pub(super) fn markup(text: &str, signs: Signs) -> Changes {
    let mut marks = Vec::new();
    if signs.has(Signs::TAG) {
        html::elements(text, Elements::Html, &mut marks);
    }
    markdown::signs(text, signs, &mut marks);
    lines::signs(text, &mut marks);
    changes(marks)
}

/// The same with every element of XML that is closed.
pub(super) fn xml(text: &str) -> Changes {
    let mut marks = Vec::new();
    if html::elements(text, Elements::All, &mut marks) {
        changes(marks)
    } else {
        Changes::default()
    }
}

/// One sign or tag and what stands in its place.
struct Mark {
    start: usize,
    end: usize,
    read: &'static str,
    /// It may stand inside a value, or between a label and its value.
    tells: bool,
}

fn changes(mut marks: Vec<Mark>) -> Changes {
    marks.sort_by_key(|mark| (mark.start, std::cmp::Reverse(mark.end)));
    let mut changes = Changes::default();
    for mark in marks {
        if mark.start >= changes.end() {
            changes.push(mark.start, mark.end, mark.read, mark.tells);
        }
    }
    changes
}
