//! Values that a program puts together from literals.

use super::builder::Builder;
use super::marked::{Marked, Role};
use super::subjects::SUBJECTS;

const KIND: &str = "concatenation";

/// How a language assigns a text that it puts together.
pub(super) struct Language {
    pub(super) name: &'static str,
    before: &'static str,
    after_key: &'static str,
    /// What stands around each literal, in turn.
    quotes: &'static [(&'static str, &'static str)],
    between: &'static str,
    after: &'static str,
}

const fn language(
    name: &'static str,
    (before, after_key): (&'static str, &'static str),
    quotes: &'static [(&'static str, &'static str)],
    (between, after): (&'static str, &'static str),
) -> Language {
    Language {
        name,
        before,
        after_key,
        quotes,
        between,
        after,
    }
}

pub(super) const LANGUAGES: &[Language] = &[
    language("plus", ("const ", " = "), &[("\"", "\"")], (" + ", ";\n")),
    language(
        "plus, single quotes",
        ("let ", " = "),
        &[("'", "'")],
        ("+", ";\n"),
    ),
    language(
        "plus, other quotes",
        ("let ", " = "),
        &[("'", "'"), ("\"", "\"")],
        (" + ", ";\n"),
    ),
    language(
        "plus over lines",
        ("String ", " = "),
        &[("\"", "\"")],
        (" +\n        ", ";\n"),
    ),
    language(
        "plus at line starts",
        ("String ", " = "),
        &[("\"", "\"")],
        ("\n        + ", ";\n"),
    ),
    language("adjacent", ("", " = "), &[("\"", "\"")], (" ", "\n")),
    language(
        "adjacent over lines",
        ("", " = (\n    "),
        &[("\"", "\"")],
        ("\n    ", "\n)\n"),
    ),
    language("adjacent, prefixed", ("", " = "), &[("f\"", "\"")], (" ", "\n")),
    language(
        "adjacent, other quotes",
        ("", " = "),
        &[("\"", "\""), ("'", "'")],
        (" ", "\n"),
    ),
    language(
        "adjacent in C",
        ("static const char *", " = "),
        &[("\"", "\"")],
        ("\n    ", ";\n"),
    ),
    language(
        "continued line",
        ("", " = "),
        &[("\"", "\"")],
        (" \\\n    ", "\n"),
    ),
    language("dot", ("$", " = "), &[("'", "'")], (" . ", ";\n")),
    language("dots", ("local ", " = "), &[("\"", "\"")], (" .. ", "\n")),
    language("and", ("Dim ", " = "), &[("\"", "\"")], (" & ", "\n")),
    language(
        "and over lines",
        ("Dim ", " = "),
        &[("\"", "\"")],
        (" & _\n    ", "\n"),
    ),
    language("bars", ("", " := "), &[("'", "'")], (" || ", ";\n")),
    language("shell", ("export ", "="), &[("\"", "\"")], ("", "\n")),
    language(
        "shell, other quotes",
        ("", "="),
        &[("'", "'"), ("\"", "\"")],
        ("", "\n"),
    ),
    language(
        "json of a template",
        ("{\"", "\": "),
        &[("\"", "\"")],
        (" + ", "}\n"),
    ),
];

pub(super) fn add(builder: &mut Builder) {
    for subject in SUBJECTS {
        for language in LANGUAGES {
            for pieces in [2, 3] {
                let value = (subject.make)(&mut builder.seeded);
                let (label, between) = subject.labels[pieces % subject.labels.len()];
                let text = match subject.key {
                    Some(key) => language.put(key, &Marked::value(&value), pieces),
                    None => {
                        let line = Marked::of(label, Role::Label).with(between, Role::Between);
                        language.put(
                            "line",
                            &line.then(&Marked::value(&value)).around(subject.after),
                            pieces,
                        )
                    }
                };
                builder.text(
                    subject,
                    KIND,
                    &format!("{} / {pieces}", language.name),
                    value,
                    text,
                );
            }
            let value = (subject.make)(&mut builder.seeded);
            let (label, between) = subject.labels[0];
            let line = Marked::of(label, Role::Label).with(between, Role::Between);
            let line = line.then(&Marked::value(&value)).around(subject.after);
            let text = language.put("message", &line, 3);
            builder.text(subject, "concatenation, label inside", language.name, value, text);
        }
    }
}

impl Language {
    /// `text` in so many literals, under `key`.
    pub(super) fn put(&self, key: &str, text: &Marked, pieces: usize) -> Marked {
        let mut put = Marked::of(self.before, Role::Around)
            .with(key, Role::Label)
            .with(self.after_key, Role::Between);
        let step = text.len().div_ceil(pieces).max(1);
        for (nth, at) in (0..text.len()).step_by(step).enumerate() {
            let (open, close) = self.quotes[nth % self.quotes.len()];
            let literal = written(&text.slice(at..(at + step).min(text.len())));
            put = put.around(if nth > 0 { self.between } else { "" });
            put = put.around(open).then(&literal).around(close);
        }
        put.around(self.after)
    }
}

/// In a literal, line ends and quotes are escaped.
fn written(text: &Marked) -> Marked {
    text.each(|c| match c {
        '\n' => Some("\\n".into()),
        '"' | '\'' | '\\' => Some(format!("\\{c}")),
        _ => None,
    })
}
