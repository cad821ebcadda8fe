//! Values that stand twice: once where they are known for what they are, and once where only the first time tells.

use super::builder::Builder;
use super::marked::{Marked, Role};
use super::subjects::{Form, SUBJECTS, Subject};

/// How a value stands the second time.
struct Way {
    name: &'static str,
    write: fn(&str) -> Option<Marked>,
    fits: fn(&Subject) -> bool,
}

const WAYS: &[Way] = &[
    Way {
        name: "as it is",
        write: |v| Some(Marked::value(v)),
        fits: |_| true,
    },
    Way {
        name: "lower case",
        write: |v| cased(v, v.to_lowercase()),
        fits: folds,
    },
    Way {
        name: "upper case",
        write: |v| cased(v, v.to_uppercase()),
        fits: folds,
    },
    Way {
        name: "full width",
        write: |v| Some(Marked::value(v).each(wide)),
        fits: |_| true,
    },
    Way {
        name: "over a line end",
        write: |v| v.contains(' ').then(|| Marked::value(&v.replacen(' ', "\n", 1))),
        fits: |_| true,
    },
    Way {
        name: "over a line end with a mark",
        write: |v| {
            v.contains(' ')
                .then(|| Marked::value(&v.replacen(' ', "\n> ", 1)))
        },
        fits: |s| s.form == Form::Words,
    },
    Way {
        name: "two blanks",
        write: |v| v.contains(' ').then(|| Marked::value(&v.replace(' ', "  "))),
        fits: |_| true,
    },
    Way {
        name: "behind a line end",
        write: |v| Some(Marked::of("\n", Role::Around).then(&Marked::value(v))),
        fits: |_| true,
    },
    Way {
        name: "behind a tab",
        write: |v| Some(Marked::of("\t", Role::Around).then(&Marked::value(v))),
        fits: |_| true,
    },
    Way {
        name: "behind \\n",
        write: |v| {
            Some(
                Marked::of("first\\n", Role::Around)
                    .then(&Marked::value(v))
                    .around("\\nlast"),
            )
        },
        fits: |_| true,
    },
    Way {
        name: "behind \\t",
        write: |v| {
            Some(
                Marked::of("first\\t", Role::Around)
                    .then(&Marked::value(v))
                    .around("\\tlast"),
            )
        },
        fits: |_| true,
    },
    Way {
        name: "behind \\r\\n",
        write: |v| Some(Marked::of("first\\r\\n", Role::Around).then(&Marked::value(v))),
        fits: |_| true,
    },
    Way {
        name: "behind \\\\n",
        write: |v| Some(Marked::of("first\\\\n", Role::Around).then(&Marked::value(v))),
        fits: |_| true,
    },
    Way {
        name: "in ASCII",
        write: |v| (!v.is_ascii()).then(|| Marked::value(v).each(unicode)),
        fits: |_| true,
    },
    Way {
        name: "percent",
        write: |v| Some(Marked::value(v).each(percent)),
        fits: |_| true,
    },
    Way {
        name: "in bold",
        write: |v| {
            Some(
                Marked::of("**", Role::Around)
                    .then(&Marked::value(v))
                    .around("**"),
            )
        },
        fits: |_| true,
    },
    Way {
        name: "in a list of JSON",
        write: |v| {
            (!v.contains(['\n', '"', '\\'])).then(|| {
                Marked::of("{\"found\": [\"", Role::Around)
                    .then(&Marked::value(v))
                    .around("\", \"x\"]}")
            })
        },
        fits: |_| true,
    },
    Way {
        name: "as a key of JSON",
        write: |v| {
            (!v.contains(['\n', '"', '\\'])).then(|| {
                Marked::of("{\"", Role::Around)
                    .then(&Marked::value(v))
                    .around("\": 1}")
            })
        },
        fits: |_| true,
    },
    Way {
        name: "in a call",
        write: |v| {
            (!v.contains(['\n', '"', '\\'])).then(|| {
                Marked::of("check(\"", Role::Around)
                    .then(&Marked::value(v))
                    .around("\");")
            })
        },
        fits: |_| true,
    },
    Way {
        name: "last name",
        write: |v| {
            last(v).map(|last| {
                Marked::of("I told ", Role::Around)
                    .then(&Marked::value(last))
                    .around(" about it yesterday.")
            })
        },
        fits: is_person,
    },
    Way {
        name: "last name with a title",
        write: |v| {
            last(v).map(|last| {
                Marked::of("as Mr. ", Role::Around)
                    .then(&Marked::value(last))
                    .around(" said")
            })
        },
        fits: is_person,
    },
    Way {
        name: "last name's",
        write: |v| {
            last(v).map(|last| {
                Marked::of("that is ", Role::Around)
                    .then(&Marked::value(last))
                    .around("'s desk")
            })
        },
        fits: is_person,
    },
    Way {
        name: "last name first",
        write: |v| {
            let (first, last) = (v.split_once(' ')?.0, last(v)?);
            Some(Marked::value(last).around(", ").then(&Marked::value(first)))
        },
        fits: is_person,
    },
];

pub(super) fn add(builder: &mut Builder) {
    for (subject, way) in SUBJECTS.iter().flat_map(|s| WAYS.iter().map(move |w| (s, w))) {
        // Six letters of an account name could be any word.
        if subject.name == "account name" || !(way.fits)(subject) {
            continue;
        }
        for together in [true, false] {
            let Some((value, second)) = (0..12).find_map(|_| {
                let value = (subject.make)(&mut builder.seeded);
                (way.write)(&value).map(|second| (value, second))
            }) else {
                continue;
            };
            let (label, between) = subject.labels[0];
            let first = Marked::of(label, Role::Label).with(between, Role::Between);
            let first = first.then(&Marked::value(&value)).around(subject.after);
            // JSON stands alone, or it is none.
            let is_json = second.text().starts_with('{');
            let parts = if together && !is_json {
                vec![
                    first
                        .around("\n\nThe same thing again: ")
                        .then(&second)
                        .around("\n"),
                ]
            } else {
                vec![first, second]
            };
            let kind = format!(
                "again, {}",
                if parts.len() > 1 {
                    "elsewhere"
                } else {
                    "in the same text"
                }
            );
            builder.texts(subject, &kind, way.name, value, parts, false);
        }
    }
}

/// Whether another case is still the same value.
fn folds(subject: &Subject) -> bool {
    subject.form != Form::Code || ["email", "nino", "vin", "plate", "mac"].contains(&subject.name)
}

fn is_person(subject: &Subject) -> bool {
    subject.name == "person"
}

fn cased(value: &str, cased: String) -> Option<Marked> {
    (cased != value).then(|| Marked::value(&cased))
}

/// A last name that is no word.
fn last(name: &str) -> Option<&str> {
    let (_, last) = name.split_once(' ')?;
    let unusual = [
        "O'Connor",
        "Kowalski",
        "Tanaka",
        "Okafor",
        "Lindqvist",
        "Novák",
        "Fernández",
        "Ivanova",
        "Müller",
    ];
    unusual.contains(&last).then_some(last)
}

fn wide(c: char) -> Option<String> {
    let wide = || char::from_u32(u32::from(c) + 0xfee0).map(String::from);
    c.is_ascii_graphic().then(wide)?
}

fn unicode(c: char) -> Option<String> {
    (!c.is_ascii()).then(|| {
        c.encode_utf16(&mut [0; 2])
            .iter()
            .map(|unit| format!("\\u{unit:04x}"))
            .collect()
    })
}

fn percent(c: char) -> Option<String> {
    let is_sign = !c.is_ascii_alphanumeric();
    is_sign.then(|| {
        c.encode_utf8(&mut [0; 4])
            .bytes()
            .map(|b| format!("%{b:02X}"))
            .collect()
    })
}
