//! Tags and comments of HTML and XML, and what a reader sees in their place.

use std::collections::HashMap;

use memchr::memchr;

use super::tag::{Tag, Tags};
use super::{Elements, Mark};

/// Elements of HTML that stand in a line of text, sorted.
#[rustfmt::skip]
const INLINE: [&str; 47] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "button", "cite", "code", "data", "del", "dfn", "em", "font", "i",
    "img", "input", "ins", "kbd", "label", "link", "mark", "meta", "nobr", "output", "q", "rp", "rt", "ruby", "s", "samp",
    "script", "small", "source", "span", "strike", "strong", "style", "sub", "sup", "time", "tt", "u", "var", "video",
    "wbr",
];
/// Elements that begin a line, sorted.
#[rustfmt::skip]
const BLOCK: [&str; 55] = [
    "address", "article", "aside", "audio", "blockquote", "body", "br", "caption", "center", "col", "colgroup", "details",
    "dialog", "dir", "div", "dl", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "head", "header", "hgroup", "hr", "html", "iframe", "legend", "li", "main", "nav", "noscript", "ol", "optgroup",
    "option", "p", "pre", "section", "select", "summary", "table", "tbody", "template", "textarea", "tfoot", "thead",
    "title", "tr", "ul",
];

const CDATA: &[u8] = b"<![CDATA[";

/// What stands in a tag's place; `None` for elements that are not of HTML.
fn shown(tag: &Tag<'_>) -> Option<&'static str> {
    if tag.name.is_empty() {
        return Some("");
    }
    let mut lower = [0; 16];
    let name = lower.get_mut(..tag.name.len())?;
    name.copy_from_slice(tag.name.as_bytes());
    name.make_ascii_lowercase();
    let name = std::str::from_utf8(name).ok()?;
    match name {
        "td" | "th" => Some(if tag.closes { "\t" } else { "" }),
        // What defines stands before its definition as a label stands before its value.
        "dt" => Some(if tag.closes { ": " } else { "\n" }),
        "dd" => Some(if tag.closes { "\n" } else { "" }),
        _ if INLINE.binary_search(&name).is_ok() => Some(""),
        _ if BLOCK.binary_search(&name).is_ok() => Some("\n"),
        _ => None,
    }
}

/// Adds all tags whose elements go; answers whether any of them is not of HTML.
pub(super) fn elements(text: &str, elements: Elements, marks: &mut Vec<Mark>) -> bool {
    let bytes = text.as_bytes();
    let mut tags = Tags::new(text);
    let mut others: Vec<(usize, Tag<'_>)> = Vec::new();
    // Where sections of plain characters end.
    let (mut sections, mut section_end) = (Vec::new(), 0);
    let mut row = Row::default();
    let mut at = 0;
    while let Some(found) = memchr(b'<', &bytes[at..]) {
        let start = at + found;
        at = start + 1;
        let Some(tag) = tags.at(start) else {
            continue;
        };
        at = tag.end;
        match shown(&tag) {
            // Cells stand beside each other however the page is written.
            Some("\t") => {
                at += blanks_before_cell(&bytes[at..]);
                row.close_cell(tag.name, marks.len());
                marks.push(mark(start, at, "\t"));
            }
            Some("") if bytes[start..].starts_with(CDATA) => {
                marks.push(mark(start, tag.end, ""));
                // One that opens inside another ends with it, and where one has no end, none behind it has.
                if section_end < at {
                    let found = memchr::memmem::find(&bytes[at..], b"]]>");
                    section_end = found.map_or(usize::MAX, |found| at + found);
                    sections.extend(found.map(|_| section_end));
                }
            }
            Some(read) => {
                if tag.name.eq_ignore_ascii_case("tr") {
                    row.end(marks);
                }
                marks.push(mark(start, tag.end, read));
            }
            None if elements == Elements::All => others.push((start, tag)),
            None => {}
        }
    }
    marks.extend(sections.into_iter().map(|end| mark(end, end + 3, "")));
    let closed = closed_pairs(&others);
    marks.extend(
        closed
            .iter()
            .map(|nth| mark(others[*nth].0, others[*nth].1.end, "")),
    );
    !closed.is_empty()
}

/// The cells of a row so far.
#[derive(Default)]
struct Row {
    cells: usize,
    /// The mark that closes the first.
    first: usize,
    /// The last one is no heading.
    ends_plainly: bool,
}

impl Row {
    fn close_cell(&mut self, name: &str, mark: usize) {
        if self.cells == 0 {
            self.first = mark;
        }
        self.cells += 1;
        self.ends_plainly = name.eq_ignore_ascii_case("td");
    }

    /// Of two cells the first names what stands in the second, as a label does.
    fn end(&mut self, marks: &mut [Mark]) {
        if self.cells == 2 && self.ends_plainly {
            marks[self.first].read = ":\t";
        }
        *self = Self::default();
    }
}

/// Bytes of white space between a cell and the next.
fn blanks_before_cell(rest: &[u8]) -> usize {
    let blanks = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let is_cell = |tag: &[u8]| tag.eq_ignore_ascii_case(b"<td") || tag.eq_ignore_ascii_case(b"<th");
    let follows = rest.get(blanks..blanks + 3).is_some_and(is_cell);
    if follows { blanks } else { 0 }
}

const fn mark(start: usize, end: usize, read: &'static str) -> Mark {
    Mark {
        start,
        end,
        read,
        tells: true,
    }
}

/// The tags that open and close one element, or are one by themselves.
fn closed_pairs(others: &[(usize, Tag<'_>)]) -> Vec<usize> {
    let mut open: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut closed = Vec::new();
    for (nth, (_, tag)) in others.iter().enumerate() {
        if tag.is_empty {
            closed.push(nth);
        } else if !tag.closes {
            open.entry(tag.name).or_default().push(nth);
        } else if let Some(opened) = open.get_mut(tag.name).and_then(Vec::pop) {
            closed.extend([opened, nth]);
        }
    }
    closed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted() {
        assert!(INLINE.is_sorted() && BLOCK.is_sorted());
    }
}
