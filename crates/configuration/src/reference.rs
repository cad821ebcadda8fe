//! The reference page of a configuration, from the same declarations that parse it.

use std::fmt::Write as _;

use crate::section::Field;

/// Name, what it is about, keys.
pub type Section = (&'static str, &'static [&'static str], &'static [Field]);

/// A page of Markdown: `head`, then each section, whose name `prefix` stands before.
#[must_use]
pub fn page_of(head: &str, prefix: &str, sections: &[Section]) -> String {
    let mut page = head.to_owned();
    for (name, about, fields) in sections {
        let _ = writeln!(page, "\n## `[{prefix}{name}]`\n\n{}\n", joined(about));
        if fields.is_empty() {
            continue;
        }
        page.push_str("| key | default | meaning |\n|---|---|---|\n");
        for field in *fields {
            let _ = writeln!(
                page,
                "| `{}` | `{}` | {} |",
                field.name,
                field.default,
                joined(field.doc)
            );
        }
    }
    page
}

/// Whether a section, or a key of one, has this name.
#[must_use]
pub fn is_named(sections: &[Section], name: &str) -> bool {
    sections.iter().any(|(section, _, fields)| {
        section.split('.').next() == Some(name) || fields.iter().any(|field| field.name == name)
    })
}

fn joined(lines: &[&str]) -> String {
    let trimmed: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
    trimmed.join(" ")
}
